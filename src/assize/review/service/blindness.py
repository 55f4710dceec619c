"""Which cases somebody judges blind: nothing that others decided, noted or assessed of them may reach them, by no way."""

from assize.kernel.ids import CaseId, ReviewerId
from assize.platform.db import Tx
from assize.review.models import View
from assize.review.ports import blindings
from assize.review.store import independence, tasks
from assize.workforce.models import Principal, Right
from assize.workforce.service import require


def blind_to(tx: Tx, principal: Principal) -> frozenset[CaseId]:
    """Return the cases that somebody judges blind or may be asked to, here or in a higher slice. A step."""
    held = [one.case_id for one in tasks.in_hand(tx, principal.id) if one.view is View.BLIND]
    elsewhere = [case_id for one in blindings() for case_id in one.cases_blind_to(tx, ReviewerId(principal.id))]
    # Who may yet be asked for an independent look must not know what was decided before they are.
    asked = [] if Right.TASKS_ASSIGN in principal.rights else independence.asked_again(tx, me=principal.id)
    return frozenset([*held, *elsewhere, *asked])


def blind_cases(tx: Tx) -> frozenset[CaseId]:
    """Return the cases that the actor judges blind now."""
    return blind_to(tx, require(tx, Right.CASES_READ))
