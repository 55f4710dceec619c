"""The workforce over HTTP: people and keys."""

from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from assize.kernel import clock
from assize.kernel.ids import KeyId, ReviewerId, TeamId
from assize.platform.http import authenticated, transaction
from assize.workforce import service
from assize.workforce.models import ApiKey, Exposure, Principal, Reviewer, Right, Role, Skills, ViewProfile

router = APIRouter(prefix="/v1", tags=["workforce"])


class Form(BaseModel):
    """What callers send: unknown fields are refused, so that a typo is not silently nothing."""

    model_config = ConfigDict(extra="forbid")


class SkillsForm(Form):
    """What somebody may be given; what is absent has no limit."""

    clauses: set[str] | None = None
    languages: set[str] | None = None
    exposure: int = Field(default=4, ge=0, le=4)

    def skills(self) -> Skills:
        """Return them as the workforce knows them."""
        return Skills(
            clauses=None if self.clauses is None else frozenset(self.clauses),  # type: ignore[arg-type]
            languages=None if self.languages is None else frozenset(self.languages),
            exposure=Exposure(self.exposure),
        )


class ViewForm(Form):
    """What somebody is shown."""

    masked_fields: set[str] = set()
    may_export: bool = False
    regions: set[str] | None = None
    recused: set[str] = set()

    def view(self) -> ViewProfile:
        """Return it as the workforce knows it."""
        return ViewProfile(
            masked_fields=frozenset(self.masked_fields),
            may_export=self.may_export,
            regions=None if self.regions is None else frozenset(self.regions),
            recused=frozenset(self.recused),
        )


class PersonForm(Form):
    """A person to add. in_training: they decide nothing alone yet."""

    name: str = Field(min_length=1, max_length=120)
    email: str = Field(min_length=3, max_length=254, pattern=r"^[^@\s\x00]+@[^@\s\x00]+$")
    roles: set[Role] = Field(min_length=1)
    team_id: str | None = None
    password: str | None = Field(default=None, max_length=1024)
    skills: SkillsForm = SkillsForm()
    view: ViewForm = ViewForm()
    compartments: set[str] = set()
    in_training: bool = False


class ChangeForm(Form):
    """What to change about somebody; what is absent stays."""

    roles: set[Role] | None = None
    skills: SkillsForm | None = None
    view: ViewForm | None = None
    compartments: set[str] | None = None
    active: bool | None = None


class KeyForm(Form):
    """A key to make."""

    name: str = Field(min_length=1, max_length=120)
    rights: set[Right] = Field(min_length=1)
    reviewer_id: str | None = None


class ReviewerView(BaseModel):
    """A reviewer as shown to those who may see people."""

    id: str
    kind: str
    name: str
    email: str | None
    team_id: str | None
    roles: list[str]
    active: bool
    created_at: datetime


class KeyView(BaseModel):
    """A key as it may be listed."""

    id: str
    name: str
    reviewer_id: str | None
    rights: list[str]
    created_at: datetime
    revoked_at: datetime | None


class IssuedView(BaseModel):
    """A key at the one moment its secret is shown."""

    id: str
    secret: str


class MeView(BaseModel):
    """Who the caller is, and what they may do."""

    id: str
    name: str
    kind: str
    rights: list[str]


@router.get("/me")
def me(request: Request) -> MeView:
    """Tell the caller who they are and what they may do."""
    actor = authenticated(request).actor
    if not isinstance(actor, Principal):
        raise TypeError("a request is made by a principal")
    return MeView(id=actor.id, name=actor.name, kind=actor.kind, rights=sorted(actor.rights))


class ShiftDraft(Form):
    """What somebody has typed of what their shift tells the next."""

    body: str = Field(max_length=20_000)


@router.put("/shift-note/draft", status_code=204)
def save_shift_draft(request: Request, form: ShiftDraft) -> None:
    """Keep what the caller has typed of their shift's note so far."""
    with transaction(request) as tx:
        service.save_shift_draft(tx, body=form.body, at=clock.now())


@router.get("/people")
def people(request: Request) -> list[ReviewerView]:
    """List everybody who decides or decided."""
    with transaction(request) as tx:
        return [_reviewer_view(one) for one in service.reviewers(tx)]


@router.post("/people", status_code=201)
def add_person(request: Request, form: PersonForm) -> ReviewerView:
    """Add a person."""
    with transaction(request) as tx:
        reviewer_id = service.add_person(
            tx,
            name=form.name,
            email=form.email,
            roles=form.roles,
            team_id=TeamId(form.team_id) if form.team_id else None,
            password=form.password,
            skills=form.skills.skills(),
            view=form.view.view(),
            compartments=form.compartments,
            in_training=form.in_training,
            at=clock.now(),
        )
        return _reviewer_view(service.reviewer(tx, reviewer_id))


@router.patch("/people/{reviewer_id}")
def change_person(request: Request, reviewer_id: str, form: ChangeForm) -> ReviewerView:
    """Change what somebody may do and see."""
    with transaction(request) as tx:
        service.change_reviewer(
            tx,
            reviewer_id=ReviewerId(reviewer_id),
            roles=form.roles,
            skills=form.skills.skills() if form.skills else None,
            view=form.view.view() if form.view else None,
            compartments=form.compartments,
            active=form.active,
            at=clock.now(),
        )
        return _reviewer_view(service.reviewer(tx, reviewer_id))


@router.get("/keys")
def keys(request: Request) -> list[KeyView]:
    """List API keys."""
    with transaction(request) as tx:
        return [_key_view(one) for one in service.keys(tx)]


@router.post("/keys", status_code=201)
def issue_key(request: Request, form: KeyForm) -> IssuedView:
    """Make an API key; the secret is in this answer and nowhere else."""
    with transaction(request) as tx:
        reviewer_id = ReviewerId(form.reviewer_id) if form.reviewer_id else None
        issued = service.issue_key(tx, name=form.name, rights=form.rights, reviewer_id=reviewer_id, at=clock.now())
        return IssuedView(id=issued.id, secret=issued.secret)


@router.delete("/keys/{key_id}", status_code=204)
def revoke_key(request: Request, key_id: str) -> None:
    """Revoke an API key for good."""
    with transaction(request) as tx:
        service.revoke_key(tx, key_id=KeyId(key_id), at=clock.now())


def _reviewer_view(one: Reviewer) -> ReviewerView:
    return ReviewerView(
        id=one.id,
        kind=one.kind,
        name=one.name,
        email=one.email,
        team_id=one.team_id,
        roles=sorted(one.roles),
        active=one.active,
        created_at=one.created_at,
    )


def _key_view(one: ApiKey) -> KeyView:
    return KeyView(
        id=one.id,
        name=one.name,
        reviewer_id=one.reviewer_id,
        rights=sorted(one.rights),
        created_at=one.created_at,
        revoked_at=one.revoked_at,
    )
