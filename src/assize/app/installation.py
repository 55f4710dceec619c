"""One installation: its database, embedded or external, opened for whoever needs it."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from assize.platform.db import Database
from assize.platform.errors import DatabaseUnavailable
from assize.platform.migrate import check_schema, migrate
from assize.platform.postgres import APP, DATABASE, OWNER, open_cluster
from assize.platform.settings import Settings


@contextmanager
def reachable(settings: Settings) -> Iterator[str]:
    """Yield the application's DSN with the database running and its schema this version's.

    Embedded: started, or attached to where it runs, and migrated. External: checked; `assize migrate` brings it up.
    Raises SchemaBehind, SchemaTooNew, DatabaseUnavailable.
    """
    if settings.database_url is not None:
        check(settings.database_url)
        yield settings.database_url
        return
    with open_cluster(settings.home) as supervisor:
        migrate(supervisor.cluster.dsn(role=OWNER, database=DATABASE))
        yield supervisor.cluster.dsn(role=APP, database=DATABASE)


@contextmanager
def opened(settings: Settings, *, max_size: int = 4) -> Iterator[Database]:
    """Yield the installation's database, ready to use, with facts announced to those who hear them."""
    from assize.app.flow import delivery  # noqa: PLC0415 - every slice; `up` starts its children before it loads them

    with reachable(settings) as dsn, Database(dsn, max_size=max_size, announce=delivery().announce) as database:
        yield database


def check(dsn: str) -> None:
    """Return quietly where the database answers and its schema is this version's."""
    try:
        with psycopg.connect(dsn, connect_timeout=10) as connection:
            check_schema(connection)
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable from error
