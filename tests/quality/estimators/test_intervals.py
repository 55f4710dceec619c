"""Intervals of a proportion, against sums of the binomial and printed tables."""

from math import asin, comb, cos, exp, log, pi, sin, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assize.quality.logic.estimators.intervals import (
    clopper_pearson,
    jeffreys,
    needed_at_zero,
    needed_for_half_width,
    upper_bound,
    upper_bound_at_zero,
)
from assize.quality.logic.estimators.special import beta_cdf, beta_quantile, log_beta_cdf

COUNTS = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def at_most(successes: int, n: int, p: float) -> float:
    """Return P(X <= successes), X binomial: summed in whole numbers as far as they go."""
    return sum(comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(successes + 1))


def mass_below(x: float, a: float, b: float) -> float:
    """Return the mass of Beta(a, b) below x by Simpson's rule over the angle, where the density has no poles."""

    def density(angle: float) -> float:
        return 2 * sin(angle) ** (2 * a - 1) * cos(angle) ** (2 * b - 1)

    def area(end: float, steps: int = 20_000) -> float:
        width = end / steps
        inner = sum((4 if step % 2 else 2) * density(step * width) for step in range(1, steps))
        return width / 3 * (density(0) + inner + density(end))

    return area(asin(sqrt(x))) / area(pi / 2)


class TestBeta:
    @given(st.integers(1, 40), st.integers(1, 40), st.floats(0.001, 0.999))
    def test_is_the_tail_of_the_binomial(self, a, b, x):
        n = a + b - 1

        assert beta_cdf(x, a, b) == pytest.approx(1 - at_most(a - 1, n, x), abs=1e-11)

    @given(st.floats(1e-6, 1 - 1e-6), st.floats(0.5, 5_000), st.floats(0.5, 5_000))
    def test_is_undone_by_its_quantile(self, p, a, b):
        assert beta_cdf(beta_quantile(p, a, b), a, b) == pytest.approx(p, rel=1e-7, abs=1e-9)

    def test_of_arcsine_is_known_in_closed_form(self):
        # I_x(1/2, 1/2) = 2/pi asin(sqrt(x)): a third of the mass lies below a quarter.
        assert beta_cdf(0.25, 0.5, 0.5) == pytest.approx(1 / 3, abs=1e-13)

    def test_keeps_logarithms_of_what_no_double_can_hold(self):
        # I_x(a, 1) = x^a
        assert log_beta_cdf(0.01, 500, 1) == pytest.approx(500 * log(0.01))
        assert exp(log_beta_cdf(0.01, 500, 1)) == 0

    def test_of_no_distribution_is_refused(self):
        with pytest.raises(ValueError, match="no distribution"):
            log_beta_cdf(0.5, 0, 1)
        with pytest.raises(ValueError, match="no probability"):
            beta_quantile(1.5, 1, 1)


class TestClopperPearson:
    @given(COUNTS)
    def test_ends_where_the_binomial_leaves_half_of_five_percent(self, counts):
        successes, n = counts

        found = clopper_pearson(successes, n)

        assert found.low <= found.value <= found.high
        if successes < n:
            assert at_most(successes, n, found.high) == pytest.approx(0.025, abs=1e-9)
        if successes > 0:
            assert 1 - at_most(successes - 1, n, found.low) == pytest.approx(0.025, abs=1e-9)

    def test_of_nothing_is_none(self):
        assert clopper_pearson(0, 0) is None
        assert jeffreys(0, 0) is None

    @pytest.mark.parametrize("interval", [clopper_pearson, jeffreys, upper_bound])
    def test_of_impossible_counts_is_refused(self, interval):
        with pytest.raises(ValueError, match="3 successes of 2"):
            interval(3, 2)

    @pytest.mark.parametrize(("right", "n", "bound"), [(17, 17, 0.838), (14, 14, 0.807), (114, 126, 0.85)], ids=str)
    def test_gives_the_known_lower_bounds(self, right, n, bound):
        assert 1 - upper_bound(n - right, n) == pytest.approx(bound, abs=0.0006)


class TestJeffreys:
    @pytest.mark.parametrize(("successes", "n"), [(0, 30), (1, 30), (10, 30), (3, 1_000), (29, 30)])
    def test_leaves_half_of_five_percent_of_the_density_outside(self, successes, n):
        found = jeffreys(successes, n)

        below, above = (mass_below(end, successes + 0.5, n - successes + 0.5) for end in (found.low, found.high))
        assert below == pytest.approx(0 if successes == 0 else 0.025, abs=1e-6)
        assert above == pytest.approx(0.975, abs=1e-6)

    @given(COUNTS)
    def test_lies_within_clopper_pearson_s(self, counts):
        ours, exact = jeffreys(*counts), clopper_pearson(*counts)

        assert exact.low - 1e-12 <= ours.low <= ours.value <= ours.high <= exact.high + 1e-12


class TestBounds:
    def test_at_zero_are_exact_and_not_three_over_n(self):
        assert upper_bound_at_zero(10) == pytest.approx(0.2589, abs=5e-5)
        assert upper_bound_at_zero(44) == pytest.approx(0.066, abs=0.0005)
        assert upper_bound_at_zero(0) == 1

    @pytest.mark.parametrize(
        ("bound", "confidence", "needed"), [(0.01, 0.95, 299), (0.02, 0.95, 149), (0.05, 0.95, 59), (0.01, 0.99, 459)]
    )
    def test_need_the_known_numbers_of_audits(self, bound, confidence, needed):
        assert needed_at_zero(bound, confidence) == needed

    @pytest.mark.parametrize(("errors", "needed"), [(1, 236), (2, 313), (5, 523)])
    def test_with_errors_need_the_known_numbers_too(self, errors, needed):
        assert upper_bound(errors, needed) <= 0.02 < upper_bound(errors, needed - 1)

    def test_of_planning_need_457_for_five_percent_to_two_points(self):
        assert needed_for_half_width(0.05, 0.02) == 457

    def test_that_make_no_sense_are_refused(self):
        for wrong in (lambda: needed_at_zero(0), lambda: upper_bound_at_zero(-1), lambda: needed_for_half_width(2, 1)):
            with pytest.raises(ValueError, match=r"a bound of|observations|a share of"):
                wrong()
