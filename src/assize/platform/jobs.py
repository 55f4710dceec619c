"""Delivery of facts to those who hear them, and cron: procrastinate underneath, enqueued in the change's own transaction.

A job is one handler and a batch of facts. Handlers are idempotent and don't depend on order: a job of a worker that
was killed is run again. A job that used up its tries stays, visible and redeliverable, until somebody looks.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

import procrastinate
from procrastinate.jobs import Job
from procrastinate.retry import RetryStrategy

from assize.kernel import clock
from assize.kernel.actor import Actor
from assize.kernel.facts import Fact, Recorded
from assize.platform.db import Database, Row, Tx
from assize.platform.facts import Entry
from assize.platform.sql import queries

SQL = queries("assize.platform")

Handler: TypeAlias = Callable[[Tx, Recorded[Any]], None]
Flow: TypeAlias = Mapping[type[Fact], Sequence[Handler]]

TRIES = 12  # with waits of 2, 4, 8 … seconds: a little over two hours
POLL_S = 0.5  # LISTEN/NOTIFY is off, since its trigger serialises commits
STALLED_AFTER_S = 30.0  # three missed heartbeats


@dataclass(frozen=True, kw_only=True)
class Cron:
    """Something done at set times: `run` is called with the database and the time."""

    name: str
    when: str
    run: Callable[[Database, datetime], object]


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Who hears which fact, and how they are told. Handlers run as `actor`."""

    flow: Flow
    actor: Actor
    crons: tuple[Cron, ...] = ()
    _names: dict[str, Handler] = field(default_factory=dict, init=False)
    _deferring: procrastinate.App = field(init=False)

    def __post_init__(self) -> None:
        """Name the handlers, so that a job can say which it is for."""
        for handlers in self.flow.values():
            self._names.update({name_of(handler): handler for handler in handlers})
        app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
        self._tasks(app, None)
        object.__setattr__(self, "_deferring", app)

    def announce(self, tx: Tx, entries: Sequence[Entry]) -> None:
        """Enqueue, in this transaction, one job for each handler that hears some of these facts."""
        heard: dict[str, list[str]] = {}
        for entry in entries:
            for handler in self.flow.get(type(entry.fact), ()):
                heard.setdefault(name_of(handler), []).append(entry.id)
        if heard:
            task = self._deferring.tasks["hear"].configure(connection=tx.connection)
            jobs: list[dict[str, Any]] = [{"handler": name, "fact_ids": ids} for name, ids in heard.items()]
            task.batch_defer(*jobs)

    def hear(self, database: Database, *, handler: str, fact_ids: list[str]) -> None:
        """Tell one handler about facts, all in one transaction. Raises KeyError for a handler that is gone."""
        call = self._names[handler]
        with database.transaction(self.actor) as tx:
            for recorded in recorded_facts(tx, fact_ids):
                call(tx, recorded)

    def worker(self, database: Database) -> procrastinate.App:
        """Return the app that a worker process runs; open it on a pool of its own."""
        app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=database.dsn, min_size=1, max_size=4))
        self._tasks(app, database)
        return app

    def drain(self, database: Database) -> None:
        """Run every job that waits, then return. For tests and for headless runs."""
        app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=database.dsn, min_size=1, max_size=2))
        self._tasks(app, database)
        # In a thread of its own: the caller may be inside somebody else's event loop.
        with ThreadPoolExecutor(1) as apart:
            apart.submit(
                app.run_worker,
                wait=False,
                listen_notify=False,
                install_signal_handlers=False,
                delete_jobs="successful",
            ).result()

    def _tasks(self, app: procrastinate.App, database: Database | None) -> None:
        def hear(handler: str, fact_ids: list[str]) -> None:
            if database is not None:
                self.hear(database, handler=handler, fact_ids=fact_ids)

        app.task(name="hear", retry=RetryStrategy(max_attempts=TRIES, exponential_wait=2))(hear)
        for cron in self.crons:
            _schedule(app, cron, database)
        app.periodic(cron="* * * * *")(
            app.task(name="retry_stalled", queueing_lock="retry_stalled")(_retry_stalled(app))
        )


def recorded_facts(tx: Tx, fact_ids: Iterable[str]) -> list[Recorded[Any]]:
    """Read facts back in the order of their ids; those whose body was erased are left out."""
    return [
        _recorded(row) for row in tx.rows(SQL["recorded_facts"], {"ids": list(fact_ids)}) if row["kind"] in Fact.kinds
    ]


def count_jobs(tx: Tx) -> dict[str, int]:
    """Return how many jobs wait (`todo`), run (`doing`) and used up their tries (`failed`)."""
    return {row["status"]: row["jobs"] for row in tx.rows(SQL["count_jobs"])}


def count_facts(tx: Tx) -> dict[str, int]:
    """Return how many facts of each kind there are, as far as the actor may see them."""
    return {row["kind"]: row["facts"] for row in tx.rows(SQL["count_facts"])}


def name_of(handler: Handler) -> str:
    """Return the name under which a handler's jobs are kept: module and function."""
    return f"{handler.__module__}:{handler.__qualname__}"


def _recorded(row: Row) -> Recorded[Any]:

    fact = Fact.kinds[row["kind"]].from_body(json.loads(row["body"]))
    return Recorded(fact=fact, id=row["id"], actor_id=row["actor"], occurred_at=row["occurred_at"])


def _schedule(app: procrastinate.App, cron: Cron, database: Database | None) -> None:
    def run(timestamp: int) -> None:
        del timestamp  # the time that counts is when it runs, not when it was due
        if database is not None:
            cron.run(database, clock.now())

    app.periodic(cron=cron.when)(app.task(name=cron.name, queueing_lock=cron.name)(run))


def _retry_stalled(app: procrastinate.App) -> Callable[[int], Any]:
    async def retry_stalled(timestamp: int) -> None:
        del timestamp
        jobs: Iterable[Job] = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_S)
        for job in jobs:
            await app.job_manager.retry_job(job)

    return retry_stalled
