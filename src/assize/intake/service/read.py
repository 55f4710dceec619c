"""Read what was taken in: steps for other slices, and use cases that check, mask and leave a trace."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from assize.intake.errors import EventNotFound, OutsideView, PurposeMissing, SubjectNotFound, UseNotAllowed
from assize.intake.facts import AccountLookedUp, ContentRead, EventsRestricted
from assize.intake.logic import allowed, cursor_after, cursor_of, may_be_put_to, shown_for
from assize.intake.models import Event, Subject, SubjectLevel, Use
from assize.intake.store import events as event_store
from assize.intake.store import subjects as subject_store
from assize.kernel.ids import EventId, SubjectId
from assize.platform.db import Tx
from assize.workforce.models import Right, SearchScope, ViewProfile
from assize.workforce.service import require

MIN_PURPOSE, MAX_PURPOSE = 3, 300
MAX_PAGE = 200
_MASKED = "•••"


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of events. cursor: continues the list, None at its end."""

    events: tuple[Event, ...]
    cursor: str | None


# Steps of other slices' use cases: they checked the right, row security checks the rest ---------------------------


def event(tx: Tx, event_id: EventId) -> Event:
    """Return one event. A step: the caller checks the right and records the opening. Raises EventNotFound."""
    found = event_store.events(tx, [event_id])
    if not found:
        raise EventNotFound(event_id=event_id)
    return found[0]


def event_named(tx: Tx, *, source: str, external_id: str) -> Event | None:
    """Return an event by its sender's own id, or None. A step, like `event`."""
    event_id = event_store.known_event(tx, source=source, external_id=external_id)
    return None if event_id is None else event(tx, event_id)


def events(tx: Tx, event_ids: Sequence[EventId]) -> list[Event]:
    """Return those of these events that exist for the actor, oldest first. A step, like `event`."""
    return event_store.events(tx, event_ids)


def events_of_subject(tx: Tx, subject_id: SubjectId, before: datetime | None = None, limit: int = 50) -> list[Event]:
    """Return the newest events of a subject and of everybody below it, newest first. A step, like `event`.

    before: only what occurred before that moment.
    """
    ids = event_store.event_ids_of_subject(tx, subject_id=subject_id, before=before, limit=limit)
    found = {one.id: one for one in event_store.events(tx, ids)}
    return [found[EventId(one)] for one in ids if one in found]


def subject(tx: Tx, subject_id: SubjectId) -> Subject:
    """Return a subject. A step, like `event`. Raises SubjectNotFound."""
    found = subject_store.subject(tx, subject_id)
    if found is None:
        raise SubjectNotFound
    return found


def subject_path(tx: Tx, subject_id: SubjectId) -> list[Subject]:
    """Return a subject and everybody above it, itself first. A step, like `event`. Raises SubjectNotFound."""
    found = subject_store.path(tx, subject_id)
    if not found:
        raise SubjectNotFound
    return found


def subject_named(tx: Tx, *, level: SubjectLevel, ref: str, parent_id: SubjectId | None = None) -> Subject | None:
    """Return a subject by the platform's own id, or None. parent_id: needed for end users. A step, like `event`."""
    scope = parent_id or "" if level is SubjectLevel.END_USER else ""
    return subject_store.subject_by_ref(tx, level=level, ref=ref, scope=scope)


# The one gate of handling classes --------------------------------------------------------------------------------


def content_for(event: Event, use: Use) -> Event:
    """Return the event as this use may see it. Everything that indexes, embeds, sends, trains or exports asks here."""
    return shown_for(event, use)


def require_use(event: Event, use: Use) -> None:
    """Raise UseNotAllowed where this event's content may not be put to this use."""
    if not may_be_put_to(event, use):
        raise UseNotAllowed(handling=event.handling.value, use=use.value)


def kept_from(tx: Tx, event_ids: Sequence[EventId], use: Use) -> set[EventId]:
    """Return those of these events that may not be put to this use; also those that aren't there for the actor. A step."""
    known = event_store.handling(tx, event_ids)
    sealed = event_store.sealed(tx, event_ids) if use is Use.TRAIN else frozenset()
    return {one for one in event_ids if one in sealed or one not in known or not allowed(known[one], use)}


# Use cases -------------------------------------------------------------------------------------------------------


def list_events(
    tx: Tx,
    *,
    cursor: str | None = None,
    limit: int = 50,
    kind: str | None = None,
    source: str | None = None,
    conversation_id: str | None = None,
) -> Page:
    """Return a page of events without content, newest first, masked for who asks. Raises OutsideView, BadCursor."""
    principal = require(tx, Right.EVENTS_READ)
    if principal.view.search_scope is not SearchScope.ALL:
        raise OutsideView
    before = None if cursor is None else cursor_after(cursor)
    wanted = min(max(1, limit), MAX_PAGE)
    found = event_store.events_page(
        tx, before=before, kind=kind, source=source, conversation_id=conversation_id, limit=wanted + 1
    )
    page = found[:wanted]
    more = cursor_of(page[-1].id) if len(found) > wanted else None
    return Page(events=tuple(masked(one, principal.view) for one in page), cursor=more)


