"""What is missing before a case can be decided, and the measure that holds until it has come or its time is over."""

from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil

from assize.enforcement.errors import NoSuchRow, UnknownAction
from assize.enforcement.facts import InformationOverdue, InformationReceived, InterimMeasureEnded
from assize.enforcement.models import (
    Enforcement,
)
from assize.enforcement.models.instead import InformationRequest
from assize.enforcement.ports import parameters_of
from assize.enforcement.service import reversing
from assize.enforcement.store import instead, plans
from assize.kernel.ids import ActionId
from assize.platform.db import Tx
from assize.review.models import Disposition, DispositionKind
from assize.triage import service as triage
from assize.workforce.models import Right
from assize.workforce.service import require

REQUEST_DAYS = 3  # where a decision asks without a date: long enough to ask, short enough not to be forgotten
DAYS = "days"  # the parameter of actions that end by themselves
DAY = timedelta(days=1)


def due_of(disposition: Disposition, *, at: datetime) -> datetime:
    """Return until when an answer is waited for."""
    return disposition.due_at or at + REQUEST_DAYS * DAY


def measure_of(disposition: Disposition, *, at: datetime) -> Disposition | None:
    """Return what is to hold meanwhile as something to carry out, None where nothing is.

    An action that ends by itself after some days is told as many as it may have to hold.
    """
    if disposition.interim is None:
        return None
    params = dict(disposition.params)
    most = _most_days(disposition.interim)
    if most is not None:
        params.setdefault(DAYS, min(most, max(1, ceil((due_of(disposition, at=at) - at) / DAY))))
    return replace(disposition, kind=DispositionKind.ENFORCE, action_id=disposition.interim, params=params)


def as_measure(drafted: Enforcement, *, due_at: datetime) -> Enforcement:
    """Return a plan as one that holds for a time only: never a strike, since nothing was decided yet."""
    ends = f" It holds until what is missing has come, and ends on {due_at:%Y-%m-%d %H:%M} UTC at the latest."
    return replace(drafted, interim=True, strike_weight=0.0, sentence=drafted.sentence + ends)


def answer_request(tx: Tx, *, request_id: str, at: datetime) -> InformationRequest:
    """Say that what was missing has come: the measure ends and the case comes back. Raises NoSuchRow where none is open."""
    require(tx, Right.DECIDE, about=request_id)
    found = instead.answer_request(tx, request_id, at=at)
    if found is None:
        raise NoSuchRow(what="open request for information", id=request_id)
    tx.record(InformationReceived(request_id=found.id, case_id=found.case_id), at=at)
    _end(tx, found, because="what was missing has come", at=at)
    triage.reopen(tx, case_id=found.case_id, why="information-received", at=at)
    return found


def end_due(tx: Tx, *, limit: int, at: datetime) -> int:
    """End the measures of requests that nobody answered in time, and bring their cases back. A step of the sweep."""
    overdue = instead.overdue_requests(tx, limit=limit, at=at)
    for one in overdue:
        tx.record(InformationOverdue(request_id=one.id, case_id=one.case_id, owner=one.owner), at=at)
        _end(tx, one, because="nobody answered in time", at=at)
        triage.reopen(tx, case_id=one.case_id, why="information-overdue", at=at)
    return len(overdue)


def _end(tx: Tx, request: InformationRequest, *, because: str, at: datetime) -> None:
    plan = None if request.enforcement_id is None else plans.by_id(tx, request.enforcement_id, for_change=True)
    # A decision made meanwhile may have taken the same action over: then it is no longer ours to end.
    if plan is None or not plan.interim or not reversing.can_be_undone(plan):
        return
    reversing.undo(tx, plan, because=because, at=at)
    ended = InterimMeasureEnded(request_id=request.id, case_id=request.case_id, enforcement_id=plan.id, because=because)
    tx.record(ended, at=at)


def _most_days(action_id: ActionId) -> int | None:
    try:
        return next((one.most for one in parameters_of(action_id) if one.name == DAYS), None)
    except UnknownAction:
        return None
