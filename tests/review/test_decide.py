"""Deciding: what stands, what waits for a second person, what is only recorded; and every misfit named."""

from dataclasses import replace
from datetime import timedelta

import pytest

from assize.kernel.ids import ActionId, ClauseId, EventId
from assize.policy import service as policies
from assize.policy.models import Dimension, Severity
from assize.review import service
from assize.review.errors import (
    BadJudgement,
    BadRequest,
    DossierChanged,
    NoDisposal,
    NotYourDecision,
    NotYours,
    TooLateToUndo,
)
from assize.review.logic import GRACE
from assize.review.models import (
    DecisionState,
    Disposition,
    DispositionKind,
    ExceptionClaim,
    ExceptionStanding,
    Span,
    TargetLevel,
    TaskState,
    Verdict,
    View,
)
from assize.review.store import dossiers
from assize.triage.models import CaseState
from assize.workforce.errors import NotAllowed
from assize.workforce.models import SYSTEM, Role
from builders.review import (
    AT,
    MINUTE,
    PROSE,
    a_clean_judgement,
    a_finding,
    a_judgement,
    a_policy,
    a_reviewer,
    a_task,
    a_warning,
    acting,
    an_event,
    case_by_id,
    decided,
    event_of,
    in_hand,
    kept_out,
    subject_at,
    task_by_id,
)

ADA, BOB, CY = a_reviewer("ada"), a_reviewer("bob"), a_reviewer("cy")


@pytest.fixture(autouse=True)
def policy(request):
    if "tx" in request.fixturenames:
        a_policy(request.getfixturevalue("tx"))


def facts(tx, kind):
    return [
        row["thing"] for row in tx.rows("select thing from platform.fact where kind = %(k)s order by id", {"k": kind})
    ]


def a_request(account, **more):
    return Disposition(
        kind=DispositionKind.REQUEST_INFORMATION,
        target_level=TargetLevel.ACCOUNT,
        target_id=account,
        missing="the earlier conversation",
        owner="the safety desk",
        due_at=AT + timedelta(days=2),
        **more,
    )


def misfits(tx, judgement, *clauses):
    a_task(tx, *(clauses or ("HAR-1",)))
    task = in_hand(tx, ADA)
    event_id = event_of(tx, task)
    made = judgement(event_id, subject_at(tx, task, "account"))
    with acting(tx, ADA) as mine, pytest.raises(BadJudgement) as refused:
        service.decide(mine, task_id=task.id, judgement=made, at=AT)
    return {one["pointer"]: one["detail"] for one in refused.value.facts["places"]}


