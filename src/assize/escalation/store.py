"""Rows of escalation in and out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assize.escalation.models import (
    Contact,
    Containment,
    ContainmentState,
    Escalation,
    EscalationState,
    Page,
    PageState,
    Stamps,
)
from assize.kernel.ids import CaseId, EnforcementId, EscalationId, PageId, ReviewerId
from assize.platform.db import Row, Tx
from assize.platform.sql import queries
from assize.policy.models import Severity

SQL = queries("assize.escalation")


@dataclass(frozen=True, kw_only=True)
class Unanswered:
    """An open escalation on which the next contact must be paged. paged: how many pages it had."""

    escalation: Escalation
    paged: int
    last_page: PageId | None


def add_contact(tx: Tx, contact: Contact, *, at: datetime) -> None:
    """Put somebody on call."""
    values = {
        "id": contact.id,
        "line": contact.order,
        "name": contact.name,
        "webhook_url": contact.webhook_url,
        "sealed_secret": contact.sealed_secret,
        "email": contact.email,
        "reviewer_id": contact.reviewer_id,
        "at": at,
    }
    tx.run(SQL["add_contact"], values)


def remove_contact(tx: Tx, contact_id: str, *, at: datetime) -> bool:
    """Take somebody off call. Return False where they were not on it."""
    return tx.row(SQL["remove_contact"], {"id": contact_id, "at": at}) is not None


def contacts(tx: Tx) -> list[Contact]:
    """Return who is on call, in line."""
    return [_contact(row) for row in tx.rows(SQL["contacts"])]


def with_secret(tx: Tx) -> list[Contact]:
    """Return everybody who has a secret, also who was taken off call, locked."""
    return [_contact(row) for row in tx.rows(SQL["contacts_with_secret"])]


def keep_secret(tx: Tx, contact_id: str, sealed: str) -> None:
    """Keep a contact's secret as it was sealed anew."""
    tx.run(SQL["keep_secret"], {"id": contact_id, "sealed": sealed})


def contact(tx: Tx, contact_id: str) -> Contact | None:
    """Return one contact."""
    found = tx.row(SQL["contact_by_id"], {"id": contact_id})
    return _contact(found) if found else None


def add_escalation(tx: Tx, escalation: Escalation) -> bool:
    """Escalate a case. Return False where it is escalated already."""
    values = {
        "id": escalation.id,
        "case_id": escalation.case_id,
        "owner": escalation.owner,
        "due_at": escalation.due_at,
        "reason": escalation.reason,
        "severity": int(escalation.severity),
        "category": escalation.category,
        "restricted": escalation.restricted,
        "raised_by": escalation.raised_by,
        "raised_at": escalation.raised_at,
    }
    return tx.row(SQL["add_escalation"], values) is not None


def unresolved_of(tx: Tx, case_id: CaseId) -> Escalation | None:
    """Return the unresolved escalation of a case, locked."""
    found = tx.row(SQL["unresolved_of_case"], {"case_id": case_id})
    return _escalation(found) if found else None


def escalation(tx: Tx, escalation_id: str) -> Escalation | None:
    """Return one escalation, locked."""
    found = tx.row(SQL["escalation_by_id"], {"id": escalation_id})
    return _escalation(found) if found else None


def own(tx: Tx, escalation_id: EscalationId, *, owner: str, due_at: datetime, reason: str) -> None:
    """Give an escalation its owner and due time."""
    tx.run(SQL["own_escalation"], {"id": escalation_id, "owner": owner, "due_at": due_at, "reason": reason})


def acknowledge(tx: Tx, escalation_id: EscalationId, *, by: str, at: datetime) -> Escalation | None:
    """Keep that somebody answered. Return None where somebody had before."""
    found = tx.row(SQL["acknowledge_escalation"], {"id": escalation_id, "by": by, "at": at})
    return _escalation(found) if found else None


def resolve(tx: Tx, escalation_id: str, *, outcome: str, at: datetime) -> Escalation | None:
    """Keep that it is done. Return None where it was not acknowledged, or was resolved."""
    found = tx.row(SQL["resolve_escalation"], {"id": escalation_id, "outcome": outcome, "at": at})
    return _escalation(found) if found else None


