"""From clause scores to cases: which event joins, which opens a decided case again, which opens a new one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from assize.intake.models import Event, ReporterKind
from assize.kernel.facts import Fact
from assize.kernel.ids import CaseId, EventId, SubjectId, new_id
from assize.platform.db import Tx
from assize.policy.models import PolicyVersion, Severity
from assize.triage.facts import CaseGrew, CaseOpened, CaseRaised, CaseReopened
from assize.triage.logic.levers import due_in_surge
from assize.triage.logic.placing import CLUSTER_FROM, By, Do, Known, Place, place
from assize.triage.logic.priority import priority
from assize.triage.logic.scoring import merged
from assize.triage.models import Case, CaseKind, CaseState, Levers, LikelyClause
from assize.triage.service.judging import Evidence, Judgement, due_at, judge
from assize.triage.store import cases
from assize.triage.store.cases import Joining, StoredCase

NO_LEVERS = Levers()


@dataclass(frozen=True, kw_only=True, slots=True)
class Matter:
    """An event (or, for an actor review, a subject's conversations) that is to have a case."""

    event: Event
    clauses: tuple[LikelyClause, ...]
    evidence: Evidence
    cluster: int | None = None
    kind: CaseKind = CaseKind.EVENTS
    joining: tuple[tuple[EventId, datetime], ...] = ()


@dataclass(slots=True)
class _Draft:
    """A case as it becomes in this batch; written once, at the end."""

    stored: StoredCase
    new: bool
    before: Severity
    joined: list[EventId] = field(default_factory=list)
    raised: bool = False
    reopened: str = ""


@dataclass(frozen=True, kw_only=True)
class Placed:
    """What became of the matters of a batch. of_event: the case of each event; counted: the first of each new case."""

    facts: tuple[Fact, ...]
    of_event: Mapping[EventId, CaseId]
    counted: frozenset[EventId]
    opened: int
    merged: int
    reopened: int


def place_all(
    tx: Tx, matters: Sequence[Matter], policy: PolicyVersion, *, levers: Levers = NO_LEVERS, at: datetime
) -> Placed:
    """Give every matter its case. One batch at a time decides about what it shares with another."""
    judged = [judge(policy, one.clauses, one.evidence, language=one.event.language) for one in matters]
    keys = [keys_of(matter, judgement.families, levers) for matter, judgement in zip(matters, judged, strict=True)]
    wanted = sorted({key for some in keys for key, _ in some})
    cases.lock_keys(tx, wanted)
    desk = _Desk(tx, policy, cases.by_key(tx, wanted), at, levers)
    for matter, judgement, some in zip(matters, judged, keys, strict=True):
        desk.take(matter, judgement, some)
    return desk.written()


def place_new(tx: Tx, matter: Matter, policy: PolicyVersion, *, linked_case_id: CaseId | None, at: datetime) -> Case:
    """Open a new case for a matter, whatever it shares with others; later events find this one. Returns it counted."""
    judgement = judge(policy, matter.clauses, matter.evidence, language=matter.event.language)
    keys = keys_of(matter, judgement.families)
    cases.lock_keys(tx, [key for key, _ in keys])
    desk = _Desk(tx, policy, {}, at)
    case_id = desk.take(matter, judgement, keys, found=Place(Do.OPEN, linked_case_id))
    desk.written()
    made = cases.by_id(tx, case_id)
    assert made is not None  # noqa: S101 - it was just written, by an actor who sees its events
    return made


def keys_of(matter: Matter, families: Iterable[str], levers: Levers = NO_LEVERS) -> list[tuple[str, By]]:
    """Return by what a later event finds the case of this one, the closest first.

    Test traffic, another compartment or another region never share a case: it would show one to those who may only
    see the other.
    """
    event = matter.event
    apart = f"{'test' if _acts_nothing(event) else ''}|{event.restriction or ''}|{event.region or ''}"
    if matter.kind is CaseKind.ACTOR_REVIEW:
        return [(f"actor|{event.subject_id}|{family}|{apart}", By.SUBJECT) for family in families]
    keys: list[tuple[str, By]] = []
    if event.conversation_id is not None:
        keys.append((f"conversation|{event.conversation_id}|{apart}", By.CONVERSATION))
    if event.subject_id is not None:
        keys.extend((f"subject|{event.subject_id}|{family}|{apart}", By.SUBJECT) for family in families)
    # A copy of a known case is alone: it must neither gather others nor lead to what it is a copy of.
    if event.sealed:
        return keys
    if matter.cluster is not None and matter.evidence.near >= (
        CLUSTER_FROM if levers.cluster_from is None else levers.cluster_from
    ):
        keys.extend((f"cluster|{matter.cluster}|{family}|{apart}", By.CLUSTER) for family in families)
    return keys


def _acts_nothing(event: Event) -> bool:
    return event.test or event.sealed


class _Desk:
    """The cases of one batch, as they become."""

    def __init__(
        self,
        tx: Tx,
        policy: PolicyVersion,
        known: Mapping[str, StoredCase],
        at: datetime,
        levers: Levers = NO_LEVERS,
    ) -> None:
        self._levers = levers
        self._tx = tx
        self._policy = policy
        self._at = at
        self._drafts: dict[CaseId, _Draft] = {}
        self._by_key: dict[str, CaseId] = {}
        self._new_keys: dict[str, CaseId] = {}
        self._of_event: dict[EventId, CaseId] = {}
        self._joining: list[Joining] = []
        self._originals = {stored.case.id: stored for stored in known.values()}
        for key, stored in known.items():
            self._by_key[key] = stored.case.id
            self._drafts.setdefault(stored.case.id, _Draft(stored, new=False, before=stored.case.severity))

    def take(
        self, matter: Matter, judgement: Judgement, keys: Sequence[tuple[str, By]], *, found: Place | None = None
    ) -> CaseId:
        """Give one matter its case: the one that `found` says, or that it belongs to."""
        where = found or place(list(self._known(keys)), severity=judgement.severity, at=self._at)
        draft = self._opened(matter, judgement, where) if where.do is Do.OPEN else self._grown(matter, where)
        case_id = draft.stored.case.id
        subject_id = matter.event.subject_id
        for event_id, occurred_at in matter.joining or ((matter.event.id, matter.event.occurred_at),):
            draft.joined.append(event_id)
            self._of_event[event_id] = case_id
            self._joining.append(
                Joining(case_id=case_id, event_id=event_id, subject_id=subject_id, occurred_at=occurred_at)
            )
        for key, _ in keys:
            if self._by_key.get(key) != case_id:
                self._by_key[key] = self._new_keys[key] = case_id
        return case_id

    def written(self) -> Placed:
        """Write every case that changed, in one statement for each kind of row."""
        touched = [draft for draft in self._drafts.values() if draft.joined]
        cases.insert(self._tx, [draft.stored for draft in touched if draft.new])
        cases.update(self._tx, [one.stored for one in touched if not one.new and self._changed(one.stored)])
        cases.join(self._tx, self._joining, at=self._at)
        cases.set_keys(self._tx, self._new_keys)
        opened = sum(draft.new for draft in touched)
        return Placed(
            facts=tuple(self._fact(draft) for draft in touched),
            of_event=self._of_event,
            counted=frozenset(draft.joined[0] for draft in touched if draft.new),
            opened=opened,
            merged=len(self._joining) - opened,
            reopened=sum(bool(draft.reopened) for draft in touched),
        )

    def _known(self, keys: Sequence[tuple[str, By]]) -> Iterator[Known]:
        for key, by in keys:
            case_id = self._by_key.get(key)
            if case_id is not None:
                stored = self._drafts[case_id].stored
                yield Known(
                    id=case_id,
                    by=by,
                    state=stored.case.state,
                    severity=stored.case.severity,
                    opened_at=stored.case.opened_at,
                    decided_at=stored.decided_at,
                )

    def _opened(self, matter: Matter, judgement: Judgement, found: Place) -> _Draft:
        event = matter.event
        case = Case(
            id=CaseId(new_id("case")),
            kind=matter.kind,
            state=CaseState.OPEN,
            subject_id=event.subject_id,
            conversation=None if matter.kind is CaseKind.ACTOR_REVIEW else event.conversation,
            clauses=matter.clauses,
            provisional=judgement.severity,
            assessed=None,
            mode=judgement.mode,
            queue=judgement.queue,
            priority=priority(
                opened_at=self._at, severity=judgement.severity, mode=judgement.mode, weights=judgement.weights
            ),
            opened_at=self._at,
            due_at=self._due_at(judgement),
            first_seen_at=event.received_at,
            language=event.language,
            exposure_class=judgement.exposure,
            restriction=event.restriction,
            region=event.region,
            test=_acts_nothing(event),
            sealed=event.sealed,
            event_count=0,
            subject_count=0,
            near_duplicate=matter.cluster if matter.evidence.near and not event.sealed else None,
            linked_case_id=found.case_id,
        )
        stored = StoredCase(case=case, families=judgement.families, conversation_id=event.conversation_id)
        draft = _Draft(stored, new=True, before=case.severity)
        self._drafts[case.id] = draft
        return draft

    def _due_at(self, judgement: Judgement) -> datetime:
        return due_in_surge(
            due_at(self._policy, judgement.queue, judgement.severity, opened_at=self._at),
            self._levers,
            queue=judgement.queue,
            mode=judgement.mode,
            severity=judgement.severity,
            opened_at=self._at,
        )

    def _grown(self, matter: Matter, found: Place) -> _Draft:
        assert found.case_id is not None  # noqa: S101 - JOIN and REOPEN name a case
        draft = self._drafts[found.case_id]
        subjects = draft.stored.case.subject_count + (matter.event.subject_id != draft.stored.case.subject_id)
        clauses = merged(draft.stored.case.clauses, matter.clauses)
        evidence = replace(matter.evidence, subjects=max(subjects, matter.evidence.subjects))
        judgement = judge(self._policy, clauses, evidence, language=draft.stored.case.language)
        raised = raise_case(draft.stored, clauses, judgement, self._policy)
        if found.do is Do.REOPEN:
            draft.reopened = found.why
            raised = reopened(raised, self._policy, at=self._at)
        if draft.stored.case.conversation != matter.event.conversation and raised.case.conversation is not None:
            raised = replace(raised, case=replace(raised.case, conversation=None))
        draft.raised = draft.raised or raised.case.severity < draft.stored.case.severity
        draft.stored = raised
        return draft

    def _changed(self, stored: StoredCase) -> bool:
        return self._originals[stored.case.id] != stored

    def _fact(self, draft: _Draft) -> Fact:
        case, events = draft.stored.case, tuple(draft.joined)
        if draft.new:
            return opened_fact(case, by="triage")
        if draft.reopened:
            return reopened_fact(case, why=draft.reopened, event_ids=events)
        if draft.raised:
            return CaseRaised(
                case_id=case.id,
                subject_id=case.subject_id,
                queue=case.queue,
                severity=case.severity,
                severity_before=draft.before,
                mode=case.mode,
                clause_ids=case.clause_ids,
                due_at=case.due_at,
                event_ids=events,
            )
        return CaseGrew(case_id=case.id, event_ids=events)


def raise_case(
    stored: StoredCase, clauses: tuple[LikelyClause, ...], judgement: Judgement, policy: PolicyVersion
) -> StoredCase:
    """Return a case with more evidence: its clauses grow, and its severity, place and due time only ever tighten.

    A severity that a person gave stands until later events show something graver than the machine saw before.
    """
    case = stored.case
    provisional = min(case.provisional, judgement.severity)
    graver = provisional < case.provisional and provisional < case.severity
    families = tuple(dict.fromkeys((*stored.families, *judgement.families)))
    exposure = max(case.exposure_class, judgement.exposure)
    if not graver:
        kept = replace(case, clauses=clauses, provisional=provisional, exposure_class=exposure)
        return replace(stored, case=kept, families=families)
    assessed_before = ("graver than when it was assessed",) if case.assessed is not None else ()
    found = priority(
        opened_at=case.opened_at,
        severity=provisional,
        mode=judgement.mode,
        weights=(*assessed_before, *judgement.weights),
    )
    due = min(case.due_at, due_at(policy, judgement.queue, provisional, opened_at=case.opened_at))
    raised = replace(
        case,
        clauses=clauses,
        provisional=provisional,
        assessed=None,
        mode=judgement.mode,
        queue=judgement.queue,
        priority=replace(found, order_key=min(found.order_key, case.priority.order_key)),
        due_at=due,
        exposure_class=exposure,
    )
    return replace(stored, case=raised, families=families)


def reopened(stored: StoredCase, policy: PolicyVersion, *, at: datetime) -> StoredCase:
    """Return a decided or closed case as it is to be decided again: due anew, in its old place in the order."""
    case = stored.case
    due = due_at(policy, case.queue, case.severity, opened_at=at)
    return replace(stored, case=replace(case, state=CaseState.OPEN, due_at=due), decided_at=None, closed_at=None)


def opened_fact(case: Case, *, by: str) -> CaseOpened:
    """Return what is announced of a new case."""
    return CaseOpened(
        case_id=case.id,
        subject_id=case.subject_id,
        case_kind=case.kind.value,
        queue=case.queue,
        severity=case.severity,
        mode=case.mode,
        clause_ids=case.clause_ids,
        opened_at=case.opened_at,
        due_at=case.due_at,
        first_seen_at=case.first_seen_at,
        language=case.language,
        exposure_class=case.exposure_class,
        test=case.test,
        by=by,
        linked_case_id=case.linked_case_id,
    )


def reopened_fact(case: Case, *, why: str, event_ids: tuple[EventId, ...]) -> CaseReopened:
    """Return what is announced of a case that is to be decided again."""
    return CaseReopened(
        case_id=case.id,
        subject_id=case.subject_id,
        queue=case.queue,
        severity=case.severity,
        mode=case.mode,
        clause_ids=case.clause_ids,
        due_at=case.due_at,
        why=why,
        event_ids=event_ids,
    )


def evidence_about(event: Event, *, minor_likely: bool, near: int) -> Evidence:
    """Return what is known around an event beyond its clauses."""
    authority = event.report is not None and event.report.reporter_kind is ReporterKind.AUTHORITY
    return Evidence(minor_likely=minor_likely, near=near, authority=authority)


def subject_of(event: Event) -> SubjectId | None:
    """Return for whom cases and strikes are counted: the account, or the lowest actor where none is named."""
    return event.account_id or event.subject_id
