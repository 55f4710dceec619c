"""One case, whoever has it in hand: its evidence, what was decided of it, and what can be done without a task."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from assize.console.pages.evidence import evidence_view
from assize.console.pages.presence import also_here
from assize.escalation import service as escalation
from assize.kernel import clock
from assize.kernel.ids import CaseId, DecisionId, ReviewerId
from assize.platform.http import authenticated, transaction
from assize.platform.pages import render
from assize.review import service as review
from assize.review.models import CaseView, Decision, DecisionState, Verdict
from assize.triage import service as triage
from assize.workforce import service as workforce
from assize.workforce.models import Principal, Right

router = APIRouter()
PURPOSES = ("review", "second opinion", "escalation", "appeal", "audit")


@router.get("/cases/{case_id}")
def case_page(
    request: Request, case_id: str, history: Annotated[str, Query(pattern="^(decisions|actions|)$")] = ""
) -> Response:
    """Show the case. Reading this page opens nothing."""
    return shown(request, CaseId(case_id), history=history)


def shown(
    request: Request, case_id: CaseId, *, history: str = "", problem: str | None = None, status: int = 200
) -> Response:
    """Return the page of a case, with what went wrong where something did."""
    at = clock.now()
    with transaction(request) as tx:
        here = also_here(tx, case_id, at=at)
        case = review.case_view(tx, case_id=case_id)
        translates = request.app.state.settings.translation_url is not None
        ev = evidence_view(tx, case, at=at, history=history, translates=translates)
        owners = workforce.reviewers_with(tx, Right.CONTAIN)
        rights = tx.actor.rights if isinstance(tx.actor, Principal) else frozenset()
        banks = triage.banks(tx) if rights >= {Right.RULES_EDIT, Right.RULES_READ} else []
    return render(
        request,
        "console/case.html",
        status=status,
        case=case,
        ev=ev,
        heading=_heading(case, dict(ev.titles)),
        now=at,
        purposes=PURPOSES,
        message=None,
        problem=problem,
        owners=owners,
        banks=[(f"{one.kind.value}:{one.name}", one.name, one.kind.value) for one in banks],
        also_here=here,
        decisions=[_decision(one, authenticated(request).actor.id) for one in reversed(case.decisions)],
    )


@router.post("/cases/{case_id}/open")
def open_content(
    request: Request,
    case_id: str,
    purpose: Annotated[str, Form(max_length=200)],
    back: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    """Open the content, which is recorded with its purpose."""
    with transaction(request) as tx:
        review.open_case(tx, case_id=CaseId(case_id), purpose=purpose, at=clock.now())
    return RedirectResponse(back_to(back, f"/cases/{case_id}"), status_code=303)


@router.post("/cases/{case_id}/notes")
def note(
    request: Request,
    case_id: str,
    body: Annotated[str, Form(min_length=1, max_length=4000)],
    named: Annotated[str, Form(max_length=130)] = "",
) -> Response:
    """Add a note. named: whom it names below its words."""
    words = f"{body}\n@{named.strip()}" if named.strip() else body
    with transaction(request) as tx:
        review.note(tx, case_id=CaseId(case_id), body=words, at=clock.now())
    return RedirectResponse(f"/cases/{case_id}", status_code=303)


@router.post("/cases/{case_id}/escalate")
def escalate(
    request: Request,
    case_id: str,
    owner: Annotated[str, Form(max_length=100)],
    reason: Annotated[str, Form(min_length=1, max_length=500)],
    hours: Annotated[int, Form(ge=1, le=72)] = 1,
) -> Response:
    """Escalate to a named owner with a due time, and page whoever is on call."""
    at = clock.now()
    with transaction(request) as tx:
        escalation.escalate(
            tx,
            case_id=CaseId(case_id),
            owner=ReviewerId(owner),
            due_at=at + timedelta(hours=hours),
            reason=reason,
            at=at,
        )
    return RedirectResponse(f"/cases/{case_id}", status_code=303)


@router.post("/decisions/{decision_id}/undo")
def undo(request: Request, decision_id: str, case_id: Annotated[str, Form(max_length=100)]) -> Response:
    """Take a decision back before any effect has left."""
    with transaction(request) as tx:
        review.undo(tx, decision_id=DecisionId(decision_id), at=clock.now())
    return RedirectResponse(f"/cases/{case_id}", status_code=303)


def back_to(wanted: str, otherwise: str) -> str:
    """Return where to go on: a page of this house that a form named, or else its own."""
    own = wanted.startswith(("/cases/", "/tasks/", "/accounts/"))
    return wanted if own and "\\" not in wanted and wanted.isprintable() else otherwise


def _heading(case: CaseView, titles: dict[str, str]) -> str:
    if not case.likely:
        return "Case"
    clause_id = case.likely[0][0]
    return f"{clause_id} {titles.get(clause_id, '')}".strip()


def _decision(decision: Decision, actor: str) -> dict[str, Any]:
    following = ", ".join(
        f"{one.action_id or one.kind.value.replace('_', ' ')} ({one.target_level})" for one in decision.dispositions
    )
    waits = decision.effective_at is not None and decision.effective_at > clock.now()
    return {
        "id": decision.id,
        "may_fill": decision.state is DecisionState.STANDS
        and decision.verdict is Verdict.VIOLATION
        and not decision.test,
        "title": f"{decision.primary_clause or 'No clause'}: {decision.verdict.value.replace('_', ' ')}",
        "state": decision.state.value,
        "text": following or "Nothing follows.",
        "findings": [
            {
                "primary": one.primary,
                "text": f"{one.clause_id} {one.verdict.value.replace('_', ' ')}, {one.locus.value.replace('_', ' ')}",
            }
            for one in decision.findings
        ],
        "rationale": decision.judgement.rationale,
        "by": decision.reviewer_id,
        "at": decision.decided_at,
        "policy": decision.policy_hash[:12],
        "translations": len(decision.shown.get("translations", ())),
        "until": decision.effective_at,
        "can_undo": decision.reviewer_id == actor and waits and decision.state is DecisionState.STANDS,
    }
