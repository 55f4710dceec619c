"""Who has seen enough hard content for today is handed calmer work. Nothing is recorded and nobody else is told."""

from datetime import datetime

from assize.platform.db import Tx
from assize.review.logic import BUDGET, SPAN, hardest, points
from assize.review.store import dossiers
from assize.workforce.models import Exposure, Principal, PrincipalKind
from assize.workforce.service import exposed_at_most


def near_budget(principal: Principal, *, budget: int = BUDGET, at: datetime) -> bool:
    """Whether what somebody opened today may keep hard content from them: by what came with the sign-in alone.

    A step of handing out work. A machine is never spared.
    """
    if principal.kind is PrincipalKind.MACHINE:
        return False
    limit = Exposure(principal.skills.exposure)
    return hardest(limit, used=exposed_at_most(principal, since=at - SPAN), budget=budget) < limit


def hardest_today(tx: Tx, principal: Principal, *, budget: int = BUDGET, at: datetime) -> int:
    """Return the hardest class of content that somebody may still be handed now. A step of handing out work.

    Counted from openings to the minute, and only for whoever may be near their budget: others cost no statement.
    """
    limit = Exposure(principal.skills.exposure)
    if not near_budget(principal, budget=budget, at=at):
        return int(limit)
    used = points(dossiers.exposure_since(tx, reviewer=principal.id, since=at - SPAN))
    return hardest(limit, used=used, budget=budget)


def calmer_only(tx: Tx, *, budget: int = BUDGET, at: datetime) -> bool:
    """Whether the actor is handed calmer work only, as today's exposure is used up; told to nobody but them. A step."""
    who = tx.actor
    return isinstance(who, Principal) and hardest_today(tx, who, budget=budget, at=at) < int(who.skills.exposure)
