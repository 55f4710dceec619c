"""The bench of certificates, in small: what it says is there, and says what it should."""

import json

import pytest

from assize.bench.frame import run
from assize.bench.result import Options


@pytest.fixture(scope="module")
def result():
    return run("quality", Options(quick=True))


@pytest.mark.bench
class TestBench:
    def test_grants_at_the_boundary_no_more_often_than_promised(self, result):
        assert result.met
        assert result.target == 0.05
        assert result.baseline > 2 * result.value  # an ordinary bound, looked at as often

    def test_tells_how_many_audits_a_grant_and_a_suspension_take(self, result):
        assert result.detail["audits_to_grant"]["error_0"]["median"] == 188
        delays = [one["median"] for one in result.detail["audits_to_suspension"].values()]
        assert delays == sorted(delays, reverse=True)
        assert delays[-1] < 60

    def test_never_certifies_who_guesses(self, result):
        guessers = result.detail["reviewers_who_guess"]

        assert {one["ever_certified"] for one in guessers.values()} == {0}
        assert guessers["never_at_prevalence_0.01"]["were_both_directions_added_up"] > 0.5

    def test_finds_every_interval_to_cover(self, result):
        tables = [table for table in result.detail["coverage"].values() if isinstance(table, dict)]
        shares = [share for table in tables for row in table.values() for share in row if share is not None]

        assert len(tables) == 16
        assert min(shares) >= 0.75  # twenty runs a cell: fifteen of them where nineteen are to be expected

    def test_is_one_line_for_machines(self, result):
        assert set(json.loads(result.as_json())) == {
            "name", "value", "unit", "target", "met", "baseline", "ratio", "detail",
        }  # fmt: skip
