"""What a judgement asks of the certificates of whoever gives it."""

from collections.abc import Callable, Mapping

from assize.kernel.ids import ActionId, ClauseId
from assize.policy.models import ActionSpec, Severity
from assize.review.models import Disposition, DispositionKind, Judgement, TargetLevel, Task, Verdict
from assize.workforce.models import NO_ACTION, Asked, Reserved

# Whoever loses one of these can't take part any more; a conversation or a piece of content is less than that.
_ACCOUNTS = frozenset(
    {
        TargetLevel.ACCOUNT,
        TargetLevel.END_USER,
        TargetLevel.API_KEY,
        TargetLevel.PROJECT,
        TargetLevel.ORGANISATION,
    }
)


def found_clauses(judgement: Judgement) -> frozenset[ClauseId]:
    """Return the clauses that a judgement is about: those it finds broken, and the one that leads."""
    return frozenset(one.clause_id for one in judgement.findings if one.verdict is Verdict.VIOLATION or one.primary)


def reserved_of(one: Disposition, *, action: Callable[[ActionId], ActionSpec | None]) -> Reserved | None:
    """Return why a machine may not do this alone, whatever it has shown; None where it may.

    What nobody knows of counts as what can't be undone.
    """
    if one.kind is not DispositionKind.ENFORCE or one.target_level not in _ACCOUNTS:
        return None
    spec = None if one.action_id is None else action(one.action_id)
    return Reserved.IRREVERSIBLE_LOSS if spec is None or not spec.reversible else None


def asked_of(
    judgement: Judgement,
    task: Task,
    *,
    severity: Severity,
    action: Callable[[ActionId], ActionSpec | None],
    words: Mapping[str, str],
) -> Asked:
    """Return what the check of certificates is told of a judgement. severity: the graver of before and after."""
    enforced = {one.action_id or "" for one in judgement.dispositions if one.kind is DispositionKind.ENFORCE}
    others = {one.kind.value for one in judgement.dispositions if one.kind is not DispositionKind.ENFORCE}
    reserved = (reserved_of(one, action=action) for one in judgement.dispositions)
    return Asked(
        found=found_clauses(judgement),
        offered=frozenset(task.clauses),
        actions=frozenset(enforced | others) or frozenset({NO_ACTION}),
        language=task.language,
        queue=task.queue,
        severity=int(severity),
        words=words,
        reserved=frozenset(one for one in reserved if one is not None),
    )
