"""A clause with everything that bears on it: its words, its history, precedents, how often it is used."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from assize.kernel import clock
from assize.kernel.ids import ClauseId, PolicyVersionId
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.policy import service as policy
from assize.review import service as review
from assize.triage import service as triage
from assize.workforce.models import Right

router = APIRouter(include_in_schema=False)
USED = timedelta(days=30)


@router.get("/policy/clauses/{clause_id}")
def clause_page(
    request: Request, clause_id: str, version: Annotated[str | None, Query(max_length=64)] = None
) -> Response:
    """Show a clause of the version in force, or of another."""
    now = clock.now()
    with transaction(request) as tx:
        current = policy.in_force(tx)
        chosen = policy.published_version(tx, PolicyVersionId(version)) if version else current
        clause = policy.clause(tx, clause_id=clause_id, version_id=chosen.id)
        view: dict[str, Any] = {"precedents": [], "use": None, "rules": []}
        rights: frozenset[Right] = getattr(tx.actor, "rights", frozenset())
        if Right.CASES_READ in rights:
            view["precedents"] = review.precedents_under(tx, clause_id=ClauseId(clause_id))
            view["use"] = review.clause_use(tx, clause_id=ClauseId(clause_id), since=now - USED)
        if Right.RULES_READ in rights:
            view["rules"] = [one for one in triage.rules(tx, at=now) if one.rule.clause_id == clause_id]
        history = policy.clause_history(tx, clause_id=clause_id)
    gates = [one for one in chosen.gates if not one.clauses or {clause.id, clause.family} & set(one.clauses)]
    return render(
        request,
        "console/about_clause.html",
        clause=clause,
        chosen=chosen,
        current=current,
        gates={
            question.dimension: sorted(
                {
                    (one.when[question.dimension], one.severity, one.title)
                    for one in gates
                    if question.dimension in one.when
                }
            )
            for question in clause.questions
        },
        place=chosen.precedence.index(clause.id) + 1 if clause.id in chosen.precedence else None,
        examples=[one for one in chosen.examples if clause.id in one.clauses],
        history=history,
        now=now,
        **view,
    )