class TestDecide:
    def test_stands_and_marks_the_case_decided(self, tx):
        task = a_task(tx, "HAR-1")

        decision = decided(tx, ADA)

        assert decision.state is DecisionState.STANDS
        assert decision.task_id == task.id
        assert task_by_id(tx, task.id).state is TaskState.DONE
        case = case_by_id(tx, task.case_id)
        assert (case.state, case.assessed) == (CaseState.DECIDED, Severity.SEV3)
        assert facts(tx, "DecisionMade") == [decision.id]
        assert facts(tx, "DecisionStands") == [decision.id]

    def test_is_read_back_as_it_was_made(self, tx):
        task = a_task(tx)
        account = subject_at(tx, task, "account")
        dispositions = (
            a_warning(account, params={"days": 3}),
            Disposition(
                kind=DispositionKind.WATCH,
                target_level=TargetLevel.ACCOUNT,
                target_id=account,
                until=(AT + timedelta(days=30)).date(),
                triggers=("a new report",),
            ),
            Disposition(
                kind=DispositionKind.REQUEST_INFORMATION,
                target_level=TargetLevel.CONTENT,
                target_id=event_of(tx, task),
                missing="the earlier conversation",
                owner="the safety desk",
                interim=ActionId("block"),
                due_at=AT + timedelta(days=2),
            ),
        )
        event_id = event_of(tx, task)
        judgement = a_judgement(event_id, dispositions=dispositions, highlights=(Span(event_id=event_id, turn=1),))

        decision = decided(tx, ADA, judgement)

        again = service.decision(tx, decision.id)
        assert again == decision
        assert replace(again.judgement.findings[0], id=None, primary=False) == judgement.findings[0]
        assert again.dispositions == dispositions

    def test_names_policy_dossier_view_and_time_in_hand(self, tx):
        version = policies.current(tx)
        task = a_task(tx)

        decision = decided(tx, ADA)

        assert (decision.policy_version_id, decision.policy_hash) == (version.id, version.hash)
        assert decision.dossier_id == task.dossier_id
        assert decision.dossier_hash == dossiers.by_id(tx, task.dossier_id).hash
        assert decision.shown == {"dossier_version": 1, "masked": []}
        assert (decision.view, decision.inclusion, decision.in_hand_s) == (View.FULL, None, 60.0)

    def test_lets_the_policys_precedence_choose_the_primary_finding(self, tx):
        task = a_task(tx, "HAR-1", "HAR-2")
        event_id = event_of(tx, task)
        findings = (a_finding(event_id, "HAR-1"), a_finding(event_id, "HAR-2"))

        decision = decided(tx, ADA, a_judgement(event_id, findings=findings))

        assert decision.primary_clause == "HAR-2"
        assert [one.primary for one in decision.findings] == [False, True]

    def test_takes_json_as_well(self, tx):
        task = a_task(tx)
        body = {
            "findings": [
                {
                    "clause_id": "HAR-1",
                    "verdict": "violation",
                    "locus": "user",
                    "span": {"event_id": event_of(tx, task), "turn": 0},
                }
            ],
            "rubric": {"gravity": 2},
            "reason_codes": ["plain"],
        }
        held = in_hand(tx, ADA)

        with acting(tx, ADA) as mine:
            decision = service.decide(mine, task_id=held.id, judgement=body, at=AT)

        assert decision.verdict is Verdict.VIOLATION

    def test_is_refused_for_a_task_that_is_not_in_hand(self, tx):
        task = a_task(tx)

        with acting(tx, ADA) as mine, pytest.raises(NotYours):
            service.decide(mine, task_id=task.id, judgement=a_judgement(event_of(tx, task)), at=AT)

    def test_is_refused_without_the_right(self, tx):
        task = a_task(tx)
        auditor = a_reviewer("aud", roles=(Role.AUDITOR,))

        with acting(tx, auditor) as mine, pytest.raises(NotAllowed):
            service.decide(mine, task_id=task.id, judgement=a_clean_judgement(), at=AT)

    def test_waits_a_grace_time_before_effects(self, tx):
        a_task(tx)

        decision = decided(tx, ADA)

        assert decision.effective_at == decision.decided_at + GRACE

    def test_of_other_kinds_is_recorded_and_never_stands(self, tx):
        task = a_task(tx)
        service.offer(tx, case_id=task.case_id, kind="golden", view=View.BLIND, inclusion=0.25, at=AT)
        decided(tx, ADA)

        other = decided(tx, BOB, a_clean_judgement())

        assert (other.state, other.inclusion, other.view) == (DecisionState.RECORDED, 0.25, View.BLIND)
        assert len(facts(tx, "DecisionStands")) == 1

    def test_leaves_a_safe_copy_of_words_it_refuses_over_newer_evidence(self, fresh_database):
        from assize.kernel.ids import DossierId, new_id  # noqa: PLC0415

        with fresh_database.transaction(SYSTEM) as tx:
            a_policy(tx)
            event_id = event_of(tx, a_task(tx))
        with fresh_database.transaction(ADA) as tx:
            task = service.claim(tx, at=AT)
        old = DossierId(new_id("dos"))

        with pytest.raises(DossierChanged, match="New evidence"), fresh_database.transaction(ADA) as tx:
            service.decide(tx, task_id=task.id, judgement=a_judgement(event_id), seen=old, at=AT)

        with fresh_database.transaction(ADA) as tx:
            kept = service.drafts(tx, task_id=task.id)
            assert (kept[0].lost, kept[0].body["rationale"]) == (False, PROSE)


