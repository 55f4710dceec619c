"""Certificates: what each reviewer, person or machine, may decide alone, and by what they came to it."""

import enum
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request
from starlette.responses import RedirectResponse, Response

from assize.kernel import clock
from assize.kernel.errors import Conflict, Invalid
from assize.kernel.ids import CertificateId, ReviewerId
from assize.platform import charts
from assize.platform.db import Tx
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.policy import service as policy
from assize.quality import service
from assize.quality.models import Conclusion
from assize.workforce import service as workforce
from assize.workforce.models import Certificate, CertificateScope, CertificateState, Principal, Right

router = APIRouter()

ULID = r"^[a-z]+_[0-9A-HJKMNP-TV-Z]{26}$"
Id = Annotated[str, Path(pattern=ULID, max_length=40)]
Note = Annotated[str, Form(max_length=2000)]
TONES = {"alone": "good", "suspended": "bad", "assist": "info", "shadow": "info"}
MEANS = {
    "training": "decides nothing yet",
    "shadow": "is compared; nothing follows",
    "assist": "proposes; somebody certified bears it",
    "alone": "decides alone",
    "suspended": "may not decide alone",
    "ended": "over",
}
WHY = {
    "kept": "kept from before there were certificates",
    "role": "came with a role",
    "role-changed": "the role or skills changed",
    "opened": "asked for",
    "trial": "a trial began",
    "advanced": "taken a step on",
    "evidence": "shown by the evidence",
    "appointed": "appointed",
    "drift": "errs more than it may, by the e-CUSUM",
    "build-changed": "made of another model or prompt",
    "clause-changed": "the words of a clause changed",
    "expired": "its time was over",
    "hand": "by hand",
    "recommended": "after a recommendation, coaching and a reply",
}


class Step(enum.StrEnum):
    """What is done to a certificate from its page."""

    SHADOW = "shadow"
    ASSIST = "assist"
    TRAINING = "training"
    GRANT = "grant"
    SUSPEND = "suspend"
    END = "end"
    RECOMMEND = "recommend"


class Answer(enum.StrEnum):
    """What is done about a recommendation."""

    COACH = "coach"
    REPLY = "reply"
    KEPT = "kept"
    ASSIST = "assist"
    SUSPENDED = "suspended"


@router.get("/quality/certificates")
def certificates_page(request: Request) -> Response:
    """Show who may decide what alone; to whoever measures nobody, their own."""
    with transaction(request) as tx:
        return _list(request, tx, problem=None)


@router.post("/quality/certificates")
def ask_certificate(
    request: Request,
    reviewer_id: Annotated[str, Form(max_length=80)],
    family: Annotated[str, Form(max_length=80)],
    action: Annotated[str, Form(max_length=80)] = "*",
    languages: Annotated[str, Form(max_length=400)] = "",
    queues: Annotated[str, Form(max_length=400)] = "",
    gravest: Annotated[int, Form(ge=0, le=4)] = 1,
    alpha: Annotated[float, Form(gt=0, le=50)] = 2.0,
    audit_rate: Annotated[float, Form(ge=1, le=100)] = 10.0,
    note: Note = "",
) -> Response:
    """Ask for a certificate; alpha and audit rate are per cent."""
    try:
        with transaction(request) as tx:
            made = service.ask_certificate(
                tx,
                reviewer_id=ReviewerId(reviewer_id),
                family=family,
                action=action,
                languages=languages.split(),
                queues=queues.split(),
                gravest=gravest,
                alpha=alpha / 100,
                audit_rate=audit_rate / 100,
                note=note,
                at=clock.now(),
            )
    except (Conflict, Invalid) as refusal:
        with transaction(request) as tx:
            return _list(request, tx, problem=str(refusal))
    return RedirectResponse(f"/quality/certificates/{made.id}", status_code=303)


@router.post("/quality/certificates/notices/{step_id}")
def read_notice(request: Request, step_id: Id) -> Response:
    """Keep that somebody read what changed of a certificate of theirs."""
    with transaction(request) as tx:
        workforce.read_certificate_notice(tx, step_id=step_id, at=clock.now())
    return RedirectResponse("/quality/certificates", status_code=303)


@router.get("/quality/certificates/{certificate_id}")
def certificate_page(request: Request, certificate_id: Id) -> Response:
    """Show one certificate: to those who measure with its evidence, to whom it is about without."""
    with transaction(request) as tx:
        return _page(request, tx, certificate_id, problem=None)


@router.get("/quality/certificates/{certificate_id}/curve.svg")
def certificate_curve(
    request: Request, certificate_id: Id, theme: Annotated[str, Query(pattern="^(light|dark)$")] = "light"
) -> Response:
    """Draw how the evidence came to be."""
    with transaction(request) as tx:
        shown = service.certificate_page(tx, certificate_id=CertificateId(certificate_id))
    text = charts.svg(_chart(shown), theme=theme)
    return Response(text, media_type="image/svg+xml", headers={"cache-control": "private, max-age=60"})


