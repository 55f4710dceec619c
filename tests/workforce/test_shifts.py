"""A shift's note: begun, kept, signed, taken over."""

from datetime import UTC, datetime, timedelta

import pytest

from assize.kernel.actor import Scope
from assize.kernel.ids import CaseId, ReviewerId
from assize.platform.db import Tx
from assize.workforce import service
from assize.workforce.errors import NoSuchShiftNote, ShiftNoteUnfit
from assize.workforce.facts import SignedIn, SignedOut
from assize.workforce.logic import rights_of
from assize.workforce.models import Principal, PrincipalKind, Role, ShiftLine, ViewProfile

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LINE = ShiftLine(part="On hold", text="SEV1 FRD-1", url="/cases/case_1", case_id=CaseId("case_1"))


def a_person(tx: Tx, name: str, **view: object) -> Principal:
    email = f"{name}@example.org"
    reviewer_id = service.add_person(tx, name=name.title(), email=email, roles=[Role.ANALYST], at=AT)
    return Principal(
        id=ReviewerId(reviewer_id),
        scope=Scope(),
        name=name.title(),
        kind=PrincipalKind.PERSON,
        roles=frozenset({Role.ANALYST}),
        rights=rights_of([Role.ANALYST]),
        view=ViewProfile(**view),
    )


def signed_by(tx: Tx, who: Principal, body: str = "Two accounts of one kind since ten.") -> str:
    tx.actor = who
    return service.hand_over(tx, body=body, drafted=[LINE], at=AT)


class TestShiftNote:
    def test_survives_until_it_is_signed(self, tx: Tx):
        tx.actor = a_person(tx, "ana")

        service.save_shift_draft(tx, body="Half a", at=AT)
        service.save_shift_draft(tx, body="Half a thought", at=AT)
        draft = service.shift_draft(tx)
        service.hand_over(tx, body="A thought", drafted=[LINE], at=AT)

        assert draft is not None
        assert draft.body == "Half a thought"
        assert service.shift_draft(tx) is None
        assert [(one.body, one.drafted) for one in service.shift_notes(tx)] == [("A thought", (LINE,))]

    def test_is_taken_over_once_by_each(self, tx: Tx):
        ana, ben = a_person(tx, "ana"), a_person(tx, "ben")
        note_id = signed_by(tx, ana)
        tx.actor = ben

        service.acknowledge_shift_note(tx, shift_note_id=note_id, at=AT + timedelta(minutes=5))
        service.acknowledge_shift_note(tx, shift_note_id=note_id, at=AT + timedelta(minutes=9))

        assert service.shift_notes(tx)[0].taken_over == ((ben.id, AT + timedelta(minutes=5)),)
        facts = tx.rows("select kind from platform.fact where thing = %(id)s order by id", {"id": note_id})
        assert [row["kind"] for row in facts] == ["ShiftHandedOver", "ShiftNoteAcknowledged"]

    def test_cannot_be_taken_over_before_it_is_signed(self, tx: Tx):
        tx.actor = a_person(tx, "ana")

        service.save_shift_draft(tx, body="Half", at=AT)

        with pytest.raises(NoSuchShiftNote):
            service.acknowledge_shift_note(tx, shift_note_id="shift_of_nobody", at=AT)

    def test_is_masked_where_words_are(self, tx: Tx):
        ana, masked = a_person(tx, "ana"), a_person(tx, "vera", masked_fields=frozenset({"text"}))
        signed_by(tx, ana)
        tx.actor = masked

        assert service.shift_notes(tx)[0].body == "•••"

    @pytest.mark.parametrize("body", ["x" * 20_001, "a\0b"])
    def test_refuses_what_cannot_be_kept(self, tx: Tx, body):
        tx.actor = a_person(tx, "ana")

        with pytest.raises(ShiftNoteUnfit):
            service.save_shift_draft(tx, body=body, at=AT)


class TestLastShift:
    def test_ended_with_the_last_thing_somebody_did_before_they_signed_in(self, tx: Tx):
        tx.actor = ana = a_person(tx, "ana")
        tx.record(SignedIn(reviewer_id=ana.id), at=AT)
        signed_by(tx, ana)
        tx.record(SignedOut(reviewer_id=ana.id), at=AT + timedelta(hours=8))
        tx.record(SignedIn(reviewer_id=ana.id), at=AT + timedelta(hours=24))

        assert service.last_here(tx) == AT + timedelta(hours=8)

    def test_ended_without_signing_out_with_what_they_did_last(self, tx: Tx):
        tx.actor = ana = a_person(tx, "ana")
        tx.record(SignedIn(reviewer_id=ana.id), at=AT - timedelta(hours=2))
        signed_by(tx, ana)
        tx.record(SignedIn(reviewer_id=ana.id), at=AT + timedelta(hours=24))
        signed_by(tx, ana, "What I did since is this shift.")

        assert service.last_here(tx) == AT

    def test_was_none_for_whoever_is_here_for_the_first_time(self, tx: Tx):
        tx.actor = ana = a_person(tx, "ana")
        tx.record(SignedIn(reviewer_id=ana.id), at=AT)
        signed_by(tx, ana)

        assert service.last_here(tx) is None
