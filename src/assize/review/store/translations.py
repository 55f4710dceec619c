"""Translations of turns, as rows."""

from collections.abc import Sequence

from assize.kernel.ids import CaseId, EventId, ReviewerId
from assize.platform.db import Row, Tx
from assize.platform.sql import queries
from assize.review.models import Translation

SQL = queries("assize.review")


def keep(tx: Tx, one: Translation) -> None:
    """Keep a translation; a newer one of the same turn takes the place of the older."""
    tx.run(
        SQL["keep_translation"],
        {
            "event_id": one.event_id,
            "turn": one.turn,
            "language": one.to,
            "case_id": one.case_id,
            "body": one.text or "",
            "model": one.model,
            "asked_by": one.asked_by,
            "at": one.at,
        },
    )


def of_events(tx: Tx, event_ids: Sequence[EventId]) -> list[Translation]:
    """Return the translations of these events' turns."""
    return [_translation(row) for row in tx.rows(SQL["translations_of_events"], {"event_ids": list(event_ids)})]


def forget(tx: Tx, event_ids: Sequence[EventId]) -> int:
    """Remove what was made of these events; return how many."""
    return tx.run(SQL["forget_translations"], {"event_ids": list(event_ids)})


def _translation(row: Row) -> Translation:
    return Translation(
        case_id=CaseId(row["case_id"]),
        event_id=EventId(row["event_id"]),
        turn=row["turn"],
        to=row["language"],
        text=row["body"],
        model=row["model"],
        asked_by=ReviewerId(row["asked_by"]),
        at=row["at"],
    )
