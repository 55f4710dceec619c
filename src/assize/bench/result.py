"""What a bench says, and what it may be asked."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Options:
    """How to run. quick: a small run that shows the bench works; its figure is no measurement."""

    quick: bool = False


@dataclass(frozen=True, kw_only=True)
class BenchResult:
    """One figure, what it should be, and what was measured beside it in the same run.

    value, target, baseline: in `unit`. met: whether the value reaches the target, whichever way is better.
    ratio: value / baseline. detail: JSON values; `note` in it is shown on the reference page.
    """

    name: str
    value: float
    unit: str
    target: float
    met: bool
    baseline: float
    ratio: float
    detail: Mapping[str, object] = field(default_factory=dict)

    def as_json(self) -> str:
        """Return the one line that machines read: exactly these eight keys."""
        return json.dumps(
            {
                "name": self.name,
                "value": _number(self.value),
                "unit": self.unit,
                "target": _number(self.target),
                "met": self.met,
                "baseline": _number(self.baseline),
                "ratio": _number(self.ratio),
                "detail": dict(self.detail),
            },
            ensure_ascii=False,
            default=str,
        )


def at_least(
    name: str, *, value: float, unit: str, target: float, baseline: float, detail: Mapping[str, object]
) -> BenchResult:
    """Return the result of a bench where more is better."""
    return _result(name, value, unit, target, value >= target, baseline, detail)


def at_most(
    name: str, *, value: float, unit: str, target: float, baseline: float, detail: Mapping[str, object]
) -> BenchResult:
    """Return the result of a bench where less is better."""
    return _result(name, value, unit, target, value <= target, baseline, detail)


def from_json(line: str) -> BenchResult:
    """Return the result that `as_json` wrote."""
    return BenchResult(**json.loads(line))


def _result(
    name: str, value: float, unit: str, target: float, met: bool, baseline: float, detail: Mapping[str, object]
) -> BenchResult:
    ratio = value / baseline if baseline else 0.0
    return BenchResult(
        name=name, value=value, unit=unit, target=target, met=met, baseline=baseline, ratio=ratio, detail=detail
    )


def _number(value: float) -> float:
    # Three decimals for small figures, none for large ones: what is beyond that is noise.
    if not math.isfinite(value):
        return 0.0
    return round(value, 3) if abs(value) < 1000 else float(round(value))  # noqa: PLR2004 - where decimals stop mattering
