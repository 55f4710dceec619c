"""What a plan would cost and show before it is put in force: load, half-widths, and how to share out an effort."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import NormalDist

from assize.kernel.ids import StratumId
from assize.policy.models import PolicyVersion, Severity
from assize.quality.logic.drawing import rate_of, stratum_of, together
from assize.quality.models import Cell, Kind, Plan, Stratum

ERROR = 0.05  # the error rate that a preview assumes where nobody said another
MAX_STRATA, MAX_NAME, MAX_NOTE = 60, 80, 1_000
LEAST_FLOOR = 0.0005  # one in two thousand: below, a month of a busy queue gives no interval
MOST_WEIGHT = 50.0


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What does not fit, and where: a JSON pointer into the plan (RFC 6901)."""

    pointer: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class StratumLoad:
    """What a stratum would hold and draw over the days looked at. half_width: of its error rate, None where nothing is drawn.

    best_n: how many of the effort Neyman's allocation would give it; best_rate: the rate that draws so many.
    """

    stratum: Stratum
    population: int
    expected: float
    half_width: float | None
    best_n: int
    best_rate: float | None


@dataclass(frozen=True, kw_only=True)
class Load:
    """What a plan would have drawn over the days looked at. content, record: audits of each kind, each decision once."""

    days: float
    decisions: int
    content: float
    record: float
    strata: tuple[StratumLoad, ...]

    @property
    def per_day(self) -> float:
        """Audits a day."""
        return (self.content + self.record) / self.days if self.days else 0.0

    @property
    def per_week(self) -> float:
        """Audits a week."""
        return 7 * self.per_day


def problems(plan: Plan, version: PolicyVersion) -> tuple[Problem, ...]:
    """Return everything that does not fit, in the order of the form."""
    return (*_whole(plan), *(one for number, each in enumerate(plan.strata) for one in _stratum(number, each, version)))


def half_width(
    n: float, *, error: float = ERROR, population: int | None = None, confidence: float = 0.95
) -> float | None:
    """Return how far the estimate of an error rate may lie off, each way, with so many audits; None for none at all.

    The planning formula z * sqrt(p (1 - p) / n), with the correction for a finite population where one is given. It says how
    many to take; what was found is shown with Wilson's interval, which holds at small n and at none of n too.
    Source: Cochran 1977, "Sampling Techniques", 3rd ed., sections 3.6 and 4.4.
    """
    if n <= 0:
        return None
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    left = 1.0 if population is None or population <= 1 else max(0.0, (population - n) / (population - 1))
    return z * sqrt(error * (1 - error) / n * left)


def needed(half: float, *, error: float = ERROR, confidence: float = 0.95) -> int:
    """Return how many audits make an error rate known to within `half` each way: 457 for 2 points at 5 %."""
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    return ceil(z * z * error * (1 - error) / (half * half))


def neyman(sizes: Sequence[int], errors: Sequence[float], effort: int) -> tuple[int, ...]:
    """Return how to share out `effort` audits over strata so that the overall error rate is known best.

    sizes: decisions in each stratum; errors: the error rate supposed in each. n_h is proportional to N_h * sqrt(p_h (1 - p_h)); no
    stratum gets more than it holds, and what it can't take goes to the others. Where there is effort for it, each that holds
    anything gets one.
    Source: Neyman 1934, "On the Two Different Aspects of the Representative Method"; Cochran 1977, section 5.5.
    """
    effort = min(max(0, effort), sum(sizes))
    given = [min(1, size) if effort >= sum(map(bool, sizes)) else 0 for size in sizes]
    weights = [
        size * sqrt(max(error, 1e-9) * (1 - min(error, 1 - 1e-9))) for size, error in zip(sizes, errors, strict=True)
    ]
    while (left := effort - sum(given)) > 0:
        room = {place for place, size in enumerate(sizes) if given[place] < size}
        whole = sum(weights[place] for place in room)
        shares = {place: left * weights[place] / whole for place in room}
        parts = {place: min(int(share), sizes[place] - given[place]) for place, share in shares.items()}
        if not any(parts.values()):
            # Less than one each is left: the largest remainders get it.
            for place in sorted(shares, key=lambda one: (-shares[one], one))[:left]:
                given[place] += 1
            break
        for place, part in parts.items():
            given[place] += part
    return tuple(given)


