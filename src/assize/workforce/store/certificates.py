"""Certificates and their steps as rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from assize.kernel.ids import CertificateId, ReviewerId, new_id
from assize.platform.db import Row, Tx
from assize.platform.sql import queries
from assize.workforce.models import (
    Basis,
    Bound,
    Build,
    Certificate,
    CertificateScope,
    CertificateState,
    CertificateStep,
)

SQL = queries("assize.workforce")
_TIMES = ("since", "opened_at", "evidence_since", "expires_at")


def insert(tx: Tx, one: Certificate) -> None:
    """Open a certificate."""
    tx.run(SQL["insert_certificate"], _row(one))


def save(tx: Tx, one: Certificate) -> None:
    """Write what changed of a certificate."""
    tx.run(SQL["save_certificate"], _row(one))


def found(
    tx: Tx,
    *,
    ids: Sequence[str] | None = None,
    reviewer_id: str | None = None,
    states: Sequence[CertificateState] | None = None,
    machines: bool | None = None,
    limit: int = 1_000,
) -> list[Certificate]:
    """Return certificates, the latest step first."""
    asked = {
        "ids": None if ids is None else list(ids),
        "reviewer_id": reviewer_id,
        "states": None if states is None else [one.value for one in states],
        "machines": machines,
        "limit": limit,
    }
    return [from_row(row) for row in tx.rows(SQL["certificates"], asked)]


def lock(tx: Tx, certificate_id: str) -> Certificate | None:
    """Return a certificate that nobody else changes until the end of the transaction."""
    row = tx.row(SQL["lock_certificate"], {"id": certificate_id})
    return None if row is None else from_row(row)


def expired(tx: Tx, *, at: datetime, limit: int) -> list[Certificate]:
    """Return certificates whose time is over and that nobody has suspended, locked."""
    return [from_row(row) for row in tx.rows(SQL["certificates_expired"], {"at": at, "limit": limit})]


def next_trial(tx: Tx) -> int:
    """Return which application against the budget of error the next one is."""
    return int(tx.value(SQL["next_trial"]))


def step(tx: Tx, one: Certificate, *, before: CertificateState | None, note: str, by: str, at: datetime) -> None:
    """Keep the step that brought a certificate to where it is."""
    values = {
        "id": new_id("step"),
        "certificate_id": one.id,
        "before": None if before is None else before.value,
        "after": one.state.value,
        "why": one.why,
        "note": note,
        "by": by,
        "at": at,
    }
    tx.run(SQL["insert_certificate_step"], values)


def steps(tx: Tx, certificate_id: str) -> list[CertificateStep]:
    """Return the steps in the life of a certificate, in order."""
    return [_step(row) for row in tx.rows(SQL["certificate_steps"], {"certificate_id": certificate_id})]


def notices(tx: Tx, reviewer_id: str) -> list[CertificateStep]:
    """Return the steps of somebody's certificates that they have not read, the latest first."""
    return [_step(row) for row in tx.rows(SQL["certificate_notices"], {"reviewer_id": reviewer_id})]


def read(tx: Tx, step_id: str, *, reviewer_id: str, at: datetime) -> int:
    """Somebody read the notice of a step of theirs; 0 where there is none, or they had."""
    return tx.run(SQL["read_certificate_step"], {"step_id": step_id, "reviewer_id": reviewer_id, "at": at})


def set_build(tx: Tx, reviewer_id: str, build: Build) -> int:
    """Keep what a machine says it is made of; 0 where there is no such machine."""
    return tx.run(SQL["set_build"], {"id": reviewer_id, "build": Jsonb(vars(build))})


def build_from(row: Mapping[str, str] | None) -> Build | None:
    """Return a build from JSON."""
    return None if row is None else Build(model=row["model"], prompt=row["prompt"])


def from_row(row: Row | dict[str, Any]) -> Certificate:
    """Return a certificate from a row, or from the same row as JSON."""
    times = {name: _time(row[name]) for name in _TIMES}
    bound = None
    if row["alpha"] is not None:
        names = ("alpha", "delta", "audit_rate", "trial", "errors", "audits", "log_evidence")
        bound = Bound(**{name: row[name] for name in names})
    return Certificate(
        id=CertificateId(row["id"]),
        reviewer_id=ReviewerId(row["reviewer_id"]),
        basis=Basis(row["basis"]),
        scope=CertificateScope(
            family=row["family"],
            action=row["action"],
            languages=None if row["languages"] is None else frozenset(row["languages"]),
            queues=None if row["queues"] is None else frozenset(row["queues"]),
            gravest=row["gravest"],
        ),
        state=CertificateState(row["state"]),
        why=row["why"],
        opened_by=row["opened_by"],
        approver=row["approver"],
        policy_version_id=row["policy_version_id"],
        build=build_from(row["build"]),
        words=row["words"],
        bound=bound,
        **times,
    )


def _row(one: Certificate) -> dict[str, Any]:
    scope, bound = one.scope, one.bound
    return {
        "id": one.id,
        "reviewer_id": one.reviewer_id,
        "basis": one.basis.value,
        "family": scope.family,
        "action": scope.action,
        "languages": None if scope.languages is None else sorted(scope.languages),
        "queues": None if scope.queues is None else sorted(scope.queues),
        "gravest": scope.gravest,
        "state": one.state.value,
        "since": one.since,
        "why": one.why,
        "opened_by": one.opened_by,
        "opened_at": one.opened_at,
        "evidence_since": one.evidence_since,
        "approver": one.approver,
        "expires_at": one.expires_at,
        "policy_version_id": one.policy_version_id,
        "build": None if one.build is None else Jsonb(vars(one.build)),
        "words": Jsonb(dict(one.words)),
        "alpha": None if bound is None else bound.alpha,
        "delta": None if bound is None else bound.delta,
        "audit_rate": None if bound is None else bound.audit_rate,
        "trial": None if bound is None else bound.trial,
        "errors": None if bound is None else bound.errors,
        "audits": None if bound is None else bound.audits,
        "log_evidence": None if bound is None else bound.log_evidence,
    }


def _step(row: Row) -> CertificateStep:
    return CertificateStep(
        id=row["id"],
        certificate_id=CertificateId(row["certificate_id"]),
        before=None if row["before"] is None else CertificateState(row["before"]),
        after=CertificateState(row["after"]),
        why=row["why"],
        note=row["note"],
        by=row["by"],
        at=row["at"],
    )


def _time(value: Any) -> Any:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
