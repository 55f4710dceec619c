"""What the form comes to as it stands: the severity and its gate, who must agree, what would happen to whom."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from assize.console.pages.forms import Typed, place_of
from assize.console.pages.judging import judgement
from assize.enforcement import service as enforcement
from assize.platform.db import Tx
from assize.policy import service as policy
from assize.policy.models import PolicyVersion
from assize.review import service as review
from assize.review.models import CaseView, Disposition, DispositionKind, Finding, Judgement, Task
from assize.workforce.models import Principal, Right

# Where a page shows what a pointer into a judgement names.
_ANCHORS = {
    "findings": "finding",
    "dispositions": "follows",
    "rubric": "questions",
    "lowering": "questions",
    "reason_codes": "reasons",
    "rationale": "rationale",
    "highlights": "finding",
    "confirm": "confirm",
}


def outcome(tx: Tx, case: CaseView, task: Task, given: Typed, *, at: datetime) -> dict[str, Any] | None:
    """Return what the form comes to; None while it names no clause or no verdict. Raises NotAllowed."""
    try:
        made = judgement(given, case, owner=tx.actor.id, at=at)
    except ValueError:
        return None
    told = review.consider(tx, task_id=task.id, judgement=made, at=at)
    version = policy.current(tx)
    confirmed = given.many("confirm")
    return {
        "severity": told.result.severity,
        "before": told.before,
        "gate": told.result.gates[0].title if told.result.gates else None,
        "more_gates": [f"{one.title} (SEV{one.severity.value})" for one in told.result.gates[1:4]],
        "lowered": [(name, told.provisional[name], made_score(made, name)) for name in told.lowered],
        "needs_prose": told.needs_prose,
        "needs_second": told.needs_second,
        "reviews": told.reviews,
        "findings": [finding_of(one, version, number == told.leading) for number, one in enumerate(made.findings)],
        "previews": _previews(tx, made.dispositions, case, at=at),
        "confirm": [
            {"value": value, "label": label, "ticked": value in confirmed}
            for value, label in (to_confirm(made, case).items() if told.must_confirm else ())
        ],
        "problems": [(anchor(one.pointer), one.detail) for one in told.problems],
    }


def to_confirm(made: Judgement, case: CaseView) -> Mapping[str, str]:
    """Return whom enforcement bears on, as what is ticked to confirm it, each with its name."""
    enforced = [one for one in made.dispositions if one.kind is DispositionKind.ENFORCE or one.interim is not None]
    return {f"{one.target_level.value}|{one.target_id}": named(one, case) for one in enforced}


def unconfirmed(made: Judgement, case: CaseView, version: PolicyVersion, given: Typed) -> bool:
    """Whether a target has to be confirmed that was not."""
    counted = case.severity if case.assessed is None else case.assessed
    gravest = min(review.assess(version, made).severity, counted)
    if not review.must_confirm(made.dispositions, severity=gravest, action=version.action):
        return False
    return not set(to_confirm(made, case)) <= set(given.many("confirm"))


def anchor(pointer: str) -> str:
    """Return where on the page a pointer into a judgement leads."""
    parts = pointer.strip("/").split("/")
    if parts[0] == "lowering" and len(parts) > 1:
        return f"lowering-{parts[1]}"
    return _ANCHORS.get(parts[0], "decide")


def named(one: Disposition, case: CaseView) -> str:
    """Return the name of a target, as far as whoever looks may see it."""
    level = one.target_level.value.replace("_", " ")
    ref = next((subject.ref for subject in case.subjects if subject.id == one.target_id), None)
    return f"{level} {ref}" if ref else f"the {level} of this case"


def made_score(made: Judgement, name: str) -> int:
    """Return the score that was given to a dimension; 0 where none was."""
    return next((score for dimension, score in made.rubric.items() if dimension.value == name), 0)


def finding_of(one: Finding, version: PolicyVersion, leading: bool) -> dict[str, Any]:
    """Return a finding as the page tells it."""
    clause = version.clause(one.clause_id)
    where = "the whole case"
    if one.span is not None:
        turn = "the whole event" if one.span.turn is None else f"turn {one.span.turn + 1}"
        passage = "" if one.span.start is None else f", characters {one.span.start + 1} to {one.span.end}"
        where = f"{turn}{passage}"
    return {
        "clause": one.clause_id,
        "title": clause.title if clause else "",
        "verdict": one.verdict.value.replace("_", " "),
        "where": where,
        "locus": one.locus.value.replace("_", " "),
        "place": place_of(one.span),
        "primary": leading,
    }


def _previews(tx: Tx, dispositions: Sequence[Disposition], case: CaseView, *, at: datetime) -> list[dict[str, Any]]:
    may = isinstance(tx.actor, Principal) and Right.ENFORCEMENT_READ in tx.actor.rights
    found = []
    for one in dispositions:
        if one.does is None or not may:
            continue
        told = enforcement.preview(
            tx,
            action_id=one.does,
            target_level=one.target_level.value,
            target_id=one.target_id,
            params=one.params,
            at=at,
        )
        found.append(
            {
                "title": f"{told.title}, until it is answered" if one.interim else told.title,
                "target": named(one, case),
                "sentence": told.sentence,
                "warnings": told.warnings,
                "second": told.why_second_person if told.needs_second_person else None,
                "problem": told.problem is not None,
            }
        )
    return found
