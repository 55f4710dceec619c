"""Cases, decisions and precedents over HTTP."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request

from assize.kernel import clock
from assize.kernel.ids import (
    CaseId,
    ClauseId,
    DecisionId,
    PrecedentId,
    QueueName,
    ReviewerId,
)
from assize.platform.http import transaction
from assize.policy.models import Severity
from assize.review import service
from assize.review.api.forms import (
    ULID,
    CasePath,
    CaseSummaryView,
    CasesView,
    CursorQuery,
    DecisionPath,
    DecisionsView,
    EndorseForm,
    LimitQuery,
    NameQuery,
    PrecedentPath,
    PurposeForm,
    SecondLookForm,
    TreatForm,
)
from assize.review.models import (
    CaseView,
    Decision,
    DecisionState,
    HistoryEntry,
    Precedent,
    SimilarCase,
    Task,
)
from assize.triage.models import CaseFilter, CaseState

router = APIRouter(prefix="/v1", tags=["review"])


@router.get("/cases")
def cases(
    request: Request,
    queue: NameQuery = None,
    clause: NameQuery = None,
    state: CaseState | None = None,
    severity: Annotated[int | None, Query(ge=0, le=4)] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> CasesView:
    """List cases in order of priority: no identity, no content. state: open where not given."""
    wanted = CaseFilter(
        queues=None if queue is None else (QueueName(queue),),
        severities=None if severity is None else (Severity(severity),),
        states=(state or CaseState.OPEN,),
        clause_id=None if clause is None else ClauseId(clause),
    )
    with transaction(request) as tx:
        page = service.list_cases(tx, wanted=wanted, cursor=cursor, limit=limit)
    return CasesView(cases=[_summary(one) for one in page.cases], cursor=page.cursor)


@router.get("/cases/{case_id}")
def case(request: Request, case_id: CasePath) -> CaseView:
    """Read a case. Its text is there only where the caller opened it within the last hours."""
    with transaction(request) as tx:
        return service.case_view(tx, case_id=CaseId(case_id), at=clock.now())


@router.post("/cases/{case_id}/open")
def open_case(request: Request, case_id: CasePath, form: PurposeForm) -> CaseView:
    """Open the content of a case: recorded with its purpose. Text is hostile: show it as text."""
    with transaction(request) as tx:
        return service.open_case(tx, case_id=CaseId(case_id), purpose=form.purpose, at=clock.now())


@router.get("/cases/{case_id}/history")
def history(request: Request, case_id: CasePath) -> list[HistoryEntry]:
    """Tell what happened to a case, in order and in words."""
    with transaction(request) as tx:
        return list(service.history(tx, CaseId(case_id)))


@router.get("/cases/{case_id}/precedents")
def precedents(request: Request, case_id: CasePath) -> list[Precedent]:
    """List the precedents under the likely clauses of a case, those that bind first."""
    with transaction(request) as tx:
        return service.precedents(tx, case_id=CaseId(case_id))


@router.get("/cases/{case_id}/similar")
def similar(request: Request, case_id: CasePath) -> list[SimilarCase]:
    """List decided cases that resemble this one. They are no precedents, and each says so."""
    with transaction(request) as tx:
        return service.similar(tx, case_id=CaseId(case_id))


@router.get("/decisions")
def decisions(
    request: Request,
    case_id: Annotated[str | None, Query(pattern=f"^case_{ULID}$")] = None,
    reviewer_id: NameQuery = None,
    state: DecisionState | None = None,
    clause: NameQuery = None,
    since: datetime | None = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> DecisionsView:
    """List decisions, the latest first."""
    with transaction(request) as tx:
        page = service.list_decisions(
            tx,
            cursor=cursor,
            limit=limit,
            case_id=None if case_id is None else CaseId(case_id),
            reviewer_id=None if reviewer_id is None else ReviewerId(reviewer_id),
            state=state,
            clause=None if clause is None else ClauseId(clause),
            since=since,
        )
    return DecisionsView(decisions=list(page.decisions), cursor=page.cursor)


@router.get("/decisions/{decision_id}")
def decision(request: Request, decision_id: DecisionPath) -> Decision:
    """Read a decision with its findings and dispositions."""
    with transaction(request) as tx:
        return service.decision(tx, DecisionId(decision_id))


@router.post("/decisions/{decision_id}/undo")
def undo(request: Request, decision_id: DecisionPath) -> Decision:
    """Take one's own decision back, before any effect has left."""
    with transaction(request) as tx:
        service.undo(tx, decision_id=DecisionId(decision_id), at=clock.now())
        return service.decision(tx, DecisionId(decision_id))


@router.post("/decisions/{decision_id}/second-look", status_code=201)
def second_look(request: Request, decision_id: DecisionPath, form: SecondLookForm) -> Task:
    """Ask a different person to look again."""
    with transaction(request) as tx:
        return service.second_look(
            tx,
            decision_id=DecisionId(decision_id),
            reason=form.reason,
            view=form.view,
            to=None if form.to is None else ReviewerId(form.to),
            at=clock.now(),
        )


@router.post("/decisions/{decision_id}/precedent", status_code=201)
def endorse(request: Request, decision_id: DecisionPath, form: EndorseForm) -> Precedent:
    """Endorse a standing decision as a guide under a clause."""
    with transaction(request) as tx:
        return service.endorse(
            tx,
            decision_id=DecisionId(decision_id),
            clause_id=ClauseId(form.clause_id),
            principle=form.principle,
            at=clock.now(),
        )


@router.get("/precedents")
def find_precedents(request: Request, text: Annotated[str, Query(min_length=1, max_length=500)]) -> list[Precedent]:
    """Find precedents by the words of their principle."""
    with transaction(request) as tx:
        return service.find_precedents(tx, text=text)


@router.post("/precedents/{precedent_id}/treatment", status_code=201)
def treat(request: Request, precedent_id: PrecedentPath, form: TreatForm) -> Precedent:
    """Follow, distinguish or overrule a precedent."""
    with transaction(request) as tx:
        return service.treat(
            tx,
            precedent_id=PrecedentId(precedent_id),
            treatment=form.treatment,
            reason=form.reason,
            decision_id=None if form.decision_id is None else DecisionId(form.decision_id),
            at=clock.now(),
        )


def _summary(one: service.CaseSummary) -> CaseSummaryView:
    case = one.case
    return CaseSummaryView(
        id=case.id,
        kind=case.kind.value,
        state=case.state.value,
        queue=case.queue,
        severity=case.severity,
        provisional=case.provisional,
        assessed=case.assessed,
        mode=case.mode,
        clauses=list(case.clause_ids),
        reasons=list(case.priority.reasons),
        subject_id=case.subject_id,
        opened_at=case.opened_at,
        due_at=case.due_at,
        language=case.language,
        region=one.region,
        restriction=case.restriction,
        test=case.shown_as_test,
        event_count=case.event_count,
    )
