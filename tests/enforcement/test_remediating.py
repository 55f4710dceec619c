"""Taking back what one wrong cause has done."""

from datetime import timedelta

import pytest

from assize.enforcement import service
from assize.enforcement.errors import NothingChosen, NotThatFar, PartlyHidden, SecondPersonNeeded
from assize.enforcement.models import EffectKind, EffectState, EnforcementState
from assize.enforcement.models.remediation import Cause, RemediationState, Selection
from assize.enforcement.service import taking_back
from assize.enforcement.store import plans, standing
from assize.intake import service as intake
from assize.intake.models import About
from assize.kernel.actor import Scope
from assize.triage import service as triage
from assize.triage.models import BankKind
from assize.workforce.errors import NotAllowed
from assize.workforce.models import SYSTEM, Role
from builders.enforcement import a_policy_of_actions, decided, effects_about, enforced, facts_in, leave
from builders.intake import a_raw_report
from builders.review import AT, a_reviewer, a_task, event_of

PLANNER = a_reviewer("petra", roles=(Role.OPERATIONS_MANAGER,))
SECOND = a_reviewer("sara", roles=(Role.EXPERT,))
WEEK = Selection(
    cause=Cause.ACTION, cause_id="suspend-account", since=AT - timedelta(days=1), until=AT + timedelta(days=6)
)
LATER = AT + timedelta(days=7)


@pytest.fixture
def there(fresh_database):
    """Three accounts suspended and told, in a database of their own."""
    with fresh_database.transaction(SYSTEM) as tx:
        a_policy_of_actions(tx)
        for n in range(3):
            decision = decided(tx, "suspend-account", account=f"acc-{n}", conversation=f"con-{n}")
            enforced(tx, decision)
            leave(tx, decision)
    return fresh_database


def planned(database, selection=WEEK, sample=2):
    with database.transaction(PLANNER) as tx:
        return service.plan_remediation(tx, selection=selection, reason="the rule was wrong", sample=sample, at=LATER)


def approved(database, **more):
    made = planned(database, **more)
    with database.transaction(SECOND) as tx:
        service.approve_remediation(tx, remediation_id=made.id, at=LATER)
    return made


def progress(database, made):
    with database.transaction(SYSTEM) as tx:
        return service.remediation(tx, remediation_id=made.id)


class TestPlanning:
    def test_counts_before_anything_is_decided(self, there):
        with there.transaction(PLANNER) as tx:
            (share,) = service.chosen(tx, selection=WEEK).shares

        assert (share.action_id, share.n, share.reversible) == ("suspend-account", 3, True)

    @pytest.mark.parametrize(
        ("cause", "named"),
        [(Cause.REVIEWER, "nobody"), (Cause.MACHINE, "rev_1"), (Cause.RULE, "no-rule"), (Cause.CLAUSE, "XXX-1")],
    )
    def test_refuses_a_choice_of_nothing(self, there, cause, named):
        with pytest.raises(NothingChosen):
            planned(there, Selection(cause=cause, cause_id=named, since=WEEK.since, until=WEEK.until))

    def test_draws_a_sample_that_can_be_drawn_again(self, there):
        made = planned(there)

        with there.transaction(PLANNER) as tx:
            first = service.remediation_sample(tx, remediation_id=made.id)
            again = service.remediation_sample(tx, remediation_id=made.id)

        assert [one.place for one in first] == [1, 2]
        assert first == again

    def test_estimates_the_share_that_was_wrong_with_its_interval(self, there):
        made = planned(there)
        with there.transaction(PLANNER) as tx:
            one, other = service.remediation_sample(tx, remediation_id=made.id)
            service.judge_item(tx, remediation_id=made.id, item_id=one.id, wrong=True, at=LATER)
            service.judge_item(tx, remediation_id=made.id, item_id=other.id, wrong=False, at=LATER)

        _, found = progress(there, made)

        assert (found.errors.n, found.errors.value) == (2, 0.5)
        assert found.errors.low < 0.1
        assert found.errors.high > 0.9

    def test_needs_a_second_different_person(self, there):
        made = planned(there)

        with pytest.raises(SecondPersonNeeded), there.transaction(PLANNER) as tx:
            service.approve_remediation(tx, remediation_id=made.id, at=LATER)
        with pytest.raises(NotAllowed), there.transaction(a_reviewer()) as tx:
            service.approve_remediation(tx, remediation_id=made.id, at=LATER)
        assert service.remedy(there, at=LATER) == 0

    def test_is_answered_by_somebody_who_sees_all_of_it(self, there):
        made = planned(there)
        with there.transaction(SYSTEM) as tx:
            case_id = tx.value("select case_id from enforcement.remediation_item limit 1")
            triage.restrict(tx, case_id=case_id, compartment="sealed", at=LATER)

        with pytest.raises(PartlyHidden), there.transaction(SECOND) as tx:
            service.approve_remediation(tx, remediation_id=made.id, at=LATER)


