"""Where somebody or something was faster: mine beside what stands, so that nothing typed is lost and nothing missed."""

from typing import Any

from assize.console.pages.forms import Typed
from assize.kernel.errors import AssizeError, Conflict
from assize.kernel.ids import ClauseId, PolicyVersionId
from assize.platform.db import Tx
from assize.policy import service as policy
from assize.policy.errors import UnknownVersion
from assize.policy.models import Clause, PolicyVersion
from assize.review.models import CaseView, Decision, DecisionState
from assize.workforce import service as workforce


class Reworded(Conflict):
    """A clause you decide under was reworded while you had this case. Read what it says now, then decide."""

    code = "clause-reworded"


def reworded(tx: Tx, given: Typed, version: PolicyVersion) -> list[tuple[Clause, Clause | None]]:
    """Return the clauses found whose words are no longer those that were on screen: as they were, and as they are."""
    seen = given.one("policy")
    if not seen or seen == version.id:
        return []
    try:
        before = policy.version(tx, PolicyVersionId(seen))
    except UnknownVersion:
        return []
    ids = [given.clause, *(one.partition("|")[0] for one in given.many("finding"))]
    found = []
    for one in dict.fromkeys(ids):
        old, new = before.clause(ClauseId(one)), version.clause(ClauseId(one))
        if old is not None and (new is None or _words(old) != _words(new)):
            found.append((old, new))
    return found


def conflict(tx: Tx, error: AssizeError, given: Typed, case: CaseView, version: PolicyVersion) -> dict[str, Any]:
    """Return what is shown of a conflict: what happened, what stands now, what changed."""
    standing = next((one for one in reversed(case.decisions) if one.state is DecisionState.STANDS), None)
    return {
        "message": error.message,
        "stands": None if standing is None else told(tx, standing, version),
        "later": [one for one in case.events if one.later or one.changed],
        "clauses": [
            {
                "id": old.id,
                "title": old.title,
                "before": _text(old),
                "after": _text(new) if new is not None else ["The clause is not part of the policy any more."],
            }
            for old, new in reworded(tx, given, version)
        ],
        "mine": {
            "clause": given.clause,
            "verdict": given.verdict.replace("_", " "),
            "dispositions": [one.rpartition("|")[2] or one.partition("|")[0] for one in given.many("disposition")],
            "rationale": given.rationale,
        },
    }


def told(tx: Tx, one: Decision, version: PolicyVersion) -> dict[str, Any]:
    """Return a decision in words."""
    clause = version.clause(one.primary_clause) if one.primary_clause else None
    named = {action.id: action.title for action in version.actions}
    return {
        "clause": one.primary_clause,
        "title": clause.title if clause else "",
        "verdict": one.verdict.value.replace("_", " "),
        "by": workforce.names(tx, [one.reviewer_id])[one.reviewer_id],
        "at": one.decided_at,
        "dispositions": [
            named.get(each.action_id, each.action_id) if each.action_id else each.kind.value.replace("_", " ")
            for each in one.dispositions
        ],
        "rationale": one.judgement.rationale,
    }


def _words(clause: Clause) -> tuple[object, ...]:
    return (clause.scope, clause.includes, clause.excludes, clause.exceptions, clause.questions)


def _text(clause: Clause) -> list[str]:
    return [
        clause.scope,
        *(f"Includes: {one}" for one in clause.includes),
        *(f"Excludes: {one}" for one in clause.excludes),
        *(f"Exception: {one.title}. {one.standard}" for one in clause.exceptions),
    ]
