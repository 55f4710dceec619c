"""Reports: an event that somebody sent about another event, or about somebody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from assize.intake.errors import AboutNothing, OutsideView
from assize.intake.facts import EventsReceived, ReportReceived
from assize.intake.logic import Problem, cursor_after, cursor_of, prepare, report_weight
from assize.intake.models import (
    EventKind,
    Handling,
    RawEvent,
    RawReport,
    Ready,
    Receipt,
    Rejected,
    Report,
    Reporter,
    ReporterKind,
    ReportNote,
    Role,
    SubjectRef,
    Turn,
)
from assize.intake.store import events as event_store
from assize.intake.store import reports as store
from assize.kernel.ids import BatchId, EventId, new_id
from assize.platform.db import Row, Tx
from assize.workforce.models import Right, SearchScope
from assize.workforce.service import require

MAX_PAGE = 200


@dataclass(frozen=True, kw_only=True)
class ReportPage:
    """A page of reports. cursor: continues the list, None at its end."""

    reports: tuple[Report, ...]
    cursor: str | None


@dataclass(frozen=True, kw_only=True)
class _Made:
    ready: Ready
    raw: RawReport
    note: ReportNote
    about: EventId | None


def report(tx: Tx, *, reports: Sequence[RawReport], at: datetime, pointers: Sequence[str] | None = None) -> Receipt:
    """Take reports in, each once by source and external id; bad ones are rejected one by one.

    pointers: where each stands in the caller's own document; `/0`, `/1` … where absent.
    A report about an event is about whom that event is about, unless it says otherwise, and inherits its region, its
    compartment and its test mark. A notice of an authority keeps its reference; when it came is the receipt's time.
    """
    principal = require(tx, Right.REPORTS_WRITE)
    batch_id = BatchId(new_id("bat"))
    slots: list[_Made | None] = []
    rejected: list[Rejected] = []
    for index, raw in enumerate(reports):
        made = _made(tx, raw, at=at)
        if isinstance(made, Problem):
            place = (f"/{index}" if pointers is None else pointers[index]) + made.pointer
            rejected.append(
                Rejected(pointer=place, code=made.code, detail=made.detail, external_id=_printable(raw.external_id))
            )
            slots.append(None)
        else:
            slots.append(made)
    written = event_store.write_events(tx, [slot.ready for slot in slots if slot is not None])
    if written.fresh:
        event_store.fill_inbox(tx, written.fresh)
    fresh = [slot for slot in slots if slot is not None and slot.ready.id in written.fresh]
    for slot in fresh:
        store.add(tx, _report(slot, at=at))
    event_store.count_rejects(tx, [("reports", one) for one in rejected], at=at)
    _announce(tx, fresh, batch_id=batch_id, sent_by=principal.id, at=at)
    taken = [slot for slot in slots if slot is not None]
    ids = [None if slot is None else written.ids[slot.ready.source, slot.ready.external_id] for slot in slots]
    return Receipt(
        batch_id=batch_id,
        accepted=len(fresh),
        duplicates=len(taken) - len(fresh),
        ids=tuple(ids),
        rejected=tuple(rejected),
    )


def report_of(tx: Tx, event_id: EventId) -> Report | None:
    """Return what makes an event a report, or None. A step: the caller checks the right."""
    return store.report(tx, event_id)


def reporter_of(tx: Tx, reporter_id: str) -> Reporter | None:
    """Return a reporter with their record, or None. A step: the caller checks the right."""
    return store.reporter(tx, reporter_id)


def weight_of(tx: Tx, note: ReportNote, *, protected: bool) -> float:
    """Return how much a report counts, from 0.25 to 1. protected: child safety or self-harm may be at stake. A step."""
    reporter = store.reporter(tx, note.reporter_id)
    record = None if reporter is None else reporter.accuracy
    return report_weight(note.reporter_kind, record, reason=note.reason, protected=protected)


def list_reports(
    tx: Tx,
    *,
    cursor: str | None = None,
    limit: int = 50,
    about_event_id: str | None = None,
    kind: ReporterKind | None = None,
) -> ReportPage:
    """Return a page of reports without their text, newest first. Raises OutsideView, BadCursor."""
    principal = require(tx, Right.EVENTS_READ)
    if principal.view.search_scope is not SearchScope.ALL:
        raise OutsideView
    before = None if cursor is None else cursor_after(cursor)
    wanted = min(max(1, limit), MAX_PAGE)
    found = store.page(tx, before=before, about_event_id=about_event_id, kind=kind, limit=wanted + 1)
    page = found[:wanted]
    more = cursor_of(page[-1].event_id) if len(found) > wanted else None
    if "reporter" in principal.view.masked_fields:
        page = [_without_reporter(one) for one in page]
    return ReportPage(reports=tuple(page), cursor=more)


def _made(tx: Tx, raw: RawReport, *, at: datetime) -> _Made | Problem:
    about_id, about = _about(tx, raw)
    if about is None and raw.subject is None:
        place = "/about" if raw.about is not None else "/subject"
        return Problem(pointer=place, code=AboutNothing.code, detail="names no event that we have, and no subject")
    event = _event(raw, about, at=at)
    if "\0" in raw.reporter.ref or "\0" in (raw.reference or ""):
        return Problem(pointer="/reporter", code="nul-character", detail="holds the character NUL (\\u0000)")
    ready = prepare(event, event_id=EventId(new_id("evt")), at=at)
    if isinstance(ready, Problem):
        return ready
    kind = raw.reporter.kind
    who = store.reporter_named(tx, new_id=new_id("rep"), kind=kind, source=raw.source, ref=raw.reporter.ref, at=at)
    note = ReportNote(
        reporter_id=who.id,
        reporter_kind=kind,
        reason=raw.reason,
        about_event_id=about_id,
        reference=raw.reference,
    )
    # Prepared twice: the reporter is added only once the rest is known to fit.
    final = prepare(event, event_id=ready.id, at=at, report=note)
    return final if isinstance(final, Problem) else _Made(ready=final, raw=raw, note=note, about=about_id)


def _about(tx: Tx, raw: RawReport) -> tuple[EventId | None, Row | None]:
    if raw.about is None:
        return None, None
    event_id = raw.about.event_id
    if event_id is None and raw.about.external_id is not None:
        event_id = event_store.known_event(tx, source=raw.about.source or raw.source, external_id=raw.about.external_id)
    found = None if event_id is None or "\0" in event_id else event_store.reported(tx, event_id)
    return (None, None) if found is None else (EventId(found["id"]), found)


def _event(raw: RawReport, about: Row | None, *, at: datetime) -> RawEvent:
    named = raw.subject or SubjectRef()
    refs = {name: getattr(named, name) for name in named.__struct_fields__}
    if about is not None:
        refs = {name: value if value is not None else about[name] for name, value in refs.items()}
    authority = raw.reporter.kind is ReporterKind.AUTHORITY
    event = RawEvent(
        external_id=raw.external_id,
        source=raw.source,
        kind=EventKind.NOTICE if authority else EventKind.REPORT,
        occurred_at=raw.occurred_at or at,
        subject=SubjectRef(**refs),
        turns=(Turn(role=Role.USER, text=raw.text),) if raw.text else (),
        language=raw.language,
        region=raw.region or (about["region"] if about else None),
        restriction=about["restriction"] if about else None,
        handling=raw.handling,
        retention="extended" if authority else "standard",
        tags=raw.tags,
        test=raw.test or bool(about and about["test"]),
        attributes=raw.attributes,
        media=raw.media,
    )
    if about is not None and event.handling is Handling.ORDINARY:
        # What is said about grave content is handled as gravely as the content; no text follows from zero retention.
        inherited = Handling(about["handling"])
        if inherited is not Handling.ZERO_RETENTION:
            event = msgspec.structs.replace(event, handling=inherited)
    return event


def _report(made: _Made, *, at: datetime) -> Report:
    return Report(
        event_id=made.ready.id,
        reporter_id=made.note.reporter_id,
        reporter_kind=made.note.reporter_kind,
        reason=made.note.reason,
        about_event_id=made.about,
        reference=made.note.reference,
        received_at=at,
    )


def _announce(tx: Tx, fresh: Sequence[_Made], *, batch_id: BatchId, sent_by: str, at: datetime) -> None:
    by_source: dict[str, int] = {}
    for made in fresh:
        by_source[made.raw.source] = by_source.get(made.raw.source, 0) + 1
        tx.record(
            ReportReceived(
                event_id=made.ready.id,
                about_event_id=made.about,
                reporter_kind=made.note.reporter_kind.value,
                reason=made.note.reason,
                reference=made.note.reference,
            ),
            at=at,
        )
    for source, count in by_source.items():
        tx.record(
            EventsReceived(batch_id=batch_id, source=source, sent_by=sent_by, event_count=count, duplicates=0), at=at
        )


def _without_reporter(one: Report) -> Report:
    return Report(
        event_id=one.event_id,
        reporter_id="",
        reporter_kind=one.reporter_kind,
        reason=one.reason,
        about_event_id=one.about_event_id,
        reference=None,
        received_at=one.received_at,
        upheld=one.upheld,
    )


def _printable(external_id: str) -> str | None:
    return external_id if external_id.isprintable() else None
