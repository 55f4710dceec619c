"""Trying a rule before it runs: on one event, and on what came before."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from assize.kernel.ids import EventId, RuleId
from assize.platform.cel import Rule, RuleSet
from assize.platform.cel import check as check_cel
from assize.platform.db import Tx
from assize.triage.errors import ListingRefused, NotFieldValues, NotTried, RuleDoesNotFit
from assize.triage.facts import RuleTried
from assize.triage.models import RuleState, TriageRule, Trial
from assize.triage.service.cases import feature_record
from assize.triage.service.ready import fields
from assize.triage.store import features
from assize.triage.store import rules as rule_store
from assize.workforce.models import Right, SearchScope
from assize.workforce.service import require

TRY_LIMIT = 20_000  # records: some seconds of work
TRY_BATCH = 2_000  # records at once, so that memory stays small
TRIED_ON = 1_000  # events before a rule may run: one hit in a hundred is then seen almost for certain
SHOWN = 20
_TRIED = "tried"


@dataclass(frozen=True, kw_only=True)
class OneTrial:
    """What a rule says of one event. hit: None where it isn't applicable or fails. values: what it reads and finds."""

    hit: bool | None
    absent: tuple[str, ...]
    failure: str | None
    values: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class TrialKept:
    """A trial as it is kept."""

    form: str
    at: datetime
    tried_by: str
    events: int
    hits: int
    not_applicable: int
    failures: int


def form_of(expression: str) -> str:
    """Return what names a rule in one form: another word makes another."""
    return hashlib.sha256(expression.encode(errors="replace")).hexdigest()


def try_rule(tx: Tx, *, expression: str, at: datetime, last: int = 5_000) -> Trial:
    """Say what a rule would have made of the last events, from what was evaluated then. Raises RuleDoesNotFit.

    last: at most 20,000 records, newest first, of events that the actor may see. Raises ListingRefused too.
    That it was tried in this form, and what came out, is kept: a rule runs only once it was.
    """
    actor = require(tx, Right.RULES_READ)
    if actor.view.search_scope is not SearchScope.ALL:
        raise ListingRefused
    must_fit(expression)
    trial = _tried(tx, expression, min(max(1, last), TRY_LIMIT))
    fact = RuleTried(
        form=form_of(expression),
        events=trial.events,
        hits=len(trial.hits),
        not_applicable=trial.not_applicable,
        failures=trial.failures,
    )
    rule_store.keep_trial(tx, {**asdict(fact), "at": at, "by": actor.id})
    tx.record(fact, at=at)
    return trial


def try_on_event(tx: Tx, *, expression: str, event_id: EventId) -> OneTrial | None:
    """Say what a rule makes of one event, from what was evaluated about it; None where nothing was. Changes nothing.

    Raises RuleDoesNotFit, EventNotFound.
    """
    require(tx, Right.RULES_READ)
    must_fit(expression)
    record = feature_record(tx, event_id=event_id)
    return None if record is None else _one(expression, record.values)


def try_on_values(tx: Tx, *, expression: str, values: str) -> OneTrial:
    """Say what a rule makes of values: a JSON object of fields. Changes nothing. Raises RuleDoesNotFit, NotFieldValues."""
    require(tx, Right.RULES_READ)
    must_fit(expression)
    try:
        found = json.loads(values)
    except (ValueError, RecursionError) as error:
        at = f"line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else "too deep"
        raise NotFieldValues(field="values", problem=at) from None
    if not isinstance(found, dict):
        raise NotFieldValues(field="values", problem='it must begin with { and name fields, as {"event.turn_count": 2}')
    declared = fields()
    unknown = sorted(name for name in found if name not in declared)
    if unknown:
        raise NotFieldValues(field="values", problem=f"no field is named {unknown[0][:80]}")
    odd = sorted(found.keys() - declared.coerced(found).keys() - {name for name, one in found.items() if one is None})
    if odd:
        raise NotFieldValues(field="values", problem=f"{odd[0]} holds a {declared[odd[0]].value}")
    return _one(expression, found)


def last_trial(tx: Tx, *, expression: str) -> TrialKept | None:
    """Return the trial on the most events of a rule in this form, or None."""
    require(tx, Right.RULES_READ)
    return _last(tx, expression)


def trial_needed(tx: Tx) -> int:
    """Return on how many events a rule must have been tried: a thousand, or all there are."""
    require(tx, Right.RULES_READ)
    return _needed(tx)


def must_be_tried(tx: Tx, rule: TriageRule) -> None:
    """Raise NotTried where a rule wasn't tried on enough events in this form. A step of switching it."""
    kept = _last(tx, rule.expression)
    needed = _needed(tx)
    if kept is None or kept.events < needed:
        raise NotTried(rule_id=rule.id, tried=0 if kept is None else kept.events, needed=max(needed, 1))


def must_fit(expression: str) -> None:
    """Raise RuleDoesNotFit, with every place, where a rule can't run. A step."""
    problems = [one for one in check_cel(fields(), [Rule(id="rule", expression=expression)]) if not one.warning]
    if problems:
        told = "; ".join(f"line {one.line}, column {one.column}: {one.message}" for one in problems)
        raise RuleDoesNotFit(field="expression", problems=told)


def _last(tx: Tx, expression: str) -> TrialKept | None:
    row = rule_store.last_trial(tx, form_of(expression))
    return None if row is None else TrialKept(**row)


def _needed(tx: Tx) -> int:
    return features.known_up_to(tx, TRIED_ON)


def _tried(tx: Tx, expression: str, last: int) -> Trial:
    declared = fields()
    ruleset = RuleSet(declared, [Rule(id=_TRIED, expression=expression)], quarantine_after=TRY_LIMIT)
    on = {one.id for one in rule_store.newest(tx) if one.state is RuleState.ON and one.quarantined_at is None}
    hit: list[EventId] = []
    sample: list[tuple[EventId, Mapping[str, object]]] = []
    absent: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    overlap: Counter[str] = Counter()
    events = not_applicable = 0
    before: EventId | None = None
    while events < last and (records := features.latest(tx, limit=min(TRY_BATCH, last - events), before=before)):
        before = records[-1].event_id
        events += len(records)
        for one in records:
            values = declared.coerced(one.values)
            if missing := ruleset.not_applicable(values):
                not_applicable += 1
                absent.update(missing[_TRIED])
                continue
            answer = ruleset.run(values)
            failed.update(each.message for each in answer.failures)
            if answer.hits:
                hit.append(one.event_id)
                overlap.update(on.intersection(one.hits))
                if len(sample) < SHOWN:
                    sample.append((one.event_id, _read(ruleset, values)))
    return Trial(
        events=events,
        hits=tuple(hit),
        not_applicable=not_applicable,
        absent_fields=dict(absent),
        failures=failed.total(),
        failed=dict(failed.most_common(10)),
        overlap={RuleId(name): count for name, count in overlap.most_common(10)},
        sample=tuple(sample),
    )


def _one(expression: str, given: Mapping[str, object]) -> OneTrial:
    declared = fields()
    ruleset = RuleSet(declared, [Rule(id=_TRIED, expression=expression)])
    values = declared.coerced(given)
    missing = ruleset.not_applicable(values).get(_TRIED, ())
    answer = ruleset.run(values)
    failure = answer.failures[0].message if answer.failures else None
    hit = None if missing or failure else bool(answer.hits)
    return OneTrial(hit=hit, absent=tuple(missing), failure=failure, values=_read(ruleset, values))


def _read(ruleset: RuleSet, values: Mapping[str, object]) -> dict[str, object]:
    return {name: values[name] for name in ruleset.reads(_TRIED) if name in values}
