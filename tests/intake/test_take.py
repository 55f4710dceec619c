"""What waits is taken once, by whoever comes, with its subjects and its language."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from assize.intake import service
from assize.intake.models import Event, Role, SubjectLevel
from assize.intake.service.take import MAX_ATTEMPTS
from assize.platform.db import Database, Tx
from assize.workforce.models import SYSTEM
from builders.intake import AT, a_kept_event, a_raw_event, a_turn

ENGLISH = "I would like to know how the weather will be tomorrow in the mountains"
GERMAN = "Ich möchte wissen, wie das Wetter morgen in den Bergen werden wird"


def taken(tx: Tx, limit: int = 100, lease_s: int = 60, at=AT):
    return service.take(tx, limit=limit, lease_s=lease_s, at=at)


def _taken_apart(database: Database):
    with database.transaction(SYSTEM) as tx:
        return service.take(tx, limit=1, lease_s=60, at=AT, apart=True)


class TestTake:
    def test_gives_the_oldest_first(self, tx: Tx):
        ids = [a_kept_event(tx) for _ in range(3)]

        assert [event.id for event in taken(tx, limit=2)] == ids[:2]

    def test_gives_nothing_twice_while_it_is_held(self, tx: Tx):
        a_kept_event(tx)
        taken(tx)

        assert taken(tx) == []

    def test_gives_again_what_was_not_finished(self, tx: Tx):
        event_id = a_kept_event(tx)
        taken(tx, lease_s=60)

        assert [event.id for event in taken(tx, at=AT + timedelta(seconds=61))] == [event_id]

    def test_gives_no_more_what_was_finished(self, tx: Tx):
        event_id = a_kept_event(tx)
        service.finish(tx, [event_id])

        assert taken(tx) == []

    def test_gives_back_at_once(self, tx: Tx):
        event_id = a_kept_event(tx)
        taken(tx)
        service.give_back(tx, [event_id])

        assert [event.id for event in taken(tx)] == [event_id]

    def test_gives_up_what_breaks_its_reader_each_time(self, tx: Tx):
        event_id = a_kept_event(tx)
        for turn in range(MAX_ATTEMPTS):
            assert len(taken(tx, at=AT + timedelta(hours=turn))) == 1

        assert taken(tx, at=AT + timedelta(days=2)) == []
        assert service.counts(tx).given_up == 1
        service.try_again(tx)
        assert [event.id for event in taken(tx)] == [event_id]

    def test_two_takers_share_without_waiting(self, fresh_database: Database):
        with fresh_database.transaction(SYSTEM) as tx:
            service.receive(tx, items=[a_raw_event() for _ in range(10)], at=AT)

        with fresh_database.transaction(SYSTEM) as one, fresh_database.transaction(SYSTEM) as other:
            first, second = taken(one, limit=6), taken(other, limit=6)

        assert (len(first), len(second)) == (6, 4)
        assert not {event.id for event in first} & {event.id for event in second}

    def test_two_takers_of_one_new_conversation_dont_wait_either(self, fresh_database: Database):
        with fresh_database.transaction(SYSTEM) as tx:
            service.receive(tx, items=[a_raw_event(account="a", conversation="c") for _ in range(2)], at=AT)

        with fresh_database.transaction(SYSTEM) as one, fresh_database.transaction(SYSTEM) as other:
            other.run("set local lock_timeout = '5s'")
            first = service.take(one, limit=1, lease_s=60, at=AT, apart=True)
            second = service.take(other, limit=1, lease_s=60, at=AT, apart=True)

        assert len(first) == len(second) == 1
        assert first[0].id != second[0].id
        assert first[0].conversation_id == second[0].conversation_id

    def test_waits_in_its_own_transaction_for_who_holds_a_name_long(self, fresh_database: Database):
        with fresh_database.transaction(SYSTEM) as tx:
            service.receive(tx, items=[a_raw_event(account="a") for _ in range(2)], at=AT)

        with ThreadPoolExecutor(1) as pool:
            with fresh_database.transaction(SYSTEM) as holder:
                first = taken(holder, limit=1)
                waiting = pool.submit(_taken_apart, fresh_database)
                with pytest.raises(TimeoutError):
                    waiting.result(timeout=1.5)
            second = waiting.result(timeout=120)

        assert first[0].account_id == second[0].account_id

    def test_gives_events_whole(self, tx: Tx):
        a_kept_event(tx)

        event = taken(tx)[0]

        assert vars(event).keys() == {one.name for one in fields(Event)}
        assert replace(event) == event


class TestSubjects:
    def test_builds_the_hierarchy(self, tx: Tx):
        a_kept_event(tx, organisation="o", project="p", api_key="k", account="a", end_user="u", conversation="c")

        event = taken(tx)[0]

        assert event.subject_id is not None
        path = service.subject_path(tx, event.subject_id)
        assert [(one.level, one.ref) for one in path] == [
            (SubjectLevel.END_USER, "u"),
            (SubjectLevel.ACCOUNT, "a"),
            (SubjectLevel.API_KEY, "k"),
            (SubjectLevel.PROJECT, "p"),
            (SubjectLevel.ORGANISATION, "o"),
        ]
        assert service.subject(tx, event.conversation_id).parent_id == event.subject_id
        assert event.account_id == path[1].id

    def test_keeps_ids_stable(self, tx: Tx):
        a_kept_event(tx, account="a", conversation="c1")
        first = taken(tx)[0]
        a_kept_event(tx, account="a", conversation="c2")

        second = taken(tx)[0]

        assert first.subject_id == second.subject_id
        assert first.conversation_id != second.conversation_id

    def test_learns_a_parent_later(self, tx: Tx):
        a_kept_event(tx, account="a")
        first = taken(tx)[0]
        a_kept_event(tx, organisation="o", account="a")
        taken(tx)

        path = service.subject_path(tx, first.subject_id)

        assert [one.level for one in path] == [SubjectLevel.ACCOUNT, SubjectLevel.ORGANISATION]

    def test_tells_end_users_of_two_customers_apart(self, tx: Tx):
        a_kept_event(tx, organisation="o1", end_user="42")
        a_kept_event(tx, organisation="o2", end_user="42")

        first, second = taken(tx)

        assert first.subject_id != second.subject_id

    def test_takes_the_conversation_where_nobody_is_named(self, tx: Tx):
        a_kept_event(tx, conversation="c")

        event = taken(tx)[0]

        assert event.subject_id == event.conversation_id is not None

    def test_finds_the_events_of_everybody_below(self, tx: Tx):
        ids = [
            a_kept_event(tx, organisation="o", account=f"a{n}", occurred_at=AT - timedelta(hours=n)) for n in range(3)
        ]
        a_kept_event(tx, organisation="other", account="b")
        events = taken(tx)
        organisation = service.subject_path(tx, events[0].subject_id)[-1]

        found = service.events_of_subject(tx, organisation.id)
        older = service.events_of_subject(tx, organisation.id, before=AT - timedelta(hours=1))

        assert [event.id for event in found] == ids
        assert [event.id for event in older] == ids[2:]

    def test_finds_the_events_of_a_conversation(self, tx: Tx):
        event_id = a_kept_event(tx, account="a", conversation="c")
        a_kept_event(tx, account="a", conversation="d")

        events = taken(tx)

        assert [one.id for one in service.events_of_subject(tx, events[0].conversation_id)] == [event_id]


class TestLanguage:
    @pytest.mark.parametrize(("text", "language"), [(ENGLISH, "en"), (GERMAN, "de")])
    def test_is_detected_where_it_was_not_sent(self, tx: Tx, text: str, language: str):
        event_id = a_kept_event(tx, language=None, turns=(a_turn(text),))

        assert taken(tx)[0].language == language
        assert service.event(tx, event_id).language == language

    def test_is_taken_as_sent(self, tx: Tx):
        a_kept_event(tx, language="fr", turns=(a_turn(GERMAN),))

        assert taken(tx)[0].language == "fr"

    def test_is_what_the_user_wrote(self, tx: Tx):
        a_kept_event(tx, language=None, turns=(a_turn(ENGLISH * 3, role=Role.ASSISTANT), a_turn(GERMAN)))

        assert taken(tx)[0].language == "de"

    def test_is_not_guessed_from_a_word(self, tx: Tx):
        a_kept_event(tx, language=None, turns=(a_turn("hallo"),))

        assert taken(tx)[0].language is None