def load(
    plan: Plan,
    cells: Iterable[Cell],
    *,
    days: float,
    effort: int | None = None,
    error: float = ERROR,
    errors: Mapping[StratumId, float] | None = None,
) -> Load:
    """Return what a plan would have drawn of these decisions. effort: how many to share out, as many as it draws where not given."""
    populations: dict[StratumId, int] = {one.id: 0 for one in plan.strata}
    expected: dict[StratumId, float] = {one.id: 0.0 for one in plan.strata}
    total, content, record = 0, 0.0, 0.0
    for cell in cells:
        rates = []
        for kind in Kind:
            found = stratum_of(plan, cell.decided, kind)
            rate = rate_of(found, cell.decided.severity, floored=False)
            rates.append(rate)
            if found is not None:
                populations[found.id] += cell.n
                expected[found.id] += cell.n * rate
        total += cell.n
        content += cell.n * together(*rates)
        record += cell.n if plan.gravest_by_record and cell.decided.severity is Severity.SEV0 else 0
    shared = _shared(plan, populations, expected, effort=effort, error=error, errors=errors or {})
    return Load(
        days=days,
        decisions=total,
        content=content,
        record=record,
        strata=tuple(
            StratumLoad(
                stratum=one,
                population=populations[one.id],
                expected=expected[one.id],
                half_width=half_width(expected[one.id], error=error, population=populations[one.id]),
                best_n=shared.get(one.id, 0),
                best_rate=shared[one.id] / populations[one.id] if one.id in shared and populations[one.id] else None,
            )
            for one in plan.strata
        ),
    )


def _shared(
    plan: Plan,
    populations: Mapping[StratumId, int],
    expected: Mapping[StratumId, float],
    *,
    effort: int | None,
    error: float,
    errors: Mapping[StratumId, float],
) -> dict[StratumId, int]:
    # Only what enters headline figures is shared out: a targeted stratum is there for what it finds.
    headline = [one for one in plan.strata if one.kind is not Kind.TARGETED]
    whole = round(sum(expected[one.id] for one in headline)) if effort is None else effort
    sizes = [populations[one.id] for one in headline]
    found = neyman(sizes, [errors.get(one.id, error) for one in headline], whole)
    return {one.id: n for one, n in zip(headline, found, strict=True)}


def _whole(plan: Plan) -> Iterator[Problem]:
    if not plan.name.strip() or len(plan.name) > MAX_NAME or not plan.name.isprintable():
        yield Problem(pointer="/name", detail="give it a name of a line")
    if len(plan.note) > MAX_NOTE or "\0" in plan.note:
        yield Problem(pointer="/note", detail=f"say what for in at most {MAX_NOTE} characters")
    if not any(one.kind is Kind.RANDOM for one in plan.strata):
        yield Problem(pointer="/strata", detail="without a random floor no figure of it can be trusted: add one")
    if len(plan.strata) > MAX_STRATA:
        yield Problem(pointer="/strata", detail=f"at most {MAX_STRATA} strata")
    if not 0 <= plan.repeat_share <= 1:
        yield Problem(pointer="/repeat_share", detail="a share lies between 0 and 1")
    if plan.repeat_after.days < 1:
        yield Problem(pointer="/repeat_after_days", detail="at least a day must lie between a case and its repetition")


def _stratum(number: int, one: Stratum, version: PolicyVersion) -> Iterator[Problem]:
    at = f"/strata/{number}"
    if not one.name.strip() or len(one.name) > MAX_NAME or not one.name.isprintable():
        yield Problem(pointer=f"{at}/name", detail="give it a name of a line")
    if not 0 < one.rate <= 1:
        yield Problem(pointer=f"{at}/rate", detail="a rate lies above 0 and is at most 1")
    elif not LEAST_FLOOR <= one.floor <= one.rate:
        yield Problem(pointer=f"{at}/floor", detail=f"the floor lies between {LEAST_FLOOR} and the rate")
    if one.weights and one.kind is not Kind.RISK:
        yield Problem(pointer=f"{at}/weights", detail="only a risk-weighted stratum has weights")
    if any(not 0 < weight <= MOST_WEIGHT for weight in one.weights.values()):
        yield Problem(pointer=f"{at}/weights", detail=f"a weight lies above 0 and is at most {MOST_WEIGHT:g}")
    known: dict[str, set[str]] = {"queues": {queue.name for queue in version.queues}, "clauses": _clauses(version)}
    for name, there in known.items():
        unknown = sorted(set(getattr(one, name) or ()) - there)
        if unknown:
            yield Problem(pointer=f"{at}/{name}", detail=f"the policy has no {', '.join(unknown)}")
    for name in ("queues", "severities", "clauses", "verdicts", "reviewers", "teams", "languages", "policy_versions"):
        if getattr(one, name) is not None and not getattr(one, name):
            yield Problem(pointer=f"{at}/{name}", detail="name at least one, or none at all for no limit")


def _clauses(version: PolicyVersion) -> set[str]:
    return {one.id for one in version.clauses} | {one.id.partition("-")[0] for one in version.clauses}
