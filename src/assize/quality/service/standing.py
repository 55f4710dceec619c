"""How plans stand: what each stratum held, drew, and what audits said of it."""

from dataclasses import dataclass
from datetime import datetime

from assize.kernel.ids import PlanId, StratumId
from assize.kernel.measures import Interval, wilson
from assize.platform import rollups
from assize.platform.db import Tx
from assize.quality.models import Plan, Stratum
from assize.quality.service.planning import plan_of
from assize.quality.store import populations
from assize.workforce.models import Right
from assize.workforce.service import require


@dataclass(frozen=True, kw_only=True)
class StratumStanding:
    """How a stratum stands. population: decisions it held. error: how often blind audits found the decision wrong.

    Of a risk-weighted stratum whose rates differ by severity the error is that of what was drawn, not of all it held.
    """

    stratum: Stratum
    population: int
    drawn: int
    waiting: int
    error: Interval | None


@dataclass(frozen=True, kw_only=True)
class PlanStanding:
    """How a plan stands over a span. days: day, how many were drawn, how many of these count for headline figures."""

    plan: Plan
    since: datetime
    until: datetime
    strata: tuple[StratumStanding, ...]
    days: tuple[tuple[datetime, int, int], ...]


def plan_standing(tx: Tx, *, plan_id: PlanId, since: datetime, until: datetime) -> PlanStanding:
    """Return how a plan stands, of decisions made in a span. Raises NoSuchPlan."""
    require(tx, Right.QUALITY_READ, about=plan_id)
    plan = plan_of(tx, plan_id=plan_id)
    begins = rollups.hour_of(since)
    reach = rollups.reach(tx, populations.POPULATION.name, since=begins, until=until)
    held = populations.held(tx, plan_id, reach)
    drawn = populations.drawn(tx, plan_id, since=begins, until=until)
    return PlanStanding(
        plan=plan,
        since=begins,
        until=until,
        strata=tuple(_standing(one, held, drawn) for one in plan.strata),
        days=tuple(populations.drawn_by_day(tx, plan_id, since=begins, until=until)),
    )


def _standing(
    stratum: Stratum, held: dict[StratumId, int], drawn: dict[StratumId, populations.Drawn]
) -> StratumStanding:
    found = drawn.get(stratum.id)
    return StratumStanding(
        stratum=stratum,
        population=held.get(stratum.id, 0),
        drawn=0 if found is None else found.drawn,
        waiting=0 if found is None else found.waiting,
        error=None if found is None else wilson(found.wrong, found.compared),
    )
