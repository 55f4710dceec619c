"""Pages about people and teams: who they are, what they may do and see, what they may be given."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from assize.kernel import clock
from assize.kernel.errors import AssizeError, Conflict, Invalid
from assize.kernel.ids import ClauseId, ReviewerId, TeamId
from assize.platform.db import Tx
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.workforce import service
from assize.workforce.models import (
    Exposure,
    Reviewer,
    ReviewerKind,
    Right,
    Role,
    SearchScope,
    Skills,
    Team,
    ViewProfile,
)

# How often a calmer case may come in between, as the page offers it.
TURNS = (
    (0, "as they come"),
    (2, "every second"),
    (3, "every third"),
    (4, "every fourth"),
    (5, "every fifth"),
    (10, "every tenth"),
)
router = APIRouter()

MASKABLE = (
    ("subject", "who it is about"),
    ("text", "what was said"),
    ("region", "the region"),
    ("reporter", "who reported"),
)
Words = Annotated[str, Form(max_length=2000)]
Several = Annotated[list[str], Form()]


@router.get("/people")
def people_page(
    request: Request,
    q: Annotated[str, Query(max_length=120)] = "",
    team: Annotated[str, Query(max_length=80)] = "",
    role: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Show who decides, by name."""
    with transaction(request) as tx:
        everybody, teams = service.reviewers(tx), service.teams(tx)
    found = [one for one in everybody if _fits(one, q.strip().lower(), team, role)]
    return render(
        request,
        "workforce/people.html",
        people=[_row(one, teams) for one in found[:300]],
        count=len(found),
        everybody=len(everybody),
        teams=teams,
        roles=[one.value for one in Role],
        asked={"q": q, "team": team, "role": role},
        problem=None,
    )


@router.post("/people")
def add_person(
    request: Request,
    name: Annotated[str, Form(min_length=1, max_length=120)],
    email: Annotated[str, Form(min_length=3, max_length=254, pattern=r"^[^@\s\x00]+@[^@\s\x00]+$")],
    role: Annotated[Role, Form()],
    password: Annotated[str, Form(max_length=1024)] = "",
    team: Annotated[str, Form(max_length=80)] = "",
    in_training: Annotated[bool, Form()] = False,
) -> Response:
    """Add somebody, and go on to what they may see."""
    with transaction(request) as tx:
        reviewer_id = service.add_person(
            tx,
            name=name,
            email=email,
            roles=[role],
            team_id=TeamId(team) if team else None,
            password=password or None,
            in_training=in_training,
            at=clock.now(),
        )
    return RedirectResponse(f"/people/{reviewer_id}", status_code=303)


@router.get("/people/{reviewer_id}")
def person_page(request: Request, reviewer_id: str) -> Response:
    """Show one person and what may be changed about them."""
    with transaction(request) as tx:
        return _person(request, tx, reviewer_id)


@router.post("/people/{reviewer_id}")
def change_person(
    request: Request,
    reviewer_id: str,
    roles: Several = [],  # noqa: B006 - FastAPI copies it
    masked: Several = [],  # noqa: B006
    clauses: Words = "",
    languages: Words = "",
    exposure: Annotated[int, Form(ge=0, le=4)] = 4,
    search_scope: Annotated[SearchScope, Form()] = SearchScope.ALL,
    may_export: Annotated[bool, Form()] = False,
    regions: Words = "",
    recused: Words = "",
    compartments: Words = "",
    team: Annotated[str, Form(max_length=80)] = "",
    active: Annotated[bool, Form()] = False,
) -> Response:
    """Change what somebody may do, see and be given."""
    with transaction(request) as tx:
        service.change_reviewer(
            tx,
            reviewer_id=ReviewerId(reviewer_id),
            roles=[Role(one) for one in roles if one in set(Role)],
            skills=Skills(
                clauses=frozenset(ClauseId(one) for one in _words(clauses)) or None,
                languages=frozenset(_words(languages)) or None,
                exposure=Exposure(exposure),
            ),
            view=ViewProfile(
                masked_fields=frozenset(masked) & {name for name, _ in MASKABLE},
                search_scope=search_scope,
                may_export=may_export,
                regions=frozenset(_words(regions)) or None,
                recused=frozenset(_words(recused)),
            ),
            compartments=_words(compartments),
            team=TeamId(team),
            active=active,
            at=clock.now(),
        )
    return RedirectResponse(f"/people/{reviewer_id}?kept=1", status_code=303)


