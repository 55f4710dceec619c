"""What is done with cases: read them, say how grave they are, decide, close, open again, move, restrict."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from assize.intake.service import event as intake_event
from assize.intake.service import events as intake_events
from assize.intake.service import restrict_step
from assize.kernel.ids import CaseId, ClauseId, EventId, QueueName, SubjectId
from assize.platform.db import Tx
from assize.policy.models import Severity
from assize.policy.service import current
from assize.triage.errors import (
    BadCursor,
    CaseIsNotOpen,
    ListingRefused,
    NoSuchCase,
    NoSuchClause,
    NoSuchQueue,
    ReasonNeeded,
    SecondPersonNeeded,
)
from assize.triage.facts import (
    CaseClosed,
    CaseDecided,
    CaseMoved,
    CaseRestricted,
    LoweringProposed,
    SeverityAssessed,
)
from assize.triage.logic.priority import priority
from assize.triage.models import (
    Case,
    CaseEvent,
    CaseFilter,
    CasePage,
    CaseState,
    FeatureRecord,
    Hit,
    LikelyClause,
    QueueCount,
)
from assize.triage.service.judging import Evidence, due_at, mode_of
from assize.triage.service.placing import Matter, opened_fact, place_new, reopened, reopened_fact
from assize.triage.store import cases as case_store
from assize.triage.store import features
from assize.triage.store.cases import Lowering, StoredCase
from assize.workforce.models import Right, SearchScope, ViewProfile
from assize.workforce.service import require

PAGE = 100
BY_HAND = 0.9  # a person who opens a case by hand is rarely wrong about where to look
LOWERED = "assessed by a person"
MASKED = "•••"


def case(tx: Tx, case_id: CaseId) -> Case:
    """Return a case. Raises NoSuchCase, also where the actor may not see it."""
    principal = require(tx, Right.CASES_READ, about=case_id)
    found = case_store.by_id(tx, case_id)
    if found is None:
        raise NoSuchCase(case_id=case_id)
    return _shown(found, principal.view)


def cases(tx: Tx, *, wanted: CaseFilter | None = None, cursor: str | None = None, limit: int = 50) -> CasePage:
    """Return cases in order of priority, those only that the actor may see. Raises BadCursor, ListingRefused.

    limit: 1 to 100.
    """
    principal = require(tx, Right.CASES_READ)
    if principal.view.search_scope is not SearchScope.ALL:
        raise ListingRefused
    size = min(max(1, limit), PAGE)
    found = case_store.page(tx, wanted or CaseFilter(), after=_position(cursor), limit=size + 1)
    more = found[size - 1] if len(found) > size else None
    return CasePage(
        cases=tuple(_shown(one, principal.view) for one in found[:size]),
        next_cursor=None if more is None else _cursor(more),
    )


def cases_named(tx: Tx, *, case_ids: Sequence[CaseId]) -> dict[CaseId, Case]:
    """Return those of these cases that exist for the actor, by id."""
    principal = require(tx, Right.CASES_READ)
    return {one.id: _shown(one, principal.view) for one in case_store.by_ids(tx, case_ids)}


def seen(tx: Tx, *, case_ids: Sequence[CaseId]) -> frozenset[CaseId]:
    """Return which of these cases exist for the actor: what may be told about changes."""
    require(tx, Right.CASES_READ)
    return case_store.seen(tx, case_ids)


def counts(tx: Tx, *, at: datetime) -> list[QueueCount]:
    """Return how each queue with open cases stands, counting only what the actor may see."""
    require(tx, Right.CASES_READ)
    return case_store.counts(tx, at=at)


def events_of_case(tx: Tx, *, case_id: CaseId, limit: int = 200) -> list[CaseEvent]:
    """Return the events of a case, the latest first."""
    require(tx, Right.CASES_READ, about=case_id)
    return case_store.events(tx, case_id, limit=limit)


def subjects_of_case(tx: Tx, *, case_id: CaseId, limit: int = 200) -> list[tuple[SubjectId, int]]:
    """Return everybody whose events are in a case, with how many, the most first."""
    require(tx, Right.CASES_READ, about=case_id)
    return case_store.subjects(tx, case_id, limit=limit)


def cases_of_subject(tx: Tx, *, subject_id: SubjectId, limit: int = 200) -> list[CaseId]:
    """Return the cases that are about a subject or hold events of it, the latest first."""
    require(tx, Right.CASES_READ, about=subject_id)
    return case_store.of_subject(tx, subject_id, limit=limit)


def events_of_cases(tx: Tx, *, case_ids: Sequence[CaseId]) -> list[tuple[CaseId, EventId]]:
    """Return which events these cases hold, as pairs."""
    require(tx, Right.CASES_READ)
    return case_store.events_of_cases(tx, case_ids)


def cases_of_events(tx: Tx, *, event_ids: Sequence[EventId]) -> list[CaseId]:
    """Return the cases that hold any of these events."""
    require(tx, Right.CASES_READ)
    return case_store.of_events(tx, event_ids)


def cases_holding(tx: Tx, *, event_ids: Sequence[EventId]) -> list[CaseId]:
    """Return the cases that hold any of these events. A step of erasing them: whoever erases need not read cases."""
    return case_store.of_events(tx, event_ids)


def case_of_events(tx: Tx, *, event_ids: Sequence[EventId]) -> dict[EventId, CaseId]:
    """Return the newest case that holds each of these events; those that none holds are left out."""
    require(tx, Right.CASES_READ)
    return case_store.of_each(tx, event_ids)


def hits(tx: Tx, *, case_id: CaseId, limit: int = 200) -> list[Hit]:
    """Return which rules were true of a case's events, with the values they saw; never those in shadow."""
    require(tx, Right.CASES_READ, about=case_id)
    return features.hits_of_case(tx, case_id, limit=limit)


