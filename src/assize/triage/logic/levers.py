"""What triage does otherwise while surge levers are pulled."""

from collections.abc import Iterable
from datetime import datetime

from assize.policy.models import ResponseMode, Severity
from assize.triage.models import Levers
from assize.workforce.models import Pull

RELAXED = 2  # times as long; more would hide that the queue is lost
REGROUPED = 0  # the first of a cluster already leaves its mark, so that the second finds it


def levers_pulled_of(pulls: Iterable[Pull]) -> Levers:
    """Return what levers in force ask of triage."""
    known = list(pulls)
    return Levers(
        frozen=frozenset(one.reach for one in known if one.lever == "freeze-rule"),
        cluster_from=REGROUPED if any(one.lever == "regroup" for one in known) else None,
        relaxed=frozenset(one.reach for one in known if one.lever == "relax-targets"),
    )


def due_in_surge(
    due: datetime, levers: Levers, *, queue: str, mode: ResponseMode, severity: Severity, opened_at: datetime
) -> datetime:
    """Return when a new case is due: later only where it is routine, SEV2 or lighter, and its queue's target is relaxed."""
    if queue not in levers.relaxed or mode is not ResponseMode.ROUTINE or severity < Severity.SEV2:
        return due
    return opened_at + RELAXED * (due - opened_at)
