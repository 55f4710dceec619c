"""Events, the inbox, and what was turned away."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import msgspec
import psycopg

from assize.intake.models import COLUMNS, Body, Counts, Event, Handling, ModelOutcome, Ready, Rejected
from assize.kernel.ids import EventId
from assize.platform.db import Row, Tx
from assize.platform.sql import queries

SQL = queries("assize.intake")
TRIES = 5  # another server taking the same events at the same time is rare; five times running is a fault
_COPY_EVENTS = SQL["copy_events"].format(columns=COLUMNS)
_OUTCOMES = {one.value: one for one in ModelOutcome}
_HANDLINGS = {one.value: one for one in Handling}
_body = msgspec.json.Decoder(Body)

Key = tuple[str, str]  # source and external id


@dataclass(frozen=True, kw_only=True)
class Written:
    """What became of events. ids: of each key, old and new; fresh: the ids that were written now."""

    ids: Mapping[Key, EventId]
    fresh: frozenset[EventId]


class TakenMeanwhile(Exception):
    """Another transaction took one of the events in between: ask again which are known."""


def write_events(tx: Tx, ready: Sequence[Ready]) -> Written:
    """Write events that were not taken before. `fill_inbox` is the second half.

    Asks first which are known and copies the rest, since COPY costs half of INSERT … ON CONFLICT. Where another
    transaction took one of them in between, COPY waits for it and fails, and this asks again.
    """
    for _ in range(TRIES - 1):
        with suppress(TakenMeanwhile), tx.savepoint():
            return write_once(tx, ready)
    return write_once(tx, ready)


def write_once(tx: Tx, ready: Sequence[Ready]) -> Written:
    """Do what `write_events` does, once: raises TakenMeanwhile, after which the transaction is spoilt."""
    ids = _known(tx, ready)
    lines, fresh = [], []
    for one in ready:
        key = (one.source, one.external_id)
        if key not in ids:
            ids[key] = one.id
            lines.append(one.line)
            fresh.append(one.id)
    if fresh:
        try:
            with tx.copy(_COPY_EVENTS) as copy:
                copy.write("".join(lines))
        except (psycopg.errors.UniqueViolation, psycopg.errors.DeadlockDetected) as error:
            raise TakenMeanwhile from error
    return Written(ids=ids, fresh=frozenset(fresh))


def seal(tx: Tx, event_ids: Sequence[str], *, at: datetime) -> None:
    """Mark events as copies of a known case."""
    tx.run(SQL["seal_events"], {"event_ids": list(event_ids), "at": at})


def sealed(tx: Tx, event_ids: Sequence[str]) -> frozenset[EventId]:
    """Return which of these events are copies of a known case."""
    rows = tx.rows(SQL["sealed_events"], {"event_ids": list(event_ids)})
    return frozenset(EventId(row["event_id"]) for row in rows)


def fill_inbox(tx: Tx, event_ids: Iterable[str]) -> None:
    """Put events into the inbox, in the transaction that wrote them."""
    tx.run(SQL["fill_inbox"], {"event_ids": ",".join(sorted(event_ids))})


def _known(tx: Tx, ready: Sequence[Ready]) -> dict[Key, EventId]:
    wanted: dict[str, list[str]] = {}
    for one in ready:
        wanted.setdefault(one.source, []).append(one.external_id)
    known: dict[Key, EventId] = {}
    for source, external_ids in wanted.items():
        for row in tx.rows(SQL["known_events"], {"source": source, "external_ids": external_ids}):
            known[source, row["external_id"]] = row["id"]
    return known


def known_event(tx: Tx, *, source: str, external_id: str) -> EventId | None:
    """Return the id of an event by its sender's own id."""
    row = tx.row(SQL["known_events"], {"source": source, "external_ids": [external_id]})
    return None if row is None else EventId(row["id"])


def reported(tx: Tx, event_id: str) -> Row | None:
    """Return whom an event is about and how it is handled, whoever may see it; None where there is none."""
    return tx.row(SQL["reported_event"], {"event_id": event_id})


def count_rejects(tx: Tx, rejects: Iterable[tuple[str, Rejected]], *, at: datetime) -> None:
    """Add to the hour's counts of what was turned away. rejects: with their source."""
    counted = Counter((source, one.code) for source, one in rejects)
    if counted:
        columns = {
            "sources": [source for source, _ in counted],
            "codes": [code for _, code in counted],
            "counts": list(counted.values()),
        }
        tx.run(SQL["count_rejects"], columns | {"at": at})


def claim(tx: Tx, *, limit: int, max_attempts: int, at: datetime, until: datetime) -> list[str]:
    """Take waiting events with a lease; return their ids."""
    asked = {"limit": limit, "max_attempts": max_attempts, "at": at, "until": until}
    return [row["event_id"] for row in tx.rows(SQL["claim_inbox"], asked)]


def finish(tx: Tx, event_ids: Sequence[str]) -> int:
    """Take events out of the inbox."""
    return tx.run(SQL["finish_inbox"], {"event_ids": ",".join(event_ids)})


