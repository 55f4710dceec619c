"""Whether a pack may be published."""

from collections.abc import Iterable
from pathlib import Path

from assize.policy.errors import PackBroken
from assize.policy.logic import consistency, example_problems
from assize.policy.models import Pack, Problem
from assize.policy.ports import PackCheck, attached_checks
from assize.policy.service.loading import read


def check(pack: Pack, extra_checks: Iterable[PackCheck] = ()) -> list[Problem]:
    """Return everything wrong with a pack: how its parts fit, its examples, and what higher slices attached."""
    found = [*consistency(pack), *example_problems(pack)]
    for one in (*attached_checks(), *extra_checks):
        found += one(pack)
    return found


def check_files(pack: str | Path) -> tuple[Pack | None, list[Problem]]:
    """Return a pack by name or folder, and everything wrong with it. Needs no database. Raises PackNotFound."""
    found, problems = read(pack)
    return found, [*problems, *(check(found) if found is not None else ())]


def must_hold(pack: Pack) -> None:
    """Raise PackBroken, with every problem in `places`, where a pack may not be published."""
    wrong = [one for one in check(pack) if not one.warning]
    if wrong:
        places = [{"pointer": str(one.place), "detail": one.message} for one in wrong]
        raise PackBroken(pack=pack.name, count=len(wrong), first=str(wrong[0]), places=places)
