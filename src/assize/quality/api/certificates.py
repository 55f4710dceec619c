"""Certificates over HTTP: what each reviewer may decide alone, the evidence, and every step."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from assize.kernel import clock
from assize.kernel.ids import CertificateId, ReviewerId
from assize.platform.http import transaction
from assize.quality import service
from assize.quality.models import Conclusion
from assize.workforce.models import Certificate, CertificateState

router = APIRouter(prefix="/v1/quality", tags=["quality"])

ULID = r"^[a-z]+_[0-9A-HJKMNP-TV-Z]{26}$"
Id = Annotated[str, Path(pattern=ULID, max_length=40)]
Text = Annotated[str, Field(max_length=2000)]


class Form(BaseModel):
    """What callers send: unknown fields are refused, so that a typo is not silently nothing."""

    model_config = ConfigDict(extra="forbid")


class CertificateView(BaseModel):
    """A certificate. family, action: "*" is any. alpha: the share of errors it stays under; delta: the chance to err."""

    id: str
    reviewer_id: str
    state: CertificateState
    why: str
    family: str
    action: str
    languages: list[str] | None
    queues: list[str] | None
    gravest: int
    basis: str
    since: datetime
    opened_by: str
    approver: str | None
    expires_at: datetime | None
    policy_version_id: str | None
    alpha: float | None
    delta: float | None
    audit_rate: float | None
    model_hash: str | None
    prompt_hash: str | None


class CertificateLine(BaseModel):
    """A certificate in a list. errors of audits: as last weighed. sentence: what is claimed, in words."""

    certificate: CertificateView
    machine: bool
    audits: int
    errors: int
    waiting: int
    reached: bool
    sentence: str


class PointView(BaseModel):
    """The evidence after so many audits; it grants where log_evidence is needed or more."""

    audits: int
    errors: int
    log_evidence: float
    needed: float


class EvidenceView(BaseModel):
    """A certificate with its evidence now. more_*: audits still needed; null where none can be had so. drift: e-CUSUM."""

    certificate: CertificateView
    sentence: str
    audits: int
    errors: int
    waiting: int
    held_up: int
    upper: float
    log_evidence: float
    drift: float
    reached: bool
    more_without_error: int | None
    more_as_now: int | None
    never: str
    curve: list[PointView]


class CertificateForm(Form):
    """Ask that a reviewer may decide a family of clauses; they begin in training."""

    reviewer_id: Annotated[str, Field(max_length=80)]
    family: Annotated[str, Field(max_length=80)]
    action: Annotated[str, Field(max_length=80)] = "*"
    languages: Annotated[list[str], Field(max_length=50)] = []
    queues: Annotated[list[str], Field(max_length=50)] = []
    gravest: Annotated[int, Field(ge=0, le=4)] = 1
    alpha: Annotated[float, Field(gt=0, le=0.5)] = 0.02
    audit_rate: Annotated[float, Field(ge=0.01, le=1)] = 0.1
    note: Text = ""


class StepForm(Form):
    """To training, shadow or assist."""

    to: CertificateState
    note: Text = ""


class GrantForm(Form):
    """Let somebody decide alone, for so many days; null is as long as their kind may."""

    days: Annotated[int, Field(ge=1, le=365)] | None = None
    note: Text = ""


class NoteForm(Form):
    """Words on the way."""

    note: Annotated[str, Field(min_length=1, max_length=2000)]


class ConclusionForm(Form):
    """What follows from a recommendation."""

    outcome: Conclusion
    note: Annotated[str, Field(min_length=1, max_length=2000)]


@router.get("/certificates")
def list_certificates(request: Request) -> list[CertificateLine]:
    """List the certificates that are in use or on the way, those of machines first."""
    with transaction(request) as tx:
        rows = service.list_certificates(tx)
    return [
        CertificateLine(
            certificate=_view(one.certificate),
            machine=one.machine,
            audits=one.audits,
            errors=one.errors,
            waiting=one.waiting,
            reached=one.reached,
            sentence=one.sentence,
        )
        for one in rows
    ]


@router.post("/certificates", status_code=201)
def ask_certificate(request: Request, form: CertificateForm) -> CertificateView:
    """Ask for a certificate."""
    with transaction(request) as tx:
        made = service.ask_certificate(
            tx,
            reviewer_id=ReviewerId(form.reviewer_id),
            family=form.family,
            action=form.action,
            languages=form.languages,
            queues=form.queues,
            gravest=form.gravest,
            alpha=form.alpha,
            audit_rate=form.audit_rate,
            note=form.note,
            at=clock.now(),
        )
    return _view(made)


@router.get("/certificates/{certificate_id}")
def certificate(request: Request, certificate_id: Id) -> EvidenceView:
    """Tell a certificate with its evidence as it stands."""
    with transaction(request) as tx:
        found = service.certificate_page(tx, certificate_id=CertificateId(certificate_id))
    return _evidence(found)


@router.post("/certificates/{certificate_id}/step")
def advance(request: Request, certificate_id: Id, form: StepForm) -> CertificateView:
    """Take a certificate to training, shadow or assist."""
    with transaction(request) as tx:
        one = CertificateId(certificate_id)
        return _view(service.advance(tx, certificate_id=one, to=form.to, note=form.note, at=clock.now()))


@router.post("/certificates/{certificate_id}/grant")
def grant(request: Request, certificate_id: Id, form: GrantForm) -> CertificateView:
    """Let its reviewer decide alone: a machine by its evidence, a person by an approver."""
    with transaction(request) as tx:
        one = CertificateId(certificate_id)
        return _view(service.grant(tx, certificate_id=one, days=form.days, note=form.note, at=clock.now()))


@router.post("/certificates/{certificate_id}/suspension")
def suspend(request: Request, certificate_id: Id, form: NoteForm) -> CertificateView:
    """Suspend a machine at once."""
    with transaction(request) as tx:
        one = CertificateId(certificate_id)
        return _view(service.suspend(tx, certificate_id=one, note=form.note, at=clock.now()))


@router.post("/certificates/{certificate_id}/end")
def end_certificate(request: Request, certificate_id: Id, form: NoteForm) -> CertificateView:
    """End a certificate for good."""
    with transaction(request) as tx:
        one = CertificateId(certificate_id)
        return _view(service.end_certificate(tx, certificate_id=one, note=form.note, at=clock.now()))


@router.post("/certificates/{certificate_id}/recommendations", status_code=201)
def recommend(request: Request, certificate_id: Id, form: NoteForm) -> dict[str, str]:
    """Tell a manager what speaks against a person's certificate."""
    with transaction(request) as tx:
        made = service.recommend(tx, certificate_id=CertificateId(certificate_id), note=form.note, at=clock.now())
    return {"id": made.id}


