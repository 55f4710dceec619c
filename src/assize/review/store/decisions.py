"""Decisions with their findings and dispositions as they are kept."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from psycopg.types.json import Jsonb

from assize.intake.models import ModelOutcome
from assize.kernel.ids import (
    ActionId,
    CaseId,
    CertificateId,
    ClauseId,
    DecisionId,
    DossierId,
    EventId,
    FindingId,
    PolicyVersionId,
    ReviewerId,
    SubjectId,
    TaskId,
    TeamId,
    new_id,
)
from assize.platform.db import Row, Tx, named_constraint
from assize.platform.sql import queries
from assize.policy.models import Dimension, Severity
from assize.review.errors import AlreadyDecided, AnotherStands
from assize.review.models import (
    Decision,
    DecisionState,
    Disposition,
    DispositionKind,
    ExceptionClaim,
    ExceptionStanding,
    Finding,
    Judgement,
    Locus,
    Span,
    TargetLevel,
    Verdict,
    View,
)

SQL = queries("assize.review")


def insert(tx: Tx, one: Decision) -> None:
    """Write a decision with its findings and dispositions. Raises AlreadyDecided, AnotherStands."""
    with named_constraint({"decision_once_a_task": AlreadyDecided, "decision_one_stands": AnotherStands}):
        tx.run(SQL["insert_decision"], _row(one))
    tx.run(SQL["insert_findings"], {"decision_id": one.id, "rows": Jsonb(_finding_rows(one.findings))})
    if one.dispositions:
        rows = [_disposition_row(number, each) for number, each in enumerate(one.dispositions)]
        tx.run(SQL["insert_dispositions"], {"decision_id": one.id, "rows": Jsonb(rows)})


def clause_use(tx: Tx, clause_id: ClauseId, *, since: datetime, limit: int) -> dict[str, int]:
    """Return how many decisions found something under a clause since a moment, by verdict."""
    given = {"clause_id": clause_id, "since": since, "limit": limit}
    return {row["verdict"]: row["decisions"] for row in tx.rows(SQL["clause_use"], given)}


def outcomes_of_cases(tx: Tx, case_ids: Sequence[CaseId], clause_id: ClauseId) -> dict[str, int]:
    """Return how many of these cases are decided, and how many of these find a violation of a clause."""
    row = tx.row(SQL["outcomes_of_cases"], {"cases": list(case_ids), "clause_id": clause_id})
    return dict(row) if row is not None else {"decided": 0, "violations": 0}


def by_ids(tx: Tx, ids: Sequence[str]) -> list[Decision]:
    """Return decisions with all they hold, oldest first."""
    return _whole(tx, tx.rows(SQL["decisions_by_id"], {"ids": list(ids)}))


def lock(tx: Tx, decision_id: DecisionId) -> Decision | None:
    """Return a decision that nobody else changes until the end of the transaction, or None."""
    found = _whole(tx, tx.rows(SQL["lock_decision"], {"id": decision_id}))
    return found[0] if found else None


def of_case(tx: Tx, case_id: CaseId) -> list[Decision]:
    """Return every decision of a case, oldest first."""
    return _whole(tx, tx.rows(SQL["decisions_of_case"], {"case_id": case_id}))


def in_state(tx: Tx, case_id: CaseId, state: DecisionState) -> Decision | None:
    """Return the newest decision of a case in a state, locked; None where there is none."""
    found = _whole(tx, tx.rows(SQL["decision_in_state"], {"case_id": case_id, "state": state.value}))
    return found[0] if found else None


def proposed(tx: Tx, case_id: CaseId) -> list[Decision]:
    """Return what is proposed of a case, locked, oldest first."""
    return _whole(tx, tx.rows(SQL["decisions_proposed"], {"case_id": case_id}))


def set_state(tx: Tx, decision_id: DecisionId, state: DecisionState, *, effective_at: datetime | None = None) -> None:
    """Say what a decision counts for. Raises AnotherStands."""
    with named_constraint({"decision_one_stands": AnotherStands}):
        tx.run(SQL["set_decision_state"], {"id": decision_id, "state": state.value, "effective_at": effective_at})


def page(
    tx: Tx,
    *,
    before: str | None,
    limit: int,
    case_id: CaseId | None = None,
    reviewer_id: str | None = None,
    team_id: str | None = None,
    state: DecisionState | None = None,
    clause: ClauseId | None = None,
    since: datetime | None = None,
) -> list[Decision]:
    """Return decisions, the latest first."""
    wanted = {
        "before": before,
        "limit": limit,
        "case_id": case_id,
        "reviewer_id": reviewer_id,
        "team_id": team_id,
        "state": None if state is None else state.value,
        "clause": clause,
        "since": since,
    }
    return _whole(tx, tx.rows(SQL["decisions_page"], wanted))


def insert_recorded(tx: Tx, made: Sequence[Decision]) -> None:
    """Write many judgements made elsewhere. They have findings and no dispositions."""
    tx.many(SQL["insert_decision"], [_row(one) for one in made])
    rows = [row | {"decision_id": one.id} for one in made for row in _finding_rows(one.findings)]
    tx.run(SQL["insert_findings_of_many"], {"rows": Jsonb(rows)})


def recorded_already(tx: Tx, *, source: str, case_ids: Sequence[CaseId]) -> set[tuple[str, str, str]]:
    """Return case, reviewer and key of the judgements that a source has brought already."""
    rows = tx.rows(SQL["recorded_already"], {"source": source, "case_ids": list(case_ids)})
    return {(row["case_id"], row["reviewer_id"], row["source_key"]) for row in rows}


def rater(tx: Tx, *, source: str, name: str) -> ReviewerId | None:
    """Return which reviewer a rater is, or None."""
    found = tx.value(SQL["rater"], {"source": source, "name": name})
    return None if found is None else ReviewerId(found)


def add_rater(tx: Tx, *, source: str, name: str, reviewer_id: ReviewerId) -> None:
    """Remember which reviewer a rater is."""
    tx.run(SQL["add_rater"], {"source": source, "name": name, "reviewer_id": reviewer_id})


def standing_of(tx: Tx, case_ids: Sequence[CaseId]) -> dict[CaseId, Row]:
    """Return what stands of each of these cases, in short."""
    rows = tx.rows(SQL["standing_of_cases"], {"case_ids": list(case_ids)}) if case_ids else []
    return {CaseId(row["case_id"]): row for row in rows}


def cases_worked(tx: Tx, *, reviewer: str, team_id: str | None, limit: int) -> list[CaseId]:
    """Return the cases that somebody, or somebody of a team, decided or has in hand, the latest first."""
    rows = tx.rows(SQL["cases_worked"], {"me": reviewer, "team_id": team_id, "limit": limit})
    return [CaseId(row["case_id"]) for row in rows]


def _whole(tx: Tx, rows: Sequence[Row]) -> list[Decision]:
    if not rows:
        return []
    ids = [row["id"] for row in rows]
    findings: dict[str, list[Finding]] = {}
    for row in tx.rows(SQL["findings_of"], {"ids": ids}):
        findings.setdefault(row["decision_id"], []).append(_finding(row))
    dispositions: dict[str, list[Disposition]] = {}
    for row in tx.rows(SQL["dispositions_of"], {"ids": ids}):
        dispositions.setdefault(row["decision_id"], []).append(_disposition(row))
    return [_decision(row, tuple(findings.get(row["id"], ())), tuple(dispositions.get(row["id"], ()))) for row in rows]


def _decision(row: Row, findings: tuple[Finding, ...], dispositions: tuple[Disposition, ...]) -> Decision:
    judgement = Judgement(
        findings=findings,
        dispositions=dispositions,
        rubric={Dimension(name): score for name, score in row["rubric"].items()},
        lowering={Dimension(name): reason for name, reason in row["lowering"].items()},
        reason_codes=tuple(row["reason_codes"]),
        rationale=row["rationale"],
        highlights=tuple(_span(each) for each in row["highlights"]),
    )
    return Decision(
        id=DecisionId(row["id"]),
        case_id=CaseId(row["case_id"]),
        task_id=None if row["task_id"] is None else TaskId(row["task_id"]),
        kind=row["kind"],
        reviewer_id=ReviewerId(row["reviewer_id"]),
        team_id=None if row["team_id"] is None else TeamId(row["team_id"]),
        state=DecisionState(row["state"]),
        policy_version_id=PolicyVersionId(row["policy_version_id"]),
        policy_hash=row["policy_hash"],
        dossier_id=None if row["dossier_id"] is None else DossierId(row["dossier_id"]),
        dossier_hash=row["dossier_hash"],
        subject_id=None if row["subject_id"] is None else SubjectId(row["subject_id"]),
        judgement=judgement,
        assessed=None if row["assessed"] is None else Severity(row["assessed"]),
        primary_clause=None if row["primary_clause"] is None else ClauseId(row["primary_clause"]),
        verdict=Verdict(row["verdict"]),
        view=View(row["view"]),
        shown=row["shown"],
        inclusion=row["inclusion"],
        decided_at=row["decided_at"],
        in_hand_s=row["in_hand_s"],
        hash=row["hash"],
        effective_at=row["effective_at"],
        replaces=None if row["replaces"] is None else DecisionId(row["replaces"]),
        certificates=tuple(CertificateId(one) for one in row["certificates"]),
        source=row["source"],
        source_key=row["source_key"],
        test=row["test"] and not row["sealed"],
        restriction=row["restriction"],
        region=row["region"],
    )


def _row(one: Decision) -> dict[str, Any]:
    judgement = one.judgement
    return {
        "id": one.id,
        "case_id": one.case_id,
        "task_id": one.task_id,
        "subject_id": one.subject_id,
        "kind": one.kind,
        "reviewer_id": one.reviewer_id,
        "team_id": one.team_id,
        "state": one.state.value,
        "policy_version_id": one.policy_version_id,
        "policy_hash": one.policy_hash,
        "dossier_id": one.dossier_id,
        "dossier_hash": one.dossier_hash,
        "rubric": Jsonb({name.value: score for name, score in judgement.rubric.items()}),
        "lowering": Jsonb({name.value: reason for name, reason in judgement.lowering.items()}),
        "reason_codes": list(judgement.reason_codes),
        "rationale": judgement.rationale,
        "highlights": Jsonb([_span_row(each) for each in judgement.highlights]),
        "assessed": None if one.assessed is None else int(one.assessed),
        "primary_clause": one.primary_clause,
        "verdict": one.verdict.value,
        "view": one.view.value,
        "shown": Jsonb(dict(one.shown)),
        "inclusion": one.inclusion,
        "decided_at": one.decided_at,
        "in_hand_s": one.in_hand_s,
        "hash": one.hash,
        "effective_at": one.effective_at,
        "replaces": one.replaces,
        "certificates": list(one.certificates),
        "source": one.source,
        "source_key": one.source_key,
        "test": one.test,
        "restriction": one.restriction,
        "region": one.region,
    }


def _finding_rows(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    rows = []
    for number, one in enumerate(findings):
        span = one.span or Span(event_id=EventId(""))
        rows.append(
            {
                "id": one.id or new_id("fnd"),
                "ordinal": number,
                "clause_id": one.clause_id,
                "verdict": one.verdict.value,
                "locus": one.locus.value,
                "event_id": span.event_id or None,
                "turn": span.turn,
                "span_start": span.start,
                "span_end": span.end,
                "model_outcome": None if one.model_outcome is None else one.model_outcome.value,
                "exception_id": None if one.exception is None else one.exception.exception_id,
                "exception_standing": None if one.exception is None else one.exception.standing.value,
                "is_primary": one.primary,
            }
        )
    return rows


def _finding(row: Row) -> Finding:
    span = None
    if row["event_id"] is not None:
        span = Span(event_id=EventId(row["event_id"]), turn=row["turn"], start=row["span_start"], end=row["span_end"])
    exception = None
    if row["exception_id"] is not None:
        standing = ExceptionStanding(row["exception_standing"])
        exception = ExceptionClaim(exception_id=row["exception_id"], standing=standing)
    return Finding(
        id=FindingId(row["id"]),
        clause_id=ClauseId(row["clause_id"]),
        verdict=Verdict(row["verdict"]),
        locus=Locus(row["locus"]),
        span=span,
        model_outcome=None if row["model_outcome"] is None else ModelOutcome(row["model_outcome"]),
        exception=exception,
        primary=row["is_primary"],
    )


def _disposition_row(number: int, one: Disposition) -> dict[str, Any]:
    return {
        "ordinal": number,
        "kind": one.kind.value,
        "target_level": one.target_level.value,
        "target_id": one.target_id,
        "action_id": one.action_id,
        "detail": {
            "params": dict(one.params),
            "missing": one.missing,
            "interim": one.interim,
            "owner": one.owner,
            "due_at": None if one.due_at is None else one.due_at.isoformat(),
            "until": None if one.until is None else one.until.isoformat(),
            "triggers": list(one.triggers),
            "defect": one.defect,
        },
    }


def _disposition(row: Row) -> Disposition:
    detail = row["detail"]
    return Disposition(
        kind=DispositionKind(row["kind"]),
        target_level=TargetLevel(row["target_level"]),
        target_id=row["target_id"],
        action_id=None if row["action_id"] is None else ActionId(row["action_id"]),
        params=detail["params"],
        missing=detail["missing"],
        interim=None if detail["interim"] is None else ActionId(detail["interim"]),
        owner=detail["owner"],
        due_at=None if detail["due_at"] is None else datetime.fromisoformat(detail["due_at"]),
        until=None if detail["until"] is None else date.fromisoformat(detail["until"]),
        triggers=tuple(detail["triggers"]),
        defect=detail["defect"],
    )


def _span_row(one: Span) -> dict[str, Any]:
    return {"event_id": one.event_id, "turn": one.turn, "start": one.start, "end": one.end}


def _span(each: dict[str, Any]) -> Span:
    return Span(event_id=EventId(each["event_id"]), turn=each["turn"], start=each["start"], end=each["end"])
