"""Draws are decided by a keyed hash: the same again, unknown without the key, as frequent as their probability."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from assize.kernel.ids import ClauseId, DecisionId, PlanId, QueueName, ReviewerId, TeamId, new_ids
from assize.kernel.measures import wilson
from assize.policy.models import Severity
from assize.quality.logic import draw, fits, key_id, places, rate_of, repeats, stratum_of, together
from assize.quality.models import Kind
from assize.review.models import Verdict
from builders.quality import AT, a_decided, a_plan, a_stratum

KEY = b"k" * 32
PLACES_OF_A = (0.031063996, 0.675791718)
ids = some.text(alphabet="0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=26, max_size=26).map(
    lambda text: DecisionId(f"dec_{text}")
)
rates = some.floats(min_value=0.01, max_value=1.0)
MIXED = a_plan(
    a_stratum(rate=0.2),
    a_stratum(name="grave", kind=Kind.RISK, rate=0.1, weights={Severity.SEV1: 5.0}),
    a_stratum(name="a rule", kind=Kind.TARGETED, rate=0.5),
)


def within(drawn: int, n: int, rate: float) -> bool:
    """Whether so many of n lie within what chance leaves open: once in a million they don't."""
    found = wilson(drawn, n, confidence=1 - 1e-6)
    return found is not None and found.low <= rate <= found.high


class TestPlaces:
    @given(ids)
    def test_lie_between_none_and_one(self, decision_id: DecisionId):
        found = places(KEY, PlanId("plan_a"), decision_id)

        assert all(0 <= one < 1 for one in (found.random, found.risk, found.targeted, found.order))

    @given(ids)
    def test_are_others_under_another_key_and_another_plan(self, decision_id: DecisionId):
        found = places(KEY, PlanId("plan_a"), decision_id)

        assert found != places(b"l" * 32, PlanId("plan_a"), decision_id)
        assert found != places(KEY, PlanId("plan_b"), decision_id)

    def test_are_what_they_were(self):
        # Written down once: whoever makes a draw again in ten years must get the same.
        found = places(KEY, PlanId("plan_a"), DecisionId("dec_a"))

        assert (round(found.random, 9), round(found.order, 9)) == PLACES_OF_A

    def test_know_keys_apart_without_giving_them_away(self):
        assert key_id(KEY) != key_id(b"l" * 32)
        assert len(key_id(KEY)) == 16


class TestDraw:
    @given(ids, rates, some.booleans())
    def test_is_the_same_whenever_it_is_made_again(self, decision_id: DecisionId, rate: float, floored: bool):
        plan = a_plan(a_stratum(rate=rate))
        decided = a_decided(decision_id=decision_id)

        first = draw(plan, decided, key=KEY, floored=floored, at=AT)
        again = draw(plan, decided, key=KEY, floored=floored, at=AT + timedelta(days=400))

        assert replace(again, drawn_at=AT) == first

    @given(ids, rates)
    def test_never_loses_what_a_lower_rate_drew(self, decision_id: DecisionId, rate: float):
        decided = a_decided(decision_id=decision_id)
        lower, higher = (a_plan(a_stratum(rate=one), id="plan_x") for one in (rate / 2, rate))

        drawn = [draw(plan, decided, key=KEY, floored=False, at=AT).by_random for plan in (lower, higher)]

        assert drawn != [True, False]

    @pytest.mark.parametrize("rate", [0.02, 0.1, 0.5])
    def test_draws_as_often_as_its_rate_says(self, rate: float):
        plan, n = a_plan(a_stratum(rate=rate), id="plan_fixed"), 20_000
        decisions = [a_decided(decision_id=DecisionId(f"dec_{number:026d}")) for number in range(n)]

        drawn = sum(draw(plan, one, key=KEY, floored=False, at=AT).by_random for one in decisions)

        assert within(drawn, n, rate)

    def test_draws_kinds_independently_of_each_other(self):
        plan = a_plan(*MIXED.strata, id="plan_fixed")
        decisions = [a_decided(decision_id=DecisionId(f"dec_{number:026d}")) for number in range(20_000)]

        made = [draw(plan, one, key=KEY, floored=False, at=AT) for one in decisions]

        both = sum(one.by_random and one.by_risk for one in made)
        assert within(both, len(made), 0.2 * 0.1)
        assert within(sum(one.headline for one in made), len(made), made[0].inclusion)

    def test_keeps_the_probability_of_each_kind_and_of_both_that_count(self):
        made = draw(MIXED, a_decided(severity=Severity.SEV1), key=KEY, floored=False, at=AT)

        assert (made.random_rate, made.risk_rate, made.targeted_rate) == (0.2, 0.5, 0.5)
        assert made.inclusion == pytest.approx(1 - 0.8 * 0.5)

    def test_of_a_rule_alone_has_no_probability_for_headlines(self):
        only = frozenset({QueueName("elsewhere")})
        plan = a_plan(a_stratum(queues=only), a_stratum(name="rule", kind=Kind.TARGETED, rate=1.0, floor=1.0))

        made = draw(plan, a_decided(), key=KEY, floored=False, at=AT)

        assert (made.by_targeted, made.headline, made.inclusion) == (True, False, 0.0)

    def test_of_the_gravest_is_by_record_and_asks_for_content_only_where_a_stratum_names_it(self):
        gravest = a_decided(severity=Severity.SEV0)
        named = a_plan(a_stratum(rate=1.0), a_stratum(rate=1.0, severities=frozenset({Severity.SEV0})))

        made = [draw(one, gravest, key=KEY, floored=False, at=AT) for one in (a_plan(a_stratum(rate=1.0)), named)]

        assert [(one.by_record, one.by_content) for one in made] == [(True, False), (True, True)]

    def test_falls_to_the_floor_while_audits_are_lowered(self):
        plan = a_plan(a_stratum(rate=0.4, floor=0.02), a_stratum(kind=Kind.RISK, rate=0.2, floor=0.1))

        made = draw(plan, a_decided(), key=KEY, floored=True, at=AT)

        assert (made.random_rate, made.risk_rate, made.floored) == (0.02, 0.1, True)


