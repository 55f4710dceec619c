"""An audit is done by somebody who did not decide, who sees the case as it was and nothing of the decision."""

import json
from datetime import timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter

from assize.kernel.ids import AuditId, ClauseId
from assize.platform.db import Database, Tx
from assize.platform.settings import Settings
from assize.policy.models import Dimension
from assize.quality import service
from assize.quality.errors import (
    AlreadyCommitted,
    AuditLost,
    AuditNotFree,
    BadReveal,
    NoSuchAudit,
    NotCommitted,
    NotForYou,
    NotYourAudit,
    OverBudget,
)
from assize.quality.models import AuditState, AuditView, Criterion, LooksAt, Mark, Outcome
from assize.quality.service import Remark
from assize.quality.store import audits
from assize.review import service as review
from assize.review.errors import BadJudgement
from assize.review.models import Decision
from assize.triage import service as triage
from assize.workforce.errors import NotAllowed
from assize.workforce.models import SYSTEM, Exposure, Principal, Role, Skills
from builders.quality import AT, a_lead, a_stratum, in_force, stood
from builders.review import PROSE, a_clean_judgement, a_judgement, a_policy, a_reviewer

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BUDGET = 120
SECRET = "what the first reviewer alone wrote of it"
LEAD = a_lead()


@pytest.fixture
def ready(fresh_database: Database, settings: Settings) -> Database:
    """A database in which every decision is audited."""
    with fresh_database.transaction(SYSTEM) as tx:
        a_policy(tx)
    in_force(fresh_database, settings, a_stratum(rate=1.0, floor=0.5), repeat_share=1.0, repeat_after=14 * DAY)
    return fresh_database


@pytest.fixture
def decision(ready: Database, settings: Settings) -> Decision:
    """A decision that an audit was asked of."""
    made = stood(ready, at=AT + MINUTE, rationale=f"{PROSE} {SECRET}")
    service.draw_due(ready, settings=settings, at=AT + HOUR)
    return made


def taken(tx: Tx, *, at: Any = AT + HOUR, **given: Any) -> AuditId:
    card = service.take_audit(tx, budget=BUDGET, at=at, **given)
    assert card is not None
    return card.id


def committed(database: Database, who: Principal, *, at: Any = AT + HOUR, clean: bool = False) -> AuditId:
    with database.transaction(who) as tx:
        audit_id = taken(tx, at=at)
        view = service.open_audit(tx, audit_id=audit_id, at=at)
        event_id = view.case.events[0].id
        judgement = a_clean_judgement(lowering={Dimension.GRAVITY: "nothing"}) if clean else a_judgement(event_id)
        service.commit_label(tx, audit_id=audit_id, judgement=judgement, at=at + MINUTE)
    return audit_id


