"""What was done instead of enforcing: support, safeguard defects, watches, requests for information."""

from collections.abc import Sequence
from datetime import datetime

from assize.enforcement.models import (
    EffectState,
    Support,
    Target,
)
from assize.enforcement.models.instead import (
    Defect,
    DefectState,
    InformationRequest,
    RequestState,
    Watch,
    WatchState,
    WatchTrigger,
)
from assize.kernel.ids import CaseId, ClauseId, DecisionId, EnforcementId, SubjectId, WatchId
from assize.platform.db import Row, Tx
from assize.platform.sql import queries

SQL = queries("assize.enforcement")


def add_support(tx: Tx, support: Support) -> bool:
    """Keep an offer of support. Return False where this decision made it before."""
    values = {
        "id": support.id,
        "case_id": support.case_id,
        "decision_id": support.decision_id,
        "target_level": support.target.level,
        "target_ref": support.target.ref,
        "locale": support.locale,
        "minor": support.minor,
        "offered_at": support.offered_at,
    }
    return tx.row(SQL["add_support"], values) is not None


def supports(tx: Tx, *, case_id: str | None, limit: int) -> list[Support]:
    """Return offers of support, newest first."""
    return [_support(row) for row in tx.rows(SQL["supports"], {"case_id": case_id, "limit": limit})]


def supports_of_decision(tx: Tx, decision_id: DecisionId) -> list[str]:
    """Return the ids of the offers a decision made."""
    return [row["id"] for row in tx.rows(SQL["supports_of_decision"], {"decision_id": decision_id})]


def add_defect(tx: Tx, defect: Defect) -> bool:
    """Put a defect on its list. Return False where this decision did before."""
    values = {
        "id": defect.id,
        "case_id": defect.case_id,
        "decision_id": defect.decision_id,
        "clause_id": defect.clause_id,
        "model_version": defect.model_version,
        "note": defect.note,
        "found_at": defect.found_at,
    }
    return tx.row(SQL["add_defect"], values) is not None


def move_defect(
    tx: Tx, defect_id: str, *, state: DefectState, outcome: str | None, closed_at: datetime | None
) -> Defect | None:
    """Hand a defect over or close it. Return it, or None where there is none open."""
    values = {"id": defect_id, "state": state, "outcome": outcome, "closed_at": closed_at}
    found = tx.row(SQL["move_defect"], values)
    return _defect(found) if found else None


def close_defects_of(tx: Tx, decision_id: DecisionId, *, at: datetime) -> None:
    """Close what a decision found that was taken back."""
    tx.run(SQL["close_defects_of_decision"], {"decision_id": decision_id, "at": at})


def defects(tx: Tx, *, state: DefectState | None, before: str | None, limit: int) -> list[Defect]:
    """Return defects, newest first."""
    return [_defect(row) for row in tx.rows(SQL["defects"], {"state": state, "before": before, "limit": limit})]


def add_watch(tx: Tx, watch: Watch) -> bool:
    """Begin a watch. Return False where this decision began the same before."""
    values = {
        "id": watch.id,
        "case_id": watch.case_id,
        "decision_id": watch.decision_id,
        "subject_id": watch.subject_id,
        "until": watch.until,
        "triggers": sorted(watch.triggers),
        "reason": watch.reason,
        "set_at": watch.set_at,
    }
    return tx.row(SQL["add_watch"], values) is not None


def watches_to_check(tx: Tx, *, at: datetime, limit: int) -> list[Watch]:
    """Return running watches that may be due, locked."""
    return [_watch(row) for row in tx.rows(SQL["watches_to_check"], {"at": at, "limit": limit})]


def watches_of(tx: Tx, subject_id: SubjectId, *, other_than: CaseId) -> list[Watch]:
    """Return running watches of a subject that a new case ends, locked."""
    asked = {"subject_id": subject_id, "case_id": other_than}
    return [_watch(row) for row in tx.rows(SQL["watches_of_subject"], asked)]


def came_back(tx: Tx, watch_id: WatchId, *, because: str, at: datetime) -> bool:
    """Say that a watch is due. Return False where it was already."""
    return tx.row(SQL["watch_came_back"], {"id": watch_id, "because": because, "at": at}) is not None


