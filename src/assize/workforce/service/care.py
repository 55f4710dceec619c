"""What people set for themselves: how hard content is shown, breaks, categories set aside.

No facts, and nobody else's to see: a break or a category set aside must cost nothing and leave no trace in public.
"""

from datetime import datetime, timedelta

from assize.kernel.ids import ClauseId
from assize.platform.db import Tx
from assize.workforce import store
from assize.workforce.errors import BadRespite, NoSuchReviewer
from assize.workforce.logic import hour_of
from assize.workforce.models import Look, Principal

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(hours=16)  # a long shift: what lasts longer is for skills


def set_look(tx: Tx, *, look: Look) -> None:
    """Keep how the actor wants pages and content shown. Raises NoSuchReviewer for a key that is nobody's."""
    if not store.set_look(tx, reviewer_id=tx.actor.id, look=look):
        raise NoSuchReviewer


def set_aside_until(tx: Tx, *, family: ClauseId, until: datetime | None, at: datetime) -> None:
    """Don't give the actor tasks of this family until then; BREAK for none at all. until: None takes it back.

    Raises BadRespite, NoSuchReviewer.
    """
    if until is not None and not SHORTEST <= until - at <= LONGEST:
        raise BadRespite(field="until", hours=int(LONGEST.total_seconds() // 3600))
    kept = {one: end for one, end in _respites(tx).items() if end > at and one != family}
    if until is not None:
        kept[family] = until
    if not store.set_respites(tx, reviewer_id=tx.actor.id, respites=kept):
        raise NoSuchReviewer


def charge(tx: Tx, *, points: int, span: timedelta, at: datetime) -> None:
    """Keep that the actor opened hard content, with what they opened in this span before. A step: no fact, nobody is told.

    Read with every sign-in, so that handing out work asks nothing more of whoever is far below their budget.
    """
    if points:
        store.charge(tx, reviewer_id=tx.actor.id, hour=hour_of(at), points=points, since=hour_of(at - span))


def _respites(tx: Tx) -> dict[ClauseId, datetime]:
    return dict(tx.actor.respites) if isinstance(tx.actor, Principal) else {}
