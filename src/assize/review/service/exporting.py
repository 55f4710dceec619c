"""Take records out: page by page, each in a transaction of its own, with a fact at the start and one at the end."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from assize.intake import service as intake
from assize.intake.models import Use
from assize.kernel import clock
from assize.kernel.actor import Actor
from assize.kernel.ids import CaseId, EventId, new_id
from assize.platform.db import Database, Tx
from assize.review.errors import MayNotExport, NoSuchExport
from assize.review.facts import ExportEnded, ExportStarted
from assize.review.logic import address_of, sha256_of, shown_decision
from assize.review.logic.exporting import Cells, CsvWriter, JsonLinesWriter, Writer
from assize.review.logic.searching import parameters_of
from assize.review.models import (
    Decision,
    Export,
    ExportColumns,
    ExportFormat,
    ExportState,
    Of,
    SearchHit,
    Wanted,
)
from assize.review.service.parquet import ParquetWriter, arrow
from assize.review.service.searching import search_rows
from assize.review.store import decisions, saved
from assize.triage import service as triage
from assize.workforce.models import Principal, Right
from assize.workforce.service import require

PAGE = 2_000  # rows a transaction: some 100 ms, so that no snapshot is held long
LOST_AFTER = timedelta(hours=12)  # longer than any export takes: its server stopped in the middle

_CASE = ("case_id", "opened_at", "severity", "state", "queue", "clauses", "language", "region")
_DECISION = (
    "decision_id", "case_id", "decided_at", "severity", "state", "verdict", "clauses", "actions", "reviewer_id", "team_id",
    "by", "policy_version_id", "queue", "language", "region",
)  # fmt: skip
COLUMNS: Mapping[ExportColumns, tuple[str, ...]] = {
    ExportColumns.CASES: _CASE,
    ExportColumns.DECISIONS: (*_DECISION, "reason_codes", "rationale", "findings", "dispositions", "hash"),
    ExportColumns.ENFORCEMENT: (
        *_DECISION,
        "enforcement_id", "action_id", "target_level", "target_ref", "enforcement_state", "high_impact", "reversible",
        "containment", "planned_at", "effective_at", "approved_by", "undone_at",
    ),
}  # fmt: skip
_TIMES = frozenset({"opened_at", "decided_at", "planned_at", "effective_at", "undone_at"})
_NUMBERS = frozenset({"severity"})

More = Callable[[Tx, Sequence[SearchHit]], Sequence[Cells]]


@dataclass(frozen=True, kw_only=True)
class ExportPage:
    """A page of what is taken out. left_out: rows a handling class keeps here. cursor: goes on, None at the end."""

    hits: tuple[SearchHit, ...]
    left_out: int
    cursor: str | None


def begin_export(tx: Tx, *, wanted: Wanted, format_: ExportFormat, columns: ExportColumns, at: datetime) -> Export:
    """Begin to take out what is wanted, and record it. Raises MayNotExport, NeedsParquet, and what `search` raises."""
    principal = _exporter(tx)
    if format_ is ExportFormat.PARQUET:
        arrow()
    search_rows(tx, wanted=_of(wanted, columns), cursor=None, look=1)
    _settle_lost(tx, principal, at=at)
    one = Export(
        id=new_id("exp"),
        owner=principal.id,
        format=format_,
        columns=columns,
        address=address_of(wanted),
        state=ExportState.RUNNING,
        started_at=at,
    )
    saved.insert_export(tx, one)
    tx.record(
        ExportStarted(
            export_id=one.id,
            format=format_.value,
            columns=columns.value,
            asked=_without_words(wanted),
            masked=tuple(sorted(principal.view.masked_fields)),
        ),
        at=at,
    )
    return one


def export_page(tx: Tx, *, wanted: Wanted, columns: ExportColumns, cursor: str | None, look: int = PAGE) -> ExportPage:
    """Return the next rows that may be taken out. Raises MayNotExport.

    Cases that hold an event whose handling class forbids export are left out, and so are their decisions: rationale and
    notes may quote it. So is what holds an event that is not there for whoever exports.
    """
    _exporter(tx)
    hits, more = search_rows(tx, wanted=_of(wanted, columns), cursor=cursor, look=look)
    kept = _kept_here(tx, {one.case_id for one in hits})
    out = tuple(one for one in hits if one.case_id not in kept)
    return ExportPage(hits=out, left_out=len(hits) - len(out), cursor=more)


def end_export(tx: Tx, *, export: Export, at: datetime) -> None:
    """Record how an export ended: done, or broken off. The first end counts."""
    principal = _exporter(tx)
    if export.owner == principal.id and saved.end_export(tx, export, at=at):
        tx.record(_ended(export), at=at)


def exports(tx: Tx, *, limit: int = 50) -> list[Export]:
    """Return my exports, the latest first."""
    principal = require(tx, Right.EXPORT)
    return saved.exports(tx, owner=principal.id, limit=min(max(1, limit), 200))


def export(tx: Tx, export_id: str) -> Export:
    """Return an export of mine. Raises NoSuchExport."""
    principal = require(tx, Right.EXPORT, about=export_id)
    found = saved.exports(tx, owner=principal.id, export_id=export_id, limit=1)
    if not found:
        raise NoSuchExport
    return found[0]


def stream(
    database: Database, actor: Actor, *, export: Export, wanted: Wanted, more: More | None = None
) -> Iterator[bytes]:
    """Yield the file of an export that was begun, and record its end however it comes.

    more: makes the rows of what was found, where review doesn't know them itself. Closed early, or after an error,
    the export is broken off.
    """
    made = writer_of(export)
    digest, done = hashlib.sha256(), replace(export, state=ExportState.BROKEN_OFF)

    def told(piece: bytes) -> bytes:
        nonlocal done
        digest.update(piece)
        done = replace(done, bytes=done.bytes + len(piece))
        return piece

    try:
        yield told(made.start())
        cursor: str | None = None
        while True:
            with database.transaction(actor) as tx:
                page = export_page(tx, wanted=wanted, columns=export.columns, cursor=cursor)
                rows = more(tx, page.hits) if more is not None else rows_of(tx, page.hits, columns=export.columns)
            done = replace(done, rows=done.rows + len(rows), left_out=done.left_out + page.left_out)
            piece = made.rows(rows)
            if piece:
                yield told(piece)
            cursor = page.cursor
            if cursor is None:
                break
        yield told(made.end(done))
        done = replace(done, state=ExportState.DONE, sha256=digest.hexdigest())
    finally:
        with database.transaction(actor) as tx:
            end_export(tx, export=done, at=clock.now())


def rows_of(tx: Tx, hits: Sequence[SearchHit], *, columns: ExportColumns) -> list[Cells]:
    """Return the rows of cases or decisions, masked for whoever exports."""
    principal = require(tx, Right.EXPORT)
    if columns is ExportColumns.CASES:
        return [case_row(one) for one in hits]
    whole = {str(one.id): one for one in decisions.by_ids(tx, [one.id for one in hits])}
    return [
        {**decision_row(hit), **_of_decision(shown_decision(principal.view, whole[hit.id]))}
        for hit in hits
        if hit.id in whole
    ]


def case_row(hit: SearchHit) -> dict[str, Any]:
    """Return what an export tells of a case: no identity, no content."""
    return {**_of_hit(hit), "case_id": hit.case_id, "opened_at": hit.at}


def decision_row(hit: SearchHit) -> dict[str, Any]:
    """Return what an export tells of a decision by what search knows."""
    return {
        **_of_hit(hit),
        "decision_id": hit.id,
        "case_id": hit.case_id,
        "decided_at": hit.at,
        "verdict": hit.verdict,
        "actions": " ".join(hit.actions),
        "reviewer_id": hit.reviewer_id,
        "team_id": hit.team_id,
        "by": hit.by,
        "policy_version_id": hit.policy,
    }


def writer_of(export: Export) -> Writer:
    """Return what writes the file of an export. Raises NeedsParquet."""
    columns = COLUMNS[export.columns]
    match export.format:
        case ExportFormat.CSV:
            return CsvWriter(columns)
        case ExportFormat.JSONL:
            return JsonLinesWriter(columns)
        case ExportFormat.PARQUET:
            return ParquetWriter(columns, times=_TIMES, numbers=_NUMBERS)


def file_name(export: Export) -> str:
    """Return the name under which the file is saved."""
    return f"assize-{export.columns.value}-{export.started_at:%Y%m%d-%H%M}-{export.id[-6:]}.{export.format.value}"


def _of_hit(hit: SearchHit) -> dict[str, Any]:
    return {
        "severity": int(hit.severity),
        "state": hit.state,
        "queue": hit.queue,
        "clauses": " ".join(hit.clauses),
        "language": hit.language,
        "region": hit.region,
    }


def _of_decision(one: Decision) -> dict[str, Any]:
    findings = [
        {
            "clause": each.clause_id,
            "verdict": each.verdict.value,
            "locus": each.locus.value,
            "exception": each.exception.exception_id if each.exception else None,
        }
        for each in one.findings
    ]
    dispositions = [
        {
            "kind": each.kind.value,
            "action": each.action_id,
            "target_level": each.target_level.value,
            "target_id": each.target_id,
        }
        for each in one.dispositions
    ]
    return {
        "reason_codes": " ".join(one.judgement.reason_codes),
        "rationale": one.judgement.rationale,
        "findings": json.dumps(findings),
        "dispositions": json.dumps(dispositions),
        "hash": one.hash,
    }


def _exporter(tx: Tx) -> Principal:
    principal = require(tx, Right.EXPORT)
    if not principal.view.may_export:
        raise MayNotExport
    return principal


def _of(wanted: Wanted, columns: ExportColumns) -> Wanted:
    return replace(wanted, of=Of.CASE if columns is ExportColumns.CASES else Of.DECISION)


def _kept_here(tx: Tx, case_ids: set[CaseId]) -> set[CaseId]:
    pairs = triage.events_of_cases(tx, case_ids=sorted(case_ids))
    ids: list[EventId] = list({event_id for _, event_id in pairs})
    kept = intake.kept_from(tx, ids, Use.EXPORT)
    return {case_id for case_id, event_id in pairs if event_id in kept}


def _settle_lost(tx: Tx, principal: Principal, *, at: datetime) -> None:
    for one in saved.exports(tx, owner=principal.id):
        if one.state is ExportState.RUNNING and one.started_at < at - LOST_AFTER:
            lost = replace(one, state=ExportState.BROKEN_OFF)
            saved.end_export(tx, lost, at=at)
            tx.record(_ended(lost), at=at)


def _ended(one: Export) -> ExportEnded:
    return ExportEnded(
        export_id=one.id,
        state=one.state.value,
        rows=one.rows,
        left_out=one.left_out,
        bytes=one.bytes,
        sha256=one.sha256,
    )


def _without_words(wanted: Wanted) -> dict[str, str]:
    asked = parameters_of(wanted)
    return asked if "text" not in asked else {**asked, "text": f"sha256:{sha256_of({'text': wanted.text})}"}