class TestMisfits:
    def test_name_the_field_of_an_unknown_clause(self, tx):
        found = misfits(tx, lambda e, _: a_judgement(e, findings=(a_finding(e, "XXX-9"),)))

        assert found == {
            "/findings/0/clause_id": "the policy test 1 has no such clause",
            "/reason_codes/0": "the clauses found have no such reason code",
        }

    def test_ask_for_a_passage(self, tx):
        found = misfits(tx, lambda e, _: a_judgement(e, findings=(a_finding(None),)))

        assert found == {"/findings/0/span": "mark the passage that breaks the clause"}

    @pytest.mark.parametrize(
        ("span", "pointer"),
        [
            ({"event_id": EventId("evt_other")}, "/findings/0/span/event_id"),
            ({"turn": 7}, "/findings/0/span/turn"),
            ({"turn": 0, "start": 3, "end": 2}, "/findings/0/span/start"),
            ({"turn": 0, "start": 0, "end": 10_000}, "/findings/0/span/end"),
            ({"start": 0, "end": 2}, "/findings/0/span/turn"),
        ],
        ids=["an event of another case", "no such turn", "backwards", "past the end", "without a turn"],
    )
    def test_name_what_is_wrong_with_a_passage(self, tx, span, pointer):
        found = misfits(tx, lambda e, _: a_judgement(e, findings=(a_finding(e, span=Span(**{"event_id": e} | span)),)))

        assert list(found) == [pointer]

    def test_ask_for_the_rubric_of_a_violation(self, tx):
        found = misfits(tx, lambda e, _: a_judgement(e, rubric={}))

        assert found == {"/rubric": "answer the questions of the clause: they say how grave it is"}

    def test_ask_why_a_dimension_was_lowered(self, tx):
        found = misfits(tx, lambda e, _: a_judgement(e, rubric={Dimension.GRAVITY: 1}))

        assert found == {"/lowering/gravity": "gravity was provisionally 2: say why it is lower"}

    def test_ask_for_prose_where_it_is_grave(self, tx):
        found = misfits(
            tx,
            lambda e, _: a_judgement(
                e,
                findings=(a_finding(e, "CSE-1"),),
                rubric={Dimension.GRAVITY: 4, Dimension.VULNERABILITY: 4},
                rationale="short",
            ),
            "CSE-1",
        )

        assert found == {"/rationale": "at SEV1 say why in your own words, in at least 20 characters"}

    def test_are_content_with_a_reason_code_where_it_is_not(self, tx):
        a_task(tx)

        decision = decided(tx, ADA, a_clean_judgement(rationale=""))

        assert decision.judgement.reason_codes == ("plain",)

    def test_ask_for_at_least_one_reason(self, tx):
        found = misfits(tx, lambda _e, _a: a_clean_judgement(rationale="", reason_codes=()))

        assert found == {"/reason_codes": "choose at least one reason, or write one"}

    def test_refuse_enforcement_without_a_violation(self, tx):
        found = misfits(tx, lambda _, account: a_clean_judgement(dispositions=(a_warning(account),)))

        assert found == {"/dispositions/0/kind": "nothing was found to break the policy: nothing to enforce"}

    def test_refuse_an_action_on_the_wrong_level(self, tx):
        found = misfits(
            tx, lambda e, account: a_judgement(e, dispositions=(a_warning(account, action_id=ActionId("block")),))
        )

        assert found == {"/dispositions/0/target_level": "Block content bears on content, not on account"}

    def test_refuse_a_target_that_the_case_is_not_about(self, tx):
        found = misfits(tx, lambda e, _: a_judgement(e, dispositions=(a_warning("sub_other"),)))

        assert found == {"/dispositions/0/target_id": "the case is not about such an account"}

    def test_put_support_first_where_the_clause_does(self, tx):
        found = misfits(
            tx,
            lambda e, account: a_judgement(e, findings=(a_finding(e, "SUI-1"),), dispositions=(a_warning(account),)),
            "SUI-1",
        )

        assert found == {
            "/dispositions": "SUI-1 puts support before enforcement: add support, or don't enforce",
        }

    @pytest.mark.parametrize(
        ("kind", "pointers"),
        [
            (DispositionKind.REQUEST_INFORMATION, {"missing", "owner", "due_at"}),
            (DispositionKind.WATCH, {"until", "triggers"}),
            (DispositionKind.SAFEGUARD_DEFECT, {"defect"}),
            (DispositionKind.ENFORCE, {"action_id"}),
        ],
    )
    def test_ask_for_what_a_disposition_needs(self, tx, kind, pointers):
        found = misfits(
            tx,
            lambda e, account: a_judgement(
                e, dispositions=(Disposition(kind=kind, target_level=TargetLevel.ACCOUNT, target_id=account),)
            ),
        )

        assert set(found) == {f"/dispositions/0/{one}" for one in pointers}

    @pytest.mark.parametrize(
        ("interim", "detail"),
        [
            ("block", "Block content bears on content, not on account"),
            ("gone", "name an action that the policy declares"),
        ],
    )
    def test_refuse_a_measure_that_can_not_hold_meanwhile(self, tx, interim, detail):
        found = misfits(
            tx, lambda e, account: a_judgement(e, dispositions=(a_request(account, interim=ActionId(interim)),))
        )

        assert found == {"/dispositions/0/interim": detail}

    def test_refuse_an_exception_that_is_only_claimed(self, tx):
        claim = ExceptionClaim(exception_id="fiction", standing=ExceptionStanding.CLAIMED)

        found = misfits(
            tx,
            lambda e, _: a_judgement(e, findings=(a_finding(e, verdict=Verdict.EXCEPTED, exception=claim),)),
        )

        assert found == {
            "/findings/0/exception/standing": "a claim alone does not except: the whole conversation is a story"
        }

    def test_refuse_an_exception_past_a_gate_that_none_opens(self, tx):
        claim = ExceptionClaim(exception_id="fiction", standing=ExceptionStanding.VERIFIED)

        found = misfits(
            tx,
            lambda e, _: a_judgement(
                e,
                findings=(a_finding(e, "CSE-1", verdict=Verdict.EXCEPTED, exception=claim),),
                rubric={Dimension.GRAVITY: 4},
            ),
            "CSE-1",
        )

        assert found == {"/findings/0/exception": "this exception can't be used here: grave is open"}

    def test_of_shape_are_told_with_their_place(self, tx):
        a_task(tx)
        task = in_hand(tx, ADA)

        with acting(tx, ADA) as mine, pytest.raises(BadJudgement) as refused:
            service.decide(mine, task_id=task.id, judgement={"findings": [{"verdict": "maybe"}], "colour": 1}, at=AT)

        pointers = {one["pointer"] for one in refused.value.facts["places"]}
        assert pointers == {"/findings/0/clause_id", "/findings/0/verdict", "/findings/0/locus", "/colour"}


