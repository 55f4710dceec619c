"""What holds while information is missing: applied like any action, ended by the answer, by time, or by a decision."""

from datetime import timedelta
from typing import Any

import pytest

from assize.enforcement import service
from assize.enforcement.errors import NoSuchRow
from assize.enforcement.models import (
    EffectKind,
    EffectState,
    EnforcementState,
)
from assize.enforcement.models.instead import RequestState
from assize.enforcement.store import instead, standing
from assize.kernel.ids import ActionId
from assize.platform.db import Tx
from assize.review import service as review
from assize.review.errors import BadJudgement
from assize.review.models import Decision, Disposition
from assize.triage import service as triage
from assize.triage.models import CaseState
from assize.workforce.models import SYSTEM, Role
from builders.enforcement import (
    a_policy_of_actions,
    decided,
    disposed,
    effects_about,
    enforced,
    facts_in,
    facts_of,
    leave,
)
from builders.review import AT, DispositionKind, TargetLevel, a_reviewer, acting, subject_at

DUE = AT + timedelta(days=2)
LEAD = a_reviewer("lena", roles=(Role.EXPERT,))
OTHER = a_reviewer("omar", roles=(Role.EXPERT,))
LATER = AT + timedelta(hours=5)


@pytest.fixture(autouse=True)
def policy(request):
    if "tx" in request.fixturenames:
        a_policy_of_actions(request.getfixturevalue("tx"))


def missing(account: str, action: str | None = "suspend-account", **more: Any) -> Disposition:
    """A request for information, with a measure that holds meanwhile."""
    interim = None if action is None else ActionId(action)
    said = {"missing": "proof of the profession", "owner": "rev_lena", "due_at": DUE, "interim": interim}
    return disposed(DispositionKind.REQUEST_INFORMATION, TargetLevel.ACCOUNT, account, **(said | more))


def asking(tx: Tx, action: str | None = "suspend-account", **more: Any) -> Decision:
    """A decision that finds nothing yet and asks."""
    return decided(tx, clean=True, dispositions=lambda task: [missing(subject_at(tx, task, "account"), action)], **more)


def again(tx: Tx, first: Decision, *actions: str) -> Decision:
    """Another decision of the same case, by somebody else."""
    with acting(tx, LEAD) as theirs:
        task = review.second_look(theirs, decision_id=first.id, reason="it came", at=AT)
    return decided(tx, *actions, task=task, who=OTHER, at=AT + timedelta(minutes=5))


def the_request(tx: Tx):
    (found,) = instead.requests(tx, state=None, limit=5)
    return found


class TestAMeasureThatHoldsMeanwhile:
    def test_is_applied_for_as_long_as_the_answer_may_take(self, tx):
        (plan,) = enforced(tx, asking(tx))

        applied = effects_about(tx, plan.id)[EffectKind.APPLY]
        assert (plan.state, plan.interim, plan.action_id) == (EnforcementState.ISSUED, True, "suspend-account")
        assert applied.data["order"]["do"] == "suspend"
        assert plan.params == {"days": 2}
        assert plan.sentence.endswith("ends on 2026-03-03 12:00 UTC at the latest.")
        (meanwhile,) = facts_in(tx, "InterimMeasureSet")
        assert meanwhile["enforcement_id"] == plan.id == the_request(tx).enforcement_id
        assert meanwhile["action_id"] == "suspend-account"

    def test_is_no_strike(self, tx):
        decision = asking(tx)

        enforced(tx, decision)

        assert standing.strikes_of(tx, decision.subject_id) == []

    def test_done_twice_is_one_measure(self, tx):
        decision = asking(tx)

        enforced(tx, decision)
        enforced(tx, decision)

        assert len(enforced(tx, decision)) == 1
        assert len(facts_in(tx, "InterimMeasureSet")) == 1

    def test_waits_for_a_second_person_where_it_weighs_much(self, tx):
        (plan,) = enforced(tx, asking(tx, "ban-account"))

        assert plan.state is EnforcementState.AWAITING_APPROVAL
        assert effects_about(tx, plan.id) == {}

    def test_is_none_where_the_same_is_enforced_anyway(self, tx):
        decision = decided(
            tx,
            dispositions=lambda task: [
                missing(subject_at(tx, task, "account")),
                disposed(
                    DispositionKind.ENFORCE, TargetLevel.ACCOUNT, subject_at(tx, task, "account"), "suspend-account"
                ),
            ],
        )

        (plan,) = enforced(tx, decision)
        service.answer_request(tx, request_id=the_request(tx).id, at=LATER)

        assert not plan.interim
        assert service.enforcement(tx, enforcement_id=plan.id).state is EnforcementState.ISSUED
        assert len(standing.strikes_of(tx, decision.subject_id)) == 1

    def test_must_be_one_that_can_be_undone(self, tx):
        with pytest.raises(BadJudgement) as refused:
            asking(tx, "revoke-api-key")

        assert refused.value.facts["places"] == [
            {"pointer": "/dispositions/0/interim", "detail": "Revoke can't be undone: it can't hold for a time only"}
        ]

    def test_is_not_needed_to_ask(self, tx):
        assert enforced(tx, asking(tx, None)) == []
        assert the_request(tx).enforcement_id is None


