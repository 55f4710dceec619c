"""When an expert is asked, and what their word and an answered dispute make of a comparison."""

from typing import Any

import pytest

from assize.kernel.ids import ClauseId
from assize.policy.models import Severity
from assize.quality.logic import Compared
from assize.quality.logic.adjudicating import (
    Answer,
    DisputeState,
    Trigger,
    answered,
    settled,
    state_of,
    trigger_of,
)
from assize.quality.models import Comparison, Criterion, Mark, Outcome
from assize.quality.models.adjudicating import Voice
from assize.review.models import Verdict
from builders.comparing import a_comparison, marks_of
from builders.quality import a_decided, a_label, an_audit
from builders.review import a_judgement


def a_voice(verdict: Verdict = Verdict.VIOLATION, **given: Any) -> Voice:
    settings = {"by": "person", "clause": ClauseId("HAR-1"), "severity": Severity.SEV2}
    return Voice(verdict=verdict, **(settings | given))


class _Decision:
    """As much of a decision as builders of audits and labels read."""

    def __init__(self) -> None:
        one = a_decided()
        self.id, self.case_id, self.subject_id, self.reviewer_id = (
            one.decision_id, one.case_id, one.subject_id, one.reviewer_id,
        )  # fmt: skip
        self.dossier_id, self.policy_version_id, self.assessed = "dos_1", one.policy_version_id, one.severity
        self.judgement, self.verdict, self.primary_clause = a_judgement(), one.verdict, one.clause
        self.restriction = self.region = None


def a_wrong_one(marks: str = "wnnnnnn", **given: Any) -> Comparison:
    decision: Any = _Decision()
    label = a_label(decision, an_audit(decision))
    return a_comparison(a_decided(), label, marks, **({"outcome": Outcome.FALSE_POSITIVE} | given))


class TestAnExpertIsAsked:
    @pytest.mark.parametrize(
        ("other", "expected"),
        [
            (a_voice(), None),
            (a_voice(Verdict.NO_VIOLATION, clause=None), Trigger.SPLIT_VOTE),
            (a_voice(Verdict.AMBIGUOUS_POLICY), Trigger.SPLIT_VOTE),
            (a_voice(severity=Severity.SEV3), None),
            (a_voice(severity=Severity.SEV4), Trigger.SEVERITY_GAP),
            (a_voice(severity=Severity.SEV0), Trigger.SEVERITY_GAP),
            (a_voice(clause=ClauseId("HAR-2")), None),
            (a_voice(by="machine"), None),
            (a_voice(by="machine", clause=ClauseId("HAR-2")), Trigger.PERSON_AGAINST_MACHINE),
            (a_voice(Verdict.NO_VIOLATION, by="machine", clause=None), Trigger.PERSON_AGAINST_MACHINE),
            (a_voice(by="machine", severity=Severity.SEV4), Trigger.SEVERITY_GAP),
        ],
    )
    def test_where_judgements_differ_enough(self, other: Voice, expected: Trigger | None):
        assert trigger_of([a_voice(), other]) is expected
        assert trigger_of([other, a_voice()]) is expected

    def test_of_nothing_where_one_alone_judged(self):
        assert trigger_of([a_voice()]) is None

    def test_of_no_severity_where_nobody_found_anything(self):
        calm = a_voice(Verdict.NO_VIOLATION, clause=None, severity=Severity.SEV4)

        assert trigger_of([calm, a_voice(Verdict.NO_VIOLATION, clause=None, severity=Severity.SEV0)]) is None


class TestAnExpertSWord:
    def test_that_the_policy_is_ambiguous_blames_nobody(self):
        before = a_wrong_one("wwwwwww", process_error=True, missed_escalation=True)
        nobody = Compared(
            marks=dict.fromkeys(Criterion, Mark.NA), outcome=None, severity_gap=None, missed_escalation=False
        )

        made = settled(before, nobody, severity=Severity.SEV2, clause=ClauseId("HAR-1"))

        assert set(made.marks.values()) == {Mark.NA}
        assert (made.outcome, made.severity_true, made.missed_escalation, made.process_error) == (
            None,
            None,
            False,
            False,
        )

    def test_keeps_what_only_a_person_could_tell(self):
        before = a_wrong_one("wnnnnwr")
        right = Compared(
            marks=marks_of("rrrnnnn"), outcome=Outcome.TRUE_POSITIVE, severity_gap=0, missed_escalation=False
        )

        made = settled(before, right, severity=Severity.SEV2, clause=ClauseId("HAR-1"))

        assert "".join(made.marks[one].value[0] for one in Criterion) == "rrrnnwr"


class TestADispute:
    @pytest.mark.parametrize(
        ("answers", "expected"),
        [
            ([Answer.ACCEPT, Answer.ACCEPT], DisputeState.ACCEPTED),
            ([Answer.REJECT], DisputeState.REJECTED),
            ([Answer.ACCEPT, Answer.REJECT], DisputeState.IN_PART),
            ([Answer.IN_PART], DisputeState.IN_PART),
            ([], DisputeState.ACCEPTED),
        ],
    )
    def test_comes_to_what_its_differences_come_to(self, answers: list[Answer], expected: DisputeState):
        assert state_of(answers) is expected

    def test_that_is_rejected_changes_nothing(self):
        before = a_wrong_one()

        assert answered(before, Criterion.DECISION, Answer.REJECT) is before

    def test_of_a_decision_makes_it_right_where_it_is_accepted(self):
        made = answered(a_wrong_one(), Criterion.DECISION, Answer.ACCEPT)

        assert (made.marks[Criterion.DECISION], made.outcome, made.severity_gap) == (
            Mark.RIGHT,
            Outcome.TRUE_POSITIVE,
            0,
        )

    def test_of_a_decision_counts_neither_way_where_it_is_accepted_in_part(self):
        made = answered(a_wrong_one(missed_escalation=True), Criterion.DECISION, Answer.IN_PART)

        assert (made.marks[Criterion.DECISION], made.outcome, made.missed_escalation) == (Mark.NA, None, False)

    @pytest.mark.parametrize("criterion", [one for one in Criterion if one is not Criterion.DECISION], ids=str)
    def test_of_another_criterion_leaves_the_others_as_they_were(self, criterion: Criterion):
        before = a_wrong_one(
            "rwwwwww", wrong_clause=True, wrong_action=True, missed_escalation=True, process_error=True
        )

        made = answered(before, criterion, Answer.ACCEPT)

        assert made.marks == {**before.marks, criterion: Mark.RIGHT}