@router.post("/quality/certificates/{certificate_id}/{step}")
def take_step(
    request: Request,
    certificate_id: Id,
    step: Step,
    note: Note = "",
    days: Annotated[int, Form(ge=1, le=365)] = 90,
) -> Response:
    """Take a certificate a step on or back."""
    try:
        with transaction(request) as tx:
            _take(tx, CertificateId(certificate_id), step, note, days, at=clock.now())
    except (Conflict, Invalid) as refusal:
        with transaction(request) as tx:
            return _page(request, tx, certificate_id, problem=str(refusal))
    return RedirectResponse(f"/quality/certificates/{certificate_id}", status_code=303)


@router.post("/quality/recommendations/{recommendation_id}/{answer}")
def answer_recommendation(
    request: Request,
    recommendation_id: Id,
    answer: Answer,
    certificate_id: Annotated[str, Form(max_length=40, pattern=ULID)],
    note: Note = "",
) -> Response:
    """Coach, reply or conclude; back to the certificate that it is about."""
    try:
        with transaction(request) as tx:
            answer_to(tx, recommendation_id, answer, note, at=clock.now())
    except (Conflict, Invalid) as refusal:
        with transaction(request) as tx:
            return _page(request, tx, certificate_id, problem=str(refusal))
    return RedirectResponse(f"/quality/certificates/{certificate_id}", status_code=303)


def answer_to(tx: Tx, recommendation_id: str, answer: Answer, note: str, *, at: datetime) -> None:
    """Do what was answered to a recommendation."""
    match answer:
        case Answer.COACH:
            service.coach(tx, recommendation_id=recommendation_id, note=note, at=at)
        case Answer.REPLY:
            service.reply(tx, recommendation_id=recommendation_id, text=note, at=at)
        case Answer.KEPT | Answer.ASSIST | Answer.SUSPENDED:
            outcome = Conclusion(answer.value)
            service.conclude(tx, recommendation_id=recommendation_id, outcome=outcome, note=note, at=at)


def _take(tx: Tx, certificate_id: CertificateId, step: Step, note: str, days: int, *, at: datetime) -> None:
    match step:
        case Step.SHADOW | Step.ASSIST | Step.TRAINING:
            service.advance(tx, certificate_id=certificate_id, to=CertificateState(step.value), note=note, at=at)
        case Step.GRANT:
            service.grant(tx, certificate_id=certificate_id, days=days, note=note, at=at)
        case Step.SUSPEND:
            service.suspend(tx, certificate_id=certificate_id, note=note, at=at)
        case Step.END:
            service.end_certificate(tx, certificate_id=certificate_id, note=note, at=at)
        case Step.RECOMMEND:
            service.recommend(tx, certificate_id=certificate_id, note=note, at=at)


def _has(tx: Tx, right: Right) -> bool:
    return isinstance(tx.actor, Principal) and right in tx.actor.rights


def _list(request: Request, tx: Tx, *, problem: str | None) -> Response:
    measures = _has(tx, Right.QUALITY_READ)
    rows = service.list_certificates(tx) if measures else []
    own = service.own_certificates(tx)
    plans = _has(tx, Right.QUALITY_PLAN)
    names = workforce.names(tx, [one.certificate.reviewer_id for one in rows])
    version = policy.current(tx)
    return render(
        request,
        "quality/certificates.html",
        status=422 if problem else 200,
        rows=[_row(one, names) for one in rows],
        own=[_shown(one) for one in own],
        notices=[_notice(one) for one in workforce.certificate_notices(tx)],
        told=[
            {"url": f"/quality/certificates/{one.certificate_id}", "signal": WHY.get(one.signal, one.signal),
             "who": workforce.names(tx, [one.reviewer_id])[one.reviewer_id], "state": one.state.value, "at": one.raised_at}
            for one in (service.open_recommendations(tx) if measures else [])
        ],
        who_may=service.may_be_certified(tx) if plans else [],
        families=sorted({one.family for one in version.clauses}),
        actions=[(one.id, one.title) for one in version.actions],
        measures=measures,
        problem=problem,
        now=clock.now(),
    )  # fmt: skip