class TestAnAnswer:
    def test_ends_it_and_brings_the_case_back(self, tx):
        decision = asking(tx)
        (plan,) = enforced(tx, decision)
        leave(tx, decision)

        service.answer_request(tx, request_id=the_request(tx).id, at=LATER)

        ended = service.enforcement(tx, enforcement_id=plan.id)
        assert (ended.state, ended.undone_because) == (EnforcementState.UNDONE, "what was missing has come")
        assert effects_about(tx, plan.id)[EffectKind.UNDO].data["order"]["do"] == "lift_suspension"
        assert facts_in(tx, "InterimMeasureEnded")[0]["because"] == "what was missing has come"
        assert the_request(tx).state is RequestState.ANSWERED
        assert triage.case(tx, decision.case_id).state is CaseState.OPEN

    def test_before_anything_left_lets_nothing_leave(self, tx):
        (plan,) = enforced(tx, asking(tx))

        service.answer_request(tx, request_id=the_request(tx).id, at=AT + timedelta(seconds=1))

        assert service.enforcement(tx, enforcement_id=plan.id).state is EnforcementState.CANCELLED
        assert effects_about(tx, plan.id)[EffectKind.APPLY].state is EffectState.CANCELLED

    def test_is_taken_once(self, tx):
        enforced(tx, asking(tx))
        request_id = the_request(tx).id
        service.answer_request(tx, request_id=request_id, at=LATER)

        with pytest.raises(NoSuchRow):
            service.answer_request(tx, request_id=request_id, at=LATER)


class TestTime:
    def test_ends_it_once_and_brings_the_case_back(self, fresh_database):
        with fresh_database.transaction(SYSTEM) as tx:
            a_policy_of_actions(tx)
            decision = asking(tx)
            (plan,) = enforced(tx, decision)
            leave(tx, decision)

        early = service.sweep(fresh_database, limit=5, at=DUE - timedelta(seconds=1))
        due = service.sweep(fresh_database, limit=5, at=DUE)
        again = service.sweep(fresh_database, limit=5, at=DUE + timedelta(days=1))

        assert (early.any, due.requests, again.any) == (0, 1, 0)
        kinds = [
            row["kind"] for row in facts_of(fresh_database, "InformationOverdue", "InterimMeasureEnded", "EffectUndone")
        ]
        assert kinds == ["InformationOverdue", "EffectUndone", "InterimMeasureEnded"]
        with fresh_database.transaction(SYSTEM) as tx:
            assert service.enforcement(tx, enforcement_id=plan.id).state is EnforcementState.UNDONE
            assert the_request(tx).state is RequestState.OVERDUE
            assert triage.case(tx, decision.case_id).state is CaseState.OPEN

    def test_leaves_a_request_that_can_still_be_answered(self, fresh_database):
        with fresh_database.transaction(SYSTEM) as tx:
            a_policy_of_actions(tx)
            enforced(tx, asking(tx))
        service.sweep(fresh_database, limit=5, at=DUE)

        with fresh_database.transaction(SYSTEM) as tx:
            service.answer_request(tx, request_id=the_request(tx).id, at=DUE + timedelta(hours=1))

        assert len(facts_of(fresh_database, "InterimMeasureEnded")) == 1


class TestAnotherDecision:
    def test_that_wants_the_same_makes_it_stay(self, tx):
        first = asking(tx)
        (plan,) = enforced(tx, first)
        leave(tx, first)

        second = again(tx, first, "suspend-account")
        enforced(tx, second)

        kept = service.enforcement(tx, enforcement_id=plan.id)
        assert (kept.state, kept.interim, kept.decision_id) == (EnforcementState.ISSUED, False, second.id)
        assert the_request(tx).state is RequestState.WITHDRAWN
        assert [one.weight for one in standing.strikes_of(tx, second.subject_id)] == [4.0]

    def test_that_wants_something_else_ends_it(self, tx):
        first = asking(tx)
        (plan,) = enforced(tx, first)
        leave(tx, first)

        enforced(tx, again(tx, first, "warn"))

        assert service.enforcement(tx, enforcement_id=plan.id).state is EnforcementState.UNDONE

    def test_taken_back_withdraws_the_request_and_the_measure(self, tx):
        decision = asking(tx)
        (plan,) = enforced(tx, decision)

        service.undo_decision(tx, decision_id=decision.id, at=AT + timedelta(seconds=1))

        assert service.enforcement(tx, enforcement_id=plan.id).state is EnforcementState.CANCELLED
        assert the_request(tx).state is RequestState.WITHDRAWN
