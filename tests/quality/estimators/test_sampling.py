"""Shares from stratified and weighted samples, against small populations counted out and printed examples."""

from itertools import product
from math import isclose

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assize.kernel.measures import wilson
from assize.quality.logic.estimators.differences import newcombe
from assize.quality.logic.estimators.effective import score_interval
from assize.quality.logic.estimators.estimate import Undefined
from assize.quality.logic.estimators.imperfect import rogan_gladen
from assize.quality.logic.estimators.prediction_powered import ppi_mean
from assize.quality.logic.estimators.stratified import Stratum, half_width, neyman, stratified_share
from assize.quality.logic.estimators.weighted import hansen_hurwitz, horvitz_thompson


def covered(estimates, truth: float) -> float:
    return float(np.mean([one.low <= truth <= one.high for one in estimates]))


class TestNewcombe:
    @pytest.mark.parametrize(
        ("counts", "low", "high"),
        # Newcombe 1998, table II, method 10: the eight examples.
        [
            ((56, 70, 48, 80), 0.0524, 0.3339), ((9, 10, 3, 10), 0.1705, 0.8090), ((6, 7, 2, 7), 0.0582, 0.8062),
            ((5, 56, 0, 29), -0.0381, 0.1926), ((0, 10, 0, 20), -0.1611, 0.2775), ((0, 10, 0, 10), -0.2775, 0.2775),
            ((10, 10, 0, 20), 0.6791, 1.0), ((10, 10, 0, 10), 0.6075, 1.0),
        ],
        ids=str,
    )  # fmt: skip
    def test_gives_the_printed_limits(self, counts, low, high):
        found = newcombe(*counts)

        assert (round(found.low, 4), round(found.high, 4)) == (low, high)

    def test_of_an_empty_sample_is_undefined(self):
        assert isinstance(newcombe(0, 0, 1, 2), Undefined)


class TestStratified:
    def test_weighs_strata_by_their_size(self):
        found = stratified_share([Stratum(size=900, n=50, found=1), Stratum(size=100, n=50, found=25)])

        assert found.value == pytest.approx(0.9 * 0.02 + 0.1 * 0.5)
        assert found.low < found.value < found.high
        assert found.n == 100

    def test_where_everything_was_looked_at_has_no_width(self):
        found = stratified_share([Stratum(size=40, n=40, found=3), Stratum(size=10, n=10, found=0)])

        assert (found.low, found.value, found.high) == pytest.approx((0.06, 0.06, 0.06), abs=1e-12)

    def test_of_one_large_stratum_is_about_wilson_s(self):
        found, plain = stratified_share([Stratum(size=10**9, n=400, found=20)]), wilson(20, 400)

        assert (found.low, found.high) == (pytest.approx(plain.low, abs=0.001), pytest.approx(plain.high, abs=0.001))

    def test_with_a_stratum_nobody_looked_at_is_undefined(self):
        strata = [Stratum(size=40, n=4, found=3), Stratum(size=10, n=0, found=0), Stratum(size=0, n=0, found=0)]

        assert stratified_share(strata) == Undefined(reason="a stratum was not drawn from", n=4)
        assert isinstance(stratified_share([]), Undefined)
        with pytest.raises(ValueError, match="5 of 4 drawn of 40"):
            stratified_share([Stratum(size=40, n=4, found=5)])

    @pytest.mark.parametrize("rates", [(0.002, 0.4), (0.02, 0.3), (0.3, 0.5)])
    def test_covers(self, rates):
        chance = np.random.default_rng(6)
        sizes, draws = (5_000, 300), (150, 100)
        events = [round(size * rate) for size, rate in zip(sizes, rates, strict=True)]

        found = [
            stratified_share(
                [
                    Stratum(size=size, n=n, found=int(chance.hypergeometric(all_, size - all_, n)))
                    for size, n, all_ in zip(sizes, draws, events, strict=True)
                ]
            )
            for _ in range(500)
        ]

        assert covered(found, sum(events) / sum(sizes)) >= 0.92


