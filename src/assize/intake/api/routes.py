"""Reports, and reading what was taken in. Lists never show content; opening it is a post that says why."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Body, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from assize.intake import service
from assize.intake.errors import Malformed, NothingFits, TooManyEvents
from assize.intake.logic import report_of_wire
from assize.intake.models import Event, RawReport, Rejected, Report, ReporterKind, Subject, SubjectLevel
from assize.kernel import clock
from assize.kernel.ids import EventId, SubjectId
from assize.platform.http import transaction

router = APIRouter(prefix="/v1", tags=["intake"])

MAX_REPORTS = 500
ULID = "[0-9A-HJKMNP-TV-Z]{26}"
EventPath = Annotated[str, Path(pattern=f"^evt_{ULID}$")]
SubjectPath = Annotated[str, Path(pattern=f"^sub_{ULID}$")]
NameQuery = Annotated[str | None, Query(pattern=r"^[a-z0-9][a-z0-9_.:-]{0,63}$")]
CursorQuery = Annotated[str | None, Query(max_length=400)]
LimitQuery = Annotated[int, Query(ge=1, le=200)]
Plain = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00]+$")]


class Form(BaseModel):
    """What callers send: unknown fields are refused, so that a typo is not silently nothing."""

    model_config = ConfigDict(extra="forbid")


class PurposeForm(Form):
    """Why something is opened; kept with the name of who asks."""

    purpose: Annotated[str, Field(min_length=3, max_length=300, pattern=r"^[^\x00]+$")]


class FindForm(PurposeForm):
    """Whom to find, by the platform's own id. parent_id: needed for end users, whose ids are their parent's own."""

    level: SubjectLevel
    ref: Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[^\x00]+$")]
    parent_id: Annotated[str | None, Field(pattern=f"^sub_{ULID}$")] = None


class EraseForm(Form):
    """What to forget now, and why."""

    event_ids: Annotated[list[Annotated[str, Field(pattern=f"^evt_{ULID}$")]], Field(min_length=1, max_length=1000)]
    reason: Plain


class ReasonForm(Form):
    """Why somebody is forgotten."""

    reason: Plain


class RejectedView(BaseModel):
    """Why one item was not taken, and where."""

    pointer: str
    code: str
    detail: str
    external_id: str | None


class ReceiptView(BaseModel):
    """What became of a call; ids in its order, null where rejected. received_at: the acknowledged time of receipt."""

    batch_id: str
    received_at: datetime
    accepted: int
    duplicates: int
    rejected: list[RejectedView]
    ids: list[str | None]


class EventView(BaseModel):
    """An event without its content."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    source: str
    external_id: str
    kind: str
    occurred_at: datetime
    received_at: datetime
    organisation: str | None
    project: str | None
    api_key: str | None
    account: str | None
    end_user: str | None
    conversation: str | None
    subject_id: str | None
    account_id: str | None
    conversation_id: str | None
    language: str | None
    region: str | None
    model_version: str | None
    model_outcome: str | None
    handling: str
    retention: str
    restriction: str | None
    tags: list[str]
    test: bool
    erased_at: datetime | None


class OpenedView(EventView):
    """An event with its content. Text is hostile: show it as text."""

    turns: list[dict[str, Any]]
    attributes: dict[str, Any]
    media: list[dict[str, Any]]


class EventsView(BaseModel):
    """A page of events. cursor: continues the list, null at its end."""

    events: list[EventView]
    cursor: str | None


