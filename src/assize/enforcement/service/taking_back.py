"""Carrying a remediation out, batch by batch.

What is taken back of each item: the effect (or that it leaves at all), its strike and the count of strikes that rules
read, and its notice: who was told is told that it was taken back. And where the cause leaves the finding in doubt, what
the decision vouches for: answers to reports with the records of their reporters, and entries of banks.
"""

from datetime import datetime
from typing import Any

from assize.enforcement.facts import RemediationDone, RemediationItemDone
from assize.enforcement.logic.remediation import doubts_finding, taken_back_text
from assize.enforcement.models import EffectKind, EffectState, Enforcement, EnforcementState
from assize.enforcement.models.remediation import ItemState, Remediation, RemediationState
from assize.enforcement.service import issuing, reversing, vouching
from assize.enforcement.service.vouching import Withdrawn
from assize.enforcement.store import effects, plans, remediations, standing
from assize.enforcement.store.remediations import Waiting
from assize.kernel.errors import AssizeError
from assize.platform.db import Database, Tx
from assize.platform.logs import log
from assize.triage import service as triage
from assize.workforce.models import SYSTEM

BATCH = 50  # items a transaction: a second's work, so that nobody waits long for its locks
_OVER = frozenset(
    {EnforcementState.CANCELLED, EnforcementState.UNDONE, EnforcementState.REFUSED, EnforcementState.NULL}
)
_NOT_TOLD = frozenset({EffectState.WAITING, EffectState.CANCELLED, EffectState.NULL})


def remedy(database: Database, *, limit: int = BATCH, at: datetime) -> int:
    """Take back the next batch of a remediation that is under way; return how many items were gone through.

    One transaction: killed in the middle, the batch is begun again, and what was taken back before stays so.
    """
    with database.transaction(SYSTEM) as tx:
        found = remediations.next_running(tx)
        if found is None:
            return 0
        batch = remediations.waiting(tx, found.id, limit=limit)
        for item in batch:
            _take_back(tx, found, item, at=at)
        if len(batch) < limit:
            remediations.set_state(tx, found.id, RemediationState.DONE, ended_at=at)
            done = remediations.progress(tx, found.id)
            fact = RemediationDone(
                remediation_id=found.id, done=done.done, by_hand=done.by_hand, nothing=done.nothing, failed=done.failed
            )
            tx.record(fact, at=at)
    return len(batch)


def _take_back(tx: Tx, found: Remediation, item: Waiting, *, at: datetime) -> None:
    try:
        with tx.savepoint():
            _take_back_one(tx, found, item, at=at)
    except AssizeError as error:  # an action whose plug-in is gone: the others go on, and this one says so
        log.warning("remediation-item-failed", error_type=type(error).__name__)
        remediations.set_item(tx, found.id, item.id, ItemState.FAILED, at, problem=error.code)


def _take_back_one(tx: Tx, found: Remediation, item: Waiting, *, at: datetime) -> None:
    plan = None if item.enforcement_id is None else plans.by_id(tx, item.enforcement_id, for_change=True)
    withdrawn = Withdrawn(reports=0, entries=0)
    if item.decision_id is not None and doubts_finding(found.selection.cause):
        withdrawn = vouching.withdraw(tx, item.decision_id, at=at)
    went: dict[str, Any] = {"reports": withdrawn.reports, "entries": withdrawn.entries}
    state = ItemState.DONE
    if plan is not None and plan.state not in _OVER:
        state, more = _undo(tx, found, plan, at=at)
        went |= more
    elif not withdrawn.any:
        remediations.set_item(tx, found.id, item.id, ItemState.NOTHING, at)
        return
    remediations.set_item(tx, found.id, item.id, state, at, **went)
    fact = RemediationItemDone(
        remediation_id=found.id,
        enforcement_id=item.enforcement_id,
        decision_id=item.decision_id,
        case_id=item.case_id,
        state=state.value,
        reports=withdrawn.reports,
        entries=withdrawn.entries,
    )
    tx.record(fact, at=at)


def _undo(tx: Tx, found: Remediation, plan: Enforcement, *, at: datetime) -> tuple[ItemState, dict[str, Any]]:
    """Take one enforcement back; return what became of it, and what else is kept of it."""
    told = _was_told(tx, plan)
    strike = standing.strike_of(tx, plan.id)
    reversing.undo(tx, plan, because=f"remediation {found.id}", at=at)
    if strike is not None:
        # The count that rules read shrinks where it grew, so that windows over it come out right.
        triage.bump(tx, subject_id=strike.subject_id, counter=issuing.STRIKES, by=-1, at=strike.given_at)
    after = plans.by_id(tx, plan.id) or plan
    by_hand = after.state is EnforcementState.UNDONE and not plan.reversible
    if told and not by_hand:
        _tell(tx, plan, at=at)
    kept = {"problem": after.problem, "strike": strike is not None, "told": told and not by_hand}
    return ItemState.BY_HAND if by_hand else ItemState.DONE, kept


def _was_told(tx: Tx, plan: Enforcement) -> bool:
    notice = effects.about(tx, plan.id).get(EffectKind.NOTICE)
    return notice is not None and notice.state not in _NOT_TOLD


def _tell(tx: Tx, plan: Enforcement, *, at: datetime) -> None:
    order = {
        "do": "notify",
        "text": taken_back_text(title=plan.title, planned_at=plan.planned_at),
        "language": "en",
        "enforcement_id": plan.id,
    }
    about = f"{plan.id}:taken-back"
    effects.add(tx, issuing.effect_of(plan, kind=EffectKind.NOTICE, order=order, about=about, at=at))
