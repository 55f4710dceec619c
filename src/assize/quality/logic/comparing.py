"""A decision beside a label of the same case: right, wrong or not applicable, by criterion."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assize.kernel.ids import ClauseId
from assize.policy.models import Severity
from assize.quality.models import Criterion, Mark, Outcome
from assize.review.models import Disposition, Verdict

ESCALATED_FROM = Severity.SEV1  # what is found this grave or graver has to reach whoever is on call
CLEAR = frozenset({Verdict.VIOLATION, Verdict.NO_VIOLATION, Verdict.EXCEPTED, Verdict.OUT_OF_SCOPE})


@dataclass(frozen=True, kw_only=True)
class Said:
    """What somebody said of a case, as far as it is compared. escalated: by hand, whatever the severity."""

    verdict: Verdict
    clause: ClauseId | None
    severity: Severity | None
    dispositions: tuple[Disposition, ...]
    escalated: bool = False

    @property
    def found(self) -> bool:
        """Whether it is a violation."""
        return self.verdict is Verdict.VIOLATION

    @property
    def must_escalate(self) -> bool:
        """Whether what was found has to reach whoever is on call."""
        return self.found and self.severity is not None and self.severity <= ESCALATED_FROM


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What a comparison says. outcome: None where the label says that the policy is ambiguous: nobody is wrong then."""

    marks: dict[Criterion, Mark]
    outcome: Outcome | None
    severity_gap: int | None
    missed_escalation: bool


def compare(given: Said, label: Said) -> Compared:
    """Return a decision against a label. What only a person can tell, reasons and required steps, is not applicable yet.

    A label of ambiguous policy judges nobody: every criterion is not applicable. Clause, severity and action are compared where
    both found a violation: where one did not, the decision itself is what differs, and counting it three times more would
    weigh one mistake four times.
    """
    if label.verdict is Verdict.AMBIGUOUS_POLICY:
        return Compared(
            marks=dict.fromkeys(Criterion, Mark.NA), outcome=None, severity_gap=None, missed_escalation=False
        )
    both = given.found and label.found
    escalates = given.must_escalate or (given.escalated and given.found)
    # Whoever escalated what they did not call a violation has told those who must know all the same.
    reached = escalates or given.escalated
    marks = {
        Criterion.DECISION: _mark(given.verdict in CLEAR and given.found == label.found),
        Criterion.CLAUSE: _mark(given.clause == label.clause) if both else Mark.NA,
        Criterion.SEVERITY: _mark(given.severity == label.severity) if both else Mark.NA,
        Criterion.ACTION: _mark(_follows(given.dispositions) == _follows(label.dispositions)) if both else Mark.NA,
        Criterion.ESCALATION: _mark(reached == label.must_escalate) if reached or label.must_escalate else Mark.NA,
        Criterion.RATIONALE: Mark.NA,
        Criterion.REQUIRED_STEP: Mark.NA,
    }
    return Compared(
        marks=marks,
        outcome=_outcome(given, label),
        severity_gap=None
        if given.severity is None or label.severity is None
        else int(given.severity) - int(label.severity),
        missed_escalation=label.must_escalate and not reached,
    )


def wrong(marks: Mapping[Criterion, Mark]) -> tuple[str, ...]:
    """Return the criteria that differ."""
    return tuple(one.value for one in Criterion if marks[one] is Mark.WRONG)


def _follows(given: Iterable[Disposition]) -> frozenset[tuple[str, str, str | None]]:
    return frozenset(
        (one.kind.value, one.target_level.value, one.action_id) for one in given if one.kind.value != "none"
    )


def _mark(right: bool) -> Mark:
    return Mark.RIGHT if right else Mark.WRONG


def _outcome(given: Said, label: Said) -> Outcome:
    if label.found:
        return Outcome.TRUE_POSITIVE if given.found else Outcome.FALSE_NEGATIVE
    return Outcome.FALSE_POSITIVE if given.found else Outcome.TRUE_NEGATIVE
