"""Teams and vendors: what is agreed with them, how a month went, and the same as a page of paper."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from assize.kernel import clock
from assize.kernel.errors import AssizeError, Invalid
from assize.kernel.ids import TeamId
from assize.platform import paper
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.quality import service
from assize.quality.models.contract import Contract, Headcount, Level, TeamReview
from assize.quality.pages import rates
from assize.workforce import service as workforce
from assize.workforce.models import Right

router = APIRouter()
Month = Annotated[str, Query(pattern=r"^(\d{4}-(0[1-9]|1[0-2]))?$")]
Share = Annotated[float, Form(ge=0, le=100, allow_inf_nan=False)]
PER_CENT = 100
LEVELS = {
    Level.MET: ("kept", "good"),
    Level.MISSED: ("missed", "bad"),
    Level.NOT_TOLD_APART: ("can't be told apart", "warn"),
    None: ("nothing was measured", ""),
}


@router.get("/quality/teams")
def teams_page(request: Request, month: Month = "") -> Response:
    """Show how a month of each team went."""
    at = _month(month)
    with transaction(request) as tx:
        found = service.team_reviews(tx, month=at)
    return render(request, "quality/teams.html", found=[_shown(one) for one in found], month=at.strftime("%Y-%m"))


@router.get("/quality/teams/{team_id}")
def team_page(request: Request, team_id: str, month: Month = "") -> Response:
    """Show how a month of a team went, and what is agreed with it."""
    return _team(request, team_id, month)


@router.post("/quality/teams/{team_id}")
def agree(
    request: Request,
    team_id: str,
    *,
    accuracy: Share,
    in_time: Share,
    per_week: Annotated[int, Form(ge=1, le=10_000)],
    ramp_weeks: Annotated[int, Form(ge=0, le=52)],
    starts_at: Annotated[datetime, Form()],
    note: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Agree service levels and a ramp; accuracy, in_time: per cent."""
    try:
        with transaction(request) as tx:
            service.agree_contract(
                tx,
                team_id=TeamId(team_id),
                accuracy_floor=accuracy / PER_CENT,
                in_time_floor=in_time / PER_CENT,
                per_week=per_week,
                ramp_weeks=ramp_weeks,
                starts_at=starts_at if starts_at.tzinfo else starts_at.replace(tzinfo=UTC),
                note=note,
                at=clock.now(),
            )
    except Invalid as error:
        return _team(request, team_id, "", problem=error)
    return RedirectResponse(f"/quality/teams/{team_id}", status_code=303)


@router.get("/quality/teams/{team_id}/review.pdf")
def pack(request: Request, team_id: str, month: Month = "") -> Response:
    """Take the review of a month along as PDF."""
    with transaction(request) as tx:
        found = service.team_review(tx, team_id=TeamId(team_id), month=_month(month))
    return Response(
        paper.pdf(found.name, f"Business review of {found.since:%B %Y}", _pack(found)),
        media_type="application/pdf",
        headers={
            "content-disposition": f'attachment; filename="review-{found.since:%Y-%m}.pdf"',
            "x-content-type-options": "nosniff",
        },
    )


def _month(month: str) -> datetime:
    return datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC) if month else clock.now()


def _team(request: Request, team_id: str, month: str, *, problem: AssizeError | None = None) -> Response:
    at = _month(month)
    with transaction(request) as tx:
        found = service.team_review(tx, team_id=TeamId(team_id), month=at)
        plans = Right.QUALITY_PLAN in getattr(tx.actor, "rights", ())
        names = workforce.names(tx, [one.owner_id for one in found.plans])
    return render(
        request,
        "quality/team.html",
        status=422 if problem else 200,
        one=_shown(found),
        contract=found.contract,
        head=found.headcount,
        needs=_needs(found.headcount),
        plans_of=found.plans,
        may_plan=plans,
        names=names,
        month=at.strftime("%Y-%m"),
        problem=problem.message if problem else None,
        now=clock.now(),
    )


