"""Disputes as they are kept."""

from datetime import datetime

from assize.kernel.ids import DecisionId, DisputeId
from assize.platform.db import Row, Tx
from assize.platform.sql import queries
from assize.quality.errors import AlreadyDisputed
from assize.quality.models import Criterion
from assize.quality.models.adjudicating import Dispute, Disputed

SQL = queries("assize.quality.store.words")
_FIELDS = ("id", "reviewer_id", "n", "reason", "state", "opened_at", "due_at", "decided_by", "decided_at", "answer")


def insert(tx: Tx, one: Dispute) -> None:
    """Keep a dispute. Raises AlreadyDisputed."""
    values = {name: getattr(one, name) for name in ("id", "reviewer_id", "n", "reason", "opened_at", "due_at")}
    of = {name: getattr(one.of, name) for name in ("since", "until", "family", "how")}
    if tx.row(SQL["insert_dispute"], {**values, **of, "criterion": one.of.criterion.value}) is None:
        raise AlreadyDisputed


def disputes(
    tx: Tx, *, dispute_id: str | None = None, of: str | None = None, but: str | None = None, limit: int = 1
) -> list[Dispute]:
    """Return disputes, open ones first: of somebody, or of everybody but somebody."""
    rows = tx.rows(SQL["disputes"], {"id": dispute_id, "of": of, "but": but, "limit": limit})
    return [_dispute(row) for row in rows]


def lock(tx: Tx, dispute_id: DisputeId) -> bool:
    """Hold an open one until the end of the transaction; False where it is not open."""
    return tx.row(SQL["lock_dispute"], {"id": dispute_id}) is not None


def answer(tx: Tx, dispute_id: DisputeId, *, state: str, by: str, answer: str, at: datetime) -> None:
    """Keep what it came to."""
    tx.run(SQL["answer_dispute"], {"id": dispute_id, "state": state, "by": by, "answer": answer, "at": at})


def compared_in(tx: Tx, *, reviewer_id: str, since: datetime, until: datetime) -> list[DecisionId]:
    """Return decisions of somebody that were compared in a span."""
    wanted = {"reviewer_id": reviewer_id, "since": since, "until": until}
    return [row["decision_id"] for row in tx.rows(SQL["compared_in"], wanted)]


def _dispute(row: Row) -> Dispute:
    of = Disputed(
        since=row["since"],
        until=row["until"],
        criterion=Criterion(row["criterion"]),
        family=row["family"],
        how=row["how"],
    )
    return Dispute(of=of, **{name: row[name] for name in _FIELDS})