class TestTaking:
    def test_gives_what_is_due_next(self, ready: Database, decision: Decision):
        with ready.transaction(LEAD) as tx:
            queue = service.audit_queue(tx, at=AT + HOUR)
            card = service.take_audit(tx, budget=BUDGET, at=AT + HOUR)

        assert card is not None
        assert (queue.waiting, queue.next[0].id, queue.next[0].case_id) == (1, card.id, None)
        assert (card.case_id, card.state) == (decision.case_id, AuditState.CLAIMED)

    @pytest.mark.usefixtures("decision")
    def test_gives_nobody_their_own_decision(self, ready: Database):
        ada = a_reviewer("ada", roles=(Role.ANALYST, Role.QA_LEAD))

        with ready.transaction(ada) as tx:
            audit_id = audits.waiting(tx, reviewer="", at=AT + HOUR, limit=1)[0].id
            queue = service.audit_queue(tx, at=AT + HOUR)
            card = service.take_audit(tx, budget=BUDGET, at=AT + HOUR)
            with pytest.raises(NotForYou):
                service.take_audit(tx, audit_id=audit_id, budget=BUDGET, at=AT + HOUR)

        assert (card, queue.waiting, queue.next) == (None, 0, ())

    def test_gives_nobody_a_case_they_have_opened_and_marks_it_where_they_ask_by_name(
        self, ready: Database, decision: Decision
    ):
        with ready.transaction(LEAD) as tx:
            review.open_case(tx, case_id=decision.case_id, purpose="an escalation", at=AT + 2 * MINUTE)
            audit_id = service.audit_queue(tx, at=AT + HOUR).next[0].id

            card = service.take_audit(tx, budget=BUDGET, at=AT + HOUR)
            by_name = service.take_audit(tx, audit_id=audit_id, budget=BUDGET, at=AT + HOUR)

        assert card is None
        assert by_name is not None
        assert not by_name.blind

    @pytest.mark.usefixtures("decision")
    def test_is_for_one_at_a_time(self, ready: Database):
        with ready.transaction(LEAD) as tx:
            audit_id = taken(tx)

        with ready.transaction(a_lead("quo")) as tx:
            assert service.take_audit(tx, budget=BUDGET, at=AT + HOUR) is None
            with pytest.raises(AuditNotFree):
                service.take_audit(tx, audit_id=audit_id, budget=BUDGET, at=AT + HOUR)
            with pytest.raises(NotYourAudit):
                service.audit_view(tx, audit_id=audit_id)
            with pytest.raises(NoSuchAudit):
                service.take_audit(tx, audit_id=AuditId("aud_nix"), budget=BUDGET, at=AT + HOUR)

    @pytest.mark.usefixtures("decision")
    def test_stays_within_skills(self, ready: Database):
        unskilled = a_lead("una", skills=Skills(clauses=frozenset({ClauseId("SPM")}), exposure=Exposure.SEVERE))

        with ready.transaction(unskilled) as tx:
            assert service.take_audit(tx, budget=BUDGET, at=AT + HOUR) is None

    @pytest.mark.usefixtures("decision")
    def test_stays_within_the_day_s_budget_of_hard_content(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            tx.run("update quality.audit set exposure = 4")

        with ready.transaction(LEAD) as tx:
            audit_id = service.audit_queue(tx, at=AT + HOUR).next[0].id
            assert service.take_audit(tx, budget=7, at=AT + HOUR) is None
            with pytest.raises(OverBudget):
                service.take_audit(tx, audit_id=audit_id, budget=7, at=AT + HOUR)
            assert service.take_audit(tx, budget=8, at=AT + HOUR) is not None

    @pytest.mark.parametrize("role", [Role.ANALYST, Role.OPERATIONS_MANAGER, Role.EXPERT], ids=str)
    def test_is_refused_to_whoever_does_not_audit(self, ready: Database, role: Role):
        with pytest.raises(NotAllowed), ready.transaction(a_reviewer("x", roles=(role,))) as tx:
            service.take_audit(tx, budget=BUDGET, at=AT + HOUR)

    @pytest.mark.usefixtures("decision")
    def test_ends_when_its_time_is_over(self, ready: Database):
        with ready.transaction(LEAD) as tx:
            audit_id = taken(tx)

        back = service.sweep_audits(ready, at=AT + 4 * HOUR)

        assert back == 1
        with ready.transaction(LEAD) as tx, pytest.raises(AuditLost):
            service.audit_view(tx, audit_id=audit_id)


class TestSeeing:
    def everything(self, view: AuditView) -> str:
        return json.dumps(TypeAdapter(AuditView).dump_python(view, mode="json"))

    def test_sends_nothing_of_the_decision(self, ready: Database, decision: Decision):
        with ready.transaction(LEAD) as tx:
            view = service.open_audit(tx, audit_id=taken(tx), at=AT + HOUR)

        sent = self.everything(view)
        assert view.case.events[0].turns[0].text
        for hidden in (SECRET, decision.id, decision.reviewer_id, decision.hash, decision.task_id):
            assert str(hidden) not in sent
        case = view.case
        assert (case.decisions, case.notes, case.history, case.similar, case.task) == ((), (), (), (), None)
        assert (case.assessed, case.state, case.blind) == (None, "open", True)
        assert {score for _, score, _ in case.likely} == {0.0}

    def test_shows_no_text_before_it_was_opened(self, ready: Database, decision: Decision):
        with ready.transaction(LEAD) as tx:
            view = service.audit_view(tx, audit_id=taken(tx))

        assert view.case.id == decision.case_id
        assert {turn.text for event in view.case.events for turn in event.turns} == {None}

    def test_is_charged_to_the_auditor_and_told_to_those_who_measure(self, ready: Database, decision: Decision):
        with ready.transaction(LEAD) as tx:
            service.open_audit(tx, audit_id=taken(tx), at=AT + HOUR)
            seen = review.exposure_today(tx, at=AT + 2 * HOUR)

        assert seen.openings == 1
        with ready.transaction(a_reviewer("ada")) as tx:
            kinds = {one.kind for one in review.history(tx, case_id=decision.case_id)}
        assert not kinds & {"ContentOpened", "AuditOpened", "AuditTaken", "AuditOffered", "DecisionDrawn"}

    def test_leaves_out_what_came_after_the_evidence_was_frozen(self, ready: Database, decision: Decision):
        with ready.transaction(SYSTEM) as tx:
            triage.set_assessed(
                tx,
                case_id=decision.case_id,
                severity=triage.case(tx, decision.case_id).severity,
                reason="x",
                at=AT + HOUR,
            )

        with ready.transaction(LEAD) as tx:
            view = service.audit_view(tx, audit_id=taken(tx))

        assert view.case.severity == view.case.veil.severity
        assert not any(one.later for one in view.case.events)

    def test_makes_the_case_blind_wherever_it_is_shown(self, ready: Database, decision: Decision):
        with ready.transaction(LEAD) as tx:
            before = review.case_view(tx, case_id=decision.case_id)
            taken(tx)
            during = review.case_view(tx, case_id=decision.case_id)
            listed = review.list_decisions(tx, case_id=decision.case_id).decisions
            told = review.decisions_of_case(tx, decision.case_id)

        assert [one.id for one in before.decisions] == [decision.id]
        assert (during.blind, during.decisions) == (True, ())
        assert {one.kind for one in during.history} == {"CaseOpened"}
        assert (list(listed), list(told)) == ([], [])


class TestCommitting:
    def test_keeps_the_label_by_its_hash_before_anything_is_shown(self, ready: Database, decision: Decision):
        audit_id = committed(ready, LEAD)

        with ready.transaction(LEAD) as tx:
            label = tx.one("select * from quality.label")
            fact = tx.one("select b.body from platform.fact f join platform.fact_body b on b.fact_id = f.id"
                          " where f.kind = 'AuditCommitted'")  # fmt: skip
            with pytest.raises(NotCommitted):
                service.revealed(tx, audit_id=audit_id)
        assert (label["of_id"], label["case_id"], label["blind"]) == (audit_id, decision.case_id, True)
        assert json.loads(fact["body"])["hash"] == label["hash"]

    @pytest.mark.usefixtures("decision")
    def test_tells_what_does_not_fit(self, ready: Database):
        with pytest.raises(BadJudgement), ready.transaction(LEAD) as tx:
            service.commit_label(tx, audit_id=taken(tx), judgement=a_judgement(None), at=AT + HOUR)

    @pytest.mark.usefixtures("decision")
    def test_happens_once(self, ready: Database):
        audit_id = committed(ready, LEAD)

        with ready.transaction(LEAD) as tx, pytest.raises(AlreadyCommitted):
            service.commit_label(tx, audit_id=audit_id, judgement=a_judgement(None), at=AT + 2 * HOUR)

    def test_is_marked_where_the_auditor_read_the_story_meanwhile(self, ready: Database, decision: Decision):
        with ready.transaction(LEAD) as tx:
            audit_id = taken(tx)
            view = service.open_audit(tx, audit_id=audit_id, at=AT + HOUR)
            review.note(tx, case_id=decision.case_id, body="I looked into it", at=AT + HOUR)

            label = service.commit_label(
                tx, audit_id=audit_id, judgement=a_judgement(view.case.events[0].id), at=AT + 2 * HOUR
            )

        assert not label.blind

    @pytest.mark.usefixtures("decision")
    def test_gives_the_same_person_the_case_again_after_a_while(self, ready: Database):
        committed(ready, LEAD)

        with ready.transaction(LEAD) as tx:
            assert service.take_audit(tx, budget=BUDGET, at=AT + 13 * DAY) is None
        with ready.transaction(a_lead("quo")) as tx:
            assert service.take_audit(tx, budget=BUDGET, at=AT + 15 * DAY) is None
        with ready.transaction(LEAD) as tx:
            again = service.take_audit(tx, budget=BUDGET, at=AT + 15 * DAY)
        assert again is not None
        assert (again.repeated, again.blind) == (True, True)


class TestRevealing:
    @pytest.mark.usefixtures("decision")
    def test_waits_for_the_label(self, ready: Database):
        with ready.transaction(LEAD) as tx:
            audit_id = taken(tx)
            with pytest.raises(NotCommitted):
                service.reveal(tx, audit_id=audit_id, at=AT + HOUR)

    def test_shows_both_beside_each_other_and_is_a_fact(self, ready: Database, decision: Decision):
        audit_id = committed(ready, LEAD)

        with ready.transaction(LEAD) as tx:
            found = service.reveal(tx, audit_id=audit_id, at=AT + 2 * HOUR)
            told = tx.value("select count(*) from platform.fact where kind = 'AuditRevealed'")

        assert (found.decision is not None and found.decision.id, told) == (decision.id, 1)
        assert found.label is not None
        assert found.comparison is not None
        assert (found.comparison.outcome, found.comparison.headline, found.comparison.inclusion) == (
            Outcome.TRUE_POSITIVE, True, 1.0
        )  # fmt: skip

    @pytest.mark.usefixtures("decision")
    def test_happens_once_however_often_it_is_asked(self, ready: Database):
        audit_id = committed(ready, LEAD)

        with ready.transaction(LEAD) as tx:
            first = service.reveal(tx, audit_id=audit_id, at=AT + 2 * HOUR)
            again = service.reveal(tx, audit_id=audit_id, at=AT + 3 * HOUR)

            assert again.audit.revealed_at == first.audit.revealed_at
            assert tx.value("select count(*) from quality.comparison") == 1

    def test_says_what_differs(self, ready: Database, decision: Decision):
        audit_id = committed(ready, LEAD, clean=True)

        with ready.transaction(LEAD) as tx:
            found = service.reveal(tx, audit_id=audit_id, at=AT + 2 * HOUR).comparison

        assert found is not None
        assert (found.outcome, found.reviewer_id) == (Outcome.FALSE_POSITIVE, decision.reviewer_id)
        assert found.marks[Criterion.DECISION] is Mark.WRONG

    @pytest.mark.usefixtures("decision")
    def test_keeps_what_a_remark_replaces(self, ready: Database):
        audit_id = committed(ready, LEAD)
        said = Remark(marks={Criterion.RATIONALE: Mark.WRONG}, process_error=True, comment="No reason was given.")

        with ready.transaction(LEAD) as tx:
            first = service.reveal(tx, audit_id=audit_id, at=AT + 2 * HOUR).comparison
            service.remark(tx, audit_id=audit_id, remark=said, at=AT + 3 * HOUR)
            found = service.revealed(tx, audit_id=audit_id)

        assert found.comparison is not None
        assert first is not None
        assert (found.comparison.marks[Criterion.RATIONALE], found.comparison.comment) == (Mark.WRONG, said.comment)
        assert [one.id for one in found.before] == [first.id] == [found.comparison.replaces]

    @pytest.mark.parametrize(
        "bad",
        [
            Remark(marks={Criterion.DECISION: Mark.RIGHT}),
            Remark(marks={}, technical=True),
            Remark(marks={}, comment="x" * 5000),
        ],
        ids=["compared by itself", "without a word", "too long"],
    )
    @pytest.mark.usefixtures("decision")
    def test_refuses_a_remark_that_does_not_fit(self, ready: Database, bad: Remark):
        audit_id = committed(ready, LEAD)

        with ready.transaction(LEAD) as tx:
            service.reveal(tx, audit_id=audit_id, at=AT + 2 * HOUR)
            with pytest.raises(BadReveal):
                service.remark(tx, audit_id=audit_id, remark=bad, at=AT + 3 * HOUR)

    @pytest.mark.usefixtures("decision")
    def test_is_for_the_auditor_and_then_for_those_who_measure_but_never_for_who_decided(self, ready: Database):
        audit_id = committed(ready, LEAD)
        ada = a_reviewer("ada", roles=(Role.ANALYST, Role.QA_LEAD))

        with ready.transaction(a_lead("quo")) as tx, pytest.raises(NotYourAudit):
            service.reveal(tx, audit_id=audit_id, at=AT + 2 * HOUR)
        with ready.transaction(LEAD) as tx:
            service.reveal(tx, audit_id=audit_id, at=AT + 2 * HOUR)
        with ready.transaction(a_lead("quo")) as tx:
            assert service.revealed(tx, audit_id=audit_id).comparison is not None
        with ready.transaction(ada) as tx, pytest.raises(NoSuchAudit):
            service.revealed(tx, audit_id=audit_id)

    @pytest.mark.usefixtures("decision")
    def test_of_a_repetition_shows_what_the_same_person_said_and_no_decision(self, ready: Database):
        committed(ready, LEAD)
        again = committed(ready, LEAD, at=AT + 15 * DAY, clean=True)

        with ready.transaction(LEAD) as tx:
            found = service.reveal(tx, audit_id=again, at=AT + 16 * DAY)

            assert tx.value("select count(*) from quality.comparison") == 0
        assert found.first is not None
        assert found.label is not None
        assert (found.decision, found.first.verdict != found.label.verdict) == (None, True)


class TestRecords:
    def test_are_looked_at_without_content_and_never_count_as_blind(
        self, ready: Database, decision: Decision, settings: Settings
    ):
        with ready.transaction(SYSTEM) as tx:
            tx.run("delete from quality.audit")
            tx.run("delete from quality.draw")
            tx.run("update review.decision set assessed = 0")
            service.stands(tx, decision_id=decision.id, effective_at=AT)
        service.draw_due(ready, settings=settings, at=AT + HOUR)

        with ready.transaction(LEAD) as tx:
            audit_id = taken(tx)
            audit, shown = service.record_view(tx, audit_id=audit_id)
            with pytest.raises(NotForYou):
                service.commit_label(tx, audit_id=audit_id, judgement=a_judgement(None), at=AT + HOUR)
            made = service.look_at_record(
                tx, audit_id=audit_id, remark=Remark(marks={Criterion.ESCALATION: Mark.WRONG}), at=AT + HOUR
            )

        assert (audit.looks_at, shown.id) == (LooksAt.RECORD, decision.id)
        assert (made.blind, made.headline, made.label_id, made.missed_escalation) == (False, False, None, True)


class TestWithdrawing:
    @pytest.mark.usefixtures("decision")
    def test_is_for_what_nobody_committed(self, ready: Database):
        with ready.transaction(LEAD) as tx:
            audit_id = taken(tx)
            service.withdraw_audit(tx, audit_id=audit_id, reason_code="content-gone", at=AT + HOUR)
            with pytest.raises(AlreadyCommitted):
                service.withdraw_audit(tx, audit_id=audit_id, reason_code="content-gone", at=AT + HOUR)

    @pytest.mark.usefixtures("decision")
    def test_is_not_returning(self, ready: Database):
        with ready.transaction(LEAD) as tx:
            audit_id = taken(tx)
            service.return_audit(tx, audit_id=audit_id, at=AT + HOUR)
            assert taken(tx, at=AT + 2 * HOUR) == audit_id