@router.post("/recommendations/{recommendation_id}/coaching", status_code=204)
def coach(request: Request, recommendation_id: Id, form: NoteForm) -> None:
    """Say how somebody was coached."""
    with transaction(request) as tx:
        service.coach(tx, recommendation_id=recommendation_id, note=form.note, at=clock.now())


@router.post("/recommendations/{recommendation_id}/reply", status_code=204)
def reply(request: Request, recommendation_id: Id, form: NoteForm) -> None:
    """Reply, as whom it is about."""
    with transaction(request) as tx:
        service.reply(tx, recommendation_id=recommendation_id, text=form.note, at=clock.now())


@router.post("/recommendations/{recommendation_id}/conclusion", status_code=204)
def conclude(request: Request, recommendation_id: Id, form: ConclusionForm) -> None:
    """Decide what follows."""
    with transaction(request) as tx:
        service.conclude(tx, recommendation_id=recommendation_id, outcome=form.outcome, note=form.note, at=clock.now())


def _view(one: Certificate) -> CertificateView:
    scope, bound, build = one.scope, one.bound, one.build
    return CertificateView(
        id=one.id,
        reviewer_id=one.reviewer_id,
        state=one.state,
        why=one.why,
        family=scope.family,
        action=scope.action,
        languages=None if scope.languages is None else sorted(scope.languages),
        queues=None if scope.queues is None else sorted(scope.queues),
        gravest=scope.gravest,
        basis=one.basis.value,
        since=one.since,
        opened_by=one.opened_by,
        approver=one.approver,
        expires_at=one.expires_at,
        policy_version_id=one.policy_version_id,
        alpha=None if bound is None else bound.alpha,
        delta=None if bound is None else bound.delta,
        audit_rate=None if bound is None else bound.audit_rate,
        model_hash=None if build is None else build.model,
        prompt_hash=None if build is None else build.prompt,
    )


def _evidence(found: service.CertificatePage) -> EvidenceView:
    evidence, ahead = found.evidence, found.outlook
    if evidence is None or ahead is None:
        raise TypeError("evidence is there for whoever measures")
    return EvidenceView(
        certificate=_view(found.certificate),
        sentence=found.sentence,
        audits=evidence.audits,
        errors=evidence.errors,
        waiting=evidence.waiting,
        held_up=evidence.held_up,
        upper=evidence.upper,
        log_evidence=evidence.log_evidence,
        drift=evidence.drift,
        reached=ahead.reached,
        more_without_error=ahead.without_error,
        more_as_now=ahead.as_now,
        never=found.never or ahead.never,
        curve=[
            PointView(audits=one.audits, errors=one.errors, log_evidence=one.log_evidence, needed=one.needed)
            for one in found.curve
        ],
    )