class TestLoweringAGraveCase:
    def test_waits_for_a_second_person(self, tx):
        task = a_task(tx, "CSE-1")

        decision = decided(tx, ADA, a_clean_judgement("CSE-1"))

        assert decision.state is DecisionState.PROPOSED
        assert decision.effective_at is None
        case = case_by_id(tx, task.case_id)
        assert (case.state, case.severity) == (CaseState.OPEN, Severity.SEV1)
        assert facts(tx, "DecisionStands") == []
        second = [one for one in service.tasks_of_case(tx, task.case_id) if one.kind == "second_look"]
        assert [(kept_out(tx, one.id), one.about) for one in second] == [(frozenset({"rev_ada"}), decision.id)]

    def test_stands_once_a_different_person_agrees(self, tx):
        task = a_task(tx, "CSE-1")
        proposal = decided(tx, ADA, a_clean_judgement("CSE-1"))
        held = in_hand(tx, BOB)

        with acting(tx, BOB) as mine:
            decision = service.agree(mine, task_id=held.id, at=AT + 2 * MINUTE)

        assert decision.state is DecisionState.STANDS
        assert service.decision(tx, proposal.id).state is DecisionState.REPLACED
        case = case_by_id(tx, task.case_id)
        assert (case.state, case.severity) == (CaseState.DECIDED, Severity.SEV4)

    def test_is_never_given_to_the_same_person(self, tx):
        a_task(tx, "CSE-1")
        decided(tx, ADA, a_clean_judgement("CSE-1"))

        with acting(tx, ADA) as mine:
            assert service.claim(mine, at=AT) is None

    def test_is_answered_by_a_second_person_who_finds_it_grave(self, tx):
        a_task(tx, "CSE-1")
        decided(tx, ADA, a_clean_judgement("CSE-1"))
        held = in_hand(tx, BOB)
        event_id = event_of(tx, held)
        grave = a_judgement(
            event_id,
            findings=(a_finding(event_id, "CSE-1"),),
            rubric={Dimension.GRAVITY: 4, Dimension.VULNERABILITY: 4},
        )

        with acting(tx, BOB) as mine:
            decision = service.decide(mine, task_id=held.id, judgement=grave, at=AT)

        assert (decision.state, decision.assessed) == (DecisionState.STANDS, Severity.SEV1)

    def test_can_be_proposed_again_after_it_was_undone(self, tx):
        a_task(tx, "CSE-1")
        first = decided(tx, ADA, a_clean_judgement("CSE-1"))
        with acting(tx, ADA) as mine:
            service.undo(mine, decision_id=first.id, at=AT + MINUTE)

            again = service.decide(mine, task_id=first.task_id, judgement=a_clean_judgement("CSE-1"), at=AT + MINUTE)

        assert again.state is DecisionState.PROPOSED
        waiting = [one for one in service.tasks_of_case(tx, first.case_id) if one.state is TaskState.OPEN]
        assert [one.about for one in waiting] == [again.id]


