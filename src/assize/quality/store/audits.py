"""Audits as they are kept."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from assize.kernel.ids import AuditId
from assize.platform.db import Row, Tx
from assize.platform.sql import queries
from assize.policy.models import Severity
from assize.quality.models import Audit, AuditState, LooksAt

SQL = queries("assize.quality")
_AS_IT_IS = (
    "id", "decision_id", "case_id", "subject_id", "dossier_id", "policy_version_id", "decider_id", "queue", "language",
    "exposure", "blind", "why_not_blind", "repeats", "repeat_days", "assigned_to", "not_before", "due_at", "offered_at", "restriction",
    "region", "test",
)  # fmt: skip
_LATER = ("auditor_id", "claimed_at", "lease_until", "opened_at", "committed_at", "revealed_at")


def insert(tx: Tx, audit: Audit, *, keys: Sequence[str]) -> bool:
    """Ask for an audit; return False where it is asked for already. keys: its clauses and their families."""
    values = {name: getattr(audit, name) for name in _AS_IT_IS} | {
        "severity": int(audit.severity),
        "clauses": list(audit.clauses),
        "clause_keys": list(keys),
        "looks_at": audit.looks_at.value,
    }
    return tx.row(SQL["insert_audit"], values) is not None


def by_ids(tx: Tx, ids: Sequence[AuditId]) -> list[Audit]:
    """Return audits, the oldest first."""
    return [audit_of(row) for row in tx.rows(SQL["audits_by_id"], {"ids": list(ids)})]


def lock(tx: Tx, audit_id: AuditId) -> Audit | None:
    """Return an audit that nobody else changes until the end of the transaction, or None."""
    row = tx.row(SQL["lock_audit"], {"id": audit_id})
    return None if row is None else audit_of(row)


def audit_of(row: Row) -> Audit:
    """Return an audit from its row."""
    return Audit(
        severity=Severity(row["severity"]),
        clauses=tuple(row["clauses"]),
        looks_at=LooksAt(row["looks_at"]),
        state=AuditState(row["state"]),
        **{name: row[name] for name in (*_AS_IT_IS, *_LATER)},
    )


@dataclass(frozen=True, kw_only=True)
class Taker:
    """Somebody who takes audits. exposure: the hardest class they may be given now. None: no limit."""

    me: str
    exposure: int
    languages: list[str] | None
    clauses: list[str] | None
    at: datetime
    until: datetime

    @property
    def params(self) -> dict[str, object]:
        """Return it as the statements name it."""
        return asdict(self)


def take(tx: Tx, taker: Taker, *, audit_id: AuditId | None) -> Audit | None:
    """Take the next audit that somebody may judge, or one by name; None where there is none for them."""
    return _maybe(tx.row(SQL["take_audit"], taker.params | {"id": audit_id}))


def take_knowing(tx: Tx, taker: Taker, *, audit_id: AuditId, why: str) -> Audit | None:
    """Take one audit by name although somebody knows the case: it isn't blind then."""
    return _maybe(tx.row(SQL["take_audit_knowing"], taker.params | {"id": audit_id, "why": why}))


def knew(tx: Tx, audit: Audit, *, reviewer: str, before: datetime) -> str | None:
    """Return how somebody knew a case before: `decided`, `opened`, `story`, `audited`; None for not at all."""
    wanted = {"me": reviewer, "case_id": audit.case_id, "before": before, "audit_id": audit.id}
    found = tx.value(SQL["knew"], wanted)
    return None if found is None else str(found)


def in_hand(tx: Tx, reviewer: str) -> list[Audit]:
    """Return what somebody has in hand."""
    return [audit_of(row) for row in tx.rows(SQL["audits_in_hand"], {"me": reviewer})]


def had_in_hand(tx: Tx, audit_id: AuditId, *, reviewer: str) -> bool:
    """Whether somebody took an audit before."""
    return bool(tx.value(SQL["had_audit_in_hand"], {"id": audit_id, "me": reviewer}))


def of_auditor(tx: Tx, reviewer: str, *, limit: int) -> list[Audit]:
    """Return what somebody committed, the latest first."""
    return [audit_of(row) for row in tx.rows(SQL["audits_of_auditor"], {"me": reviewer, "limit": limit})]


def waiting(tx: Tx, *, reviewer: str, at: datetime, limit: int) -> list[Audit]:
    """Return open audits of decisions that somebody did not make, the next due first."""
    return [audit_of(row) for row in tx.rows(SQL["audits_waiting"], {"me": reviewer, "at": at, "limit": limit})]


def counted(tx: Tx, *, reviewer: str, at: datetime, since: datetime) -> dict[str, int]:
    """Return how many wait, are overdue, are in hand and were committed since."""
    return dict(tx.one(SQL["audits_counted"], {"me": reviewer, "at": at, "since": since}))


def page(
    tx: Tx,
    *,
    reviewer: str,
    everything: bool,
    team: str | None,
    states: Sequence[AuditState] | None,
    before: str | None,
    limit: int,
) -> list[Audit]:
    """Return audits of decisions that somebody did not make, the latest first.

    everything: also those that neither they did nor are about decisions of the team.
    """
    wanted = {
        "me": reviewer,
        "all": everything,
        "team": team,
        "states": None if states is None else [one.value for one in states],
        "before": before,
        "limit": limit,
    }
    return [audit_of(row) for row in tx.rows(SQL["audits_page"], wanted)]


def give_back(tx: Tx, audit_id: AuditId) -> None:
    """Put an audit back."""
    tx.row(SQL["return_audit"], {"id": audit_id})


def end_leases(tx: Tx, *, at: datetime, limit: int) -> list[Audit]:
    """Put audits back whose time in somebody's hands is over."""
    return [audit_of(row) for row in tx.rows(SQL["end_audit_leases"], {"at": at, "limit": limit})]


def opened(tx: Tx, audit_id: AuditId, *, at: datetime, until: datetime) -> None:
    """Keep that the content was opened; it stays in hand for as long again."""
    tx.run(SQL["note_opened"], {"id": audit_id, "at": at, "until": until})


def commit(tx: Tx, audit_id: AuditId, *, why_not_blind: str | None, at: datetime) -> Audit:
    """Keep that a label was committed, and what kept it from being blind."""
    return audit_of(tx.one(SQL["commit_audit"], {"id": audit_id, "why": why_not_blind, "at": at}))


def reveal(tx: Tx, audit_id: AuditId, *, at: datetime) -> Audit | None:
    """Keep that the decision was shown; None where it was before."""
    return _maybe(tx.row(SQL["reveal_audit"], {"id": audit_id, "at": at}))


def withdraw(tx: Tx, audit_id: AuditId, *, why: str) -> Audit | None:
    """End an audit that nobody committed; None where somebody did."""
    return _maybe(tx.row(SQL["withdraw_audit"], {"id": audit_id, "why": why}))


def escalated(tx: Tx, audit: Audit, *, decided_at: datetime) -> bool:
    """Whether the case was escalated by the time the decision was a day old."""
    return bool(tx.value(SQL["escalated_in_time"], {"case_id": audit.case_id, "decided_at": decided_at}))


def _maybe(row: Row | None) -> Audit | None:
    return None if row is None else audit_of(row)
