"""Pages of announcements and playbooks: read, published, seen to be read."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from assize.kernel import clock
from assize.kernel.errors import AssizeError, Invalid
from assize.kernel.ids import ClauseId, TeamId
from assize.platform.db import Tx
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.workforce import service
from assize.workforce.errors import AnnouncementUnfit
from assize.workforce.models import (
    Announcement,
    AnnouncementKind,
    AnnouncementText,
    Audience,
    Principal,
    Right,
    Role,
    SearchScope,
)

router = APIRouter()

EMPTY: dict[str, Any] = {"kind": "announcement", "title": "", "body": "", "teams": [], "roles": [], "clauses": "",
         "due": "", "instead_of": ""}  # fmt: skip
Several = Annotated[list[str], Form()]
Title = Annotated[str, Form(max_length=400)]
Body = Annotated[str, Form(max_length=40_000)]
Words = Annotated[str, Form(max_length=2_000)]
Due = Annotated[str, Form(max_length=40)]


@router.get("/announcements")
def announcements_page(request: Request) -> Response:
    """Show what people have to know, what I have to read first."""
    with transaction(request) as tx:
        return _list(request, tx)


@router.post("/announcements")
def publish(
    request: Request,
    kind: Annotated[AnnouncementKind, Form()],
    title: Title,
    body: Body,
    teams: Several = [],  # noqa: B006 - FastAPI copies it
    roles: Several = [],  # noqa: B006
    clauses: Words = "",
    due: Due = "",
    instead_of: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Publish something new, or the next version of something."""
    typed = {"kind": kind.value, "title": title, "body": body, "teams": teams, "roles": roles, "clauses": clauses,
             "due": due, "instead_of": instead_of}  # fmt: skip
    try:
        text = AnnouncementText(
            kind=kind,
            title=title.strip(),
            body=body.strip(),
            audience=Audience(
                teams=frozenset(TeamId(one) for one in teams),
                roles=frozenset(Role(one) for one in roles if one in set(Role)),
            ),
            clauses=tuple(ClauseId(one) for one in dict.fromkeys(clauses.replace(",", " ").split())),
            due_at=_moment(due),
        )
        with transaction(request) as tx:
            made = service.publish_announcement(tx, text=text, instead_of=instead_of or None, at=clock.now())
    except Invalid as error:
        with transaction(request) as tx:
            return _list(request, tx, problem=error, typed=typed)
    return RedirectResponse(f"/announcements/{made}", status_code=303)


@router.get("/announcements/{announcement_id}")
def announcement_page(request: Request, announcement_id: str) -> Response:
    """Show one version whole, those before it, and for whoever publishes who has read it."""
    at = clock.now()
    with transaction(request) as tx:
        found = service.announcement(tx, announcement_id=announcement_id)
        versions = service.announcement_versions(tx, announcement_id=announcement_id)
        names = service.names(tx, [one.author for one in versions])
        reading = _reading(tx, found)
    return render(
        request,
        "workforce/announcement.html",
        one=found,
        versions=versions,
        names=names,
        reading=reading,
        newest=next((one for one in versions if one.ended_at is None), None),
        at=at,
    )


@router.post("/announcements/{announcement_id}/read")
def acknowledge(request: Request, announcement_id: str) -> Response:
    """Say that I have read it."""
    with transaction(request) as tx:
        service.acknowledge_announcement(tx, announcement_id=announcement_id, at=clock.now())
    return RedirectResponse("/announcements", status_code=303)


@router.post("/announcements/{announcement_id}/end")
def end(request: Request, announcement_id: str) -> Response:
    """Put it out of force."""
    with transaction(request) as tx:
        service.end_announcement(tx, announcement_id=announcement_id, at=clock.now())
    return RedirectResponse("/announcements", status_code=303)


@router.get("/announcements/{announcement_id}/next")
def next_page(request: Request, announcement_id: str) -> Response:
    """Show the form of the next version, filled with what this one says."""
    with transaction(request) as tx:
        return _list(request, tx, typed=_typed(service.announcement(tx, announcement_id=announcement_id)))


def _list(
    request: Request, tx: Tx, *, problem: AssizeError | None = None, typed: dict[str, Any] | None = None
) -> Response:
    found = service.announcements(tx)
    rights = tx.actor.rights if isinstance(tx.actor, Principal) else frozenset()
    publishes = Right.ANNOUNCE in rights
    return render(
        request,
        "workforce/announcements.html",
        status=422 if problem else 200,
        found=found,
        names=service.names(tx, [one.author for one in found]),
        teams=service.teams(tx) if publishes and Right.PEOPLE_READ in rights else [],
        roles=[one.value for one in Role if one not in {Role.MACHINE, Role.INTEGRATION}],
        publishes=publishes,
        typed=EMPTY | (typed or {}),
        problem=problem,
        at=clock.now(),
    )


def _reading(tx: Tx, one: Announcement) -> list[dict[str, Any]]:
    """Return who has read it by team; by name for whoever may know everybody."""
    me = tx.actor
    if not isinstance(me, Principal) or Right.ANNOUNCE not in me.rights:
        return []
    counted = service.announcement_reading(tx, announcement_id=one.id)
    named = Right.PEOPLE_READ in me.rights and me.view.search_scope is SearchScope.ALL
    teams = {each.id: each.name for each in service.teams(tx)} if named else {}
    names = service.names(tx, [who for each in counted for who in each.waiting]) if named else {}
    return [
        {
            "team": teams.get(each.team_id, each.team_id) if each.team_id else "no team",
            "people": each.people,
            "read": each.read,
            "waiting": [names[who] for who in each.waiting] if named else [],
        }
        for each in counted
    ]


def _typed(one: Announcement) -> dict[str, Any]:
    return {
        "kind": one.text.kind.value,
        "title": one.text.title,
        "body": one.text.body,
        "teams": list(one.text.audience.teams),
        "roles": [each.value for each in one.text.audience.roles],
        "clauses": " ".join(one.text.clauses),
        "due": "",
        "instead_of": one.id,
    }


def _moment(typed: str) -> datetime | None:
    if not typed.strip():
        return None
    try:
        return datetime.fromisoformat(typed.strip()).replace(tzinfo=UTC)
    except ValueError:
        raise AnnouncementUnfit(reason="the time to read it by is no date and time") from None