class TestUndo:
    def test_takes_a_decision_back_and_gives_the_task_again(self, tx):
        a_task(tx)
        decision = decided(tx, ADA)

        with acting(tx, ADA) as mine:
            service.undo(mine, decision_id=decision.id, at=decision.decided_at + GRACE / 2)

            assert [one.id for one in service.in_hand(mine)] == [decision.task_id]
        assert service.decision(tx, decision.id).state is DecisionState.UNDONE
        assert case_by_id(tx, decision.case_id).state is CaseState.OPEN
        assert facts(tx, "DecisionUndone") == [decision.id]

    def test_lets_the_task_be_decided_anew(self, tx):
        a_task(tx)
        decision = decided(tx, ADA)

        with acting(tx, ADA) as mine:
            service.undo(mine, decision_id=decision.id, at=decision.decided_at)
            again = service.decide(mine, task_id=decision.task_id, judgement=a_clean_judgement(), at=AT + MINUTE)

        assert again.state is DecisionState.STANDS

    def test_is_too_late_once_effects_may_leave(self, tx):
        a_task(tx)
        decision = decided(tx, ADA)

        with acting(tx, ADA) as mine, pytest.raises(TooLateToUndo, match="second look"):
            service.undo(mine, decision_id=decision.id, at=decision.effective_at)

    def test_is_for_whoever_decided(self, tx):
        a_task(tx)
        decision = decided(tx, ADA)

        with acting(tx, BOB) as mine, pytest.raises(NotYourDecision):
            service.undo(mine, decision_id=decision.id, at=decision.decided_at)

    def test_happens_once(self, tx):
        a_task(tx)
        decision = decided(tx, ADA)

        with acting(tx, ADA) as mine:
            service.undo(mine, decision_id=decision.id, at=decision.decided_at)
            with pytest.raises(NoDisposal):
                service.undo(mine, decision_id=decision.id, at=decision.decided_at)


class TestSecondLook:
    def test_goes_to_a_different_person_and_replaces_what_stood(self, tx):
        a_task(tx)
        first = decided(tx, ADA)
        with acting(tx, CY) as mine:
            task = service.second_look(mine, decision_id=first.id, reason="the passage reads like a quotation", at=AT)

        with acting(tx, ADA) as mine:
            assert service.claim(mine, at=AT) is None
        second = decided(tx, BOB, a_clean_judgement())

        assert second.task_id == task.id
        assert second.replaces == first.id
        assert service.decision(tx, first.id).state is DecisionState.REPLACED

    def test_restores_what_stood_when_it_is_undone(self, tx):
        a_task(tx)
        first = decided(tx, ADA)
        with acting(tx, CY) as mine:
            service.second_look(mine, decision_id=first.id, reason="doubts", at=AT)
        second = decided(tx, BOB, a_clean_judgement())

        with acting(tx, BOB) as mine:
            service.undo(mine, decision_id=second.id, at=second.decided_at)

        assert service.decision(tx, first.id).state is DecisionState.STANDS
        assert case_by_id(tx, first.case_id).state is CaseState.DECIDED

    def test_can_be_blind(self, tx):
        a_task(tx)
        first = decided(tx, ADA)
        with acting(tx, CY) as mine:
            service.second_look(mine, decision_id=first.id, reason="doubts", view=View.BLIND, at=AT)

        held = in_hand(tx, BOB)

        assert held.view is View.BLIND

    def test_needs_a_reason_and_a_different_person(self, tx):
        a_task(tx)
        first = decided(tx, ADA)

        with acting(tx, CY) as mine:
            with pytest.raises(BadRequest, match="looked at again"):
                service.second_look(mine, decision_id=first.id, reason=" ", at=AT)
            with pytest.raises(BadRequest, match="different person"):
                service.second_look(mine, decision_id=first.id, reason="doubts", to="rev_ada", at=AT)


