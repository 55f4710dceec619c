"""Rates as pages show them: never without their interval and n, and a reason where there is none."""

from dataclasses import dataclass, replace

from assize.kernel.measures import Interval
from assize.quality.logic.estimators.estimate import Estimate, Undefined


@dataclass(frozen=True, kw_only=True)
class Rate:
    """A figure to show. line: low, value and high in hundredths of the drawn scale; None where nothing is drawn."""

    value: str
    interval: str
    n: int
    why: str = ""
    line: tuple[float, float, float] | None = None


def share(found: Interval | None, *, why: str = "too few to tell", n: int = 0) -> Rate:
    """Return a share in per cent, drawn on a scale from none to all."""
    if found is None:
        return Rate(value="—", interval="", n=n, why=why)
    digits = 1 if found.n >= 100 else 0  # noqa: PLR2004 - a decimal that below would be noise
    return Rate(
        value=f"{found.value:.{digits}%}",
        interval=f"{found.low:.{digits}%} to {found.high:.{digits}%}",
        n=found.n,
        line=(100 * found.low, 100 * found.value, 100 * found.high),
    )


def counted(found: Interval | None, count: int) -> Rate:
    """Return how many there were, beside the interval of their share: one is one, however small its share."""
    told = share(found, why="nothing was compared")
    return told if found is None else replace(told, value=f"{count:,}")


def number(found: Interval | None, *, digits: int = 2, why: str = "too few to tell", signed: bool = False) -> Rate:
    """Return a figure that is no share."""
    if found is None:
        return Rate(value="—", interval="", n=0, why=why)
    sign = "+" if signed else ""
    low, high = (f"{one:{sign}.{digits}f}" for one in (found.low, found.high))
    return Rate(value=f"{found.value:{sign}.{digits}f}", interval=f"{low} to {high}", n=found.n)


def coefficient(found: Estimate) -> Rate:
    """Return a coefficient of agreement, drawn from nought to one; below nought it begins at the edge."""
    if isinstance(found, Undefined):
        return Rate(value="—", interval="", n=found.n, why=found.reason)
    line = [100 * min(1.0, max(0.0, one)) for one in (found.low, found.value, found.high)]
    return Rate(
        value=f"{found.value:.3f}",
        interval=f"{found.low:.2f} to {found.high:.2f}",
        n=found.n,
        line=(line[0], line[1], line[2]),
    )


def minutes(found: Interval | None) -> Rate:
    """Return seconds as minutes."""
    if found is None:
        return Rate(value="—", interval="", n=0, why="not timed")
    low, high = found.low / 60, found.high / 60
    return Rate(value=f"{found.value / 60:.1f} min", interval=f"{low:.1f} to {high:.1f}", n=found.n)
