"""What the facts say of a shift: the lines of a hand-over note, as far as whoever writes it may see."""

from collections.abc import Iterator
from datetime import datetime

from assize.enforcement import service as enforcement
from assize.enforcement.models import (
    DeliveryState,
)
from assize.enforcement.models.instead import WatchState
from assize.escalation import service as escalation
from assize.escalation.models import EscalationState
from assize.kernel.ids import CaseId
from assize.platform.db import Tx
from assize.platform.pages import moment
from assize.policy.models import Severity
from assize.review import service as review
from assize.review.models import TaskFilter, TaskState
from assize.triage import service as triage
from assize.workforce.models import Principal, Right, SearchScope, ShiftLine

MOST = 30  # lines of a kind: a note is read, a list is looked up


def drafted(tx: Tx, *, at: datetime) -> list[ShiftLine]:
    """Return what is open, held, watched, late, dead and odd."""
    me = tx.actor
    if not isinstance(me, Principal):
        return []
    return list(_lines(tx, me, at=at))


def _lines(tx: Tx, me: Principal, *, at: datetime) -> Iterator[ShiftLine]:
    whole = me.view.search_scope is SearchScope.ALL
    if Right.ESCALATE in me.rights:
        yield from _escalations(tx)
    if whole and Right.CASES_READ in me.rights:
        yield from _tasks(tx, at)
    if whole and Right.ENFORCEMENT_READ in me.rights:
        yield from _outcomes(tx)
    if whole and Right.CASES_READ in me.rights:
        yield from _inflow(tx, at)
    if Right.RULES_READ in me.rights:
        yield from _rules(tx, at)


def _escalations(tx: Tx) -> Iterator[ShiftLine]:
    for state in (EscalationState.OPEN, EscalationState.ACKNOWLEDGED):
        for one in escalation.escalations(tx, state=state, limit=MOST):
            text = f"SEV{int(one.severity)} {one.category}, {state.value}, due {moment(one.due_at)}"
            yield ShiftLine(part="Open escalations", text=text, url="/escalations", case_id=one.case_id)


def _outcomes(tx: Tx) -> Iterator[ShiftLine]:
    for state in (WatchState.DUE, WatchState.RUNNING):
        for watch in enforcement.watches(tx, state=state, limit=MOST):
            when = "came due" if state is WatchState.DUE else f"until {moment(watch.until)}"
            text = (
                f"Case {watch.case_id[-6:]}, watched {when}"
                if state is WatchState.RUNNING
                else f"Case {watch.case_id[-6:]} {when}"
            )
            yield ShiftLine(part="Watches", text=text, url=f"/cases/{watch.case_id}", case_id=watch.case_id)
    for dead in enforcement.deliveries(tx, state=DeliveryState.DEAD, limit=MOST):
        text = f"to {dead.destination}, failed for good after {dead.tries} tries"
        yield ShiftLine(part="Deliveries", text=text, url="/deliveries", case_id=dead.case_id)


def _rules(tx: Tx, at: datetime) -> Iterator[ShiftLine]:
    for standing in triage.rules(tx, at=at):
        rule = standing.rule
        if rule.quarantined_at is not None:
            text = f"{rule.id} keeps failing and is left out since {moment(rule.quarantined_at)}"
            yield ShiftLine(part="Odd things", text=text, url="/rules")


def _tasks(tx: Tx, at: datetime) -> Iterator[ShiftLine]:
    held = review.queue_tasks(tx, wanted=TaskFilter(state=TaskState.HELD), limit=MOST, at=at)
    for one in held.tasks:
        text = f"SEV{int(one.severity)} {', '.join(one.clauses[:2])}, back {moment(one.held_until)}"
        yield ShiftLine(part="On hold", text=text, url=f"/cases/{one.case_id}", case_id=one.case_id)
    grave = TaskFilter(severities=(Severity.SEV0, Severity.SEV1), overdue=True)
    for one in review.queue_tasks(tx, wanted=grave, limit=MOST, at=at).tasks:
        text = f"SEV{int(one.severity)} {', '.join(one.clauses[:2])}, was due {moment(one.due_at)}"
        yield ShiftLine(part="Grave and overdue", text=text, url=f"/cases/{one.case_id}", case_id=CaseId(one.case_id))


def _inflow(tx: Tx, at: datetime) -> Iterator[ShiftLine]:
    for one in triage.surges(tx, at=at):
        text = f"{one.queue}: {one.last} in the last full hour, usually {one.usual:g} (median of {one.n} hours)"
        yield ShiftLine(part="Odd things", text=text, url=f"/queues/{one.queue}")
