"""What is known about a subject beside one case: its events in short, who is below it, who shares an attribute.

All steps of use cases that checked the right; row security checks the rest.
"""

from collections.abc import Sequence
from datetime import datetime

from assize.intake.models import Event, Report, SharedAttribute, Subject
from assize.intake.store import events as event_store
from assize.intake.store import linking
from assize.intake.store import reports as report_store
from assize.intake.store import subjects as subject_store
from assize.kernel.ids import EventId, SubjectId
from assize.platform.db import Tx

MOST_LINKED = 20  # of one attribute: what more than that share joins strangers
MOST_BELOW = 50


def subjects_below(tx: Tx, subject_id: SubjectId, *, limit: int = MOST_BELOW) -> list[Subject]:
    """Return the subjects directly below one, conversations left out, the latest first. A step."""
    return subject_store.below(tx, subject_id, limit=limit)


def events_about(
    tx: Tx, subject_ids: Sequence[SubjectId], *, before: datetime | None = None, limit: int = 30
) -> list[Event]:
    """Return the newest events of these very subjects, newest first, without their content. A step."""
    return event_store.about(tx, subject_ids, before=before, limit=limit)


def events_around(tx: Tx, event: Event, *, each_way: int = 5) -> list[Event]:
    """Return the events of the same conversation before and after one, oldest first; of the subject where it has none.

    With their content: a step of a use case that recorded the opening.
    """
    ids = event_store.around(
        tx,
        event_id=event.id,
        conversation_id=event.conversation_id,
        subject_id=event.subject_id,
        occurred_at=event.occurred_at,
        each_way=each_way,
    )
    found = event_store.events(tx, [EventId(one) for one in ids])
    return sorted(found, key=lambda one: (one.occurred_at, one.id))


def reports_by(tx: Tx, subject_id: SubjectId, *, limit: int = 20) -> list[Report]:
    """Return the newest reports that a subject sent itself, as far as the platform names both by one id. A step."""
    return report_store.by_subject(tx, subject_id, limit=limit)


def linked(tx: Tx, subject_id: SubjectId) -> list[SharedAttribute]:
    """Return who was seen with the same linking attributes as a subject, by attribute. A step."""
    by_value: dict[tuple[str, str], list[SubjectId]] = {}
    for row in linking.shared(tx, subject_id, limit=MOST_LINKED + 1):
        others = by_value.setdefault((row.name, row.value_hash), [])
        if row.subject_id is not None:
            others.append(row.subject_id)
    return [
        SharedAttribute(
            name=name, value_hash=value, subject_ids=tuple(others[:MOST_LINKED]), more=len(others) > MOST_LINKED
        )
        for (name, value), others in by_value.items()
        if others
    ]