def feature_record(tx: Tx, *, event_id: EventId) -> FeatureRecord | None:
    """Return what was evaluated about an event, or None where it wasn't yet or was erased. Raises EventNotFound."""
    require(tx, Right.CASES_READ, about=event_id)
    intake_event(tx, event_id)
    return features.record(tx, event_id)


def feature_records(tx: Tx, *, event_ids: Sequence[EventId]) -> dict[EventId, FeatureRecord]:
    """Return what was evaluated about these events, by event; those that weren't or are erased are left out.

    Only of events that the actor may see: the caller got their ids from `intake`.
    """
    require(tx, Right.CASES_READ)
    seen = {one.id for one in intake_events(tx, event_ids)}
    return features.records(tx, [one for one in event_ids if one in seen])


def cases_about(tx: Tx, *, subject_ids: Sequence[SubjectId], limit: int = 20) -> list[Case]:
    """Return the cases that hold events of any of these subjects, the newest first; whatever their state."""
    principal = require(tx, Right.CASES_READ)
    found = case_store.about(tx, subject_ids, limit=min(max(1, limit), PAGE))
    return [_shown(one, principal.view) for one in found]


def set_assessed(tx: Tx, *, case_id: CaseId, severity: Severity, reason: str, at: datetime) -> Case:
    """Record how grave a person finds a case. Raises NoSuchCase, ReasonNeeded, SecondPersonNeeded.

    Raising needs no reason, lowering does. Lowering a SEV0 or SEV1 needs two people: the first call keeps the
    proposal and returns the case as it was, the same call by somebody else carries it out.
    """
    actor = require(tx, Right.DECIDE, about=case_id)
    stored = _held(tx, case_id)
    before = stored.case.severity
    lowered = severity > before
    if lowered and not reason.strip():
        raise ReasonNeeded(field="reason")
    proposed_by: str | None = None
    if lowered and before <= Severity.SEV1:
        proposal = case_store.lowering(tx, case_id)
        if proposal is None or proposal.severity != severity:
            _propose(tx, case_id, severity, before, reason, at=at)
            return stored.case
        if proposal.proposed_by == actor.id:
            raise SecondPersonNeeded(before=f"SEV{before.value}", after=f"SEV{severity.value}")
        proposed_by = proposal.proposed_by
    case_store.drop_lowering(tx, case_id)
    changed = _assessed(tx, stored, severity)
    case_store.update(tx, [changed])
    tx.record(
        SeverityAssessed(
            case_id=case_id, severity=severity, severity_before=before, reason=reason, proposed_by=proposed_by
        ),
        at=at,
    )
    return changed.case


