"""From the inbox to whoever looks: claimed with a lease, with subjects and language found."""

import importlib
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from assize.intake.logic import LINKING, Link, linking_values, links
from assize.intake.models import Counts, Event, Handling, Role, SubjectLevel
from assize.intake.store import events as event_store
from assize.intake.store import subjects as subject_store
from assize.intake.store.linking import Seen, keep
from assize.intake.store.subjects import Placing
from assize.kernel.ids import EventId, SubjectId
from assize.platform.db import Row, Tx
from assize.workforce.models import Right
from assize.workforce.service import require

MAX_ATTEMPTS = 5  # an event that broke its reader five times would break it for ever, and hold the others up
MIN_DETECTABLE = 20  # characters; below, a language is guessed wrong more often than right
DETECTED_ON = 400  # characters: more changes the answer rarely and costs in proportion
_ACCOUNT = SubjectLevel.ACCOUNT
_SPACES = re.compile(r"\s+")


def take(
    tx: Tx, *, limit: int, lease_s: int, at: datetime, apart: bool = False, linking: Sequence[str] = LINKING
) -> list[Event]:
    """Claim waiting events, oldest first; say whom each is about and in which language.

    linking: the names of the attributes by which accounts are linked.

    lease_s: seconds until an event that is neither finished nor given back comes again. An event taken MAX_ATTEMPTS
    times and never finished is given up: it stays in the inbox, counted by `counts`. apart: add subjects in a transaction of
    their own. Events of one conversation follow each other, so that any two batches share some, and the second would wait
    until the first is done.
    """
    require(tx, Right.EVENTS_READ)
    until = at + timedelta(seconds=lease_s)
    event_ids = event_store.claim(tx, limit=limit, max_attempts=MAX_ATTEMPTS, at=at, until=until)
    if not event_ids:
        return []
    rows = event_store.rows(tx, event_ids)
    new = [row for row in rows if row["subject_id"] is None]
    placed = {event.id: event for event in _placed(tx, new, linking, at=at, apart=apart)} if new else {}
    return [placed.get(row["id"]) or event_store.event_of(row) for row in rows]


def finish(tx: Tx, event_ids: Sequence[EventId]) -> int:
    """Take events out of the inbox, in the transaction that made something of them. Return how many were there."""
    require(tx, Right.EVENTS_READ)
    return event_store.finish(tx, event_ids)


def give_back(tx: Tx, event_ids: Sequence[EventId]) -> int:
    """Let events come again at once."""
    require(tx, Right.EVENTS_READ)
    return event_store.give_back(tx, event_ids)


def try_again(tx: Tx) -> int:
    """Let every event that was given up come again. Return how many."""
    require(tx, Right.SETTINGS_MANAGE)
    return event_store.try_again(tx, max_attempts=MAX_ATTEMPTS)


def counts(tx: Tx) -> Counts:
    """Return how the inbox stands. A step of pages and measures: it names nobody."""
    return event_store.counts(tx, max_attempts=MAX_ATTEMPTS)


def event_count(tx: Tx) -> int:
    """Return how many events are kept. Reads them all: for imports and people who wait, not for measures."""
    return event_store.event_count(tx)


def language_of(event: Event) -> str | None:
    """Return the language of an event's own words, detected where it was not sent; None where there is too little.

    Of what people wrote, where they wrote anything; else of all turns.
    """
    if event.language is not None:
        return event.language
    texts = [turn.text for turn in event.turns if turn.role is Role.USER] or [turn.text for turn in event.turns]
    text = _SPACES.sub(" ", " ".join(text[:DETECTED_ON] for text in texts))[:DETECTED_ON]
    if len(text) < MIN_DETECTABLE:
        return None
    return _detect(text)


@cache
def _detector() -> Callable[[str], tuple[str, float]]:
    # Loading the model takes up to a second and some tens of MB: only a worker that meets an unmarked text pays.
    classify: Callable[[str], tuple[str, float]] = importlib.import_module("py3langid").classify
    return classify


def _detect(text: str) -> str:
    language, _score = _detector()(text)
    return str(language)


def _placed(tx: Tx, new: Sequence[Row], linking: Sequence[str], *, at: datetime, apart: bool) -> list[Event]:
    chains = [links(row) for row in new]
    events, placings = [], []
    seen: list[Seen] = []
    for row, chain, ids in zip(new, chains, _resolve(tx, chains, at=at, apart=apart), strict=True):
        if not ids:
            events.append(event_store.event_of(row))  # whom it was about was forgotten before anybody looked
            continue
        conversation = chain[-1].level is SubjectLevel.CONVERSATION
        row["conversation_id"] = ids[-1] if conversation else None
        # The lowest actor; the conversation itself only where no actor is named.
        row["subject_id"] = ids[-2] if conversation and len(ids) > 1 else ids[-1]
        row["account_id"] = next((one for link, one in zip(chain, ids, strict=True) if link.level is _ACCOUNT), None)
        event = event_store.event_of(row)
        language = language_of(event)
        events.append(event if language == event.language else replace(event, language=language))
        placings.append(
            Placing(
                event_id=row["id"],
                subject_id=row["subject_id"],
                account_id=row["account_id"],
                conversation_id=row["conversation_id"],
                occurred_at=row["occurred_at"],
                language=language if event.language is None else None,
            )
        )
        seen += _seen(event, linking)
    subject_store.place(tx, placings)
    keep(tx, seen)
    return events


def _seen(event: Event, linking: Sequence[str]) -> list[Seen]:
    """Return with which linking attributes the account of an event was seen."""
    subject_id = event.account_id or event.subject_id
    if subject_id is None or not event.attributes or event.handling is Handling.ZERO_RETENTION:
        return []
    return [
        Seen(subject_id=subject_id, name=name, value_hash=value, at=event.occurred_at)
        for name, value in linking_values(event.attributes, linking)
    ]


def _resolve(tx: Tx, chains: Sequence[tuple[Link, ...]], *, at: datetime, apart: bool) -> list[list[SubjectId]]:
    """Return the subjects' ids of each chain, level by level from the top, so that a parent is known before its child."""
    ids: list[list[SubjectId]] = [[] for _ in chains]
    for level in SubjectLevel:
        parents: dict[tuple[str, str], SubjectId | None] = {}
        names: list[tuple[int, tuple[str, str]]] = []
        for index, chain in enumerate(chains):
            # The links of a chain follow the levels' order: the next unresolved one is this level's, or none is.
            position = len(ids[index])
            link = chain[position] if position < len(chain) else None
            if link is None or link.level is not level:
                continue
            parent = None if link.parent is None else ids[index][link.parent]
            name = (parent or "" if link.scoped else "", link.ref)
            if parents.get(name) is None:
                parents[name] = parent
            names.append((index, name))
        if parents:
            found = subject_store.resolve(tx, level=level, parents=parents, at=at, apart=apart)
            for index, name in names:
                ids[index].append(found[name])
    return ids