class TestCarryingOut:
    def test_takes_back_effect_strike_count_and_tells_who_was_told(self, there):
        made = approved(there)

        while service.remedy(there, at=LATER):
            pass

        found, done = progress(there, made)
        assert (found.state, done.done, done.waiting, done.strikes, done.told) == (RemediationState.DONE, 3, 0, 3, 3)
        with there.transaction(SYSTEM) as tx:
            for plan in plans.listed(tx, limit=9):
                assert plan.state is EnforcementState.UNDONE
                assert standing.strike_of(tx, plan.id) is None
                assert effects_about(tx, plan.id)[EffectKind.UNDO].state is EffectState.WAITING
                (told,) = effects_about(tx, f"{plan.id}:taken-back").values()
                assert "has been taken back" in told.data["order"]["text"]
            assert tx.value("select sum(n)::int from triage.counter where name = 'strikes'") == 0

    def test_changes_nothing_when_it_is_done_again(self, there):
        approved(there)
        while service.remedy(there, at=LATER):
            pass

        approved_again = pytest.raises(NothingChosen)
        with approved_again:
            planned(there)
        with there.transaction(SYSTEM) as tx:
            assert len(facts_in(tx, "RemediationItemDone")) == 3
            assert tx.value("select count(*) from enforcement.effect where kind = 'undo'") == 3

    def test_resumes_after_it_was_killed_in_the_middle(self, there, monkeypatch):
        made = approved(there)
        real, seen = taking_back._take_back_one, []

        def dies(tx, found, item, *, at):
            real(tx, found, item, at=at)
            seen.append(item)
            if len(seen) == 2:
                raise KeyboardInterrupt

        monkeypatch.setattr(taking_back, "_take_back_one", dies)
        assert service.remedy(there, limit=1, at=LATER) == 1
        with pytest.raises(KeyboardInterrupt):
            service.remedy(there, limit=1, at=LATER)
        _, halfway = progress(there, made)
        monkeypatch.setattr(taking_back, "_take_back_one", real)
        while service.remedy(there, limit=1, at=LATER):
            pass

        _, done = progress(there, made)
        assert (halfway.done, halfway.waiting) == (1, 2)
        assert (done.done, done.failed) == (3, 0)
        with there.transaction(SYSTEM) as tx:
            assert tx.value("select count(*) from enforcement.effect where kind = 'undo'") == 3
            assert tx.value("select count(*) from enforcement.strike where removed_at is null") == 0

    def test_lists_what_cannot_be_undone_for_a_person(self, there):
        with there.transaction(SYSTEM) as tx:
            tx.run(
                "update enforcement.enforcement set reversible = false where id = (select min(id) from enforcement.enforcement)"
            )
        made = approved(there)

        while service.remedy(there, at=LATER):
            pass

        _, done = progress(there, made)
        assert (done.done, done.by_hand, done.told) == (2, 1, 2)
        with there.transaction(SECOND) as tx:
            (left,) = service.remediation_left_over(tx, remediation_id=made.id)
        assert left.problem == "irreversible: to be made good by hand"

    def test_pauses_and_goes_on(self, there):
        made = approved(there)
        with there.transaction(PLANNER) as tx:
            service.pause_remediation(tx, remediation_id=made.id, at=LATER)

        assert service.remedy(there, at=LATER) == 0
        with there.transaction(PLANNER) as tx:
            service.resume_remediation(tx, remediation_id=made.id, at=LATER)
        assert service.remedy(there, at=LATER) == 3

    def test_is_over_where_it_was_refused(self, there):
        made = planned(there)
        with there.transaction(SECOND) as tx:
            service.refuse_remediation(tx, remediation_id=made.id, at=LATER)

        assert service.remedy(there, at=LATER) == 0
        with pytest.raises(NotThatFar), there.transaction(PLANNER) as tx:
            service.resume_remediation(tx, remediation_id=made.id, at=LATER)


