"""What waits for an expert's word, as it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assize.kernel.ids import AdjudicationId, CaseId, ClauseId
from assize.platform.db import Row, Tx
from assize.platform.sql import queries
from assize.policy.models import Severity
from assize.quality.models import Adjudication
from assize.quality.models.adjudicating import Voice, Word
from assize.review.models import Verdict

SQL = queries("assize.quality.store.words")
_AS_IT_IS = (
    "id", "case_id", "subject_id", "dossier_id", "policy_version_id", "trigger", "audit_id", "queue", "state", "opened_at",
    "due_at", "restriction", "region", "test",
)  # fmt: skip
_GIVEN = (
    "case_id",
    "subject_id",
    "dossier_id",
    "policy_version_id",
    "audit_id",
    "queue",
    "restriction",
    "region",
    "test",
)


@dataclass(frozen=True, kw_only=True)
class Unsettled:
    """Judgements that may differ so much that an expert is asked."""

    key: str
    voices: tuple[Voice, ...]
    severity: Severity
    row: Row


def unsettled(tx: Tx, *, since: datetime, gap: int, limit: int) -> list[Unsettled]:
    """Return what no expert was asked of yet, of what was judged since a moment. gap: of severity, in steps."""
    wanted = {"since": since, "limit": limit, "gap": gap}
    rows = [*tx.rows(SQL["unsettled_labels"], wanted), *tx.rows(SQL["unsettled_votes"], wanted)]
    return [
        Unsettled(
            key=row["key"],
            voices=tuple(_voice(one) for one in row["voices"]),
            severity=Severity(row["severity"]),
            row=row,
        )
        for row in rows
    ]


def ask(tx: Tx, of: Unsettled, *, adjudication_id: str, trigger: str, at: datetime, due_at: datetime) -> bool:
    """Ask for an expert's word; return False where it was asked for already."""
    values = {name: of.row[name] for name in _GIVEN} | {
        "id": adjudication_id,
        "key": of.key,
        "trigger": trigger,
        "decisions": of.row["decisions"],
        "labels": of.row["labels"],
        "clauses": sorted(set(of.row["clauses"])),
        "severity": int(of.severity),
        "opened_at": at,
        "due_at": due_at,
    }
    return tx.row(SQL["ask"], values) is not None


def found(
    tx: Tx, *, me: str, adjudication_id: str | None = None, states: Sequence[str] | None = None, limit: int = 1
) -> list[tuple[Adjudication, Word | None]]:
    """Return what waits or was said, of cases in which the actor did not judge."""
    wanted = {"me": me, "id": adjudication_id, "states": None if states is None else list(states), "limit": limit}
    return [(_asked(row), _word(row)) for row in tx.rows(SQL["adjudications"], wanted)]


def lock(tx: Tx, adjudication_id: AdjudicationId) -> bool:
    """Hold one that waits until the end of the transaction; False where it does not wait."""
    return tx.row(SQL["lock_adjudication"], {"id": adjudication_id}) is not None


def decide(tx: Tx, adjudication_id: AdjudicationId, word: Word) -> None:
    """Keep an expert's word."""
    tx.run(
        SQL["decide_adjudication"],
        {
            "id": adjudication_id,
            "outcome": "policy_ambiguous" if word.ambiguous else "label",
            "label_id": word.label_id,
            "cited_clause": word.cited_clause,
            "rationale": word.rationale,
            "decided_by": word.decided_by,
            "decided_at": word.decided_at,
            "gap_id": word.gap_id,
        },
    )


def escalated(tx: Tx, case_id: CaseId, *, decided_at: datetime) -> bool:
    """Whether a case was escalated by the time a decision of it was a day old."""
    return bool(tx.value(SQL["escalated_in_time"], {"case_id": case_id, "decided_at": decided_at}))


def _voice(one: dict[str, object]) -> Voice:
    return Voice(
        by="machine" if one["by"] == "machine" else "person",
        verdict=Verdict(str(one["verdict"])),
        clause=None if one["clause"] is None else ClauseId(str(one["clause"])),
        severity=None if one["severity"] is None else Severity(int(str(one["severity"]))),
    )


def _asked(row: Row) -> Adjudication:
    return Adjudication(
        decisions=tuple(row["decisions"]),
        labels=tuple(row["labels"]),
        severity=Severity(row["severity"]),
        clauses=tuple(row["clauses"]),
        **{name: row[name] for name in _AS_IT_IS},
    )


def _word(row: Row) -> Word | None:
    if row["decided_at"] is None:
        return None
    return Word(
        ambiguous=row["outcome"] == "policy_ambiguous",
        label_id=row["label_id"],
        cited_clause=row["cited_clause"],
        rationale=row["rationale"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        gap_id=row["gap_id"],
    )
