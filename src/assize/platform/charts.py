"""Charts: figures drawn on the server to SVG, without a style attribute, a script or anything from outside.

Altair and vl-convert are loaded with the first chart: they cost a second and 150 MB. A figure that was drawn is kept by
the hash of all it is made of.
"""

import hashlib
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

Cell = datetime | str | float | int
HOURS = timedelta(hours=36)  # up to which times of day say more than days
MARKS = 8  # of a time axis, about
KEPT = 200  # drawn figures of about 10 kB


@dataclass(frozen=True, kw_only=True)
class Chart:
    """What is drawn. rows: x, y, and by name what tells the lines apart.

    kind: `line`, `bar` or `band` (a line y within low and high). x_time: whether x is a time. order: of the series. ranked: they are
    levels, the gravest first.
    """

    kind: str
    rows: Sequence[Mapping[str, Cell]]
    x: str
    y: str
    series: str | None = None
    order: Sequence[str] = ()
    x_time: bool = True
    unit: str = ""
    ranked: bool = False


# By theme: ground transparent, ink of axes, lines of the grid, and series that are told apart also without colour by
# their place in the legend and the table beside every chart. Contrast of each to its ground at least 3 : 1.
_INK = {"light": "#535f69", "dark": "#9daab4"}
_GRID = {"light": "#dae0e5", "dark": "#323940"}
_SERIES = {
    "light": ("#1f5586", "#a03f06", "#1f6a41", "#755700", "#8f1319", "#535f69"),
    "dark": ("#8fc1ee", "#ffae7a", "#7fd0a1", "#ecc95c", "#ff8f92", "#a3afb8"),
}
# From the gravest to the lightest, as the style sheets have them.
_RANKED = {
    "light": ("#8f1319", "#a03f06", "#755700", "#2a5b82", "#535f69"),
    "dark": ("#ff8f92", "#ffae7a", "#ecc95c", "#93c4ec", "#a3afb8"),
}
_DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [1, 3])
_drawn: dict[str, str] = {}
_lock = threading.Lock()


def svg(chart: Chart, *, theme: str = "light", width: int = 560, height: int = 200) -> str:
    """Return a chart as an SVG document. theme: `light` or `dark`."""
    spec = _spec(chart, theme, width=width, height=height)
    key = hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()
    with _lock:
        if key not in _drawn:
            import vl_convert  # noqa: PLC0415 - see above

            if len(_drawn) >= KEPT:
                _drawn.clear()
            _drawn[key] = str(vl_convert.vegalite_to_svg(spec))
        return _drawn[key]


def _spec(chart: Chart, theme: str, *, width: int, height: int) -> dict[str, Any]:
    import altair as alt  # noqa: PLC0415 - see above

    colours, ink = list((_RANKED if chart.ranked else _SERIES)[theme]), _INK[theme]
    if chart.x_time:
        x = alt.X(
            f"{chart.x}:T",
            title=None,
            scale=alt.Scale(type="utc"),
            axis=alt.Axis(format=_format(chart), values=_ticks(chart), labelFlush=False),
        )
    else:
        x = alt.X(f"{chart.x}:N", title=None, sort=None, axis=alt.Axis(labelAngle=0))
    y = alt.Y(f"{chart.y}:Q", title=chart.unit or None, axis=alt.Axis(tickMinStep=1))
    base = alt.Chart()
    colour: Any = alt.value(colours[0])
    dash: Any = alt.Undefined
    names: list[str] = []
    if chart.series is not None:
        names = list(chart.order) or sorted({str(row[chart.series]) for row in chart.rows})
        scale = alt.Scale(domain=names, range=colours[: len(names)])
        colour = alt.Color(f"{chart.series}:N", title=None, scale=scale)
        dashes = alt.Scale(domain=names, range=list(_DASHES[: len(names)]))
        dash = alt.StrokeDash(f"{chart.series}:N", title=None, scale=dashes)
    match chart.kind:
        case "bar":
            drawn: Any = base.mark_bar().encode(x=x, y=y, color=colour)
        case "band":
            drawn = base.mark_area(opacity=0.25).encode(x=x, y="low:Q", y2="high:Q", color=colour) + base.mark_line(
                strokeWidth=2
            ).encode(x=x, y=y, color=colour)
        case _ if len({row[chart.x] for row in chart.rows}) == 1:  # a single point would be no line at all
            shape = alt.Undefined if chart.series is None else alt.Shape(f"{chart.series}:N", title=None, sort=names)
            drawn = base.mark_point(filled=True, size=80).encode(x=x, y=y, color=colour, shape=shape)
        case _:
            drawn = base.mark_line(strokeWidth=2).encode(x=x, y=y, color=colour, strokeDash=dash)
    made = drawn.properties(width=width, height=height, background="transparent").configure(
        axis={
            "labelColor": ink, "titleColor": ink, "gridColor": _GRID[theme], "domainColor": ink, "tickColor": ink,
            "labelFontSize": 11,
        },
        legend={"labelColor": ink, "orient": "top", "labelFontSize": 12, "symbolStrokeWidth": 2},
        view={"stroke": None},
    )  # fmt: skip
    values = [{name: _plain(cell) for name, cell in row.items()} for row in chart.rows]
    spec = {**made.to_dict(), "data": {"values": values}}
    for layer in spec.get("layer", ()):
        layer.pop("data", None)  # each would have an empty one of its own
    return spec


def _format(chart: Chart) -> str:
    times = [at for row in chart.rows if isinstance(at := row[chart.x], datetime)]
    return "%H:%M" if times and max(times) - min(times) <= HOURS else "%d %b"


def _ticks(chart: Chart) -> Sequence[int]:
    """Return where a time axis is marked, in ms: whole hours or days, so many apart that the labels have room."""
    times = [at for row in chart.rows if isinstance(at := row[chart.x], datetime)]
    if not times:
        return ()
    hours = (max(times) - min(times)) / timedelta(hours=1)
    apart = max(1, ceil(hours / MARKS))
    step = timedelta(hours=apart) if hours <= HOURS / timedelta(hours=1) else timedelta(days=ceil(apart / 24))
    mark = min(times).replace(minute=0, second=0, microsecond=0)
    if step >= timedelta(days=1):
        mark = mark.replace(hour=0)
    marks = []
    while mark <= max(times):
        if mark >= min(times):
            marks.append(int(mark.timestamp() * 1000))
        mark += step
    return marks or [int(times[0].timestamp() * 1000)]


def _plain(cell: Cell) -> str | float | int:
    return cell.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(cell, datetime) else cell
