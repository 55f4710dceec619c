"""The life of rules: written, checked, in shadow, on, off; tried on what came before; replayed."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from assize.kernel.ids import CaseId, ClauseId, PolicyVersionId, ReviewerId, RuleId
from assize.platform.cel import Answer, Problem, Rule, RuleSet
from assize.platform.cel import check as check_cel
from assize.platform.db import Tx
from assize.policy.models import PolicyVersion, RuleText
from assize.policy.service import current
from assize.triage.errors import BadRule, ListingRefused, NoSuchClause, NoSuchRule, OwnRule, RuleExists
from assize.triage.facts import RuleChanged
from assize.triage.logic.patterns import pattern_problems as problems_of_patterns
from assize.triage.models import Hit, RuleStanding, RuleState, TriageRule
from assize.triage.service.ready import InForce, fields, made_ready
from assize.triage.service.trying import must_be_tried, must_fit
from assize.triage.store import features
from assize.triage.store import rules as rule_store
from assize.workforce.models import Right, SearchScope
from assize.workforce.service import require

SHOWN_DAYS = 7
GRAPHED_DAYS = 14
_ID = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
REMEMBERED = 100  # policy versions whose rules are known to be in place


@dataclass(frozen=True, kw_only=True)
class RuleDay:
    """What became of a rule on one day."""

    day: date
    hits: int
    shadow_hits: int
    failures: int


_installed: set[PolicyVersionId] = set()


def rules(tx: Tx, *, at: datetime) -> list[RuleStanding]:
    """Return every rule and what became of it in the last week, how often it was not applicable and for want of what."""
    require(tx, Right.RULES_READ)
    return _standings(tx, rule_store.newest(tx), at=at)


def rule(tx: Tx, *, rule_id: RuleId, at: datetime) -> RuleStanding:
    """Return a rule as it stands and what became of it in the last week. Raises NoSuchRule."""
    require(tx, Right.RULES_READ)
    found = rule_store.versions(tx, rule_id)[:1]
    if not found:
        raise NoSuchRule(rule_id=rule_id)
    return _standings(tx, found, at=at)[0]


def rule_days(tx: Tx, *, at: datetime, days: int = GRAPHED_DAYS) -> dict[RuleId, list[RuleDay]]:
    """Return what became of each rule on each of the last days, the oldest first; a day without anything is there too.

    Rules of which nothing is known are not in it.
    """
    require(tx, Right.RULES_READ)
    first = at.date() - timedelta(days=days - 1)
    known: dict[RuleId, dict[date, RuleDay]] = {}
    for row in rule_store.days(tx, since=first):
        rule_id = RuleId(row.pop("rule_id"))
        known.setdefault(rule_id, {})[row["day"]] = RuleDay(**row)
    every = [first + timedelta(days=number) for number in range(days)]
    return {
        rule_id: [found.get(day, RuleDay(day=day, hits=0, shadow_hits=0, failures=0)) for day in every]
        for rule_id, found in known.items()
    }


def rule_versions(tx: Tx, *, rule_id: RuleId) -> list[TriageRule]:
    """Return all versions of a rule, the newest first. Raises NoSuchRule."""
    require(tx, Right.RULES_READ)
    found = rule_store.versions(tx, rule_id)
    if not found:
        raise NoSuchRule(rule_id=rule_id)
    return found


def rule_hits(tx: Tx, *, rule_id: RuleId, limit: int = 50) -> list[Hit]:
    """Return the latest hits of a rule, shadow ones too, of events that the actor may see. Raises ListingRefused."""
    if require(tx, Right.RULES_READ).view.search_scope is not SearchScope.ALL:
        raise ListingRefused
    return features.hits_of_rule(tx, rule_id, limit=limit)


def cases_of_rule(tx: Tx, *, rule_id: RuleId, limit: int = 2_000) -> list[CaseId]:
    """Return the cases, there for the actor, that the latest hits of a rule are in. Raises ListingRefused."""
    if require(tx, Right.RULES_READ).view.search_scope is not SearchScope.ALL:
        raise ListingRefused
    return features.cases_of_rule(tx, rule_id, limit=limit)


def check_rule(tx: Tx, *, expression: str) -> list[Problem]:
    """Return what is wrong with a rule, in the form in which it would run; empty where all is well."""
    require(tx, Right.RULES_READ)
    return check_cel(fields(), [Rule(id="rule", expression=expression)])


def add_rule(
    tx: Tx, *, rule_id: RuleId, title: str, expression: str, clause_id: ClauseId, score: float, at: datetime
) -> TriageRule:
    """Write a rule, or a new version of one; it starts off. Raises RuleDoesNotFit, NoSuchClause, RuleExists.

    A rule that came with the policy is changed in the policy: its id is taken.
    """
    actor = require(tx, Right.RULES_EDIT)
    if not _ID.fullmatch(rule_id) or rule_id == "new":
        raise BadRule(field="id", problem="an id has 1 to 64 small letters, digits, dots and hyphens, and isn't 'new'")
    if not title:
        raise BadRule(field="title", problem="a title says what it looks for")
    if not 0 <= score <= 1:
        raise BadRule(field="score", problem="a score lies between 0 and 1")
    must_fit(expression)
    if current(tx).clause(clause_id) is None:
        raise NoSuchClause(field="clause_id", clause_id=clause_id)
    before = rule_store.for_change(tx, rule_id)
    if before is not None and before.from_policy:
        raise RuleExists(rule_id=rule_id)
    rule = TriageRule(
        id=rule_id,
        version=1 if before is None else before.version + 1,
        title=title,
        expression=expression,
        clause_id=clause_id,
        score=score,
        state=RuleState.OFF,
        author=ReviewerId(actor.id),
        from_policy=False,
        changed_at=at,
    )
    rule_store.insert(tx, rule, by=actor.id)
    tx.record(_changed(rule, before), at=at)
    return rule


def set_rule_state(tx: Tx, *, rule_id: RuleId, state: RuleState, at: datetime) -> TriageRule:
    """Switch a rule off, into shadow or on; this also ends a quarantine. Raises NoSuchRule, OwnRule, RuleDoesNotFit.

    On is for somebody other than its author. It is checked again: fields may have changed since it was written.
    A rule of ours leaves "off" once it was tried in this very form. Raises NotTried.
    """
    actor = require(tx, Right.RULES_EDIT)
    before = rule_store.for_change(tx, rule_id)
    if before is None:
        raise NoSuchRule(rule_id=rule_id)
    if state is RuleState.ON and before.author == actor.id:
        raise OwnRule(rule_id=rule_id)
    if before.state is state and before.quarantined_at is None:
        return before
    if state is not RuleState.OFF:
        must_fit(before.expression)
        if before.state is RuleState.OFF and not before.from_policy:  # a policy's own rules were checked with it
            must_be_tried(tx, before)
    rule_store.switch(tx, rule_id, state, by=actor.id, at=at)
    after = replace(before, state=state, changed_at=at, quarantined_at=None, failure=None)
    tx.record(_changed(after, before), at=at)
    return after


def install_rules(tx: Tx, policy: PolicyVersion, *, at: datetime) -> int:
    """Take over the rules of a policy that was published; return how many changed. A step of hearing it. Idempotent.

    A rule whose text, clause or score is new starts in the state the policy gives it; one that is as it was keeps the
    state that somebody gave it here; one that the policy no longer has goes off.
    """
    rule_store.hold_policy_rules(tx)
    known = {one.id: one for one in rule_store.newest(tx) if one.from_policy}
    changed: list[RuleChanged] = []
    for text in policy.rules:
        before = known.pop(text.id, None)
        rule = _from_policy(text, before, at=at)
        if before is None or _differ(before, rule):
            rule_store.insert(tx, rule, by=tx.actor.id)
            changed.append(_changed(rule, before))
    for gone in known.values():
        if gone.state is not RuleState.OFF:
            rule_store.switch(tx, gone.id, RuleState.OFF, by=tx.actor.id, at=at)
            changed.append(_changed(replace(gone, state=RuleState.OFF), gone))
    tx.record_many(changed, at=at)
    return len(changed)


def ensure_rules(tx: Tx, policy: PolicyVersion, *, at: datetime) -> None:
    """Take over the rules of the policy in force before anything is scored under it. A step of scoring.

    Publishing is heard a moment later, and much later where the worker that hears it is killed: events scored in between
    would be scored without a rule, and never again.
    """
    if policy.id in _installed:
        return
    # Asked without holding anything first: whoever holds is waited for until its whole batch is done.
    if _in_place(tx, policy, at=at) or install_rules(tx, policy, at=at) == 0:
        if len(_installed) >= REMEMBERED:
            _installed.clear()
        _installed.add(policy.id)  # only once it is seen in place: this transaction may still be undone


def _in_place(tx: Tx, policy: PolicyVersion, *, at: datetime) -> bool:
    known = {one.id: one for one in rule_store.newest(tx) if one.from_policy}
    for text in policy.rules:
        before = known.pop(text.id, None)
        if before is None or _differ(before, _from_policy(text, before, at=at)):
            return False
    return all(gone.state is RuleState.OFF for gone in known.values())


def _from_policy(text: RuleText, before: TriageRule | None, *, at: datetime) -> TriageRule:
    return TriageRule(
        id=text.id,
        version=1 if before is None else before.version + 1,
        title=text.title,
        expression=text.expression,
        clause_id=text.clause,
        score=text.score,
        state=RuleState(text.state),
        author=None,
        from_policy=True,
        changed_at=at,
    )


def check_policy_rules(rules_of_pack: Sequence[Rule]) -> list[Problem]:
    """Return what is wrong with the rules of a pack, in the form in which they would run."""
    return check_cel(fields(), rules_of_pack)


def pattern_problems(patterns: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what is wrong with the named patterns of a pack: name and message."""
    return list(problems_of_patterns(patterns))


