"""What an appeal's hearing means for the enforcement."""

from collections.abc import Iterable
from typing import assert_never

from assize.enforcement.models import AppealState, Target


def outcome_of(
    *, violation: bool, enforced: Iterable[tuple[str, Target]], action_id: str, target: Target
) -> AppealState:
    """Return how an appeal ended, read from the independent decision of whoever heard it.

    violation: whether they found one. enforced: the actions and targets they would enforce.
    Finding no violation overturns; finding one, but not the same action on the same target, upholds in part.
    """
    if not violation:
        return AppealState.OVERTURNED
    return AppealState.UPHELD if (action_id, target) in set(enforced) else AppealState.PARTLY


def reverses_action(outcome: AppealState) -> bool:
    """Whether the action is undone."""
    match outcome:
        case AppealState.OVERTURNED | AppealState.PARTLY:
            return True
        case AppealState.UPHELD | AppealState.OPEN:
            return False
        case _:
            assert_never(outcome)


def reverses_strike(outcome: AppealState) -> bool:
    """Whether the strike is removed: only where no violation is left."""
    return outcome is AppealState.OVERTURNED
