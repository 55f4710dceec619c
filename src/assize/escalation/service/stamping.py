"""The moments from which duties may run: each stamped once, by what happened or by a person, and never changed."""

from datetime import datetime

from assize.escalation import store
from assize.escalation.errors import StampedBefore
from assize.escalation.facts import MomentStamped
from assize.escalation.models import Moment, Stamps
from assize.kernel.ids import CaseId
from assize.platform.db import Tx
from assize.triage import service as triage
from assize.workforce import service as workforce
from assize.workforce.errors import NoSuchReviewer
from assize.workforce.models import ReviewerKind, Right
from assize.workforce.service import require


def noticed(tx: Tx, *, case_id: CaseId, at: datetime) -> None:
    """Stamp that somebody is aware of a case, the first time. Later times change nothing."""
    require(tx, Right.CASES_READ, about=case_id)
    begin(tx, case_id)
    if store.stamp_aware(tx, case_id, at=at):
        tx.record(MomentStamped(case_id=case_id, moment=Moment.AWARE, stamped_at=at), at=at)


def opened_by(tx: Tx, *, case_id: CaseId, actor_id: str, at: datetime) -> None:
    """Stamp awareness when a person opened the content; a machine that read it makes nobody aware."""
    try:
        kind = workforce.reviewer(tx, actor_id).kind
    except NoSuchReviewer:
        return
    if kind is ReviewerKind.PERSON:
        noticed(tx, case_id=case_id, at=at)


def believe(tx: Tx, *, case_id: CaseId, first: bool = True, at: datetime) -> None:
    """Stamp that there is reasonable belief, from now.

    first: a person who stamps by hand is told where it was stamped before (StampedBefore); a handler is not.
    """
    require(tx, Right.ESCALATE, about=case_id)
    begin(tx, case_id)
    if store.stamp_belief(tx, case_id, at=at):
        tx.record(MomentStamped(case_id=case_id, moment=Moment.REASONABLE_BELIEF, stamped_at=at), at=at)
    elif first:
        raise StampedBefore


def stamps(tx: Tx, *, case_id: CaseId) -> Stamps | None:
    """Return the moments of a case; None where nothing was stamped yet. Raises NoSuchCase."""
    triage.case(tx, case_id)
    return store.stamps(tx, case_id)


def begin(tx: Tx, case_id: CaseId) -> None:
    """Keep when a case was first seen. A step of the others."""
    store.begin_stamps(tx, case_id, first_seen_at=triage.case(tx, case_id).first_seen_at)
