"""Take events in: checked, once each, durable with the caller's transaction."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from assize.intake.facts import EventsReceived
from assize.intake.logic import Call, Problem, parse_call, prepare
from assize.intake.models import RawEvent, Ready, Receipt, Rejected
from assize.intake.store import events as event_store
from assize.kernel.ids import BatchId, EventId, new_id, new_ids
from assize.platform.db import Tx
from assize.workforce.models import Right
from assize.workforce.service import require


@dataclass(frozen=True, kw_only=True)
class Batch:
    """One call's events made ready. slots: one per item in its order, None where it was rejected."""

    id: BatchId
    sent_by: str
    prefix: str
    slots: Sequence[Ready | None]
    rejected: Sequence[Rejected]
    rejected_sources: Sequence[str]


def batch_of_body(data: bytes, *, ndjson: bool = False, sent_by: str, at: datetime) -> Batch:
    """Read the body of a call and check its events. Touches no database. Raises Malformed, TooManyEvents."""
    return batch_of(parse_call(data, ndjson=ndjson), sent_by=sent_by, at=at)


def batch_of(call: Call, *, sent_by: str, at: datetime) -> Batch:
    """Check the events of a call and spell their rows. Touches no database."""
    slots: list[Ready | None] = []
    rejected = list(call.rejected)
    sources = ["unknown"] * len(rejected)  # an item that could not be read does not say who sent it
    ids = new_ids("evt", len(call.items))
    for index, raw in enumerate(call.items):
        ready = None if raw is None else prepare(raw, event_id=EventId(ids[index]), at=at)
        if isinstance(ready, Problem):
            place = f"{call.prefix}/{index}{ready.pointer}"
            named = raw.external_id if raw is not None and raw.external_id.isprintable() else None
            rejected.append(Rejected(pointer=place, code=ready.code, detail=ready.detail, external_id=named))
            sources.append(raw.source if raw is not None else "unknown")
            ready = None
        slots.append(ready)
    return Batch(
        id=BatchId(new_id("bat")),
        sent_by=sent_by,
        prefix=call.prefix,
        slots=slots,
        rejected=rejected,
        rejected_sources=sources,
    )


def receive(tx: Tx, *, items: Sequence[RawEvent], at: datetime, source: str | None = None, prefix: str = "") -> Receipt:
    """Take events in, each once by source and external id. Bad ones are rejected one by one; the others are kept.

    source: overrides the events' own. prefix: of the pointers in the receipt.
    """
    principal = require(tx, Right.EVENTS_WRITE)
    taken = [raw if source in {None, raw.source} else msgspec.structs.replace(raw, source=source) for raw in items]
    batch = batch_of(Call(items=list(taken), prefix=prefix), sent_by=principal.id, at=at)
    return receive_batches(tx, [batch], at=at)[0]


def receive_batches(tx: Tx, batches: Sequence[Batch], *, at: datetime, alone: bool = False) -> list[Receipt]:
    """Take several calls in together, in one write; return a receipt for each, in order.

    alone: nothing else is done in this transaction, so that where another took an event in between, the whole is
    given up (TakenMeanwhile) and the caller begins anew; otherwise this tries again by itself, a savepoint a try.
    A lower step of `receive` and of the group commit: both checked the right of whoever sent.
    """
    ready = [slot for batch in batches for slot in batch.slots if slot is not None]
    written = event_store.write_once(tx, ready) if alone else event_store.write_events(tx, ready)
    waiting = set(written.fresh)
    receipts = [receipt_of(batch, written=written, waiting=waiting) for batch in batches]
    rejects = [pair for batch in batches for pair in zip(batch.rejected_sources, batch.rejected, strict=True)]
    with tx.connection.pipeline():  # nobody waits for an answer here, so that all of it is one round trip
        if written.fresh:
            event_store.fill_inbox(tx, written.fresh)
        _announce(tx, batches, written, at=at)
        event_store.count_rejects(tx, rejects, at=at)
    return receipts


def receipt_of(batch: Batch, *, written: event_store.Written, waiting: set[EventId]) -> Receipt:
    """Say what became of a call. waiting: fresh ids nobody has claimed as theirs yet; the first to name one takes it."""
    ids: list[EventId | None] = []
    accepted = duplicates = 0
    for slot in batch.slots:
        if slot is None:
            ids.append(None)
            continue
        kept = written.ids[slot.source, slot.external_id]
        ids.append(kept)
        if kept in waiting:
            waiting.discard(kept)
            accepted += 1
        else:
            duplicates += 1
    return Receipt(
        batch_id=batch.id,
        accepted=accepted,
        duplicates=duplicates,
        ids=tuple(ids),
        rejected=tuple(batch.rejected),
    )


def _announce(tx: Tx, batches: Iterable[Batch], written: event_store.Written, *, at: datetime) -> None:
    """Record one fact per source and sender: what wasn't there before counts as received, the rest as duplicates."""
    fresh: Counter[tuple[str, str]] = Counter()
    all_of: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], BatchId] = {}
    for batch in batches:
        for slot in batch.slots:
            if slot is not None:
                pair = (slot.source, batch.sent_by)
                first.setdefault(pair, batch.id)
                all_of[pair] += 1
                fresh[pair] += slot.id in written.fresh
    facts = [
        EventsReceived(
            batch_id=first[pair],
            source=pair[0],
            sent_by=pair[1],
            event_count=fresh[pair],
            duplicates=count - fresh[pair],
        )
        for pair, count in all_of.items()
        if fresh[pair]  # a repeated call changes nothing, so there is nothing to tell
    ]
    tx.record_many(facts, at=at)
