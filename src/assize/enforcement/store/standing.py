"""Strikes, appeals and notices."""

from datetime import datetime

from assize.enforcement.models import Appeal, AppealState, Notice, NoticeState, Strike
from assize.kernel.ids import AppealId, CaseId, ClauseId, DecisionId, EnforcementId, StrikeId, SubjectId, TaskId
from assize.platform.db import Row, Tx
from assize.platform.sql import queries

SQL = queries("assize.enforcement")


def add_strike(tx: Tx, strike: Strike, *, case_id: CaseId) -> bool:
    """Give a strike. Return False where this plan gave one before."""
    values = {
        "id": strike.id,
        "enforcement_id": strike.enforcement_id,
        "case_id": case_id,
        "subject_id": strike.subject_id,
        "clause_id": strike.clause_id,
        "weight": strike.weight,
        "given_at": strike.given_at,
    }
    return tx.row(SQL["add_strike"], values) is not None


def remove_strike(
    tx: Tx, enforcement_id: EnforcementId, *, because: str, at: datetime
) -> tuple[StrikeId, SubjectId] | None:
    """Take the strike of a plan away. Return which, and whose; None where there was none."""
    found = tx.row(SQL["remove_strike"], {"enforcement_id": enforcement_id, "because": because, "at": at})
    return (StrikeId(found["id"]), SubjectId(found["subject_id"])) if found else None


def strike_of_decision(tx: Tx, decision_id: DecisionId, subject_id: SubjectId) -> Strike | None:
    """Return the strike a decision has given an account."""
    found = tx.row(SQL["strike_of_decision"], {"decision_id": decision_id, "subject_id": subject_id})
    return _strike(found) if found else None


def strike_of(tx: Tx, enforcement_id: EnforcementId) -> Strike | None:
    """Return the strike that one enforcement gave and that was not taken away."""
    found = tx.row(SQL["strike_of_enforcement"], {"enforcement_id": enforcement_id})
    return _strike(found) if found else None


def strikes_of(tx: Tx, subject_id: SubjectId) -> list[Strike]:
    """Return the strikes of an account, removed ones too, oldest first."""
    return [_strike(row) for row in tx.rows(SQL["strikes_of_subject"], {"subject_id": subject_id})]


def add_appeal(tx: Tx, appeal: Appeal, *, lodged_by: str) -> bool:
    """Keep an appeal. Return False where it is known, or another is open."""
    values = {
        "id": appeal.id,
        "enforcement_id": appeal.enforcement_id,
        "case_id": appeal.case_id,
        "external_id": appeal.external_id,
        "statement": appeal.statement,
        "lodged_by": lodged_by,
        "lodged_at": appeal.lodged_at,
    }
    return tx.row(SQL["add_appeal"], values) is not None


def known_appeal(tx: Tx, *, lodged_by: str, external_id: str) -> Appeal | None:
    """Return an appeal the same caller sent before."""
    found = tx.row(SQL["appeal_known"], {"lodged_by": lodged_by, "external_id": external_id})
    return _appeal(found) if found else None


def open_appeal(tx: Tx, enforcement_id: EnforcementId) -> Appeal | None:
    """Return the appeal that is open against a plan."""
    found = tx.row(SQL["appeal_open"], {"enforcement_id": enforcement_id})
    return _appeal(found) if found else None


def appeal(tx: Tx, appeal_id: str) -> Appeal | None:
    """Return one appeal, locked."""
    found = tx.row(SQL["appeal_by_id"], {"id": appeal_id})
    return _appeal(found) if found else None


def note_hearings(
    tx: Tx, *, decision_id: DecisionId, replaced: DecisionId, heard_by: str, hear_at: datetime
) -> list[EnforcementId]:
    """Let a decision hear the appeals against what it replaces. Return the plans it hears, none of its own reviewer."""
    values = {"decision_id": decision_id, "replaced": replaced, "heard_by": heard_by, "hear_at": hear_at}
    return [EnforcementId(row["enforcement_id"]) for row in tx.rows(SQL["note_hearings"], values)]


def forget_hearing(tx: Tx, decision_id: DecisionId) -> None:
    """Open the appeals again that a decision heard which was taken back."""
    tx.run(SQL["forget_hearing"], {"decision_id": decision_id})


