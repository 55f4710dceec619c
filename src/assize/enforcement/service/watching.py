"""What comes back by itself: watches, by date or by what happens; requests and notices, when their time is over."""

from dataclasses import dataclass
from datetime import datetime

from assize.enforcement.facts import WatchDue
from assize.enforcement.logic import watch_is_due
from assize.enforcement.models.instead import Watch, WatchTrigger
from assize.enforcement.service import appealing, interim, knowing, noticing
from assize.enforcement.store import instead
from assize.kernel.ids import CaseId, SubjectId
from assize.platform.db import Database, Tx
from assize.triage import service as triage
from assize.workforce.models import SYSTEM, Right
from assize.workforce.service import require


@dataclass(frozen=True, kw_only=True)
class CameBack:
    """What one round brought back."""

    watches: int = 0
    notices: int = 0
    appeals: int = 0
    requests: int = 0

    @property
    def any(self) -> int:
        """How much came back in all."""
        return self.watches + self.notices + self.appeals + self.requests


def sweep(database: Database, *, limit: int, at: datetime) -> CameBack:
    """Bring back what is due.

    That is: watches, requests that nobody answered, notices whose time to be held is over, appeals that were heard.
    """
    with database.transaction(SYSTEM) as tx:
        require(tx, Right.DECIDE)
        due = [one for one in instead.watches_to_check(tx, at=at, limit=limit) if _check(tx, one, at=at)]
        released = noticing.release(tx, limit=limit, at=at)
        overdue = interim.end_due(tx, limit=limit, at=at)
        concluded = appealing.conclude_due(tx, limit=limit, at=at)
    return CameBack(watches=len(due), notices=released, appeals=concluded, requests=overdue)


def case_opened(tx: Tx, *, case_id: CaseId, subject_id: SubjectId, at: datetime) -> None:
    """Bring back the watches of a subject that a new case ends."""
    require(tx, Right.DECIDE, about=case_id)
    for watch in instead.watches_of(tx, subject_id, other_than=case_id):
        because = watch_is_due(watch, at=at, new_case=True)
        if because is not None:
            _bring_back(tx, watch, because=because, at=at)


def _check(tx: Tx, watch: Watch, *, at: datetime) -> bool:
    asks = WatchTrigger.NEW_EVENT in watch.triggers and watch.subject_id is not None
    new_event = asks and watch.subject_id is not None and knowing.seen_again(tx, watch.subject_id, since=watch.set_at)
    because = watch_is_due(watch, at=at, new_event=new_event)
    if because is None:
        return False
    return _bring_back(tx, watch, because=because, at=at)


def _bring_back(tx: Tx, watch: Watch, *, because: str, at: datetime) -> bool:
    if not instead.came_back(tx, watch.id, because=because, at=at):
        return False
    fact = WatchDue(watch_id=watch.id, case_id=watch.case_id, subject_id=watch.subject_id, because=because)
    tx.record(fact, at=at)
    triage.reopen(tx, case_id=watch.case_id, why=f"watch-due-{because}", at=at)
    return True
