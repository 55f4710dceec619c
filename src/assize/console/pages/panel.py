"""What the decision panel offers for a case: view values, chosen as the form was typed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from assize.console.pages.forms import Typed
from assize.console.pages.judging import CLAIMABLE, WATCH_DAYS, level_of
from assize.enforcement import ports as enforcement
from assize.enforcement.errors import UnknownAction
from assize.kernel.ids import ClauseId
from assize.policy import service as policy
from assize.policy.models import ActionSpec, Clause, DefaultDisposition, PolicyVersion
from assize.review.models import CaseView, ExceptionStanding, Locus, Verdict

NUMBERED = 9  # choices that have a digit
VERDICTS = (
    (Verdict.VIOLATION.value, "Violation", "v"),
    (Verdict.EXCEPTED.value, "Excepted", "e"),
    (Verdict.NO_VIOLATION.value, "No violation", "n"),
    (Verdict.OUT_OF_SCOPE.value, "Out of scope", "u"),
    (Verdict.AMBIGUOUS_POLICY.value, "Policy is ambiguous", "p"),
)
LOCI = (
    (Locus.USER.value, "User"),
    (Locus.MODEL_OUTPUT.value, "Model's answer"),
    (Locus.OPERATOR_PROMPT.value, "Operator's prompt"),
    (Locus.THIRD_PARTY.value, "Third party"),
)
STANDINGS = (
    (ExceptionStanding.CLAIMED.value, "Only claimed"),
    (ExceptionStanding.VERIFIED.value, "Verified, but it does not hold here"),
)
_SCOPE_WORDS = 90  # characters of a scope that a search in the list looks at


def offered(case: CaseView, version: PolicyVersion, given: Typed, *, at: datetime) -> dict[str, Any]:
    """Return everything the panel offers: the likely clauses by number, then all the others."""
    likely = [(clause, score, why) for one, score, why in case.likely if (clause := version.clause(one))][:NUMBERED]
    near = _near([clause for clause, _, _ in likely], version, given)
    known = {clause.id for clause, _, _ in likely}
    return {
        "choices": [
            {"id": one.id, "title": one.title, "score": round(score * 100), "why": why} for one, score, why in likely
        ],
        "others": [
            {"id": one.id, "title": one.title, "words": one.scope[:_SCOPE_WORDS]}
            for one in version.clauses
            if one.id not in known
        ],
        "titles": {one.id: one.title for one in version.clauses},
        "blocks": [block(one, case, version) for one in near],
        "verdicts": VERDICTS,
        "loci": LOCI,
        "standings": STANDINGS,
        "places": _places(case),
        "claimable": sorted(one.value for one in CLAIMABLE),
        "kept_findings": [{"value": one, "text": _kept(one, version)} for one in given.many("finding")],
        "marked": [{"value": one, "text": _marked(one, case)} for one in given.many("highlight")],
        "questions": _questions(case, near, version, given),
        "ladder": _ladder(case, version),
        "supports": _supports(case, version),
        "interims": _interims(case, version),
        "watch_until": (at + timedelta(days=WATCH_DAYS)).date().isoformat(),
    }


def block(clause: Clause, case: CaseView, version: PolicyVersion) -> dict[str, Any]:
    """Return what belongs to one clause: its reasons, its exceptions, what it proposes for a violation."""
    return {
        "id": clause.id,
        "title": clause.title,
        "reasons": [(one.id, one.title) for one in clause.reason_codes],
        "exceptions": [{"id": one.id, "title": one.title, "standard": one.standard} for one in clause.exceptions],
        "proposed": " ".join(proposed(clause.id, case, version)),
        "asks": " ".join(one.dimension.value for one in clause.questions),
        "texts": {one.dimension.value: one.text for one in clause.questions},
    }


def proposed(clause_id: ClauseId, case: CaseView, version: PolicyVersion) -> list[str]:
    """Return the default dispositions of a clause as values of the form, those that this case has a target for."""
    found = [_value(one, case, version) for one in policy.recommended(version, [clause_id])]
    return [one for one in found if one is not None]


def with_proposal(given: Typed, case: CaseView, version: PolicyVersion) -> Typed:
    """Return the form with what the clause proposes for a violation, where nobody chose what follows."""
    untouched = not given.many("disposition") and given.one("touched") != "yes"
    if given.verdict != Verdict.VIOLATION.value or not untouched or version.clause(given.clause) is None:
        return given
    return given.changed(disposition=proposed(ClauseId(given.clause), case, version))


def _near(likely: Sequence[Clause], version: PolicyVersion, given: Typed) -> list[Clause]:
    more = [given.clause, *(one.partition("|")[0] for one in given.many("finding"))]
    found = [*likely, *(clause for one in more if (clause := version.clause(one)) is not None)]
    return list({one.id: one for one in found}.values())


def _places(case: CaseView) -> list[tuple[str, str]]:
    several = len(case.events) > 1
    return [
        (
            f"{event.id}#{turn.index}",
            f"{f'Event {number}, turn' if several else 'Turn'} {turn.index + 1}, {turn.role}",
        )
        for number, event in enumerate(case.events, 1)
        for turn in event.turns
    ]


def _kept(value: str, version: PolicyVersion) -> str:
    clause_id, verdict, _, _, exception, standing = (value.split("|") + [""] * 6)[:6]
    clause = version.clause(ClauseId(clause_id))
    known = next((one.title for one in (clause.exceptions if clause else ()) if one.id == exception), exception)
    title = f"{clause_id} {clause.title}" if clause else clause_id
    claimed = f", exception {standing}: {known}" if exception else ""
    return f"{title}: {verdict.replace('_', ' ')}{claimed}"


def _marked(place: str, case: CaseView) -> str:
    event_id, turn, passage = [*place.split("#"), "", ""][:3]
    number = next((number for number, one in enumerate(case.events, 1) if one.id == event_id), 0)
    start, _, end = passage.removeprefix("~").partition("-")
    if not (turn.isdigit() and start.isdigit() and end.isdigit()):
        return "Highlight"
    event = f"event {number}, turn" if len(case.events) > 1 else "turn"
    return f"Highlight: {event} {int(turn) + 1}, characters {int(start) + 1} to {int(end)}"


def _questions(case: CaseView, clauses: Sequence[Clause], version: PolicyVersion, given: Typed) -> list[dict[str, Any]]:
    # What was assumed is asked too, in the words of any clause that asks it: a reviewer has to say where it is less.
    near = {one.dimension for clause in clauses for one in clause.questions}
    assumed = {name for name, score in case.rubric.items() if score} - {one.value for one in near}
    found: dict[str, dict[str, Any]] = {}
    for clause in (*clauses, *version.clauses):
        for one in clause.questions:
            name = one.dimension.value
            if clause not in clauses and (name not in assumed or name in found):
                continue
            before = case.rubric.get(name, 0)
            question = found.setdefault(
                name,
                {
                    "dimension": name,
                    "text": one.text,
                    "answers": [(answer.score, answer.text) for answer in one.answers],
                    "provisional": before,
                    "chosen": given.rubric.get(name, before or None) if given.written or before else None,
                    "lowering": given.one(f"lowering.{name}"),
                    "of": [],
                },
            )
            question["of"].append(clause.id)
    return list(found.values())


def _ladder(case: CaseView, version: PolicyVersion) -> list[dict[str, Any]]:
    rows = []
    for action in sorted(version.actions, key=_weight):
        levels = [] if action.support else _levels(action, case)
        if levels:
            rows.append(
                {
                    "key": f"enforce|{action.id}",
                    "action": action.id,
                    "value": f"enforce|{levels[0]}|{action.id}",
                    "label": action.title,
                    "levels": [(one, one.replace("_", " ")) for one in levels],
                    "notes": _notes(action),
                    "parameters": _parameters(action.id),
                }
            )
    return rows


def _weight(action: ActionSpec) -> tuple[bool, float, bool]:
    return (action.high_impact, action.strike_weight, not action.reversible)


def _interims(case: CaseView, version: PolicyVersion) -> list[tuple[str, str]]:
    """Return what can hold on the account while something is missing, the lightest first."""
    level = level_of("account", case)
    return [
        (action.id, action.title)
        for action in sorted(version.actions, key=_weight)
        if action.reversible and not action.support and level in _levels(action, case)
    ]


def _levels(action: ActionSpec, case: CaseView) -> list[str]:
    there = {one.level for one in case.subjects} | ({"content"} if case.events else set())
    return [one for one in action.target_levels if one in there]


def _notes(action: ActionSpec) -> list[str]:
    second = action.high_impact or not action.reversible
    return [
        *([f"strike {action.strike_weight:g}"] if action.strike_weight else []),
        *(["can't be taken back"] if not action.reversible else []),
        *(["second person"] if second else []),
    ]


def _parameters(action_id: str) -> Sequence[enforcement.Parameter]:
    try:
        return enforcement.parameters_of(action_id)
    except UnknownAction:
        return ()


def _supports(case: CaseView, version: PolicyVersion) -> list[tuple[str, str]]:
    there = {one.level for one in case.subjects}
    found = [
        f"support|{level}|"
        for action in version.actions
        if action.support and (level := next((one for one in action.target_levels if one in there), None))
    ]
    return [(one, "Offer support") for one in dict.fromkeys(found)][:1]


def _value(one: DefaultDisposition, case: CaseView, version: PolicyVersion) -> str | None:
    if one.kind == "support":
        return next((value for value, _ in _supports(case, version)), None)
    if one.kind != "enforce" or one.action_id is None:
        return f"{one.kind}|{one.target_level}|"
    action = version.action(one.action_id)
    levels = [] if action is None else _levels(action, case)
    wanted = level_of(one.target_level, case)
    if action is None or not levels or (one.target_level == "api_key" and wanted not in levels):
        return None
    return f"enforce|{wanted if wanted in levels else levels[0]}|{action.id}"
