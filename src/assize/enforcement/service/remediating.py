"""Taking back what one wrong cause has done: chosen, looked at in a sample, approved by a second person.

`taking_back` carries it out.
"""

from dataclasses import replace
from datetime import datetime

from assize.enforcement.errors import NoSuchRow, NothingChosen, NotThatFar, PartlyHidden, TooManyChosen
from assize.enforcement.facts import (
    RemediationApproved,
    RemediationItemJudged,
    RemediationPaused,
    RemediationPlanned,
    RemediationRefused,
    RemediationResumed,
)
from assize.enforcement.logic import check_second_person
from assize.enforcement.logic.remediation import doubts_finding
from assize.enforcement.models.remediation import (
    Chosen,
    ItemState,
    Remediation,
    RemediationItem,
    RemediationState,
    Remedied,
    Selection,
)
from assize.enforcement.service import reading
from assize.enforcement.store import remediations
from assize.kernel.ids import new_id
from assize.platform.db import Tx
from assize.workforce.models import PrincipalKind, Right
from assize.workforce.service import require

MOST = 50_000  # more is a policy question, and is asked in parts
MOST_SAMPLE = 400  # a share of a half is then known within five points


def chosen(tx: Tx, *, selection: Selection) -> Chosen:
    """Return how much a cause did in a span, by action and state, of what the actor may see."""
    require(tx, Right.REMEDIATE)
    return remediations.chosen(tx, selection, doubts=doubts_finding(selection.cause))


def plan_remediation(tx: Tx, *, selection: Selection, reason: str, sample: int, at: datetime) -> Remediation:
    """Fix what is to be taken back, and draw the sample that is looked at first.

    Raises NothingChosen, TooManyChosen. What the planner may not see is not part of it.
    """
    planner = require(tx, Right.REMEDIATE)
    remediation_id = new_id("rem")
    drawn = max(1, min(sample, MOST_SAMPLE))
    items = remediations.add(
        tx,
        id=remediation_id,
        selection=selection,
        doubts=doubts_finding(selection.cause),
        reason=reason.strip(),
        sample=drawn,
        by=planner.id,
        at=at,
    )
    if items == 0:
        raise NothingChosen
    if items > MOST:
        raise TooManyChosen(count=items, most=MOST)
    tx.record(RemediationPlanned(remediation_id=remediation_id, cause=selection.cause.value, items=items), at=at)
    return _known(tx, remediation_id)


def remediations_listed(tx: Tx, *, limit: int = 50) -> list[Remediation]:
    """Return remediations of which the actor may see something, the latest first.

    Raises OutsideView, as everything here does for a view that covers single cases: a remediation is of many.
    """
    reader = reading.reader_of(tx)
    found = remediations.listed(tx, limit=limit)
    return [replace(one, reason=reading.words(one.reason, reader) or "") for one in found]


def remediation(tx: Tx, *, remediation_id: str) -> tuple[Remediation, Remedied]:
    """Return a remediation and how far it is. Raises NoSuchRow."""
    reader = reading.reader_of(tx)
    found = _known(tx, remediation_id)
    shown = replace(found, reason=reading.words(found.reason, reader) or "")
    return shown, remediations.progress(tx, remediation_id)


def remediation_sample(tx: Tx, *, remediation_id: str) -> list[RemediationItem]:
    """Return the sample, in the order in which it was drawn."""
    reading.reader_of(tx)
    return remediations.items(tx, remediation_id, first=_known(tx, remediation_id).sample, limit=MOST_SAMPLE)


def remediation_left_over(tx: Tx, *, remediation_id: str, limit: int = 200) -> list[RemediationItem]:
    """Return what a person must make good by hand, and what failed."""
    reading.reader_of(tx)
    states = [ItemState.BY_HAND.value, ItemState.FAILED.value]
    return remediations.items(tx, remediation_id, states=states, limit=limit)


