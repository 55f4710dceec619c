"""Precedents, similar cases, notes and history as they are kept."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from assize.kernel.ids import (
    CaseId,
    ClauseId,
    DecisionId,
    EventId,
    NoteId,
    PolicyVersionId,
    PrecedentId,
    ReviewerId,
    SubjectId,
)
from assize.platform.db import Row, Tx
from assize.platform.sql import queries
from assize.policy.models import Severity
from assize.review.models import Note, Precedent, PrecedentTreatment, SimilarCase, SimilarHow, Treatment, Verdict

SQL = queries("assize.review")

COMMON = 1_000  # cases that share a word: a word of more tells little
RARE_WORDS = 12  # of a case that are asked for
LOOKED_AT = 400  # cases that share one of them, among which the closest are found


def insert(tx: Tx, one: Precedent) -> None:
    """Write a precedent."""
    tx.run(
        SQL["insert_precedent"],
        {
            "id": one.id,
            "decision_id": one.decision_id,
            "case_id": one.case_id,
            "clause_id": one.clause_id,
            "policy_version_id": one.policy_version_id,
            "clause_hash": one.clause_hash,
            "principle": one.principle,
            "verdict": one.verdict.value,
            "endorsed_by": one.endorsed_by,
            "endorsed_at": one.endorsed_at,
        },
    )


def by_ids(tx: Tx, ids: Sequence[str]) -> list[Precedent]:
    """Return precedents with their treatments."""
    return _whole(tx, tx.rows(SQL["precedents_by_id"], {"ids": list(ids)}))


def of_clauses(tx: Tx, clauses: Sequence[ClauseId], *, limit: int) -> list[Precedent]:
    """Return precedents under these clauses, those in force first."""
    return _whole(tx, tx.rows(SQL["precedents_of_clauses"], {"clauses": list(clauses), "limit": limit}))


def find(tx: Tx, text: str, *, limit: int) -> list[Precedent]:
    """Return precedents whose principle has these words."""
    return _whole(tx, tx.rows(SQL["find_precedents"], {"text": text, "limit": limit}))


def insert_treatment(tx: Tx, precedent_id: PrecedentId, one: PrecedentTreatment) -> None:
    """A precedent was followed, distinguished or overruled."""
    params = {
        "precedent_id": precedent_id,
        "at": one.at,
        "treatment": one.treatment.value,
        "reason": one.reason,
        "me": one.by,
        "decision_id": one.decision_id,
    }
    tx.run(SQL["insert_treatment"], params)
    if one.treatment is Treatment.OVERRULED:
        tx.run(SQL["overrule_precedent"], {"id": precedent_id})


def index_words(tx: Tx, case_id: CaseId, words: Mapping[EventId, str]) -> None:
    """Keep the words of events for finding similar cases. The caller asked whether that is allowed."""
    if words:
        rows = [{"event_id": event_id, "words": text} for event_id, text in words.items()]
        tx.run(SQL["index_words"], {"case_id": case_id, "rows": Jsonb(rows)})


def forget_words(tx: Tx, event_ids: Sequence[EventId]) -> int:
    """Take erased events out of the index; return how many entries went."""
    return tx.run(SQL["forget_words"], {"event_ids": list(event_ids)})


def similar_by_words(tx: Tx, *, case_id: CaseId, words: Sequence[str], limit: int) -> list[SimilarCase]:
    """Return decided cases that share rare words, the closest first. words: the likelier to be rare, the earlier."""
    params = {"case_id": case_id, "words": list(words), "limit": limit}
    bounds = {"common": COMMON, "most": RARE_WORDS, "look": LOOKED_AT}
    rows = tx.rows(SQL["similar_by_words"], params | bounds)
    return [_similar(row, SimilarHow.WORDS) for row in rows]


def similar_by_cluster(tx: Tx, *, case_id: CaseId, cluster: int, limit: int) -> list[SimilarCase]:
    """Return decided cases of the same cluster of nearly equal texts."""
    rows = tx.rows(SQL["similar_by_cluster"], {"case_id": case_id, "cluster": cluster, "limit": limit})
    return [_similar(row, SimilarHow.NEAR_DUPLICATE) for row in rows]


def insert_note(tx: Tx, one: Note) -> None:
    """Write a note."""
    params = {
        "id": one.id,
        "case_id": one.case_id,
        "subject_id": one.subject_id,
        "author": one.author,
        "body": one.body,
        "at": one.at,
    }
    tx.run(SQL["insert_note"], params)


def notes(tx: Tx, *, case_id: CaseId | None, subject_id: SubjectId | None) -> list[Note]:
    """Return the notes on a case and its subject, oldest first."""
    return [
        Note(
            id=NoteId(row["id"]),
            case_id=None if row["case_id"] is None else CaseId(row["case_id"]),
            subject_id=None if row["subject_id"] is None else SubjectId(row["subject_id"]),
            author=ReviewerId(row["author"]),
            body=row["body"],
            at=row["at"],
        )
        for row in tx.rows(SQL["notes_of_case"], {"case_id": case_id, "subject_id": subject_id})
    ]


def history(tx: Tx, case_id: CaseId, *, limit: int) -> list[tuple[datetime, str, str, dict[str, Any]]]:
    """Return what happened to a case in order: time, kind of fact, actor, body (empty where it was erased)."""
    rows = tx.rows(SQL["history_of_case"], {"case_id": case_id, "limit": limit})
    return [
        (row["occurred_at"], row["kind"], row["actor"], {} if row["body"] is None else json.loads(row["body"]))
        for row in rows
    ]


def _whole(tx: Tx, rows: Sequence[Row]) -> list[Precedent]:
    if not rows:
        return []
    treated: dict[str, list[PrecedentTreatment]] = {}
    for row in tx.rows(SQL["treatments_of"], {"ids": [row["id"] for row in rows]}):
        treated.setdefault(row["precedent_id"], []).append(
            PrecedentTreatment(
                treatment=Treatment(row["treatment"]),
                reason=row["reason"],
                by=ReviewerId(row["by_reviewer"]),
                at=row["at"],
                decision_id=None if row["decision_id"] is None else DecisionId(row["decision_id"]),
            )
        )
    return [
        Precedent(
            id=PrecedentId(row["id"]),
            decision_id=DecisionId(row["decision_id"]),
            case_id=CaseId(row["case_id"]),
            clause_id=ClauseId(row["clause_id"]),
            policy_version_id=PolicyVersionId(row["policy_version_id"]),
            clause_hash=row["clause_hash"],
            principle=row["principle"],
            verdict=Verdict(row["verdict"]),
            endorsed_by=ReviewerId(row["endorsed_by"]),
            endorsed_at=row["endorsed_at"],
            treatments=tuple(treated.get(row["id"], ())),
            binding=not row["overruled"],
        )
        for row in rows
    ]


def _similar(row: Row, how: SimilarHow) -> SimilarCase:
    return SimilarCase(
        case_id=CaseId(row["case_id"]),
        decision_id=DecisionId(row["decision_id"]),
        how=how,
        score=float(row["score"]),
        verdict=Verdict(row["verdict"]),
        primary_clause=None if row["primary_clause"] is None else ClauseId(row["primary_clause"]),
        assessed=None if row["assessed"] is None else Severity(row["assessed"]),
        decided_at=row["decided_at"],
    )
