"""What the worker does again and again, and at set times."""

from collections.abc import Callable
from datetime import datetime, timedelta

from assize.app.loops import Loop
from assize.audit import service as audit
from assize.enforcement import service as enforcement
from assize.enforcement.models import Destination, Outbound
from assize.escalation import service as escalation
from assize.intake import service as intake
from assize.kernel import chance
from assize.platform.db import Database
from assize.platform.jobs import Cron
from assize.platform.settings import Settings
from assize.platform.sql import queries
from assize.quality import service as quality
from assize.review import service as review
from assize.triage import service as triage
from assize.workforce import service as workforce
from assize.workforce.models import SYSTEM

SQL = queries("assize.platform")
CHECKPOINT_REST_S = 10.0  # the window in which the newest facts are not yet signed; docs/explain/ledger.md states it
ANSWERS_KEPT = timedelta(hours=24)
PER_ROUND = 200


def loops(settings: Settings) -> list[Loop]:
    """Return the worker's loops. Each destination has its own: one that hangs delays no other."""
    return [
        Loop(
            name="assess",
            rest_s=0.2,
            step=lambda database, at: triage.assess(database, at=at, settings=settings).events,
        ),
        Loop(name="sequence", rest_s=1.0, step=lambda database, _: audit.sequence(database)),
        Loop(name="checkpoint", rest_s=CHECKPOINT_REST_S, step=_checkpoint(settings)),
        Loop(name="leases", rest_s=5.0, step=_leases),
        Loop(name="sums", rest_s=30.0, step=_sums),
        Loop(
            name="sample",
            rest_s=2.0,
            step=lambda database, at: quality.draw_due(database, settings=settings, at=at),
        ),
        Loop(
            name="trials",
            rest_s=2.0,
            step=lambda database, at: quality.try_due(database, settings=settings, at=at),
        ),
        Loop(name="golden", rest_s=10.0, step=_golden(settings)),
        Loop(name="adjudicate", rest_s=10.0, step=lambda database, at: quality.ask_due(database, at=at)),
        Loop(name="remedy", rest_s=2.0, step=_remedy),
        Loop(name="levers", rest_s=5.0, step=_levers),
        Loop(name="certificates", rest_s=5.0, step=_certificates),
        Loop(name="timers", rest_s=1.0, step=_timers),
        Loop(name="pages", rest_s=1.0, step=_pages(settings)),
        *(Loop(name=f"deliver:{one.name}", rest_s=0.2, step=_deliver(settings, one)) for one in destinations(settings)),
    ]


def crons(settings: Settings) -> tuple[Cron, ...]:
    """Return what is done at set times."""
    return (
        Cron(name="erase_due", when="7 * * * *", run=_erase_due(settings)),
        Cron(name="forget", when="23 * * * *", run=_forget),
        Cron(name="verify_ledger", when="41 2 * * *", run=_verify(settings)),
    )


def destinations(settings: Settings) -> list[Destination]:
    """Return the platforms that hear effects."""
    return [Destination(name=one.name, url=one.url, secret=one.secret) for one in settings.destinations]


def _deliver(settings: Settings, destination: Destination) -> Callable[[Database, datetime], int]:
    outbound = Outbound(
        destinations=(destination,), source=settings.public_url, private=settings.allow_private_destinations
    )
    rng = chance.rng()

    def deliver(database: Database, at: datetime) -> int:
        return enforcement.deliver_due(database, outbound=outbound, limit=PER_ROUND, at=at, rng=rng).taken

    return deliver


def _checkpoint(settings: Settings) -> Callable[[Database, datetime], int]:
    def checkpoint(database: Database, at: datetime) -> int:
        audit.checkpoint(database, settings=settings, at=at)
        return 0  # signing is paced by its rest, not by how much there is

    return checkpoint


def _golden(settings: Settings) -> Callable[[Database, datetime], int]:
    rng = chance.rng()

    def golden(database: Database, at: datetime) -> int:
        return quality.place_due(database, settings=settings, rng=rng, at=at) + quality.answer_due(database, at=at)

    return golden


def _leases(database: Database, at: datetime) -> int:
    return review.sweep_leases(database, at=at) + quality.sweep_audits(database, at=at)


def _sums(database: Database, at: datetime) -> int:
    rolled = sum(slice_.roll(database, at=at) for slice_ in (triage, review, enforcement, quality))
    return int(rolled) + quality.roll_work(database, at=at)


def _remedy(database: Database, at: datetime) -> int:
    return enforcement.remedy(database, at=at)


def _levers(database: Database, at: datetime) -> int:
    return workforce.sweep_levers(database, at=at)


def _certificates(database: Database, at: datetime) -> int:
    return workforce.sweep_certificates(database, at=at)


def _timers(database: Database, at: datetime) -> int:
    return enforcement.sweep(database, limit=PER_ROUND, at=at).any


def _pages(settings: Settings) -> Callable[[Database, datetime], int]:
    def pages(database: Database, at: datetime) -> int:
        return escalation.sweep(database, settings=settings, at=at)

    return pages


def _erase_due(settings: Settings) -> Callable[[Database, datetime], None]:
    def erase_due(database: Database, at: datetime) -> None:
        erased = 1
        while erased:
            with database.transaction(SYSTEM) as tx:
                erased = intake.erase_due(tx, days=settings.retention_days, at=at)

    return erase_due


def _verify(settings: Settings) -> Callable[[Database, datetime], None]:
    def verify(database: Database, at: datetime) -> None:
        audit.note_verification(database, audit.verify(database, settings=settings), at=at)

    return verify


def _forget(database: Database, at: datetime) -> None:
    workforce.forget_past(database, at)
    with database.transaction(SYSTEM) as tx:
        tx.run(SQL["forget_answers"], {"before": at - ANSWERS_KEPT})
        triage.forget(tx, at=at)
