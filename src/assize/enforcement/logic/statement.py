"""The statement of reasons: what was decided and why, in words the person concerned can read.

What it must hold follows the EU's Digital Services Act, Article 17(3): the decision and its scope, the facts and
circumstances at the level of categories, whether automated means were used, the ground, and how to appeal.
Content is never quoted: it may be what must not be spread.
"""

from dataclasses import dataclass
from datetime import datetime

_LOCUS = {
    "user": "what was written or sent from your side",
    "model": "what the model answered",
    "model_output": "what the model answered",
    "operator": "instructions given to the model by the operator",
    "operator_prompt": "instructions given to the model by the operator",
    "third_party": "content of a third party that was brought in",
    "third_party_content": "content of a third party that was brought in",
}
_OUTCOME = {
    "refused": "the model refused",
    "partial": "the model answered in part",
    "complied": "the model answered",
}


@dataclass(frozen=True, kw_only=True)
class Reasons:
    """What a statement is made from. Everything here may be read by the person concerned.

    locus and outcome: the finding's, by name. reports: whether somebody's report was among what was relied on.
    """

    action: str
    clause_id: str | None
    clause_title: str | None
    clause_scope: str | None
    policy_name: str
    policy_version: str
    locus: str | None
    outcome: str | None
    by_machine: bool
    approved_by_person: bool
    found_by_machine: bool
    reversible: bool
    decided_at: datetime
    effective_at: datetime
    until: datetime | None
    appeal: str


def statement(reasons: Reasons) -> str:
    """Return the statement of reasons, one paragraph a part, in the order a reader asks."""
    parts = (_decision(reasons), _ground(reasons), _facts(reasons), _automation(reasons), _appeal(reasons))
    return "\n\n".join(parts)


def _decision(reasons: Reasons) -> str:
    when = f"It takes effect on {_day(reasons.effective_at)}"
    end = f" and ends on {_day(reasons.until)}" if reasons.until else ""
    last = "" if reasons.reversible else " It can't be undone technically once it is carried out."
    return f"What was decided: {reasons.action} {when}{end}.{last}"


def _ground(reasons: Reasons) -> str:
    policy = f'the usage policy "{reasons.policy_name}", version {reasons.policy_version}'
    if reasons.clause_id is None:
        return f"On what ground: {policy}."
    title = f' "{reasons.clause_title}"' if reasons.clause_title else ""
    scope = f" It covers: {reasons.clause_scope.strip()}" if reasons.clause_scope else ""
    return f"On what ground: clause {reasons.clause_id}{title} of {policy}.{scope}"


def _facts(reasons: Reasons) -> str:
    relied = _LOCUS.get(reasons.locus or "", "activity that is linked to you on this platform")
    outcome = _OUTCOME.get(reasons.outcome or "")
    more = f" In this activity, {outcome}." if outcome else ""
    return f"What it relies on: {relied}, seen up to {_day(reasons.decided_at)}.{more}"


def _automation(reasons: Reasons) -> str:
    found = (
        "Automated means helped to find it." if reasons.found_by_machine else "It was found without automated means."
    )
    if not reasons.by_machine:
        return f"How it was decided: by a person. {found}"
    if reasons.approved_by_person:
        return f"How it was decided: by automated means, and a person approved it. {found}"
    return f"How it was decided: by automated means, without a person. {found}"


def _appeal(reasons: Reasons) -> str:
    return (
        f"If you disagree: {reasons.appeal} Somebody who had no part in this decision will hear it. "
        "If it was wrong, it is undone."
    )


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
