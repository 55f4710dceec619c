"""Every rule with its state, its hits over two weeks, its failures; and switching one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from assize.kernel import clock
from assize.kernel.ids import RuleId
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.triage import service
from assize.triage.models import RuleStanding, RuleState
from assize.triage.service import RuleDay

router = APIRouter()
PAGE = 60  # rules; with two weeks of bars each, a page then stays small
WIDTH, HEIGHT = 6, 24  # of a bar of a sparkline and of the whole


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A day of a sparkline: where it stands and how high."""

    x: int
    y: int
    height: int
    shadow: bool


@dataclass(frozen=True, kw_only=True)
class Line:
    """A rule as it is listed."""

    standing: RuleStanding
    bars: Sequence[Bar]
    width: int
    said: str
    total: int


@router.get("/rules")
def rules_page(
    request: Request,
    state: Annotated[RuleState | None, Query()] = None,
    clause: Annotated[str, Query(max_length=64)] = "",
    trouble: bool = False,
    skip: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Response:
    """Show every rule and what became of it, or those of a state, of a clause or family, or in trouble."""
    now = clock.now()
    with transaction(request) as tx:
        standings = service.rules(tx, at=now)
        days = service.rule_days(tx, at=now)
        parked = service.parked(tx, limit=20)
    wanted = clause.strip().upper()
    chosen = [
        one
        for one in standings
        if (state is None or one.rule.state is state)
        and (not wanted or one.rule.clause_id == wanted or one.rule.clause_id.partition("-")[0] == wanted)
        and (not trouble or one.failures or one.rule.quarantined_at)
    ]
    return render(
        request,
        "triage/rules.html",
        lines=[_line(one, days.get(one.rule.id, [])) for one in chosen[skip : skip + PAGE]],
        found=len(chosen),
        further=request.url.include_query_params(skip=skip + PAGE).query if skip + PAGE < len(chosen) else None,
        total=len(standings),
        counts={each: sum(one.rule.state is each for one in standings) for each in RuleState},
        quarantined=sum(one.rule.quarantined_at is not None for one in standings),
        failing=sum(one.failures > 0 for one in standings),
        families=sorted({one.rule.clause_id.partition("-")[0] for one in standings}),
        parked=parked,
        chosen_state=state,
        clause=clause,
        trouble=trouble,
        now=now,
    )


@router.post("/rules/{rule_id}/state")
def switch_rule(request: Request, rule_id: str, state: Annotated[RuleState, Form()]) -> Response:
    """Switch a rule and show it."""
    with transaction(request) as tx:
        service.set_rule_state(tx, rule_id=RuleId(rule_id), state=state, at=clock.now())
    return RedirectResponse(f"/rules/{rule_id}", status_code=303)


def _line(standing: RuleStanding, days: Sequence[RuleDay]) -> Line:
    counts = [one.hits + one.shadow_hits for one in days]
    most = max(counts, default=0)
    bars = []
    for number, (day, count) in enumerate(zip(days, counts, strict=True)):
        height = max(2, round(HEIGHT * count / most)) if count else 0
        shadow = day.shadow_hits > day.hits
        bars.append(Bar(x=number * WIDTH, y=HEIGHT - height, height=height, shadow=shadow))
    said = ", ".join(f"{day.day:%d %b} {count}" for day, count in zip(days, counts, strict=True) if count)
    return Line(standing=standing, bars=bars, width=max(1, len(days)) * WIDTH, said=said or "no hit", total=sum(counts))
