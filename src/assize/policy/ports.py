"""Where checks of higher slices attach: policy keeps their part of a pack, and lets them say what is wrong with it."""

from collections.abc import Iterable
from typing import Protocol

from assize.policy.models import Pack, Problem


class PackCheck(Protocol):
    """Looks at what it understands of a pack (`rules compile`, `actions have plug-ins`) and tells every problem.

    `pack.problem("rule:some-id", "message")` names the place.
    """

    def __call__(self, pack: Pack) -> Iterable[Problem]:
        """Return what is wrong; nothing where all is well."""
        ...


_checks: dict[str, PackCheck] = {}


def attach_check(name: str, check: PackCheck) -> None:
    """Let a check take part whenever a pack is checked or published. The same name again replaces the earlier one."""
    _checks[name] = check


def attached_checks() -> tuple[PackCheck, ...]:
    """Return the checks in order of their names."""
    return tuple(check for _, check in sorted(_checks.items()))