def replay(values: Mapping[str, object], inforce: InForce) -> Answer:
    """Return what a set of rules says about a kept record: the same as when it was evaluated, if the set is the same."""
    return inforce.ruleset.run(inforce.ruleset.fields.coerced(values))


def ruleset_of(running: list[TriageRule]) -> InForce:
    """Return rules ready for a replay, with the hash that names the set."""
    return made_ready(running, fields())


def _standings(tx: Tx, known: list[TriageRule], *, at: datetime) -> list[RuleStanding]:
    since = (at - timedelta(days=SHOWN_DAYS)).date()
    stats = rule_store.stats(tx, since=since)
    ruleset = RuleSet(fields(), [Rule(id=one.id, expression=one.expression) for one in known])
    missing: dict[str, Counter[str]] = {}
    unasked: Counter[str] = Counter()
    for shape, events in features.shapes(tx, since=since):
        for rule_id, absent in ruleset.not_applicable(dict.fromkeys(shape)).items():
            unasked[rule_id] += events
            missing.setdefault(rule_id, Counter()).update(dict.fromkeys(absent, events))
    return [
        RuleStanding(
            rule=one,
            hits=stats.get(one.id, {}).get("hits", 0),
            shadow_hits=stats.get(one.id, {}).get("shadow_hits", 0),
            failures=stats.get(one.id, {}).get("failures", 0),
            not_applicable=0 if one.state is RuleState.OFF else unasked[one.id],
            absent_fields={} if one.state is RuleState.OFF else dict(missing.get(one.id, {})),
        )
        for one in known
    ]


def _differ(before: TriageRule, after: TriageRule) -> bool:
    return (before.expression, before.clause_id, before.score, before.title) != (
        after.expression,
        after.clause_id,
        after.score,
        after.title,
    )


def _changed(rule: TriageRule, before: TriageRule | None) -> RuleChanged:
    return RuleChanged(
        rule_id=rule.id,
        version=rule.version,
        state=rule.state.value,
        state_before=None if before is None else before.state.value,
        clause_id=rule.clause_id,
        from_policy=rule.from_policy,
    )
