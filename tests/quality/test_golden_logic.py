"""What may be a known case, which one is put where, and who seems to know them."""

from math import log

import pytest

from assize.intake.models import Handling
from assize.kernel.ids import CaseId, GoldenId, QueueName, ReviewerId
from assize.policy.models import ResponseMode
from assize.quality.logic.estimators.estimate import Undefined
from assize.quality.logic.estimators.ratio import Logs, ratio_of_times
from assize.quality.logic.golden import choose, difficulty_of, is_drawn, leak, why_never, why_not_placed
from assize.quality.models.golden import Difficulty, Performance
from builders.triage import a_clause

KEY = b"a key of the tests, 32 bytes long"
GENERAL = QueueName("general")


class Known:
    """As much of a known case as choosing asks for."""

    def __init__(self, name: str) -> None:
        self.id = GoldenId(name)


def performance(right: int, n: int, seconds: float = 60.0, spread: float = 2.0) -> Performance:
    """So many right of n, that took about so many seconds: half of them `spread` times longer, half shorter."""
    logs = [log(seconds * spread), log(seconds / spread)] * (n // 2)
    return Performance(right=right, n=n, timed=len(logs), log_s=sum(logs), log_squares=sum(one * one for one in logs))


class TestWhatMayBeKnown:
    @pytest.mark.parametrize("handling", ["apparent_cse", "victim_identity", "privileged", "zero_retention"])
    def test_is_nothing_that_is_handled_apart_by_its_clause(self, handling: str):
        assert why_never([a_clause(handling=handling)], []) is not None

    def test_is_nothing_whose_event_is_handled_apart(self):
        assert "child-exploitation" in (why_never([a_clause()], [Handling.ORDINARY, Handling.APPARENT_CSE]) or "")
        assert why_never([a_clause()], [Handling.PRIVILEGED]) is not None

    def test_is_everything_else(self):
        assert why_never([a_clause(), a_clause(handling="sensitive")], [Handling.ORDINARY, Handling.SENSITIVE]) is None

    def test_is_placed_unless_it_pages_somebody(self):
        assert [why_not_placed(mode) is None for mode in (ResponseMode.PAGE, ResponseMode.PRIORITY)] == [False, True]


@pytest.mark.parametrize(
    ("agreeing", "experts", "expected"),
    [(3, 3, Difficulty.EASY), (2, 3, Difficulty.MEDIUM), (1, 2, Difficulty.HARD), (0, 0, Difficulty.HARD)],
)
def test_difficulty_follows_from_how_many_agree(agreeing: int, experts: int, expected: Difficulty):
    assert difficulty_of(agreeing, experts) is expected


class TestDraw:
    def test_is_about_as_frequent_as_its_share(self):
        drawn = sum(is_drawn(KEY, GENERAL, CaseId(f"case_{n}"), 0.05) for n in range(20_000))
        assert 0.045 < drawn / 20_000 < 0.055

    def test_is_the_same_again_and_another_with_another_key(self):
        ids = [CaseId(f"case_{n}") for n in range(1_000)]
        first, again, other = ([is_drawn(key, GENERAL, one, 0.1) for one in ids] for key in (KEY, KEY, b"another key"))
        assert first == again
        assert first != other

    def test_takes_what_was_placed_least(self):
        items = [Known("gld_a"), Known("gld_b"), Known("gld_c")]
        placed = {GoldenId("gld_a"): 2, GoldenId("gld_b"): 1, GoldenId("gld_c"): 1}
        chosen = {choose(items, placed, key=KEY, because=CaseId(f"case_{n}")).id for n in range(40)}
        assert chosen == {"gld_b", "gld_c"}
        assert choose([], {}, key=KEY, because=CaseId("case_1")) is None


class TestLeak:
    def test_is_suspected_of_whoever_is_right_far_more_often_on_known_cases(self):
        found = leak(ReviewerId("rev_a"), performance(100, 100), performance(70, 100), performance(70, 100))
        assert found.suspected
        assert found.better is not None
        assert found.better.low > 0

    def test_is_suspected_of_whoever_is_far_faster_on_them(self):
        found = leak(
            ReviewerId("rev_a"),
            performance(80, 100, seconds=10),
            performance(80, 100),
            performance(80, 100, seconds=60),
        )
        assert found.suspected
        assert found.faster is not None
        assert found.faster.value == pytest.approx(1 / 6)

    def test_is_not_suspected_of_what_chance_explains_nor_of_whoever_does_worse(self):
        assert not leak(ReviewerId("a"), performance(84, 100), performance(80, 100), performance(80, 100)).suspected
        assert not leak(ReviewerId("a"), performance(50, 100), performance(80, 100), performance(80, 100)).suspected

    def test_is_suspected_of_nobody_with_few_answers(self):
        few = leak(ReviewerId("a"), performance(19, 19), performance(0, 100), performance(0, 18))
        assert (few.better, few.faster, few.suspected) == (None, None, False)


class TestRatioOfTimes:
    def test_is_the_interval_of_welch_taken_back_from_logarithms(self):
        """By hand: means log 20 and log 30, variances .25 and .36, n 100 and 64: se = sqrt(.0025 + .005625) = .090139."""
        first = Logs(n=100, total=100 * log(20), squares=100 * log(20) ** 2 + 99 * 0.25)
        second = Logs(n=64, total=64 * log(30), squares=64 * log(30) ** 2 + 63 * 0.36)
        found = ratio_of_times(first, second)
        assert not isinstance(found, Undefined)
        assert (found.value, found.n) == (pytest.approx(2 / 3), 164)
        assert (found.low, found.high) == (pytest.approx(0.55870, abs=1e-5), pytest.approx(0.79549, abs=1e-5))

    def test_is_undefined_with_fewer_than_twenty_of_a_kind(self):
        few = Logs(n=19, total=19.0, squares=20.0)
        assert isinstance(ratio_of_times(few, Logs(n=100, total=100.0, squares=120.0)), Undefined)
