"""One account, or whoever else a decision can bear on: how it stands, without saying who it is until asked what for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from assize.console.pages.case import back_to
from assize.console.pages.evidence_subject import SubjectPanel, may_see_events, standing_of, strikes_of
from assize.intake import service as intake
from assize.intake.models import Subject, SubjectLevel
from assize.kernel import clock
from assize.kernel.ids import SubjectId
from assize.platform.db import Tx
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.policy import service as policy
from assize.review import service as review
from assize.triage import service as triage
from assize.workforce import service as workforce
from assize.workforce.models import Principal, Right

router = APIRouter()
MOST_CASES, MOST_EVENTS = 20, 40
IN_FORCE = ("issued", "confirmed")


@router.get("/accounts/{subject_id}")
def account_page(request: Request, subject_id: str, before: Annotated[datetime | None, Query()] = None) -> Response:
    """Show how a subject stands. Says nobody's id, and records nothing."""
    return _page(request, SubjectId(subject_id), who=None, before=before)


@router.post("/accounts/{subject_id}/look-ups")
def look_up(request: Request, subject_id: str, purpose: Annotated[str, Form(max_length=300)]) -> Response:
    """Show the same with the platform's own ids; that somebody looked is recorded with the purpose."""
    with transaction(request) as tx:
        who = intake.look_up(tx, subject_id=SubjectId(subject_id), purpose=purpose, at=clock.now())
    return _page(request, SubjectId(subject_id), who=who, before=None)


@router.post("/accounts/{subject_id}/notes")
def note(
    request: Request,
    subject_id: str,
    body: Annotated[str, Form(min_length=1, max_length=4000)],
    back: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    """Write a note that stays with the account."""
    with transaction(request) as tx:
        review.note(tx, subject_id=SubjectId(subject_id), body=body, at=clock.now())
    return RedirectResponse(back_to(back, f"/accounts/{subject_id}"), status_code=303)


def _page(
    request: Request, subject_id: SubjectId, *, who: Sequence[Subject] | None, before: datetime | None
) -> Response:
    at = clock.now()
    with transaction(request) as tx:
        principal = workforce.require(tx, Right.CASES_READ, about=subject_id)
        one = replace(intake.subject(tx, subject_id), ref=None)
        below = intake.subjects_below(tx, subject_id)
        ids = (subject_id, *(each.id for each in below))
        panel = _panel(tx, principal, subject_id, at=at)
        cases = review.cases_about(tx, subject_ids=ids, limit=MOST_CASES)
        events = intake.events_about(tx, ids, before=before, limit=MOST_EVENTS) if may_see_events(principal) else None
        held = triage.case_of_events(tx, event_ids=[each.id for each in events or ()])
        reported = _reported(tx, principal, one, subject_id)
        above = intake.subject_path(tx, subject_id)
        names = workforce.names(tx, [each.author for each in panel.notes])
        titles = {str(clause.id): clause.title for clause in policy.current(tx).clauses}
    return render(
        request,
        "console/account.html",
        id=subject_id,
        level=one.level.value,
        first_seen_at=one.first_seen_at,
        identities=who,
        one=panel,
        in_force=sum(1 for each in panel.plans if each.state.value in IN_FORCE),
        cases=cases,
        most_cases=MOST_CASES,
        events=events,
        held=held,
        older=_older(subject_id, events),
        reports=None if events is None else sum(1 for each in events if each.kind == "report"),
        reported=reported,
        above=[replace(each, ref=None) for each in reversed(above)],
        below=below,
        titles=titles,
        names=names,
        now=at,
    )


def _panel(tx: Tx, principal: Principal, subject_id: SubjectId, *, at: datetime) -> SubjectPanel:
    blind = review.blind_subjects(tx)
    standing, plans = standing_of(tx, principal, subject_id, hiding=blind.get(subject_id), at=at)
    return SubjectPanel(
        id=subject_id,
        levels=(),
        standing=standing,
        strikes=strikes_of(standing),
        plans=tuple(plans),
        cases=(),
        days=(),
        linked=tuple(intake.linked(tx, subject_id)) if Right.EVENTS_READ in principal.rights else None,
        notes=() if subject_id in blind else tuple(review.subject_notes(tx, subject_id)),
    )


def _reported(tx: Tx, principal: Principal, one: Subject, subject_id: SubjectId) -> list[object] | None:
    people = one.level in {SubjectLevel.ACCOUNT, SubjectLevel.END_USER}
    if not people or not may_see_events(principal) or "reporter" in principal.view.masked_fields:
        return None
    return list(intake.reports_by(tx, subject_id, limit=10))


def _older(subject_id: SubjectId, events: Sequence[object] | None) -> str | None:
    if not events or len(events) < MOST_EVENTS:
        return None
    last = events[-1]
    at = getattr(last, "occurred_at", None)
    return None if at is None else f"/accounts/{subject_id}?before={at.isoformat().replace('+00:00', 'Z')}"
