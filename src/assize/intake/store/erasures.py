"""What is taken away: content past its class, and a person's identity."""

from collections.abc import Sequence
from datetime import datetime

from assize.platform.db import Tx
from assize.platform.sql import queries

SQL = queries("assize.intake")


def past_class(tx: Tx, *, name: str, before: str, others: bool, known: Sequence[str], limit: int) -> list[str]:
    """Return the oldest events of a class with ids before a bound.

    others: take in those of classes nobody named. known: every class that somebody named.
    """
    asked = {"class": name, "before": before, "others": others, "known": list(known), "limit": limit}
    return [row["id"] for row in tx.rows(SQL["events_past_class"], asked)]


def mark_swept(tx: Tx, *, name: str, through: str) -> None:
    """Keep up to where a class was swept."""
    tx.run(SQL["mark_swept"], {"class": name, "through": through})


def erase(tx: Tx, event_ids: Sequence[str], *, at: datetime) -> list[str]:
    """Take content away; return the events that had some."""
    return [row["id"] for row in tx.rows(SQL["erase_events"], {"event_ids": list(event_ids), "at": at})]


def event_ids_of(tx: Tx, subject_id: str) -> list[str]:
    """Return every event of a subject and of those below it."""
    return [row["id"] for row in tx.rows(SQL["all_event_ids_of_subject"], {"subject_id": subject_id})]


def held(tx: Tx, event_ids: Sequence[str]) -> int:
    """Return how many of these events are under legal hold."""
    return int(tx.value(SQL["held_events"], {"event_ids": list(event_ids)}))


def forget_subject(tx: Tx, subject_id: str, *, event_ids: Sequence[str], at: datetime) -> bool:
    """Take the identity of a subject and of those below it away, here and in events. Return whether it had one."""
    tx.run(SQL["forget_subject_in_events"], {"event_ids": list(event_ids)})
    tx.run(SQL["forget_attributes"], {"subject_id": subject_id})
    return bool(tx.run(SQL["forget_subject"], {"subject_id": subject_id, "at": at}))
