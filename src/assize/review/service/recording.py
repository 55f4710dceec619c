"""Record judgements made elsewhere: independent decisions that are counted and compared, and never stand."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from assize.intake import service as intake
from assize.kernel.ids import CaseId, ClauseId, DecisionId, EventId, ReviewerId, new_id
from assize.platform.db import Database, Tx
from assize.policy import service as policy
from assize.policy.models import PolicyVersion, Severity
from assize.review.errors import BadRequest
from assize.review.facts import JudgementRecorded
from assize.review.logic import decision_hash
from assize.review.models import (
    Decision,
    DecisionState,
    Dossier,
    Finding,
    Judgement,
    Locus,
    Span,
    View,
)
from assize.review.ports import RaterJudgement
from assize.review.service.freezing import frozen_many
from assize.review.store import decisions
from assize.triage import service as triage
from assize.triage.models import Case
from assize.workforce import service as workforce
from assize.workforce.models import SYSTEM, Right
from assize.workforce.service import require

BATCH = 200  # judgements a transaction
KIND = "recorded"


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What became of a source's judgements. without_event: they are about events that never came in."""

    recorded: int = 0
    known_already: int = 0
    without_event: int = 0
    cases_opened: int = 0


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """A judgement of a case. event_id: the event it is about; None where it is about the case as a whole."""

    case: Case
    judgement: RaterJudgement
    reviewer_id: ReviewerId
    event_id: EventId | None = None


def record_judgement(
    tx: Tx, *, case_id: CaseId, judgement: RaterJudgement, reviewer_id: ReviewerId, at: datetime
) -> Decision | None:
    """Record one independent judgement of a case; None where it is there already.

    Raises NoSuchCase, BadRequest where it names a clause that the policy doesn't have.
    """
    require(tx, Right.PEOPLE_MANAGE, about=case_id)
    wanted = _Wanted(case=triage.case(tx, case_id), judgement=judgement, reviewer_id=reviewer_id)
    made = _recorded(tx, [wanted], policy.current(tx), at=at)
    return next(iter(made), None)


def record_judgements(
    database: Database, judgements: Iterable[RaterJudgement], *, clause_id: ClauseId, at: datetime
) -> Recorded:
    """Record what a source brings, in batches; done again it records nothing twice.

    Raters become reviewers who never sign in. A judgement's event gets a case by hand where it has none. clause_id:
    under which clause judgements count that name none. A judgement about an event that isn't here is counted and left.
    """
    total = Recorded()
    with database.transaction(SYSTEM) as tx:
        if policy.current(tx).clause(clause_id) is None:
            raise BadRequest(field="clause_id", problem="the policy has no such clause")
    for batch in _batches(judgements):
        with database.transaction(SYSTEM) as tx:
            total = _sum(total, _record_batch(tx, batch, clause_id=clause_id, at=at))
    return total


def _record_batch(tx: Tx, batch: Sequence[RaterJudgement], *, clause_id: ClauseId, at: datetime) -> Recorded:
    raters = {
        key: _rater(tx, source=key[0], name=key[1], at=at) for key in {(one.event_source, one.rater) for one in batch}
    }
    cases: dict[tuple[str, str], tuple[Case, EventId] | None] = {}
    missing = opened = 0
    wanted: list[_Wanted] = []
    for one in batch:
        item = (one.event_source, one.external_id)
        if item not in cases:
            cases[item], new = _case(tx, one, one.clause_id or clause_id, at=at)
            opened += new
        found = cases[item]
        if found is None:
            missing += 1
        else:
            rater = raters[one.event_source, one.rater]
            wanted.append(_Wanted(case=found[0], judgement=one, reviewer_id=rater, event_id=found[1]))
    made = _recorded(tx, wanted, policy.current(tx), at=at)
    return Recorded(
        recorded=len(made), known_already=len(wanted) - len(made), without_event=missing, cases_opened=opened
    )


