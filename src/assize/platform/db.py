"""The database as everybody uses it: one pool, and transactions done for somebody.

    with database.transaction(actor) as tx:
        row = tx.row(SQL["case_by_id"], {"id": case_id})
        tx.record(CaseMoved(case_id=case_id, queue=queue), at=at)

Whatever a transaction reads is already limited to what its actor may see: row security applies the actor's scope.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from time import monotonic
from typing import Any, Self

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from assize.kernel.actor import Actor, Scope
from assize.kernel.errors import AssizeError
from assize.kernel.facts import Fact
from assize.platform import facts as fact_log
from assize.platform.errors import DatabaseUnavailable, TextNotKept
from assize.platform.sql import queries

Row = dict[str, Any]
Params = Mapping[str, Any]

SQL = queries("assize.platform")
RECONNECT_S = 5.0  # then the next caller begins anew: the pool's own waits grow to minutes while a database is away
RESTED_S = 1.0  # a database that stopped within it is noticed by the statement itself
POOL_WAIT_S = 10.0  # longer than any healthy queue for a connection, shorter than a person waits


class ScopedConnection(psycopg.Connection[Row]):
    """A connection that remembers the scope it was last told, so that telling costs a round trip only on change."""

    told: tuple[str, ...] | None = None
    used_at: float = 0.0  # seconds of the monotonic clock


class Tx:
    """One transaction, done for one actor."""

    def __init__(self, *, connection: ScopedConnection, actor: Actor, database: "Database") -> None:
        self.connection = connection
        self.actor = actor
        self.database = database

    def rows(self, sql: str, params: Params | None = None) -> list[Row]:
        """Return every row as a dict."""
        return self.connection.execute(sql, params).fetchall()

    def row(self, sql: str, params: Params | None = None) -> Row | None:
        """Return the first row, or None."""
        return self.connection.execute(sql, params).fetchone()

    def one(self, sql: str, params: Params | None = None) -> Row:
        """Return the row that must be there. Raises LookupError where it isn't."""
        found = self.row(sql, params)
        if found is None:
            raise LookupError("a statement that always answers gave no row")
        return found

    def value(self, sql: str, params: Params | None = None) -> Any:
        """Return the first column of the first row, or None."""
        found = self.row(sql, params)
        return None if found is None else next(iter(found.values()))

    def run(self, sql: str, params: Params | None = None) -> int:
        """Run a statement and return how many rows it touched."""
        return self.connection.execute(sql, params).rowcount

    def many(self, sql: str, params: Iterable[Params]) -> None:
        """Run a statement for each set of parameters, pipelined."""
        with self.connection.cursor() as cursor:
            cursor.executemany(sql, params)

    def copy(self, sql: str) -> AbstractContextManager[psycopg.Copy]:
        """Open a COPY; `with tx.copy(…) as copy: copy.write_row(…)`."""
        return self.connection.cursor().copy(sql)

    def record(self, *facts: Fact, at: datetime) -> None:
        """Write facts, and the jobs of those who hear them, with this change or not at all."""
        self.record_many(facts, at=at)

    def record_many(self, facts: Sequence[Fact], *, at: datetime) -> None:
        """Write many facts in one statement, and one job for each handler that hears some of them."""
        if not facts:
            return
        entries = [fact_log.entry(fact) for fact in facts]
        self.run(SQL["record_facts"], fact_log.columns(entries) | {"actor": self.actor.id, "at": at})
        if self.database.announce is not None:
            self.database.announce(self, entries)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Let what is inside fail without undoing what came before."""
        with self.connection.transaction():
            yield

    @contextmanager
    def apart(self) -> Iterator["Tx"]:
        """Open another transaction of the same actor, which stays whatever becomes of this one."""
        with self.database.transaction(self.actor) as other:
            yield other


Announce = Callable[[Tx, Sequence[fact_log.Entry]], None]


class Database:
    """A pool of connections to one database as the application's role.

    announce: called inside every transaction that records facts; the application sets it to enqueue jobs.
    """

    def __init__(self, dsn: str, *, min_size: int = 1, max_size: int = 12, announce: Announce | None = None) -> None:
        self.dsn = dsn
        self.announce = announce
        self.pool: ConnectionPool[ScopedConnection] = ConnectionPool(
            dsn,
            connection_class=ScopedConnection,
            kwargs={"row_factory": dict_row},
            min_size=min_size,
            max_size=max_size,
            timeout=POOL_WAIT_S,
            reconnect_timeout=RECONNECT_S,
            open=False,
            check=_check_rested,
        )

    def open(self) -> Self:
        """Open the pool; connections come as they are needed."""
        self.pool.open()
        return self

    def close(self) -> None:
        """Close the pool and its connections."""
        self.pool.close()

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def statement(self, actor: Actor) -> Iterator[Tx]:
        """Open for one statement done for `actor`, committed by itself: one round trip where a transaction takes three.

        For the few statements that are asked thousands of times a second and whose locks others wait for. Raises
        DatabaseUnavailable like `transaction`.
        """
        with self._connection() as connection:
            connection.autocommit = True
            try:
                connection.told = _tell(connection, actor.scope) or connection.told
                yield Statement(connection=connection, actor=actor, database=self)
            finally:
                if not connection.closed:
                    connection.autocommit = False

    @contextmanager
    def transaction(self, actor: Actor) -> Iterator[Tx]:
        """Open a transaction done for `actor`: committed at the end, undone on any error.

        Raises DatabaseUnavailable where the database can't be reached or went away in the middle.
        """
        with self._connection() as connection:
            with connection.transaction():
                told = _tell(connection, actor.scope)
                # Until the commit the connection's memory is unsure: a rollback takes the setting back.
                before, connection.told = connection.told, None
                yield Tx(connection=connection, actor=actor, database=self)
            connection.told = told or before

    @contextmanager
    def _connection(self) -> Iterator[ScopedConnection]:
        try:
            with self.pool.connection() as connection:
                try:
                    yield connection
                finally:
                    connection.used_at = monotonic()
        except (PoolTimeout, PoolClosed) as error:
            raise DatabaseUnavailable from error
        except psycopg.DataError as error:
            if not _holds_nothing(error):
                raise
            raise TextNotKept from error
        except psycopg.OperationalError as error:
            if isinstance(error, psycopg.errors.QueryCanceled | psycopg.errors.LockNotAvailable):
                raise
            raise DatabaseUnavailable from error


class Statement(Tx):
    """One statement that is a transaction of its own. It records its facts itself, or none."""

    def record_many(self, facts: Sequence[Fact], *, at: datetime) -> None:
        """Refuse: what is recorded here would not be in the transaction of the change."""
        del facts, at
        raise TypeError("a statement alone can't record: open a transaction")


def scope_settings(scope: Scope) -> tuple[str, ...]:
    """Return what row security is told: everything, compartments, regions, recused, measuring."""
    return (
        "on" if scope.everything else "off",
        _listed(scope.compartments),
        "*" if scope.regions is None else _listed(scope.regions),
        _listed(scope.recused | scope.withheld),
        "on" if scope.measuring else "off",
    )


@contextmanager
def named_constraint(errors: Mapping[str, Callable[[], AssizeError]]) -> Iterator[None]:
    """Turn the violation of a named constraint into the slice's own error."""
    try:
        yield
    except psycopg.IntegrityError as error:
        make = errors.get(error.diag.constraint_name or "")
        if make is None:
            raise
        raise make() from error


def _holds_nothing(error: psycopg.DataError) -> bool:
    # The driver refuses U+0000 in text before it is sent (it gives no state), the database in JSON.
    return isinstance(error, psycopg.errors.UntranslatableCharacter) or (error.sqlstate is None and "NUL" in str(error))


def _check_rested(connection: ScopedConnection) -> None:
    # A connection that answered a moment ago still does: asking again would double the round trips of a busy server.
    if monotonic() - connection.used_at > RESTED_S:
        ConnectionPool.check_connection(connection)


def _tell(connection: ScopedConnection, scope: Scope) -> tuple[str, ...] | None:
    settings = scope_settings(scope)
    if connection.told == settings:
        return None
    names = ("everything", "compartments", "regions", "recused", "measuring")
    connection.execute(SQL["set_scope"], dict(zip(names, settings, strict=True)))
    return settings


def _listed(names: frozenset[str]) -> str:
    # A leading and a trailing comma, so that one name is found whole; "," alone is a scope that was set and holds none.
    return "," + "".join(f"{name}," for name in sorted(names))
