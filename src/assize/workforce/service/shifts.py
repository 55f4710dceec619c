"""What one shift tells the next: begun, finished, signed, taken over."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from assize.kernel.ids import new_id
from assize.platform.db import Tx
from assize.workforce import store
from assize.workforce.errors import NobodysShift, NoSuchShiftNote, ShiftNoteUnfit
from assize.workforce.facts import ShiftHandedOver, ShiftNoteAcknowledged
from assize.workforce.models import Principal, PrincipalKind, Right, ShiftLine, ShiftNote
from assize.workforce.service.access import require

MOST = 20_000  # characters: longer than anybody reads at the start of a shift
MASKED = "•••"


def last_here(tx: Tx) -> datetime | None:
    """Return when the actor's last shift ended, or None where this is their first: what is newer is news to them.

    It ended with the last thing they did, signing out or another, before they signed in this time. Not with the sign-in
    before: what changed while they were at work they were shown then.
    """
    principal = require(tx, Right.CASES_READ)
    return store.last_here(tx, reviewer_id=principal.id)


def save_shift_draft(tx: Tx, *, body: str, at: datetime) -> None:
    """Keep what the actor has typed of their shift's note. Raises ShiftNoteUnfit, NobodysShift."""
    principal = require(tx, Right.NOTE)
    if principal.kind is PrincipalKind.KEY:
        raise NobodysShift
    store.save_shift_draft(tx, note_id=new_id("shift"), author=principal.id, body=_fit(body), at=at)


def shift_draft(tx: Tx) -> ShiftNote | None:
    """Return the note that the actor has begun, or None."""
    principal = require(tx, Right.NOTE)
    return store.shift_draft(tx, author=principal.id)


def hand_over(tx: Tx, *, body: str, drafted: Sequence[ShiftLine], at: datetime) -> str:
    """Sign the actor's note for the next shift, with the lines from the facts as they are now. Return its id.

    Raises ShiftNoteUnfit.
    """
    principal = require(tx, Right.NOTE)
    store.save_shift_draft(tx, note_id=new_id("shift"), author=principal.id, body=_fit(body), at=at)
    note_id = store.sign_shift(tx, author=principal.id, drafted=drafted, at=at)
    tx.record(ShiftHandedOver(shift_note_id=note_id), at=at)
    return note_id


def shift_notes(tx: Tx, *, limit: int = 20) -> list[ShiftNote]:
    """Return signed notes, the latest first. Lines about cases are left to the caller, who asks which may be seen."""
    principal = require(tx, Right.CASES_READ)
    found = store.shift_notes(tx, note_id=None, limit=min(max(1, limit), 100))
    return [_shown(one, principal) for one in found]


def acknowledge_shift_note(tx: Tx, *, shift_note_id: str, at: datetime) -> None:
    """Take over what a note tells. Idempotent. Raises NoSuchShiftNote."""
    principal = require(tx, Right.CASES_READ, about=shift_note_id)
    if not store.shift_notes(tx, note_id=shift_note_id, limit=1):
        raise NoSuchShiftNote
    if store.acknowledge_shift_note(tx, note_id=shift_note_id, reviewer_id=principal.id, at=at):
        tx.record(ShiftNoteAcknowledged(shift_note_id=shift_note_id), at=at)


def _fit(body: str) -> str:
    words = body.strip()
    if len(words) > MOST or "\0" in words:
        raise ShiftNoteUnfit(field="body", most=MOST)
    return words


def _shown(note: ShiftNote, reader: Principal) -> ShiftNote:
    # What people typed may quote the content.
    hidden = "text" in reader.view.masked_fields and note.author != reader.id
    return replace(note, body=MASKED if note.body else "") if hidden else note
