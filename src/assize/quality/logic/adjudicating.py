"""What waits for an expert's word, and what that word and an answered dispute make of comparisons."""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from assize.kernel.ids import ClauseId
from assize.policy.models import Severity
from assize.quality.logic.comparing import CLEAR, Compared
from assize.quality.models import Comparison, Criterion, Mark, Outcome
from assize.quality.models.adjudicating import Voice

GAP = 2  # steps of severity between two judgements from which on an expert is asked
BY_HAND = (Criterion.RATIONALE, Criterion.REQUIRED_STEP)  # told by whoever looked, and not by a label
_DUE = {
    Severity.SEV0: timedelta(hours=4),
    Severity.SEV1: timedelta(days=1),
    Severity.SEV2: timedelta(days=3),
    Severity.SEV3: timedelta(days=7),
    Severity.SEV4: timedelta(days=7),
}


class Trigger(enum.StrEnum):
    """Why an expert is asked."""

    SPLIT_REVIEW = "split-review"  # of independent reviews before any decision stands
    SPLIT_VOTE = "split-vote"
    SEVERITY_GAP = "severity-gap"
    PERSON_AGAINST_MACHINE = "person-against-machine"


def trigger_of(voices: Sequence[Voice]) -> Trigger | None:
    """Return why an expert is to be asked about independent judgements of one case, or None where they agree enough.

    A person and a machine who differ in whether there is a violation, or in its clause, come first: what a machine may
    do alone rests on it. Severities are compared among those who found a violation.
    """
    if len(voices) < 2:  # noqa: PLR2004 - it takes two to differ
        return None
    said = {(one.found, one.verdict in CLEAR) for one in voices}
    clauses = {one.clause for one in voices if one.found}
    differ = len(said) > 1
    if len({one.by for one in voices}) > 1 and (differ or len(clauses) > 1):
        return Trigger.PERSON_AGAINST_MACHINE
    if differ:
        return Trigger.SPLIT_VOTE
    steps = [int(one.severity) for one in voices if one.found and one.severity is not None]
    if steps and max(steps) - min(steps) >= GAP:
        return Trigger.SEVERITY_GAP
    return None


def due_in(severity: Severity) -> timedelta:
    """Return how long an expert has."""
    return _DUE[severity]


def settled(
    before: Comparison, compared: Compared, *, severity: Severity | None, clause: ClauseId | None
) -> Comparison:
    """Return a comparison as an expert's word leaves it; what only a person can tell stays.

    compared: the decision against the expert's label, which judges nobody where the policy is ambiguous.
    """
    blames_nobody = compared.outcome is None
    kept = {} if blames_nobody else {one: before.marks[one] for one in BY_HAND}
    marks = {**compared.marks, **kept}
    return replace(
        before,
        clause=clause,
        severity_true=None if blames_nobody else severity,
        outcome=compared.outcome,
        severity_gap=None if blames_nobody else compared.severity_gap,
        missed_escalation=compared.missed_escalation,
        wrong_clause=marks[Criterion.CLAUSE] is Mark.WRONG,
        wrong_action=marks[Criterion.ACTION] is Mark.WRONG,
        process_error=before.process_error and not blames_nobody,
        marks=marks,
    )


class Answer(enum.StrEnum):
    """What is said of one disputed difference."""

    ACCEPT = "accept"
    IN_PART = "in_part"
    REJECT = "reject"


class DisputeState(enum.StrEnum):
    """Where a dispute is."""

    OPEN = "open"
    ACCEPTED = "accepted"
    IN_PART = "in_part"
    REJECTED = "rejected"


def state_of(answers: Iterable[Answer]) -> DisputeState:
    """Return what a dispute comes to; one whose differences are all gone was right. Never open."""
    said = set(answers)
    if said <= {Answer.ACCEPT}:
        return DisputeState.ACCEPTED
    return DisputeState.REJECTED if said == {Answer.REJECT} else DisputeState.IN_PART


def answered(before: Comparison, criterion: Criterion, answer: Answer) -> Comparison:
    """Return a comparison after a difference in one criterion was disputed.

    accept: the decision was right there. in_part: it can be seen either way, and counts neither for nor against. A
    decision that was right in itself has its clause, severity and action as it gave them, so these aren't judged.
    """
    match answer:
        case Answer.REJECT:
            return before
        case Answer.ACCEPT:
            return _with(before, criterion, Mark.RIGHT)
        case Answer.IN_PART:
            return _with(before, criterion, Mark.NA)


def _with(before: Comparison, criterion: Criterion, mark: Mark) -> Comparison:
    if criterion is Criterion.DECISION:
        return _decided(before, mark)
    marks = {**before.marks, criterion: mark}
    made = replace(before, marks=marks, wrong_action=marks[Criterion.ACTION] is Mark.WRONG)
    match criterion:
        case Criterion.CLAUSE:
            return replace(made, wrong_clause=False)
        case Criterion.SEVERITY:
            right = mark is Mark.RIGHT
            return replace(
                made, severity_true=before.severity_given if right else None, severity_gap=0 if right else None
            )
        case Criterion.ESCALATION:
            return replace(made, missed_escalation=False)
        case Criterion.REQUIRED_STEP:
            return replace(made, process_error=False)
        case _:
            return made


_RIGHT = {
    Outcome.FALSE_POSITIVE: Outcome.TRUE_POSITIVE,
    Outcome.FALSE_NEGATIVE: Outcome.TRUE_NEGATIVE,
    Outcome.TRUE_POSITIVE: Outcome.TRUE_POSITIVE,
    Outcome.TRUE_NEGATIVE: Outcome.TRUE_NEGATIVE,
}


def _decided(before: Comparison, mark: Mark) -> Comparison:
    right = mark is Mark.RIGHT
    by_hand = {one: before.marks[one] for one in BY_HAND}
    return replace(
        before,
        marks={**dict.fromkeys(Criterion, Mark.NA), **by_hand, Criterion.DECISION: mark},
        outcome=_RIGHT[before.outcome] if right and before.outcome is not None else None,
        severity_true=before.severity_given if right else None,
        severity_gap=0 if right else None,
        missed_escalation=False,
        wrong_clause=False,
        wrong_action=False,
    )
