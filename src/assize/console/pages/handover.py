"""The hand-over: what one shift tells the next, drafted from the facts and finished by a person."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from assize.console.pages.drafting import drafted
from assize.kernel import clock
from assize.kernel.ids import CaseId
from assize.platform.db import Tx
from assize.platform.http import authenticated, transaction
from assize.platform.pages import render
from assize.triage import service as triage
from assize.workforce import service as workforce
from assize.workforce.models import Principal, Right, ShiftLine, ShiftNote

router = APIRouter()
Body = Annotated[str, Form(max_length=20_000)]


@router.get("/handover")
def handover_page(request: Request) -> Response:
    """Show what the facts say of this shift, what I typed, and the notes before."""
    at = clock.now()
    with transaction(request) as tx:
        notes = workforce.shift_notes(tx, limit=20)
        may_write = isinstance(tx.actor, Principal) and Right.NOTE in tx.actor.rights
        draft = workforce.shift_draft(tx) if may_write else None
        lines = drafted(tx, at=at)
        view = _notes(tx, notes)
    return render(
        request,
        "console/handover.html",
        parts=_parts(lines),
        draft=draft,
        notes=view,
        may_write=may_write,
        at=at,
        who_types=authenticated(request).actor.id,
    )


@router.post("/handover/draft")
def save_draft(request: Request, body: Body = "", who: Annotated[str, Form(max_length=100)] = "") -> Response:
    """Keep what I typed. who: who typed it, where it was carried over an ended sign-in."""
    with transaction(request) as tx:
        if who in {"", tx.actor.id}:  # what somebody else typed before they were signed out is no draft of mine
            workforce.save_shift_draft(tx, body=body, at=clock.now())
        else:
            workforce.shift_draft(tx)
    return RedirectResponse("/handover", status_code=303)


@router.post("/handover")
def hand_over(request: Request, body: Body = "") -> Response:
    """Sign the note for the next shift, with what the facts say now."""
    at = clock.now()
    with transaction(request) as tx:
        lines = drafted(tx, at=at)
        workforce.hand_over(tx, body=body, drafted=lines, at=at)
    return RedirectResponse("/handover", status_code=303)


@router.post("/handover/{shift_note_id}/acknowledgement")
def acknowledge(request: Request, shift_note_id: str) -> Response:
    """Take over what a note tells."""
    with transaction(request) as tx:
        workforce.acknowledge_shift_note(tx, shift_note_id=shift_note_id, at=clock.now())
    return RedirectResponse("/handover", status_code=303)


def _parts(lines: Sequence[ShiftLine]) -> list[tuple[str, list[ShiftLine]]]:
    found: dict[str, list[ShiftLine]] = {}
    for one in lines:
        found.setdefault(one.part, []).append(one)
    return list(found.items())


def _notes(tx: Tx, notes: Sequence[ShiftNote]) -> list[dict[str, Any]]:
    """Return notes with those of their lines that are about nothing, or about a case that exists for the reader."""
    names = workforce.names(tx, [who for one in notes for who in (one.author, *(taker for taker, _ in one.taken_over))])
    about = {CaseId(line.case_id) for one in notes for line in one.drafted if line.case_id is not None}
    seen = triage.seen(tx, case_ids=sorted(about)) if about else frozenset()
    return [
        {
            "id": one.id,
            "by": names[one.author],
            "own": one.author == tx.actor.id,
            "at": one.signed_at,
            "body": one.body,
            "parts": _parts([line for line in one.drafted if line.case_id is None or line.case_id in seen]),
            "taken": [(names[who], when) for who, when in one.taken_over],
            "mine_to_take": one.author != tx.actor.id and tx.actor.id not in {who for who, _ in one.taken_over},
        }
        for one in notes
    ]
