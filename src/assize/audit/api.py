"""The ledger over HTTP: stories, checkpoints, proofs."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from assize.audit import service
from assize.audit.models import Line, Story
from assize.kernel import clock
from assize.kernel.ids import CaseId, ReviewerId, SubjectId
from assize.platform.http import transaction

router = APIRouter(prefix="/v1/audit", tags=["audit"])

ID = r"^[A-Za-z0-9_-]{1,80}$"
Id = Annotated[str | None, Query(pattern=ID)]


class Opening(BaseModel):
    """Why a story is opened: of a case, a subject or a reviewer (or API key)."""

    model_config = ConfigDict(extra="forbid")

    case_id: str | None = Field(default=None, pattern=ID)
    subject_id: str | None = Field(default=None, pattern=ID)
    reviewer_id: str | None = Field(default=None, pattern=ID)
    purpose: str = Field(min_length=3, max_length=400, pattern=r"^[^\x00]*$")


class LineView(BaseModel):
    """One sentence of a story."""

    fact_id: str
    kind: str
    at: datetime
    actor: str
    sentence: str
    details: dict[str, str]
    case_id: str | None
    leaf: int | None
    erased: bool


class StoryView(BaseModel):
    """A part of a story, oldest first; `after` asks for the next one."""

    lines: list[LineView]
    after: str | None


class CheckpointView(BaseModel):
    """The newest signed checkpoint. `note` is what was signed; the rest repeats it."""

    origin: str
    size: int
    root: str
    until: datetime
    horizon: datetime
    signed_at: datetime
    note: str


@router.post("/story-openings", status_code=201)
def open_story(request: Request, form: Opening) -> dict[str, str]:
    """Say why a story is opened. That of a person can be read for an hour after."""
    with transaction(request) as tx:
        service.open_story(
            tx,
            case_id=None if form.case_id is None else CaseId(form.case_id),
            subject_id=None if form.subject_id is None else SubjectId(form.subject_id),
            reviewer_id=None if form.reviewer_id is None else ReviewerId(form.reviewer_id),
            purpose=form.purpose,
            at=clock.now(),
        )
    return {"status": "opened"}


@router.get("/story")
def story(
    request: Request,
    *,
    case_id: Id = None,
    subject_id: Id = None,
    reviewer_id: Id = None,
    after: Id = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> StoryView:
    """Tell what happened in a case, about a subject, or by a reviewer."""
    with transaction(request) as tx:
        told = service.story(
            tx,
            case_id=None if case_id is None else CaseId(case_id),
            subject_id=None if subject_id is None else SubjectId(subject_id),
            reviewer_id=None if reviewer_id is None else ReviewerId(reviewer_id),
            after=after,
            limit=limit,
            at=clock.now(),
        )
    return _story_view(told)


@router.get("/checkpoints/latest")
def latest_checkpoint(request: Request) -> CheckpointView:
    """Give the newest signed checkpoint."""
    with transaction(request) as tx:
        signed = service.latest_checkpoint(tx)
    one = signed.checkpoint
    return CheckpointView(
        origin=one.origin,
        size=one.size,
        root=one.root.hex(),
        until=one.until,
        horizon=one.horizon,
        signed_at=one.signed_at,
        note=signed.note,
    )


@router.get("/proofs/{fact_id}")
def prove(request: Request, fact_id: Annotated[str, Path(pattern=ID)]) -> dict[str, Any]:
    """Prove that a fact is in the ledger; the public key is all it takes to check."""
    with transaction(request) as tx:
        return service.proof_json(service.prove(tx, fact_id=fact_id))


@router.get("/growth")
def prove_growth(
    request: Request,
    first: Annotated[int, Query(ge=1, lt=2**63)],
    second: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
) -> dict[str, Any]:
    """Prove that the ledger of one checkpoint begins with that of an earlier one."""
    with transaction(request) as tx:
        return service.proof_json(service.prove_growth(tx, first=first, second=second))


def _story_view(told: Story) -> StoryView:
    return StoryView(lines=[_line_view(line) for line in told.lines], after=told.after)


def _line_view(line: Line) -> LineView:
    return LineView(
        fact_id=line.fact_id,
        kind=line.kind,
        at=line.at,
        actor=line.actor,
        sentence=line.sentence,
        details=dict(line.details),
        case_id=line.case_id,
        leaf=line.leaf,
        erased=line.erased,
    )
