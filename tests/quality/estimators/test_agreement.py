"""The coefficients of agreement, against printed tables and against their definitions written out."""

from collections import Counter, defaultdict
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assize.kernel.measures import Interval
from assize.quality.logic.estimators.agreement import intra_rater, raw_agreement
from assize.quality.logic.estimators.alpha import krippendorff_alpha
from assize.quality.logic.estimators.distances import Level, linear, quadratic, weights
from assize.quality.logic.estimators.estimate import Undefined
from assize.quality.logic.estimators.gwet import gwet_ac1, gwet_ac2
from assize.quality.logic.estimators.kappa import cohen_kappa, fleiss_kappa, kappa, pairs_of_two, weighted_kappa
from assize.quality.logic.estimators.ratings import Ratings
from builders.convabuse import SCORES, binary, rows_of
from builders.published import ABSTRACTORS, FLEISS, KRIPPENDORFF

ROWS = st.lists(
    st.tuples(st.sampled_from("stuvwxyz"), st.sampled_from("ABCD"), st.sampled_from("1234")),
    min_size=1, max_size=40, unique_by=lambda row: row[:2],
)  # fmt: skip


def chance() -> np.random.Generator:
    return np.random.default_rng(1)


def value_of(estimate) -> float:
    assert isinstance(estimate, Interval), estimate
    assert estimate.low <= estimate.value <= estimate.high
    return estimate.value


