"""procrastinate's tables and functions: installed by our first migration, and kept in step with the library.

The library brings the whole schema of its version, and small files that lead from one version to the next. Which of
those the database has is written in the comment on its table of jobs.
"""

from collections.abc import Sequence
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import tuple_row

from assize.platform.postgres.cluster import APP

MARK = "Jobs of procrastinate, with its changes up to "

# Rights on whatever the library made. Its trigger that tells of each new job goes: NOTIFY takes one lock for all at
# commit and halves the rate of commits; workers ask instead (listen_notify=False).
FOR_THE_APPLICATION = """
do $$
declare
    found record;
begin
    for found in
        select c.oid::regclass as name, c.relkind as kind from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relname like 'procrastinate\\_%' and c.relkind in ('r', 'S')
    loop
        if found.kind = 'r' then
            execute format('grant select, insert, update, delete on %s to {app}', found.name);
        else
            execute format('grant usage, select on sequence %s to {app}', found.name);
        end if;
    end loop;
end $$;
drop trigger if exists procrastinate_jobs_notify_queue_job_inserted_v1 on public.procrastinate_jobs;
"""


def install_job_schema(connection: psycopg.Connection[Any]) -> None:
    """Create everything as the installed library wants it; inside the caller's transaction."""
    from procrastinate.schema import SchemaManager  # noqa: PLC0415 - heavy, and needed once

    connection.execute(SchemaManager.get_schema().encode())
    _finish(connection)


def missing_job_changes(connection: psycopg.Connection[Any]) -> Sequence[Path]:
    """Return the library's changes that this database does not have, in their order; none where it has no jobs."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        found = cursor.execute("select obj_description(to_regclass('public.procrastinate_jobs'))").fetchone()
    if found is None or found[0] is None:
        return []
    last = str(found[0]).removeprefix(MARK)
    return [file for file in _changes() if file.name > last]


def apply_job_changes(connection: psycopg.Connection[Any]) -> None:
    """Bring the tables to the installed library's version; inside the caller's transaction."""
    missing = missing_job_changes(connection)
    for file in missing:
        connection.execute(file.read_bytes())
    if missing:
        _finish(connection)


def _finish(connection: psycopg.Connection[Any]) -> None:
    connection.execute(FOR_THE_APPLICATION.replace("{app}", APP).encode())
    mark = sql.SQL("comment on table public.procrastinate_jobs is {}").format(sql.Literal(MARK + _changes()[-1].name))
    connection.execute(mark)


def _changes() -> list[Path]:
    # Without importing the library: every start of a process comes by here.
    folder = Path(str(distribution("procrastinate").locate_file("procrastinate/sql/migrations")))
    return sorted(folder.glob("[0-9]*.sql"))