class TestStrata:
    @pytest.mark.parametrize(
        ("limits", "inside"),
        [
            ({}, True),
            ({"queues": frozenset({QueueName("harassment")})}, True),
            ({"queues": frozenset({QueueName("spam")})}, False),
            ({"clauses": frozenset({ClauseId("HAR")})}, True),
            ({"clauses": frozenset({ClauseId("HAR-1")})}, True),
            ({"clauses": frozenset({ClauseId("HAR-2")})}, False),
            ({"severities": frozenset({Severity.SEV2, Severity.SEV3})}, True),
            ({"verdicts": frozenset({Verdict.NO_VIOLATION})}, False),
            ({"reviewers": frozenset({ReviewerId("rev_ada")})}, True),
            ({"teams": frozenset({TeamId("team_a")})}, False),
            ({"vendor": True}, False),
            ({"vendor": False, "by": "person", "languages": frozenset({"en", "de"})}, True),
            ({"by": "machine"}, False),
            ({"policy_versions": frozenset({"pol_1"})}, True),
        ],
        ids=lambda one: " ".join(one) if isinstance(one, dict) else str(one),
    )
    def test_hold_what_fits_every_limit(self, limits: dict[str, object], inside: bool):
        assert fits(a_stratum(**limits), a_decided()) is inside

    def test_hold_nothing_by_what_is_not_known(self):
        stratum = a_stratum(languages=frozenset({"en"}), clauses=frozenset({ClauseId("HAR")}))

        assert not fits(stratum, a_decided(language=None))
        assert not fits(stratum, a_decided(clause=None))

    def test_count_each_decision_once_in_the_first_that_fits(self):
        first, second = a_stratum(queues=frozenset({QueueName("harassment")})), a_stratum()

        assert stratum_of(a_plan(first, second), a_decided(), Kind.RANDOM) == first
        assert stratum_of(a_plan(first, second), a_decided(queue="spam"), Kind.RANDOM) == second
        assert stratum_of(a_plan(first), a_decided(queue="spam"), Kind.RANDOM) is None

    @given(rates, some.floats(min_value=0.1, max_value=50))
    def test_never_draw_more_than_surely(self, rate: float, weight: float):
        stratum = a_stratum(kind=Kind.RISK, rate=rate, floor=rate, weights={Severity.SEV1: weight})

        assert 0 < rate_of(stratum, Severity.SEV1, floored=False) <= 1
        assert rate_of(stratum, Severity.SEV3, floored=True) == rate

    @given(some.lists(some.floats(min_value=0, max_value=1), max_size=4))
    def test_together_draw_at_least_as_often_as_each(self, several: list[float]):
        assert together(*several) >= max(several, default=0.0) - 1e-12
        assert together(*several) <= min(1.0, sum(several)) + 1e-12


class TestRepeats:
    def test_are_a_share_of_audits(self):
        decisions = new_ids("dec", 5_000)

        again = sum(repeats(KEY, one, 0.1) for one in decisions)

        assert within(again, len(decisions), 0.1)
        assert not any(repeats(KEY, one, 0.0) for one in decisions[:100])
