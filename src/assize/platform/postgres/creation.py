"""Making a cluster, once: its files, its roles, its database."""

import shutil
import subprocess
from pathlib import Path

import psycopg
from psycopg import sql

from assize.platform.errors import DatabaseDidNotStart
from assize.platform.postgres.account import Account
from assize.platform.postgres.cluster import ADMIN, APP, DATABASE, OWNER, Cluster
from assize.platform.postgres.folders import Layout, make_private

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}  # nothing inherited: no PG*, no LD_*

# The application's statements are short; one that is not has gone wrong. A long one says so by `set local`.
LIMITS = {"statement_timeout": "60s", "idle_in_transaction_session_timeout": "60s", "lock_timeout": "30s"}


def make_files(places: Layout, who: Account, programs: Path) -> None:
    """Run initdb, whole or not at all: under another name, then renamed. Raises DatabaseDidNotStart."""
    fresh = places.root / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    places.made.unlink(missing_ok=True)
    make_private(fresh, who)
    done = subprocess.run(  # noqa: S603 - our own program, our own arguments
        [
            programs / "initdb",
            f"--pgdata={fresh}",
            f"--username={ADMIN}",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",  # the same order and case on every system
            "--builtin-locale=C.UTF-8",
            "--data-checksums",
            "--auth-local=peer",
            "--auth-host=reject",
            "--no-instructions",
        ],
        cwd="/",
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        text=True,
        errors="replace",
        umask=0o077,
        user=who.uid if who.switched else None,
        group=who.gid if who.switched else None,
        extra_groups=[] if who.switched else None,
    )
    if done.returncode:
        raise DatabaseDidNotStart(log="initdb", last_lines=_last(done.stdout + done.stderr))
    fresh.rename(places.cluster.data)


def make_roles(cluster: Cluster) -> None:
    """Create both roles and the database where they are missing, and set the application's limits."""
    with psycopg.connect(cluster.dsn(role=ADMIN, database="postgres"), autocommit=True) as connection:
        for role in (OWNER, APP):
            if not connection.execute("select from pg_roles where rolname = %s", [role]).rowcount:
                connection.execute(sql.SQL("create role {} login").format(sql.Identifier(role)))
        for setting, value in LIMITS.items():
            connection.execute(
                sql.SQL("alter role {} set {} = {}").format(
                    sql.Identifier(APP), sql.Identifier(setting), sql.Literal(value)
                )
            )
        if not connection.execute("select from pg_database where datname = %s", [DATABASE]).rowcount:
            connection.execute(
                sql.SQL("create database {} owner {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
            )
        connection.execute(
            sql.SQL("revoke all on database {0} from public; grant connect on database {0} to {1}").format(
                sql.Identifier(DATABASE), sql.Identifier(APP)
            )
        )


def _last(text: str, lines: int = 12) -> str:
    return "\n".join(text.strip().splitlines()[-lines:])
