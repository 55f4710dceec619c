"""See who else is on a case, and where one was named."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from assize.kernel.ids import CaseId, NoteId, ReviewerId
from assize.platform.db import Tx
from assize.review.errors import NoSuchNote
from assize.review.facts import MentionRead
from assize.review.logic import MASK, begins_so, mentioned
from assize.review.models import Mention, Present, Task, TaskState, View
from assize.review.service.blindness import blind_to
from assize.review.store import tasks, together
from assize.triage import service as triage
from assize.workforce import service as workforce
from assize.workforce.models import Right
from assize.workforce.service import require

GONE = timedelta(seconds=60)  # three signs of life missed
MOST_MENTIONS = 50
MOST_NAMED = 200


def be_present(tx: Tx, *, case_id: CaseId, at: datetime) -> None:
    """Say that the actor has this case on their screen. Of whoever judges it blind nothing is kept. Raises NoSuchCase."""
    principal = require(tx, Right.CASES_READ, about=case_id)
    triage.case(tx, case_id)
    if principal.id not in _blind(tasks.of_case(tx, case_id)) and case_id not in blind_to(tx, principal):
        together.beat(tx, case_id=case_id, reviewer=principal.id, at=at)


def present(tx: Tx, *, case_id: CaseId, at: datetime) -> list[Present]:
    """Return who else is on a case, whoever has it in hand first. Blind judges are not shown, and are shown nobody."""
    principal = require(tx, Right.CASES_READ, about=case_id)
    triage.case(tx, case_id)
    of_case = tasks.of_case(tx, case_id)
    blind = _blind(of_case)
    if principal.id in blind or case_id in blind_to(tx, principal):
        return []
    in_hand = {
        one.holder: one.claimed_at or one.offered_at
        for one in of_case
        if one.state is TaskState.CLAIMED and one.holder is not None and one.view is not View.BLIND
    }
    seen = {who: when for _, who, when in together.present(tx, [case_id], since=at - GONE)}
    found = [
        Present(reviewer_id=who, in_hand=who in in_hand, since=in_hand.get(who) or seen[who])
        for who in {**in_hand, **seen}
        if who != principal.id and who not in blind
    ]
    return sorted(found, key=lambda one: (not one.in_hand, one.since, one.reviewer_id))


def present_on(tx: Tx, *, case_ids: Sequence[CaseId], at: datetime) -> dict[CaseId, frozenset[ReviewerId]]:
    """Return who is on each of these cases, for whoever watches for changes."""
    require(tx, Right.CASES_READ)
    found: dict[CaseId, set[ReviewerId]] = {}
    for case_id, who, _ in together.present(tx, case_ids, since=at - GONE):
        found.setdefault(case_id, set()).add(who)
    return {case_id: frozenset(those) for case_id, those in found.items()}


def nameable(tx: Tx, *, case_id: CaseId, words: str = "", limit: int = MOST_NAMED) -> list[str]:
    """Return the names by which the actor may name people in a note on a case: of those for whom the case exists.

    words: what was typed of a name; a name fits where its words begin so. Names that mean more than one person are left
    out, as they name nobody. By name, at most limit. Raises NoSuchCase.
    """
    principal = require(tx, Right.NOTE, about=case_id)
    case = triage.case(tx, case_id)
    ids = [case_id, *([case.subject_id] if case.subject_id is not None else [])]
    seen = workforce.who_sees(tx, restriction=case.restriction, region=case.region, ids=ids)
    everybody = workforce.colleagues(tx)
    found = [
        name
        for who, name in seen.items()
        if who != principal.id and begins_so(name, words) and mentioned(f"@{name}", everybody) == [who]
    ]
    return sorted(found, key=str.casefold)[: max(1, min(limit, MOST_NAMED))]


def mentions(tx: Tx, *, limit: int = MOST_MENTIONS) -> list[Mention]:
    """Return where the actor was named and has not read it, the latest first; not on cases they judge blind."""
    principal = require(tx, Right.CASES_READ)
    blind = blind_to(tx, principal)
    found = together.unread(tx, principal.id, limit=min(max(1, limit), MOST_MENTIONS))
    masked = "text" in principal.view.masked_fields
    return [replace(one, body=MASK) if masked else one for one in found if one.case_id not in blind]


def read_mention(tx: Tx, *, note_id: NoteId, at: datetime) -> None:
    """Mark where the actor was named as read. Idempotent. Raises NoSuchNote where they were not named."""
    principal = require(tx, Right.CASES_READ, about=note_id)
    case_id = together.read(tx, note_id=note_id, reviewer=principal.id, at=at)
    if isinstance(case_id, bool):
        if together.known(tx, note_id=note_id, reviewer=principal.id):
            return
        raise NoSuchNote
    tx.record(MentionRead(note_id=note_id, case_id=case_id), at=at)


def _blind(of_case: Sequence[Task]) -> set[ReviewerId]:
    return {
        one.holder
        for one in of_case
        if one.holder is not None and one.view is View.BLIND and one.state is TaskState.CLAIMED
    }
