"""From events to clause scores: signals, features, rules. Reads a batch; decides nothing about cases."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from assize.intake.models import Event, Use
from assize.intake.service import content_for, reporter_of
from assize.kernel.ids import EventId, RuleId
from assize.platform.cel import Answer
from assize.platform.db import Tx
from assize.platform.logs import log
from assize.platform.plain import plain, words
from assize.triage.facts import RuleFailed, SignalFailed
from assize.triage.logic.features import base_values
from assize.triage.logic.scoring import clause_scores
from assize.triage.models import FeatureRecord, Hit, LikelyClause, RuleState, Span, TriageRule
from assize.triage.ports import Reading, Scene
from assize.triage.service.ready import InForce, ReadySignal
from assize.triage.store import features, rules
from assize.triage.store.counting import TransactionMemory

NEWS_AFTER = timedelta(minutes=10)  # a signal that stays down is one fact in ten minutes, not one a batch
NOT_CONFIGURED = "not-configured"

_told: dict[tuple[str, str], datetime] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Scored:
    """An event with what rules made of it. clauses: of rules that are on; hits: of shadow rules too."""

    event: Event
    clauses: tuple[LikelyClause, ...]
    hits: tuple[Hit, ...]
    cluster: int | None
    near: int
    minor_likely: bool


def score(
    tx: Tx, events: Sequence[Event], inforce: InForce, ready: Sequence[ReadySignal], *, at: datetime
) -> list[Scored]:
    """Return the events scored, and keep what was evaluated about each."""
    scene = _scene(tx, events, at=at)
    readings = _readings(tx, scene, ready)
    accuracy = _accuracy(tx, events)
    declared = inforce.ruleset.fields
    scored: list[Scored] = []
    records: list[FeatureRecord] = []
    answers: list[Answer] = []
    for number, event in enumerate(events):
        values = base_values(event, text_length=len(scene.plain[number]), reporter_accuracy=accuracy.get(event.id))
        absent: dict[str, str] = {}
        spans: tuple[Span, ...] = ()
        cluster: int | None = None
        for one, some in readings:
            reading = some[number]
            values.update(reading.values)
            if reading.absent is not None:
                absent[one.signal.name] = reading.absent
            spans += reading.spans
            cluster = reading.cluster if reading.cluster is not None else cluster
        seen = declared.coerced(values)
        answer = inforce.ruleset.run(seen)
        answers.append(answer)
        records.append(_record(event.id, seen, absent, inforce, answer, spans, at))
        scored.append(_scored(event, seen, inforce, answer, cluster, at))
    features.insert(tx, records, ruleset=inforce.hash, at=at)
    _count(tx, inforce, answers, at=at)
    return scored


def _scene(tx: Tx, events: Sequence[Event], *, at: datetime) -> Scene:
    texts = [plain(event.text) for event in events]
    return Scene(
        events=events,
        plain=texts,
        said=[words(text) for text in texts],
        # `content_for` is intake's one gate: it gives the event back as it is only where the use is allowed.
        may_keep=[content_for(event, Use.INDEX) is event for event in events],
        may_send=[content_for(event, Use.SEND_OUT) is event for event in events],
        at=at,
        memory=TransactionMemory(tx, at),
    )


def _readings(tx: Tx, scene: Scene, ready: Sequence[ReadySignal]) -> list[tuple[ReadySignal, Sequence[Reading]]]:
    """Return what each signal says; one that fails is absent, counted and named, and holds nothing up."""
    found: list[tuple[ReadySignal, Sequence[Reading]]] = []
    for one in ready:
        if one.reader is None:
            found.append((one, [Reading(absent=NOT_CONFIGURED)] * len(scene.events)))
            continue
        try:
            with tx.savepoint():
                readings = one.reader.read(scene)
            if len(readings) != len(scene.events):
                raise ValueError("a signal must read every event")  # noqa: TRY301 - the same care as for its errors
        except Exception as error:  # noqa: BLE001 - a plug-in may fail in any way; what it says may be content
            reason = type(error).__name__
            _tell(tx, SignalFailed(signal=one.signal.name, reason=reason, event_count=len(scene.events)), at=scene.at)
            readings = [Reading(absent=reason)] * len(scene.events)
        found.append((one, readings))
    return found


def _tell(tx: Tx, failed: SignalFailed, *, at: datetime) -> None:
    log.warning("signal failed", signal=failed.signal, reason=failed.reason, events=failed.event_count)
    last = _told.get((failed.signal, failed.reason))
    if last is None or not timedelta(0) <= at - last < NEWS_AFTER:
        _told[failed.signal, failed.reason] = at
        tx.record(failed, at=at)


def _accuracy(tx: Tx, events: Sequence[Event]) -> Mapping[EventId, float]:
    """Return the accuracy of each report's reporter; reporters whose reports were never decided have none."""
    notes = {event.id: event.report.reporter_id for event in events if event.report is not None}
    known: dict[str, float | None] = {}
    for reporter_id in set(notes.values()):
        reporter = reporter_of(tx, reporter_id)
        known[reporter_id] = None if reporter is None or reporter.accuracy is None else reporter.accuracy.value
    return {
        event_id: accuracy for event_id, reporter_id in notes.items() if (accuracy := known[reporter_id]) is not None
    }


