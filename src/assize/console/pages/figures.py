"""Figures of operations: what is drawn, and the same as a table."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

from assize.platform.charts import Cell, Chart
from assize.policy.models import Severity
from assize.triage.models import Flow, Forecast, Standing

AGES = ("under 1 h", "1 to 4 h", "4 to 24 h", "over a day")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A chart, what it is called, what it says in a sentence, and its table. problem: why there is nothing to draw."""

    title: str
    note: str
    chart: Chart
    columns: Sequence[str]
    rows: Sequence[Sequence[str | int]]
    problem: str = ""

    @property
    def stamp(self) -> str:
        """What changes with the figures: in the address of the picture, a page that stays open is given the new one."""
        return f"{crc32(repr(self.rows).encode()):08x}"


def flow(flows: Sequence[Flow], *, step: str) -> Figure:
    """Return what came in and what left."""
    opened: Counter[datetime] = Counter()
    gone: Counter[datetime] = Counter()
    for one in flows:
        opened[one.at] += one.opened
        gone[one.at] += one.gone
    times = sorted({*opened, *gone})
    drawn: list[dict[str, Cell]] = [
        {"at": at, "cases": count[at], "what": what}
        for at in times
        for what, count in (("came in", opened), ("went out", gone))
    ]
    return Figure(
        title="In and out",
        note=f"Cases that came and cases that were decided or closed, by {step}.",
        chart=Chart(kind="line", rows=drawn, x="at", y="cases", series="what", order=("came in", "went out")),
        columns=("Begins", "Came in", "Went out"),
        rows=[(_moment(at), opened[at], gone[at]) for at in times],
        problem="" if times else "Nothing came in and nothing went out.",
    )


def backlog(flows: Sequence[Flow], standing: Sequence[Standing], *, step: str, until: datetime, at: datetime) -> Figure:
    """Return what was open at the end of each step: what is open now, less what came and plus what went since."""
    total = sum(one.open for one in standing)
    grown: Counter[datetime] = Counter()
    for one in flows:
        grown[one.at] += one.opened - one.gone
    size = timedelta(hours=1) if step == "hour" else timedelta(days=1)
    points: list[tuple[datetime, int]] = []
    for begins in sorted(grown, reverse=True):
        ends = min(begins + size, at)
        if ends <= until + size:
            points.append((ends, max(0, total)))
        total -= grown[begins]
    points.reverse()
    return Figure(
        title="Backlog",
        note="Open cases, reckoned back from what is open now; a case that was opened again counts as open throughout.",
        chart=Chart(kind="line", rows=[{"at": ends, "cases": n} for ends, n in points], x="at", y="cases"),
        columns=("At", "Open"),
        rows=[(_moment(ends), n) for ends, n in points],
        problem="" if points else "Nothing changed in this span.",
    )


def ages(standing: Sequence[Standing]) -> Figure:
    """Return how old what is open is, by severity."""
    levels = sorted({one.severity for one in standing})
    counts = {
        level: [sum(one.ages[i] for one in standing if one.severity == level) for i in range(len(AGES))]
        for level in levels
    }
    drawn: list[dict[str, Cell]] = [
        {"age": age, "cases": counts[level][i], "severity": f"SEV{int(level)}"}
        for level in levels
        for i, age in enumerate(AGES)
    ]
    names = tuple(f"SEV{int(level)}" for level in Severity)
    return Figure(
        title="Age of what is open",
        note="Since the case was opened.",
        chart=Chart(
            kind="bar", rows=drawn, x="age", y="cases", series="severity", order=names, x_time=False, ranked=True
        ),
        columns=("Severity", *AGES),
        rows=[(f"SEV{int(level)}", *counts[level]) for level in levels],
        problem="" if standing else "Nothing is open.",
    )


def expected(found: Forecast | None, *, open_now: int, at: datetime) -> Figure:
    """Return what the backlog may be over the next day."""
    columns = ("In hours", "Open", "80 % from", "to")
    empty = Chart(kind="line", rows=[], x="at", y="cases")
    title = "Backlog to expect"
    if found is None:
        problem = "Too little history: two weeks are needed, one to repeat and one to see how wrong that is."
        return Figure(title=title, note="", chart=empty, columns=columns, rows=[], problem=problem)
    drawn: list[dict[str, Cell]] = [{"at": at, "cases": open_now, "low": open_now, "high": open_now}]
    drawn += [
        {"at": at + timedelta(hours=one.hours), "cases": one.open, "low": one.low, "high": one.high}
        for one in found.expected
    ]
    return Figure(
        title=title,
        note=f"The same hours of last week again, from what is open now. Rests on {found.weeks:.1f} weeks; the band held "
        f"four of five of {found.tries} such forecasts made in the past.",
        chart=Chart(kind="band", rows=drawn, x="at", y="cases"),
        columns=columns,
        rows=[(one.hours, one.open, one.low, one.high) for one in found.expected],
    )


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M")
