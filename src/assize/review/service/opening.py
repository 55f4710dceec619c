"""Open the content of a case: recorded with its purpose, before a word of it is shown."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from assize.kernel.ids import CaseId, TaskId
from assize.platform.db import Tx
from assize.review.errors import BadRequest, NoSuchTask
from assize.review.facts import ContentOpened
from assize.review.logic import SPAN, points
from assize.review.models import CaseView, ExposureToday
from assize.review.service.claiming import held_task
from assize.review.service.viewing import view_of
from assize.review.store import dossiers, tasks
from assize.triage import service as triage
from assize.triage.models import Case
from assize.workforce.models import Principal, Right
from assize.workforce.service import charge, require

MIN_PURPOSE, MAX_PURPOSE = 3, 300
MAX_AT_ONCE = 50  # what somebody can still look at one by one
OPEN_FOR = timedelta(hours=8)  # a shift: whoever comes back tomorrow says again what for


def open_content(tx: Tx, *, task_id: TaskId, purpose: str, at: datetime) -> CaseView:
    """Open the content of a task in hand and return the case with it. Raises BadRequest, and like `renew`.

    purpose: what for, in a few words. Masked fields stay masked; a blind task stays blind.
    """
    principal = require(tx, Right.CONTENT_OPEN, about=task_id)
    task = tasks.by_id(tx, task_id)
    if task is None:
        raise NoSuchTask
    held = held_task(tx, task_id=task_id)
    case = triage.case(tx, held.case_id)
    _record(tx, principal, case, task_id=task_id, purpose=purpose, at=at)
    return view_of(tx, principal, case_id=held.case_id, task=held, opened=True)


def open_case(tx: Tx, *, case_id: CaseId, purpose: str, at: datetime) -> CaseView:
    """Open the content of a case without having a task of it. Raises BadRequest, NoSuchCase.

    Whoever has a blind task of this case in hand sees it as that task shows it: there is no way around.
    """
    principal = require(tx, Right.CONTENT_OPEN, about=case_id)
    case = triage.case(tx, case_id)
    _record(tx, principal, case, task_id=None, purpose=purpose, at=at)
    return view_of(tx, principal, case_id=case_id, task=None, opened=True)


def open_again(tx: Tx, *, case_id: CaseId, purpose: str, at: datetime) -> None:
    """Charge the actor with opening the content of a case that they judge again. A step: the caller checks and tells of it.

    Not `ContentOpened`: that stands in the history of the case, and whoever decided it would read there who looks again.
    """
    case = triage.case(tx, case_id)
    dossiers.insert_opening(tx, case_id=case_id, reviewer=tx.actor.id, task_id=None, purpose=purpose, at=at)
    charge(tx, points=points({int(case.exposure_class): 1}), span=SPAN, at=at)


def exposure_today(tx: Tx, *, at: datetime) -> ExposureToday:
    """Return what hard content the actor opened in the last 24 hours; nobody else is told."""
    require(tx, Right.CONTENT_OPEN)
    found = dossiers.exposure_since(tx, reviewer=tx.actor.id, since=at - SPAN)
    return ExposureToday(points=points(found), openings=sum(found.values()), by_class=found)


def open_cases(tx: Tx, *, case_ids: Sequence[CaseId], purpose: str, at: datetime) -> None:
    """Open the content of several cases for one purpose, each recorded by itself. Raises BadRequest, NoSuchCase."""
    principal = require(tx, Right.CONTENT_OPEN)
    if len(case_ids) > MAX_AT_ONCE:
        raise BadRequest(field="case", problem=f"at most {MAX_AT_ONCE} cases at once")
    for case_id in dict.fromkeys(case_ids):
        case = triage.case(tx, case_id)
        _record(tx, principal, case, task_id=None, purpose=purpose, at=at)


def was_opened(tx: Tx, *, case_id: CaseId, reviewer: str, at: datetime) -> bool:
    """Whether somebody opened the content within this shift. A step."""
    return dossiers.opened_since(tx, case_id=case_id, reviewer=reviewer, since=at - OPEN_FOR)


def _record(tx: Tx, principal: Principal, case: Case, *, task_id: TaskId | None, purpose: str, at: datetime) -> None:
    words = purpose.strip()
    if not MIN_PURPOSE <= len(words) <= MAX_PURPOSE or "\0" in words:
        raise BadRequest(field="purpose", problem="say in a few words what you open it for")
    dossiers.insert_opening(tx, case_id=case.id, reviewer=principal.id, task_id=task_id, purpose=words, at=at)
    charge(tx, points=points({int(case.exposure_class): 1}), span=SPAN, at=at)
    masked = tuple(sorted(principal.view.masked_fields))
    tx.record(
        ContentOpened(task_id=task_id, case_id=case.id, subject_id=case.subject_id, purpose=words, masked=masked), at=at
    )
