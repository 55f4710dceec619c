"""Cases as rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any

import msgspec

from assize.kernel.ids import CaseId, ClauseId, EventId, QueueName, SubjectId
from assize.platform.db import Row, Tx
from assize.policy.models import ResponseMode, Severity
from assize.triage.models import (
    Case,
    CaseEvent,
    CaseFilter,
    CaseKind,
    CaseState,
    LikelyClause,
    Priority,
    QueueCount,
)
from assize.triage.store import SQL
from assize.workforce.models import Exposure


@dataclass(frozen=True, kw_only=True)
class StoredCase:
    """A case with what only scoring needs: families of its clauses, when it was decided, its conversation's subject."""

    case: Case
    families: tuple[str, ...]
    decided_at: datetime | None = None
    closed_at: datetime | None = None
    conversation_id: SubjectId | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Joining:
    """An event that joins a case."""

    case_id: CaseId
    event_id: EventId
    subject_id: SubjectId | None
    occurred_at: datetime


@dataclass(frozen=True, kw_only=True)
class Lowering:
    """A lower severity that one person proposed."""

    case_id: CaseId
    severity: Severity
    reason: str
    proposed_by: str
    proposed_at: datetime = field(compare=False)


def lock_keys(tx: Tx, keys: Sequence[str]) -> None:
    """Wait until no other batch decides about any of these keys; held until the end of the transaction."""
    locks = sorted({int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True) for key in keys})
    tx.run(SQL["lock_keys"], {"locks": locks})


def by_key(tx: Tx, keys: Sequence[str]) -> dict[str, StoredCase]:
    """Return the newest case of each key that leads to one."""
    return {row["key"]: _stored(row) for row in tx.rows(SQL["cases_by_key"], {"keys": list(keys)})}


def by_id(tx: Tx, case_id: CaseId) -> Case | None:
    """Return a case, or None where there is none that the actor may see."""
    row = tx.row(SQL["case_by_id"], {"id": case_id})
    return None if row is None else _stored(row).case


def by_ids(tx: Tx, case_ids: Sequence[str]) -> list[Case]:
    """Return those of these cases that the actor may see."""
    return [_stored(row).case for row in tx.rows(SQL["cases_by_id"], {"ids": list(case_ids)})]


def seen(tx: Tx, case_ids: Sequence[str]) -> frozenset[CaseId]:
    """Return which of these cases exist for the actor."""
    return frozenset(CaseId(row["id"]) for row in tx.rows(SQL["cases_seen"], {"ids": list(case_ids)}))


def for_change(tx: Tx, case_id: CaseId) -> StoredCase | None:
    """Return a case that nobody else changes until the end of the transaction, or None."""
    row = tx.row(SQL["case_for_change"], {"id": case_id})
    return None if row is None else _stored(row)


def page(tx: Tx, wanted: CaseFilter, *, after: tuple[datetime, str] | None, limit: int) -> list[Case]:
    """Return up to `limit` cases in order of priority."""
    rows = tx.rows(
        SQL["cases_page"],
        {
            "queues": None if wanted.queues is None else list(wanted.queues),
            "severities": None if wanted.severities is None else [int(one) for one in wanted.severities],
            "states": None if wanted.states is None else [one.value for one in wanted.states],
            "kind": None if wanted.kind is None else wanted.kind.value,
            "subject_id": wanted.subject_id,
            "clause_id": wanted.clause_id,
            "test": wanted.test,
            "after_key": None if after is None else after[0],
            "after_id": None if after is None else after[1],
            "limit": limit,
        },
    )
    return [_stored(row).case for row in rows]


def counts(tx: Tx, *, at: datetime) -> list[QueueCount]:
    """Return how each queue with open cases stands."""
    by_queue: dict[str, list[Row]] = {}
    for row in tx.rows(SQL["counts"], {"at": at}):
        by_queue.setdefault(row["queue"], []).append(row)
    return [
        QueueCount(
            queue=QueueName(queue),
            open=sum(row["open"] for row in rows),
            by_severity={Severity(row["severity"]): row["open"] for row in rows},
            overdue=sum(row["overdue"] for row in rows),
            oldest_at=min(row["oldest_at"] for row in rows),
        )
        for queue, rows in by_queue.items()
    ]


def insert(tx: Tx, cases: Sequence[StoredCase]) -> None:
    """Write new cases, still without events."""
    if cases:
        tx.run(SQL["insert_cases"], {"rows": _rows(cases)})


def update(tx: Tx, cases: Sequence[StoredCase]) -> None:
    """Write what changed of cases."""
    if cases:
        tx.run(SQL["update_cases"], {"rows": _rows(sorted(cases, key=lambda one: one.case.id))})


def join(tx: Tx, joining: Sequence[Joining], *, at: datetime) -> None:
    """Put events into cases and count them."""
    if joining:
        columns = {
            "case_ids": [one.case_id for one in joining],
            "event_ids": [one.event_id for one in joining],
            "subject_ids": [one.subject_id for one in joining],
            "occurred": [one.occurred_at for one in joining],
        }
        tx.run(SQL["join_events"], {**columns, "at": at})


def set_keys(tx: Tx, keys: Mapping[str, CaseId]) -> None:
    """Let keys lead to these cases from now on."""
    if keys:
        ordered = sorted(keys.items())
        tx.run(SQL["set_keys"], {"keys": [key for key, _ in ordered], "case_ids": [one for _, one in ordered]})


def events(tx: Tx, case_id: CaseId, *, limit: int) -> list[CaseEvent]:
    """Return the events of a case, the latest first."""
    return [CaseEvent(**row) for row in tx.rows(SQL["case_events"], {"case_id": case_id, "limit": limit})]


