"""What was evaluated about events, as rows; hits; events set aside."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b
from typing import Any

import msgspec

from assize.kernel.ids import CaseId, EventId, RuleId
from assize.platform.db import Row, Tx
from assize.triage.models import FeatureRecord, Hit, Parked, Span
from assize.triage.store import SQL

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleCount:
    """What became of a rule in one batch."""

    rule_id: str
    hits: int
    shadow_hits: int
    failures: int


def insert(tx: Tx, records: Sequence[FeatureRecord], *, ruleset: str, at: datetime) -> None:
    """Keep what was evaluated, and count how many events had which fields."""
    shapes: dict[tuple[str, ...], str] = {}
    counts: Counter[str] = Counter()
    with tx.copy(SQL["copy_features"]) as copy:
        for one in records:
            fields = tuple(one.values)
            shape = shapes.get(fields)
            if shape is None:
                shape = shapes[fields] = blake2b(" ".join(fields).encode(), digest_size=12).hexdigest()
            counts[shape] += 1
            copy.write_row(
                (
                    one.event_id,
                    at,
                    ruleset,
                    shape,
                    _encode(list(one.values.values())).decode(),
                    _encode(one.absent).decode() if one.absent else None,
                    " ".join(one.hits) if one.hits else None,
                    _encode([_span(span) for span in one.spans]).decode() if one.spans else None,
                )
            )
    named = {"shapes": list(shapes.values()), "fields": [" ".join(fields) for fields in shapes]}
    tx.run(SQL["keep_shapes"], named)
    tx.run(SQL["count_shapes"], {"shapes": list(counts), "events": list(counts.values()), "day": at.date()})


def record(tx: Tx, event_id: EventId) -> FeatureRecord | None:
    """Return what was evaluated about an event, or None."""
    row = tx.row(SQL["feature_record"], {"event_id": event_id})
    return None if row is None else _record(row)


def records(tx: Tx, event_ids: Sequence[EventId]) -> dict[EventId, FeatureRecord]:
    """Return what was evaluated about several events, by event."""
    found = [_record(row) for row in tx.rows(SQL["feature_records"], {"event_ids": list(event_ids)})]
    return {one.event_id: one for one in found}


def _record(row: Row) -> FeatureRecord:
    return FeatureRecord(
        event_id=EventId(row["event_id"]),
        values=dict(zip(row["fields"], row["features"], strict=True)),
        absent=row["absent"] or {},
        ruleset=row["ruleset"],
        hits=tuple(RuleId(one) for one in (row["hits"] or "").split()),
        spans=tuple(Span(turn=one[0], start=one[1], end=one[2], label=one[3]) for one in row["spans"] or ()),
        at=row["at"],
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Latest:
    """One of the newest records: its values, and the rules that were true of it then."""

    event_id: EventId
    values: Mapping[str, Any]
    hits: tuple[str, ...]


def latest(tx: Tx, *, limit: int, before: EventId | None = None) -> list[Latest]:
    """Return the newest records, or those before an event."""
    return [
        Latest(
            event_id=EventId(row["event_id"]),
            values=dict(zip(row["fields"], msgspec.json.decode(row["features"]), strict=True)),
            hits=tuple((row["hits"] or "").split()),
        )
        for row in tx.rows(SQL["latest_features"], {"limit": limit, "before": before})
    ]


def known_up_to(tx: Tx, limit: int) -> int:
    """Return how many records there are, counted no further than a limit."""
    return int(tx.value(SQL["count_features"], {"limit": limit}))


def insert_hits(tx: Tx, hits: Sequence[Hit], *, at: datetime) -> None:
    """Keep which rules were true of which events."""
    if not hits:
        return
    rows = [
        {
            "event_id": one.event_id,
            "rule_id": one.rule_id,
            "rule_version": one.rule_version,
            "shadow": one.shadow,
            "case_id": one.case_id,
            "saw": one.values,
        }
        for one in hits
    ]
    tx.run(SQL["insert_hits"], {"rows": _encode(rows).decode(), "at": at})


def hits_of_case(tx: Tx, case_id: CaseId, *, limit: int) -> list[Hit]:
    """Return the hits on a case's events, the latest first."""
    return [_hit(row) for row in tx.rows(SQL["hits_of_case"], {"case_id": case_id, "limit": limit})]


def hits_of_rule(tx: Tx, rule_id: RuleId, *, limit: int) -> list[Hit]:
    """Return the latest hits of a rule."""
    return [_hit(row) for row in tx.rows(SQL["hits_of_rule"], {"rule_id": rule_id, "limit": limit})]


def cases_of_rule(tx: Tx, rule_id: RuleId, *, limit: int) -> list[CaseId]:
    """Return the cases that the latest hits of a rule are in."""
    return [CaseId(row["case_id"]) for row in tx.rows(SQL["cases_of_rule"], {"rule_id": rule_id, "limit": limit})]


def park(tx: Tx, events: Sequence[Parked], *, at: datetime) -> None:
    """Set events aside."""
    columns = {"event_ids": [one.event_id for one in events], "reasons": [one.reason for one in events]}
    tx.run(SQL["park_events"], {**columns, "at": at})


def parked(tx: Tx, *, limit: int) -> list[Parked]:
    """Return the events set aside, the latest first."""
    return [Parked(**row) for row in tx.rows(SQL["parked"], {"limit": limit})]


def shapes(tx: Tx, *, since: date) -> list[tuple[frozenset[str], int]]:
    """Return how many events had which fields since a day."""
    return [(frozenset(row["fields"]), row["events"]) for row in tx.rows(SQL["shapes"], {"since": since})]


def count_rules(tx: Tx, rules: Sequence[RuleCount], *, day: date) -> None:
    """Count what became of rules in a batch."""
    if rules:
        columns = {
            "rule_ids": [one.rule_id for one in rules],
            "hits": [one.hits for one in rules],
            "shadow_hits": [one.shadow_hits for one in rules],
            "failures": [one.failures for one in rules],
        }
        tx.run(SQL["count_rules"], {**columns, "day": day})


def erase(tx: Tx, event_ids: Sequence[EventId]) -> int:
    """Remove every copy of what these events held; return how many."""
    given = {"event_ids": list(event_ids)}
    return sum(tx.run(SQL[name], given) for name in ("erase_features", "erase_hits", "erase_traces"))


def _span(span: Span) -> tuple[int, int, int, str]:
    return span.turn, span.start, span.end, span.label


def _hit(row: Row) -> Hit:
    return Hit(
        rule_id=RuleId(row["rule_id"]),
        rule_version=row["rule_version"],
        event_id=EventId(row["event_id"]),
        case_id=row["case_id"],
        shadow=row["shadow"],
        values=row["saw"],
        at=row["at"],
    )