def escalations(tx: Tx, *, state: EscalationState | None, case_id: str | None, limit: int) -> list[Escalation]:
    """Return escalations, unresolved and gravest first."""
    asked = {"state": state, "case_id": case_id, "limit": limit}
    return [_escalation(row) for row in tx.rows(SQL["escalations"], asked)]


def to_page(tx: Tx, *, at: datetime, limit: int) -> list[Unanswered]:
    """Return open escalations on which the next contact must be paged, locked."""
    return [
        Unanswered(
            escalation=_escalation(row),
            paged=row["paged"],
            last_page=PageId(row["last_page"]) if row["last_page"] else None,
        )
        for row in tx.rows(SQL["to_page"], {"at": at, "limit": limit})
    ]


def mark_restricted(tx: Tx, escalation_id: EscalationId, *, restricted: bool) -> None:
    """Keep whether the case is under need-to-know."""
    tx.run(SQL["mark_restricted"], {"id": escalation_id, "restricted": restricted})


def tell_nobody_on_call(tx: Tx, escalation_id: EscalationId) -> bool:
    """Keep that there was nobody to page. Return False where that was told before."""
    return tx.row(SQL["tell_nobody_on_call"], {"id": escalation_id}) is not None


def add_page(tx: Tx, page: Page) -> bool:
    """Queue a page. Return False where another worker did."""
    values = {
        "id": page.id,
        "escalation_id": page.escalation_id,
        "case_id": page.case_id,
        "contact_id": page.contact_id,
        "contact_name": page.contact_name,
        "number": page.number,
        "at": page.queued_at,
    }
    return tx.row(SQL["add_page"], values) is not None


def pass_on(tx: Tx, page_id: PageId) -> None:
    """Keep that nobody answered a page in time."""
    tx.run(SQL["pass_on_page"], {"id": page_id})


def claim_page(tx: Tx, *, at: datetime, until: datetime, link_hash: bytes) -> Page | None:
    """Lease one queued page, and let a new link answer it."""
    found = tx.row(SQL["claim_page"], {"at": at, "until": until, "link_hash": link_hash})
    return _page(found) if found else None


def settle_page(
    tx: Tx,
    page_id: PageId,
    *,
    state: PageState,
    channels: Sequence[str],
    problem: str | None,
    passes_on_at: datetime,
    at: datetime,
) -> bool:
    """Keep how a page went out. Return False where somebody answered meanwhile."""
    values = {
        "id": page_id,
        "state": state,
        "channels": list(channels),
        "problem": problem,
        "passes_on_at": passes_on_at,
        "at": at,
    }
    return tx.row(SQL["settle_page"], values) is not None


def page(tx: Tx, page_id: str) -> tuple[Page, tuple[bytes, ...]] | None:
    """Return one page, locked, with the hashes of the links that may answer it."""
    found = tx.row(SQL["page_by_id"], {"id": page_id})
    return (_page(found), tuple(bytes(one) for one in found["link_hashes"])) if found else None


def pages(tx: Tx, *, escalation_id: str | None, limit: int) -> list[Page]:
    """Return pages, newest first."""
    return [_page(row) for row in tx.rows(SQL["pages"], {"escalation_id": escalation_id, "limit": limit})]


def end_pages(tx: Tx, escalation_id: EscalationId, *, answered: PageId | None) -> None:
    """End all pages of an escalation that was answered."""
    tx.run(SQL["end_pages"], {"escalation_id": escalation_id, "page_id": answered})


def begin_stamps(tx: Tx, case_id: CaseId, *, first_seen_at: datetime) -> None:
    """Keep when a case was first seen."""
    tx.run(SQL["begin_stamps"], {"case_id": case_id, "first_seen_at": first_seen_at})


def stamp_aware(tx: Tx, case_id: CaseId, *, at: datetime) -> bool:
    """Stamp when somebody became aware. Return False where it was stamped."""
    return tx.row(SQL["stamp_aware"], {"case_id": case_id, "at": at}) is not None


