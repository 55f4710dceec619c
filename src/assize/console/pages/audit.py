"""One audit in hand: the case as it was, and the label. What was decided is not read for this page at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from assize.console.pages.evidence import LANGUAGES
from assize.console.pages.evidence_turns import EventShown, conversation
from assize.console.pages.forms import Typed, begun, typed
from assize.console.pages.judging import judgement
from assize.console.pages.panel import block, offered
from assize.console.pages.task import edited, read_form
from assize.console.pages.weighing import anchor, finding_of
from assize.kernel import clock
from assize.kernel.errors import AssizeError, Conflict, Invalid
from assize.kernel.ids import AuditId
from assize.platform.db import Tx
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.policy import service as policy
from assize.policy.models import PolicyVersion
from assize.quality import service as quality
from assize.quality.models import AuditState, AuditView, LooksAt
from assize.review.models import CaseView

router = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What the macros of the evidence show of an audit: the conversation, and nothing else."""

    case: CaseView
    page: str
    conversation: tuple[EventShown, ...]
    more_events: int
    folded: bool
    exposure: str
    translates: bool = False
    languages: tuple[str, ...] = LANGUAGES


@router.get("/quality/audits/{audit_id}")
def audit_page(request: Request, audit_id: str) -> Response:
    """Show an audit in hand. Reading this page takes nothing and opens nothing."""
    with transaction(request) as tx:
        card = quality.audit_card(tx, audit_id=AuditId(audit_id))
        if card.case_id is None or card.state in {AuditState.OPEN, AuditState.WITHDRAWN}:
            return render(request, "console/audit_away.html", card=card, now=clock.now())
        if card.state is not AuditState.CLAIMED:
            return render(request, "console/audit_done.html", card=card, now=clock.now())
        if card.looks_at is LooksAt.RECORD:
            return RedirectResponse(f"/quality/audits/{audit_id}/record", status_code=303)
        view = quality.audit_view(tx, audit_id=AuditId(audit_id))
        return _page(request, tx, view, begun(view.case))


@router.get("/quality/audits/{audit_id}/clause")
def clause_part(
    request: Request,
    audit_id: str,
    clause: Annotated[str, Query(max_length=64)],
    part: Annotated[str | None, Query(pattern="^(text|block)$")] = None,
) -> Response:
    """Show the words of a clause as they were when the case was decided."""
    with transaction(request) as tx:
        view = quality.audit_view(tx, audit_id=AuditId(audit_id))
        version = policy.version(tx, view.policy_version_id)
        found = version.clause(clause) or policy.clause(tx, clause_id=clause)
    template = {"text": "console/clause_text.html", "block": "console/decide_block.html"}.get(part or "")
    return render(
        request,
        template or "console/clause.html",
        clause=found,
        block=block(found, view.case, version),
        form=Typed(),
        home=f"/quality/audits/{audit_id}",
        standings=(("verified", "Verified to its standard"), ("claimed", "Only claimed")),
    )


@router.post("/quality/audits/{audit_id}/open")
def open_content(request: Request, audit_id: str) -> Response:
    """Open the content for this audit: it is recorded, and charged to the auditor's exposure."""
    with transaction(request) as tx:
        quality.open_audit(tx, audit_id=AuditId(audit_id), at=clock.now())
    return RedirectResponse(f"/quality/audits/{audit_id}", status_code=303)


@router.post("/quality/audits/{audit_id}/assessment")
def assessment(request: Request, audit_id: str, form: Annotated[FormData, Depends(read_form)]) -> Response:
    """Say what the label comes to as it stands; nothing is kept."""
    with transaction(request) as tx:
        view = quality.audit_view(tx, audit_id=AuditId(audit_id))
        return _page(request, tx, view, edited(typed(form.multi_items())))


@router.post("/quality/audits/{audit_id}/label")
def commit(request: Request, audit_id: str, form: Annotated[FormData, Depends(read_form)]) -> Response:
    """Commit the label. What doesn't fit is shown beside what was typed."""
    given, at = typed(form.multi_items()), clock.now()
    try:
        with transaction(request) as tx:
            view = quality.audit_view(tx, audit_id=AuditId(audit_id))
            made = judgement(given, view.case, owner=tx.actor.id, at=at)
            quality.commit_label(tx, audit_id=AuditId(audit_id), judgement=made, at=at)
    except Invalid as error:
        return _again(request, audit_id, given, error)
    except ValueError:
        return _again(request, audit_id, given, None)
    except Conflict as error:
        with transaction(request) as tx:
            card = quality.audit_card(tx, audit_id=AuditId(audit_id))
        return render(
            request,
            "console/audit_away.html",
            status=409,
            card=card,
            now=at,
            problem=error.message,
            kept=given.rationale,
        )
    return RedirectResponse(f"/quality/audits/{audit_id}", status_code=303)


def _again(request: Request, audit_id: str, given: Typed, error: AssizeError | None) -> Response:
    problems = [("finding", error.message if error else "Choose a clause, a verdict and whose words it is about.")]
    places = error.facts.get("places") if error else None
    if isinstance(places, list | tuple) and places:
        problems = [(anchor(str(one["pointer"])), str(one["detail"])) for one in places]
    with transaction(request) as tx:
        view = quality.audit_view(tx, audit_id=AuditId(audit_id))
        return _page(request, tx, view, given, problems=problems, status=422)


def _page(
    request: Request,
    tx: Tx,
    view: AuditView,
    given: Typed,
    *,
    problems: Sequence[tuple[str, str]] = (),
    status: int = 200,
) -> Response:
    at, case = clock.now(), view.case
    version = policy.version(tx, view.policy_version_id)
    clause = version.clause(case.likely[0][0]) if case.likely else None
    return render(
        request,
        "console/audit.html",
        status=status,
        card=view.card,
        case=case,
        ev=_evidence(case, f"/quality/audits/{view.card.id}"),
        form=given,
        home=f"/quality/audits/{view.card.id}",
        problems=problems,
        outcome=_outcome(tx, view, version, given),
        heading=clause.title if clause else "Case",
        version=version,
        now=at,
        **offered(case, version, given, at=at),
    )


def _evidence(case: CaseView, page: str) -> Shown:
    shown = conversation(case, {}, {})
    return Shown(
        case=case,
        page=page,
        conversation=tuple(one for one in shown if one.turns or not one.more_turns),
        more_events=sum(1 for one in shown if one.more_turns and not one.turns),
        folded=any(one.folded for one in shown if any(turn.pieces is not None for turn in one.turns)),
        exposure=case.veil.exposure.name.lower() if case.veil.exposure else "",
    )


def _outcome(tx: Tx, view: AuditView, version: PolicyVersion, given: Typed) -> dict[str, Any] | None:
    if not given.verdict or not given.clause:
        return None
    try:
        made = judgement(given, view.case, owner=tx.actor.id, at=clock.now())
    except ValueError:
        return None
    told = quality.weigh_audit(tx, audit_id=view.card.id, judgement=made, at=clock.now())
    return {
        "severity": told.severity,
        "before": view.case.severity,
        "gate": None,
        "more_gates": (),
        "lowered": (),
        "needs_prose": False,
        "needs_second": False,
        "reviews": 1,
        "findings": [finding_of(one, version, one.primary) for one in told.judgement.findings],
        "previews": (),
        "confirm": (),
        "problems": [(anchor(one.pointer), one.detail) for one in told.problems],
    }
