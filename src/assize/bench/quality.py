"""Whether certificates keep their promise: a thousand programmes of audits, looked at after every single one.

The figure is the share of wrong grants to reviewers who err exactly as often as a certificate forbids. Beside it the
same audits judged by an ordinary 95 % bound, computed again at every audit. Simulated, seeded, without a database.
"""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assize.bench.coverage import coverage
from assize.bench.result import BenchResult, Options, at_most
from assize.kernel.measures import Interval, wilson
from assize.quality.logic.estimators.estimate import Floats, Ints
from assize.quality.logic.estimators.sequential import audits_needed, default_alternative, grant_boundary
from assize.quality.logic.estimators.special import log_beta_cdf

ALPHA, DELTA = 0.02, 0.05
SUSPEND = 0.001  # one over the audits to a false alarm that are promised
ALARMED = 1e9
SEED = 20
FROM = 0.01  # the rate before a drift
NOTE = (
    "A reviewer at the boundary errs in exactly 2 % of cases; at most 5 % of such reviewers may ever be granted a "
    "certificate, however often the evidence is looked at. The ordinary bound, looked at as often, grants several times "
    "as many. Met: the interval of the simulated share reaches down to 5 %. Coverage of single proportions is exact "
    "(summed over the binomial); of the others it is simulated, and told with the number of runs."
)


def run(options: Options) -> BenchResult:
    """Simulate grants, suspensions, reviewers who guess, and the coverage of every interval."""
    rng = np.random.default_rng(SEED)
    programmes, audits = (100, 1_500) if options.quick else (1_000, 6_000)
    most = np.array(grant_boundary(audits, alpha=ALPHA, delta=DELTA))
    naive = np.array(_naive_boundary(audits))
    errors = _errors(rng, programmes, audits, ALPHA)
    wrong = _share(_first(errors, most))
    peeked = _share(_first(errors, naive))
    detail: dict[str, object] = {
        "programmes": programmes,
        "audits_each": audits,
        "false_grants": _told(wrong),
        "false_grants_of_an_ordinary_bound_looked_at_as_often": _told(peeked),
        "audits_to_grant": _grants(rng, programmes, audits, most),
        "audits_needed_without_an_error": {
            f"at_most_{alpha:g}": audits_needed(0, alpha=alpha, delta=DELTA) for alpha in (0.01, 0.02, 0.05)
        },
        "audits_to_suspension": _suspensions(rng, programmes, quick=options.quick),
        "false_alarms": _false_alarms(rng, programmes, quick=options.quick),
        "reviewers_who_guess": _guessers(rng, programmes, most),
        "coverage": coverage(rng, quick=options.quick),
        "note": NOTE,
    }
    result = at_most("quality", value=wrong.value, unit="share", target=DELTA, baseline=peeked.value, detail=detail)
    return dataclasses.replace(result, met=wrong.low <= DELTA)


def _errors(rng: np.random.Generator, programmes: int, audits: int, rate: float) -> Ints:
    """Return errors so far, programmes x audits."""
    return np.cumsum(rng.random((programmes, audits)) < rate, axis=1, dtype=np.int64)


def _first(errors: Ints, most: Ints) -> Floats:
    """Return the audit at which each programme is first granted, infinite where it never is."""
    granted = errors <= most[1:]
    at = np.argmax(granted, axis=1) + 1.0
    return np.where(granted.any(axis=1), at, np.inf)


def _share(first: Floats) -> Interval:
    found = wilson(int(np.isfinite(first).sum()), len(first))
    assert found is not None, "there are programmes"  # noqa: S101 - said for the type checker
    return found


def _naive_boundary(audits: int) -> list[int]:
    """Return for each number of audits the most errors whose exact bound at 1 - DELTA is at most ALPHA."""
    enough, errors, found = math.log1p(-DELTA), -1, [-1]
    for n in range(1, audits + 1):
        while errors + 1 < n and log_beta_cdf(ALPHA, errors + 2, n - errors - 1) >= enough:
            errors += 1
        found.append(errors)
    return found


def _grants(rng: np.random.Generator, programmes: int, audits: int, most: Ints) -> dict[str, object]:
    return {
        f"error_{rate:g}": _quantiles(_first(_errors(rng, programmes, audits, rate), most))
        for rate in (0.0, 0.005, 0.01)
    }


