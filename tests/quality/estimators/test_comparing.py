"""Harm-weighted error, reviewers compared on the same mix of cases, and their trend."""

import numpy as np
import pytest

from assize.quality.logic.estimators.estimate import Undefined
from assize.quality.logic.estimators.harm import costs_by_severity, harm_weighted_error, missed_escalations
from assize.quality.logic.estimators.intervals import upper_bound_at_zero
from assize.quality.logic.estimators.pooling import pooled_rates
from assize.quality.logic.estimators.trend import ewma


def chance(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


class TestHarm:
    def test_costs_what_a_missed_severity_lets_through_and_less_for_overreach(self):
        costs = costs_by_severity([100, 10, 1], overreach=0.2)

        assert costs[0].tolist() == [0, 90, 99]
        assert costs[2].tolist() == [pytest.approx(0.2 * 99), pytest.approx(0.2 * 9), 0]

    def test_weighs_errors_by_their_cost(self):
        costs = costs_by_severity([100, 10, 1], overreach=0.2)
        true, given = np.array([0, 1, 2, 2, 2]), np.array([2, 1, 2, 2, 2])

        found = harm_weighted_error(true, given, costs, rng=chance())

        assert found.value == pytest.approx(99 / 5)
        assert found.low <= found.value <= found.high

    def test_undoes_unequal_drawing(self):
        costs = np.array([[0, 10.0], [1, 0]])
        true, given = np.array([0, 0, 1, 1]), np.array([1, 0, 1, 0])

        found = harm_weighted_error(true, given, costs, rng=chance(), probability=np.array([1, 1, 0.1, 0.1]))

        assert found.value == pytest.approx((10 + 10 * 1) / (1 + 1 + 10 + 10))

    def test_without_an_error_leaves_room_for_the_dearest(self):
        costs = costs_by_severity([100, 10, 1], overreach=0.2)

        found = harm_weighted_error(np.full(50, 1), np.full(50, 1), costs, rng=chance())

        assert (found.value, found.low) == (0, 0)
        assert found.high == pytest.approx(upper_bound_at_zero(50) * 99)

    def test_covers(self):
        costs, rng = costs_by_severity([20, 5, 1], overreach=0.5), chance(2)
        truth_mix, slip = np.array([0.1, 0.3, 0.6]), 0.1
        mean = slip * float(truth_mix @ costs.sum(axis=1)) / 2

        def draw():
            true = rng.choice(3, 400, p=truth_mix)
            other = (true + rng.integers(1, 3, 400)) % 3
            return harm_weighted_error(true, np.where(rng.random(400) < slip, other, true), costs, rng=rng)

        found = [draw() for _ in range(200)]

        assert np.mean([one.low <= mean <= one.high for one in found]) >= 0.89

    def test_tells_missed_escalations_alone(self):
        found = missed_escalations(np.array([0, 0, 1, 2, 2]), np.array([0, 2, 1, 2, 0]), [True, True, False])

        assert (found.value, found.n) == (pytest.approx(1 / 3), 3)
        assert isinstance(missed_escalations(np.array([2]), np.array([2]), [True, True, False]), Undefined)

    def test_of_nothing_is_undefined(self):
        assert isinstance(harm_weighted_error(np.zeros(0, int), np.zeros(0, int), np.eye(2), rng=chance()), Undefined)


def made_up(rng: np.random.Generator, reviewers: int, n: int, spread: float):
    shift, level = rng.normal(0, spread, reviewers), np.array([-3.0, -1.0])
    hard = np.linspace(0.1, 0.9, reviewers)
    decisions = np.stack([n * (1 - hard), n * hard], axis=1).round()
    rate = 1 / (1 + np.exp(-(level + shift[:, None])))
    events = rng.binomial(decisions.astype(int), rate).astype(float)
    mix = decisions.sum(axis=0) / decisions.sum()
    return events, decisions, rate @ mix


class TestPooling:
    def test_is_nearer_the_truth_than_raw_rates_and_covers(self):
        rng, nearer, inside = chance(3), [], []
        for _ in range(40):
            events, decisions, truth = made_up(rng, 15, 80, 0.5)
            found = pooled_rates(events, decisions)
            raw = events.sum(axis=1) / decisions.sum(axis=1)
            value = np.array([one.value for one in found.rates])
            nearer.append(((value - truth) ** 2).mean() < ((raw - truth) ** 2).mean())
            inside += [one.low <= real <= one.high for one, real in zip(found.rates, truth, strict=True)]

        assert np.mean(nearer) >= 0.95
        assert np.mean(inside) >= 0.9

    def test_doesn_t_blame_whoever_takes_the_hard_cases(self):
        decisions = np.array([[900.0, 100], [100, 900], [500, 500], [500, 500]])
        events = decisions * np.array([0.02, 0.2])  # all alike in each stratum

        found = pooled_rates(events, decisions)

        assert [one.value for one in found.rates] == [pytest.approx(0.11, abs=0.01)] * 4

    def test_draws_those_of_whom_little_is_known_to_the_middle(self):
        decisions = np.array([[1_000.0], [1_000], [1_000], [1_000], [4]])
        events = np.array([[50.0], [100], [70], [30], [2]])

        found = pooled_rates(events, decisions)

        assert found.rates[1].value == pytest.approx(0.1, abs=0.006)
        assert found.rates[4].value < 0.2  # two of four
        assert found.rates[4].high - found.rates[4].low > 4 * (found.rates[1].high - found.rates[1].low)

    def test_agrees_with_the_integral_on_a_grid(self):
        # One stratum: the posterior mean of each reviewer by brute force at the fitted middle and width.
        events, decisions = np.array([[3.0], [9], [1], [6]]), np.array([[60.0], [70], [80], [50]])

        found = pooled_rates(events, decisions)

        level = float(np.log(found.base[0] / (1 - found.base[0])))
        shifts = np.linspace(-8, 8, 200_001)
        rate = 1 / (1 + np.exp(-(level + shifts)))
        for at, one in enumerate(found.rates):
            log_mass = events[at] * np.log(rate) + (decisions[at] - events[at]) * np.log(1 - rate)
            mass = np.exp(log_mass - shifts**2 / (2 * found.spread**2) - log_mass.max())
            assert one.value == pytest.approx(float((mass * rate).sum() / mass.sum()), rel=1e-4)

    def test_keeps_strata_without_events_and_reviewers_without_decisions(self):
        found = pooled_rates(np.array([[0.0, 3, 0], [0, 0, 0]]), np.array([[50.0, 40, 0], [0, 0, 0]]))

        assert np.isnan(found.base[2])
        assert found.rates[1].n == 0
        assert found.rates[1].low < found.rates[0].value < found.rates[1].high

    def test_of_nothing_or_the_impossible_is_told(self):
        assert isinstance(pooled_rates(np.zeros((2, 2)), np.zeros((2, 2))), Undefined)
        with pytest.raises(ValueError, match="no more than decisions"):
            pooled_rates(np.ones((1, 1)), np.zeros((1, 1)))


class TestTrend:
    def test_is_the_weighted_average_with_the_limits_written_out(self):
        points = ewma([(2, 50), (0, 0), (6, 40)], expected=0.05, smoothing=0.3, limit=3)

        first = 0.3 * 0.04 + 0.7 * 0.05
        assert [round(point.value, 9) for point in points] == [
            round(first, 9), round(first, 9), round(0.3 * 0.15 + 0.7 * first, 9),
        ]  # fmt: skip
        deviation = (0.3**2 * 0.05 * 0.95 / 40 + 0.7**2 * 0.3**2 * 0.05 * 0.95 / 50) ** 0.5
        assert points[2].high == pytest.approx(0.05 + 3 * deviation)

    def test_keeps_still_as_long_as_lucas_and_saccucci_say(self):
        # 1990: smoothing .1 with limits of 2.814 runs 500 periods on average while nothing changes.
        rng, runs = chance(4), []
        for _ in range(100):
            counts = rng.binomial(2_000, 0.3, 4_000)
            points = ewma([(int(one), 2_000) for one in counts], expected=0.3, smoothing=0.1, limit=2.814)
            runs.append(next((at for at, point in enumerate(points, 1) if point.signal), 4_000))

        assert np.mean(runs) == pytest.approx(500, rel=0.25)

    def test_finds_a_small_lasting_rise(self):
        points = ewma([(5, 100)] * 5 + [(11, 100)] * 12, expected=0.05)

        assert not any(point.signal for point in points[:5])
        assert points[-1].signal

    def test_of_impossible_figures_is_refused(self):
        with pytest.raises(ValueError, match="3 events of 2"):
            ewma([(3, 2)], expected=0.1)
        with pytest.raises(ValueError, match="a rate of 2"):
            ewma([], expected=2)
