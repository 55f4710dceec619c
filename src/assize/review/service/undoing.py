"""Take a decision back before any effect has left; ask a different person to look again."""

from datetime import datetime

from assize.kernel.ids import DecisionId, ReviewerId
from assize.platform.db import Tx
from assize.review.errors import BadRequest, NoDisposal, NoSuchDecision, NotYourDecision, TooLateToUndo
from assize.review.facts import DecisionUndone, SecondLookAsked
from assize.review.logic import LEASE
from assize.review.models import Decision, DecisionState, Task, View
from assize.review.service.independence import INDEPENDENT_LOOK
from assize.review.service.offering import SECOND_LOOK, offer, withdraw
from assize.review.store import decisions, tasks
from assize.triage import service as triage
from assize.workforce.models import Right
from assize.workforce.service import require

MAX_REASON = 1_000
UNDOABLE = frozenset({DecisionState.STANDS, DecisionState.PROPOSED, DecisionState.RECORDED})


def undo(tx: Tx, *, decision_id: DecisionId, at: datetime) -> Decision:
    """Take back one's own decision within its grace time; its task is in hand again, and what stood before stands.

    Raises NoSuchDecision, NotYourDecision, NoDisposal where it does not stand, TooLateToUndo.
    """
    principal = require(tx, Right.DECIDE, about=decision_id)
    decision = decisions.lock(tx, decision_id)
    if decision is None:
        raise NoSuchDecision
    if decision.reviewer_id != principal.id:
        raise NotYourDecision
    if decision.state not in UNDOABLE or decision.task_id is None:
        raise NoDisposal
    timed = decision.state is not DecisionState.PROPOSED
    if timed and (decision.effective_at is None or at >= decision.effective_at):
        raise TooLateToUndo
    decisions.set_state(tx, decision.id, DecisionState.UNDONE)
    if decision.state is DecisionState.PROPOSED:
        for kind in (SECOND_LOOK, INDEPENDENT_LOOK):
            withdraw(tx, case_id=decision.case_id, kind=kind, reason_code="decision-undone", at=at)
    restored = decision.replaces
    if restored is not None:
        decisions.set_state(tx, restored, DecisionState.STANDS)
    tasks.take_back(tx, decision.task_id, reviewer=principal.id, until=at + LEASE)
    tx.record(
        DecisionUndone(
            decision_id=decision.id,
            case_id=decision.case_id,
            subject_id=decision.subject_id,
            task_id=decision.task_id,
            restores=restored,
        ),
        at=at,
    )
    if restored is None and decision.state is DecisionState.STANDS:
        triage.reopen(tx, case_id=decision.case_id, why="decision-undone", at=at)
    return decision


def second_look(
    tx: Tx,
    *,
    decision_id: DecisionId,
    reason: str,
    view: View = View.FULL,
    to: ReviewerId | None = None,
    at: datetime,
) -> Task:
    """Ask a different person to look again at a decision. reason: what is doubted, in a sentence.

    Never the same person: whoever decided this case before is excluded. Raises NoSuchDecision, BadRequest.
    """
    require(tx, Right.DECIDE, about=decision_id)
    words = reason.strip()
    if not words or len(words) > MAX_REASON or "\0" in words:
        raise BadRequest(field="reason", problem="say in a sentence what should be looked at again")
    found = decisions.by_ids(tx, [decision_id])
    if not found:
        raise NoSuchDecision
    case_id = found[0].case_id
    before = {one.reviewer_id for one in decisions.of_case(tx, case_id) if one.state is not DecisionState.RECORDED}
    if to is not None and to in before:
        raise BadRequest(field="to", problem="a second look needs a different person")
    task = offer(
        tx, case_id=case_id, kind=SECOND_LOOK, view=view, excluded=before, about=decision_id, reason=words,
        assigned_to=to, at=at,
    )  # fmt: skip
    if task is None:
        raise NoSuchDecision
    tx.record(SecondLookAsked(task_id=task.id, case_id=case_id, decision_id=decision_id, reason_code="doubted"), at=at)
    return task
