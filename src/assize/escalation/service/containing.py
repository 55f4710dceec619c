"""Acting at once, alone, with a reversible action; a second person within the hour, or it is reversed.

Reversed, not left standing: the second person is what makes an act legitimate that no decision stands behind. A case
this grave has a page out until somebody answers, so an hour without a second person means that nobody agrees or nobody
is there, and both must be seen. `docs/explain/enforcement.md` says more.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from assize.enforcement import service as enforcement
from assize.enforcement.models import Enforcement, EnforcementState
from assize.escalation import store
from assize.escalation.errors import NoSuchContainment, NotOpen, SecondMustDiffer
from assize.escalation.facts import Contained, ContainmentApproved, ContainmentLapsed
from assize.escalation.logic import SECOND_WITHIN
from assize.escalation.models import Containment, ContainmentState
from assize.escalation.service import stamping
from assize.kernel.ids import ActionId, CaseId
from assize.platform.db import Database, Tx
from assize.workforce.models import SYSTEM, Right
from assize.workforce.service import require


def contain(
    tx: Tx,
    *,
    case_id: CaseId,
    action_id: ActionId,
    target_level: str,
    target_id: str,
    params: Mapping[str, Any] | None = None,
    reason: str,
    at: datetime,
) -> Containment:
    """Act at once. The effect leaves now; a second person has an hour.

    Raises the errors of `enforcement.contain`: only a reversible action contains, and only by a person.
    """
    actor = require(tx, Right.CONTAIN, about=case_id)
    done = enforcement.contain(
        tx,
        case_id=case_id,
        action_id=action_id,
        target_level=target_level,
        target_id=target_id,
        params=params,
        at=at,
    )
    made = Containment(
        id=done.id,
        case_id=case_id,
        contained_by=actor.id,
        reason=reason,
        state=ContainmentState.OPEN,
        contained_at=at,
        approval_due_at=at + SECOND_WITHIN,
    )
    store.add_containment(tx, made)
    stamping.noticed(tx, case_id=case_id, at=at)
    tx.record(Contained(enforcement_id=made.id, case_id=case_id, approval_due_at=made.approval_due_at), at=at)
    return made


def second(tx: Tx, *, containment_id: str, at: datetime) -> Containment:
    """Approve what one person did alone. Raises NoSuchContainment, SecondMustDiffer, NotOpen (also past its hour)."""
    actor = require(tx, Right.APPROVE, about=containment_id)
    made = store.containment(tx, containment_id)
    if made is None:
        raise NoSuchContainment(containment_id=containment_id)
    if made.contained_by == actor.id:
        raise SecondMustDiffer
    if made.state is not ContainmentState.OPEN or made.approval_due_at <= at:
        raise NotOpen(state=made.state if made.state is not ContainmentState.OPEN else "past its hour")
    enforcement.second(tx, enforcement_id=made.id, at=at)
    store.move_containment(tx, made.id, ContainmentState.SECONDED, seconded_by=actor.id)
    tx.record(ContainmentApproved(enforcement_id=made.id, case_id=made.case_id), at=at)
    return store.containment(tx, containment_id) or made


def end_due(database: Database, *, limit: int, at: datetime) -> int:
    """Reverse every containment whose hour is over and that nobody seconded. Return how many lapsed."""
    lapsed = 0
    with database.transaction(SYSTEM) as tx:
        for one in store.containments_due(tx, at=at, limit=limit):
            state = _ended(enforcement.enforcement(tx, enforcement_id=one.id))
            if state is ContainmentState.LAPSED:
                enforcement.lapse(tx, enforcement_id=one.id, at=at)
                tx.record(ContainmentLapsed(enforcement_id=one.id, case_id=one.case_id), at=at)
                lapsed += 1
            store.move_containment(tx, one.id, state)
    return lapsed


def _ended(done: Enforcement) -> ContainmentState:
    if enforcement.stands_alone(done):
        return ContainmentState.LAPSED
    in_force = done.state in {EnforcementState.ISSUED, EnforcementState.CONFIRMED}
    return ContainmentState.TAKEN_OVER if in_force else ContainmentState.ENDED