def end_watches_of(tx: Tx, decision_id: DecisionId) -> None:
    """End the watches of a decision that was taken back."""
    tx.run(SQL["end_watches_of_decision"], {"decision_id": decision_id})


def watches(tx: Tx, *, state: WatchState | None, limit: int) -> list[Watch]:
    """Return watches, the next to come back first."""
    return [_watch(row) for row in tx.rows(SQL["watches"], {"state": state, "limit": limit})]


def add_request(tx: Tx, request: InformationRequest) -> bool:
    """Keep what is missing. Return False where this decision asked before."""
    values = {
        "id": request.id,
        "case_id": request.case_id,
        "decision_id": request.decision_id,
        "missing": request.missing,
        "interim_measure": request.interim_measure,
        "owner": request.owner,
        "due_at": request.due_at,
        "asked_at": request.asked_at,
        "enforcement_id": request.enforcement_id,
    }
    return tx.row(SQL["add_request"], values) is not None


def answer_request(tx: Tx, request_id: str, *, at: datetime) -> InformationRequest | None:
    """Say that what was missing has come. Return it, or None where none is open."""
    found = tx.row(SQL["answer_request"], {"id": request_id, "at": at})
    return _request(found) if found else None


def overdue_requests(tx: Tx, *, limit: int, at: datetime) -> list[InformationRequest]:
    """Say of open requests whose time is over that it is. Return them."""
    return [_request(row) for row in tx.rows(SQL["overdue_requests"], {"at": at, "limit": limit})]


def withdraw_requests_of(tx: Tx, decision_id: DecisionId) -> None:
    """Ask no more what a decision asked that stands no longer."""
    tx.run(SQL["withdraw_requests_of_decision"], {"decision_id": decision_id})


def requests(tx: Tx, *, state: RequestState | None, limit: int) -> list[InformationRequest]:
    """Return requests, the next due first."""
    return [_request(row) for row in tx.rows(SQL["requests"], {"state": state, "limit": limit})]


def erase_words(tx: Tx, case_ids: Sequence[CaseId]) -> int:
    """Remove what people wrote about these cases. Return how many texts went."""
    return int(tx.value(SQL["erase_words_of_cases"], {"case_ids": list(case_ids)}))


def _support(row: Row) -> Support:
    return Support(
        id=row["id"],
        case_id=CaseId(row["case_id"]),
        decision_id=DecisionId(row["decision_id"]),
        target=Target(level=row["target_level"], ref=row["target_ref"]),
        locale=row["locale"],
        minor=row["minor"],
        state=EffectState(row["state"]),
        offered_at=row["offered_at"],
    )


def _defect(row: Row) -> Defect:
    return Defect(
        id=row["id"],
        case_id=CaseId(row["case_id"]),
        decision_id=DecisionId(row["decision_id"]),
        clause_id=ClauseId(row["clause_id"]) if row["clause_id"] else None,
        model_version=row["model_version"],
        note=row["note"],
        state=DefectState(row["state"]),
        found_at=row["found_at"],
        closed_at=row["closed_at"],
        outcome=row["outcome"],
    )


def _watch(row: Row) -> Watch:
    return Watch(
        id=WatchId(row["id"]),
        case_id=CaseId(row["case_id"]),
        decision_id=DecisionId(row["decision_id"]) if row["decision_id"] else None,
        subject_id=SubjectId(row["subject_id"]) if row["subject_id"] else None,
        until=row["until"],
        triggers=frozenset(WatchTrigger(name) for name in row["triggers"]),
        reason=row["reason"],
        state=WatchState(row["state"]),
        set_at=row["set_at"],
        due_at=row["due_at"],
        due_because=row["due_because"],
    )


def _request(row: Row) -> InformationRequest:
    return InformationRequest(
        id=row["id"],
        case_id=CaseId(row["case_id"]),
        decision_id=DecisionId(row["decision_id"]),
        missing=row["missing"],
        interim_measure=row["interim_measure"],
        owner=row["owner"],
        due_at=row["due_at"],
        state=RequestState(row["state"]),
        asked_at=row["asked_at"],
        enforcement_id=EnforcementId(row["enforcement_id"]) if row["enforcement_id"] else None,
    )
