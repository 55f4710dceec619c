"""What an estimator returns: an interval, or the reason why there is none."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assize.kernel.measures import Interval

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def tally(place: Ints, weights: Floats, size: int) -> Floats:
    """Return the sum of weights at each place from 0 to `size`, for each row of weights where they have rows."""
    if weights.ndim == 1:
        return np.bincount(place, weights=weights, minlength=size).astype(np.float64, copy=False)
    rows = len(weights)
    places = (place + size * np.arange(rows)[:, None]).ravel()
    found = np.bincount(places, weights=weights.ravel(), minlength=rows * size)
    return found.astype(np.float64, copy=False).reshape(rows, size)


@dataclass(frozen=True, kw_only=True)
class Undefined:
    """An estimate that the data don't define. reason: in words that can be shown; n: the observations there were."""

    reason: str
    n: int


Estimate = Interval | Undefined


def as_json(estimate: Estimate) -> dict[str, Any]:
    """Return an estimate as JSON values; an undefined one keeps its keys, all null, beside its reason."""
    match estimate:
        case Undefined(reason=reason, n=n):
            return {"value": None, "low": None, "high": None, "n": n, "reason": reason}
        case Interval(value=value, low=low, high=high, n=n):
            return {"value": value, "low": low, "high": high, "n": n}