class TestLaterEvents:
    def test_freeze_newer_evidence_and_tell_the_holder(self, tx):
        a_task(tx)
        task = in_hand(tx, ADA)
        later = an_event(tx, "and again", at=AT + MINUTE)
        tx.run(
            "insert into triage.case_event (case_id, event_id, occurred_at, joined_at) values (%(c)s, %(e)s, %(at)s, %(at)s)",
            {"c": task.case_id, "e": later, "at": AT + MINUTE},
        )

        service.follow_case(tx, case_id=task.case_id, at=AT + MINUTE)

        with acting(tx, ADA) as mine:
            renewed = service.renew(mine, task_id=task.id, at=AT + MINUTE)
        assert renewed.dossier_id != task.dossier_id
        assert dossiers.by_id(tx, task.dossier_id).superseded
        newer = dossiers.by_id(tx, renewed.dossier_id)
        assert (newer.version, len(newer.events)) == (2, 2)
        assert facts(tx, "DossierSuperseded") == [newer.id]

    def test_change_nothing_where_nothing_is_new(self, tx):
        task = a_task(tx)

        service.follow_case(tx, case_id=task.case_id, at=AT + MINUTE)

        assert task_by_id(tx, task.id).dossier_id == task.dossier_id

    def test_leave_comparisons_with_the_evidence_they_were_drawn_with(self, tx):
        case_id = a_task(tx).case_id
        drawn = service.offer(tx, case_id=case_id, kind="audit", at=AT)
        later = an_event(tx, "and again", at=AT + MINUTE)
        tx.run(
            "insert into triage.case_event (case_id, event_id, occurred_at, joined_at) values (%(c)s, %(e)s, %(at)s, %(at)s)",
            {"c": case_id, "e": later, "at": AT + MINUTE},
        )

        service.follow_case(tx, case_id=case_id, at=AT + MINUTE)

        assert task_by_id(tx, drawn.id).dossier_id == drawn.dossier_id

    def test_that_reopen_a_case_ask_for_a_first_look_again(self, tx):
        a_task(tx)
        first = decided(tx, ADA)
        from assize.triage import service as triage  # noqa: PLC0415

        triage.reopen(tx, case_id=first.case_id, why="graver", at=AT + MINUTE)
        service.offer_again(tx, case_id=first.case_id, at=AT + MINUTE)
        second = decided(tx, BOB, at=AT + MINUTE)

        assert second.replaces == first.id

    def test_of_a_closed_case_withdraw_what_waits(self, tx):
        task = a_task(tx)

        gone = service.withdraw(tx, case_id=task.case_id, reason_code="case-closed", at=AT)

        assert gone == 1
        assert task_by_id(tx, task.id).state is TaskState.CANCELLED


class TestOffer:
    def test_asks_for_one_first_look_at_a_time(self, tx):
        task = a_task(tx)

        assert service.offer(tx, case_id=task.case_id, at=AT) is None
        assert service.offer(tx, case_id=task.case_id, kind="audit", at=AT) is not None

    def test_freezes_references_and_no_content(self, tx):
        task = a_task(tx, text="insultword again and again")

        row = tx.one("select d::text as whole from review.dossier d where id = %(id)s", {"id": task.dossier_id})

        assert "insultword" not in row["whole"]
        assert event_of(tx, task) in row["whole"]

    def test_knows_the_likely_clauses_scores(self, tx):
        task = a_task(tx, "CSE-1")

        dossier = dossiers.by_id(tx, task.dossier_id)

        assert dossier.rubric == {"gravity": 4, "vulnerability": 4}
        assert {one.clause_id for one in dossier.signals} == {ClauseId("CSE-1")}
