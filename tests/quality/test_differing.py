"""An expert is asked where independent reviews differ, and decides the case by their word."""

import pytest

from assize.platform.db import Tx
from assize.policy.models import Dimension, Severity
from assize.quality import service
from assize.review import service as review
from assize.review.models import Decision
from builders.review import AT, MINUTE, a_clean_judgement, a_policy, a_reviewer, a_task, acting, decided

ADA, BEA = a_reviewer("ada"), a_reviewer("bea")
CLEAN = a_clean_judgement(lowering={Dimension.GRAVITY: "nothing of it is there"})


@pytest.fixture
def differing(tx: Tx) -> tuple[Decision, Decision]:
    """Two independent reviews that differ, and were told."""
    a_policy(tx)
    a_task(tx)
    review.set_independence(tx, reviews=dict.fromkeys(Severity, 2), at=AT)
    first, second = decided(tx, ADA), decided(tx, BEA, CLEAN, at=AT + MINUTE)
    for _ in range(2):
        service.reviews_differ(tx, case_id=first.case_id, decision_ids=[first.id, second.id], at=AT + MINUTE)
    return first, second


class TestAsking:
    def test_happens_once_with_both(self, tx: Tx, differing: tuple[Decision, Decision]):
        rows = tx.rows("select trigger, decisions, state from quality.adjudication")

        assert [(row["trigger"], row["state"]) for row in rows] == [("split-review", "open")]
        assert set(rows[0]["decisions"]) == {one.id for one in differing}

    def test_ends_where_one_is_taken_back(self, tx: Tx, differing: tuple[Decision, Decision]):
        first, _ = differing
        with acting(tx, ADA) as mine:
            review.undo(mine, decision_id=first.id, at=AT + MINUTE)

        service.withdraw_differing(tx, decision_id=first.id)

        assert tx.value("select state from quality.adjudication") == "withdrawn"


class TestDeciding:
    def test_is_for_whoever_gave_their_word(self, tx: Tx, differing: tuple[Decision, Decision]):
        tx.run(
            "update quality.adjudication set state = 'decided', outcome = 'label', label_id = 'lab_x', cited_clause = 'HAR-1',"
            " rationale = 'x', decided_by = 'rev_eve', decided_at = now()"
        )
        adjudication_id = tx.value("select id from quality.adjudication")

        for _ in range(2):
            service.decide_by_word(tx, adjudication_id=adjudication_id, at=AT + MINUTE)

        waiting = [one for one in review.tasks_of_case(tx, differing[0].case_id) if one.state == "open"]
        assert [(one.kind, one.assigned_to, one.view) for one in waiting] == [("second_look", "rev_eve", "full")]