def stamp_belief(tx: Tx, case_id: CaseId, *, at: datetime) -> bool:
    """Stamp when there was reasonable belief. Return False where it was stamped."""
    return tx.row(SQL["stamp_belief"], {"case_id": case_id, "at": at}) is not None


def stamps(tx: Tx, case_id: CaseId) -> Stamps | None:
    """Return the moments of a case."""
    found = tx.row(SQL["stamps_of"], {"case_id": case_id})
    if found is None:
        return None
    return Stamps(
        case_id=CaseId(found["case_id"]),
        first_seen_at=found["first_seen_at"],
        aware_at=found["aware_at"],
        reasonable_belief_at=found["reasonable_belief_at"],
    )


def add_containment(tx: Tx, containment: Containment) -> None:
    """Keep that one person acted alone."""
    values = {
        "id": containment.id,
        "case_id": containment.case_id,
        "contained_by": containment.contained_by,
        "reason": containment.reason,
        "contained_at": containment.contained_at,
        "approval_due_at": containment.approval_due_at,
    }
    tx.run(SQL["add_containment"], values)


def containment(tx: Tx, containment_id: str) -> Containment | None:
    """Return one containment, locked."""
    found = tx.row(SQL["containment_by_id"], {"id": containment_id})
    return _containment(found) if found else None


def move_containment(
    tx: Tx, containment_id: EnforcementId, state: ContainmentState, *, seconded_by: str | None = None
) -> bool:
    """Say what became of a containment. Return False where it was not open."""
    values = {"id": containment_id, "state": state, "seconded_by": seconded_by}
    return tx.row(SQL["move_containment"], values) is not None


def containments_due(tx: Tx, *, at: datetime, limit: int) -> list[Containment]:
    """Return containments whose hour is over, locked."""
    return [_containment(row) for row in tx.rows(SQL["containments_due"], {"at": at, "limit": limit})]


def containments(tx: Tx, *, state: ContainmentState | None, limit: int) -> list[Containment]:
    """Return containments, those that wait first."""
    return [_containment(row) for row in tx.rows(SQL["containments"], {"state": state, "limit": limit})]


def counts(tx: Tx, *, at: datetime) -> dict[str, int]:
    """Return how much is open."""
    return dict(tx.one(SQL["count_escalations"], {"at": at}))


def _contact(row: Row) -> Contact:
    return Contact(
        id=row["id"],
        order=row["line"],
        name=row["name"],
        webhook_url=row["webhook_url"],
        sealed_secret=row["sealed_secret"],
        email=row["email"],
        reviewer_id=ReviewerId(row["reviewer_id"]) if row["reviewer_id"] else None,
    )


def _escalation(row: Row) -> Escalation:
    return Escalation(
        id=EscalationId(row["id"]),
        case_id=CaseId(row["case_id"]),
        state=EscalationState(row["state"]),
        owner=row["owner"],
        due_at=row["due_at"],
        reason=row["reason"],
        severity=Severity(row["severity"]),
        category=row["category"],
        restricted=row["restricted"],
        raised_by=row["raised_by"],
        raised_at=row["raised_at"],
        acknowledged_by=row["acknowledged_by"],
        acknowledged_at=row["acknowledged_at"],
        resolved_at=row["resolved_at"],
        outcome=row["outcome"],
    )


def _page(row: Row) -> Page:
    return Page(
        id=PageId(row["id"]),
        escalation_id=EscalationId(row["escalation_id"]),
        case_id=CaseId(row["case_id"]),
        contact_id=row["contact_id"],
        contact_name=row["contact_name"],
        number=row["number"],
        state=PageState(row["state"]),
        queued_at=row["queued_at"],
        sent_at=row["sent_at"],
        passes_on_at=row["passes_on_at"],
        channels=tuple(row["channels"]),
        problem=row["problem"],
    )


def _containment(row: Row) -> Containment:
    return Containment(
        id=EnforcementId(row["id"]),
        case_id=CaseId(row["case_id"]),
        contained_by=row["contained_by"],
        reason=row["reason"],
        state=ContainmentState(row["state"]),
        contained_at=row["contained_at"],
        approval_due_at=row["approval_due_at"],
        seconded_by=row["seconded_by"],
    )
