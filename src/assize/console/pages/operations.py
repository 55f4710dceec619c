"""Operations: what comes in and goes out, what stands, how long it takes, who works on it, what to expect."""

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from assize.console.pages import figures
from assize.console.pages.figures import Figure
from assize.enforcement import service as enforcement
from assize.kernel import clock
from assize.kernel.measures import Spread, wilson
from assize.platform import charts
from assize.platform.db import Tx
from assize.platform.http import transaction
from assize.platform.pages import ago, render, span
from assize.policy import service as policy
from assize.policy.models import PolicyVersion
from assize.review import service as review
from assize.review.models import Pace, TeamWork
from assize.triage import service as triage
from assize.triage.models import QueueFlow, Standing

router = APIRouter()
SPANS = {"24h": timedelta(hours=24), "7d": timedelta(days=7), "30d": timedelta(days=30)}
LONGEST = timedelta(days=366)
TABLE_ROWS = 72  # of a figure on the page; the file has all
HOURS_UP_TO = timedelta(days=3)  # beyond, lines of hours are a comb: days then, unless asked for
Name = Annotated[str, Path(pattern="^(flow|backlog|ages|forecast)$")]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which span is looked at, in which steps. words: the address's own."""

    since: datetime
    until: datetime
    step: str
    words: str
    span: str


def asked(
    span: Annotated[str, Query(pattern="^(24h|7d|30d|custom)$")] = "7d",
    since: datetime | None = None,
    until: datetime | None = None,
    step: Annotated[str | None, Query(pattern="^(hour|day)$")] = None,
) -> Asked:
    """Return the span that an address names: the last week, where it says nothing."""
    at = clock.now()
    end = at if until is None or span != "custom" else min(_aware(until), at)
    begin = end - SPANS.get(span, SPANS["7d"])
    if span == "custom" and since is not None:
        begin = min(max(_aware(since), end - LONGEST), end - timedelta(hours=1))
    chosen = step or ("hour" if end - begin <= HOURS_UP_TO else "day")
    words = {"span": span, "step": chosen}
    if span == "custom":
        words |= {"since": begin.strftime("%Y-%m-%dT%H:%M"), "until": end.strftime("%Y-%m-%dT%H:%M")}
    return Asked(since=begin, until=end, step=chosen, words=urlencode(words), span=span)


Span = Annotated[Asked, Depends(asked)]


@router.get("/operations")
def operations_page(request: Request, span: Span) -> Response:
    """Show how the work goes."""
    at = clock.now()
    with transaction(request) as tx:
        standing = triage.standing(tx, at=at)
        moved = triage.flow_by_queue(tx, since=span.since, until=span.until)
        found = _all_figures(tx, span, standing, at)
        pace = review.pace(tx, since=span.since, until=span.until)
        confirmed = enforcement.confirmation_pace(tx, since=span.since, until=span.until)
        teams = review.team_work(tx, since=span.since, until=span.until)
        version = policy.current(tx)
    total = {one.what: one for one in pace if one.queue is None}
    return render(
        request,
        "console/operations.html",
        span=span,
        figures=found,
        table_rows=TABLE_ROWS,
        totals=_totals(found["flow"], standing, at),
        queues=_queues(standing, moved, version, at),
        attained=[_attained(one, version) for one in pace if one.what == "decision"],
        times=_times(total, confirmed),
        teams=[_team(one) for one in teams],
        address=f"/operations?{span.words}",
    )


