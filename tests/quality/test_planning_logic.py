"""What a plan would cost and show, before it is put in force."""

from dataclasses import replace
from itertools import product
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as some

from assize.kernel.ids import ClauseId, QueueName
from assize.policy.models import Severity
from assize.quality.logic import half_width, load, needed, neyman, problems
from assize.quality.models import Cell, Kind, Stratum
from builders.policy import a_version
from builders.quality import a_decided, a_plan, a_stratum


class TestHalfWidth:
    def test_is_two_points_at_457_audits(self):
        # The published rule of thumb: p = 5 %, plus or minus two points, 95 %.
        assert needed(0.02) == 457
        assert half_width(457) == pytest.approx(0.02, abs=5e-5)

    def test_is_unknown_without_audits(self):
        assert half_width(0) is None

    def test_is_nothing_where_everything_is_audited(self):
        assert half_width(500, population=500) == 0.0

    @given(some.integers(1, 10_000), some.floats(0.01, 0.5))
    def test_shrinks_with_more_audits(self, n: int, error: float):
        fewer, more = half_width(n, error=error), half_width(n + 1, error=error)

        assert fewer is not None
        assert more is not None
        assert more < fewer


class TestNeyman:
    def test_gives_cochran_s_shares(self):
        # n_h proportional to N_h S_h: sizes 1000 and 4000, S of .5 and .25, shares 500 : 1000.
        found = neyman([1000, 4000], [0.5, (1 - sqrt(0.75)) / 2], 300)

        assert found == (100, 200)

    @given(
        some.lists(some.tuples(some.integers(0, 500), some.floats(0.001, 0.5)), min_size=1, max_size=6),
        some.integers(0, 3_000),
    )
    def test_shares_out_the_whole_effort_and_no_stratum_more_than_it_holds(
        self, strata: list[tuple[int, float]], effort: int
    ):
        sizes, errors = [one for one, _ in strata], [one for _, one in strata]

        found = neyman(sizes, errors, effort)

        assert sum(found) == min(effort, sum(sizes))
        assert all(0 <= n <= size for n, size in zip(found, sizes, strict=True))

    def test_is_nearly_the_best_of_all_ways_to_share(self):
        sizes, errors, effort = [300, 900, 100], [0.02, 0.1, 0.4], 30

        def variance(given_: tuple[int, ...]) -> float:
            parts = zip(given_, sizes, errors, strict=True)
            return sum(size**2 * error * (1 - error) / n for n, size, error in parts)

        ways = [(a, b, effort - a - b) for a, b in product(range(1, 29), repeat=2) if a + b < effort]
        best = min(map(variance, ways))

        assert variance(neyman(sizes, errors, effort)) <= 1.01 * best


class TestLoad:
    def test_counts_each_decision_once_and_what_each_stratum_draws(self):
        grave = a_stratum(kind=Kind.RISK, rate=0.1, severities=frozenset({Severity.SEV1}), weights={Severity.SEV1: 4.0})
        plan = a_plan(a_stratum(rate=0.1), grave)
        cells = [
            Cell(decided=a_decided(), n=900),
            Cell(decided=a_decided(severity=Severity.SEV1), n=100),
            Cell(decided=a_decided(severity=Severity.SEV0), n=7),
        ]

        found = load(plan, cells, days=10)

        assert [(one.population, one.expected) for one in found.strata] == [(1000, 100.0), (100, 40.0)]
        assert found.content == pytest.approx(900 * 0.1 + 100 * (1 - 0.9 * 0.6))
        assert (found.record, found.decisions) == (7, 1007)
        assert found.per_week == pytest.approx(7 * (found.content + 7) / 10)

    def test_shares_a_given_effort_over_what_enters_headlines(self):
        rule = a_stratum(kind=Kind.TARGETED, rate=1.0)
        spam = a_stratum(queues=frozenset({QueueName("spam")}))
        plan = a_plan(spam, a_stratum(), rule)
        cells = [Cell(decided=a_decided(), n=3000), Cell(decided=a_decided(queue="spam"), n=1000)]

        found = load(plan, cells, days=30, effort=400)

        assert [one.best_n for one in found.strata] == [100, 300, 0]
        assert found.strata[1].best_rate == pytest.approx(0.1)
        assert found.strata[2].best_rate is None


class TestProblems:
    @pytest.mark.parametrize(
        ("stratum", "pointer"),
        [
            (a_stratum(rate=0.0), "/strata/0/rate"),
            (a_stratum(rate=1.5), "/strata/0/rate"),
            (a_stratum(rate=0.1, floor=0.2), "/strata/0/floor"),
            (a_stratum(name=" "), "/strata/0/name"),
            (a_stratum(weights={Severity.SEV1: 2.0}), "/strata/0/weights"),
            (a_stratum(queues=frozenset({QueueName("nowhere")})), "/strata/0/queues"),
            (a_stratum(clauses=frozenset({ClauseId("NIX")})), "/strata/0/clauses"),
            (a_stratum(languages=frozenset()), "/strata/0/languages"),
            (a_stratum(kind=Kind.TARGETED), "/strata"),
        ],
        ids=[
            "nothing",
            "more than all",
            "floor above it",
            "no name",
            "weights",
            "queue",
            "clause",
            "no language",
            "targeted alone",
        ],
    )
    def test_name_the_place(self, stratum: Stratum, pointer: str):
        found = problems(a_plan(stratum), a_version())

        assert [one.pointer for one in found] == [pointer]

    def test_are_none_where_all_fits(self):
        version = a_version()
        clause = version.clauses[0].id
        plan = a_plan(a_stratum(clauses=frozenset({clause, ClauseId(clause.partition("-")[0])})))

        assert problems(plan, version) == ()
        assert [one.pointer for one in problems(replace(plan, name=""), version)] == ["/name"]