class TestVouchedFor:
    """Answers to reports and entries of banks go with the decision they came from, where the finding is in doubt."""

    REVIEWER = Selection(cause=Cause.REVIEWER, cause_id="rev_ada", since=WEEK.since, until=WEEK.until)

    @pytest.fixture
    def reported(self, fresh_database):
        """A reported account suspended, and a reported one let go, both by Ada; a bank with a hash of the first."""
        with fresh_database.transaction(SYSTEM) as tx:
            a_policy_of_actions(tx)
            for n, clean in enumerate((False, True)):
                task = a_task(tx, "HAR-1", account=f"acc-{n}", conversation=f"con-{n}")
                about = About(event_id=event_of(tx, task))
                report = a_raw_report(external_id=f"report-{n}", about=about)
                intake.report(tx, reports=[report], at=AT)
                decision = decided(tx, *(() if clean else ("suspend-account",)), task=task, clean=clean)
                enforced(tx, decision)
                leave(tx, decision)
                if not clean:
                    service.bank_from_decision(
                        tx, decision_id=decision.id, name="known", kind=BankKind.MD5, values=["a" * 32], at=AT
                    )
            assert decision.reviewer_id == self.REVIEWER.cause_id
        return fresh_database

    def test_are_counted_with_the_choice(self, reported):
        with reported.transaction(PLANNER) as tx:
            found = service.chosen(tx, selection=self.REVIEWER)

        assert [(one.action_id, one.n) for one in found.shares] == [("suspend-account", 1), (None, 1)]
        assert (found.n, found.reports, found.entries) == (2, 2, 1)

    def test_are_taken_back_and_their_senders_told(self, reported):
        made = approved(reported, selection=self.REVIEWER)

        while service.remedy(reported, at=LATER):
            pass

        found, done = progress(reported, made)
        assert (found.state, done.done, done.reports, done.entries) == (RemediationState.DONE, 2, 2, 1)
        with reported.transaction(SYSTEM) as tx:
            reports = intake.list_reports(tx).reports
            assert [one.upheld for one in reports] == [None, None]
            reporter = intake.reporter_of(tx, reports[0].reporter_id)
            assert (reporter.upheld, reporter.rejected) == (0, 0)
            assert [one.items for one in triage.banks(tx)] == [0]
            outcomes = tx.rows(
                "select data->'order'->>'outcome' as outcome from enforcement.effect"
                " where kind = 'report_outcome' order by 1"
            )
            assert [row["outcome"] for row in outcomes] == ["not_upheld", "upheld", "withdrawn", "withdrawn"]
            assert {one["reports"] for one in facts_in(tx, "RemediationItemDone")} == {1}

    def test_are_taken_back_once_where_it_was_killed_in_the_middle(self, reported, monkeypatch):
        made = approved(reported, selection=self.REVIEWER)
        real = taking_back._take_back_one

        def dies(tx, found, item, *, at):
            real(tx, found, item, at=at)
            raise KeyboardInterrupt

        monkeypatch.setattr(taking_back, "_take_back_one", dies)
        with pytest.raises(KeyboardInterrupt):
            service.remedy(reported, at=LATER)
        monkeypatch.setattr(taking_back, "_take_back_one", real)
        while service.remedy(reported, limit=1, at=LATER):
            pass

        _, done = progress(reported, made)
        assert (done.done, done.reports, done.entries) == (2, 2, 1)
        with reported.transaction(SYSTEM) as tx:
            assert len(facts_in(tx, "ReportOutcomeWithdrawn")) == 2
            assert [one.items for one in triage.banks(tx)] == [0]
        with pytest.raises(NothingChosen):
            planned(reported, self.REVIEWER)

    def test_stay_where_only_the_action_was_wrong(self, reported):
        made = approved(reported)

        while service.remedy(reported, at=LATER):
            pass

        _, done = progress(reported, made)
        assert (done.done, done.reports, done.entries) == (1, 0, 0)
        with reported.transaction(SYSTEM) as tx:
            assert {one.upheld for one in intake.list_reports(tx).reports} == {True, False}
            assert [one.items for one in triage.banks(tx)] == [1]

    def test_can_be_judged_without_an_enforcement(self, reported):
        made = planned(reported, self.REVIEWER)
        with reported.transaction(PLANNER) as tx:
            (alone,) = [
                one for one in service.remediation_sample(tx, remediation_id=made.id) if one.enforcement_id is None
            ]
            service.judge_item(tx, remediation_id=made.id, item_id=alone.id, wrong=True, at=LATER)

        _, found = progress(reported, made)
        assert (found.judged, found.wrong) == (1, 1)
        assert alone.id == alone.decision_id


class TestNeedToKnow:
    def test_hides_a_remediation_of_which_nothing_may_be_seen(self, there):
        made = planned(there)
        with there.transaction(SYSTEM) as tx:
            for row in tx.rows("select distinct case_id from enforcement.remediation_item"):
                triage.restrict(tx, case_id=row["case_id"], compartment="sealed", at=LATER)

        with there.transaction(SECOND) as tx:
            assert service.remediations_listed(tx) == []
        with there.transaction(
            a_reviewer("x", roles=(Role.EXPERT,), scope=Scope(compartments=frozenset({"sealed"})))
        ) as tx:
            assert [one.id for one in service.remediations_listed(tx)] == [made.id]