def _page(request: Request, tx: Tx, certificate_id: str, *, problem: str | None) -> Response:
    one = CertificateId(certificate_id)
    at = clock.now()
    mine = any(each.id == one for each in service.own_certificates(tx))
    measures = _has(tx, Right.QUALITY_READ) and not mine
    found = (
        service.certificate_page(tx, certificate_id=one)
        if measures
        else service.own_certificate(tx, certificate_id=one)
    )
    certificate = found.certificate
    return render(
        request,
        "quality/certificate.html",
        status=422 if problem else 200,
        certificate=_shown(certificate),
        who=found.names.get(certificate.reviewer_id, certificate.reviewer_id),
        mine=mine,
        machine=found.machine,
        names=found.names,
        steps=[_notice(each) for each in found.steps],
        told=found.recommendations,
        why=WHY,
        sentence=found.sentence,
        evidence=found.evidence,
        outlook=found.outlook,
        points=found.curve[1:],
        never=found.never,
        bound=certificate.bound,
        chart=f"/quality/certificates/{one}/curve.svg?" if found.curve[1:] else None,
        offered=_offered(certificate, machine=found.machine, tx=tx),
        manages=_has(tx, Right.PEOPLE_MANAGE),
        measures=measures,
        problem=problem,
        now=at,
    )


def _offered(one: Certificate, *, machine: bool, tx: Tx) -> list[tuple[str, str, bool]]:
    """Return the steps that the viewer may take from here: name, words, whether it takes something away."""
    state, plans, manages = one.state, _has(tx, Right.QUALITY_PLAN), _has(tx, Right.PEOPLE_MANAGE)
    idle = {CertificateState.TRAINING, CertificateState.SHADOW, CertificateState.ASSIST, CertificateState.SUSPENDED}
    found: list[tuple[str, str, bool]] = []
    if plans and machine and state in {CertificateState.TRAINING, CertificateState.SUSPENDED}:
        found.append(("shadow", "Begin a trial in shadow", False))
    if plans and state in ({CertificateState.SHADOW} if machine else idle - {CertificateState.ASSIST}):
        found.append(("assist", "Let it propose" if machine else "Begin double review", False))
    if manages and state in {CertificateState.SHADOW, CertificateState.ASSIST}:
        found.append(("grant", "Let it decide alone" if machine else "Appoint to decide alone", False))
    if (
        (plans or manages)
        and machine
        and state in idle | {CertificateState.ALONE}
        and state is not CertificateState.SUSPENDED
    ):
        found.append(("suspend", "Suspend at once", True))
    if plans and not machine and state is CertificateState.ALONE:
        found.append(("recommend", "Recommend a look to a manager", False))
    if (plans or manages) and state in idle:
        found.append(("end", "End for good", True))
    return found


def _row(one: service.CertificateRow, names: Any) -> dict[str, Any]:
    return {
        **_shown(one.certificate),
        "who": names.get(one.certificate.reviewer_id, one.certificate.reviewer_id),
        "machine": one.machine,
        "audits": one.audits,
        "errors": one.errors,
        "waiting": one.waiting,
        "reached": one.reached,
        "sentence": one.sentence,
    }


def _shown(one: Certificate) -> dict[str, Any]:
    return {
        "id": one.id,
        "url": f"/quality/certificates/{one.id}",
        "state": one.state.value,
        "tone": TONES.get(one.state.value, ""),
        "means": MEANS[one.state.value],
        "why": WHY.get(one.why, one.why),
        "family": "every clause" if one.scope.family == "*" else one.scope.family,
        "action": "every action" if one.scope.action == "*" else one.scope.action,
        "slice": slice_of(one.scope),
        "since": one.since,
        "evidence_since": one.evidence_since,
        "expires_at": one.expires_at,
        "approver": one.approver,
        "opened_by": one.opened_by,
        "basis": one.basis.value,
        "build": one.build,
        "policy_version_id": one.policy_version_id,
        "clauses": len(one.words),
    }


def slice_of(scope: CertificateScope) -> str:
    """Return which traffic a scope reaches, in words."""
    parts = [", ".join(sorted(scope.languages))] if scope.languages is not None else []
    parts += [", ".join(sorted(scope.queues))] if scope.queues is not None else []
    parts += [f"SEV{scope.gravest} to SEV4"] if scope.gravest else []
    return "; ".join(parts) or "all traffic"


def _notice(one: Any) -> dict[str, Any]:
    return {
        "id": one.id,
        "url": f"/quality/certificates/{one.certificate_id}",
        "before": None if one.before is None else one.before.value,
        "after": one.after.value,
        "means": MEANS[one.after.value],
        "why": WHY.get(one.why, one.why),
        "note": one.note,
        "by": one.by,
        "at": one.at,
    }


def _chart(shown: service.CertificatePage) -> charts.Chart:
    rows: list[dict[str, Any]] = []
    for one in shown.curve:
        rows.append({"audits": one.audits, "log": round(one.log_evidence, 3), "line": "evidence"})
        rows.append({"audits": one.audits, "log": round(one.needed, 3), "line": "needed"})
    return charts.Chart(
        kind="line", rows=rows, x="audits", y="log", series="line", order=("evidence", "needed"), x_time=False,
        unit="log evidence",
    )  # fmt: skip
