"""Reports and reporters."""

from collections.abc import Sequence
from datetime import datetime

from assize.intake.models import Report, Reporter, ReporterKind, ReportOutcome
from assize.kernel.ids import DecisionId, EventId
from assize.kernel.measures import wilson
from assize.platform.db import Row, Tx
from assize.platform.sql import queries

SQL = queries("assize.intake")


def reporter_named(tx: Tx, *, new_id: str, kind: ReporterKind, source: str, ref: str, at: datetime) -> Reporter:
    """Return who reports, added when first seen."""
    named = {"id": new_id, "kind": kind.value, "source": source, "ref": ref, "at": at}
    return reporter_of(tx.one(SQL["reporter_named"], named))


def reporter(tx: Tx, reporter_id: str) -> Reporter | None:
    """Return a reporter with their record."""
    row = tx.row(SQL["reporter_by_id"], {"reporter_id": reporter_id})
    return None if row is None else reporter_of(row)


def add(tx: Tx, report: Report) -> None:
    """Keep what makes an event a report."""
    row = {
        "event_id": report.event_id,
        "reporter_id": report.reporter_id,
        "about_event_id": report.about_event_id,
        "reason": report.reason,
        "reference": report.reference,
        "at": report.received_at,
    }
    tx.run(SQL["add_report"], row)


def report(tx: Tx, event_id: str) -> Report | None:
    """Return one report."""
    row = tx.row(SQL["report_by_event"], {"event_id": event_id})
    return None if row is None else report_of(row)


def page(
    tx: Tx, *, before: str | None, about_event_id: str | None, kind: ReporterKind | None, limit: int
) -> list[Report]:
    """Return a page of reports, newest first."""
    asked = {
        "before": before,
        "about_event_id": about_event_id,
        "kind": None if kind is None else kind.value,
        "limit": limit,
    }
    return [report_of(row) for row in tx.rows(SQL["reports_page"], asked)]


def by_subject(tx: Tx, subject_id: str, *, limit: int) -> list[Report]:
    """Return the newest reports that a subject sent itself."""
    rows = tx.rows(SQL["reports_by_subject"], {"subject_id": subject_id, "limit": limit})
    return [report_of(row) for row in rows]


def decide(
    tx: Tx, *, event_ids: Sequence[str], upheld: bool, decision_id: DecisionId, at: datetime
) -> list[ReportOutcome]:
    """Keep the first outcome of the reports among these events and about them, and count it."""
    values = {"event_ids": list(event_ids), "upheld": upheld, "decision_id": decision_id, "at": at}
    decided = [_outcome(row) for row in tx.rows(SQL["decide_reports"], values)]
    _count(tx, decided, sign=1)
    return decided


def rest(tx: Tx, *, before: DecisionId, decision_id: DecisionId, upheld: bool) -> int:
    """Let what one decision said of reports rest on another that says the same; return how many."""
    return tx.run(SQL["rest_reports"], {"before": before, "decision_id": decision_id, "upheld": upheld})


def withdraw(tx: Tx, *, decision_id: DecisionId) -> list[ReportOutcome]:
    """Take back what a decision said of reports, and the count of it."""
    withdrawn = [_outcome(row) for row in tx.rows(SQL["withdraw_reports"], {"decision_id": decision_id})]
    _count(tx, withdrawn, sign=-1)
    return withdrawn


def _count(tx: Tx, outcomes: Sequence[ReportOutcome], *, sign: int) -> None:
    for upheld in (True, False):
        reporters = [one.reporter_id for one in outcomes if one.upheld is upheld]
        if reporters:
            tx.run(SQL["count_outcomes"], {"reporter_ids": reporters, "upheld": upheld, "sign": sign})


def _outcome(row: Row) -> ReportOutcome:
    return ReportOutcome(
        event_id=EventId(row["event_id"]),
        reporter_id=row["reporter_id"],
        external_id=row["external_id"],
        upheld=row["upheld"],
    )


def reporter_of(row: Row) -> Reporter:
    """Return the reporter that a row means."""
    return Reporter(
        id=row["id"],
        kind=ReporterKind(row["kind"]),
        upheld=row["upheld"],
        rejected=row["rejected"],
        accuracy=wilson(row["upheld"], row["upheld"] + row["rejected"]),
    )


def report_of(row: Row) -> Report:
    """Return the report that a row means."""
    about = row["about_event_id"]
    return Report(
        event_id=EventId(row["event_id"]),
        reporter_id=row["reporter_id"],
        reporter_kind=ReporterKind(row["reporter_kind"]),
        reason=row["reason"],
        about_event_id=None if about is None else EventId(about),
        reference=row["reference"],
        received_at=row["received_at"],
        upheld=row["upheld"],
    )
