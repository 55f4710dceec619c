"""What review knows about a subject beside one case: notes that stay with it, what was decided of its cases."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from assize.intake import service as intake
from assize.intake.errors import SubjectNotFound
from assize.intake.models import Event
from assize.kernel.ids import CaseId, ClauseId, DecisionId, EventId, ReviewerId, SubjectId
from assize.platform.db import Tx
from assize.policy.models import Severity
from assize.review.errors import NoSuchTurn
from assize.review.logic import shown
from assize.review.models import CaseView, EventView, Note, Verdict
from assize.review.service.blindness import blind_to
from assize.review.service.reading import case_view
from assize.review.service.viewing import event_view
from assize.review.store import decisions, precedents
from assize.triage import service as triage
from assize.triage.models import Case
from assize.workforce.models import Principal, Right, SearchScope
from assize.workforce.service import require

MASK = "•••"
EACH_WAY = 5
MOST_WORKED = 200


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What stands of a case."""

    decision_id: DecisionId
    verdict: Verdict
    primary_clause: ClauseId | None
    assessed: Severity | None
    decided_by: ReviewerId
    decided_at: datetime


@dataclass(frozen=True, kw_only=True)
class CaseAbout:
    """A case about somebody, and what stands of it; None where nothing does, or a blind task hides it."""

    case: Case
    standing: Standing | None


def cases_about(
    tx: Tx, *, subject_ids: Sequence[SubjectId], leaving: CaseId | None = None, limit: int = 20
) -> list[CaseAbout]:
    """Return the newest cases about any of these subjects with what stands of each; `leaving` one out.

    Whoever may search only their own or their team's work gets only what they or their team decided or have in hand.
    """
    principal = require(tx, Right.CASES_READ)
    found = [one for one in triage.cases_about(tx, subject_ids=subject_ids, limit=limit + 1) if one.id != leaving]
    found = _worked(tx, principal, found)[:limit]
    blind = blind_to(tx, principal)
    stands = decisions.standing_of(tx, [one.id for one in found if one.id not in blind])
    return [
        CaseAbout(
            case=replace(one, assessed=None) if one.id in blind else one,
            standing=None if one.id not in stands else _standing(stands[one.id]),
        )
        for one in found
    ]


def blind_subjects(tx: Tx) -> dict[SubjectId, CaseId]:
    """Return whom the actor's blind tasks in hand are about, with everybody above them, and of which case."""
    principal = require(tx, Right.CASES_READ)
    found: dict[SubjectId, CaseId] = {}
    for one in [triage.case(tx, case_id) for case_id in blind_to(tx, principal)]:
        with suppress(SubjectNotFound):
            path = [] if one.subject_id is None else intake.subject_path(tx, one.subject_id)
            found.update({each.id: one.id for each in path})
    return found


def subject_notes(tx: Tx, subject_id: SubjectId) -> list[Note]:
    """Return the notes that stay with a subject, the latest first; masked where text is."""
    principal = require(tx, Right.CASES_READ, about=subject_id)
    intake.subject(tx, subject_id)
    found = precedents.notes(tx, case_id=None, subject_id=subject_id)[-50:]
    masked = "text" in principal.view.masked_fields
    return [replace(one, body=MASK) if masked else one for one in reversed(found)]


def around(tx: Tx, *, case_id: CaseId, event_id: EventId, at: datetime) -> tuple[EventView, ...]:
    """Return the events before and after one of a case, as this case is shown to whoever asks: a GET that opens nothing.

    Text is there only where the content of the case was opened. Raises NoSuchTurn where the case has no such event.
    """
    principal = require(tx, Right.CASES_READ, about=case_id)
    view = case_view(tx, case_id=case_id, at=at)
    if event_id not in {one.id for one in view.events}:
        raise NoSuchTurn
    near = intake.events_around(tx, intake.event(tx, event_id), each_way=EACH_WAY)
    return _shown_like(view, principal, near)


def _shown_like(view: CaseView, principal: Principal, near: Sequence[Event]) -> tuple[EventView, ...]:
    known = {one.id for one in view.events}
    events = tuple(event_view(one, later=one.id not in known) for one in near)
    plain = replace(view, events=events, decisions=(), notes=(), task=None, draft=None, subjects=())
    return shown(principal.view, None, plain).events


def _worked(tx: Tx, principal: Principal, found: Sequence[Case]) -> list[Case]:
    scope = principal.view.search_scope
    if scope is SearchScope.ALL:
        return list(found)
    team = principal.team_id if scope is SearchScope.TEAM else None
    worked = set(decisions.cases_worked(tx, reviewer=principal.id, team_id=team, limit=MOST_WORKED))
    return [one for one in found if one.id in worked]


def _standing(row: Mapping[str, object]) -> Standing:
    return Standing(
        decision_id=DecisionId(str(row["id"])),
        verdict=Verdict(str(row["verdict"])),
        primary_clause=None if row["primary_clause"] is None else ClauseId(str(row["primary_clause"])),
        assessed=None if row["assessed"] is None else Severity(int(str(row["assessed"]))),
        decided_by=ReviewerId(str(row["reviewer_id"])),
        decided_at=_time(row["decided_at"]),
    )


def _time(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise TypeError("a decision has its time")
    return value