def judge_item(tx: Tx, *, remediation_id: str, item_id: str, wrong: bool, at: datetime) -> None:
    """Say whether an item of the sample was wrong. Raises NoSuchRow."""
    judge = require(tx, Right.REMEDIATE, about=item_id)
    item = remediations.judge(tx, remediation_id, item_id, wrong=wrong, by=judge.id)
    if item is None:
        raise NoSuchRow(what="item of a sample that is still looked at", id=item_id)
    fact = RemediationItemJudged(
        remediation_id=remediation_id,
        enforcement_id=item.enforcement_id,
        decision_id=item.decision_id,
        case_id=item.case_id,
        wrong=wrong,
    )
    tx.record(fact, at=at)


def approve_remediation(tx: Tx, *, remediation_id: str, at: datetime) -> None:
    """Let a remediation be carried out, as a second, different person who sees all of it.

    Raises NoSuchRow, NotThatFar, SecondPersonNeeded, PartlyHidden.
    """
    found = _answered(tx, remediation_id)
    hidden = found.items - remediations.progress(tx, remediation_id).items
    if hidden:
        raise PartlyHidden
    by = tx.actor.id
    remediations.set_state(tx, remediation_id, RemediationState.RUNNING, answered_by=by, answered_at=at)
    tx.record(RemediationApproved(remediation_id=remediation_id), at=at)


def refuse_remediation(tx: Tx, *, remediation_id: str, at: datetime) -> None:
    """Say no, as a second, different person; nothing is taken back."""
    _answered(tx, remediation_id)
    by = tx.actor.id
    remediations.set_state(tx, remediation_id, RemediationState.REFUSED, answered_by=by, answered_at=at)
    tx.record(RemediationRefused(remediation_id=remediation_id), at=at)


def pause_remediation(tx: Tx, *, remediation_id: str, at: datetime) -> None:
    """Stop after the batch that is under way. Raises NoSuchRow, NotThatFar."""
    require(tx, Right.REMEDIATE, about=remediation_id)
    _in_state(tx, remediation_id, RemediationState.RUNNING)
    remediations.set_state(tx, remediation_id, RemediationState.PAUSED)
    tx.record(RemediationPaused(remediation_id=remediation_id), at=at)


def resume_remediation(tx: Tx, *, remediation_id: str, at: datetime) -> None:
    """Go on with what waits, and try again what failed. Raises NoSuchRow, NotThatFar."""
    require(tx, Right.REMEDIATE, about=remediation_id)
    found = _known(tx, remediation_id, for_change=True)
    again = remediations.try_again(tx, remediation_id) if found.answered_by else 0
    if found.state is not RemediationState.PAUSED and not (found.state is RemediationState.DONE and again):
        raise NotThatFar(state=found.state.value)
    remediations.set_state(tx, remediation_id, RemediationState.RUNNING)
    tx.record(RemediationResumed(remediation_id=remediation_id), at=at)


def _known(tx: Tx, remediation_id: str, *, for_change: bool = False) -> Remediation:
    found = remediations.by_id(tx, remediation_id, for_change=for_change)
    if found is None:
        raise NoSuchRow(what="remediation", id=remediation_id)
    return found


def _in_state(tx: Tx, remediation_id: str, state: RemediationState) -> Remediation:
    found = _known(tx, remediation_id, for_change=True)
    if found.state is not state:
        raise NotThatFar(state=found.state.value)
    return found


def _answered(tx: Tx, remediation_id: str) -> Remediation:
    """Return a planned remediation, locked, for a second person's answer. A step of approving and refusing."""
    answerer = require(tx, Right.APPROVE, about=remediation_id)
    found = _in_state(tx, remediation_id, RemediationState.PLANNED)
    check_second_person(
        decided_by=found.planned_by,
        approver=answerer.id,
        is_person=answerer.kind is PrincipalKind.PERSON,
        why="a remediation takes much back at once, and one person planned it",
    )
    return found
