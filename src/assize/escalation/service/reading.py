"""What is escalated, for whoever may read it."""

from dataclasses import replace

from assize.escalation import store
from assize.escalation.errors import NoSuchEscalation
from assize.escalation.models import Containment, ContainmentState, Escalation, EscalationState, Page
from assize.kernel import clock
from assize.platform.db import Tx
from assize.workforce.models import Principal, Right, SearchScope
from assize.workforce.service import require

MOST = 200
MASKED = "•••"


def escalation(tx: Tx, *, escalation_id: str) -> Escalation:
    """Return one escalation. Raises NoSuchEscalation."""
    reader = require(tx, Right.ESCALATE, about=escalation_id)
    found = store.escalation(tx, escalation_id)
    if found is None:
        raise NoSuchEscalation(escalation_id=escalation_id)
    return _shown(found, reader)


def escalations(
    tx: Tx, *, state: EscalationState | None = None, case_id: str | None = None, limit: int = 50
) -> list[Escalation]:
    """Return escalations, unresolved and gravest first; of a narrow search scope, those that one raised or owns."""
    reader = require(tx, Right.ESCALATE, about=case_id)
    found = store.escalations(tx, state=state, case_id=case_id, limit=_page(limit))
    return [_shown(one, reader) for one in found if _reaches(reader, one.raised_by, one.owner, one.acknowledged_by)]


def pages(tx: Tx, *, escalation_id: str | None = None, limit: int = 50) -> list[Page]:
    """Return pages, newest first; of a narrow search scope, those of one escalation only. Raises NoSuchEscalation."""
    reader = require(tx, Right.ESCALATE, about=escalation_id)
    if escalation_id is not None:
        escalation(tx, escalation_id=escalation_id)
    elif not _reaches(reader):
        return []
    return store.pages(tx, escalation_id=escalation_id, limit=_page(limit))


def containments(tx: Tx, *, state: ContainmentState | None = None, limit: int = 50) -> list[Containment]:
    """Return acts of one person, those that wait for a second first; of a narrow search scope, one's own."""
    reader = require(tx, Right.ESCALATE)
    found = store.containments(tx, state=state, limit=_page(limit))
    masked = "text" in reader.view.masked_fields
    return [
        replace(one, reason=MASKED) if masked else one
        for one in found
        if _reaches(reader, one.contained_by, one.seconded_by)
    ]


def levels(tx: Tx) -> dict[str, float]:
    """Return what is open, for the measures: of all cases, since an open page must be seen to be open."""
    return {name: float(value) for name, value in store.counts(tx, at=clock.now()).items()}


def _shown(one: Escalation, reader: Principal) -> Escalation:
    # What people typed may quote the content.
    if "text" not in reader.view.masked_fields:
        return one
    return replace(one, reason=MASKED, outcome=MASKED if one.outcome else None)


def _reaches(reader: Principal, *concerned: str | None) -> bool:
    return reader.view.search_scope is SearchScope.ALL or reader.id in concerned


def _page(limit: int) -> int:
    return max(1, min(limit, MOST))
