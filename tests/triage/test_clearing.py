"""How long a queue may take, and when more comes than usual."""

import pytest

from assize.triage.logic.clearing import time_to_clear
from assize.triage.logic.surging import usual_if_surging


class TestTimeToClear:
    def test_is_what_is_open_over_the_median_of_an_hour(self):
        found = time_to_clear(100, [10, 20, 30, 10, 20, 30, 0, 0])

        assert found is not None
        assert (found.hours, found.per_hour, found.n, found.gone) == (5.0, 20, 6, 120)
        assert (found.low, found.high) == (100 / 30, 10.0)

    @pytest.mark.parametrize(
        ("n", "rank"),
        [pytest.param(6, 1, id="6"), pytest.param(9, 2, id="9"), pytest.param(24, 7, id="24")],
    )
    def test_encloses_the_median_by_the_ranks_of_the_tables(self, n, rank):
        gone = list(range(1, n + 1))

        found = time_to_clear(1000, gone)

        assert found is not None
        assert (found.high, found.low) == (1000 / rank, 1000 / (n - rank + 1))

    @pytest.mark.parametrize("gone", [[], [5] * 5, [0] * 24])
    def test_says_nothing_of_too_few_hours(self, gone):
        assert time_to_clear(10, gone) is None


class TestSurge:
    @pytest.mark.parametrize(
        ("last", "before", "expected"),
        [
            pytest.param(60, [20] * 8, 20.0, id="three times"),
            pytest.param(35, [20] * 8, None, id="less than twice"),
            pytest.param(9, [0] * 8, None, id="a handful"),
            pytest.param(12, [0] * 8, 0.0, id="out of nothing"),
            pytest.param(60, [20] * 5, None, id="too young to say"),
            pytest.param(12, [5] * 8, None, id="by chance"),
        ],
    )
    def test_is_told_from_chance(self, last, before, expected):
        assert usual_if_surging(last, before) == expected
