"""Forget: content past its class, on request, and whole people. Every copy goes; ids and decisions stay."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from assize.intake.errors import SubjectNotFound, UnderHold
from assize.intake.facts import EventErased, SubjectErased
from assize.intake.logic import due_classes, id_before
from assize.intake.ports import derivatives
from assize.intake.store import erasures
from assize.intake.store import events as event_store
from assize.intake.store import subjects as subject_store
from assize.kernel.ids import BatchId, EventId, SubjectId, new_id
from assize.platform.db import Tx
from assize.workforce.models import Right
from assize.workforce.service import require

PER_SWEEP = 500  # events a transaction: short enough to hold nobody up
PAST_CLASS = "retention"


def erase_due(tx: Tx, *, days: Mapping[str, int | None], at: datetime, limit: int = PER_SWEEP) -> int:
    """Erase the content of events past their retention class; return how many, 0 when nothing is left to do.

    days: of each class, None means never. Called again and again by the worker until it returns 0.
    """
    require(tx, Right.ERASE)
    erased = 0
    for due in due_classes(days, at=at):
        event_ids = erasures.past_class(
            tx,
            name=due.name,
            before=id_before(due.before),
            others=due.others,
            known=sorted(days),
            limit=limit - erased,
        )
        if event_ids:
            erased += _erase(tx, event_ids, reason=PAST_CLASS, at=at)
            erasures.mark_swept(tx, name=due.name, through=event_ids[-1])
        if erased >= limit:
            break
    return erased


def erase(tx: Tx, *, event_ids: Sequence[EventId], reason: str, at: datetime) -> int:
    """Erase the content of events now, here and in every copy. Return how many had some. Idempotent.

    What is under legal hold stays: give it another class first.
    """
    require(tx, Right.ERASE)
    return _erase(tx, event_ids, reason=reason, at=at)


def erase_subject(tx: Tx, *, subject_id: SubjectId, reason: str, at: datetime) -> int:
    """Erase a subject's identity and the content of all its events and of those below it. Return how many events.

    The subject's id stays, and so do the decisions about it. Raises SubjectNotFound, UnderHold.
    """
    require(tx, Right.ERASE, about=subject_id)
    if subject_store.subject(tx, subject_id) is None:
        raise SubjectNotFound
    event_ids = erasures.event_ids_of(tx, subject_id)
    held = erasures.held(tx, event_ids)
    if held:
        raise UnderHold(count=held)
    for start in range(0, len(event_ids), PER_SWEEP):
        _erase(tx, event_ids[start : start + PER_SWEEP], reason=reason, at=at)
    if erasures.forget_subject(tx, subject_id, event_ids=event_ids, at=at):
        tx.record(SubjectErased(subject_id=subject_id, event_count=len(event_ids), reason=reason), at=at)
    return len(event_ids)


def retain(tx: Tx, *, event_ids: Sequence[EventId], retention: str) -> int:
    """Give events another retention class: `hold` keeps them until somebody gives them back. Return how many changed."""
    require(tx, Right.ERASE)
    return len(event_store.retain(tx, event_ids=event_ids, retention=retention))


def _erase(tx: Tx, event_ids: Sequence[str], *, reason: str, at: datetime) -> int:
    erased = [EventId(one) for one in erasures.erase(tx, event_ids, at=at)]
    if not erased:
        return 0
    for derivative in derivatives():
        derivative.erase(tx, erased, at)
    event_store.finish(tx, erased)  # nobody needs to look at what is gone
    tx.record(EventErased(batch_id=BatchId(new_id("bat")), event_ids=tuple(erased), reason=reason), at=at)
    return len(erased)
