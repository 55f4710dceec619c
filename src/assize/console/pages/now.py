"""What needs me, the most urgent first."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from assize.console.pages.asked import needs
from assize.console.pages.queue import board_of
from assize.kernel import clock
from assize.kernel.ids import NoteId
from assize.platform.db import Tx
from assize.platform.http import transaction
from assize.platform.pages import render, span
from assize.policy import service as policy
from assize.policy.models import PolicyVersion
from assize.review import service as review
from assize.review.models import Health
from assize.workforce import service as workforce
from assize.workforce.models import Principal, Right, SearchScope, ShiftNote

router = APIRouter()
NOTE_LIVES = timedelta(hours=24)  # an older note is history: the page of notes has it


@dataclass(kw_only=True)
class Now:
    """What the page is made of."""

    needs: list[dict[str, Any]] = field(default_factory=list)
    board: list[dict[str, Any]] = field(default_factory=list)
    totals: dict[str, Any] | None = None
    teams: list[dict[str, Any]] = field(default_factory=list)
    note: dict[str, Any] | None = None
    policy: dict[str, Any] | None = None


@router.get("/")
def now_page(request: Request) -> Response:
    """Show what needs me."""
    at = clock.now()
    with transaction(request) as tx:
        page = _now(tx, at)
        rights = _rights(tx)
        calmer = review.calmer_only(tx, budget=request.app.state.settings.exposure_budget, at=at)
    return render(
        request,
        "console/now.html",
        page=page,
        at=at,
        may_claim=Right.TASKS_CLAIM in rights,
        nothing="nothing" in request.query_params,
        calmer=calmer and Right.TASKS_CLAIM in rights,
    )


@router.post("/mentions/{note_id}/read")
def read_mention(request: Request, note_id: str) -> Response:
    """Mark where I was named as read."""
    with transaction(request) as tx:
        review.read_mention(tx, note_id=NoteId(note_id), at=clock.now())
    return RedirectResponse("/", status_code=303)


def _now(tx: Tx, at: datetime) -> Now:
    rights, page = _rights(tx), Now()
    if Right.CASES_READ not in rights:
        page.needs = needs(tx, None, at)
        return page
    version = policy.current(tx)
    health = review.queue_health(tx, at=at)
    page.needs = needs(tx, version, at)
    page.board, page.totals = board_of(health, version, at), _totals(health, at)
    page.note = _note(tx, at)
    page.policy = _policy(tx, version, rights)
    if {Right.TASKS_ASSIGN, Right.PEOPLE_READ} <= rights:
        page.teams = _teams(tx, at)
    return page


def _rights(tx: Tx) -> frozenset[Right]:
    return tx.actor.rights if isinstance(tx.actor, Principal) else frozenset()


def _totals(health: Health, at: datetime) -> dict[str, Any]:
    board = health.queues
    oldest = min((one.oldest_at for one in board if one.oldest_at), default=None)
    return {
        "open": sum(one.open for one in board),
        "overdue": sum(one.overdue for one in board),
        "due_soon": sum(one.due_soon for one in board),
        "oldest": span((at - oldest).total_seconds()) if oldest else None,
        "counted": health.counted_at,
        "fresh": health.counted_at == at,
    }


def _note(tx: Tx, at: datetime) -> dict[str, Any] | None:
    """Return the last shift's note where it is of today and I did not take it over."""
    found: list[ShiftNote] = workforce.shift_notes(tx, limit=1)
    if not found or found[0].signed_at is None or at - found[0].signed_at > NOTE_LIVES:
        return None
    note, me = found[0], tx.actor.id
    if note.author == me or me in {who for who, _ in note.taken_over}:
        return None
    names = workforce.names(tx, [note.author])
    return {"id": note.id, "by": names[note.author], "at": note.signed_at, "body": note.body}


def _policy(tx: Tx, version: PolicyVersion, rights: frozenset[Right]) -> dict[str, Any] | None:
    """Return which clauses changed since my last shift ended, with the words of both."""
    last = workforce.last_here(tx)
    if Right.POLICY_READ not in rights or last is None:
        return None
    heads = policy.versions(tx)
    known = next((one for one in heads if one.published_at <= last), None)
    if known is None or known.id == version.id:
        return None
    found = policy.compare(tx, before=known.id, after=version.id)
    clauses = [
        {
            "id": one.clause_id,
            "title": one.title,
            "changed": one.changed.value,
            "parts": [(name, [(word.changed.value, word.text) for word in words]) for name, words in one.parts.items()],
        }
        for one in found.clauses
    ]
    return {"before": known.version, "after": heads[0].version, "summary": found.summary, "clauses": clauses}


def _teams(tx: Tx, at: datetime) -> list[dict[str, Any]]:
    """Return what each team has in hand, decided today and lets wait too long."""
    principal = tx.actor
    if not isinstance(principal, Principal) or principal.view.search_scope is not SearchScope.ALL:
        return []
    since = at.replace(hour=0, minute=0, second=0, microsecond=0)
    late: dict[str | None, int] = {}
    team_of = {one.id: one.team_id for one in workforce.reviewers(tx)}
    for task in review.working(tx):
        if task.due_at < at and task.holder is not None:
            team = team_of.get(task.holder)
            late[team] = late.get(team, 0) + 1
    return [
        {
            "team": one.team or "no team",
            "in_hand": one.in_hand,
            "decided": one.decided,
            "overdue": late.get(one.team_id, 0),
        }
        for one in review.team_work(tx, since=since, until=at)
    ]