def subjects(tx: Tx, case_id: CaseId, *, limit: int) -> list[tuple[SubjectId, int]]:
    """Return everybody whose events are in a case, and how many."""
    rows = tx.rows(SQL["case_subjects"], {"case_id": case_id, "limit": limit})
    return [(row["subject_id"], row["event_count"]) for row in rows]


def about(tx: Tx, subject_ids: Sequence[str], *, limit: int) -> list[Case]:
    """Return the newest cases that hold events of any of these subjects."""
    rows = tx.rows(SQL["cases_about"], {"subject_ids": list(subject_ids), "limit": limit})
    return [_stored(row).case for row in rows]


def of_events(tx: Tx, event_ids: Sequence[EventId]) -> list[CaseId]:
    """Return which cases hold these events."""
    return [CaseId(row["case_id"]) for row in tx.rows(SQL["cases_of_events"], {"event_ids": list(event_ids)})]


def of_each(tx: Tx, event_ids: Sequence[EventId]) -> dict[EventId, CaseId]:
    """Return the newest case that holds each of these events; those that none holds are left out."""
    rows = tx.rows(SQL["case_of_each_event"], {"event_ids": list(event_ids)}) if event_ids else []
    return {EventId(row["event_id"]): CaseId(row["case_id"]) for row in rows}


def restrict(tx: Tx, case_id: CaseId, restriction: str | None) -> None:
    """Put a case under a compartment, or take it out."""
    tx.run(SQL["restrict_case"], {"id": case_id, "restriction": restriction})


def propose_lowering(tx: Tx, proposal: Lowering) -> None:
    """Keep a proposal to lower a grave case."""
    tx.run(
        SQL["propose_lowering"],
        {
            "case_id": proposal.case_id,
            "severity": int(proposal.severity),
            "reason": proposal.reason,
            "by": proposal.proposed_by,
            "at": proposal.proposed_at,
        },
    )


def lowering(tx: Tx, case_id: CaseId) -> Lowering | None:
    """Return the open proposal about a case, or None."""
    row = tx.row(SQL["lowering"], {"case_id": case_id})
    return None if row is None else Lowering(**{**row, "severity": Severity(row["severity"])})


def drop_lowering(tx: Tx, case_id: CaseId) -> None:
    """Settle the proposal about a case."""
    tx.run(SQL["drop_lowering"], {"case_id": case_id})


def _rows(cases: Sequence[StoredCase]) -> str:
    return msgspec.json.encode([_row(one) for one in cases]).decode()


def _row(stored: StoredCase) -> dict[str, Any]:
    case = stored.case
    return {
        "id": case.id,
        "kind": case.kind.value,
        "state": case.state.value,
        "subject_id": case.subject_id,
        "conversation": case.conversation,
        "conversation_id": stored.conversation_id,
        "clauses": [{"clause_id": one.clause_id, "score": one.score, "why": one.why} for one in case.clauses],
        "clause_ids": case.clause_ids,
        "families": stored.families,
        "provisional": int(case.provisional),
        "assessed": None if case.assessed is None else int(case.assessed),
        "mode": case.mode.value,
        "queue": case.queue,
        "order_key": case.priority.order_key,
        "reasons": case.priority.reasons,
        "opened_at": case.opened_at,
        "due_at": case.due_at,
        "first_seen_at": case.first_seen_at,
        "decided_at": stored.decided_at,
        "closed_at": stored.closed_at,
        "language": case.language,
        "exposure_class": int(case.exposure_class),
        "restriction": case.restriction,
        "region": case.region,
        "test": case.test,
        "sealed": case.sealed,
        "near_duplicate": case.near_duplicate,
        "linked_case_id": case.linked_case_id,
    }


def _stored(row: Row) -> StoredCase:
    case = Case(
        id=CaseId(row["id"]),
        kind=CaseKind(row["kind"]),
        state=CaseState(row["state"]),
        subject_id=row["subject_id"],
        conversation=row["conversation"],
        clauses=tuple(
            LikelyClause(clause_id=ClauseId(one["clause_id"]), score=one["score"], why=tuple(one["why"]))
            for one in row["clauses"]
        ),
        provisional=Severity(row["provisional"]),
        assessed=None if row["assessed"] is None else Severity(row["assessed"]),
        mode=ResponseMode(row["mode"]),
        queue=QueueName(row["queue"]),
        priority=Priority(order_key=row["order_key"], reasons=tuple(row["reasons"])),
        opened_at=row["opened_at"],
        due_at=row["due_at"],
        first_seen_at=row["first_seen_at"],
        language=row["language"],
        exposure_class=Exposure(row["exposure_class"]),
        restriction=row["restriction"],
        region=row["region"],
        test=row["test"],
        sealed=row["sealed"],
        event_count=row["event_count"],
        subject_count=row["subject_count"],
        near_duplicate=row["near_duplicate"],
        linked_case_id=row["linked_case_id"],
    )
    return StoredCase(
        case=case,
        families=tuple(row["families"]),
        decided_at=row["decided_at"],
        closed_at=row["closed_at"],
        conversation_id=row["conversation_id"],
    )


def of_subject(tx: Tx, subject_id: SubjectId, *, limit: int) -> list[CaseId]:
    """Return the cases about a subject, the latest first."""
    rows = tx.rows(SQL["cases_of_subject"], {"subject_id": subject_id, "limit": limit})
    return [CaseId(row["case_id"]) for row in rows]


def events_of_cases(tx: Tx, case_ids: Sequence[CaseId]) -> list[tuple[CaseId, EventId]]:
    """Return which events these cases hold."""
    rows = tx.rows(SQL["events_of_cases"], {"case_ids": list(case_ids)})
    return [(CaseId(row["case_id"]), EventId(row["event_id"])) for row in rows]
