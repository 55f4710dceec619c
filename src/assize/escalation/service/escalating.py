"""Escalating: by a person with an owner and a due time, or by a case's response mode."""

from datetime import datetime

from assize.escalation import store
from assize.escalation.errors import AlreadyEscalated, NoSuchEscalation, NotAcknowledged, NotAheadOfNow, NotOpen
from assize.escalation.facts import Escalated, EscalationResolved
from assize.escalation.logic import category_of
from assize.escalation.models import Escalation, EscalationState
from assize.escalation.service import stamping
from assize.kernel.ids import CaseId, EscalationId, ReviewerId, new_id
from assize.platform.db import Tx
from assize.triage import service as triage
from assize.triage.models import Case
from assize.workforce import service as workforce
from assize.workforce.models import Right
from assize.workforce.service import require

ANSWER_PAGE = "Acknowledge its page first, on /escalations or by the link that was sent"
PUT_ON_CALL = "No page went out: put somebody on call first (/contacts), and acknowledge the page that they get"
BY_MODE = "The case's response mode is page."


def escalate(tx: Tx, *, case_id: CaseId, owner: ReviewerId, due_at: datetime, reason: str, at: datetime) -> Escalation:
    """Escalate a case to a named owner, by a due time; on-call contacts are paged until somebody acknowledges.

    A case that paged by itself and has no owner yet gets this one. Whoever escalates is aware: that is stamped.
    Raises NotAheadOfNow, NoSuchReviewer, NoSuchCase, AlreadyEscalated.
    """
    actor = require(tx, Right.ESCALATE, about=case_id)
    if due_at <= at:
        raise NotAheadOfNow(field="due_at")
    workforce.reviewer(tx, owner)
    case = triage.case(tx, case_id)
    before = store.unresolved_of(tx, case_id)
    if before is not None and before.owner is not None:
        raise AlreadyEscalated(escalation_id=before.id)
    stamping.noticed(tx, case_id=case_id, at=at)
    if before is not None:
        store.own(tx, before.id, owner=owner, due_at=due_at, reason=reason)
        escalation_id = before.id
    else:
        made = _escalation(case, owner=owner, due_at=due_at, reason=reason, by=actor.id, at=at)
        store.add_escalation(tx, made)
        escalation_id = made.id
    tx.record(
        Escalated(
            escalation_id=escalation_id, case_id=case_id, owner=owner, due_at=due_at, severity=int(case.severity)
        ),
        at=at,
    )
    return _read(tx, escalation_id)


def wake(tx: Tx, *, case_id: CaseId, at: datetime) -> Escalation | None:
    """Page for a case whose response mode says so. None for test traffic, and where it is escalated already."""
    require(tx, Right.ESCALATE, about=case_id)
    case = triage.case(tx, case_id)
    if case.test:
        return None
    stamping.begin(tx, case_id)
    made = _escalation(case, owner=None, due_at=case.due_at, reason=BY_MODE, by=tx.actor.id, at=at)
    if not store.add_escalation(tx, made):
        return None
    fact = Escalated(
        escalation_id=made.id, case_id=case_id, owner=None, due_at=made.due_at, severity=int(case.severity)
    )
    tx.record(fact, at=at)
    return made


def resolve(tx: Tx, *, escalation_id: str, outcome: str, at: datetime) -> Escalation:
    """Say that what had to be done is done. Only after somebody acknowledged: nothing resolves itself.

    Raises NoSuchEscalation, NotAcknowledged (which says what to do first), NotOpen.
    """
    require(tx, Right.ESCALATE, about=escalation_id)
    seen = _read(tx, escalation_id)
    if seen.state is EscalationState.OPEN:
        paged = store.pages(tx, escalation_id=seen.id, limit=1)
        raise NotAcknowledged(first=ANSWER_PAGE if paged else PUT_ON_CALL)
    done = store.resolve(tx, escalation_id, outcome=outcome, at=at)
    if done is None:
        raise NotOpen(state=seen.state)
    tx.record(EscalationResolved(escalation_id=done.id, case_id=done.case_id), at=at)
    return done


def _escalation(case: Case, *, owner: str | None, due_at: datetime, reason: str, by: str, at: datetime) -> Escalation:
    return Escalation(
        id=EscalationId(new_id("esc")),
        case_id=case.id,
        state=EscalationState.OPEN,
        owner=owner,
        due_at=due_at,
        reason=reason,
        severity=case.severity,
        category=category_of(case.clause_ids),
        restricted=case.restriction is not None,
        raised_by=by,
        raised_at=at,
    )


def _read(tx: Tx, escalation_id: str) -> Escalation:
    found = store.escalation(tx, escalation_id)
    if found is None:
        raise NoSuchEscalation(escalation_id=escalation_id)
    return found
