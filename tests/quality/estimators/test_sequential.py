"""Evidence that may be looked at at any time, against the integral it is, and in simulation."""

from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assize.quality.logic.estimators.budget import e_bh, spent
from assize.quality.logic.estimators.intervals import upper_bound
from assize.quality.logic.estimators.sequential import (
    anytime_upper,
    as_factor,
    audits_needed,
    default_alternative,
    drifted,
    grant_boundary,
    log_evidence,
    may_grant,
    weakest,
)


def by_integral(errors: int, audits: int, alpha: float) -> float:
    """Return the evidence as a mixture of likelihood ratios, summed over the angle in which Beta(1/2, 1/2) is flat."""
    most = np.arcsin(np.sqrt(alpha))
    angles = (np.arange(200_000) + 0.5) / 200_000 * most
    rates = np.sin(angles) ** 2
    logs = errors * np.log(rates / alpha) + (audits - errors) * np.log((1 - rates) / (1 - alpha))
    return float(np.exp(logs).mean())


class TestEvidence:
    @pytest.mark.parametrize(
        ("errors", "audits", "alpha"), [(0, 1, 0.02), (0, 190, 0.02), (1, 250, 0.02), (7, 200, 0.02), (3, 900, 0.01)]
    )
    def test_is_the_mixture_of_bets_on_every_smaller_rate(self, errors, audits, alpha):
        assert exp(log_evidence(errors, audits, alpha)) == pytest.approx(by_integral(errors, audits, alpha), rel=1e-5)

    @given(st.integers(0, 400), st.integers(0, 10), st.sampled_from([0.01, 0.02, 0.05, 0.3]))
    def test_never_grows_on_average_where_the_rate_is_alpha_or_more(self, audits, errors, alpha):
        errors = min(errors, audits)
        now = log_evidence(errors, audits, alpha)

        for rate in (alpha, 1.5 * alpha, 3 * alpha):
            mean = rate * exp(log_evidence(errors + 1, audits + 1, alpha) - now) + (1 - rate) * exp(
                log_evidence(errors, audits + 1, alpha) - now
            )
            assert mean <= 1 + 1e-9

    @given(st.integers(1, 2_000), st.integers(0, 20), st.sampled_from([0.01, 0.02, 0.05]))
    def test_falls_with_every_error_and_rises_with_every_audit_without_one(self, audits, errors, alpha):
        errors = min(errors, audits - 1)

        assert log_evidence(errors + 1, audits, alpha) < log_evidence(errors, audits, alpha)
        assert log_evidence(errors, audits + 1, alpha) > log_evidence(errors, audits, alpha)

    def test_before_the_first_audit_is_none(self):
        assert log_evidence(0, 0, 0.02) == pytest.approx(0)

    def test_of_impossible_counts_is_refused(self):
        with pytest.raises(ValueError, match="3 errors of 2"):
            log_evidence(3, 2, 0.02)

    def test_is_told_as_a_factor_however_large(self):
        assert as_factor(log(20)) == pytest.approx(20)
        assert as_factor(10_000) == float("inf")


