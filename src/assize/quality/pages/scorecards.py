"""Scorecards by whose work it is, of one reviewer, and of auditors."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from assize.kernel import clock
from assize.kernel.ids import ReviewerId
from assize.platform import charts
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.quality import service
from assize.quality.logic.trends import ALARM
from assize.quality.models.scoring import Of, Trend
from assize.quality.pages import views

router = APIRouter()
Days = Annotated[int, Query(ge=7, le=366)]
Whose = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,80}$")]
TABS = {
    Of.REVIEWERS: "Reviewers",
    Of.TEAMS: "Teams",
    Of.VENDORS: "Vendors",
    Of.MACHINES: "Machines",
    Of.AUDITORS: "Auditors",
}


@router.get("/quality/scorecards")
def scorecards_page(request: Request, of: Of = Of.REVIEWERS, days: Days = 28) -> Response:
    """Show everybody's card, by name."""
    at = clock.now()
    around: dict[str, Any] = {"of": of.value, "days": days, "spans": views.DAYS, "tabs": tabs(days), "title": TABS[of]}
    with transaction(request) as tx:
        if of is Of.AUDITORS:
            cards = service.auditor_cards(tx, days=days, at=at)
            return render(request, "quality/auditors.html", cards=[views.auditor(one) for one in cards], **around)
        board = service.scorecards(tx, of=of, days=days, at=at)
    return render(
        request,
        "quality/scorecards.html",
        cards=[views.card(one, board.scoring) for one in board.cards],
        scoring=board.scoring,
        totals=_totals(board),
        **around,
    )


@router.get("/quality/scorecards/{reviewer_id}")
def scorecard_page(request: Request, reviewer_id: Whose, days: Days = 90) -> Response:
    """Show one reviewer's card with its trend."""
    with transaction(request) as tx:
        found = service.scorecard(tx, reviewer_id=ReviewerId(reviewer_id), days=days, at=clock.now())
    accepted = found.scoring.accepted_error
    return render(
        request,
        "quality/scorecard.html",
        card=views.card(found.card, found.scoring),
        scoring=found.scoring,
        days=days,
        spans=views.DAYS,
        accepted=f"{accepted:.0%}",
        alternative=f"{found.alternative:.0%}",
        drift=f"{found.drift:,.1f}",
        alarm=f"{ALARM:,}",
        drifted=found.drift >= ALARM,
        weeks=[_week(one) for one in reversed(found.trend)],
        chart=f"/quality/scorecards/{reviewer_id}/trend.svg?days={days}" if found.trend else None,
    )


@router.get("/quality/scorecards/{reviewer_id}/trend.svg")
def trend_chart(
    request: Request,
    reviewer_id: Whose,
    days: Days = 90,
    theme: Annotated[str, Query(pattern="^(light|dark)$")] = "light",
) -> Response:
    """Draw a reviewer's trend within its limits."""
    with transaction(request) as tx:
        found = service.scorecard(tx, reviewer_id=ReviewerId(reviewer_id), days=days, at=clock.now())
    text = charts.svg(_chart(found.trend), theme=theme)
    return Response(text, media_type="image/svg+xml", headers={"cache-control": "private, max-age=60"})


def tabs(days: int) -> list[tuple[str, str]]:
    """Return the parts of the page, each at the same span."""
    return [(name, f"/quality/scorecards?of={of.value}&days={days}") for of, name in TABS.items()]


def _totals(board: service.Board) -> dict[str, Any]:
    """Return what is said of all together: counts, never a mean that would bury somebody's miss."""
    return {
        "drawn": f"{sum(one.drawn for one in board.cards):,}",
        "compared": f"{sum(one.compared for one in board.cards):,}",
        "critical": sum(one.critical_misses for one in board.cards),
        "few": sum(one.accuracy is None for one in board.cards),
    }


def _week(one: Trend) -> dict[str, Any]:
    return {
        "week": one.week.strftime("%Y-%m-%d"),
        "wrong": one.wrong,
        "n": one.n,
        "smoothed": f"{one.smoothed:.1%}",
        "limits": f"{one.low:.1%} to {one.high:.1%}",
        "signal": one.signal,
    }


def _chart(trend: tuple[Trend, ...]) -> charts.Chart:
    rows: list[dict[str, datetime | str | float | int]] = [
        {"week": one.week, "wrong": 100 * one.smoothed, "low": 100 * one.low, "high": 100 * one.high} for one in trend
    ]
    return charts.Chart(kind="band", rows=rows, x="week", y="wrong", unit="% wrong, smoothed")