def show_event(tx: Tx, *, event_id: EventId) -> Event:
    """Return one event without its content, masked for who asks. Raises EventNotFound."""
    principal = require(tx, Right.EVENTS_READ)
    found = event(tx, event_id)
    return masked(replace(found, turns=(), attributes={}, media=()), principal.view)


def open_event(tx: Tx, *, event_id: EventId, purpose: str, at: datetime) -> Event:
    """Return one event with its content, and record who read it for what. Raises PurposeMissing, EventNotFound."""
    principal = require(tx, Right.CONTENT_OPEN, about=event_id)
    found = event(tx, event_id)
    tx.record(ContentRead(event_id=event_id, purpose=_purpose(purpose)), at=at)
    return masked(content_for(found, Use.DISPLAY), principal.view)


def show_subject(tx: Tx, *, subject_id: SubjectId) -> Subject:
    """Return a subject without its identity. Raises SubjectNotFound."""
    require(tx, Right.EVENTS_READ)
    return replace(subject(tx, subject_id), ref=None)


def look_up(tx: Tx, *, subject_id: SubjectId, purpose: str, at: datetime) -> list[Subject]:
    """Return a subject with everybody above it, by the platform's own ids, and record who looked for what.

    Raises PurposeMissing, SubjectNotFound. Somebody whose view masks subjects gets their levels, not their ids.
    """
    principal = require(tx, Right.ACCOUNT_LOOKUP, about=subject_id)
    found = subject_path(tx, subject_id)
    tx.record(AccountLookedUp(subject_id=subject_id, purpose=_purpose(purpose)), at=at)
    if "subject" in principal.view.masked_fields:
        return [replace(one, ref=_MASKED) for one in found]
    return found


def find_subject(
    tx: Tx, *, level: SubjectLevel, ref: str, parent_id: SubjectId | None, purpose: str, at: datetime
) -> list[Subject]:
    """Find a subject by the platform's own id, with everybody above it, and record who looked for what.

    Raises PurposeMissing, SubjectNotFound. Somebody whose view masks subjects can't find any by id.
    """
    principal = require(tx, Right.ACCOUNT_LOOKUP)
    reason = _purpose(purpose)
    found = subject_named(tx, level=level, ref=ref, parent_id=parent_id)
    if found is None or "subject" in principal.view.masked_fields:
        raise SubjectNotFound
    tx.record(AccountLookedUp(subject_id=found.id, purpose=reason), at=at)
    return subject_path(tx, found.id)


def restrict(tx: Tx, *, event_ids: Sequence[EventId], restriction: str | None, at: datetime) -> int:
    """Put events under a need-to-know compartment, or take them out (None). Return how many changed."""
    require(tx, Right.RESTRICT)
    return restrict_step(tx, event_ids=event_ids, restriction=restriction, at=at)


def restrict_step(tx: Tx, *, event_ids: Sequence[EventId], restriction: str | None, at: datetime) -> int:
    """Do what `restrict` does, as a step of restricting a case: the caller checks the right."""
    changed = event_store.restrict(tx, event_ids=event_ids, restriction=restriction)
    if changed:
        tx.record(EventsRestricted(event_ids=tuple(EventId(one) for one in changed), restriction=restriction), at=at)
    return len(changed)


def masked(event: Event, view: ViewProfile) -> Event:
    """Return the event as a view shows it: masked fields say that they are, they don't look empty."""
    shown = event
    if "subject" in view.masked_fields:
        shown = replace(
            shown,
            external_id=_MASKED,
            organisation=_hidden(shown.organisation),
            project=_hidden(shown.project),
            api_key=_hidden(shown.api_key),
            account=_hidden(shown.account),
            end_user=_hidden(shown.end_user),
            conversation=_hidden(shown.conversation),
        )
    if "region" in view.masked_fields:
        shown = replace(shown, region=_hidden(shown.region))
    if "text" in view.masked_fields:
        shown = replace(shown, turns=(), attributes={}, media=())
    if "reporter" in view.masked_fields:
        shown = replace(shown, report=None)
    return shown


def _hidden(value: str | None) -> str | None:
    return None if value is None else _MASKED


def _purpose(given: str) -> str:
    text = given.strip()
    if not MIN_PURPOSE <= len(text) <= MAX_PURPOSE or "\0" in text:
        raise PurposeMissing(field="purpose")
    return text
