"""The policy over HTTP: what is in force, what was published, what differs, what waits for a second person."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from assize.kernel import clock
from assize.kernel.ids import PolicyVersionId
from assize.platform.http import transaction
from assize.policy import service
from assize.policy.models import Clause, PolicyDiff, PolicyVersion

router = APIRouter(prefix="/v1/policy", tags=["policy"])

VersionIdText = Annotated[str, Path(pattern=r"^pol_[0-9A-Z]{26}$")]
VersionIdQuery = Annotated[str, Query(pattern=r"^pol_[0-9A-Z]{26}$")]
ProposalIdText = Annotated[str, Path(pattern=r"^prp_[0-9A-Z]{26}$")]
ClauseIdText = Annotated[str, Path(pattern=r"^[A-Z]{2,4}-[1-9][0-9]?$")]


class VersionView(BaseModel):
    """A published version with what people need of it; `/body` has everything."""

    id: str
    name: str
    version: str
    title: str
    summary: str
    hash: str
    published_at: datetime
    published_by: str
    proposed_by: str | None
    bootstrap: bool
    precedence: list[str]
    clauses: list["ClauseHead"]


class ClauseHead(BaseModel):
    """A clause as it is listed."""

    id: str
    category: str
    title: str
    severity_floor: int
    exposure_class: str
    support_first: bool


class HeadView(BaseModel):
    """A published version as it is listed."""

    id: str
    name: str
    version: str
    hash: str
    published_at: datetime
    published_by: str
    bootstrap: bool
    clause_count: int
    reason: str


class ProposalView(BaseModel):
    """A pack that waits for a second person."""

    id: str
    name: str
    version: str
    hash: str
    reason: str
    proposed_by: str
    proposed_at: datetime


class ReasonForm(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=3, max_length=2_000, pattern=r"^[^\x00]*$")


@router.get("")
def in_force(request: Request) -> VersionView:
    """Return the policy in force."""
    with transaction(request) as tx:
        return _version_view(service.in_force(tx))


@router.get("/clauses")
def clauses(request: Request) -> list[Clause]:
    """Return the clauses in force, in full."""
    with transaction(request) as tx:
        return list(service.in_force(tx).clauses)


@router.get("/clauses/{clause_id}")
def clause(request: Request, clause_id: ClauseIdText) -> Clause:
    """Return one clause in force."""
    with transaction(request) as tx:
        return service.clause(tx, clause_id=clause_id)


@router.get("/versions")
def versions(request: Request) -> list[HeadView]:
    """List what was published, the newest first."""
    with transaction(request) as tx:
        return [HeadView.model_validate(one, from_attributes=True) for one in service.versions(tx)]


@router.get("/versions/{version_id}")
def version(request: Request, version_id: VersionIdText) -> VersionView:
    """Return a published version."""
    with transaction(request) as tx:
        return _version_view(service.published_version(tx, PolicyVersionId(version_id)))


@router.get("/versions/{version_id}/body")
def body(request: Request, version_id: VersionIdText) -> dict[str, Any]:
    """Return everything a version says, as it was hashed: the SHA-256 of its canonical JSON is the version's hash."""
    with transaction(request) as tx:
        return service.body_of(service.published_version(tx, PolicyVersionId(version_id)))


@router.get("/versions/{version_id}/clauses/{clause_id}")
def clause_of_version(request: Request, version_id: VersionIdText, clause_id: ClauseIdText) -> Clause:
    """Return one clause as a version has it: what a decision cites."""
    with transaction(request) as tx:
        return service.clause(tx, clause_id=clause_id, version_id=PolicyVersionId(version_id))


@router.get("/diff")
def diff(request: Request, before: VersionIdQuery, after: VersionIdQuery) -> PolicyDiff:
    """Return what differs between two published versions, word by word."""
    with transaction(request) as tx:
        return service.compare(tx, before=PolicyVersionId(before), after=PolicyVersionId(after))


@router.get("/proposals")
def proposals(request: Request) -> list[ProposalView]:
    """List packs that wait for a second person."""
    with transaction(request) as tx:
        return [ProposalView.model_validate(one, from_attributes=True) for one in service.proposals(tx)]


@router.get("/proposals/{proposal_id}/diff")
def proposal_diff(request: Request, proposal_id: ProposalIdText) -> PolicyDiff:
    """Return what a proposal would change of the policy in force."""
    with transaction(request) as tx:
        return service.diff(service.in_force(tx), service.proposed_pack(tx, proposal_id))


@router.post("/proposals/{proposal_id}/publish", status_code=201)
def publish(request: Request, proposal_id: ProposalIdText, form: ReasonForm) -> VersionView:
    """Publish what somebody else proposed."""
    with transaction(request) as tx:
        made = service.publish_proposal(tx, proposal_id=proposal_id, at=clock.now(), reason=form.reason)
        return _version_view(made)


@router.post("/proposals/{proposal_id}/drop", status_code=204)
def drop(request: Request, proposal_id: ProposalIdText, form: ReasonForm) -> None:
    """Take a proposal back, or turn it down."""
    with transaction(request) as tx:
        service.drop_proposal(tx, proposal_id=proposal_id, at=clock.now(), reason=form.reason)


def _version_view(one: PolicyVersion) -> VersionView:
    heads = [
        ClauseHead(
            id=clause.id,
            category=clause.category,
            title=clause.title,
            severity_floor=clause.severity_floor,
            exposure_class=clause.exposure_class,
            support_first=clause.support_first,
        )
        for clause in one.clauses
    ]
    return VersionView(
        id=one.id,
        name=one.name,
        version=one.version,
        title=one.title,
        summary=one.summary,
        hash=one.hash,
        published_at=one.published_at,
        published_by=one.published_by,
        proposed_by=one.proposed_by,
        bootstrap=one.bootstrap,
        precedence=list(one.precedence),
        clauses=heads,
    )
