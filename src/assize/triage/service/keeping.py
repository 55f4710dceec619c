"""What is kept beside cases: counters, and how copies of events are forgotten."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from assize.intake.ports import register_derivative
from assize.kernel.ids import EventId, SubjectId
from assize.platform.db import Tx
from assize.triage.logic.actor import WINDOW
from assize.triage.models import Parked
from assize.triage.store import counting, features
from assize.workforce.models import Right
from assize.workforce.service import require

NEAR_KEPT = timedelta(hours=26)  # the window of near-duplicates and one bucket more


class TriageCopies:
    """What triage copied from events: feature records, marked places, what rules saw, traces."""

    name = "triage"

    def erase(self, tx: Any, event_ids: Sequence[EventId], at: datetime) -> int:
        """Remove every copy of these events' content. That a rule was true, and that a case was there, stays."""
        del at
        return features.erase(tx, event_ids)


register_derivative(TriageCopies())


def bump(tx: Tx, *, subject_id: SubjectId, counter: str, at: datetime, by: int = 1) -> None:
    """Count something for a subject, such as `strikes`: a step of higher slices, which checked the right."""
    counting.add(tx, {(subject_id, counter): by}, at=at)


def forget(tx: Tx, *, at: datetime) -> int:
    """Remove counters, traces and bands older than any window; return how many rows. Called by the worker's sweep."""
    require(tx, Right.SETTINGS_MANAGE)
    return counting.forget(tx, before=at - WINDOW - timedelta(days=1), near_before=at - NEAR_KEPT)


def parked(tx: Tx, *, limit: int = 100) -> list[Parked]:
    """Return the events that could not be scored, the latest first."""
    require(tx, Right.RULES_READ)
    return features.parked(tx, limit=limit)
