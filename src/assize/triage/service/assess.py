"""Score a claimed batch of events: signals, rules, clause scores, cases. One transaction, and nothing is ever lost."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import psycopg

from assize.intake.models import Event
from assize.intake.service import finish, take
from assize.kernel.errors import Unavailable
from assize.kernel.ids import CaseId, EventId, SubjectId
from assize.platform.db import Database, Tx
from assize.platform.logs import log
from assize.platform.settings import Settings
from assize.policy.models import PolicyVersion
from assize.policy.service import current, published
from assize.triage.facts import EventParked
from assize.triage.logic.levers import levers_pulled_of
from assize.triage.logic.scoring import likely
from assize.triage.models import Assessed, Parked
from assize.triage.service.actors import actor_reviews
from assize.triage.service.placing import Matter, Placed, evidence_about, place_all
from assize.triage.service.ready import rules_in_force, signals_ready
from assize.triage.service.rules import ensure_rules
from assize.triage.service.scoring import Scored, score
from assize.triage.store import counting, features
from assize.workforce.models import SYSTEM, Right
from assize.workforce.service import levers_in_force, require

LEASE_S = 120  # a batch takes seconds; a worker that died in the middle gives its events back by rollback anyway
BATCH = 500  # events: large enough to share statements, small enough that nobody waits long for its locks


def assess(database: Database, *, at: datetime, limit: int = BATCH, settings: Settings | None = None) -> Assessed:
    """Take up to `limit` waiting events and score them. Returns what became of them; all zero where none waited.

    One transaction. An event on which scoring fails is found by halving, set aside with the kind of error, and told;
    the others go on. Raises DatabaseUnavailable, and then nothing happened.
    """
    with database.transaction(SYSTEM) as tx:
        linking = {} if settings is None else {"linking": settings.linking_attributes}
        if not published(tx):
            return Assessed()  # events wait until there is a policy to judge them by
        events = take(tx, limit=limit, lease_s=LEASE_S, at=at, apart=True, **linking)
        if not events:
            return Assessed()
        policy = current(tx)
        ensure_rules(tx, policy, at=at)
        done = _assess_or_halve(tx, events, policy, settings, at=at)
        finish(tx, [event.id for event in events])
        return done


def assess_batch(
    tx: Tx, events: Sequence[Event], *, policy: PolicyVersion, settings: Settings | None, at: datetime
) -> Assessed:
    """Score these events, in the caller's transaction. A step: `assess` takes them from the inbox and finishes them."""
    require(tx, Right.EVENTS_READ)
    levers = levers_pulled_of(levers_in_force(tx, at=at))
    inforce = rules_in_force(tx, frozen=levers.frozen)
    scored = score(tx, events, inforce, signals_ready(tx, policy, settings), at=at)
    matters = [_matter(one) for one in scored if likely(one.clauses)]
    matters += actor_reviews(tx, scored, policy, at=at)
    placed = place_all(tx, matters, policy, levers=levers, at=at) if matters else None
    _keep_hits(tx, scored, placed, at=at)
    _count(tx, scored, placed, at=at)
    if placed is None:
        return Assessed(events=len(events))
    tx.record_many(placed.facts, at=at)
    return Assessed(
        events=len(events),
        cases_opened=placed.opened,
        cases_merged=placed.merged,
        cases_reopened=placed.reopened,
    )


def _assess_or_halve(
    tx: Tx, events: Sequence[Event], policy: PolicyVersion, settings: Settings | None, *, at: datetime
) -> Assessed:
    try:
        with tx.savepoint():
            return assess_batch(tx, events, policy=policy, settings=settings, at=at)
    except Unavailable:
        raise
    except Exception as error:  # whatever it is, the other events must go on
        if _is_the_databases(error):
            raise
        if len(events) == 1:
            return _park(tx, events[0].id, type(error).__name__, at=at)
        log.warning("batch failed, halving", events=len(events), reason=type(error).__name__)
    middle = len(events) // 2
    parts = [_assess_or_halve(tx, part, policy, settings, at=at) for part in (events[:middle], events[middle:])]
    names = ("events", "cases_opened", "cases_merged", "cases_reopened", "parked")
    return Assessed(**{name: sum(getattr(part, name) for part in parts) for name in names})


def _is_the_databases(error: Exception) -> bool:
    # A lost connection, a deadlock, a full disk: no event's fault. The worker comes again.
    return isinstance(error, psycopg.OperationalError)


def _park(tx: Tx, event_id: EventId, reason: str, *, at: datetime) -> Assessed:
    features.park(tx, [Parked(event_id=event_id, reason=reason, at=at)], at=at)
    tx.record(EventParked(event_id=event_id, reason=reason), at=at)
    return Assessed(events=1, parked=1)


def _matter(scored: Scored) -> Matter:
    return Matter(
        event=scored.event,
        clauses=likely(scored.clauses),
        evidence=evidence_about(scored.event, minor_likely=scored.minor_likely, near=scored.near),
        cluster=scored.cluster,
    )


def _keep_hits(tx: Tx, scored: Sequence[Scored], placed: Placed | None, *, at: datetime) -> None:
    cases: dict[EventId, CaseId] = {} if placed is None else dict(placed.of_event)
    features.insert_hits(
        tx,
        [replace(hit, case_id=None if hit.shadow else cases.get(hit.event_id)) for one in scored for hit in one.hits],
        at=at,
    )


def _count(tx: Tx, scored: Sequence[Scored], placed: Placed | None, *, at: datetime) -> None:
    """Count reports and cases for those they are about; test traffic counts nowhere."""
    counts: Counter[tuple[SubjectId, str]] = Counter()
    new = set() if placed is None else placed.counted
    for one in scored:
        event = one.event
        whom = event.account_id or event.subject_id
        if whom is None or event.test or event.sealed:
            continue
        if event.report is not None:
            counts[whom, "reports"] += 1
        if event.id in new:
            counts[whom, "cases"] += 1
    counting.add(tx, counts, at=at)
