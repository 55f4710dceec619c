"""What a decision vouches for beside its enforcements rests on it, and goes with it."""

from datetime import timedelta

import pytest

from assize.enforcement import service
from assize.enforcement.errors import NoGround, NothingToBank
from assize.enforcement.logic.reports import says_of_reports
from assize.enforcement.models import EffectKind, EffectState
from assize.enforcement.store import effects
from assize.intake import service as intake
from assize.intake.models import About, Media, ReporterKind, ReporterRef
from assize.review import service as review
from assize.review.models import Verdict
from assize.triage import service as triage
from assize.triage.models import BankKind
from assize.workforce.models import Role
from builders.enforcement import a_policy_of_actions, decided, effects_about, enforced, facts_in, leave
from builders.intake import a_raw_report
from builders.review import AT, a_reviewer, a_task, acting, event_of

MD5 = "0123456789abcdef0123456789abcdef"
OTHER_MD5 = "fedcba9876543210fedcba9876543210"
LEAD = a_reviewer("lena", roles=(Role.OPERATIONS_MANAGER,))
SECOND = a_reviewer("omar", roles=(Role.EXPERT,))


@pytest.fixture(autouse=True)
def policy(tx):
    a_policy_of_actions(tx)


def reported(tx, task, number=1):
    """A report about what a task is about; its id."""
    report = a_raw_report(
        external_id=f"their-report-{number}",
        reporter=ReporterRef(kind=ReporterKind.USER, ref=f"reporter-{number}"),
        about=About(event_id=event_of(tx, task)),
    )
    return intake.report(tx, reports=[report], at=AT).ids[0]


def judged(tx, *, clean=False, test=False):
    """A decision about something that was reported, carried out; and the report's id."""
    task = a_task(tx, "HAR-1", account="acc-1", conversation="con-1", test=test)
    report_id = reported(tx, task)
    decision = decided(tx, *(() if clean else ("suspend-account",)), task=task, clean=clean)
    enforced(tx, decision)
    return decision, report_id


def looked_at_again(tx, decision, *, clean=False):
    """Another decision in place of one, carried out."""
    with acting(tx, SECOND) as theirs:
        task = review.second_look(theirs, decision_id=decision.id, reason="unsure", at=AT)
    again = decided(tx, *(() if clean else ("suspend-account",)), task=task, who=SECOND, clean=clean)
    assert again.replaces == decision.id
    enforced(tx, again)
    return again


def answer(tx, decision, report_id, more=""):
    return effects_about(tx, f"{decision.id}:{report_id}{more}").get(EffectKind.REPORT_OUTCOME)


def listed(tx):
    return {one.name: one.items for one in triage.banks(tx)}


class TestReports:
    @pytest.mark.parametrize(
        ("verdict", "expected"),
        [
            (Verdict.VIOLATION, True),
            (Verdict.NO_VIOLATION, False),
            (Verdict.OUT_OF_SCOPE, False),
            (Verdict.EXCEPTED, None),
            (Verdict.AMBIGUOUS_POLICY, None),
        ],
    )
    def test_are_right_or_wrong_or_neither_by_the_verdict(self, verdict, expected):
        assert says_of_reports(verdict) is expected

    @pytest.mark.parametrize(("clean", "outcome"), [(False, "upheld"), (True, "not_upheld")])
    def test_are_answered_when_the_decision_takes_effect(self, tx, clean, outcome):
        decision, report_id = judged(tx, clean=clean)

        assert intake.report_of(tx, report_id).upheld is not clean
        told = answer(tx, decision, report_id)
        assert (told.state, told.due_at) == (EffectState.WAITING, decision.effective_at)
        assert (told.target.level, told.target.ref) == ("report", "their-report-1")
        assert told.data["order"]["outcome"] == outcome

    def test_are_answered_once(self, tx):
        decision, report_id = judged(tx)

        enforced(tx, decision)

        reporter = intake.reporter_of(tx, intake.report_of(tx, report_id).reporter_id)
        assert (reporter.upheld, reporter.rejected) == (1, 0)
        assert len(facts_in(tx, "ReportOutcomeRecorded")) == 1

    def test_of_test_traffic_stay_open(self, tx):
        decision, report_id = judged(tx, test=True)

        assert intake.report_of(tx, report_id).upheld is None
        assert answer(tx, decision, report_id) is None

    def test_are_open_again_when_the_decision_is_undone(self, tx):
        decision, report_id = judged(tx)

        service.undo_decision(tx, decision_id=decision.id, at=AT + timedelta(seconds=5))

        report = intake.report_of(tx, report_id)
        assert report.upheld is None
        assert intake.reporter_of(tx, report.reporter_id).upheld == 0
        assert answer(tx, decision, report_id).state is EffectState.CANCELLED
        assert answer(tx, decision, report_id, ":withdrawn") is None

    def test_keep_their_answer_where_another_decision_says_the_same(self, tx):
        decision, report_id = judged(tx)
        leave(tx, decision)

        again = looked_at_again(tx, decision)

        assert answer(tx, decision, report_id) is None
        assert answer(tx, again, report_id).state is not EffectState.CANCELLED
        told = [one for one in effects.listed(tx, limit=99) if one.kind is EffectKind.REPORT_OUTCOME]
        assert len(told) == 1
        assert len(facts_in(tx, "ReportOutcomeRecorded")) == 1

    def test_are_told_the_other_answer_where_another_decision_says_otherwise(self, tx):
        decision, report_id = judged(tx)
        leave(tx, decision)

        again = looked_at_again(tx, decision, clean=True)

        assert intake.report_of(tx, report_id).upheld is False
        assert answer(tx, again, report_id).data["order"]["outcome"] == "not_upheld"
        assert answer(tx, decision, report_id, ":withdrawn") is None

    def test_are_answered_again_when_the_first_decision_stands_again(self, tx):
        decision, report_id = judged(tx)
        again = looked_at_again(tx, decision, clean=True)
        assert answer(tx, decision, report_id).state is EffectState.CANCELLED

        service.undo_decision(tx, decision_id=again.id, restores=decision.id, at=AT + timedelta(seconds=5))

        assert intake.report_of(tx, report_id).upheld is True
        assert answer(tx, decision, report_id).state is EffectState.WAITING
        assert answer(tx, again, report_id).state is EffectState.CANCELLED


