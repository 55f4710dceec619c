"""Read cases, decisions and queues: for pages, and for the API with a key."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from assize.kernel import clock
from assize.kernel.ids import CaseId, ClauseId, DecisionId, DossierId, QueueName, ReviewerId, TaskId
from assize.platform.db import Tx
from assize.policy import service as policy
from assize.review.errors import NoSuchDecision, NoSuchTask
from assize.review.logic import claim_skills, cursor_of, parse_cursor, shown_decision, shown_task
from assize.review.models import (
    CaseView,
    Decision,
    DecisionState,
    HistoryEntry,
    QueueState,
    Task,
)
from assize.review.service.blindness import blind_to
from assize.review.service.opening import MAX_AT_ONCE, was_opened
from assize.review.service.viewing import history_of, view_of
from assize.review.store import decisions, tasks
from assize.triage import service as triage
from assize.triage.models import Case, CaseFilter
from assize.workforce.models import Principal, Right, SearchScope
from assize.workforce.service import require

MAX_PAGE = 200
MASK = "•••"


@dataclass(frozen=True, kw_only=True)
class DecisionPage:
    """A page of decisions, the latest first. cursor: continues it, None at its end."""

    decisions: tuple[Decision, ...]
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class CaseSummary:
    """A case in a list: no identity, no content. region: masked where it is masked for the asker."""

    case: Case
    region: str | None


@dataclass(frozen=True, kw_only=True)
class CasePage:
    """A page of cases in order of priority. cursor: continues it, None at its end."""

    cases: tuple[CaseSummary, ...]
    cursor: str | None


def queue_board(tx: Tx, *, at: datetime | None = None) -> list[QueueState]:
    """Return how the queues stand, those of the policy first and in its order; only what the actor may see counts."""
    require(tx, Right.CASES_READ)
    counted = {one.name: one for one in tasks.queue_states(tx, at=at or clock.now())}
    declared = [spec.name for spec in policy.current(tx).queues]
    names = [*declared, *(name for name in sorted(counted) if name not in declared)]
    return [counted.get(name) or _empty(name) for name in names]


def waiting(tx: Tx, *, queue: QueueName | None = None, limit: int = 50) -> list[Task]:
    """Return the first open tasks in the order in which they are given out."""
    principal = require(tx, Right.CASES_READ)
    found = tasks.waiting(tx, queue=queue, limit=min(max(1, limit), MAX_PAGE))
    return [shown_task(principal.view, one) for one in found]


def task(tx: Tx, task_id: TaskId) -> Task:
    """Return a task. Raises NoSuchTask."""
    principal = require(tx, Right.CASES_READ, about=task_id)
    found = tasks.by_id(tx, task_id)
    if found is None:
        raise NoSuchTask
    return shown_task(principal.view, found)


def tasks_of_case(tx: Tx, case_id: CaseId) -> list[Task]:
    """Return every task of a case, oldest first; to a blind holder only their own."""
    principal = require(tx, Right.CASES_READ, about=case_id)
    found = [shown_task(principal.view, one) for one in tasks.of_case(tx, case_id)]
    blind = blind_to(tx, principal)
    return [one for one in found if one.holder == principal.id] if case_id in blind else found


def case_view(tx: Tx, *, case_id: CaseId, at: datetime | None = None) -> CaseView:
    """Return a case as the actor may see it. A GET: it records nothing.

    Text is there only where the actor opened the content within this shift (`open_case`). Raises NoSuchCase.
    """
    principal = require(tx, Right.CASES_READ, about=case_id)
    opened = was_opened(tx, case_id=case_id, reviewer=principal.id, at=at or clock.now())
    return view_of(tx, principal, case_id=case_id, task=None, opened=opened)


def task_view(
    tx: Tx,
    *,
    task_id: TaskId,
    at: datetime | None = None,
    brief: bool = False,
    guided: bool | None = None,
    seen: DossierId | None = None,
) -> CaseView:
    """Return the case of a task as that task shows it: over its frozen evidence, blind where it is. Raises NoSuchTask.

    brief: the evidence alone, without history, precedents and what others decided. guided: with precedents and
    similar cases, which take longest to find; where nothing is said, unless it is brief. seen: the evidence that was
    looked at, where newer came meanwhile: what came or changed since then is told.
    """
    principal = require(tx, Right.CASES_READ, about=task_id)
    found = tasks.by_id(tx, task_id)
    if found is None:
        raise NoSuchTask
    opened = was_opened(tx, case_id=found.case_id, reviewer=principal.id, at=at or clock.now())
    return view_of(
        tx, principal, case_id=found.case_id, task=found, opened=opened, brief=brief, guided=guided, seen=seen
    )


def alike(tx: Tx, *, case_id: CaseId, at: datetime | None = None) -> list[CaseView]:
    """Return the waiting near-duplicates of a case that the actor may take, and that are suspected of the same clause.

    Each as its own task shows it, briefly; at most 50, the gravest first. Raises NoSuchCase.
    """
    principal = require(tx, Right.TASKS_CLAIM, about=case_id)
    case = triage.case(tx, case_id)
    if case.near_duplicate is None or not case.clauses or case_id in blind_to(tx, principal):
        return []
    skills = claim_skills(principal.skills)
    params = {
        "me": principal.id,
        "exposure": skills.exposure,
        "languages": skills.languages,
        "clauses": skills.clauses,
        "case_id": case_id,
        "cluster": case.near_duplicate,
        "clause": case.clause_ids[0],
        "limit": MAX_AT_ONCE,
    }
    found = tasks.alike(tx, params)
    when = at or clock.now()
    return [
        view_of(
            tx,
            principal,
            case_id=one.case_id,
            task=one,
            opened=was_opened(tx, case_id=one.case_id, reviewer=principal.id, at=when),
            brief=True,
        )
        for one in found
    ]


def history(tx: Tx, case_id: CaseId) -> tuple[HistoryEntry, ...]:
    """Return what happened to a case, in order and in words; a blind holder doesn't see what others decided."""
    principal = require(tx, Right.CASES_READ, about=case_id)
    triage.case(tx, case_id)
    entries = history_of(tx, case_id)
    if case_id in blind_to(tx, principal):
        return tuple(one for one in entries if not one.about_decision)
    return entries


