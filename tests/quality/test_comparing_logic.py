"""A decision beside a label: right, wrong or not applicable, by criterion."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from assize.kernel.ids import ActionId, ClauseId
from assize.policy.models import Severity
from assize.quality.logic import Said, compare, wrong
from assize.quality.models import Criterion, Mark, Outcome
from assize.review.models import Disposition, DispositionKind, TargetLevel, Verdict

V, N, A = Verdict.VIOLATION, Verdict.NO_VIOLATION, Verdict.AMBIGUOUS_POLICY
WARN, BAN = (
    Disposition(
        kind=DispositionKind.ENFORCE, target_level=TargetLevel.ACCOUNT, target_id="acc", action_id=ActionId(one)
    )
    for one in ("warn", "ban")
)


def said(verdict: Verdict = V, **given_: Any) -> Said:
    settings = {"verdict": verdict, "clause": ClauseId("HAR-1"), "severity": Severity.SEV2, "dispositions": (WARN,)}
    return Said(**(settings | given_))


anything = some.builds(
    said,
    some.sampled_from(Verdict),
    clause=some.sampled_from([ClauseId("HAR-1"), ClauseId("CSE-1")]),
    severity=some.sampled_from(Severity),
    dispositions=some.sampled_from([(), (WARN,), (BAN,)]),
    escalated=some.booleans(),
)


class TestOutcome:
    @pytest.mark.parametrize(
        ("decision", "label", "outcome"),
        [
            (V, V, Outcome.TRUE_POSITIVE),
            (V, N, Outcome.FALSE_POSITIVE),
            (N, V, Outcome.FALSE_NEGATIVE),
            (N, N, Outcome.TRUE_NEGATIVE),
            (Verdict.EXCEPTED, N, Outcome.TRUE_NEGATIVE),
            (A, V, Outcome.FALSE_NEGATIVE),
            (V, A, None),
        ],
    )
    def test_is_of_the_decision_against_the_label(self, decision: Verdict, label: Verdict, outcome: Outcome | None):
        assert compare(said(decision), said(label)).outcome is outcome


class TestMarks:
    @given(anything)
    def test_are_never_wrong_for_a_decision_that_says_the_same(self, one: Said):
        found = compare(replace(one, escalated=False), replace(one, escalated=False))

        assert wrong(found.marks) == ()
        assert found.severity_gap in {0, None}
        assert not found.missed_escalation

    @given(anything, anything)
    def test_count_one_mistake_once(self, given_: Said, label: Said):
        found = compare(given_, label).marks

        if found[Criterion.DECISION] is Mark.WRONG:
            assert {found[one] for one in (Criterion.CLAUSE, Criterion.SEVERITY, Criterion.ACTION)} == {Mark.NA}

    @given(anything)
    def test_blame_nobody_where_the_policy_is_ambiguous(self, given_: Said):
        found = compare(given_, said(A))

        assert set(found.marks.values()) == {Mark.NA}
        assert not found.missed_escalation

    def test_tell_clause_severity_and_action_apart(self):
        one = said(clause=ClauseId("CSE-1"), severity=Severity.SEV3, dispositions=(BAN,))

        found = compare(one, said())

        assert wrong(found.marks) == ("clause", "severity", "action")
        assert found.severity_gap == 1

    @pytest.mark.parametrize(
        ("decision", "label", "mark", "missed"),
        [
            (said(severity=Severity.SEV1), said(severity=Severity.SEV1), Mark.RIGHT, False),
            (said(severity=Severity.SEV3), said(severity=Severity.SEV1), Mark.WRONG, True),
            (said(severity=Severity.SEV3, escalated=True), said(severity=Severity.SEV1), Mark.RIGHT, False),
            (said(N, severity=Severity.SEV4), said(severity=Severity.SEV0), Mark.WRONG, True),
            (said(severity=Severity.SEV0), said(), Mark.WRONG, False),
            (said(), said(), Mark.NA, False),
        ],
        ids=["both", "missed", "by hand", "not found", "too much", "neither"],
    )
    def test_tell_missed_escalations_alone(self, decision: Said, label: Said, mark: Mark, missed: bool):
        found = compare(decision, label)

        assert (found.marks[Criterion.ESCALATION], found.missed_escalation) == (mark, missed)
