"""The incomplete beta function and its inverse, in logarithms, by the standard library.

Not scipy: two functions don't weigh a hundred megabytes, and what the sequential tests need is the logarithm of tails
far below what its `betainc` can hold.
"""

from math import exp, inf, lgamma, log, log1p

TINY = 1e-300  # keeps Lentz's fraction from dividing by nought
CLOSE = 1e-15  # the last factor that still moves a double
MOST_STEPS = 100_000  # far more than the square root of any sample size


def log_beta(a: float, b: float) -> float:
    """Return the logarithm of the beta function B(a, b), for a, b > 0."""
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def log_beta_cdf(x: float, a: float, b: float) -> float:
    """Return log I_x(a, b), the logarithm of the distribution function of Beta(a, b) at x.

    Relative error of I below 1e-10 for a, b up to a million, also where I itself is below the smallest double.
    Raises ValueError unless a, b > 0.
    Source: Press et al. 2007, "Numerical Recipes", section 6.4 (continued fraction by Lentz's method).
    """
    if not (a > 0 and b > 0):
        raise ValueError(f"Beta({a}, {b}) is no distribution")
    if x <= 0:
        return -inf
    if x >= 1:
        return 0.0
    front = a * log(x) + b * log1p(-x) - log_beta(a, b)
    if x < (a + 1) / (a + b + 2):
        return front - log(a) + log(_fraction(x, a, b))
    upper = exp(front) * _fraction(1 - x, b, a) / b
    return log1p(-upper) if upper < 1 else -inf


def beta_cdf(x: float, a: float, b: float) -> float:
    """Return I_x(a, b)."""
    return exp(log_beta_cdf(x, a, b))


def beta_quantile(p: float, a: float, b: float) -> float:
    """Return x with I_x(a, b) = p, for 0 <= p <= 1.

    Bisection, tightened by Newton's steps where they stay inside: slower than a series, and it can't leave the bracket.
    """
    if not 0 <= p <= 1:
        raise ValueError(f"{p} is no probability")
    if p in {0, 1}:
        return float(p)
    low, high, x = 0.0, 1.0, a / (a + b)
    for _ in range(200):
        log_at = log_beta_cdf(x, a, b)
        at = exp(log_at)
        low, high = (x, high) if at < p else (low, x)
        density = exp((a - 1) * log(x) + (b - 1) * log1p(-x) - log_beta(a, b)) if 0 < x < 1 else 0.0
        step = x - (at - p) / density if density > 0 else inf
        following = step if low < step < high else (low + high) / 2
        if abs(following - x) <= 1e-15 * x or high - low <= 1e-16:  # noqa: PLR2004 - the end of double precision
            return following
        x = following
    return x


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d if abs(d) > TINY else TINY)
    value = d
    for m in range(1, MOST_STEPS):
        for numerator in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 + numerator * d
            d = 1 / (d if abs(d) > TINY else TINY)
            c = 1 + numerator / c
            c = c if abs(c) > TINY else TINY
            value *= c * d
        if abs(c * d - 1) < CLOSE:
            break
    return value
