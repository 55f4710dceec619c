"""Labels, comparisons and adjudications as they are kept."""

from collections.abc import Sequence

from psycopg.types.json import Jsonb

from assize.kernel.ids import AuditId, CaseId, DecisionId, LabelId
from assize.platform.db import Row, Tx
from assize.platform.sql import queries
from assize.policy.models import Severity
from assize.quality.models import Adjudication, Comparison, Criterion, Label, Mark, Outcome
from assize.review import service as review
from assize.review.models import Verdict

SQL = queries("assize.quality")
_LABEL = (
    "id", "of", "of_id", "round", "labeler_id", "case_id", "subject_id", "dossier_id", "policy_version_id", "clause", "blind",
    "at", "in_hand_s", "hash", "restriction", "region", "test",
)  # fmt: skip
_COMPARISON = (
    "id", "decision_id", "label_id", "audit_id", "case_id", "subject_id", "reviewer_id", "team_id", "vendor", "by",
    "labeler_id", "queue", "language", "policy_version_id", "clause", "severity_gap", "missed_escalation", "wrong_clause",
    "wrong_action", "process_error", "technical", "comment", "blind", "headline", "inclusion", "decided_at", "compared_at",
    "replaces", "why", "restriction", "region", "test",
)  # fmt: skip
_ADJUDICATION = (
    "id", "case_id", "subject_id", "dossier_id", "policy_version_id", "trigger", "audit_id", "queue", "opened_at", "due_at",
    "restriction", "region", "test",
)  # fmt: skip
# `clause` and `severity` are the compared values' own names in the row.
_MARKED = {one: one.value for one in Criterion} | {Criterion.CLAUSE: "clause_marked"}


def insert(tx: Tx, label: Label) -> None:
    """Keep a label."""
    values = {name: getattr(label, name) for name in _LABEL} | {
        "judgement": Jsonb(review.canonical_judgement(label.judgement)),
        "verdict": label.verdict.value,
        "severity": int(label.severity),
    }
    tx.run(SQL["insert_label"], values)


def of(tx: Tx, what: str, of_ids: Sequence[str]) -> list[Label]:
    """Return the labels of things of a kind, in order."""
    return [_label(row) for row in tx.rows(SQL["labels_of"], {"of": what, "of_ids": list(of_ids)})]


def by_ids(tx: Tx, ids: Sequence[LabelId]) -> list[Label]:
    """Return labels, the oldest first."""
    return [_label(row) for row in tx.rows(SQL["labels_by_id"], {"ids": list(ids)})]


def of_case(tx: Tx, case_id: CaseId) -> list[Label]:
    """Return the labels that were given of a case, the oldest first."""
    return [_label(row) for row in tx.rows(SQL["labels_of_case"], {"case_id": case_id})]


def insert_comparison(tx: Tx, one: Comparison) -> None:
    """Keep a decision beside a label; what it replaces counts no more."""
    if one.replaces is not None:
        tx.run(SQL["replace_comparison"], {"id": one.replaces})
    values = {name: getattr(one, name) for name in _COMPARISON} | {
        "severity_given": None if one.severity_given is None else int(one.severity_given),
        "severity_true": None if one.severity_true is None else int(one.severity_true),
        "outcome": None if one.outcome is None else one.outcome.value,
    }
    tx.run(SQL["insert_comparison"], values | {_MARKED[name]: mark.value for name, mark in one.marks.items()})


def comparisons(
    tx: Tx, *, audit_ids: Sequence[AuditId] | None = None, decision_ids: Sequence[DecisionId] | None = None
) -> list[Comparison]:
    """Return comparisons of audits or of decisions, also those that others replaced, the oldest first."""
    wanted = {
        "audit_ids": None if audit_ids is None else list(audit_ids),
        "decision_ids": None if decision_ids is None else list(decision_ids),
    }
    return [_comparison(row) for row in tx.rows(SQL["comparisons_of"], wanted)]


def insert_adjudication(tx: Tx, one: Adjudication, *, key: str) -> bool:
    """Ask for an expert's word; return False where it was asked for already. key: what differs."""
    values = {name: getattr(one, name) for name in _ADJUDICATION} | {
        "key": key,
        "decisions": list(one.decisions),
        "labels": list(one.labels),
        "severity": int(one.severity),
        "clauses": list(one.clauses),
    }
    return tx.row(SQL["insert_adjudication"], values) is not None


def withdraw_adjudications(tx: Tx, decision_id: DecisionId, *, trigger: str) -> int:
    """Ask no more where a judgement was taken back; return how many that ends."""
    return tx.run(SQL["withdraw_adjudications"], {"decision_id": decision_id, "trigger": trigger})


def adjudications_waiting(tx: Tx, *, limit: int) -> list[Adjudication]:
    """Return what waits for an expert's word, the next due first."""
    return [_adjudication(row) for row in tx.rows(SQL["adjudications_waiting"], {"limit": limit})]


def _label(row: Row) -> Label:
    return Label(
        judgement=review.parse_judgement(row["judgement"]),
        verdict=Verdict(row["verdict"]),
        severity=Severity(row["severity"]),
        **{name: row[name] for name in _LABEL},
    )


def _comparison(row: Row) -> Comparison:
    return Comparison(
        severity_given=None if row["severity_given"] is None else Severity(row["severity_given"]),
        severity_true=None if row["severity_true"] is None else Severity(row["severity_true"]),
        outcome=None if row["outcome"] is None else Outcome(row["outcome"]),
        marks={one: Mark(row[_MARKED[one]]) for one in Criterion},
        current=row["current"],
        **{name: row[name] for name in _COMPARISON},
    )


def _adjudication(row: Row) -> Adjudication:
    return Adjudication(
        decisions=tuple(row["decisions"]),
        labels=tuple(row["labels"]),
        severity=Severity(row["severity"]),
        clauses=tuple(row["clauses"]),
        state=row["state"],
        **{name: row[name] for name in _ADJUDICATION},
    )