class TestNeyman:
    @given(st.lists(st.tuples(st.integers(2, 12), st.floats(0.01, 0.99)), min_size=2, max_size=3), st.integers(6, 14))
    def test_is_the_best_there_is(self, strata, effort):
        sizes, shares = [size for size, _ in strata], [share for _, share in strata]
        effort = min(effort, sum(sizes))
        if effort < 2 * len(sizes):
            return

        found = neyman(sizes, shares, effort)

        def variance(given) -> float:
            return sum(
                size**2 * share * (1 - share) / n - size * share * (1 - share)
                for size, share, n in zip(sizes, shares, given, strict=True)
            )

        assert sum(found) == effort
        assert all(2 <= n <= size for n, size in zip(found, sizes, strict=True))
        assert variance(found) <= min(variance(one) for one in splits(sizes, effort)) + 1e-9

    def test_is_in_proportion_to_size_times_spread_where_numbers_are_large(self):
        found = neyman([100_000, 50_000], [0.5, 0.1], 1_000)

        assert found == [769, 231]  # 100,000 * .5 to 50,000 * .3

    def test_gives_to_others_what_a_stratum_can_t_take(self):
        assert neyman([30, 100], [0.5, 0.001], 100) == [30, 70]

    def test_spares_what_is_dear(self):
        cheap = neyman([1_000, 1_000], [0.1, 0.1], 200)
        dear = neyman([1_000, 1_000], [0.1, 0.1], 200, costs=[4.0, 1.0])

        assert cheap == [100, 100]
        assert dear[0] * 4 + dear[1] <= 200
        assert dear[1] == pytest.approx(2 * dear[0], abs=2)

    def test_of_a_plan_is_told_as_half_width_beforehand(self):
        assert half_width(0.05, 457) == pytest.approx(0.02, abs=5e-5)
        assert half_width(0.05, 457, size=457) == 0
        assert half_width(0.5, 0) == 1


def splits(sizes, effort):
    return (given for given in product(*(range(2, size + 1) for size in sizes)) if sum(given) == effort)


