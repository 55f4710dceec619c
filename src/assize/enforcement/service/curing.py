"""What has a date of its own comes back by itself: whoever has until then to cure is looked at again."""

from datetime import datetime

from assize.enforcement.facts import WatchSet
from assize.enforcement.models import (
    Enforcement,
    EnforcementState,
)
from assize.enforcement.models.instead import Watch, WatchState, WatchTrigger
from assize.enforcement.ports import action_for
from assize.enforcement.service import issuing
from assize.enforcement.store import instead
from assize.kernel.ids import WatchId, new_id
from assize.platform.db import Tx

NOTIFY_AND_CURE = "notify-and-cure"


def watch_for_cure(tx: Tx, plan: Enforcement, *, at: datetime) -> None:
    """Watch an organisation that was notified until its date to cure, or until something new of it arrives."""
    action = action_for(plan.action_id)
    if action.id != NOTIFY_AND_CURE or plan.state is EnforcementState.NULL:
        return
    until = action.plan(issuing.order_of(plan)).until
    if until is None:
        return
    watch = Watch(
        id=WatchId(new_id("watch")),
        case_id=plan.case_id,
        decision_id=plan.decision_id,
        subject_id=plan.subject_id,
        until=until,
        triggers=frozenset({WatchTrigger.NEW_CASE}),
        reason=f"time to cure, {plan.id}",
        state=WatchState.RUNNING,
        set_at=at,
    )
    if instead.add_watch(tx, watch):
        fact = WatchSet(watch_id=watch.id, case_id=watch.case_id, subject_id=watch.subject_id, until=until)
        tx.record(fact, at=at)