def _quantiles(first: Floats) -> dict[str, object]:
    reached = np.isfinite(first)
    median, tenth = (np.quantile(first, share, method="higher") for share in (0.5, 0.9))
    return {
        "reached": float(reached.mean()),
        "median": float(median) if np.isfinite(median) else None,
        "p90": float(tenth) if np.isfinite(tenth) else None,
    }


def _alarms(rng: np.random.Generator, rates: Floats, audits: int, start: Floats) -> tuple[Floats, Floats]:
    """Return the audit of each programme's first alarm, and the evidence at the end."""
    alternative = default_alternative(ALPHA)
    up, down = alternative / ALPHA, (1 - alternative) / (1 - ALPHA)
    evidence, first = start.copy(), np.full(len(start), np.inf)
    for audit in range(1, audits + 1):
        grown = np.maximum(evidence, 1.0) * np.where(rng.random(len(evidence)) < rates, up, down)
        evidence = np.minimum(grown, ALARMED)  # whoever is suspended isn't watched on, but the others are
        first = np.where((evidence >= 1 / SUSPEND) & ~np.isfinite(first), audit, first)
    return first, evidence


def _suspensions(rng: np.random.Generator, programmes: int, *, quick: bool) -> dict[str, object]:
    """Let every programme run well for a while, then drift."""
    calm = np.full(programmes, FROM)
    found: dict[str, object] = {}
    for rate in (0.04, 0.06, 0.10, 0.20):
        _, evidence = _alarms(rng, calm, 100 if quick else 500, np.zeros(programmes))
        # Whoever was suspended before the drift had already begun anew.
        evidence = np.where(evidence >= 1 / SUSPEND, 0.0, evidence)
        first, _ = _alarms(rng, np.full(programmes, rate), 1_000 if quick else 8_000, evidence)
        found[f"from_{FROM:g}_to_{rate:g}"] = _quantiles(first)
    return found


def _false_alarms(rng: np.random.Generator, programmes: int, *, quick: bool) -> dict[str, object]:
    audits = 1_000 if quick else 20_000
    found: dict[str, object] = {"audits_each": audits, "promised_audits_between": round(1 / SUSPEND)}
    for rate in (FROM, ALPHA):
        first, _ = _alarms(rng, np.full(programmes, rate), audits, np.zeros(programmes))
        watched = float(np.minimum(first, audits).sum())
        alarms = int(np.isfinite(first).sum())
        found[f"error_{rate:g}"] = {
            "share_alarmed": _told(_share(first)),
            "audits_watched_per_alarm": watched / alarms if alarms else None,
        }
    return found


def _guessers(rng: np.random.Generator, programmes: int, most: Ints) -> dict[str, object]:
    """Certify reviewers whose answers have nothing to do with the case, by both directions and by all audits in one."""
    found: dict[str, object] = {}
    audits = len(most) - 1
    for prevalence in (0.01, 0.1, 0.5):
        for name, says_yes in (("coin", 0.5), ("base_rate", prevalence), ("never", 0.0), ("always", 1.0)):
            event = rng.random((programmes, audits)) < prevalence
            wrong = event != (rng.random((programmes, audits)) < says_yes)
            held = _in_both(event, wrong, most)
            in_one = np.isfinite(_first(np.cumsum(wrong, axis=1, dtype=np.int64), most))
            found[f"{name}_at_prevalence_{prevalence:g}"] = {
                "ever_certified": float(held.mean()),
                "were_both_directions_added_up": float(in_one.mean()),
            }
    return found


def _in_both(event: NDArray[np.bool_], wrong: NDArray[np.bool_], most: Ints) -> Floats:
    """Return 1.0 for each programme in which at some audit the evidence of both directions granted at once."""
    granted = np.ones(event.shape, dtype=bool)
    for direction in (event, ~event):
        errors = np.cumsum(wrong & direction, axis=1, dtype=np.int64)
        granted &= errors <= most[np.cumsum(direction, axis=1, dtype=np.int64)]
    return np.asarray(granted.any(axis=1), dtype=np.float64)


def _told(found: Interval) -> Sequence[float]:
    """Return value, low, high, n."""
    return [round(found.value, 4), round(found.low, 4), round(found.high, 4), found.n]