class TestPrintedTables:
    @pytest.mark.parametrize(
        ("level", "printed"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
    )
    def test_hold_for_alpha(self, level, printed):
        found = krippendorff_alpha(Ratings.of(KRIPPENDORFF), level=Level(level), rng=chance())

        assert value_of(found) == pytest.approx(printed, abs=0.0005)
        assert found.n == 11

    def test_hold_for_the_rest_of_krippendorff_s_table(self):
        ratings = Ratings.of(KRIPPENDORFF)

        assert value_of(gwet_ac1(ratings, rng=chance())) == pytest.approx(0.77544, abs=5e-6)
        assert value_of(fleiss_kappa(ratings, rng=chance())) == pytest.approx(0.76117, abs=5e-6)
        assert value_of(raw_agreement(ratings, rng=chance())) == pytest.approx(0.8181818, abs=5e-8)

    def test_hold_for_two_abstractors(self):
        ratings = Ratings.of(ABSTRACTORS)

        assert value_of(cohen_kappa(ratings, rng=chance())) == pytest.approx(0.7964094, abs=5e-8)
        assert value_of(fleiss_kappa(ratings, rng=chance())) == pytest.approx(0.7962397, abs=5e-8)  # Scott's pi
        assert value_of(gwet_ac1(ratings, rng=chance())) == pytest.approx(0.8493305, abs=5e-8)
        assert value_of(krippendorff_alpha(ratings, level=Level.NOMINAL, rng=chance())) == pytest.approx(
            0.7972585, abs=5e-8
        )
        assert value_of(raw_agreement(ratings, rng=chance())) == pytest.approx(0.89)

    def test_hold_for_fleiss(self):
        found = fleiss_kappa(Ratings.of(FLEISS), rng=chance())

        assert value_of(found) == pytest.approx(0.430, abs=0.0005)

    def test_give_intervals_like_the_printed_standard_errors(self):
        # irrCAC prints .680 to .913 for kappa and .764 to .935 for AC1 of the same hundred patients.
        found = cohen_kappa(Ratings.of(ABSTRACTORS), rng=chance())
        other = gwet_ac1(Ratings.of(ABSTRACTORS), rng=chance())

        assert (found.low, found.high) == (pytest.approx(0.68, abs=0.02), pytest.approx(0.913, abs=0.02))
        assert (other.low, other.high) == (pytest.approx(0.764, abs=0.02), pytest.approx(0.935, abs=0.02))


class TestConvAbuse:
    def test_gives_the_known_figures(self, shared_data):
        rows = rows_of(shared_data)
        graded, two = Ratings.of(rows, order=SCORES), Ratings.of(binary(rows))

        alphas = [
            value_of(krippendorff_alpha(graded, level=level, rng=chance())) for level in Level if level != "ratio"
        ]
        again, again_two = intra_rater(graded, rng=chance()), intra_rater(two, rng=chance())

        assert [round(one, 3) for one in alphas] == [0.436, 0.658, 0.732]
        assert round(value_of(krippendorff_alpha(two, level=Level.NOMINAL, rng=chance())), 3) == 0.65
        assert again.exact.n == 424
        assert round(value_of(again.exact), 3) == 0.934
        assert round(value_of(again.weighted_kappa), 3) == 0.906
        assert round(value_of(again_two.kappa), 3) == 0.895


class TestDefinitions:
    @settings(max_examples=25)  # each example resamples its items a thousand times
    @given(ROWS)
    def test_of_alpha_written_out_over_pairs_of_labels_agree(self, rows):
        for level in Level:
            found = krippendorff_alpha(Ratings.of(rows, order="1234"), level=level, rng=chance())

            expected = alpha_by_pairs(rows, level)
            if isinstance(found, Undefined):
                assert expected is None
            else:
                assert found.value == pytest.approx(expected, abs=1e-9)

    @settings(max_examples=25)  # each example resamples its items a thousand times
    @given(ROWS)
    def test_of_fleiss_and_ac1_written_out_agree(self, rows):
        fleiss, ac1 = fleiss_kappa(Ratings.of(rows), rng=chance()), gwet_ac1(Ratings.of(rows), rng=chance())

        agreed, shares = agreement_by_pairs(rows)
        if agreed is None or len(shares) == 1:
            assert isinstance(fleiss, Undefined)
            assert isinstance(ac1, Undefined)
        else:
            by_fleiss = sum(share**2 for share in shares.values())
            by_gwet = sum(share * (1 - share) for share in shares.values()) / (len(shares) - 1)
            assert fleiss.value == pytest.approx((agreed - by_fleiss) / (1 - by_fleiss), abs=1e-9)
            assert ac1.value == pytest.approx((agreed - by_gwet) / (1 - by_gwet), abs=1e-9)

    @settings(max_examples=25)  # each example resamples its items a thousand times
    @given(st.lists(st.tuples(st.sampled_from("123"), st.sampled_from("123")), min_size=2, max_size=30))
    def test_of_weighted_kappa_written_out_agree(self, labels):
        rows = [
            (str(at), rater, label) for at, pair in enumerate(labels) for rater, label in zip("AB", pair, strict=True)
        ]
        found = pairs_of_two(Ratings.of(rows, order="123"))

        for between in (np.eye(3), linear(3), quadratic(3)):
            told = kappa(found, rng=chance(), weights=between)
            expected = kappa_by_cells(labels, between)
            if isinstance(told, Undefined):
                assert expected is None
            else:
                assert told.value == pytest.approx(expected, abs=1e-9)

    @settings(max_examples=25)  # each example resamples its items a thousand times
    @given(ROWS)
    def test_don_t_depend_on_the_order_of_rows_or_the_names_of_labels(self, rows):
        other = {"1": "w", "2": "x", "3": "y", "4": "z"}
        turned = [(item, rater, other[label]) for item, rater, label in reversed(rows)]

        for estimate in (raw_agreement, fleiss_kappa, gwet_ac1):
            first, second = estimate(Ratings.of(rows), rng=chance()), estimate(Ratings.of(turned), rng=chance())
            assert getattr(first, "value", None) == pytest.approx(getattr(second, "value", None))

    def test_of_ac2_with_weights_of_names_is_ac1(self):
        ratings = Ratings.of(KRIPPENDORFF)

        assert gwet_ac2(ratings, level=Level.NOMINAL, rng=chance()).value == gwet_ac1(ratings, rng=chance()).value

    def test_of_ordinal_weights_are_gwet_s(self):
        # Gwet 2014, table 3.5: of four ranks, 1 - (k-l+1 choose 2) / (4 choose 2).
        assert weights(Level.ORDINAL, np.arange(4.0))[0] == pytest.approx([1, 5 / 6, 1 / 2, 0])


class TestUndefined:
    @pytest.mark.parametrize(
        ("rows", "words"),
        [
            ([("x", "A", "1"), ("y", "B", "2")], "no item has labels of two"),
            ([("x", "A", "1"), ("x", "B", "1"), ("y", "A", "1"), ("y", "B", "1")], "the same"),
        ],
        ids=["nobody shares an item", "one label throughout"],
    )
    def test_says_why(self, rows, words):
        ratings = Ratings.of(rows)

        for estimate in (
            fleiss_kappa(ratings, rng=chance()),
            krippendorff_alpha(ratings, level=Level.NOMINAL, rng=chance()),
            gwet_ac1(Ratings.of(rows[:1]), rng=chance()) if len(rows) == 2 else gwet_ac1(ratings, rng=chance()),
        ):
            assert isinstance(estimate, Undefined)
            assert estimate.reason
        assert words in fleiss_kappa(ratings, rng=chance()).reason

    def test_for_cohen_with_three_reviewers_names_their_number(self):
        found = cohen_kappa(Ratings.of(KRIPPENDORFF), rng=chance())

        assert found == Undefined(reason="it compares two reviewers, and there are 4", n=0)
        assert weighted_kappa(Ratings.of(KRIPPENDORFF), level=Level.ORDINAL, rng=chance()) == found


class TestIntervals:
    def test_repeat_with_the_same_seed(self):
        ratings = Ratings.of(KRIPPENDORFF)

        first, second = (krippendorff_alpha(ratings, level=Level.NOMINAL, rng=chance()) for _ in range(2))

        assert first == second

    def test_of_perfect_agreement_leave_room_for_what_was_not_seen(self):
        rows = [(str(at), rater, str(at % 2)) for at in range(20) for rater in "AB"]

        found = cohen_kappa(Ratings.of(rows), rng=chance())

        assert (found.value, found.high) == (1, 1)
        assert found.low == pytest.approx(1 - 0.1611 / 0.5, abs=0.001)  # Wilson: 0 of 20 is at most 16.1 %

    def test_cover_the_truth_about_as_often_as_they_say(self):
        # Two reviewers right with 85 %, two labels as likely: kappa is (2 * .85 - 1)^2 = .49.
        rng, covered = chance(), 0
        for _ in range(200):
            truth = rng.integers(0, 2, 150)
            given = [np.where(rng.random(150) < 0.85, truth, 1 - truth) for _ in "AB"]
            rows = [
                (str(at), rater, str(label))
                for rater, some in zip("AB", given, strict=True)
                for at, label in enumerate(some)
            ]
            found = cohen_kappa(Ratings.of(rows), rng=rng)
            covered += found.low <= 0.49 <= found.high

        assert covered >= 180  # 95 % of 200 is 190; fewer than 180 would be chance once in 5,000

    @pytest.mark.parametrize("estimate", [cohen_kappa, fleiss_kappa, gwet_ac1])
    def test_cover_in_twenty_items_of_which_nearly_all_are_alike(self, estimate):
        # Resampling alone finds no agreement on the rare label, and covers in a quarter of the samples.
        rng, covered = chance(), 0
        agreed, yes = 0.82, 0.1 + 0.8 * 0.01
        habit = 2 * yes * (1 - yes) if estimate is gwet_ac1 else yes**2 + (1 - yes) ** 2
        truth = (agreed - habit) / (1 - habit)
        for _ in range(200):
            event = rng.random(20) < 0.01
            given = [event ^ (rng.random(20) > 0.9) for _ in "AB"]
            rows = [
                (str(at), name, str(one)) for name, some in zip("AB", given, strict=True) for at, one in enumerate(some)
            ]
            found = estimate(Ratings.of(rows, order=("False", "True")), rng=rng)
            covered += isinstance(found, Undefined) or found.low <= truth <= found.high

        assert covered >= 180


class TestFirstLabels:
    def test_alone_count_where_a_reviewer_labelled_an_item_again(self):
        rows = [("x", "A", "1"), ("x", "B", "2"), ("x", "A", "2"), ("y", "A", "1"), ("y", "B", "1")]

        found = raw_agreement(Ratings.of(rows), rng=chance())

        assert found.value == 0.5

    def test_of_three_by_one_reviewer_are_no_repeated_pair(self):
        rows = [("x", "A", "1"), ("x", "A", "1"), ("x", "A", "2"), ("y", "A", "1"), ("y", "A", "1")]

        found = intra_rater(Ratings.of(rows), rng=chance())

        assert (found.exact.value, found.exact.n) == (1, 1)


def by_item(rows) -> dict[str, list[str]]:
    found = defaultdict(list)
    for item, _, label in rows:
        found[item].append(label)
    return found


def agreement_by_pairs(rows) -> tuple[float | None, dict[str, float]]:
    items = by_item(rows)
    paired = [labels for labels in items.values() if len(labels) >= 2]
    shares = {
        label: sum(labels.count(label) / len(labels) for labels in items.values()) / len(items)
        for label in {row[2] for row in rows}
    }
    if not paired:
        return None, shares
    each = [sum(a == b for a, b in permutations(labels, 2)) / (len(labels) * (len(labels) - 1)) for labels in paired]
    return sum(each) / len(each), shares


def alpha_by_pairs(rows, level: Level) -> float | None:
    units = [labels for labels in by_item(rows).values() if len(labels) >= 2]
    values = [label for labels in units for label in labels]
    counts = Counter(values)

    def distance(one: str, other: str) -> float:
        low, high = sorted((one, other))
        match level:
            case Level.NOMINAL:
                return float(one != other)
            case Level.ORDINAL:
                between = sum(counts[label] for label in "1234" if low <= label <= high)
                return (between - (counts[low] + counts[high]) / 2) ** 2
            case Level.INTERVAL:
                return (int(one) - int(other)) ** 2
            case Level.RATIO:
                return ((int(one) - int(other)) / (int(one) + int(other))) ** 2

    if not units:
        return None
    n = len(values)
    observed = sum(sum(distance(a, b) for a, b in permutations(labels, 2)) / (len(labels) - 1) for labels in units) / n
    expected = sum(distance(a, b) for a, b in permutations(values, 2)) / (n * (n - 1))
    return None if expected == 0 else 1 - observed / expected


def kappa_by_cells(labels, between) -> float | None:
    n = len(labels)
    cells = Counter(labels)
    rows, columns = Counter(one for one, _ in labels), Counter(other for _, other in labels)
    observed = sum(count * between[int(a) - 1, int(b) - 1] for (a, b), count in cells.items()) / n
    expected = sum(rows[a] * columns[b] * between[int(a) - 1, int(b) - 1] for a in "123" for b in "123") / n**2
    return None if 1 - expected < 1e-12 else (observed - expected) / (1 - expected)
