"""Cards: what a comparison is worth, what comparisons add up to, and what is never told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from assize.quality.logic.auditing import auditor_cards
from assize.quality.logic.cards import card, cards, mean_of
from assize.quality.logic.estimators.alpha import krippendorff_alpha
from assize.quality.logic.estimators.distances import Level
from assize.quality.logic.estimators.estimate import Undefined
from assize.quality.logic.estimators.gwet import gwet_ac1
from assize.quality.logic.estimators.kappa import cohen_kappa
from assize.quality.logic.estimators.ratings import Ratings
from assize.quality.logic.independent import own_label
from assize.quality.logic.pairing import agreement, table_of
from assize.quality.logic.scoring import costs, problems, score
from assize.quality.logic.telling import periods, told_before
from assize.quality.logic.trends import drift, trend
from assize.quality.models import Criterion, Outcome
from assize.quality.models.judged import Judged
from assize.quality.models.scoring import NO_VIOLATION, STARTING, OwnWeek, Who
from builders.comparing import ALL_RIGHT, a_cell

ADA = Who(id="rev_ada", name="Ada", by="person")
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
WEEK = timedelta(days=7)


def who(name: str) -> Who:
    return Who(id=f"rev_{name}", name=name, by="person")


class TestScore:
    @pytest.mark.parametrize(
        ("marks", "worth"),
        [
            pytest.param("rrrrrrr", 1.0, id="all right"),
            pytest.param("wrrrrrr", 0.7, id="the decision weighs most"),
            pytest.param("rrrrrwr", 0.95, id="a rationale weighs little"),
            pytest.param("rrrrwrr", 0.0, id="a critical criterion fails the whole"),
            pytest.param("rrrrrrw", 0.0, id="so does a required step"),
            pytest.param("rnnnnnn", 1.0, id="what is not applicable is in no denominator"),
            pytest.param("wrnnnnn", 1 / 3, id="nor in the other part"),
            pytest.param("nnnnnnn", None, id="nothing applied"),
        ],
    )
    def test_weighs_what_applied(self, marks: str, worth: float | None):
        found = score(marks, STARTING)

        assert found == (None if worth is None else pytest.approx(worth))

    def test_is_undone_by_other_weights(self):
        lenient = replace(STARTING, critical=frozenset())

        assert score("rrrrwrr", lenient) == pytest.approx(0.85)


class TestCosts:
    def test_lie_on_the_side_of_what_is_let_through(self):
        matrix = costs(STARTING)

        assert matrix[0, NO_VIOLATION] == 100
        assert matrix[NO_VIOLATION, 0] == 50
        assert not np.diag(matrix).any()

    @pytest.mark.parametrize(
        "change",
        [
            {"harm": (1, 30, 10, 3, 1, 0)},
            {"harm": (100, 30, 10, 3, 1, 1)},
            {"weights": {Criterion.DECISION: 1.0}},
            {"accepted_error": 0.7},
            {"least": 0},
        ],
        ids=lambda one: next(iter(one)),
    )
    def test_that_make_no_sense_are_named(self, change):
        assert list(problems(replace(STARTING, **change)))

    def test_the_house_starts_with_what_fits(self):
        assert not list(problems(STARTING))


class TestCard:
    def test_weighs_by_the_probability_of_being_drawn(self):
        cells = [a_cell(n=50, inclusion=0.5), a_cell("wnnnnnn", n=10, inclusion=0.1)]

        found = card(ADA, cells, scoring=STARTING)

        assert found.accuracy is not None
        assert found.accuracy.value == pytest.approx(100 / 200)  # 50/.5 right for 10/.1 wrong; the plain share is 5/6
        assert found.accuracy.n == 60

    def test_leaves_what_a_rule_drew_out_of_headline_figures(self):
        drawn = [a_cell(n=30)]
        targeted = [a_cell("wwwwwww", n=30, headline=False, inclusion=0.0)]

        found = card(ADA, drawn + targeted, scoring=STARTING)

        assert found.accuracy is not None
        assert (found.accuracy.value, found.drawn, found.compared) == (1.0, 30, 60)

    def test_tells_a_critical_miss_on_its_own_whoever_drew_it(self):
        cells = [a_cell(n=199), a_cell("rrrrwrr", n=1, headline=False, inclusion=None, missed_escalation=True)]

        found = card(ADA, cells, scoring=STARTING)

        assert (found.critical_misses, found.critical.n) == (1, 200)
        assert (found.missed.value, found.missed.n) == (1 / 200, 200)
        assert found.score.value == 1.0  # which is why it is told on its own

    def test_leaves_out_where_the_tool_failed(self):
        found = card(ADA, [a_cell(n=25), a_cell("wwwwwww", n=5, technical=True)], scoring=STARTING)

        assert (found.compared, found.technical, found.accuracy.value) == (25, 5, 1.0)

    def test_tells_no_rate_below_the_least_number(self):
        found = card(ADA, [a_cell(n=STARTING.least - 1)], scoring=STARTING)

        assert (found.accuracy, found.score, found.harm, found.bias) == (None, None, None, None)

    def test_weighs_errors_by_the_harm_they_let_through(self):
        slip = a_cell("rrwrrrr", severity_given=4, severity_true=3, n=1)
        missed = a_cell("wnnnnnn", outcome=Outcome.FALSE_NEGATIVE, severity_given=None, severity_true=0, n=1)

        slips, misses = (card(ADA, [a_cell(n=99), one], scoring=STARTING).harm for one in (slip, missed))

        assert (slips.value, misses.value) == (pytest.approx(2 / 100), pytest.approx(100 / 100))
        assert misses.low <= misses.value <= misses.high

    def test_says_to_which_side_severities_lean(self):
        milder = a_cell("rrwrrrr", severity_given=3, severity_true=2, n=30)

        found = card(ADA, [a_cell(n=30), milder], scoring=STARTING)

        assert found.bias.value == pytest.approx(0.5)
        assert 0 < found.bias.low < 0.5 < found.bias.high

    def test_scores_known_cases_apart(self):
        known = [a_cell(n=9, of="golden", headline=False, inclusion=None),
                 a_cell("wnnnnnn", n=1, of="golden", headline=False, inclusion=None)]  # fmt: skip

        found = card(ADA, [a_cell(n=20), *known], scoring=STARTING)

        assert (found.golden.value, found.golden.n) == (0.9, 10)


class TestRanks:
    def test_are_not_told_apart_where_intervals_overlap(self):
        alike = {who(name): [a_cell(n=95), a_cell("wnnnnnn", n=5)] for name in "abc"}

        found = cards(alike, scoring=STARTING)

        assert [(one.rank_low, one.rank_high) for one in found] == [(1, 3)] * 3

    def test_are_told_where_intervals_leave_them(self):
        apart = {who("bad"): [a_cell(n=500), a_cell("wnnnnnn", n=500)], who("good"): [a_cell(n=1000)]}

        found = cards(apart, scoring=STARTING)

        assert [(one.who.name, one.rank_low, one.rank_high) for one in found] == [("bad", 2, 2), ("good", 1, 1)]

    def test_leave_out_whoever_has_too_few(self):
        found = cards({who("a"): [a_cell(n=50)], who("b"): [a_cell(n=50)], who("new"): [a_cell(n=3)]}, scoring=STARTING)

        assert [(one.rank_low, one.ranked) for one in found] == [(1, 2), (1, 2), (None, 0)]

    def test_come_in_the_order_given_never_by_score(self):
        found = cards({who("a"): [a_cell("wnnnnnn", n=90)], who("b"): [a_cell(n=90)]}, scoring=STARTING)

        assert [one.who.name for one in found] == ["a", "b"]


class TestCaseMix:
    def test_does_not_blame_whoever_takes_the_hard_queue(self):
        def mixed(hard: int, easy: int) -> list:
            # The same skill: one in five wrong where it is hard, one in fifty where it is easy.
            return [
                a_cell(queue="hard", n=hard * 4 // 5), a_cell("wnnnnnn", queue="hard", n=hard // 5),
                a_cell(queue="easy", n=easy * 49 // 50), a_cell("wnnnnnn", queue="easy", n=easy // 50),
            ]  # fmt: skip

        found = cards({who("hard"): mixed(450, 50), who("easy"): mixed(50, 450)}, scoring=STARTING)

        raw = [1 - one.accuracy.value for one in found]
        adjusted = [one.adjusted.value for one in found]
        assert raw[0] - raw[1] > 0.13
        assert abs(adjusted[0] - adjusted[1]) < 0.02


class TestMeanOf:
    def test_is_told_with_an_interval_that_holds_it(self):
        found = mean_of({-1: 10, 0: 80, 2: 10}, least=20)

        assert (found.value, found.n) == (pytest.approx(0.1), 100)
        assert found.low < 0.1 < found.high

    def test_is_not_told_of_too_few(self):
        assert mean_of({0: 3}, least=5) is None


class TestTrend:
    def test_leaves_its_limits_when_somebody_drifts(self):
        steady = [(MONDAY + timedelta(hours=at), at % 20 == 0) for at in range(168 * 4)]
        worse = [(MONDAY + 4 * WEEK + timedelta(hours=at), at % 5 == 0) for at in range(168 * 4)]

        found = trend(steady + worse, expected=0.05)

        assert [one.signal for one in found][:4] == [False] * 4
        assert found[-1].signal
        assert [one.n for one in found] == [168] * 8

    def test_has_a_line_over_weeks_without_comparisons(self):
        found = trend([(MONDAY, True), (MONDAY + 2 * WEEK, False)], expected=0.05)

        assert [one.n for one in found] == [1, 0, 1]
        assert found[0].smoothed == found[1].smoothed

    def test_gathers_evidence_of_drift_anew_at_every_audit(self):
        quiet, drifting = [False] * 200, [False] * 200 + [False, True] * 10

        assert drift(quiet, accepted=0.05) < 1
        assert drift(drifting, accepted=0.05) > 1_000


class TestTelling:
    @staticmethod
    def a_week(at: datetime, n: int, marks: str = ALL_RIGHT, **given) -> OwnWeek:
        settings = {"severity_given": None, "severity_true": None, "outcome": Outcome.TRUE_POSITIVE}
        return OwnWeek(week=at, family="HAR", marks=marks, n=n, missed_escalation=False, **(settings | given))

    def test_waits_until_a_week_is_a_week_over(self):
        assert told_before(datetime(2026, 3, 19, 15, 0, tzinfo=UTC)) == datetime(2026, 3, 9, tzinfo=UTC)

    def test_puts_weeks_together_until_single_cases_are_hidden(self):
        weeks = [self.a_week(MONDAY, 2), self.a_week(MONDAY + WEEK, 2), self.a_week(MONDAY + 2 * WEEK, 2)]

        found = periods(weeks, scoring=STARTING, until=MONDAY + 3 * WEEK)

        assert [(one.since, one.until, one.n) for one in found] == [(MONDAY, MONDAY + 3 * WEEK, 6)]

    def test_holds_back_what_is_too_few_or_too_fresh(self):
        weeks = [self.a_week(MONDAY, 6), self.a_week(MONDAY + WEEK, 2), self.a_week(MONDAY + 2 * WEEK, 9)]

        found = periods(weeks, scoring=STARTING, until=MONDAY + 2 * WEEK)

        assert [one.n for one in found] == [6]

    def test_gives_the_reasons_and_never_a_case(self):
        weeks = [
            self.a_week(MONDAY, 4),
            self.a_week(MONDAY, 2, "rrwrrrr", severity_given=3, severity_true=1),
            self.a_week(MONDAY, 1, "wnnnnnn", outcome=Outcome.FALSE_NEGATIVE),
        ]

        (found,) = periods(weeks, scoring=STARTING, until=MONDAY + WEEK)

        assert [(one.criterion, one.family, one.how, one.n) for one in found.differences] == [
            (Criterion.SEVERITY, "HAR", "2 milder", 2),
            (Criterion.DECISION, "HAR", "passed over", 1),
        ]
        assert found.right.value == pytest.approx(6 / 7)


class TestAgreement:
    @pytest.mark.parametrize(
        "counts",
        [(40, 9, 6, 45), (3, 2, 1, 194), (2, 1, 3, 94), (20, 5, 10, 15)],
        ids=lambda one: "-".join(map(str, one)),
    )
    def test_is_what_the_estimators_say_of_the_same_pairs(self, counts):
        kinds = (Outcome.TRUE_POSITIVE, Outcome.FALSE_POSITIVE, Outcome.FALSE_NEGATIVE, Outcome.TRUE_NEGATIVE)
        said = (("yes", "yes"), ("yes", "no"), ("no", "yes"), ("no", "no"))
        pairs = [one for one, n in zip(said, counts, strict=True) for _ in range(n)]
        rows = [
            (str(at), rater, label) for at, pair in enumerate(pairs) for rater, label in zip("ab", pair, strict=True)
        ]
        ratings, rng = Ratings.of(rows), np.random.default_rng
        expected = (
            cohen_kappa(ratings, rng=rng(1)),
            krippendorff_alpha(ratings, level=Level.NOMINAL, rng=rng(1)),
            gwet_ac1(ratings, rng=rng(1)),
        )

        found = agreement(table_of(dict(zip(kinds, counts, strict=True))))

        for one, other in zip((found.kappa, found.alpha, found.ac1), expected, strict=True):
            assert one.value == pytest.approx(other.value, abs=1e-12)
            assert one.low == pytest.approx(other.low, abs=0.06)
            assert one.high == pytest.approx(other.high, abs=0.06)

    def test_claims_no_certainty_where_nothing_disagrees(self):
        found = agreement(table_of({Outcome.TRUE_POSITIVE: 10, Outcome.TRUE_NEGATIVE: 10}))

        assert (found.alpha.value, found.alpha.high) == (1.0, 1.0)
        assert found.alpha.low < 0.8

    @pytest.mark.parametrize("counts", [{}, {Outcome.TRUE_NEGATIVE: 30}], ids=["no pair", "one label"])
    def test_is_undefined_with_its_reason(self, counts):
        found = agreement(table_of(counts))

        assert isinstance(found.kappa, Undefined)
        assert found.kappa.reason

    def test_takes_the_source_s_own_label(self):
        assert own_label("label: severity=-2 type=sexism") == "-2"
        assert own_label("label: toxic") == "toxic"
        assert own_label("no such thing") is None


class TestAuditors:
    def test_are_judged_by_what_became_of_their_judgements(self):
        judged = [
            Judged(who="rev_q", found_wrong=False, again=False, overturned=False, theirs=2, at_last=None, n=90),
            Judged(who="rev_q", found_wrong=True, again=True, overturned=True, theirs=3, at_last=2, n=4),
            Judged(who="rev_q", found_wrong=True, again=True, overturned=False, theirs=2, at_last=2, n=6),
        ]

        (found,) = auditor_cards(judged, {"rev_q": who("q")}, least=20)

        assert (found.judged, found.looked_at_again) == (100, 10)
        assert (found.overturned.value, found.of_all.value, found.found_wrong.value) == (0.4, 0.04, 0.1)
        assert found.bias.value == pytest.approx(0.4)
        assert found.bias.low < 0.4 < found.bias.high
