"""What would happen, to whom, before anybody decides it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from assize.enforcement.logic import plan, standing
from assize.enforcement.models import Preview, Standing, Target
from assize.enforcement.ports import Order, action_for
from assize.enforcement.service import knowing
from assize.enforcement.service.enforcing import planning_of
from assize.enforcement.store import standing as strikes
from assize.intake import service as intake
from assize.kernel.errors import AssizeError
from assize.kernel.ids import ActionId, SubjectId
from assize.platform.db import Tx
from assize.policy import service as policy
from assize.workforce.models import Right
from assize.workforce.service import require


def preview(
    tx: Tx,
    *,
    action_id: ActionId,
    target_level: str,
    target_id: str,
    params: Mapping[str, Any] | None = None,
    by_machine: bool = False,
    at: datetime,
) -> Preview:
    """Say what an action of the policy in force would do. Nothing is written; `problem` says why it can't be done."""
    require(tx, Right.ENFORCEMENT_READ)
    spec = policy.current(tx).action(action_id)
    target, _ = knowing.resolve(tx, level=target_level, target_id=target_id)
    shown = Target(level=target_level, ref=target_id)
    if spec is None:
        return _impossible(action_id, shown, "The policy in force declares no such action.")
    if target is None:
        return _impossible(action_id, shown, "The platform's id of the target is not known, or was erased.")
    order = Order(action_id=action_id, target=target, params=params or {}, at=at)
    try:
        return plan(action_for(action_id), planning_of(spec), order, by_machine=by_machine)
    except AssizeError as error:
        return _impossible(action_id, shown, error.message)


def standing_of(tx: Tx, *, subject_id: SubjectId, at: datetime) -> Standing:
    """Return how an account stands, and what the ladder of the policy in force recommends. Raises SubjectNotFound."""
    require(tx, Right.ENFORCEMENT_READ, about=subject_id)
    intake.subject(tx, subject_id)
    account = knowing.account_of(tx, subject_id) or subject_id
    return standing(strikes.strikes_of(tx, account), at=at, ladder=policy.current(tx).ladder)


def _impossible(action_id: ActionId, target: Target, problem: str) -> Preview:
    return Preview(action_id=action_id, title=str(action_id), target=target, sentence=problem, problem=problem)
