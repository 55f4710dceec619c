"""A rule with everything that bears on it: its versions, hits by day, a sample of them, and how right it was so far."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from assize.kernel import clock
from assize.kernel.ids import RuleId
from assize.kernel.measures import wilson
from assize.platform.db import Tx
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.review import service as review
from assize.triage import service as triage
from assize.triage.models import RuleStanding, RuleState
from assize.workforce import service as workforce
from assize.workforce.models import Right, SearchScope, ViewProfile

router = APIRouter(include_in_schema=False)
SAMPLE = 30


@router.get("/rules/{rule_id}")
def rule_page(request: Request, rule_id: str) -> Response:
    """Show a rule."""
    now = clock.now()
    with transaction(request) as tx:
        standing = triage.rule(tx, rule_id=RuleId(rule_id), at=now)
        versions = triage.rule_versions(tx, rule_id=RuleId(rule_id))
        days = triage.rule_days(tx, at=now).get(RuleId(rule_id), [])
        kept = triage.last_trial(tx, expression=standing.rule.expression)
        needed = triage.trial_needed(tx)
        names = workforce.names(tx, [one.author for one in versions])
        view = _hits(tx, standing)
        actor = tx.actor.id
    most = max((one.hits + one.shadow_hits for one in days), default=0)
    tried = standing.rule.from_policy or (kept is not None and kept.events >= needed)
    return render(
        request,
        "console/rule.html",
        standing=standing,
        rule=standing.rule,
        versions=versions,
        days=[(one, round(40 * (one.hits + one.shadow_hits) / most) if most else 0) for one in days],
        kept=kept,
        needed=needed,
        tried=tried,
        names=names,
        mine=standing.rule.author == actor,
        states=[each for each in RuleState if each is not standing.rule.state or standing.rule.quarantined_at],
        now=now,
        **view,
    )


def _hits(tx: Tx, standing: RuleStanding) -> dict[str, Any]:
    """Return a sample of hits and the outcomes of their cases; None where the actor's view covers no lists."""
    view: ViewProfile = getattr(tx.actor, "view", ViewProfile())
    if view.search_scope is not SearchScope.ALL:
        return {"sample": None, "precision": None, "outcomes": None, "seen": frozenset()}
    rule = standing.rule
    cases = triage.cases_of_rule(tx, rule_id=rule.id)
    sample = triage.rule_hits(tx, rule_id=rule.id, limit=SAMPLE)
    outcomes = None
    if Right.CASES_READ in getattr(tx.actor, "rights", frozenset()):
        outcomes = review.outcomes_under(tx, case_ids=cases, clause_id=rule.clause_id)
    precision = wilson(outcomes.violations, outcomes.decided) if outcomes else None
    return {"sample": sample, "precision": precision, "outcomes": outcomes, "seen": frozenset(cases)}
