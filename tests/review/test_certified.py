"""A decision takes effect only within a certificate; without one it is a proposal for somebody who holds one."""

from dataclasses import replace

import pytest

from assize.kernel.ids import ClauseId
from assize.policy import service as policies
from assize.policy.models import Dimension, Severity
from assize.review import service
from assize.review.logic import reserved_of
from assize.review.models import DecisionState, Disposition, DispositionKind, TargetLevel
from assize.triage import service as triage
from assize.workforce import service as workforce
from assize.workforce.logic import principal_of
from assize.workforce.models import Basis, Build, CertificateState, PrincipalKind, Reserved, Role, Skills
from builders.review import (
    ACTIONS,
    AT,
    MINUTE,
    a_clean_judgement,
    a_judgement,
    a_policy,
    a_reviewer,
    a_task,
    acting,
    appointed,
    event_of,
    in_hand,
    kept_out,
    task_by_id,
)

UNA = a_reviewer("una", certificates=())
BOB = a_reviewer("bob")


def decided_by(tx, who, **given):
    task = in_hand(tx, who)
    with acting(tx, who) as theirs:
        return task, service.decide(theirs, task_id=task.id, judgement=a_judgement(event_of(tx, task), **given), at=AT)


@pytest.fixture
def a_case_waits(tx):
    a_policy(tx)
    return a_task(tx)


@pytest.mark.usefixtures("a_case_waits")
class TestADecision:
    def test_within_a_certificate_stands_and_says_which(self, tx):
        _, decision = decided_by(tx, BOB)

        assert (decision.state, decision.certificates) == (DecisionState.STANDS, ("cert_bob",))

    def test_without_one_is_a_proposal(self, tx):
        _, decision = decided_by(tx, UNA)

        assert (decision.state, decision.certificates) == (DecisionState.PROPOSED, ())

    @pytest.mark.parametrize("state", [CertificateState.ASSIST, CertificateState.SUSPENDED])
    def test_under_double_review_or_suspended_is_a_proposal(self, tx, state):
        una = replace(UNA, certificates=(appointed("una", state=state),))

        _, decision = decided_by(tx, una)

        assert decision.state is DecisionState.PROPOSED

    def test_that_is_a_proposal_asks_somebody_else_who_can_let_it_stand(self, tx):
        task, proposal = decided_by(tx, UNA)

        second = in_hand(tx, BOB)
        with acting(tx, BOB) as theirs:
            decision = service.agree(theirs, task_id=second.id, at=AT + MINUTE)

        assert (second.kind, second.about, second.case_id) == ("second_look", proposal.id, task.case_id)
        assert decision.state is DecisionState.STANDS

    def test_that_is_a_proposal_is_offered_to_nobody_who_holds_no_certificate(self, tx):
        skills = Skills(clauses=frozenset({ClauseId("SUI")}))
        unable = workforce.add_person(tx, name="U", email="u@example.org", roles=[Role.ANALYST], skills=skills, at=AT)
        able = workforce.add_person(tx, name="A", email="a@example.org", roles=[Role.ANALYST], at=AT)

        task, _ = decided_by(tx, UNA)

        second = next(one for one in service.tasks_of_case(tx, case_id=task.case_id) if one.kind == "second_look")
        assert second.excluded == frozenset(), "nobody is told"
        assert unable in kept_out(tx, second.id)
        assert able not in kept_out(tx, second.id)

    def test_of_a_person_that_finds_it_graver_is_heard_at_once(self, tx):
        before = triage.case(tx, task_by_id(tx, in_hand(tx, UNA).id).case_id)
        task = service_task(tx, before.id)
        judgement = a_judgement(event_of(tx, task), rubric={Dimension.GRAVITY: 4, Dimension.IMMINENCE: 4})
        with acting(tx, UNA) as theirs:
            decision = service.decide(theirs, task_id=task.id, judgement=judgement, at=AT)

        assert decision.assessed < before.severity
        assert triage.case(tx, before.id).severity == decision.assessed


def service_task(tx, case_id):
    return next(one for one in service.tasks_of_case(tx, case_id=case_id) if one.kind == "first_look")


MACHINE = a_reviewer(
    "m",
    roles=(Role.MACHINE,),
    kind=PrincipalKind.MACHINE,
    build=Build(model="m", prompt="p"),
    certificates=(),
)


class TestAMachine:
    def test_that_lowers_a_grave_case_is_neither_of_the_two_people(self, tx):
        policy = a_policy(tx)
        a_task(tx, "CSE-1")
        clause = policy.clause(ClauseId("CSE-1"))
        held = appointed("m", basis=Basis.EVIDENCE, build=MACHINE.build, words={"CSE-1": policies.words_hash(clause)})
        machine = replace(MACHINE, certificates=(held,))
        task = in_hand(tx, machine)
        before = triage.case(tx, task.case_id).severity

        with acting(tx, machine) as its:
            lower = a_clean_judgement("CSE-1")
            decision = service.decide(its, task_id=task.id, judgement=lower, at=AT)

        assert before <= Severity.SEV1 < decision.assessed
        assert (decision.state, decision.certificates) == (DecisionState.PROPOSED, ())
        assert triage.case(tx, task.case_id).severity is before


class TestReservedOf:
    @pytest.mark.parametrize(
        ("action", "level", "reserved"),
        [
            ("warn", TargetLevel.ACCOUNT, None),
            ("suspend", TargetLevel.ACCOUNT, None),
            ("unknown", TargetLevel.ACCOUNT, Reserved.IRREVERSIBLE_LOSS),
            ("for-good", TargetLevel.ACCOUNT, Reserved.IRREVERSIBLE_LOSS),
            ("for-good", TargetLevel.END_USER, Reserved.IRREVERSIBLE_LOSS),
            ("for-good", TargetLevel.API_KEY, Reserved.IRREVERSIBLE_LOSS),
            ("for-good", TargetLevel.ORGANISATION, Reserved.IRREVERSIBLE_LOSS),
            ("for-good", TargetLevel.CONTENT, None),
        ],
    )
    def test_is_what_takes_an_account_for_good(self, action, level, reserved):
        known = {one.id: one for one in (*ACTIONS, replace(ACTIONS[1], id="for-good", reversible=False))}
        disposition = Disposition(kind=DispositionKind.ENFORCE, target_level=level, target_id="sub_1", action_id=action)

        assert reserved_of(disposition, action=known.get) is reserved

    def test_is_nothing_that_only_helps(self):
        one = Disposition(kind=DispositionKind.SUPPORT, target_level=TargetLevel.ACCOUNT, target_id="sub_1")

        assert reserved_of(one, action=lambda _: None) is None


def test_a_machine_can_not_be_given_the_right_to_escalate(tx):
    one = workforce.add_machine(tx, name="labeler", at=AT)
    workforce.change_reviewer(tx, reviewer_id=one, roles=[Role.MACHINE, Role.EXPERT], at=AT)

    assert {right.value for right in principal_of(workforce.reviewer(tx, one)).rights}.isdisjoint(
        {"escalations:raise", "approvals:give", "containment:act"}
    )
