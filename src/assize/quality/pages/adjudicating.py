"""What waits for an expert's word, disputes of cards, and gaps of the policy."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from assize.kernel import clock
from assize.kernel.errors import AssizeError, Conflict, Invalid
from assize.kernel.ids import AdjudicationId, ClauseId, ComparisonId, DisputeId, GapId, ReviewerId
from assize.platform.db import Tx
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.policy.models import Severity
from assize.quality import service
from assize.quality.logic.adjudicating import Answer
from assize.quality.models import Criterion, Label
from assize.quality.models.adjudicating import Disputed, Ruling
from assize.quality.pages import rates, views
from assize.review.models import Decision, Verdict
from assize.workforce import service as workforce
from assize.workforce.models import Right

router = APIRouter()
Text = Annotated[str, Form(max_length=4000)]
Word = Annotated[str, Form(max_length=64, pattern=r"^[^\x00]*$")]
VERDICTS = tuple(one.value for one in Verdict if one is not Verdict.AMBIGUOUS_POLICY)
SEVERITIES = tuple((int(one), one.name) for one in Severity)


async def read_form(request: Request) -> FormData:
    """Return the form as it was sent."""
    return await request.form()


@router.get("/quality/adjudications")
def adjudications_page(request: Request, decided: bool = False) -> Response:
    """Show what waits for an expert's word, or had it."""
    with transaction(request) as tx:
        found = service.adjudications_waiting(tx, decided=decided)
    return render(request, "quality/adjudications.html", found=found, decided=decided, now=clock.now())


@router.get("/quality/adjudications/{adjudication_id}")
def adjudication_page(request: Request, adjudication_id: str) -> Response:
    """Show the judgements that differ, side by side."""
    return _adjudication(request, adjudication_id)


@router.post("/quality/adjudications/{adjudication_id}")
def adjudicate(
    request: Request,
    adjudication_id: str,
    *,
    rationale: Text = "",
    clause: Word = "",
    stands: Word = "",
    gap: Annotated[str, Form(max_length=200)] = "",
    verdict: Annotated[Verdict | None, Form()] = None,
    severity: Annotated[Severity | None, Form()] = None,
) -> Response:
    """Give an expert's word."""
    own = stands in {"", "own"}
    ruling = Ruling(
        rationale=rationale,
        clause=ClauseId(clause.strip()),
        ambiguous=stands == "ambiguous",
        gap=gap,
        stands=None if own or stands == "ambiguous" else stands,
        verdict=verdict,
        severity=severity,
    )
    try:
        with transaction(request) as tx:
            service.adjudicate(tx, adjudication_id=AdjudicationId(adjudication_id), ruling=ruling, at=clock.now())
    except (Invalid, Conflict) as error:
        return _adjudication(request, adjudication_id, ruling=ruling, problem=error)
    return RedirectResponse(f"/quality/adjudications/{adjudication_id}", status_code=303)


@router.get("/quality/disputes")
def disputes_page(request: Request) -> Response:
    """Show the disputes of others."""
    with transaction(request) as tx:
        found = service.disputes_waiting(tx)
        names = workforce.names(tx, [one.reviewer_id for one in found])
    return render(request, "quality/disputes.html", found=found, names=names, criteria=views.NAMES, now=clock.now())


@router.get("/quality/disputes/{dispute_id}")
def dispute_page(request: Request, dispute_id: str) -> Response:
    """Show a dispute with what it is about."""
    return _dispute(request, dispute_id)


@router.post("/quality/disputes/{dispute_id}")
def answer_dispute(request: Request, dispute_id: str, form: Annotated[FormData, Depends(read_form)]) -> Response:
    """Answer each difference."""
    given = {
        ComparisonId(name.removeprefix("of.")): str(value)
        for name, value in form.multi_items()
        if name.startswith("of.")
    }
    try:
        with transaction(request) as tx:
            service.answer_dispute(
                tx,
                dispute_id=DisputeId(dispute_id),
                answers={one: Answer(value) for one, value in given.items() if value in set(Answer)},
                answer=str(form.get("answer") or ""),
                at=clock.now(),
            )
    except (Invalid, Conflict) as error:
        return _dispute(request, dispute_id, problem=error)
    return RedirectResponse(f"/quality/disputes/{dispute_id}", status_code=303)


@router.get("/me/disputes")
def own_disputes_page(request: Request) -> Response:
    """Show one's own disputes, and what of one's card can still be disputed."""
    return _own(request)


@router.post("/me/disputes")
def dispute(
    request: Request,
    *,
    since: Annotated[datetime, Form()],
    until: Annotated[datetime, Form()],
    criterion: Annotated[Criterion, Form()],
    how: Annotated[str, Form(max_length=200)],
    family: Word = "",
    reason: Text = "",
) -> Response:
    """Dispute differences that one's card tells."""
    of = Disputed(since=_aware(since), until=_aware(until), criterion=criterion, family=family or None, how=how)
    try:
        with transaction(request) as tx:
            service.dispute(tx, of=of, reason=reason, at=clock.now())
    except (Invalid, Conflict) as error:
        return _own(request, problem=error)
    return RedirectResponse("/me/disputes", status_code=303)