@router.get("/operations/{chart}.csv")
def operations_table(request: Request, chart: Name, span: Span) -> Response:
    """Give the figures of one chart as a file."""
    figure = _figure(request, chart, span)
    written = io.StringIO()
    csv.writer(written).writerows([figure.columns, *figure.rows])
    headers = {"content-disposition": f'attachment; filename="{chart}.csv"'}
    return Response(written.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/operations/{chart}.svg")
def operations_chart(
    request: Request, chart: Name, span: Span, theme: Annotated[str, Query(pattern="^(light|dark)$")] = "light"
) -> Response:
    """Draw one chart."""
    drawn = _figure(request, chart, span).chart
    text = charts.svg(drawn, theme=theme)
    return Response(text, media_type="image/svg+xml", headers={"cache-control": "private, max-age=60"})


def _figure(request: Request, name: str, span: Asked) -> Figure:
    at = clock.now()
    with transaction(request) as tx:
        return _MAKING[name](tx, span, triage.standing(tx, at=at), at)


def _all_figures(tx: Tx, span: Asked, standing: Sequence[Standing], at: datetime) -> dict[str, Figure]:
    if span.until < at - timedelta(minutes=1):
        return {name: make(tx, span, standing, at) for name, make in _MAKING.items()}
    flows = triage.flow(tx, since=span.since, until=at, step=span.step)  # up to now, so both are made of the same
    return {
        "flow": figures.flow(flows, step=span.step),
        "backlog": figures.backlog(flows, standing, step=span.step, until=span.until, at=at),
        "ages": figures.ages(standing),
        "forecast": _forecast(tx, span, standing, at),
    }


def _flow(tx: Tx, span: Asked, _: Sequence[Standing], __: datetime) -> Figure:
    return figures.flow(triage.flow(tx, since=span.since, until=span.until, step=span.step), step=span.step)


def _backlog(tx: Tx, span: Asked, standing: Sequence[Standing], at: datetime) -> Figure:
    flows = triage.flow(tx, since=span.since, until=at, step=span.step)
    return figures.backlog(flows, standing, step=span.step, until=span.until, at=at)


def _ages(_: Tx, __: Asked, standing: Sequence[Standing], ___: datetime) -> Figure:
    return figures.ages(standing)


def _forecast(tx: Tx, _: Asked, standing: Sequence[Standing], at: datetime) -> Figure:
    open_now = sum(one.open for one in standing)
    return figures.expected(triage.backlog_forecast(tx, open_now=open_now, at=at), open_now=open_now, at=at)


_MAKING: dict[str, Callable[[Tx, Asked, Sequence[Standing], datetime], Figure]] = {
    "flow": _flow,
    "backlog": _backlog,
    "ages": _ages,
    "forecast": _forecast,
}


def _totals(flow: Figure, standing: Sequence[Standing], at: datetime) -> dict[str, Any]:
    oldest = min((one.oldest_at for one in standing), default=None)
    return {
        "open": sum(one.open for one in standing),
        "overdue": sum(one.overdue for one in standing),
        "oldest": ago(oldest, at),
        "opened": sum(int(row[1]) for row in flow.rows),
        "gone": sum(int(row[2]) for row in flow.rows),
    }


def _queues(
    standing: Sequence[Standing], moved: Sequence[QueueFlow], version: PolicyVersion, at: datetime
) -> list[dict[str, Any]]:
    stands = {(one.queue, one.severity): one for one in standing}
    moves = {(one.queue, one.severity): one for one in moved}
    return [
        _queue(queue, severity, stands.get((queue, severity)), moves.get((queue, severity)), version, at)
        for queue, severity in sorted({*stands, *moves})
    ]


def _queue(
    queue: str, severity: int, one: Standing | None, moved: QueueFlow | None, version: PolicyVersion, at: datetime
) -> dict[str, Any]:
    return {
        "title": _title(queue, version),
        "url": f"/queues/{queue}",
        "severity": severity,
        "opened": moved.opened if moved else 0,
        "gone": moved.gone if moved else 0,
        "open": one.open if one else 0,
        "overdue": one.overdue if one else 0,
        "oldest": ago(one.oldest_at, at) if one else "—",
        "ages": one.ages if one else (0, 0, 0, 0),
    }


def _attained(one: Pace, version: PolicyVersion) -> dict[str, Any]:
    share = wilson(one.in_time, one.n)
    return {
        "title": "All together" if one.queue is None else _title(one.queue, version),
        "severity": one.severity,
        "share": "—" if share is None else f"{share.value:.1%}",
        "interval": "—" if share is None else f"{share.low:.1%} to {share.high:.1%}",
        "n": one.n,
        "time": _spread(one.spread),
    }


def _times(total: dict[str, Pace], confirmed: Spread | None) -> list[dict[str, Any]]:
    found = defaultdict(lambda: None, {what: one.spread for what, one in total.items()})
    return [
        {"what": "From offered to first look", **_spread(found["first_look"])},
        {"what": "From offered to decided", **_spread(found["decision"])},
        {"what": "From harm reaching us to effect confirmed", **_spread(confirmed)},
    ]


def _spread(one: Spread | None) -> dict[str, Any]:
    if one is None:
        return {"n": 0, "p50": "—", "p90": "—", "p95": "—", "most": "—"}
    return {"n": one.n, "p50": span(one.p50), "p90": span(one.p90), "p95": span(one.p95), "most": span(one.most)}


def _team(one: TeamWork) -> dict[str, Any]:
    name = one.team or ("In no team" if one.team_id is None else one.team_id)
    return {"name": name, "in_hand": one.in_hand, "decided": one.decided, "hours": f"{one.hours:.1f}"}


def _title(queue: str, version: PolicyVersion) -> str:
    spec = version.queue(next((one.name for one in version.queues if one.name == queue), version.queues[0].name))
    return spec.title if spec is not None and spec.name == queue else queue


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