class TestGrant:
    @pytest.mark.parametrize(
        ("alpha", "errors", "known"),
        # Looked at after every five audits: 190 for none.
        [(0.02, 0, 190)],
    )
    def test_takes_the_known_number_of_audits(self, alpha, errors, known):
        needed = audits_needed(errors, alpha=alpha, delta=0.05)

        assert known - 5 < needed <= known
        assert may_grant(errors, needed, alpha=alpha, delta=0.05)
        assert not may_grant(errors, needed - 1, alpha=alpha, delta=0.05)

    def test_where_a_million_audits_don_t_do_says_so(self):
        assert audits_needed(0, alpha=1e-6, delta=1e-3) is None

    def test_at_the_boundary_is_rarer_than_delta_however_often_it_is_looked_at(self):
        chance, alpha, delta, audits = np.random.default_rng(2), 0.05, 0.05, 1_000
        most = np.array(grant_boundary(audits, alpha=alpha, delta=delta))[1:]

        errors = (chance.random((2_000, audits)) < alpha).cumsum(axis=1)
        granted = (errors <= most).any(axis=1).mean()

        assert granted <= delta + 3 * (delta * (1 - delta) / 2_000) ** 0.5

    def test_boundary_agrees_with_the_evidence_at_every_audit(self):
        most = grant_boundary(600, alpha=0.02, delta=0.05)

        assert all(
            may_grant(errors, audits, alpha=0.02, delta=0.05) == (errors <= most[audits])
            for audits in range(1, 601, 7)
            for errors in range(min(audits, 6) + 1)
        )

    def test_boundary_looked_at_now_and_then_grants_only_then(self):
        most = grant_boundary(200, alpha=0.02, delta=0.05, every=50)

        assert [audits for audits, errors in enumerate(most) if errors >= 0] == [200]


class TestAnytimeBound:
    @given(st.integers(1, 800), st.integers(0, 8))
    def test_is_wider_than_that_of_one_look_and_holds_the_estimate(self, audits, errors):
        errors = min(errors, audits)

        bound = anytime_upper(errors, audits, delta=0.05)

        assert bound >= min(1.0, upper_bound(errors, audits) - 1e-6)
        assert bound >= errors / audits

    def test_is_where_the_evidence_just_grants(self):
        bound = anytime_upper(2, 500, delta=0.05)

        assert exp(log_evidence(2, 500, bound)) == pytest.approx(20, rel=1e-4)

    def test_after_nothing_is_anything(self):
        assert anytime_upper(0, 0, delta=0.05) == 1
        assert anytime_upper(1, 1, delta=0.05) == 1


class TestDirections:
    def test_are_granted_together_or_not_at_all(self):
        alone = log_evidence(0, 400, 0.02)

        assert weakest([(0, 400), (0, 900)], 0.02) == alone
        assert weakest([(0, 4_000), (1, 2)], 0.02) < 0
        assert weakest([], 0.02) == 0


class TestDrift:
    def test_multiplies_the_bet_and_begins_anew_when_it_loses(self):
        once = drifted(0, error=True, alpha=0.02)
        again = drifted(once, error=False, alpha=0.02)

        assert once == pytest.approx(3)
        assert again == pytest.approx(3 * 0.94 / 0.98)
        assert drifted(0.2, error=False, alpha=0.02) == pytest.approx(0.94 / 0.98)

    def test_from_one_percent_to_ten_is_found_within_about_eighty_audits(self):
        chance, delays = np.random.default_rng(5), []
        for _ in range(200):
            evidence, audits = 0.0, 0
            while evidence < 1_000:
                evidence = drifted(evidence, error=bool(chance.random() < 0.1), alpha=0.02)
                audits += 1
            delays.append(audits)

        assert 60 <= np.median(delays) <= 110

    def test_bets_on_a_rate_that_there_is(self):
        assert default_alternative(0.02) == pytest.approx(0.06)
        assert default_alternative(0.5) == 0.75
        with pytest.raises(ValueError, match="drift from"):
            drifted(0, error=True, alpha=0.1, alternative=0.05)


class TestBudget:
    def test_is_never_overspent(self):
        assert sum(spent(0.05, number) for number in range(1, 10_000)) < 0.05
        assert spent(0.05, 1) == pytest.approx(0.0304, abs=5e-5)
        with pytest.raises(ValueError, match="application 0"):
            spent(0.05, 0)

    def test_of_false_discoveries_grants_the_largest_set_that_carries_itself(self):
        evidence = [log(one) for one in (300, 45, 1, 30, 0.2)]

        assert e_bh(evidence, 0.1) == [True, True, False, True, False]  # third strongest has 30, at least 5 / (3 * .1)
        assert e_bh([log(5)] * 3, 0.1) == [False] * 3
        assert e_bh([], 0.1) == []
