"""What a decision counts for, and from when."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from assize.kernel.ids import ActionId, ClauseId
from assize.policy.models import ActionSpec, Clause, Severity
from assize.review.models import (
    Decision,
    DecisionState,
    Disposition,
    DispositionKind,
    Finding,
    Judgement,
    Task,
    Verdict,
)

LEASE = timedelta(minutes=20)  # longer than a hard case takes, short enough not to strand work
GRACE = timedelta(seconds=30)  # long enough to notice a slip, short beside what a platform takes to act
STANDING_KINDS = frozenset(
    {"first_look", "independent_look", "second_look", "appeal"}
)  # every other kind is counted and compared only

# When several clauses were looked at, what the whole decision says: the first of these that any finding has.
_WEIGHT = (
    Verdict.VIOLATION,
    Verdict.AMBIGUOUS_POLICY,
    Verdict.EXCEPTED,
    Verdict.NO_VIOLATION,
    Verdict.OUT_OF_SCOPE,
)


def overall_verdict(findings: Iterable[Finding]) -> Verdict:
    """Return what the decision as a whole says: a violation where there is one, whatever else was found."""
    found = {one.verdict for one in findings}
    return next((verdict for verdict in _WEIGHT if verdict in found), Verdict.NO_VIOLATION)


def leading_finding(
    findings: Sequence[Finding], *, lead: Callable[[Iterable[ClauseId]], ClauseId | None]
) -> tuple[Finding, ...]:
    """Return the findings with the one that leads marked as primary.

    lead: the policy's precedence over clause ids. Only findings of the decision's overall verdict can lead, so that a
    clause that was not broken never leads over one that was. Of several under the leading clause the first leads.
    """
    verdict = overall_verdict(findings)
    clause = lead(one.clause_id for one in findings if one.verdict is verdict)
    marked: list[Finding] = []
    led = False
    for one in findings:
        leads = not led and one.clause_id == clause and one.verdict is verdict
        led = led or leads
        marked.append(replace(one, primary=leads))
    return tuple(marked)


def needs_second(*, before: Severity, after: Severity) -> bool:
    """Whether two people must bear it: where a SEV0 or SEV1 would become less grave."""
    return before <= Severity.SEV1 and after > before


def needs_prose(judgement: Judgement, clause: Callable[[ClauseId], Clause | None], *, gravest: Severity) -> bool:
    """Whether reason codes alone don't do: from the severity that the clauses found name on, people say why."""
    found = [one for one in (clause(finding.clause_id) for finding in judgement.findings) if one is not None]
    return gravest <= max((one.prose_required_from for one in found), default=Severity.SEV1)


def must_confirm(
    dispositions: Iterable[Disposition], *, severity: Severity, action: Callable[[ActionId], ActionSpec | None]
) -> bool:
    """Whether a person has to name again whom it is about: where it is grave, weighs much, or can't be taken back."""
    specs = _acts(dispositions, action)
    if not specs:
        return False
    return severity <= Severity.SEV1 or any(one is None or one.high_impact or not one.reversible for one in specs)


def outcome_state(
    task: Task, *, reviewer: str, assessed: Severity, needs_second: bool, proposal: Decision | None, alone: bool
) -> DecisionState:
    """Return what a decision of this task counts for.

    needs_second: whether it makes a grave case less grave. proposal: an earlier decision that waits for a second
    person. Two people bear a lower severity only where a different one proposed the very same within a certificate of
    their own. alone: whether the reviewer's certificates bear it; otherwise it is a proposal for one whose do.
    """
    if task.kind not in STANDING_KINDS:
        return DecisionState.RECORDED
    if not alone:
        return DecisionState.PROPOSED
    if not needs_second:
        return DecisionState.STANDS
    agreed = (
        proposal is not None
        and bool(proposal.certificates)
        and proposal.reviewer_id != reviewer
        and proposal.assessed == assessed
    )
    return DecisionState.STANDS if agreed else DecisionState.PROPOSED


def effective_at(
    decided_at: datetime,
    *,
    severity: Severity,
    dispositions: Iterable[Disposition],
    action: Callable[[ActionId], ActionSpec | None],
    grace: timedelta = GRACE,
) -> datetime:
    """Return when effects may leave: after the grace time, in which a slip can be undone.

    None for SEV0 and SEV1 where every action has little impact and can be taken back: there a minute counts and undoing is
    possible afterwards. One action that does not makes the whole decision wait, since it is undone as a whole.
    """
    specs = _acts(dispositions, action)
    urgent = severity <= Severity.SEV1
    harmless = all(one is not None and one.reversible and not one.high_impact for one in specs)
    return decided_at if urgent and harmless else decided_at + grace


def _acts(
    dispositions: Iterable[Disposition], action: Callable[[ActionId], ActionSpec | None]
) -> list[ActionSpec | None]:
    # What is carried out, None where the policy declares no such action: also what holds only for a time.
    acting = [one for one in dispositions if one.kind is DispositionKind.ENFORCE or one.interim is not None]
    return [None if one.does is None else action(one.does) for one in acting]
