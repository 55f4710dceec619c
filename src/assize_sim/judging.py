"""What a simulated reviewer writes: findings, dispositions and reasons for the verdict it came to."""

from collections.abc import Mapping, Sequence
from typing import Any

from assize_sim.harms import remedy_of
from assize_sim.seeing import Seen
from assize_sim.truth import Remedy, Truth, Verdict

RATIONALE: Mapping[Verdict, str] = {
    Verdict.VIOLATION: "The marked passage meets the scope of the clause, and no exception of it applies here.",
    Verdict.EXCEPTED: "The words fall under the clause, and the context meets the standard of its exception.",
    Verdict.NO_VIOLATION: "I read the whole conversation and found nothing in it that the clause speaks about.",
}
LOWERED = "The whole conversation shows less than the single passage did."
SUPPORT_LEVELS = ("end_user", "account", "conversation")
DEFECT_LEVELS = ("conversation", "end_user", "account")
PEOPLE = ("account", "end_user", "api_key", "project", "organisation")


def clause_of(case: Seen, truth: Truth) -> str | None:
    """Return the clause a judgement is about: what the text names, else the truth's, else the likeliest."""
    if case.marked is not None:
        return case.marked[0]
    return truth.clause_id or next(iter(case.clauses), None)


def judgement(
    case: Seen, truth: Truth, verdict: Verdict, *, exceptions: Mapping[str, Sequence[str]]
) -> dict[str, Any] | None:
    """Return the body of a decision, or None where nothing at all is known about the case.

    exceptions: ids of the exceptions of each clause, as the policy has them; without one for the lane that holds, an
    excepted case is found to be no violation.
    """
    clause_id = clause_of(case, truth)
    if clause_id is None:
        return None
    exception = _exception(clause_id, truth, exceptions) if verdict is Verdict.EXCEPTED else None
    if verdict is Verdict.EXCEPTED and exception is None:
        verdict = Verdict.NO_VIOLATION
    finding: dict[str, Any] = {"clause_id": clause_id, "verdict": verdict.value, "locus": "user"}
    if (span := _span(case)) is not None:
        finding["span"] = span
    if exception is not None:
        finding["exception"] = {"exception_id": exception, "standing": "verified"}
    violated = verdict is Verdict.VIOLATION
    return {
        "findings": [finding],
        "dispositions": _dispositions(case, clause_id, truth) if violated else [],
        "rubric": _rubric(case) if violated else {},
        "rationale": RATIONALE[verdict],
    }


def _exception(clause_id: str, truth: Truth, exceptions: Mapping[str, Sequence[str]]) -> str | None:
    known = exceptions.get(clause_id)
    if known is None:
        return truth.exception
    wanted = truth.exception or ""
    return next((one for one in known if wanted and wanted in one), next(iter(known), None))


def _span(case: Seen) -> dict[str, Any] | None:
    marked = case.marked
    if marked is not None:
        return {"event_id": marked[1].event_id, "turn": marked[1].index}
    if case.turns:
        return {"event_id": case.turns[0].event_id, "turn": case.turns[0].index}
    return {"event_id": case.events[0]} if case.events else None


def _rubric(case: Seen) -> dict[str, int]:
    # What was suspected is confirmed: a simulated reviewer doesn't lower a score, which needs a reason and a second person.
    return dict(case.rubric) or {"gravity": 1}


def _dispositions(case: Seen, clause_id: str, truth: Truth) -> list[dict[str, Any]]:
    remedy, action = remedy_of(clause_id)
    found: dict[str, Any] | None
    if truth.clause_id == clause_id and truth.remedy is not Remedy.NONE:
        remedy, action = truth.remedy, truth.action or action
    match remedy:
        case Remedy.SUPPORT:
            found = _at(case, "support", SUPPORT_LEVELS)
        case Remedy.SAFEGUARD_DEFECT:
            found = _at(case, "safeguard_defect", DEFECT_LEVELS)
            if found is not None:
                found["defect"] = "The model went on where it should have stopped."
        case Remedy.ENFORCE:
            found = _enforced(case, action or "warn")
        case Remedy.NONE:
            found = None
    return [] if found is None else [found]


def _enforced(case: Seen, action: str) -> dict[str, Any] | None:
    enterprise = "organisation" in case.subjects
    if enterprise:
        found = _at(case, "enforce", ("organisation",))
        action = "notify-and-cure"
    else:
        found = _at(case, "enforce", PEOPLE)
    if found is not None:
        found["action_id"] = action
    return found


def _at(case: Seen, kind: str, levels: Sequence[str]) -> dict[str, Any] | None:
    for level in levels:
        if level in case.subjects:
            return {"kind": kind, "target_level": level, "target_id": case.subjects[level][0]}
    return None
