"""A turn in another language: kept, and told with the decision that was made with it on screen."""

from dataclasses import replace

import pytest

from assize.kernel.ids import EventId
from assize.review import service
from assize.review.models import Task
from assize.review.ports import Translated
from assize.workforce.models import ViewProfile
from builders.review import AT, MINUTE, a_clean_judgement, a_policy, a_reviewer, a_task, acting, event_of, in_hand

ADA = a_reviewer("ada")
MASKED = replace(a_reviewer("max"), view=ViewProfile(masked_fields=frozenset({"text"})))


@pytest.fixture
def task(tx):
    a_policy(tx)
    a_task(tx)
    return in_hand(tx, ADA)


def translated(tx, task: Task, *, to: str) -> EventId:
    event_id = event_of(tx, task)
    with acting(tx, ADA) as mine:
        service.open_content(mine, task_id=task.id, purpose="review", at=AT)
        wanted = service.to_translate(mine, case_id=task.case_id, event_id=event_id, turn=0, to=to, at=AT)
        made = Translated(text="In another language.", model="a-translator-1")
        service.keep_translation(mine, wanted=wanted, made=made, at=AT)
    return event_id


class TestTranslationOfATurn:
    def test_is_told_with_the_decision_made_with_it_on_screen(self, tx, task):
        event_id = translated(tx, task, to="de")
        with acting(tx, ADA) as mine:
            made = service.decide(mine, task_id=task.id, judgement=a_clean_judgement(), at=AT + MINUTE)
            kept = service.decision(mine, made.id)

        assert kept.shown["translations"] == [{"event_id": event_id, "turn": 0, "to": "de", "model": "a-translator-1"}]

    def test_is_not_told_where_none_was_made(self, tx, task):
        with acting(tx, ADA) as mine:
            made = service.decide(mine, task_id=task.id, judgement=a_clean_judgement(), at=AT + MINUTE)

        assert "translations" not in made.shown

    def test_is_not_told_with_the_decision_of_somebody_from_whom_words_are_masked(self, tx, task):
        translated(tx, task, to="de")
        with acting(tx, ADA) as mine:
            service.release(mine, task_id=task.id, at=AT)
        with acting(tx, MASKED) as theirs:
            service.claim_task(theirs, task_id=task.id, at=AT)
            made = service.decide(theirs, task_id=task.id, judgement=a_clean_judgement(), at=AT + MINUTE)

        assert made.shown["masked"] == ["text"]
        assert "translations" not in made.shown