def lowering(tx: Tx, *, case_id: CaseId) -> Lowering | None:
    """Return the proposal to lower a grave case that waits for a second person, or None."""
    require(tx, Right.CASES_READ, about=case_id)
    return case_store.lowering(tx, case_id)


def decided(tx: Tx, *, case_id: CaseId, at: datetime) -> Case:
    """Mark a case as decided: a step of review, when a decision stands. Idempotent. Raises NoSuchCase."""
    stored = _held(tx, case_id)
    if stored.case.state is CaseState.DECIDED:
        return stored.case
    changed = replace(stored, case=replace(stored.case, state=CaseState.DECIDED), decided_at=at)
    case_store.update(tx, [changed])
    tx.record(CaseDecided(case_id=case_id), at=at)
    return changed.case


def close(tx: Tx, *, case_id: CaseId, at: datetime, reason: str = "") -> Case:
    """Close a case: nothing is to be decided any more. Idempotent. Raises NoSuchCase."""
    require(tx, Right.DECIDE, about=case_id)
    stored = _held(tx, case_id)
    if stored.case.state is CaseState.CLOSED:
        return stored.case
    decided_at = stored.decided_at or at
    closed = replace(stored.case, state=CaseState.CLOSED)
    changed = replace(stored, case=closed, decided_at=decided_at, closed_at=at)
    case_store.update(tx, [changed])
    tx.record(CaseClosed(case_id=case_id, reason=reason), at=at)
    return changed.case


def reopen(tx: Tx, *, case_id: CaseId, why: str, at: datetime) -> Case:
    """Let a decided or closed case be decided again: an appeal upheld, a watch come due. Idempotent."""
    require(tx, Right.DECIDE, about=case_id)
    stored = _held(tx, case_id)
    if stored.case.state is CaseState.OPEN:
        return stored.case
    changed = reopened(stored, current(tx), at=at)
    case_store.update(tx, [changed])
    tx.record(reopened_fact(changed.case, why=why, event_ids=()), at=at)
    return changed.case


def open_by_hand(
    tx: Tx,
    *,
    event_ids: Sequence[EventId],
    clause_ids: Sequence[ClauseId],
    reason: str,
    at: datetime,
    linked_case_id: CaseId | None = None,
) -> Case:
    """Open a case over events that somebody found. Raises NoSuchClause, ReasonNeeded, NoSuchCase.

    All events go into one new case, whatever else holds them. The subject is that of the latest event.
    """
    require(tx, Right.DECIDE)
    if not reason.strip():
        raise ReasonNeeded(field="reason")
    policy = current(tx)
    for clause_id in clause_ids:
        if policy.clause(clause_id) is None:
            raise NoSuchClause(field="clause_ids", clause_id=clause_id)
    found = intake_events(tx, event_ids)
    if not found or not clause_ids:
        raise NoSuchClause(field="clause_ids" if found else "event_ids", clause_id="")
    latest = max(found, key=lambda one: (one.occurred_at, one.id))
    likely = tuple(LikelyClause(clause_id=one, score=BY_HAND, why=(f"hand:{reason.strip()}",)) for one in clause_ids)
    joining = tuple((one.id, one.occurred_at) for one in found)
    matter = Matter(event=latest, clauses=likely, evidence=Evidence(), joining=joining)
    made = place_new(tx, matter, policy, linked_case_id=linked_case_id, at=at)
    tx.record(opened_fact(made, by="hand"), at=at)
    return made


