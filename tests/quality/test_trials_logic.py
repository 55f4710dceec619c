"""How certificates are earned and lost: order, evidence, alarms, what is said; and that chance earns nothing."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assize.kernel.chance import Rng
from assize.kernel.chance import rng as chance
from assize.kernel.ids import CertificateId, ClauseId, DecisionId
from assize.quality.logic import (
    BUDGET,
    THIN,
    alarms,
    counts_for,
    curve,
    grants,
    in_order,
    is_thin,
    may_conclude,
    outlook,
    sentence,
    trial_place,
    weigh,
)
from assize.quality.logic.estimators.budget import spent
from assize.quality.logic.estimators.sequential import may_grant
from assize.quality.models import Conclusion, Recommendation, RecommendationState, TrialOutcome, Tried
from assize.workforce.models import CertificateScope

AT = datetime(2026, 5, 3, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ALPHA, DELTA = 0.02, 0.05


def an_outcome(number: int, *, wrong: bool | None = False, clause: str = "HAR-1", place: float | None = None, **given):
    settings = {
        "decision_id": DecisionId(f"dec_{number:06}"),
        "clause": ClauseId(clause),
        "decided_at": AT,
        "place": number / 1e6 if place is None else place,
        "wrong": wrong,
        "compared_at": None if wrong is None else AT + timedelta(seconds=number),
    }
    return TrialOutcome(**(settings | given))


def outcomes(n: int, *, wrong: int = 0, **given):
    return [an_outcome(number, wrong=number < wrong, **given) for number in range(n)]


def weighed(found, *, alone_since=None):
    return weigh(found, alpha=ALPHA, delta=DELTA, alone_since=alone_since)


class TestTrialPlace:
    @given(st.text(min_size=1, max_size=20))
    def test_is_the_same_whenever_it_is_made_again(self, name):
        one = trial_place(b"k" * 32, CertificateId("cert_1"), DecisionId(name))

        assert 0 <= one < 1
        assert one == trial_place(b"k" * 32, CertificateId("cert_1"), DecisionId(name))

    def test_depends_on_the_key_and_on_the_certificate(self):
        places = {
            trial_place(key, CertificateId(one), DecisionId("dec_1"))
            for key in (b"k" * 32, b"l" * 32)
            for one in ("cert_1", "cert_2")
        }

        assert len(places) == 4

    def test_draws_at_its_rate(self):
        drawn = sum(trial_place(b"k" * 32, CertificateId("c"), DecisionId(f"d{n}")) < 0.1 for n in range(20_000))

        assert 1_850 < drawn < 2_150  # 2,000 expected, standard deviation 42


class TestInOrder:
    def test_counts_nothing_behind_one_that_nobody_looked_at(self):
        found = [an_outcome(1), an_outcome(2, wrong=None), an_outcome(3)]

        counted, held_up = in_order(found)

        assert ([one.place for one in counted], len(held_up)) == ([1e-6], 1)

    @given(st.permutations(range(8)))
    def test_does_not_depend_on_the_order_in_which_they_were_looked_at(self, order):
        found = [an_outcome(number, compared_at=AT + at * DAY) for at, number in enumerate(order)]

        counted, _ = in_order(found)

        assert [one.place for one in counted] == sorted(one.place for one in found)

    def test_goes_by_day_first(self):
        late, early = an_outcome(1, decided_at=AT + DAY), an_outcome(2)

        assert in_order([late, early])[0] == [early, late]


class TestGrants:
    @pytest.mark.parametrize(("audits", "granted"), [(187, False), (188, True)])
    def test_needs_188_audits_without_an_error_for_two_percent_at_95_percent(self, audits, granted):
        # automation.md's table says 190 for a look at every fifth audit.
        assert grants(weighed(outcomes(audits)), alpha=ALPHA, delta=DELTA) is granted

    def test_pools_a_family(self):
        mixed = [an_outcome(n, clause=f"CSE-{n % 5}") for n in range(188)]

        assert grants(weighed(mixed), alpha=ALPHA, delta=DELTA)

    def test_lets_no_family_hide_a_clause_that_is_wrong_by_itself(self):
        mild = outcomes(2_000)
        grave = [an_outcome(5_000 + n, clause="HAR-9", wrong=n < 4) for n in range(20)]

        found = weighed([*mild, *grave])

        assert found.against == "HAR-9"
        assert not grants(found, alpha=ALPHA, delta=DELTA)

    @given(st.integers(0, 400), st.integers(0, 20))
    def test_never_gains_by_an_error(self, audits, wrong):
        fewer = weighed(outcomes(audits + 20, wrong=wrong))
        more = weighed(outcomes(audits + 20, wrong=min(wrong + 1, audits + 20)))

        assert more.log_evidence < fewer.log_evidence


class TestDrift:
    def test_is_counted_from_when_it_decides_alone(self):
        before = [an_outcome(n, wrong=True, decided_at=AT - DAY) for n in range(50)]

        assert weighed(before, alone_since=AT).drift == 0.0

    def test_alarms_when_errors_come_together_and_not_when_there_are_none(self):
        assert alarms(weighed(outcomes(60, wrong=60), alone_since=AT))
        assert not alarms(weighed(outcomes(5_000), alone_since=AT))

    def test_does_not_wait_for_a_missing_audit(self):
        found = [an_outcome(0, wrong=None), *(an_outcome(n, wrong=True) for n in range(1, 12))]

        assert alarms(weighed(found, alone_since=AT))


class TestOutlook:
    def test_says_how_many_more_are_needed(self):
        found = outlook(weighed(outcomes(100)), alpha=ALPHA, delta=DELTA)

        assert (found.reached, found.without_error, found.as_now, found.never) == (False, 88, 88, "")

    def test_says_how_many_more_at_the_present_rate(self):
        found = outlook(weighed(outcomes(200, wrong=1)), alpha=ALPHA, delta=DELTA)

        assert found.without_error is not None
        assert found.as_now is not None
        assert found.without_error < found.as_now < 1_000

    def test_says_plainly_where_none_can_be_had(self):
        found = outlook(weighed(outcomes(300, wrong=12)), alpha=ALPHA, delta=DELTA)

        assert found.as_now is None
        assert found.never == "At the present rate of error, 12 of 300, none can be had."


class TestSentence:
    SCOPE = CertificateScope(family="H2.f", action="remove", languages=frozenset({"en"}))

    def test_is_one_that_a_manager_can_read(self):
        said = sentence(self.SCOPE, errors=0, audits=214, delta=DELTA, machine=True, since=AT)

        assert said.startswith("With 95 % confidence at most 1.")
        assert said.endswith(
            "% of automatic decisions to remove under H2.f in en since 3 May 2026 are wrong (0 of 214 audits)."
        )

    def test_claims_nothing_of_what_nobody_looked_at(self):
        said = sentence(self.SCOPE, errors=0, audits=0, delta=DELTA, machine=False, since=AT)

        assert (
            said == "Nothing is claimed yet of decisions to remove under H2.f in en since 3 May 2026: none was audited."
        )


class TestCurve:
    def test_begins_with_nothing_and_ends_with_what_counts(self):
        points = curve(outcomes(1_000, wrong=3), alpha=ALPHA, delta=DELTA)

        assert (points[0].audits, points[-1].audits, points[-1].errors) == (0, 1_000, 3)
        assert len(points) <= 42


class TestIsThin:
    def test_below_twenty_audits(self):
        assert is_thin(weighed(outcomes(THIN - 1)))
        assert not is_thin(weighed(outcomes(THIN)))


def a_tried(**given):
    settings = {
        "decision_id": "dec_1", "case_id": "case_1", "subject_id": None, "reviewer_id": "rev_1",
        "clause": ClauseId("HAR-1"), "found": frozenset({"HAR-1"}), "actions": frozenset({"warn"}), "language": "en",
        "queue": "general", "severity": 2, "policy_version_id": "pol_1", "decided_at": AT,
    }  # fmt: skip
    return Tried(**(settings | given))


class TestCountsFor:
    @pytest.mark.parametrize(
        ("scope", "counts"),
        [
            (CertificateScope(), True),
            (CertificateScope(family="HAR"), True),
            (CertificateScope(family="CSE"), False),
            (CertificateScope(action="suspend"), False),
            (CertificateScope(languages=frozenset({"de"})), False),
            (CertificateScope(queues=frozenset({"general"})), True),
            (CertificateScope(gravest=3), False),
        ],
    )
    def test_what_lies_in_the_scope(self, scope, counts):
        assert counts_for(scope, a_tried()) is counts


def a_recommendation(**given):
    settings = {
        "id": "rec_1", "certificate_id": "cert_1", "reviewer_id": "rev_1", "signal": "drift",
        "state": RecommendationState.RAISED, "errors": 3, "audits": 40, "raised_by": "system", "raised_at": AT,
    }  # fmt: skip
    return Recommendation(**(settings | given))


class TestMayConclude:
    def test_keeping_needs_nothing(self):
        assert may_conclude(a_recommendation(), Conclusion.KEPT, at=AT)

    @pytest.mark.parametrize("outcome", [Conclusion.ASSIST, Conclusion.SUSPENDED])
    def test_anything_else_comes_after_coaching_and_a_reply_or_three_days_for_one(self, outcome):
        coached = {"coached_at": AT, "coached_by": "rev_m"}

        assert not may_conclude(a_recommendation(), outcome, at=AT + 30 * DAY)
        assert not may_conclude(a_recommendation(**coached), outcome, at=AT + 2 * DAY)
        assert may_conclude(a_recommendation(**coached), outcome, at=AT + 3 * DAY)
        assert may_conclude(a_recommendation(**coached, replied_at=AT), outcome, at=AT)


class TestChance:
    """Simulations with a fixed seed: what a reviewer who guesses, or sits at the boundary, gets."""

    def ever_granted(self, rng: Rng, error: float, *, audits: int, delta: float) -> bool:
        errors = 0
        for n in range(1, audits + 1):
            errors += rng.random() < error
            if n % 20 == 0 and may_grant(errors, n, alpha=ALPHA, delta=delta):
                return True
        return False

    @pytest.mark.parametrize("error", [0.5, 0.2])
    def test_never_lets_somebody_who_answers_at_random_hold_one(self, error):
        rng = chance(5)

        assert not any(self.ever_granted(rng, error, audits=2_000, delta=BUDGET) for _ in range(40))

    def test_grants_wrongly_at_the_boundary_no_more_often_than_it_says(self):
        rng = chance(7)

        wrongly = sum(self.ever_granted(rng, ALPHA, audits=1_500, delta=DELTA) for _ in range(200))

        assert wrongly <= 20  # at most 5 % of 200, and three standard deviations

    def test_keeps_one_budget_over_certificates_that_come_and_go(self):
        shares = [spent(BUDGET, number) for number in range(1, 10_001)]

        assert sum(shares) <= BUDGET
        assert all(later < earlier for earlier, later in pairwise(shares))