def to_conclude(tx: Tx, *, at: datetime, limit: int) -> list[Appeal]:
    """Return appeals whose hearing takes effect, locked."""
    return [_appeal(row) for row in tx.rows(SQL["appeals_to_conclude"], {"at": at, "limit": limit})]


def set_appeal_task(tx: Tx, appeal_id: AppealId, task_id: TaskId) -> None:
    """Say which task hears an appeal."""
    tx.run(SQL["set_appeal_task"], {"id": appeal_id, "task_id": task_id})


def close_appeal(tx: Tx, appeal_id: AppealId, *, state: AppealState, heard_by: str, reason: str, at: datetime) -> bool:
    """Keep how an appeal ended. Return False where it had ended before."""
    values = {"id": appeal_id, "state": state, "heard_by": heard_by, "reason": reason, "at": at}
    return tx.row(SQL["close_appeal"], values) is not None


def appeals(tx: Tx, *, state: AppealState | None, before: str | None, limit: int) -> list[Appeal]:
    """Return appeals, newest first."""
    return [_appeal(row) for row in tx.rows(SQL["appeals"], {"state": state, "before": before, "limit": limit})]


def add_notice(tx: Tx, notice: Notice) -> None:
    """Keep a statement of reasons; a repeated one changes nothing."""
    tx.run(SQL["add_notice"], _notice_values(notice) | {"case_id": notice.case_id, "text": notice.text})


def notice(tx: Tx, enforcement_id: str) -> Notice | None:
    """Return the notice of a plan, locked."""
    found = tx.row(SQL["notice_of"], {"enforcement_id": enforcement_id})
    return _notice(found) if found else None


def hold(tx: Tx, notice: Notice) -> None:
    """Keep a notice back, as it says."""
    tx.run(SQL["hold_notice"], _notice_values(notice))


def set_notice_state(tx: Tx, enforcement_id: EnforcementId, state: NoticeState, *, sent_at: datetime | None) -> None:
    """Say whether a notice was sent."""
    tx.run(SQL["set_notice_state"], {"enforcement_id": enforcement_id, "state": state, "sent_at": sent_at})


def expired_notices(tx: Tx, *, at: datetime, limit: int) -> list[Notice]:
    """Return held notices whose time is up, locked."""
    return [_notice(row) for row in tx.rows(SQL["notices_expired"], {"at": at, "limit": limit})]


def held_notices(tx: Tx, *, limit: int) -> list[Notice]:
    """Return notices that are kept back."""
    return [_notice(row) for row in tx.rows(SQL["notices_held"], {"limit": limit})]


def _notice_values(notice: Notice) -> dict[str, object]:
    return {
        "enforcement_id": notice.enforcement_id,
        "state": notice.state,
        "basis": notice.basis,
        "asked_by": notice.asked_by,
        "approved_by": notice.approved_by,
        "asked_until": notice.asked_until,
        "expires_at": notice.expires_at,
    }


def _strike(row: Row) -> Strike:
    return Strike(
        id=StrikeId(row["id"]),
        enforcement_id=EnforcementId(row["enforcement_id"]),
        subject_id=SubjectId(row["subject_id"]),
        clause_id=ClauseId(row["clause_id"]) if row["clause_id"] else None,
        weight=row["weight"],
        given_at=row["given_at"],
        removed_at=row["removed_at"],
    )


def _appeal(row: Row) -> Appeal:
    return Appeal(
        id=AppealId(row["id"]),
        enforcement_id=EnforcementId(row["enforcement_id"]),
        case_id=CaseId(row["case_id"]),
        external_id=row["external_id"],
        statement=row["statement"],
        state=AppealState(row["state"]),
        task_id=TaskId(row["task_id"]) if row["task_id"] else None,
        hearing_decision_id=DecisionId(row["hearing_decision_id"]) if row["hearing_decision_id"] else None,
        lodged_at=row["lodged_at"],
        heard_by=row["heard_by"],
        heard_at=row["heard_at"],
        reason=row["reason"],
    )


def _notice(row: Row) -> Notice:
    return Notice(
        enforcement_id=EnforcementId(row["enforcement_id"]),
        case_id=CaseId(row["case_id"]),
        text=row["text"],
        state=NoticeState(row["state"]),
        basis=row["basis"],
        asked_by=row["asked_by"],
        approved_by=row["approved_by"],
        asked_until=row["asked_until"],
        expires_at=row["expires_at"],
        sent_at=row["sent_at"],
    )