class TestWeighted:
    def test_is_right_on_average_over_every_sample_there_is(self):
        # Hájek's ratio is nearly so; the total under it exactly: every subset of six, with its probability.
        event = np.array([1, 0, 0, 1, 0, 0.0])
        probability = np.array([0.9, 0.5, 0.3, 0.4, 0.6, 0.2])
        total, variance, spread = 0.0, 0.0, 0.0
        for drawn in subsets(6):
            chance = float(np.prod(np.where(drawn, probability, 1 - probability)))
            estimate = float((event / probability)[drawn].sum())
            total += chance * estimate
            variance += chance * float(((1 - probability) / probability**2 * event**2)[drawn].sum())
            spread += chance * (estimate - 2) ** 2

        assert isclose(total, 2)
        assert isclose(variance, spread)

    def test_with_equal_probabilities_is_the_plain_share_and_nearly_wilson_s(self):
        event = np.array([1.0] * 8 + [0.0] * 192)

        found, plain = horvitz_thompson(event, np.full(200, 0.001)), wilson(8, 200)

        assert found.share.value == pytest.approx(0.04)
        assert found.effective_n == pytest.approx(200, rel=0.01)
        assert (found.share.low, found.share.high) == (
            pytest.approx(plain.low, abs=0.001), pytest.approx(plain.high, abs=0.001),
        )  # fmt: skip

    def test_of_everything_has_no_width(self):
        found = horvitz_thompson(np.array([1.0, 0, 0, 0]), np.ones(4))

        assert (found.share.low, found.share.value, found.share.high, found.error) == (0.25, 0.25, 0.25, 0)

    def test_undoes_the_drawing_of_doubtful_ones(self):
        chance = np.random.default_rng(7)
        event = (chance.random(20_000) < 0.01).astype(float)
        doubtful = np.where(event > 0, chance.random(20_000) < 0.85, chance.random(20_000) < 0.02)
        probability = np.where(doubtful, 0.4, 0.02)

        def draw():
            taken = chance.random(20_000) < probability
            return horvitz_thompson(event[taken], probability[taken]).share, float(event[taken].mean())

        found, plain = zip(*[draw() for _ in range(300)], strict=True)

        assert np.mean([one.value for one in found]) == pytest.approx(event.mean(), rel=0.05)
        assert np.mean(plain) > 10 * event.mean()
        assert covered(found, event.mean()) >= 0.93

    def test_with_replacement_undoes_it_too(self):
        chance = np.random.default_rng(8)
        event = (chance.random(5_000) < 0.05).astype(float)
        views = chance.lognormal(0, 1, 5_000)
        truth = float((event * views).sum() / views.sum())
        by_views = views / views.sum()

        def draw():
            taken = chance.choice(5_000, 400, p=by_views)
            return hansen_hurwitz((event * views)[taken], by_views[taken], views[taken])

        found = [draw() for _ in range(300)]

        assert np.mean([one.share.value for one in found]) == pytest.approx(truth, rel=0.05)
        assert covered([one.share for one in found], truth) >= 0.93
        # Drawn in proportion to what is counted, every draw counts alike: the sample is worth what it is.
        assert np.mean([one.effective_n for one in found]) == pytest.approx(400, rel=0.05)

    def test_gives_the_standard_error_of_hansen_and_hurwitz_written_out(self):
        event, draw = np.array([3.0, 0, 1, 2]), np.array([0.4, 0.1, 0.2, 0.3])

        found = hansen_hurwitz(event, draw, np.full(4, 5.0))

        each, per = event / draw, 5.0 / draw
        ratio = each.sum() / per.sum()
        assert found.share.value == pytest.approx(ratio)
        assert found.error == pytest.approx((((each - ratio * per) ** 2).sum() / 3 / 4) ** 0.5 / per.mean())

    def test_without_an_event_is_bounded_by_the_largest_weight(self):
        found = horvitz_thompson(np.zeros(100), np.where(np.arange(100) < 50, 0.5, 0.01))

        assert found.share.value == 0
        assert found.share.high > wilson(0, 100).high

    def test_of_nothing_or_of_no_probability_is_told(self):
        assert isinstance(horvitz_thompson(np.zeros(0), np.zeros(0)), Undefined)
        assert isinstance(hansen_hurwitz(np.ones(1), np.ones(1)), Undefined)
        with pytest.raises(ValueError, match="probability"):
            horvitz_thompson(np.ones(1), np.zeros(1))
        with pytest.raises(ValueError, match="probability"):
            hansen_hurwitz(np.ones(2), np.array([0.5, 0]))

    def test_is_told_by_wilson_s_interval_at_the_effective_n(self):
        found, plain = score_interval(0.1, 50, 200), wilson(5, 50)

        assert (found.low, found.high, found.n) == (pytest.approx(plain.low), pytest.approx(plain.high), 200)


def subsets(count: int):
    for number in range(2**count):
        yield np.array([number >> at & 1 for at in range(count)], dtype=bool)


