"""Sealed copies as they are kept, and what answers to them tell."""

from collections.abc import Collection
from datetime import datetime

from assize.kernel.ids import CaseId, DecisionId, EventId, GoldenId, QueueName, ReviewerId
from assize.kernel.measures import wilson
from assize.platform.db import Row, Tx
from assize.platform.sql import queries
from assize.quality.models.golden import Answered, Golden, Performance, Placement
from assize.quality.store.known.items import golden_of

SQL = queries("assize.quality.store.known")
NOTHING = Performance(right=0, n=0, timed=0, log_s=0.0, log_squares=0.0)


def lock_rates(tx: Tx) -> list[tuple[QueueName, float, str]]:
    """Return the queues to which known cases are added, the share, and the last case that was put to the draw."""
    return [(QueueName(row["queue"]), row["share"], row["placed_through"]) for row in tx.rows(SQL["lock_rates"])]


def came(tx: Tx, queue: QueueName, *, after: str, limit: int) -> list[CaseId]:
    """Return the ordinary cases of a queue that came since one, in order."""
    rows = tx.rows(SQL["came"], {"queue": queue, "after": after, "limit": limit})
    return [CaseId(row["id"]) for row in rows]


def put_to_the_draw(tx: Tx, queue: QueueName, *, through: CaseId) -> None:
    """Keep how far the cases of a queue were put to the draw."""
    tx.run(SQL["placed_through"], {"queue": queue, "through": through})


def free(tx: Tx, queue: QueueName, *, at: datetime) -> list[tuple[Golden, int]]:
    """Return the known cases of a queue that may be placed now, and how often each was."""
    return [(golden_of(row), row["placed"]) for row in tx.rows(SQL["free_golden"], {"queue": queue, "at": at})]


def who_knows(tx: Tx, golden_id: GoldenId) -> frozenset[ReviewerId]:
    """Return whoever did something with a case, its near-duplicates or its copies."""
    return frozenset(ReviewerId(row["id"]) for row in tx.rows(SQL["who_knows"], {"id": golden_id}))


def insert(tx: Tx, one: Placement) -> None:
    """Keep that a copy was put in."""
    names = ("id", "golden_id", "because", "queue", "placed_at", "restriction", "region")
    values = {name: getattr(one, name) for name in names}
    tx.run(SQL["insert_placement"], values | {"event_ids": list(one.event_ids), "excluded": list(one.excluded)})


def opened(tx: Tx, case_id: CaseId) -> frozenset[ReviewerId]:
    """Keep that a copy is a case by now; return who may not be given it."""
    rows = tx.rows(SQL["placement_opened"], {"case_id": case_id})
    return frozenset(ReviewerId(one) for row in rows for one in row["excluded"])


def family(tx: Tx, case_id: CaseId) -> frozenset[str]:
    """Return what is withheld along with a sealed copy."""
    return frozenset(tx.value(SQL["family"], {"case_id": case_id}) or ())


def of(tx: Tx, golden_id: GoldenId, *, limit: int) -> list[Placement]:
    """Return the copies of a known case, the latest first."""
    return [_placement(row) for row in tx.rows(SQL["placements"], {"golden_id": golden_id, "limit": limit})]


def miss(tx: Tx, *, before: datetime, at: datetime) -> list[Placement]:
    """Give up copies that opened no case; return them."""
    return [_placement(row) for row in tx.rows(SQL["missed"], {"before": before, "at": at})]


def unanswered(tx: Tx, *, since: datetime, at: datetime, limit: int) -> list[tuple[DecisionId, GoldenId]]:
    """Return the decisions about copies that are to be compared now, and of which known case each is."""
    rows = tx.rows(SQL["unanswered"], {"since": since, "at": at, "limit": limit})
    return [(DecisionId(row["id"]), GoldenId(row["golden_id"])) for row in rows]


def answered(tx: Tx, golden_id: str | None = None) -> Answered:
    """Return how copies were answered, of one known case or of all."""
    row = tx.one(SQL["answered"], {"id": golden_id})
    return Answered(
        placed=row["placed"], waiting=row["waiting"], missed=row["missed"], right=wilson(row["right"], row["n"])
    )


def performances(tx: Tx, *, since: datetime) -> dict[ReviewerId, tuple[Performance, Performance]]:
    """Return how each reviewer did on known cases, and on others."""
    told: dict[ReviewerId, dict[bool, Performance]] = {}
    for row in tx.rows(SQL["performances"], {"since": since}):
        told.setdefault(ReviewerId(row["reviewer_id"]), {})[row["known"]] = Performance(
            right=row["right"],
            n=row["n"],
            timed=row["timed"],
            log_s=float(row["log_s"]),
            log_squares=float(row["log_squares"]),
        )
    return {one: (both.get(True, NOTHING), both.get(False, NOTHING)) for one, both in told.items()}


def _placement(row: Row) -> Placement:
    excluded: Collection[str] = row["excluded"]
    return Placement(
        id=row["id"],
        golden_id=row["golden_id"],
        because=row["because"],
        queue=QueueName(row["queue"]),
        event_ids=tuple(EventId(one) for one in row["event_ids"]),
        excluded=tuple(ReviewerId(one) for one in excluded),
        placed_at=row["placed_at"],
        case_id=row["case_id"],
        missed_at=row["missed_at"],
        restriction=row["restriction"],
        region=row["region"],
    )