def _record(
    event_id: EventId,
    seen: Mapping[str, object],
    absent: Mapping[str, str],
    inforce: InForce,
    answer: Answer,
    spans: tuple[Span, ...],
    at: datetime,
) -> FeatureRecord:
    hits = tuple(RuleId(one) for one in answer.hits)
    return FeatureRecord(
        event_id=event_id, values=seen, absent=absent, ruleset=inforce.hash, hits=hits, spans=spans, at=at
    )


def _scored(
    event: Event, seen: Mapping[str, object], inforce: InForce, answer: Answer, cluster: int | None, at: datetime
) -> Scored:
    if not answer.hits:
        return Scored(event=event, clauses=(), hits=(), cluster=cluster, near=0, minor_likely=False)
    true = [inforce.rules[rule_id] for rule_id in answer.hits]
    near = seen.get("near_duplicates", 0)
    return Scored(
        event=event,
        clauses=clause_scores(rule for rule in true if rule.state is RuleState.ON),
        hits=tuple(_hit(event.id, rule, inforce, seen, at) for rule in true),
        cluster=cluster,
        near=near if isinstance(near, int) else 0,
        minor_likely=seen.get("subject.minor_likely") is True,
    )


def _hit(event_id: EventId, rule: TriageRule, inforce: InForce, seen: Mapping[str, object], at: datetime) -> Hit:
    return Hit(
        rule_id=rule.id,
        rule_version=rule.version,
        event_id=event_id,
        case_id=None,
        shadow=rule.state is RuleState.SHADOW,
        values={name: seen[name] for name in inforce.ruleset.reads(rule.id) if name in seen},
        at=at,
    )


def _count(tx: Tx, inforce: InForce, answers: Sequence[Answer], *, at: datetime) -> None:
    hits = Counter(rule_id for answer in answers for rule_id in answer.hits)
    failures = Counter(one.rule_id for answer in answers for one in answer.failures)
    counts = []
    for rule_id in sorted(hits.keys() | failures.keys()):
        shadow = inforce.rules[rule_id].state is RuleState.SHADOW
        counts.append(
            features.RuleCount(
                rule_id=rule_id,
                hits=0 if shadow else hits[rule_id],
                shadow_hits=hits[rule_id] if shadow else 0,
                failures=failures[rule_id],
            )
        )
    features.count_rules(tx, counts, day=at.date())
    for rule_id, message in inforce.ruleset.quarantined.items():
        rule = inforce.rules[rule_id]
        if rules.quarantine(tx, rule.id, rule.version, failure=message, at=at):
            fact = RuleFailed(
                rule_id=rule.id, version=rule.version, message=message, failures=inforce.ruleset.quarantine_after
            )
            tx.record(fact, at=at)