def decision(tx: Tx, decision_id: DecisionId) -> Decision:
    """Return a decision as the actor may see it. Raises NoSuchDecision, also where a blind task hides it."""
    principal = require(tx, Right.CASES_READ, about=decision_id)
    found = decisions.by_ids(tx, [decision_id])
    if not found or not _may_see(principal, found[0], blind_to(tx, principal)):
        raise NoSuchDecision
    return shown_decision(principal.view, found[0])


def decisions_of_case(tx: Tx, case_id: CaseId) -> list[Decision]:
    """Return every decision of a case that the actor may see, oldest first."""
    principal = require(tx, Right.CASES_READ, about=case_id)
    blind = blind_to(tx, principal)
    found = decisions.of_case(tx, case_id)
    return [shown_decision(principal.view, one) for one in found if _may_see(principal, one, blind)]


def list_decisions(
    tx: Tx,
    *,
    cursor: str | None = None,
    limit: int = 50,
    case_id: CaseId | None = None,
    reviewer_id: ReviewerId | None = None,
    state: DecisionState | None = None,
    clause: ClauseId | None = None,
    since: datetime | None = None,
) -> DecisionPage:
    """Return decisions, the latest first, within the actor's search scope and view. Raises BadCursor."""
    principal = require(tx, Right.CASES_READ)
    size = min(max(1, limit), MAX_PAGE)
    scope = principal.view.search_scope
    found = decisions.page(
        tx,
        before=None if cursor is None else parse_cursor(cursor, parts=1)[0],
        limit=size + 1,
        case_id=case_id,
        reviewer_id=principal.id if scope is SearchScope.OWN else reviewer_id,
        team_id=(principal.team_id or "") if scope is SearchScope.TEAM else None,
        state=state,
        clause=clause,
        since=since,
    )
    blind = blind_to(tx, principal)
    shown = [shown_decision(principal.view, one) for one in found[:size] if _may_see(principal, one, blind)]
    more = cursor_of(found[size - 1].id) if len(found) > size else None
    return DecisionPage(decisions=tuple(shown), cursor=more)


def list_cases(tx: Tx, *, wanted: CaseFilter | None = None, cursor: str | None = None, limit: int = 50) -> CasePage:
    """Return cases in order of priority, within the actor's search scope and view. Raises BadCursor.

    Whoever may search only their own or their team's work gets the latest cases they decided or have in hand, at most
    200 and without filters: a list is no way around being given one's work.
    """
    principal = require(tx, Right.CASES_READ)
    scope = principal.view.search_scope
    if scope is SearchScope.ALL:
        page = triage.cases(tx, wanted=wanted, cursor=cursor, limit=limit)
        return CasePage(cases=tuple(_summaries(tx, principal, page.cases)), cursor=page.next_cursor)
    team = principal.team_id if scope is SearchScope.TEAM else None
    worked = decisions.cases_worked(tx, reviewer=principal.id, team_id=team, limit=min(max(1, limit), MAX_PAGE))
    found = [triage.case(tx, case_id) for case_id in worked]
    return CasePage(cases=tuple(_summaries(tx, principal, found)), cursor=None)


def summary(tx: Tx, case_id: CaseId) -> CaseSummary:
    """Return one case as lists show it. Raises NoSuchCase."""
    principal = require(tx, Right.CASES_READ, about=case_id)
    return next(iter(_summaries(tx, principal, [triage.case(tx, case_id)])))


def _summaries(tx: Tx, principal: Principal, cases: Sequence[Case]) -> list[CaseSummary]:
    blind = blind_to(tx, principal)
    masked = principal.view.masked_fields
    return [
        CaseSummary(
            case=_unassessed(one) if one.id in blind else one,
            region=MASK if "region" in masked and one.region else one.region,
        )
        for one in cases
    ]


def _unassessed(case: Case) -> Case:
    return replace(case, assessed=None)


def _may_see(principal: Principal, one: Decision, blind: Collection[CaseId]) -> bool:
    return one.case_id not in blind or one.reviewer_id == principal.id


def _empty(name: QueueName) -> QueueState:
    return QueueState(name=name, open=0, claimed=0, held=0, overdue=0, gravest=None, oldest_at=None, next_due_at=None)
