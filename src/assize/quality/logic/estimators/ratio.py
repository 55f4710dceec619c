"""The ratio of two durations: how long something takes here against there."""

from dataclasses import dataclass
from math import exp, sqrt
from statistics import NormalDist

from assize.kernel.measures import Interval
from assize.quality.logic.estimators.estimate import Estimate, Undefined

ENOUGH = 20  # of each: below, the normal limit is not to be trusted with skewed times


@dataclass(frozen=True, kw_only=True)
class Logs:
    """Sums over the natural logarithms of durations in seconds. n: how many; total, squares: of them."""

    n: int
    total: float
    squares: float

    @property
    def mean(self) -> float:
        """The mean of the logarithms."""
        return self.total / self.n

    @property
    def variance(self) -> float:
        """The sample variance of the logarithms."""
        return max(0.0, (self.squares - self.total * self.total / self.n) / (self.n - 1))


def ratio_of_times(first: Logs, second: Logs, confidence: float = 0.95) -> Estimate:
    """Return the geometric mean of the first durations over that of the second, with its interval; n: both together.

    Welch's interval of the difference of mean logarithms, taken back by exp: durations are skewed, their logarithms
    hardly. Normal quantiles, so that each sample must hold at least 20. Undefined below that.
    Source: Welch 1938, "The Significance of the Difference between Two Means When the Population Variances Are Unequal".
    """
    n = first.n + second.n
    if min(first.n, second.n) < ENOUGH:
        return Undefined(reason=f"fewer than {ENOUGH} of one kind", n=n)
    difference = first.mean - second.mean
    error = sqrt(first.variance / first.n + second.variance / second.n)
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    return Interval(value=exp(difference), low=exp(difference - z * error), high=exp(difference + z * error), n=n)
