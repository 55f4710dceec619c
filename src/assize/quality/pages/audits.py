"""What waits to be looked at again, and what came of it once both judgements are shown."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from assize.kernel import clock
from assize.kernel.errors import Conflict, Refused
from assize.kernel.ids import AuditId
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.platform.settings import Settings
from assize.policy import service as policy
from assize.policy.models import PolicyVersion
from assize.quality import service
from assize.quality.models import Comparison, Criterion, Label, Mark
from assize.quality.service import Remark
from assize.review.models import Decision, Judgement
from assize.workforce import service as workforce

router = APIRouter()
BY_HAND = (
    (Criterion.RATIONALE, "Rationale"),
    (Criterion.REQUIRED_STEP, "Required steps"),
    (Criterion.ESCALATION, "Escalation"),
)
TITLES = {
    Criterion.DECISION: "Decision",
    Criterion.CLAUSE: "Clause",
    Criterion.SEVERITY: "Severity",
    Criterion.ACTION: "Action",
    Criterion.ESCALATION: "Escalation",
    Criterion.RATIONALE: "Rationale",
    Criterion.REQUIRED_STEP: "Required steps",
}
OUTCOMES = {"tp": "true positive", "fp": "false positive", "tn": "true negative", "fn": "false negative"}
MarkField = Annotated[str, Form(pattern="^(right|wrong|na|)$")]
Comment = Annotated[str, Form(max_length=4000)]


@router.get("/quality/audits")
def queue_page(request: Request) -> Response:
    """Show what waits. Reading this page takes nothing."""
    return _queue(request)


@router.post("/quality/audits")
def take_next(request: Request) -> Response:
    """Take the audit that is due next."""
    settings: Settings = request.app.state.settings
    with transaction(request) as tx:
        card = service.take_audit(tx, budget=settings.exposure_budget, at=clock.now())
    if card is None:
        return _queue(
            request,
            problem="There is none for you now: of what waits you decided it, know the case, or may not be given it today.",
        )
    return RedirectResponse(f"/quality/audits/{card.id}", status_code=303)


@router.post("/quality/audits/{audit_id}/take")
def take(request: Request, audit_id: str) -> Response:
    """Take one audit by name."""
    settings: Settings = request.app.state.settings
    try:
        with transaction(request) as tx:
            service.take_audit(tx, audit_id=AuditId(audit_id), budget=settings.exposure_budget, at=clock.now())
    except (Conflict, Refused) as error:
        if error.code == "not-allowed":
            raise
        return _queue(request, problem=error.message, status=409)
    return RedirectResponse(f"/quality/audits/{audit_id}", status_code=303)


@router.post("/quality/audits/{audit_id}/return")
def give_back(request: Request, audit_id: str) -> Response:
    """Put an audit back."""
    with transaction(request) as tx:
        service.return_audit(tx, audit_id=AuditId(audit_id), at=clock.now())
    return RedirectResponse("/quality/audits", status_code=303)


@router.post("/quality/audits/{audit_id}/withdraw")
def withdraw(
    request: Request, audit_id: str, reason_code: Annotated[str, Form(min_length=3, max_length=60)]
) -> Response:
    """End an audit that can't be done."""
    with transaction(request) as tx:
        service.withdraw_audit(tx, audit_id=AuditId(audit_id), reason_code=reason_code, at=clock.now())
    return RedirectResponse("/quality/audits", status_code=303)


@router.post("/quality/audits/{audit_id}/reveal")
def reveal(request: Request, audit_id: str) -> Response:
    """Show both; that they were shown is recorded."""
    with transaction(request) as tx:
        service.reveal(tx, audit_id=AuditId(audit_id), at=clock.now())
    return RedirectResponse(f"/quality/audits/{audit_id}/revealed", status_code=303)


@router.get("/quality/audits/{audit_id}/revealed")
def revealed_page(request: Request, audit_id: str) -> Response:
    """Show a revealed audit: the decision beside the label, and how they compare."""
    with transaction(request) as tx:
        found = service.revealed(tx, audit_id=AuditId(audit_id))
        version = policy.version(tx, found.audit.policy_version_id)
        people = [one for one in (found.audit.auditor_id, found.decision and found.decision.reviewer_id) if one]
        names = workforce.names(tx, people)
        mine = found.audit.auditor_id == tx.actor.id
    return render(
        request,
        "quality/revealed.html",
        audit=found.audit,
        label=None if found.label is None else _label(found.label, version),
        decision=None if found.decision is None else _decision(found.decision, version),
        first=None if found.first is None else _label(found.first, version),
        comparison=None if found.comparison is None else _comparison(found.comparison),
        before=[_comparison(one) for one in found.before],
        draws=found.draws,
        names=names,
        mine=mine,
        by_hand=[(one.value, title) for one, title in BY_HAND],
        now=clock.now(),
    )