def _recorded(tx: Tx, wanted: Sequence[_Wanted], version: PolicyVersion, *, at: datetime) -> list[Decision]:
    known: set[tuple[str, str, str]] = set()
    for source in {one.judgement.event_source for one in wanted}:
        ids = sorted({one.case.id for one in wanted if one.judgement.event_source == source})
        known |= decisions.recorded_already(tx, source=source, case_ids=ids)
    new = []
    for one in wanted:
        key = (one.case.id, one.reviewer_id, one.judgement.key)
        if key not in known:
            known.add(key)
            new.append(one)
    evidence = frozen_many(tx, [one.case for one in new], at=at) if new else []
    made = [_decision(version, one, dossier, at=at) for one, dossier in zip(new, evidence, strict=True)]
    if made:
        decisions.insert_recorded(tx, made)
    told = [
        JudgementRecorded(decision_id=one.id, case_id=one.case_id, source=one.source or "", reviewer=one.reviewer_id)
        for one in made
    ]
    tx.record_many(told, at=at)
    return made


def _case(tx: Tx, one: RaterJudgement, clause_id: ClauseId, *, at: datetime) -> tuple[tuple[Case, EventId] | None, int]:
    event = intake.event_named(tx, source=one.event_source, external_id=one.external_id)
    if event is None:
        return None, 0
    known = triage.cases_of_events(tx, event_ids=[event.id])
    if known:
        return (triage.case(tx, known[0]), event.id), 0
    case = triage.open_by_hand(tx, event_ids=[event.id], clause_ids=[clause_id], reason="judged elsewhere", at=at)
    return (case, event.id), 1


def _rater(tx: Tx, *, source: str, name: str, at: datetime) -> ReviewerId:
    known = decisions.rater(tx, source=source, name=name)
    if known is not None:
        return known
    reviewer_id = workforce.add_past_rater(tx, name=f"{source}: {name}", at=at)
    decisions.add_rater(tx, source=source, name=name, reviewer_id=reviewer_id)
    return reviewer_id


def _decision(version: PolicyVersion, wanted: _Wanted, dossier: Dossier, *, at: datetime) -> Decision:
    case, one, reviewer_id = wanted.case, wanted.judgement, wanted.reviewer_id
    clause = one.clause_id or (case.clause_ids[0] if case.clause_ids else None)
    if clause is None or version.clause(clause) is None:
        raise BadRequest(field="clause_id", problem="the policy has no such clause")
    frozen = [event.event_id for event in dossier.events]
    about = wanted.event_id if wanted.event_id in frozen else next(reversed(frozen), None)
    span = None if about is None else Span(event_id=about)
    finding = Finding(clause_id=clause, verdict=one.verdict, locus=Locus.USER, span=span, primary=True)
    judgement = Judgement(findings=(finding,), reason_codes=one.reason_codes, rationale=f"label: {one.label}")
    decided_at = one.at or at
    return Decision(
        id=DecisionId(new_id("dec")),
        case_id=case.id,
        task_id=None,
        kind=KIND,
        reviewer_id=reviewer_id,
        team_id=None,
        state=DecisionState.RECORDED,
        policy_version_id=version.id,
        policy_hash=version.hash,
        dossier_id=dossier.id,
        dossier_hash=dossier.hash,
        subject_id=case.subject_id,
        judgement=judgement,
        assessed=one.severity if one.severity is not None else Severity.SEV4,
        primary_clause=clause,
        verdict=one.verdict,
        view=View.BLIND,
        shown={"dossier_version": dossier.version, "masked": [], "elsewhere": True},
        inclusion=None,
        decided_at=decided_at,
        in_hand_s=None,
        hash=decision_hash(
            judgement,
            case_id=case.id,
            task_id=None,
            reviewer_id=reviewer_id,
            policy_version_id=version.id,
            policy_hash=version.hash,
            dossier_hash=dossier.hash,
            assessed=None if one.severity is None else int(one.severity),
            decided_at=decided_at,
        ),
        source=one.event_source,
        source_key=one.key,
        test=case.shown_as_test,
        restriction=case.restriction,
        region=case.region,
    )


def _batches(items: Iterable[RaterJudgement]) -> Iterator[list[RaterJudgement]]:
    stream = iter(items)
    while batch := list(islice(stream, BATCH)):
        yield batch


def _sum(one: Recorded, other: Recorded) -> Recorded:
    return Recorded(
        recorded=one.recorded + other.recorded,
        known_already=one.known_already + other.known_already,
        without_event=one.without_event + other.without_event,
        cases_opened=one.cases_opened + other.cases_opened,
    )
