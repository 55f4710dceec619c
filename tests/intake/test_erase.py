"""What is past its time goes, from here and from every copy, and what was recorded stays true."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from assize.intake import ports, service
from assize.intake.errors import UnderHold
from assize.intake.logic import id_before
from assize.intake.models import SubjectLevel
from assize.kernel.ids import EventId, new_id
from assize.platform.db import Tx
from builders.intake import a_kept_event, a_turn

NOW = datetime.now(UTC)  # noqa: TID251 - ids carry the true time of their making, and age is read from them
DAYS = {"transient": 30, "standard": 180, "extended": 365, "hold": None}
LATER = NOW + timedelta(days=181)


class Copies:
    """A slice that copied something."""

    name = "test copies"

    def __init__(self) -> None:
        self.asked: list[EventId] = []

    def erase(self, tx: Tx, event_ids: Sequence[EventId], at: datetime) -> int:
        del tx, at
        self.asked.extend(event_ids)
        return len(event_ids)


@pytest.fixture
def copies(monkeypatch: pytest.MonkeyPatch) -> Copies:
    made = Copies()
    monkeypatch.setattr(ports, "_derivatives", {made.name: made})
    return made


def kept(tx: Tx, **given: object) -> EventId:
    return a_kept_event(tx, **({"at": NOW, "occurred_at": NOW, "turns": (a_turn("to be forgotten"),)} | given))


def emptied(tx: Tx, event_id: EventId) -> bool:
    event = service.event(tx, event_id)
    assert (event.turns == ()) == (event.erased_at is not None)
    return event.turns == ()


@pytest.mark.usefixtures("copies")
class TestEraseDue:
    def test_erases_each_class_in_its_time(self, tx: Tx, copies: Copies):
        ids = [kept(tx, retention=name) for name in ("transient", "standard", "extended", "hold", "misspelt")]

        erased = service.erase_due(tx, days=DAYS, at=LATER)

        assert erased == 3
        assert [emptied(tx, one) for one in ids] == [True, True, False, False, True]
        assert set(copies.asked) == {ids[0], ids[1], ids[4]}

    def test_erases_nothing_before_its_time(self, tx: Tx, copies: Copies):
        kept(tx)

        assert service.erase_due(tx, days=DAYS, at=NOW + timedelta(days=179)) == 0
        assert copies.asked == []

    def test_erases_nothing_twice(self, tx: Tx):
        kept(tx)
        service.erase_due(tx, days=DAYS, at=LATER)

        assert service.erase_due(tx, days=DAYS, at=LATER) == 0

    def test_goes_on_in_portions(self, tx: Tx):
        for _ in range(5):
            kept(tx)

        done = [service.erase_due(tx, days=DAYS, at=LATER, limit=2) for _ in range(4)]

        assert done == [2, 2, 1, 0]

    def test_erases_what_comes_off_hold(self, tx: Tx):
        held, free = kept(tx, retention="hold"), kept(tx)
        service.erase_due(tx, days=DAYS, at=LATER)
        service.retain(tx, event_ids=[held], retention="standard")

        assert service.erase_due(tx, days=DAYS, at=LATER) == 1
        assert emptied(tx, held)
        assert emptied(tx, free)

    def test_tells_what_went(self, tx: Tx):
        event_id = kept(tx)
        service.erase_due(tx, days=DAYS, at=LATER)

        bodies = [row["body"] for row in tx.rows("select body from platform.fact_body")]

        assert any(event_id in body and '"reason":"retention"' in body for body in bodies)
        assert not any("to be forgotten" in body for body in bodies)

    def test_an_erased_event_still_counts_as_taken(self, tx: Tx):
        first = kept(tx, external_id="once")
        service.erase_due(tx, days=DAYS, at=LATER)

        assert kept(tx, external_id="once") == first
        assert emptied(tx, first)
        assert service.counts(tx).waiting == 0


class TestErase:
    def test_erases_at_once(self, tx: Tx, copies: Copies):
        one, held = kept(tx), kept(tx, retention="hold")

        assert service.erase(tx, event_ids=[one, held], reason="a court asked", at=NOW) == 1
        assert emptied(tx, one)
        assert not emptied(tx, held)
        assert copies.asked == [one]


@pytest.mark.usefixtures("copies")
class TestEraseSubject:
    def test_forgets_a_person_and_keeps_the_id(self, tx: Tx):
        mine = kept(tx, organisation="o", account="a", conversation="c")
        other = kept(tx, organisation="o", account="b")
        subject_id = service.take(tx, limit=9, lease_s=60, at=NOW)[0].subject_id

        assert service.erase_subject(tx, subject_id=subject_id, reason="they asked", at=NOW) == 1

        event = service.event(tx, mine)
        assert (event.account, event.conversation, event.subject_id) == (None, None, subject_id)
        assert service.subject(tx, subject_id).ref is None
        assert not emptied(tx, other)
        assert service.subject_named(tx, level=SubjectLevel.ACCOUNT, ref="a") is None

    def test_does_nothing_under_hold(self, tx: Tx):
        event_id = kept(tx, account="a", retention="hold")
        subject_id = service.take(tx, limit=9, lease_s=60, at=NOW)[0].subject_id

        with pytest.raises(UnderHold):
            service.erase_subject(tx, subject_id=subject_id, reason="they asked", at=NOW)
        assert not emptied(tx, event_id)


class TestIdBefore:
    def test_parts_ids_by_the_time_of_their_making(self):
        made = new_id("evt")

        assert id_before(NOW - timedelta(minutes=10)) < made < id_before(NOW + timedelta(minutes=30))
