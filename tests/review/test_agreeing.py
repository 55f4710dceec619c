"""Decisions that wait for a second person: whoever may bear one is told of it, and nobody else."""

import pytest

from assize.platform.db import Tx
from assize.policy.models import Severity
from assize.review import service
from assize.review.models import DecisionState
from assize.triage.service import restrict
from assize.workforce.models import SYSTEM, Exposure, Skills
from builders.review import AT, MINUTE, a_clean_judgement, a_policy, a_reviewer, a_task, acting, decided

ADA, BOB = a_reviewer("ada"), a_reviewer("bob")


@pytest.fixture(autouse=True)
def _policy(tx: Tx) -> None:
    a_policy(tx)


class TestProposals:
    def test_are_told_to_whoever_may_agree_with_what_would_change(self, tx: Tx):
        task = a_task(tx, "CSE-1")
        decision = decided(tx, ADA, a_clean_judgement("CSE-1"))

        with acting(tx, BOB) as mine:
            (found,) = service.proposals(mine)

        assert decision.state is DecisionState.PROPOSED
        assert (found.decision_id, found.reviewer_id, found.task.case_id) == (decision.id, ADA.id, task.case_id)
        assert (found.task.severity, found.assessed) == (Severity.SEV1, Severity.SEV4)

    def test_are_not_told_to_whoever_proposed_them(self, tx: Tx):
        a_task(tx, "CSE-1")
        decided(tx, ADA, a_clean_judgement("CSE-1"))

        with acting(tx, ADA) as mine:
            assert service.proposals(mine) == []

    @pytest.mark.parametrize(
        "skills",
        [
            pytest.param(Skills(exposure=Exposure.NONE), id="content harder than they may be given"),
            pytest.param(Skills(clauses=frozenset({"FRD"})), id="clauses they don't know"),
        ],
    )
    def test_are_not_told_to_whoever_may_not_take_them(self, tx: Tx, skills: Skills):
        a_task(tx, "CSE-1")
        decided(tx, ADA, a_clean_judgement("CSE-1"))

        with acting(tx, a_reviewer("cai", skills=skills)) as mine:
            assert service.proposals(mine) == []

    def test_of_a_case_that_is_kept_from_somebody_do_not_exist_for_them(self, tx: Tx):
        task = a_task(tx, "CSE-1")
        decided(tx, ADA, a_clean_judgement("CSE-1"))
        with acting(tx, SYSTEM) as system:
            restrict(system, case_id=task.case_id, compartment="sealed", at=AT)

        with acting(tx, BOB) as mine:
            assert service.proposals(mine) == []

    def test_are_told_until_somebody_has_answered(self, tx: Tx):
        a_task(tx, "CSE-1")
        decided(tx, ADA, a_clean_judgement("CSE-1"))
        with acting(tx, BOB) as mine:
            (found,) = service.proposals(mine)
            service.claim_task(mine, task_id=found.task.id, at=AT + MINUTE)
            service.agree(mine, task_id=found.task.id, at=AT + 2 * MINUTE)

        with acting(tx, a_reviewer("cai")) as theirs:
            assert service.proposals(theirs) == []