def _shown(found: TeamReview) -> dict[str, Any]:
    card = found.card
    few = "nothing was drawn and compared"
    return {
        "id": found.team_id,
        "name": found.name,
        "vendor": found.vendor,
        "month": found.since.strftime("%B %Y"),
        "agreed": _agreed(found.contract),
        "decisions": f"{found.decisions:,}",
        "people": found.people,
        "hours": f"{found.hours:,.1f}",
        "accuracy": rates.share(None if card is None else card.accuracy, why=few),
        "harm": rates.number(None if card is None else card.harm, why=few),
        "missed": rates.share(None if card is None else card.missed, why="nothing had to be escalated"),
        "critical": 0 if card is None else card.critical_misses,
        "levels": [
            {
                "name": one.name,
                "floor": f"{one.floor:.0%}",
                "rate": rates.share(one.found, why="nothing was measured"),
                "says": LEVELS[one.level][0],
                "tone": LEVELS[one.level][1],
            }
            for one in found.levels
        ],
        "ramp": [
            {
                "begins": one.begins.strftime("%-d %b %Y"),
                "decisions": one.decisions,
                "heads": one.heads,
                "per_head": f"{one.per_head:.1f}",
                "planned": f"{one.planned:.1f}",
                "behind": one.per_head < one.planned,
            }
            for one in found.ramp
        ],
    }


def _agreed(contract: Contract | None) -> str:
    if contract is None:
        return "nothing is agreed"
    return f"{contract.accuracy_floor:.0%} right, {contract.in_time_floor:.0%} in time, {contract.per_week} decisions a week each"


def _needs(head: Headcount | None) -> str:
    if head is None:
        return "Too little history: it takes four whole weeks of cases, and decisions of the team."
    return (
        f"{head.heads} ({head.heads_low} to {head.heads_high}) people for next week, {head.now} were at work: "
        f"{head.cases:,} cases are expected ({head.cases_low:,} to {head.cases_high:,}, from {head.weeks} weeks), "
        f"of which the team decides {head.share:.0%}."
    )


def _pack(found: TeamReview) -> list[paper.Block]:
    one = _shown(found)
    blocks: list[paper.Block] = [
        paper.Words(
            text=f"Agreed: {one['agreed']}. {one['decisions']} decisions by {one['people']} people, {one['hours']} hours in hand."
        ),
        paper.Heading(text="Service levels"),
        paper.Table(
            head=("Level", "Agreed", "Found", "So it was"),
            rows=[(each["name"], each["floor"], _rate(each["rate"]), each["says"]) for each in one["levels"]],
            widths=(0.3, 0.15, 0.35, 0.2),
        ),
        paper.Heading(text="Quality"),
        paper.Table(
            head=("Measure", "Found"),
            rows=[
                ("Right decisions", _rate(one["accuracy"])),
                ("Error, weighed by harm", _rate(one["harm"])),
                ("Missed escalations", _rate(one["missed"])),
                ("Critical misses", str(one["critical"])),
            ],
            widths=(0.4, 0.6),
        ),
        paper.Heading(text="Ramp"),
        paper.Table(
            head=("Week of", "Decisions", "People", "Each", "Planned"),
            rows=[
                (each["begins"], str(each["decisions"]), str(each["heads"]), each["per_head"], each["planned"])
                for each in one["ramp"][-13:]
            ],
            widths=(0.3, 0.2, 0.15, 0.15, 0.2),
        ),
        paper.Heading(text="Headcount"),
        paper.Words(text=_needs(found.headcount)),
        paper.Heading(text="Corrective-action plans"),
    ]
    plans = [
        (each.problem, each.action, "done" if each.done_at else f"due {each.due_at:%Y-%m-%d}") for each in found.plans
    ]
    table = paper.Table(head=("Problem", "To do", "State"), rows=plans, widths=(0.4, 0.4, 0.2))
    return [*blocks, table if plans else paper.Words(text="None.")]


def _rate(rate: rates.Rate) -> str:
    return f"{rate.value} ({rate.interval}, n {rate.n})" if rate.interval else rate.why or rate.value
