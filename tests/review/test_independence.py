"""Several people judge independently before a decision stands, as many as its severity takes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from assize.platform.db import Tx
from assize.policy.models import Dimension, Severity
from assize.review import service
from assize.review.errors import BadRequest, NoProposal
from assize.review.models import Decision, DecisionState, Judgement, Task, View
from assize.workforce.errors import NotAllowed
from assize.workforce.models import Principal, Role
from builders.review import (
    AT,
    MINUTE,
    a_clean_judgement,
    a_judgement,
    a_policy,
    a_reviewer,
    a_task,
    acting,
    event_of,
    in_hand,
)

ADA, BEA, CLEO = (a_reviewer(one) for one in ("ada", "bea", "cleo"))
CLEAN = a_clean_judgement(lowering={Dimension.GRAVITY: "nothing of it is there"})


def taking(tx: Tx, reviews: int, severity: Severity | None = None) -> None:
    """Let decisions take so many reviews."""
    wanted = {one: reviews for one in Severity if severity in {None, one}}
    service.set_independence(tx, reviews=wanted, at=AT)


@pytest.fixture
def case(tx: Tx) -> Task:
    """A case that waits for its first look."""
    a_policy(tx)
    return a_task(tx)


def said(tx: Tx, who: Principal, judgement: Judgement | None = None, *, at: object = AT) -> Decision:
    """A decision of the next task by somebody."""
    task = in_hand(tx, who, at=at)
    with acting(tx, who) as mine:
        return service.decide(mine, task_id=task.id, judgement=judgement or a_judgement(event_of(tx, task)), at=at)


def state_of(tx: Tx, decision: Decision) -> DecisionState:
    return service.decision(tx, decision.id).state


def kinds(tx: Tx, kind: str) -> int:
    return int(tx.value("select count(*) from platform.fact where kind = %(kind)s", {"kind": kind}))


class TestOneReview:
    def test_is_enough_where_nothing_else_is_set(self, tx: Tx, case: Task):
        assert said(tx, ADA).state is DecisionState.STANDS
        assert set(service.independence(tx).values()) == {1}
        assert case.view is View.FULL


class TestTwoReviews:
    def test_ask_a_different_person_who_does_not_see_the_first(self, tx: Tx, case: Task):
        taking(tx, 2)

        first = said(tx, ADA)

        assert first.state is DecisionState.PROPOSED
        with acting(tx, ADA) as mine:
            assert service.claim(mine, at=AT + MINUTE) is None
        task = in_hand(tx, BEA, at=AT + MINUTE)
        with acting(tx, BEA) as hers:
            view = service.task_view(hers, task_id=task.id)
            told = service.decisions_of_case(hers, case.case_id)
        assert (task.case_id, task.view, view.decisions, view.assessed) == (case.case_id, View.BLIND, (), None)
        assert told == []

    @pytest.mark.usefixtures("case")
    def test_stand_where_both_say_the_same(self, tx: Tx):
        taking(tx, 2)

        first, second = said(tx, ADA), said(tx, BEA, at=AT + MINUTE)

        assert (state_of(tx, first), second.state) == (DecisionState.REPLACED, DecisionState.STANDS)
        assert kinds(tx, "DecisionStands") == 1

    @pytest.mark.usefixtures("case")
    def test_that_differ_stand_neither_and_are_told(self, tx: Tx):
        taking(tx, 2)

        first, second = said(tx, ADA), said(tx, BEA, CLEAN, at=AT + MINUTE)

        assert (state_of(tx, first), second.state) == (DecisionState.PROPOSED, DecisionState.PROPOSED)
        assert (kinds(tx, "ReviewsDiffer"), kinds(tx, "DecisionStands")) == (1, 0)
        with acting(tx, CLEO) as hers:
            assert service.claim(hers, at=AT + 2 * MINUTE) is None

    def test_that_differ_are_ended_by_an_expert_who_sees_both(self, tx: Tx, case: Task):
        taking(tx, 2)
        first, second = said(tx, ADA), said(tx, BEA, CLEAN, at=AT + MINUTE)
        expert = a_reviewer("eve", roles=(Role.EXPERT,))
        service.offer_ruling(
            tx, case_id=case.case_id, to=expert.id, about=second.id, reason="They differ.", at=AT + MINUTE
        )

        ruling = said(tx, expert, at=AT + 2 * MINUTE)

        assert ruling.state is DecisionState.STANDS
        assert {state_of(tx, one) for one in (first, second)} == {DecisionState.REPLACED}

    @pytest.mark.usefixtures("case")
    def test_can_not_be_agreed_to_unseen(self, tx: Tx):
        taking(tx, 2)
        said(tx, ADA)
        task = in_hand(tx, BEA, at=AT + MINUTE)

        with pytest.raises(NoProposal), acting(tx, BEA) as hers:
            service.agree(hers, task_id=task.id, at=AT + MINUTE)

    def test_begin_anew_where_the_first_is_taken_back(self, tx: Tx, case: Task):
        taking(tx, 2)
        first = said(tx, ADA)

        with acting(tx, ADA) as mine:
            service.undo(mine, decision_id=first.id, at=AT + MINUTE)

        with acting(tx, BEA) as hers:
            assert service.claim(hers, at=AT + 2 * MINUTE) is None
        assert service.tasks_of_case(tx, case.case_id)[0].holder == "rev_ada"

    def test_are_hidden_before_anybody_is_asked(self, tx: Tx, case: Task):
        taking(tx, 2)
        first = said(tx, ADA)

        with acting(tx, BEA) as hers:
            seen = service.case_view(hers, case_id=case.case_id)
            listed = service.list_decisions(hers).decisions
        with acting(tx, ADA) as mine:
            own = service.case_view(mine, case_id=case.case_id)

        assert (seen.blind, seen.decisions, list(listed)) == (True, (), [])
        assert [one.id for one in own.decisions] == [first.id]

    @pytest.mark.usefixtures("case")
    def test_are_asked_for_by_the_graver_of_suspected_and_found(self, tx: Tx):
        suspected = service.tasks_of_case(tx, tx.value("select id from triage.case"))[0].severity
        taking(tx, 2, suspected)

        decided = said(tx, ADA, CLEAN)

        assert decided.assessed is not None
        assert decided.assessed > suspected
        assert decided.state is DecisionState.PROPOSED


class TestThreeReviews:
    @pytest.mark.usefixtures("case")
    def test_stand_with_the_third(self, tx: Tx):
        taking(tx, 3)

        states = [said(tx, who, at=AT + turn * MINUTE).state for turn, who in enumerate((ADA, BEA, CLEO))]

        assert states == [DecisionState.PROPOSED, DecisionState.PROPOSED, DecisionState.STANDS]

    @pytest.mark.usefixtures("case")
    def test_that_found_nothing_agree_whatever_clause_was_looked_at(self, tx: Tx):
        taking(tx, 2)
        other = replace(CLEAN, findings=tuple(replace(one, clause_id="SPM-1") for one in CLEAN.findings))

        said(tx, ADA, CLEAN)

        assert said(tx, BEA, other, at=AT + MINUTE).state is DecisionState.STANDS


class TestSetting:
    def test_is_for_qa_leads(self, tx: Tx):
        with pytest.raises(NotAllowed), acting(tx, ADA) as mine:
            taking(mine, 2)

    @pytest.mark.parametrize("reviews", [0, 4])
    def test_refuses_none_and_too_many(self, tx: Tx, reviews: int):
        with pytest.raises(BadRequest):
            taking(tx, reviews)

    def test_is_told_where_it_changes_something(self, tx: Tx):
        taking(tx, 2, Severity.SEV1)
        taking(tx, 2, Severity.SEV1)

        assert kinds(tx, "IndependenceSet") == 1
        assert service.independence(tx)[Severity.SEV1] == 2


def test_the_outlook_says_how_many_judge(tx: Tx, case: Task):
    taking(tx, 2)
    with acting(tx, ADA) as mine:
        told = service.consider(mine, task_id=case.id, judgement=a_judgement(event_of(tx, case)), at=AT + timedelta(1))

    assert told.reviews == 2