@router.post("/quality/audits/{audit_id}/remark")
def remark(
    request: Request,
    audit_id: str,
    *,
    rationale: MarkField = "",
    required_step: MarkField = "",
    escalation: MarkField = "",
    process_error: Annotated[bool, Form()] = False,
    technical: Annotated[bool, Form()] = False,
    comment: Comment = "",
) -> Response:
    """Say what only a person can tell of a revealed audit."""
    said = _remark(rationale, required_step, escalation, process_error, technical, comment)
    with transaction(request) as tx:
        service.remark(tx, audit_id=AuditId(audit_id), remark=said, at=clock.now())
    return RedirectResponse(f"/quality/audits/{audit_id}/revealed", status_code=303)


@router.get("/quality/audits/{audit_id}/record")
def record_page(request: Request, audit_id: str) -> Response:
    """Show an audit of the record in hand: what was decided and done, without the content."""
    with transaction(request) as tx:
        audit, decision = service.record_view(tx, audit_id=AuditId(audit_id))
        version = policy.version(tx, audit.policy_version_id)
        names = workforce.names(tx, [decision.reviewer_id])
    return render(
        request,
        "quality/record.html",
        audit=audit,
        decision=_decision(decision, version),
        names=names,
        by_hand=[(one.value, title) for one, title in BY_HAND],
        now=clock.now(),
    )


@router.post("/quality/audits/{audit_id}/record")
def look_at_record(
    request: Request,
    audit_id: str,
    *,
    rationale: MarkField = "",
    required_step: MarkField = "",
    escalation: MarkField = "",
    process_error: Annotated[bool, Form()] = False,
    technical: Annotated[bool, Form()] = False,
    comment: Comment = "",
) -> Response:
    """Keep what the record shows."""
    said = _remark(rationale, required_step, escalation, process_error, technical, comment)
    with transaction(request) as tx:
        service.look_at_record(tx, audit_id=AuditId(audit_id), remark=said, at=clock.now())
    return RedirectResponse(f"/quality/audits/{audit_id}/revealed", status_code=303)


def _queue(request: Request, *, problem: str | None = None, status: int = 200) -> Response:
    at = clock.now()
    with transaction(request) as tx:
        queue = service.audit_queue(tx, at=at)
    return render(request, "quality/audits.html", status=status, queue=queue, problem=problem, now=at)


def _remark(
    rationale: str, required_step: str, escalation: str, process_error: bool, technical: bool, comment: str
) -> Remark:
    given = {
        Criterion.RATIONALE: rationale,
        Criterion.REQUIRED_STEP: required_step,
        Criterion.ESCALATION: escalation,
    }
    marks = {one: Mark(value) for one, value in given.items() if value}
    return Remark(marks=marks, process_error=process_error, technical=technical, comment=comment)


def _label(one: Label, version: PolicyVersion) -> dict[str, Any]:
    return _said(one.judgement, version) | {
        "verdict": one.verdict.value.replace("_", " "),
        "clause": one.clause,
        "severity": one.severity,
        "at": one.at,
        "id": one.id,
        "hash": one.hash,
        "by": one.labeler_id,
    }


def _decision(one: Decision, version: PolicyVersion) -> dict[str, Any]:
    return _said(one.judgement, version) | {
        "verdict": one.verdict.value.replace("_", " "),
        "clause": one.primary_clause,
        "severity": one.assessed,
        "at": one.decided_at,
        "hash": one.hash,
        "by": one.reviewer_id,
        "in_hand_s": one.in_hand_s,
    }


def _said(judgement: Judgement, version: PolicyVersion) -> dict[str, Any]:
    titles = {str(one.id): one.title for one in version.clauses}
    actions = {str(one.id): one.title for one in version.actions}
    return {
        "findings": [
            {
                "clause": one.clause_id,
                "title": titles.get(one.clause_id, ""),
                "verdict": one.verdict.value.replace("_", " "),
                "locus": one.locus.value.replace("_", " "),
            }
            for one in judgement.findings
        ],
        "follows": [
            f"{actions.get(one.action_id or '', one.action_id or one.kind.value.replace('_', ' '))}, "
            f"{one.target_level.value.replace('_', ' ')}"
            for one in judgement.dispositions
        ],
        "codes": judgement.reason_codes,
        "rationale": judgement.rationale,
    }


def _comparison(one: Comparison) -> dict[str, Any]:
    return {
        "id": one.id,
        "marks": [(title, one.marks[criterion].value) for criterion, title in TITLES.items()],
        "by_hand": {criterion.value: one.marks[criterion].value for criterion, _ in BY_HAND},
        "outcome": None if one.outcome is None else OUTCOMES[one.outcome.value],
        "gap": one.severity_gap,
        "missed": one.missed_escalation,
        "process": one.process_error,
        "technical": one.technical,
        "comment": one.comment,
        "blind": one.blind,
        "headline": one.headline,
        "inclusion": one.inclusion,
        "at": one.compared_at,
        "why": one.why,
    }