def give_back(tx: Tx, event_ids: Sequence[str]) -> int:
    """End the lease of events."""
    return tx.run(SQL["give_back_inbox"], {"event_ids": list(event_ids)})


def try_again(tx: Tx, *, max_attempts: int) -> int:
    """Let events that were given up come again."""
    return tx.run(SQL["try_again_inbox"], {"max_attempts": max_attempts})


def counts(tx: Tx, *, max_attempts: int) -> Counts:
    """Return how the inbox stands."""
    row = tx.one(SQL["counts"], {"max_attempts": max_attempts})
    oldest = events(tx, [row["oldest"]]) if row["oldest"] else []
    return Counts(
        waiting=row["waiting"],
        given_up=row["given_up"],
        oldest_waiting_at=oldest[0].received_at if oldest else None,
    )


def event_count(tx: Tx) -> int:
    """Return how many events are kept."""
    return int(tx.value(SQL["event_count"]))


def events(tx: Tx, event_ids: Sequence[str]) -> list[Event]:
    """Return those of these events that may be seen, oldest first."""
    return [event_of(row) for row in rows(tx, event_ids)]


def rows(tx: Tx, event_ids: Sequence[str]) -> list[Row]:
    """Return the rows of `events`, to be made into events by `event_of` once it is known whom they are about."""
    return tx.rows(SQL["events_by_id"], {"event_ids": list(event_ids)})


def events_page(
    tx: Tx,
    *,
    before: str | None,
    kind: str | None,
    source: str | None,
    conversation_id: str | None,
    limit: int,
) -> list[Event]:
    """Return a page of events without content, newest first."""
    asked = {"before": before, "kind": kind, "source": source, "conversation_id": conversation_id, "limit": limit}
    return [event_of(row) for row in tx.rows(SQL["events_page"], asked)]


def event_ids_of_subject(tx: Tx, *, subject_id: str, before: datetime | None, limit: int) -> list[str]:
    """Return the newest events of a subject and of those below it, newest first."""
    asked = {"subject_id": subject_id, "before": before, "limit": limit}
    return [row["id"] for row in tx.rows(SQL["event_ids_of_subject"], asked)]


def about(tx: Tx, subject_ids: Sequence[str], *, before: datetime | None, limit: int) -> list[Event]:
    """Return the newest events of these very subjects, newest first, without their bodies."""
    asked = {"subject_ids": list(subject_ids), "before": before, "limit": limit}
    ids = [row["id"] for row in tx.rows(SQL["event_ids_about"], asked)]
    return [event_of(row) for row in tx.rows(SQL["events_in_short"], {"event_ids": ids})]


def around(
    tx: Tx,
    *,
    event_id: str,
    conversation_id: str | None,
    subject_id: str | None,
    occurred_at: datetime,
    each_way: int,
) -> list[str]:
    """Return the events just before and after one, in its conversation or else of its subject."""
    asked = {
        "event_id": event_id,
        "conversation_id": conversation_id,
        "subject_id": subject_id,
        "occurred_at": occurred_at,
        "each_way": each_way,
    }
    name = "event_ids_around_of_subject" if conversation_id is None else "event_ids_around_in_conversation"
    return [row["id"] for row in tx.rows(SQL[name], asked)]


def restrict(tx: Tx, *, event_ids: Sequence[str], restriction: str | None) -> list[str]:
    """Put events under a compartment; return those that changed."""
    asked = {"event_ids": list(event_ids), "restriction": restriction}
    return [row["id"] for row in tx.rows(SQL["restrict_events"], asked)]


def retain(tx: Tx, *, event_ids: Sequence[str], retention: str) -> list[str]:
    """Give events another retention class; return those that changed."""
    asked = {"event_ids": list(event_ids), "retention": retention}
    changed = [row["id"] for row in tx.rows(SQL["retain_events"], asked)]
    if changed:
        # A mark is the last id that was swept: one character less sorts just before the first that changed.
        tx.run(SQL["lower_marks"], {"through": min(changed)[:-1]})
    return changed


def event_of(row: Row) -> Event:
    """Return the event that a row means."""
    body = _body.decode(row["body"])
    outcome = row["model_outcome"]
    told = dict(row)
    del told["body"]
    told.update(
        model_outcome=None if outcome is None else _OUTCOMES[outcome],
        handling=_HANDLINGS[row["handling"]],
        tags=tuple(row["tags"]),
        turns=body.turns,
        attributes=body.attributes,
        media=body.media,
        report=body.report,
    )
    event = object.__new__(Event)
    # Past the constructor, which sets thirty fields of a frozen class one by one: that is felt with thousands a second.
    vars(event).update(told)
    return event


def handling(tx: Tx, event_ids: Sequence[str]) -> dict[EventId, Handling]:
    """Return the handling class of each of these events that may be seen."""
    rows = tx.rows(SQL["handling_of_events"], {"event_ids": list(event_ids)})
    return {EventId(row["id"]): Handling(row["handling"]) for row in rows}