@router.get("/quality/gaps")
def gaps_page(request: Request) -> Response:
    """Show the gaps of the policy."""
    with transaction(request) as tx:
        found = service.policy_gaps(tx)
        names = workforce.names(tx, [one.owner_id for one in found])
    return render(request, "quality/gaps.html", found=found, names=names, now=clock.now())


@router.get("/quality/gaps/{gap_id}")
def gap_page(request: Request, gap_id: str) -> Response:
    """Show a gap with its cases and its effect."""
    return _gap(request, gap_id)


@router.post("/quality/gaps/{gap_id}")
def move_gap(
    request: Request,
    gap_id: str,
    *,
    state: Annotated[str, Form(pattern="^(open|changed|kept)$")],
    owner: Word,
    due_at: Annotated[datetime, Form()],
    change: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Give a gap to somebody, or say what was done about it."""
    try:
        with transaction(request) as tx:
            service.move_gap(
                tx,
                gap_id=GapId(gap_id),
                state=state,
                owner_id=ReviewerId(owner),
                due_at=_aware(due_at),
                change=change,
                at=clock.now(),
            )
    except Invalid as error:
        return _gap(request, gap_id, problem=error)
    return RedirectResponse(f"/quality/gaps/{gap_id}", status_code=303)


def _adjudication(
    request: Request, adjudication_id: str, *, ruling: Ruling | None = None, problem: AssizeError | None = None
) -> Response:
    with transaction(request) as tx:
        view = service.adjudication(tx, adjudication_id=AdjudicationId(adjudication_id))
    said = [
        *(_decision(one, number) for number, one in enumerate(view.decisions, start=1)),
        *(_label(one) for one in view.labels),
    ]
    return render(
        request,
        "quality/adjudication.html",
        status=422 if problem else 200,
        view=view,
        said=said,
        ruling=ruling,
        problem=problem.message if problem else None,
        verdicts=VERDICTS,
        severities=SEVERITIES,
        now=clock.now(),
    )


def _decision(one: Decision, number: int) -> dict[str, Any]:
    return _said(one.id, f"Decision {number}", one.verdict, one.primary_clause, one.assessed, one.judgement.rationale)


def _label(one: Label) -> dict[str, Any]:
    return _said(one.id, "Label of an audit", one.verdict, one.clause, one.severity, one.judgement.rationale)


def _said(
    id_: str, title: str, verdict: Verdict, clause: ClauseId | None, severity: Severity | None, rationale: str
) -> dict[str, Any]:
    return {
        "id": id_,
        "title": title,
        "verdict": verdict.value.replace("_", " "),
        "clause": clause or "no clause",
        "severity": severity,
        "rationale": rationale,
    }


def _dispute(request: Request, dispute_id: str, *, problem: AssizeError | None = None) -> Response:
    with transaction(request) as tx:
        view = service.dispute_view(tx, dispute_id=DisputeId(dispute_id))
        names = workforce.names(tx, [view.dispute.reviewer_id])
    return render(
        request,
        "quality/dispute.html",
        status=422 if problem else 200,
        view=view,
        names=names,
        criterion=views.NAMES[view.dispute.of.criterion],
        problem=problem.message if problem else None,
        answers=tuple((one.value, one.value.replace("_", " ")) for one in Answer),
        now=clock.now(),
    )


def _own(request: Request, *, problem: AssizeError | None = None) -> Response:
    at = clock.now()
    with transaction(request) as tx:
        mine = service.own_disputes(tx)
        card = service.own_card(tx, at=at)
    known = {one.of for one in mine}
    open_still = [
        {"of": of, "n": found.n, "name": views.NAMES[found.criterion]}
        for period in card.periods
        for found in period.differences
        if (of := _of(period.since, period.until, found.criterion, found.family, found.how)) not in known
        and at <= of.until + service.DISPUTED_WITHIN
    ]
    return render(
        request,
        "quality/own_disputes.html",
        status=422 if problem else 200,
        mine=mine,
        open_still=open_still,
        criteria=views.NAMES,
        problem=problem.message if problem else None,
        now=at,
    )


def _of(since: datetime, until: datetime, criterion: Criterion, family: str | None, how: str) -> Disputed:
    return Disputed(since=since, until=until, criterion=criterion, family=family, how=how)


def _gap(request: Request, gap_id: str, *, problem: AssizeError | None = None) -> Response:
    with transaction(request) as tx:
        view = service.policy_gap(tx, gap_id=GapId(gap_id))
        people = people_of(tx)
        names = workforce.names(tx, [view.gap.owner_id, view.gap.opened_by])
    effect = view.effect
    return render(
        request,
        "quality/gap.html",
        status=422 if problem else 200,
        view=view,
        names=names,
        people=people,
        problem=problem.message if problem else None,
        effect=None
        if effect is None
        else [
            ("Before", rates.share(effect.before, why="nothing was compared")),
            ("Since", rates.share(effect.after, why="nothing was compared yet")),
            ("Difference", rates.number(effect.difference, why="too little to tell", signed=True)),
        ],
        now=clock.now(),
    )


def people_of(tx: Tx) -> list[tuple[str, str]]:
    """Return who may own something, by name."""
    known = workforce.reviewers_with(tx, Right.CASES_READ)
    shown = workforce.names(tx, [one.id for one in known])
    return sorted(((one.id, shown.get(one.id, one.id)) for one in known), key=lambda one: one[1].casefold())


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)
