"""Remediation: choose what a wrong cause did, look at a sample, have it approved, follow it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request
from starlette.responses import RedirectResponse, Response

from assize.enforcement import service as enforcement
from assize.enforcement.models.remediation import Cause, Chosen, Remediation, Remedied, Selection
from assize.kernel import clock
from assize.platform.db import Tx
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.policy import service as policy
from assize.triage import service as triage
from assize.workforce import service as workforce
from assize.workforce.models import Principal, Right

router = APIRouter()
CAUSES = "^(rule|reviewer|machine|policy_version|clause|action)$"
WORDS = {
    "rule": "Rule",
    "reviewer": "Reviewer",
    "machine": "Machine",
    "policy_version": "Policy version",
    "clause": "Clause",
    "action": "Action",
}
MOST_PEOPLE = 300  # offered by name; whoever is not among them is named by id
NOTHING = Chosen(shares=(), reports=0, entries=0)
Id = Annotated[str, Path(max_length=100)]


@router.get("/remediations")
def remediations_page(
    request: Request,
    cause: Annotated[str | None, Query(pattern=CAUSES)] = None,
    named: Annotated[str, Query(max_length=200)] = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> Response:
    """Show what is under way, and how much a choice would take back."""
    at = clock.now()
    chosen = _selection(cause, named, since, until, at) if cause and named else None
    with transaction(request) as tx:
        known = enforcement.remediations_listed(tx)
        names = workforce.names(tx, _people(known))
        may_plan = _may(tx, Right.REMEDIATE)
        listed = _nameable(tx, at) if may_plan else []
        found = enforcement.chosen(tx, selection=chosen) if chosen and may_plan else NOTHING
    return render(
        request,
        "console/remediations.html",
        remediations=[_row(one, names) for one in known],
        names=names,
        may_plan=may_plan,
        causes=WORDS,
        known=listed,
        doubts=cause != Cause.ACTION.value,
        cause=cause or "rule",
        named=named,
        since=_local(chosen.since if chosen else at - timedelta(days=7)),
        until=_local(chosen.until if chosen else at),
        asked=chosen is not None,
        found=found,
        by_hand=sum(one.n for one in found.shares if not one.reversible and one.state in {"issued", "confirmed"}),
    )


@router.post("/remediations")
def plan(
    request: Request,
    cause: Annotated[str, Form(pattern=CAUSES)],
    named: Annotated[str, Form(min_length=1, max_length=200)],
    since: Annotated[datetime, Form()],
    until: Annotated[datetime, Form()],
    reason: Annotated[str, Form(min_length=3, max_length=2000)],
    sample: Annotated[int, Form(ge=1, le=400)] = 50,
) -> Response:
    """Fix what is to be taken back and draw the sample."""
    at = clock.now()
    selection = _selection(cause, named, since, until, at)
    with transaction(request) as tx:
        made = enforcement.plan_remediation(tx, selection=selection, reason=reason, sample=sample, at=at)
    return RedirectResponse(f"/remediations/{made.id}", status_code=303)


@router.get("/remediations/{remediation_id}")
def remediation_page(request: Request, remediation_id: Id) -> Response:
    """Show one remediation: its sample, its share of errors, how far it is, what is left for a person."""
    with transaction(request) as tx:
        found, progress = enforcement.remediation(tx, remediation_id=remediation_id)
        sample = enforcement.remediation_sample(tx, remediation_id=remediation_id)
        left_over = enforcement.remediation_left_over(tx, remediation_id=remediation_id)
        people = [*_people([found]), *(one.decided_by for one in sample)]
        names = workforce.names(tx, people)
        rights = tx.actor.rights if isinstance(tx.actor, Principal) else frozenset()
        mine = tx.actor.id == found.planned_by
    planned = found.state.value == "planned"
    return render(
        request,
        "console/remediation.html",
        one=_row(found, names),
        names=names,
        progress=progress,
        percent=_percent(progress),
        errors=_errors(found, progress),
        sample=sample,
        left_over=left_over,
        may_judge=planned and Right.REMEDIATE in rights,
        may_answer=planned and Right.APPROVE in rights and not mine,
        waits_for_another=planned and mine,
        may_steer=Right.REMEDIATE in rights,
    )


@router.post("/remediations/{remediation_id}/items/{item_id}/judge")
def judge(
    request: Request,
    remediation_id: Id,
    item_id: Id,
    verdict: Annotated[str, Form(pattern="^(wrong|right)$")],
) -> Response:
    """Say whether an item of the sample was wrong."""
    at = clock.now()
    with transaction(request) as tx:
        enforcement.judge_item(tx, remediation_id=remediation_id, item_id=item_id, wrong=verdict == "wrong", at=at)
    return RedirectResponse(f"/remediations/{remediation_id}#sample", status_code=303)


@router.post("/remediations/{remediation_id}/approve")
def approve(request: Request, remediation_id: Id) -> Response:
    """Approve, as a second, different person."""
    return _then(request, remediation_id, enforcement.approve_remediation)


@router.post("/remediations/{remediation_id}/refuse")
def refuse(request: Request, remediation_id: Id) -> Response:
    """Refuse, as a second, different person."""
    return _then(request, remediation_id, enforcement.refuse_remediation)


@router.post("/remediations/{remediation_id}/pause")
def pause(request: Request, remediation_id: Id) -> Response:
    """Stop after the batch that is under way."""
    return _then(request, remediation_id, enforcement.pause_remediation)


@router.post("/remediations/{remediation_id}/resume")
def resume(request: Request, remediation_id: Id) -> Response:
    """Go on."""
    return _then(request, remediation_id, enforcement.resume_remediation)


def _then(request: Request, remediation_id: str, change: Callable[..., object]) -> Response:
    at = clock.now()
    with transaction(request) as tx:
        change(tx, remediation_id=remediation_id, at=at)
    return RedirectResponse(f"/remediations/{remediation_id}", status_code=303)


def _selection(cause: str, named: str, since: datetime | None, until: datetime | None, at: datetime) -> Selection:
    end = at if until is None else _aware(until)
    begin = end - timedelta(days=7) if since is None else _aware(since)
    return Selection(cause=Cause(cause), cause_id=named.strip(), since=begin, until=end)


def _people(found: Iterable[Remediation]) -> list[str | None]:
    return [who for one in found for who in (one.planned_by, one.answered_by, one.selection.cause_id)]


def _nameable(tx: Tx, at: datetime) -> list[tuple[str, str]]:
    """Return what may have done something wrong, by id and name, as far as the actor may know it."""
    version = policy.current(tx)
    found = [(str(version.id), f"Policy version {version.version}, in force")]
    if _may(tx, Right.RULES_READ):
        found += [(str(one.rule.id), f"Rule: {one.rule.title}") for one in triage.rules(tx, at=at)]
    if _may(tx, Right.PEOPLE_READ):
        found += [
            (str(one.id), f"{one.kind.value.capitalize()}: {one.name}") for one in workforce.reviewers(tx)[:MOST_PEOPLE]
        ]
    found += [(str(one.id), f"Clause: {one.title}") for one in version.clauses]
    found += [(str(one.id), f"Action: {one.title}") for one in version.actions]
    return found


def _row(one: Remediation, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": one.id,
        "cause": WORDS[one.selection.cause.value],
        "named": names.get(one.selection.cause_id, one.selection.cause_id),
        "since": one.selection.since,
        "until": one.selection.until,
        "doubts": one.selection.cause is not Cause.ACTION,
        "reason": one.reason,
        "state": one.state.value,
        "tone": {"planned": "warn", "running": "info", "done": "good", "refused": "", "paused": "warn"}[
            one.state.value
        ],
        "count": one.items,
        "sample": min(one.sample, one.items),
        "planned_by": one.planned_by,
        "planned_at": one.planned_at,
        "answered_by": one.answered_by,
        "answered_at": one.answered_at,
    }


def _errors(found: Remediation, progress: Remedied) -> dict[str, str] | None:
    share = progress.errors
    if share is None:
        return None
    every = share.n >= progress.items
    drawn = share.n / found.items if found.items else 0.0
    if every:
        note = "All that was chosen was looked at."
    elif drawn > 0.1:  # noqa: PLR2004 - the usual bound below which the correction changes nothing that matters
        note = (
            f"The sample is {drawn:.0%} of all that was chosen, so the interval is wider than it need be: it is made for "
            "a sample of a much larger whole."
        )
    else:
        note = "95 % interval by Wilson, of a random sample."
    return {
        "share": f"{share.value:.0%}",
        "interval": "all of them" if every else f"95 % interval {share.low:.0%} to {share.high:.0%}",
        "n": f"{progress.wrong} of {share.n}",
        "note": note,
    }


def _percent(progress: Remedied) -> int:
    return round(100 * (progress.items - progress.waiting) / progress.items) if progress.items else 0


def _may(tx: Tx, right: Right) -> bool:
    return isinstance(tx.actor, Principal) and right in tx.actor.rights


def _local(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M")


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
