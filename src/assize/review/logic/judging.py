"""Whether a judgement fits: its task, its evidence, the words of the policy. Every misfit names its field."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from assize.kernel.ids import ActionId, EventId
from assize.policy.models import ActionSpec, Clause, PolicyVersion, Severity
from assize.review.logic.outcome import needs_prose
from assize.review.models import (
    Disposition,
    DispositionKind,
    ExceptionStanding,
    Finding,
    Judgement,
    Span,
    TargetLevel,
    Verdict,
)

MAX_FINDINGS, MAX_DISPOSITIONS, MAX_HIGHLIGHTS, MAX_PROSE = 100, 50, 200, 20_000
MAX_SCORE = 4
MIN_PROSE = 20  # characters: enough that "ok" is no reason


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What does not fit, and where: a JSON pointer into the judgement (RFC 6901)."""

    pointer: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What a judgement may point at.

    turns: per event of the dossier, how many characters each turn has; None where the content is gone or withheld.
    subjects: the level of each subject the case is about. provisional: scores before anybody looked, by dimension.
    open_gates: gates that the rubric of this judgement opens.
    """

    turns: Mapping[EventId, tuple[int, ...] | None]
    subjects: Mapping[str, str]
    provisional: Mapping[str, int]
    provisional_severity: Severity
    open_gates: frozenset[str] = frozenset()


def check(
    judgement: Judgement, *, policy: PolicyVersion, evidence: Evidence, assessed: Severity, at: datetime
) -> tuple[Problem, ...]:
    """Return everything that does not fit, in the order of the form; nothing where all does."""
    return (
        *_findings(judgement, policy, evidence),
        *_dispositions(judgement, policy, evidence, at),
        *_rubric(judgement, evidence),
        *_reasons(judgement, policy, evidence, assessed),
        *(
            problem
            for index, one in enumerate(judgement.highlights)
            for problem in _span(one, f"/highlights/{index}", evidence)
        ),
        *_sizes(judgement),
    )


def _findings(judgement: Judgement, policy: PolicyVersion, evidence: Evidence) -> Iterator[Problem]:
    if not judgement.findings:
        yield Problem(pointer="/findings", detail="say at least one thing that you found, under a clause")
    for index, finding in enumerate(judgement.findings):
        yield from _finding(finding, f"/findings/{index}", policy, evidence)


def _finding(finding: Finding, pointer: str, policy: PolicyVersion, evidence: Evidence) -> Iterator[Problem]:
    clause = policy.clause(finding.clause_id)
    if clause is None:
        yield Problem(
            pointer=f"{pointer}/clause_id", detail=f"the policy {policy.name} {policy.version} has no such clause"
        )
        return
    if finding.span is not None:
        yield from _span(finding.span, f"{pointer}/span", evidence)
    elif finding.verdict is Verdict.VIOLATION and any(evidence.turns.values()):
        yield Problem(pointer=f"{pointer}/span", detail="mark the passage that breaks the clause")
    yield from _exception(finding, pointer, clause, evidence)


def _exception(finding: Finding, pointer: str, clause: Clause, evidence: Evidence) -> Iterator[Problem]:
    claim = finding.exception
    if claim is None:
        if finding.verdict is Verdict.EXCEPTED:
            yield Problem(pointer=f"{pointer}/exception", detail="name the exception of the clause that applies")
        return
    known = next((one for one in clause.exceptions if one.id == claim.exception_id), None)
    if known is None:
        yield Problem(pointer=f"{pointer}/exception/exception_id", detail=f"{clause.id} has no such exception")
        return
    if finding.verdict is not Verdict.EXCEPTED:
        return
    if claim.standing is not ExceptionStanding.VERIFIED:
        yield Problem(
            pointer=f"{pointer}/exception/standing",
            detail=f"a claim alone does not except: {known.standard}",
        )
    closed = sorted(evidence.open_gates.intersection(known.closed_by))
    if closed:
        yield Problem(
            pointer=f"{pointer}/exception", detail=f"this exception can't be used here: {', '.join(closed)} is open"
        )


def _span(span: Span, pointer: str, evidence: Evidence) -> Iterator[Problem]:
    if span.event_id not in evidence.turns:
        yield Problem(pointer=f"{pointer}/event_id", detail="this event is not part of the frozen evidence")
        return
    lengths = evidence.turns[span.event_id]
    if span.turn is None:
        if span.start is not None or span.end is not None:
            yield Problem(pointer=f"{pointer}/turn", detail="a passage lies within a turn: name it")
        return
    if span.turn < 0 or (lengths is not None and span.turn >= len(lengths)):
        yield Problem(pointer=f"{pointer}/turn", detail="this event has no such turn")
        return
    start, end = span.start, span.end
    if start is None and end is None:
        return
    if start is None or end is None or not 0 <= start < end:
        yield Problem(pointer=f"{pointer}/start", detail="a passage begins at 0 or later and ends after it begins")
    elif lengths is not None and end > lengths[span.turn]:
        yield Problem(pointer=f"{pointer}/end", detail="the passage goes past the end of the turn")


def _dispositions(judgement: Judgement, policy: PolicyVersion, evidence: Evidence, at: datetime) -> Iterator[Problem]:
    violated = [one.clause_id for one in judgement.findings if one.verdict is Verdict.VIOLATION]
    kinds = {one.kind for one in judgement.dispositions}
    for index, one in enumerate(judgement.dispositions):
        pointer = f"/dispositions/{index}"
        yield from _target(one, pointer, evidence)
        yield from _kind(one, pointer, policy, at)
        if one.kind is DispositionKind.ENFORCE and not violated:
            yield Problem(pointer=f"{pointer}/kind", detail="nothing was found to break the policy: nothing to enforce")
        same = [other for other in judgement.dispositions if other.target_id == one.target_id]
        if one.kind is DispositionKind.NONE and len(same) > 1:
            yield Problem(pointer=f"{pointer}/kind", detail="this target has another disposition: it can't have none")
    support_first = [clause for clause in map(policy.clause, violated) if clause is not None and clause.support_first]
    if support_first and DispositionKind.ENFORCE in kinds and DispositionKind.SUPPORT not in kinds:
        yield Problem(
            pointer="/dispositions",
            detail=f"{support_first[0].id} puts support before enforcement: add support, or don't enforce",
        )


def _target(one: Disposition, pointer: str, evidence: Evidence) -> Iterator[Problem]:
    if one.target_level is TargetLevel.CONTENT:
        if one.target_id not in evidence.turns:
            yield Problem(pointer=f"{pointer}/target_id", detail="this event is not part of the frozen evidence")
    elif evidence.subjects.get(one.target_id) != one.target_level.value:
        yield Problem(pointer=f"{pointer}/target_id", detail=f"the case is not about such {_an(one.target_level)}")


def _kind(one: Disposition, pointer: str, policy: PolicyVersion, at: datetime) -> Iterator[Problem]:
    match one.kind:
        case DispositionKind.ENFORCE:
            yield from _enforce(one, pointer, policy)
        case DispositionKind.REQUEST_INFORMATION:
            yield from _request(one, pointer, policy, at)
        case DispositionKind.WATCH:
            if one.until is None or one.until <= at.date():
                yield Problem(pointer=f"{pointer}/until", detail="say until which day to watch, after today")
            if not any(trigger.strip() for trigger in one.triggers):
                yield Problem(pointer=f"{pointer}/triggers", detail="say what brings it back before that day")
        case DispositionKind.SAFEGUARD_DEFECT:
            if not (one.defect or "").strip():
                yield Problem(pointer=f"{pointer}/defect", detail="say what the model did that it should not have")
        case DispositionKind.SUPPORT | DispositionKind.NONE:
            pass
        case _:
            assert_never(one.kind)
    if one.kind is not DispositionKind.ENFORCE and one.action_id is not None:
        yield Problem(pointer=f"{pointer}/action_id", detail="only enforcement names an action")


def _enforce(one: Disposition, pointer: str, policy: PolicyVersion) -> Iterator[Problem]:
    action = None if one.action_id is None else policy.action(one.action_id)
    if action is None:
        yield Problem(pointer=f"{pointer}/action_id", detail="name an action that the policy declares")
    elif one.target_level.value not in action.target_levels:
        yield Problem(pointer=f"{pointer}/target_level", detail=_bears_elsewhere(action, one))


def _bears_elsewhere(action: ActionSpec, one: Disposition) -> str:
    return f"{action.title} bears on {', '.join(action.target_levels)}, not on {one.target_level.value}"


def _request(one: Disposition, pointer: str, policy: PolicyVersion, at: datetime) -> Iterator[Problem]:
    if not (one.missing or "").strip():
        yield Problem(pointer=f"{pointer}/missing", detail="say what is missing")
    if not (one.owner or "").strip():
        yield Problem(pointer=f"{pointer}/owner", detail="say who asks for it")
    if one.due_at is None or one.due_at.tzinfo is None or one.due_at <= at:
        yield Problem(pointer=f"{pointer}/due_at", detail="say until when, with its time zone, after now")
    if one.interim is not None:
        yield from _interim(one, one.interim, pointer, policy)


def _interim(one: Disposition, action_id: ActionId, pointer: str, policy: PolicyVersion) -> Iterator[Problem]:
    action = policy.action(action_id)
    if action is None:
        yield Problem(pointer=f"{pointer}/interim", detail="name an action that the policy declares")
    elif not action.reversible:
        yield Problem(
            pointer=f"{pointer}/interim", detail=f"{action.title} can't be undone: it can't hold for a time only"
        )
    elif one.target_level.value not in action.target_levels:
        yield Problem(pointer=f"{pointer}/interim", detail=_bears_elsewhere(action, one))


def _rubric(judgement: Judgement, evidence: Evidence) -> Iterator[Problem]:
    violated = any(one.verdict is Verdict.VIOLATION for one in judgement.findings)
    if violated and not judgement.rubric:
        yield Problem(pointer="/rubric", detail="answer the questions of the clause: they say how grave it is")
    for dimension, score in judgement.rubric.items():
        if not 0 <= score <= MAX_SCORE:
            yield Problem(pointer=f"/rubric/{dimension.value}", detail="scores go from 0 to 4")
    if not violated or not judgement.rubric:
        return  # then the reasons of the whole decision are the reasons
    scores = {dimension.value: score for dimension, score in judgement.rubric.items()}
    reasons = {dimension.value: reason for dimension, reason in judgement.lowering.items()}
    for name, before in sorted(evidence.provisional.items()):
        if scores.get(name, 0) < before and not reasons.get(name, "").strip():
            yield Problem(pointer=f"/lowering/{name}", detail=f"{name} was provisionally {before}: say why it is lower")


def _reasons(judgement: Judgement, policy: PolicyVersion, evidence: Evidence, assessed: Severity) -> Iterator[Problem]:
    clauses = [clause for clause in (policy.clause(one.clause_id) for one in judgement.findings) if clause is not None]
    known = {code.id for clause in clauses for code in clause.reason_codes}
    for index, code in enumerate(judgement.reason_codes):
        if code not in known:
            yield Problem(pointer=f"/reason_codes/{index}", detail="the clauses found have no such reason code")
    prose = judgement.rationale.strip()
    gravest = min(assessed, evidence.provisional_severity)
    if needs_prose(judgement, policy.clause, gravest=gravest) and len(prose) < MIN_PROSE:
        yield Problem(
            pointer="/rationale",
            detail=f"at SEV{gravest.value} say why in your own words, in at least {MIN_PROSE} characters",
        )
    elif not judgement.reason_codes and not prose:
        yield Problem(pointer="/reason_codes", detail="choose at least one reason, or write one")


def _sizes(judgement: Judgement) -> Iterator[Problem]:
    limits = (
        ("/findings", len(judgement.findings), MAX_FINDINGS),
        ("/dispositions", len(judgement.dispositions), MAX_DISPOSITIONS),
        ("/highlights", len(judgement.highlights), MAX_HIGHLIGHTS),
        ("/rationale", len(judgement.rationale), MAX_PROSE),
    )
    for pointer, size, limit in limits:
        if size > limit:
            yield Problem(pointer=pointer, detail=f"at most {limit}")
    if "\0" in judgement.rationale:
        yield Problem(pointer="/rationale", detail="holds a character that can't be kept")


def _an(level: TargetLevel) -> str:
    name = level.value.replace("_", " ")
    return f"an {name}" if name[0] in "aeo" else f"a {name}"
