"""Migrations: plain forward SQL, run by Alembic, once, by whoever comes first.

The schema's version is the number of the newest file in `migrations/versions`; the database keeps its own in
`public.alembic_version`. Alembic and SQLAlchemy weigh 40 MB, so they are loaded only when something is to be run.
"""

from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import psycopg
from psycopg import sql

from assize.platform.errors import RolesMissing, SchemaBehind, SchemaTooNew
from assize.platform.job_schema import apply_job_changes, install_job_schema, missing_job_changes
from assize.platform.postgres.cluster import APP

LOCK = 0x617373697A65  # "assize": two that start at once take turns
FOLDER = Path(str(files("assize") / "migrations"))


class SchemaState(StrEnum):
    """How the database's schema compares with this version of Assize."""

    CURRENT = "current"
    BEHIND = "behind"
    NEWER = "newer"


def migrate(dsn_owner: str) -> None:
    """Bring the schema to this version: all of what is missing, or nothing of it.

    dsn_owner: of the role that owns the database. Raises SchemaTooNew, RolesMissing.
    """
    with psycopg.connect(dsn_owner, client_encoding="utf8") as connection:
        if _must_be_not_newer(connection) is SchemaState.CURRENT:
            return
        connection.execute("select pg_advisory_xact_lock(%s)", [LOCK])
        # A new statement sees what whoever held the lock has committed.
        if _must_be_not_newer(connection) is SchemaState.CURRENT:
            return
        if schema_version(connection) != newest():
            _make_role(dsn_owner)
            _upgrade(dsn_owner)
        apply_job_changes(connection)


def schema_state(connection: psycopg.Connection[Any]) -> SchemaState:
    """Compare the schema with this version; any role may ask."""
    found = schema_version(connection)
    if found == newest():
        return SchemaState.BEHIND if missing_job_changes(connection) else SchemaState.CURRENT
    return SchemaState.BEHIND if found < newest() else SchemaState.NEWER


def check_schema(connection: psycopg.Connection[Any]) -> None:
    """Return quietly if the schema is this version's. Raises SchemaBehind, SchemaTooNew."""
    match _must_be_not_newer(connection):
        case SchemaState.CURRENT:
            return
        case _:
            raise SchemaBehind(found=schema_version(connection), known=newest())


def schema_version(connection: psycopg.Connection[Any]) -> str:
    """Return the number of the newest migration that ran, 0000 if none did."""
    with connection.cursor(row_factory=psycopg.rows.tuple_row) as cursor:
        there = cursor.execute("select to_regclass('public.alembic_version') is not null").fetchone()
        if there is None or not there[0]:
            return "0000"
        found = cursor.execute("select max(version_num) from public.alembic_version").fetchone()
    return "0000" if found is None or found[0] is None else str(found[0])


@cache
def newest() -> str:
    """Return the number of this version's newest migration."""
    return max(file.name[:4] for file in (FOLDER / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))


def run_sql(name: str) -> None:
    """Run one file of `migrations/sql`; for use inside a migration."""
    _connection().execute((FOLDER / "sql" / name).read_bytes())


def run_job_schema() -> None:
    """Install procrastinate's tables and functions; for use inside a migration."""
    install_job_schema(_connection())


def _connection() -> psycopg.Connection[Any]:
    # psycopg's own, since without parameters it lets % and : be what they are in SQL.
    from alembic import op  # noqa: PLC0415 - heavy

    return cast("psycopg.Connection[Any]", op.get_bind().connection.driver_connection)


def _must_be_not_newer(connection: psycopg.Connection[Any]) -> SchemaState:
    state = schema_state(connection)
    if state is SchemaState.NEWER:
        raise SchemaTooNew(found=schema_version(connection), known=newest())
    return state


def _make_role(dsn_owner: str) -> None:
    with psycopg.connect(dsn_owner, autocommit=True) as connection:
        if connection.execute("select from pg_roles where rolname = %s", [APP]).rowcount:
            return
        try:
            connection.execute(sql.SQL("create role {}").format(sql.Identifier(APP)))
        except psycopg.errors.InsufficientPrivilege:
            raise RolesMissing from None


def _upgrade(dsn_owner: str) -> None:
    from alembic import command  # noqa: PLC0415 - heavy
    from alembic.config import Config  # noqa: PLC0415 - heavy
    from sqlalchemy import create_engine  # noqa: PLC0415 - heavy
    from sqlalchemy.pool import NullPool  # noqa: PLC0415 - heavy

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(dsn_owner, client_encoding="utf8"), poolclass=NullPool
    )
    with engine.begin() as bound:
        config.attributes["connection"] = bound
        command.upgrade(config, "head")
        bound.exec_driver_sql(f"grant select on public.alembic_version to {APP}")