class TestRoganGladen:
    def test_puts_right_what_errors_did(self):
        found = rogan_gladen(184, 10_000, hits=850, events=1_000, rejections=99_000, non_events=100_000)

        assert found.value == pytest.approx(0.01, abs=0.0005)  # .0184 = .01 * .85 + .99 * .01
        assert found.low < 0.01 < found.high

    @given(st.floats(0, 1), st.floats(0.6, 1), st.floats(0.6, 1))
    def test_undoes_known_errors_exactly(self, prevalence, sensitivity, specificity):
        many = 10**9
        apparent = prevalence * sensitivity + (1 - prevalence) * (1 - specificity)

        found = rogan_gladen(
            round(apparent * many), many,
            hits=round(sensitivity * many), events=many, rejections=round(specificity * many), non_events=many,
        )  # fmt: skip

        assert found.value == pytest.approx(prevalence, abs=1e-6)

    @pytest.mark.parametrize(("prevalence", "n", "known"), [(0.01, 1_000, 100), (0.3, 200, 60), (0, 400, 50)])
    def test_covers(self, prevalence, n, known):
        chance = np.random.default_rng(9)
        apparent = prevalence * 0.9 + (1 - prevalence) * 0.05

        found = [
            rogan_gladen(
                int(chance.binomial(n, apparent)), n,
                hits=int(chance.binomial(known, 0.9)), events=known,
                rejections=int(chance.binomial(known, 0.95)), non_events=known,
            )
            for _ in range(1_000)
        ]  # fmt: skip

        assert covered(found, prevalence) >= 0.93

    def test_of_labels_no_better_than_chance_is_undefined(self):
        for hits, rejections in ((5, 5), (2, 3)):
            found = rogan_gladen(3, 10, hits=hits, events=10, rejections=rejections, non_events=10)
            assert "no better than chance" in found.reason
        assert isinstance(rogan_gladen(3, 10, hits=0, events=0, rejections=9, non_events=10), Undefined)
        with pytest.raises(ValueError, match="11 of 10"):
            rogan_gladen(11, 10, hits=1, events=1, rejections=1, non_events=1)


class TestPredictionPowered:
    def test_without_worth_in_the_labels_is_the_mean_of_the_audits(self):
        found = ppi_mean(np.array([1.0, 0, 0, 1]), np.zeros(4), np.zeros(100))

        assert found.value == 0.5

    def test_with_perfect_labels_is_their_mean_nearly(self):
        chance = np.random.default_rng(10)
        truth = (chance.random(10_200) < 0.2).astype(float)

        found = ppi_mean(truth[:200], truth[:200], truth[200:])

        assert found.value == pytest.approx(truth.mean(), abs=0.003)
        assert found.high - found.low < 0.2 * (wilson(40, 200).high - wilson(40, 200).low)

    def test_covers_and_is_narrower_than_audits_alone(self):
        chance = np.random.default_rng(11)

        def draw():
            truth = (chance.random(20_000) < 0.1).astype(float)
            label = np.where(chance.random(20_000) < 0.9, truth, 1 - truth)
            return ppi_mean(truth[:500], label[:500], label[500:]), float(label.mean())

        found, raw = zip(*[draw() for _ in range(300)], strict=True)

        assert covered(found, 0.1) >= 0.92
        assert np.mean([one.value for one in found]) == pytest.approx(0.1, abs=0.003)
        assert np.mean(raw) > 0.15
        assert np.mean([one.high - one.low for one in found]) < 2 * 1.96 * (0.09 / 500) ** 0.5

    def test_follows_the_formula(self):
        audited, label = np.array([1.0, 0, 1, 0, 0, 1]), np.array([1.0, 0, 0, 0, 1, 1])
        rest = np.array([0.0, 1, 0, 0, 1, 0, 0, 0])
        spread = np.concatenate([label, rest]).var(ddof=1)

        found = ppi_mean(audited, label, rest)

        weight = np.cov(audited, label)[0, 1] / ((1 + 6 / 8) * spread)
        assert found.value == pytest.approx(weight * rest.mean() + (audited - weight * label).mean())

    def test_of_too_little_is_undefined(self):
        assert isinstance(ppi_mean(np.ones(1), np.ones(1), np.ones(9)), Undefined)
        assert isinstance(ppi_mean(np.ones(5), np.ones(5), np.ones(0)), Undefined)
        with pytest.raises(ValueError, match="from 0 to 1"):
            ppi_mean(np.full(5, 2.0), np.ones(5), np.ones(9))
        with pytest.raises(ValueError, match="5 audits with 4 labels"):
            ppi_mean(np.ones(5), np.ones(4), np.ones(9))