@router.post("/people/{reviewer_id}/password")
def set_password(request: Request, reviewer_id: str, password: Annotated[str, Form(max_length=1024)]) -> Response:
    """Set a password and sign the person out everywhere."""
    try:
        with transaction(request) as tx:
            service.set_password(tx, reviewer_id=ReviewerId(reviewer_id), password=password, at=clock.now())
    except Invalid as error:
        with transaction(request) as tx:
            return _person(request, tx, reviewer_id, problem=error)
    return RedirectResponse(f"/people/{reviewer_id}?kept=1", status_code=303)


@router.get("/teams")
def teams_page(request: Request) -> Response:
    """Show the teams."""
    with transaction(request) as tx:
        return _teams(request, tx)


@router.post("/teams")
def add_team(
    request: Request,
    name: Annotated[str, Form(min_length=1, max_length=120)],
    vendor: Annotated[bool, Form()] = False,
) -> Response:
    """Add a team."""
    try:
        with transaction(request) as tx:
            service.add_team(tx, name=name.strip(), vendor=vendor, at=clock.now())
    except Conflict as error:
        with transaction(request) as tx:
            return _teams(request, tx, problem=error)
    return RedirectResponse("/teams", status_code=303)


@router.post("/teams/{team_id}/calm")
def set_calm(request: Request, team_id: str, every: Annotated[int, Form(ge=0, le=100)] = 0) -> Response:
    """Keep how often the members of a team are given a calmer case; 0: as they come."""
    with transaction(request) as tx:
        service.set_calm(tx, team_id=TeamId(team_id), every=every or None, at=clock.now())
    return RedirectResponse("/teams", status_code=303)


def _person(request: Request, tx: Tx, reviewer_id: str, *, problem: AssizeError | None = None) -> Response:
    teams = service.teams(tx)
    one = service.reviewer(tx, reviewer_id)
    return render(
        request,
        "workforce/person.html",
        status=422 if problem else 200,
        person=one,
        row=_row(one, teams),
        teams=teams,
        roles=[(role.value, role.value.replace("_", " "), len(service.rights_of([role]))) for role in Role],
        maskable=MASKABLE,
        scopes=[scope.value for scope in SearchScope],
        exposures=[(int(level), level.name.lower()) for level in Exposure],
        rights_held=sorted(right.value for right in service.rights_of(one.roles)),
        problem=problem.message if problem else None,
        kept=request.query_params.get("kept") == "1",
        may_change=Right.PEOPLE_MANAGE.value in _rights(request),
    )


def _teams(request: Request, tx: Tx, *, problem: AssizeError | None = None) -> Response:
    everybody = service.reviewers(tx)
    rows = [
        {"team": team, "active": sum(one.active for one in everybody if one.team_id == team.id)}
        for team in service.teams(tx)
    ]
    return render(
        request,
        "workforce/teams.html",
        status=409 if problem else 200,
        teams=rows,
        turns=TURNS,
        teamless=sum(one.team_id is None and one.kind is ReviewerKind.PERSON for one in everybody),
        problem=problem.message if problem else None,
    )


def _fits(one: Reviewer, words: str, team: str, role: str) -> bool:
    named = words in one.name.lower() or words in (one.email or "")
    return named and (not team or one.team_id == team) and (not role or role in {each.value for each in one.roles})


def _row(one: Reviewer, teams: list[Team]) -> dict[str, Any]:
    clauses, languages = one.skills.clauses, one.skills.languages
    return {
        "id": one.id,
        "name": one.name,
        "email": one.email,
        "kind": one.kind.value,
        "roles": sorted(role.value.replace("_", " ") for role in one.roles),
        "team": next((team.name for team in teams if team.id == one.team_id), None),
        "vendor": one.vendor,
        "clauses": ", ".join(sorted(clauses)) if clauses is not None else "all",
        "languages": ", ".join(sorted(languages)) if languages is not None else "all",
        "exposure": one.skills.exposure.name.lower(),
        "active": one.active,
    }


def _words(text: str) -> list[str]:
    return [word for word in text.replace(",", " ").split() if "\0" not in word]


def _rights(request: Request) -> frozenset[str]:
    return frozenset(str(right) for right in getattr(request.state.authenticated.actor, "rights", ()))