def move(tx: Tx, *, case_id: CaseId, queue: QueueName, at: datetime) -> Case:
    """Put a case into another queue; its place in the order and its due time stay. Raises NoSuchQueue, CaseIsNotOpen."""
    require(tx, Right.TASKS_ASSIGN, about=case_id)
    if current(tx).queue(queue) is None:
        raise NoSuchQueue(field="queue", queue=queue)
    stored = _held(tx, case_id)
    if stored.case.state is not CaseState.OPEN:
        raise CaseIsNotOpen(case_id=case_id, state=stored.case.state.value)
    if stored.case.queue == queue:
        return stored.case
    changed = replace(stored, case=replace(stored.case, queue=queue))
    case_store.update(tx, [changed])
    tx.record(CaseMoved(case_id=case_id, queue=queue, queue_before=stored.case.queue), at=at)
    return changed.case


def restrict(tx: Tx, *, case_id: CaseId, compartment: str | None, at: datetime) -> None:
    """Put a case and its events under a need-to-know compartment, or take them out (None). Raises NoSuchCase."""
    require(tx, Right.RESTRICT, about=case_id)
    stored = _held(tx, case_id)
    if stored.case.restriction == compartment:
        return
    event_ids = [one.event_id for one in case_store.events(tx, case_id, limit=100_000)]
    restrict_step(tx, event_ids=event_ids, restriction=compartment, at=at)
    tx.record(
        CaseRestricted(case_id=case_id, restriction=compartment, restriction_before=stored.case.restriction), at=at
    )
    # Last: afterwards the actor may no longer see it.
    case_store.restrict(tx, case_id, compartment)


def _shown(found: Case, view: ViewProfile) -> Case:
    """Return a case as a view shows it: a masked field says so, it doesn't look empty."""
    if "subject" in view.masked_fields and found.conversation is not None:
        return replace(found, conversation=MASKED)
    return found


def _held(tx: Tx, case_id: CaseId) -> StoredCase:
    stored = case_store.for_change(tx, case_id)
    if stored is None:
        raise NoSuchCase(case_id=case_id)
    return stored


def _propose(tx: Tx, case_id: CaseId, severity: Severity, before: Severity, reason: str, *, at: datetime) -> None:
    proposal = Lowering(
        case_id=case_id, severity=severity, reason=reason.strip(), proposed_by=tx.actor.id, proposed_at=at
    )
    case_store.propose_lowering(tx, proposal)
    tx.record(
        LoweringProposed(case_id=case_id, severity=severity, severity_before=before, reason=reason.strip()), at=at
    )


def _assessed(tx: Tx, stored: StoredCase, severity: Severity) -> StoredCase:
    """Return a case of an assessed severity, with mode, due time and place to match; its queue stays."""
    policy = current(tx)
    case = stored.case
    mode = mode_of(policy, case.clauses, severity)
    due = due_at(policy, case.queue, severity, opened_at=case.opened_at)
    found = priority(opened_at=case.opened_at, severity=severity, mode=mode, weights=(LOWERED,))
    return replace(stored, case=replace(case, assessed=severity, mode=mode, due_at=due, priority=found))


def _cursor(after: Case) -> str:
    return urlsafe_b64encode(f"{after.priority.order_key.isoformat()} {after.id}".encode()).decode().rstrip("=")


def _position(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    try:
        moment, _, case_id = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition(" ")
        found = datetime.fromisoformat(moment)
    except ValueError as error:  # of base64, UTF-8 and dates alike
        raise BadCursor(field="cursor") from error
    if found.tzinfo is None or not case_id:
        raise BadCursor(field="cursor")
    return found, case_id