class SubjectView(BaseModel):
    """A subject. ref: the platform's own id, null unless it was looked up with a purpose."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    level: str
    ref: str | None
    parent_id: str | None
    first_seen_at: datetime
    erased_at: datetime | None


class SubjectsView(BaseModel):
    """A subject and everybody above it, itself first."""

    subjects: list[SubjectView]


class ReportView(BaseModel):
    """A report without its text. upheld: null until a decision said whether it was right."""

    model_config = ConfigDict(from_attributes=True)

    event_id: str
    reporter_id: str
    reporter_kind: str
    reason: str
    about_event_id: str | None
    reference: str | None
    received_at: datetime
    upheld: bool | None


class ReportsView(BaseModel):
    """A page of reports. cursor: continues the list, null at its end."""

    reports: list[ReportView]
    cursor: str | None


class ErasedView(BaseModel):
    """How many events had content that went."""

    erased: int


@router.post("/reports", status_code=202)
def post_reports(request: Request, body: Annotated[Any, Body()]) -> ReceiptView:
    """Take reports in: one object, an array, or {"reports": […]}. Answers once they are durable."""
    items, prefix = _reports(body)
    if len(items) > MAX_REPORTS:
        raise TooManyEvents(limit=MAX_REPORTS)
    single = isinstance(body, dict) and not prefix
    places = [prefix if single else f"{prefix}/{index}" for index in range(len(items))]
    read = [report_of_wire(item, pointer=place) for item, place in zip(items, places, strict=True)]
    unread = [one for one in read if isinstance(one, Rejected)]
    at = clock.now()
    with transaction(request) as tx:
        taken = [(one, place) for one, place in zip(read, places, strict=True) if isinstance(one, RawReport)]
        receipt = service.report(tx, reports=[one for one, _ in taken], pointers=[place for _, place in taken], at=at)
        rejected = [*unread, *receipt.rejected]
        if items and len(rejected) == len(items):
            raise NothingFits(count=len(items), places=[_rejected(one).model_dump() for one in rejected])
    ids = iter(receipt.ids)
    return ReceiptView(
        batch_id=receipt.batch_id,
        received_at=at,
        accepted=receipt.accepted,
        duplicates=receipt.duplicates,
        rejected=[_rejected(one) for one in rejected],
        ids=[None if isinstance(one, Rejected) else next(ids) for one in read],
    )


@router.get("/reports")
def get_reports(
    request: Request,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
    about_event_id: Annotated[str | None, Query(pattern=f"^evt_{ULID}$")] = None,
    kind: ReporterKind | None = None,
) -> ReportsView:
    """List reports, newest first, without their text."""
    with transaction(request) as tx:
        page = service.list_reports(tx, cursor=cursor, limit=limit, about_event_id=about_event_id, kind=kind)
    return ReportsView(reports=[_report(one) for one in page.reports], cursor=page.cursor)


@router.get("/events")
def get_events(
    request: Request,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
    kind: NameQuery = None,
    source: NameQuery = None,
    conversation_id: Annotated[str | None, Query(pattern=f"^sub_{ULID}$")] = None,
) -> EventsView:
    """List events, newest first, without their content."""
    with transaction(request) as tx:
        page = service.list_events(
            tx, cursor=cursor, limit=limit, kind=kind, source=source, conversation_id=conversation_id
        )
    return EventsView(events=[_event(one) for one in page.events], cursor=page.cursor)


@router.get("/events/{event_id}")
def get_event(request: Request, event_id: EventPath) -> EventView:
    """Show one event without its content."""
    with transaction(request) as tx:
        return _event(service.show_event(tx, event_id=EventId(event_id)))


@router.post("/events/{event_id}/open")
def post_open(request: Request, event_id: EventPath, form: PurposeForm) -> OpenedView:
    """Show one event with its content; who read it and why is recorded."""
    with transaction(request) as tx:
        found = service.open_event(tx, event_id=EventId(event_id), purpose=form.purpose, at=clock.now())
    return OpenedView(
        **_event(found).model_dump(),
        turns=[msgspec.to_builtins(turn) for turn in found.turns],
        attributes=dict(found.attributes),
        media=[msgspec.to_builtins(media) for media in found.media],
    )


@router.post("/events/erase")
def post_erase(request: Request, form: EraseForm) -> ErasedView:
    """Forget the content of events now, here and in every copy."""
    with transaction(request) as tx:
        event_ids = [EventId(one) for one in form.event_ids]
        return ErasedView(erased=service.erase(tx, event_ids=event_ids, reason=form.reason, at=clock.now()))


@router.get("/subjects/{subject_id}")
def get_subject(request: Request, subject_id: SubjectPath) -> SubjectView:
    """Show a subject without its identity."""
    with transaction(request) as tx:
        return _subject(service.show_subject(tx, subject_id=SubjectId(subject_id)))


@router.post("/subjects/find")
def post_find(request: Request, form: FindForm) -> SubjectsView:
    """Find a subject by the platform's own id; who looked and why is recorded."""
    parent_id = None if form.parent_id is None else SubjectId(form.parent_id)
    with transaction(request) as tx:
        found = service.find_subject(
            tx, level=form.level, ref=form.ref, parent_id=parent_id, purpose=form.purpose, at=clock.now()
        )
    return SubjectsView(subjects=[_subject(one) for one in found])


@router.post("/subjects/{subject_id}/open")
def post_look_up(request: Request, subject_id: SubjectPath, form: PurposeForm) -> SubjectsView:
    """Show who a subject is, and everybody above it; who looked and why is recorded."""
    with transaction(request) as tx:
        found = service.look_up(tx, subject_id=SubjectId(subject_id), purpose=form.purpose, at=clock.now())
    return SubjectsView(subjects=[_subject(one) for one in found])


@router.post("/subjects/{subject_id}/erase")
def post_erase_subject(request: Request, subject_id: SubjectPath, form: ReasonForm) -> ErasedView:
    """Forget who a subject is, and the content of all its events."""
    with transaction(request) as tx:
        erased = service.erase_subject(tx, subject_id=SubjectId(subject_id), reason=form.reason, at=clock.now())
    return ErasedView(erased=erased)


def _reports(body: object) -> tuple[list[Any], Literal["", "/reports"]]:
    if isinstance(body, list):
        return body, ""
    if isinstance(body, dict):
        inner = body.get("reports")
        return (inner, "/reports") if isinstance(inner, list) and len(body) == 1 else ([body], "")
    raise Malformed(expected="a report, an array of reports or an object with them", reason="it is neither", pointer="")


def _event(event: Event) -> EventView:
    return EventView.model_validate(event)


def _subject(subject: Subject) -> SubjectView:
    return SubjectView.model_validate(subject)


def _report(report: Report) -> ReportView:
    return ReportView.model_validate(report)


def _rejected(one: Rejected) -> RejectedView:
    return RejectedView(pointer=one.pointer, code=one.code, detail=one.detail, external_id=one.external_id)
