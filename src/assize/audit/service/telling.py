"""The whole story of a case or a person, as plain sentences."""

import json
from datetime import datetime, timedelta

from assize.audit import store
from assize.audit.errors import OneStoryAtATime, PurposeNeeded
from assize.audit.facts import StoryOpened
from assize.audit.logic.sentences import details, tell
from assize.audit.models import Line, Story
from assize.audit.store import Whose
from assize.kernel.ids import CaseId, ReviewerId, SubjectId
from assize.platform.db import Row, Tx
from assize.workforce import service as workforce
from assize.workforce.models import Principal, PrincipalKind, Right
from assize.workforce.service import require

STAYS_OPEN = timedelta(hours=1)  # long enough to read a story, short enough that a purpose is said for each reading
MOST_LINES = 200


def open_story(
    tx: Tx,
    *,
    case_id: CaseId | None = None,
    subject_id: SubjectId | None = None,
    reviewer_id: ReviewerId | None = None,
    purpose: str,
    at: datetime,
) -> None:
    """Record why somebody opens a story. That of a person stays open to them for an hour.

    Raises OneStoryAtATime.
    """
    require(tx, Right.AUDIT_READ, about=case_id or subject_id or reviewer_id)
    _one_of(case_id, subject_id, reviewer_id)
    opened = StoryOpened(case_id=case_id, subject_id=subject_id, reviewer_id=reviewer_id, purpose=purpose)
    tx.record(opened, at=at)


def story(
    tx: Tx,
    *,
    case_id: CaseId | None = None,
    subject_id: SubjectId | None = None,
    reviewer_id: ReviewerId | None = None,
    after: str | None = None,
    limit: int = 100,
    at: datetime,
) -> Story:
    """Return what happened in a case, about a subject, or by a reviewer (or key), oldest first.

    Only what this actor may see; subjects and prose are masked as their view profile asks. after: the cursor of the
    part before. A person's story needs `open_story` first: a purpose, said within the last hour.
    Raises OneStoryAtATime, PurposeNeeded.
    """
    principal = require(tx, Right.AUDIT_READ, about=case_id or subject_id or reviewer_id)
    whose, of = _one_of(case_id, subject_id, reviewer_id)
    if whose is not Whose.CASE and not _is_open(tx, principal, of=of, at=at):
        raise PurposeNeeded
    most = max(1, min(limit, MOST_LINES))
    rows = store.story(tx, whose=whose, of=of, after=after or "", limit=most + 1)
    names = {**workforce.names(tx, [row["actor"] for row in rows[:most]]), "system": "the system"}
    lines = tuple(_line(row, names[row["actor"]], principal) for row in rows[:most])
    return Story(lines=lines, after=lines[-1].fact_id if len(rows) > most else None)


def _one_of(case_id: CaseId | None, subject_id: SubjectId | None, reviewer_id: ReviewerId | None) -> tuple[Whose, str]:
    given = [
        (whose, of)
        for whose, of in ((Whose.CASE, case_id), (Whose.SUBJECT, subject_id), (Whose.ACTOR, reviewer_id))
        if of is not None
    ]
    if len(given) != 1:
        raise OneStoryAtATime(field="case_id")
    return given[0]


def _is_open(tx: Tx, principal: Principal, *, of: str, at: datetime) -> bool:
    if principal.kind is PrincipalKind.SYSTEM:
        return True
    return store.opened_story(tx, of=of, since=at - STAYS_OPEN)


def _line(row: Row, actor: str, principal: Principal) -> Line:
    masked = principal.view.masked_fields
    body = None if row["body"] is None else json.loads(row["body"])
    sentence = tell(row["kind"], actor=actor, body=body, masked=masked)
    return Line(
        fact_id=row["id"],
        kind=row["kind"],
        at=row["occurred_at"],
        actor=actor,
        sentence=sentence[:1].upper() + sentence[1:],
        details={} if body is None else details(body, masked=masked),
        case_id=row["case_id"],
        leaf=row["n"],
        erased=body is None,
    )
