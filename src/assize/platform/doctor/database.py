"""What doctor sees in a database: its version, its roles, its schema, its clock, and whether the work goes on."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row

from assize.kernel import clock
from assize.platform.doctor.findings import Finding, broken, doubtful, well
from assize.platform.migrate import SchemaState, newest, schema_state, schema_version
from assize.platform.sql import queries

SQL = queries("assize.platform.doctor")
OLDEST_SERVER = 160000
SKEW = timedelta(seconds=2)  # due times and checkpoints are compared across both clocks
SILENT_S = 60.0  # six missed beats
LONG_QUEUE = 1000  # a worker takes some hundreds a second

Check = Callable[[str], Finding]
"""Given the application's DSN of a database that runs and has this version's schema."""

Connection = psycopg.Connection[dict[str, Any]]


def database_findings(app_dsn: str, owner_dsn: str | None, *, more: Sequence[Check] = ()) -> list[Finding]:
    """Return what there is to say about a database that should be running. more: what higher slices look at in it."""
    try:
        with psycopg.connect(app_dsn, row_factory=dict_row, autocommit=True, connect_timeout=10) as connection:
            found = [server_version(connection), clocks(connection), schema(connection)]
            if schema_state(connection) is SchemaState.CURRENT:
                found += [roles(connection, owner_dsn), *work(connection)]
                found += [check(app_dsn) for check in more]
            return found
    except psycopg.errors.InsufficientPrivilege:
        return [broken("The application's role may not read what it needs.", "Run `assize migrate` as the owner.")]
    except psycopg.OperationalError as error:
        return [broken("The database does not answer.", _why(error))]


def server_version(connection: Connection) -> Finding:
    """Whether the server is new enough."""
    told = _one(connection, "what_it_is")
    if told["version"] < OLDEST_SERVER:
        return broken(f"The database is PostgreSQL {told['version_text']}.", "Use PostgreSQL 16 or newer.")
    return well(f"The database is PostgreSQL {told['version_text']}.")


def clocks(connection: Connection) -> Finding:
    """Whether the database's clock and this machine's agree."""
    before = clock.now()
    told: datetime = _one(connection, "what_it_is")["database_time"]
    after = clock.now()
    apart = max(before - told, told - after, timedelta(0))
    if apart > SKEW:
        return doubtful(
            f"The database's clock and this machine's are {apart.total_seconds():.0f} s apart.",
            "Keep both by NTP: due times and the ledger's checkpoints are compared across them.",
        )
    return well("The database's clock and this machine's agree.")


def schema(connection: Connection) -> Finding:
    """Whether the schema is this version's."""
    found = schema_version(connection)
    match schema_state(connection):
        case SchemaState.CURRENT:
            return well(f"The schema is this version's ({found}).")
        case SchemaState.BEHIND:
            title = f"The schema is {found}, and this version needs {newest()}."
            if found == newest():
                title = f"The schema is {found}, and lacks what a newer version of the job library needs."
            return broken(title, "Run `assize migrate`.")
        case SchemaState.NEWER:
            return broken(
                f"The schema is {found}, newer than this version's {newest()}.",
                "Start the newer Assize; an older one would write what the newer does not expect.",
            )


def roles(connection: Connection, owner_dsn: str | None) -> Finding:
    """Whether the database itself keeps the application from changing facts and from seeing past need-to-know."""
    told, rights = _one(connection, "what_it_is"), _one(connection, "rights_on_facts")
    weak = told["superuser"] or told["above_row_security"] or rights["owns"] or rights["may_change"]
    if weak or (owner_dsn is not None and _user(owner_dsn) == told["role"]):
        return doubtful(
            f"The application connects as {told['role']}, which owns the tables or stands above their rules.",
            "That facts are insert-only and that need-to-know holds is then kept by the program alone, not by the "
            "database. Let ASSIZE_DATABASE_URL connect as assize_app, and ASSIZE_DATABASE_OWNER_URL as the owner.",
        )
    return well(f"The application connects as {told['role']}, which can't change or remove facts.")


def work(connection: Connection) -> Sequence[Finding]:
    """Whether jobs are done, and workers alive."""
    return [_jobs(connection), _heartbeats(connection)]


def _jobs(connection: Connection) -> Finding:
    told = _one(connection, "jobs")
    if told["failed"]:
        return doubtful(
            f"{told['failed']} jobs used up their tries.",
            "Look at them on the page of dead letters and run them again.",
        )
    if told["stalled"]:
        return doubtful(
            f"{told['stalled']} jobs were left by a worker that is gone.",
            "A running worker takes them up within a minute.",
        )
    if told["waiting"] > LONG_QUEUE:
        return doubtful(f"{told['waiting']} jobs wait.", "Start another worker: `assize worker`.")
    return well("No job failed or stalled.")


def _heartbeats(connection: Connection) -> Finding:
    told = connection.execute(SQL["heartbeats"]).fetchall()
    if not told:
        return doubtful("No worker has ever run.", "Start one: `assize worker`, or `assize up` for everything.")
    # The same loop may have run in workers that were stopped since; one that lives is enough.
    if all(beat["age_s"] > SILENT_S for beat in told):
        youngest = min(beat["age_s"] for beat in told)
        return doubtful(f"No worker has given a sign for {youngest:.0f} s.", "Start one: `assize worker`.")
    silent = [beat["process"] for beat in told if beat["age_s"] > SILENT_S]
    if silent:
        return doubtful(f"Without a sign for a minute: {', '.join(silent)}.", "Look at that worker's log.")
    return well("The workers are alive.")


def _one(connection: Connection, name: str) -> dict[str, Any]:
    found = connection.execute(SQL[name].encode()).fetchone()
    if found is None:
        raise LookupError(name)
    return found


def _user(dsn: str) -> str | None:
    found = psycopg.conninfo.conninfo_to_dict(dsn).get("user")
    return None if found is None else str(found)


def _why(error: psycopg.OperationalError) -> str:
    # By kind: the server's own words may hold an address or a name.
    said = str(error)
    if "authentication failed" in said or "no password" in said:
        return "It refuses the user or the password of ASSIZE_DATABASE_URL."
    if "does not exist" in said:
        return "It has no such database or role; make them, then run `assize migrate`."
    return "Check that it runs, and the host, port and network in ASSIZE_DATABASE_URL."