class TestBanks:
    def test_are_filled_from_a_decision_that_found_a_violation(self, tx):
        decision, _ = judged(tx)

        with acting(tx, LEAD) as mine:
            added = service.bank_from_decision(
                mine, decision_id=decision.id, name="known", kind=BankKind.MD5, values=[MD5], at=AT
            )

        assert (added, listed(tx)) == (1, {"known": 1})
        assert facts_in(tx, "BankChanged")[0]["decision_id"] == decision.id

    def test_take_the_hashes_that_findings_point_at(self, tx):
        media = (Media(hashes={"md5": MD5}, pointer="p-1"), Media(hashes={"sha256": "0" * 64}, pointer="p-2"))
        task = a_task(tx, "HAR-1", account="acc-1", conversation="con-1", media=media)
        decision = decided(tx, "suspend-account", task=task)

        assert service.bank_from_decision(tx, decision_id=decision.id, name="known", kind=BankKind.MD5, at=AT) == 1
        with pytest.raises(NothingToBank):
            service.bank_from_decision(tx, decision_id=decision.id, name="close", kind=BankKind.PDQ, at=AT)

    def test_take_nothing_from_a_decision_that_found_none_or_does_not_stand(self, tx):
        clean, _ = judged(tx, clean=True)
        replaced, _ = judged(tx)
        looked_at_again(tx, replaced)

        for decision in (clean, replaced):
            with pytest.raises(NoGround):
                service.bank_from_decision(
                    tx, decision_id=decision.id, name="known", kind=BankKind.MD5, values=[MD5], at=AT
                )

    def test_lose_what_a_decision_brought_when_it_is_undone(self, tx):
        decision, _ = judged(tx)
        service.bank_from_decision(tx, decision_id=decision.id, name="known", kind=BankKind.MD5, values=[MD5], at=AT)

        service.undo_decision(tx, decision_id=decision.id, at=AT)
        service.undo_decision(tx, decision_id=decision.id, at=AT)

        assert listed(tx) == {"known": 0}
        assert [one["removed"] for one in facts_in(tx, "BankChanged")] == [0, 1]

    def test_keep_what_was_added_by_hand_before_or_after(self, tx):
        decision, _ = judged(tx)
        triage.add_to_bank(tx, name="known", kind=BankKind.MD5, values=[MD5], at=AT)
        service.bank_from_decision(
            tx, decision_id=decision.id, name="known", kind=BankKind.MD5, values=[MD5, OTHER_MD5], at=AT
        )
        triage.add_to_bank(tx, name="known", kind=BankKind.MD5, values=[OTHER_MD5], at=AT)

        service.undo_decision(tx, decision_id=decision.id, at=AT)

        assert listed(tx) == {"known": 2}

    def test_keep_what_another_decision_brought_too(self, tx):
        first, _ = judged(tx)
        other = decided(tx, "suspend-account", account="acc-2", conversation="con-2")
        for decision in (first, other):
            service.bank_from_decision(
                tx, decision_id=decision.id, name="known", kind=BankKind.MD5, values=[MD5], at=AT
            )

        service.undo_decision(tx, decision_id=first.id, at=AT)
        kept = listed(tx)
        service.undo_decision(tx, decision_id=other.id, at=AT)

        assert (kept, listed(tx)) == ({"known": 1}, {"known": 0})

    @pytest.mark.parametrize(("clean", "left"), [(False, 1), (True, 0)])
    def test_follow_the_decision_that_comes_in_place(self, tx, clean, left):
        decision, _ = judged(tx)
        service.bank_from_decision(tx, decision_id=decision.id, name="known", kind=BankKind.MD5, values=[MD5], at=AT)

        again = looked_at_again(tx, decision, clean=clean)

        assert listed(tx) == {"known": left}
        service.undo_decision(tx, decision_id=again.id, at=AT)
        assert listed(tx) == {"known": 0}
