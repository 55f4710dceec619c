"""The golden set: cases of which experts said what is right, proposed, approved by another, said to hold again, retired."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from assize.intake import service as intake
from assize.kernel.ids import AdjudicationId, ClauseId, EventId, GoldenId, LabelId, QueueName, ReviewerId, new_id
from assize.platform.db import Tx
from assize.policy import service as policy
from assize.policy.models import Clause, PolicyVersion
from assize.quality.errors import BadGolden, GoldenMoved, NoSuchGolden, NoSuchLabel, OwnProposal
from assize.quality.facts import (
    GoldenApproved,
    GoldenHolds,
    GoldenProposed,
    GoldenRateSet,
    GoldenRetired,
    GoldenStale,
)
from assize.quality.logic.golden import MOST_SHARE, difficulty_of, why_never, why_not_placed
from assize.quality.models import Label
from assize.quality.models.golden import Answered, Difficulty, Golden, GoldenSet, GoldenState, GoldenView
from assize.quality.service.adjudicating import sees_all
from assize.quality.service.leaking import leaks
from assize.quality.store import labels
from assize.quality.store.known import items, placements
from assize.quality.store.words import adjudications
from assize.review import service as review
from assize.review.models import DecisionState, Verdict
from assize.triage import service as triage
from assize.triage.models import Case
from assize.workforce.models import Principal, Right
from assize.workforce.service import require

OF = "golden"  # what labels of known cases are `of`
ORIGINS = ("adjudication", "audit")
HOLDS_FOR = timedelta(days=180)  # until somebody says again that it holds
NOTHING = Answered(placed=0, waiting=0, missed=0, right=None)
SHOWN, COPIES_SHOWN, MAX_NOTE, MOST_EVENTS = 200, 50, 2_000, 20


def golden_set(tx: Tx, *, state: GoldenState | None = None, at: datetime) -> GoldenSet:
    """Return the golden set: its cases, the latest first, the shares by queue, and how copies were answered."""
    principal = require(tx, Right.QUALITY_READ)
    if not sees_all(principal):
        return GoldenSet(items=(), rates=(), answered=NOTHING, leaks=())
    return GoldenSet(
        items=tuple(items.found(tx, state=state, limit=SHOWN)),
        rates=tuple(items.rates(tx)),
        answered=placements.answered(tx),
        leaks=tuple(leaks(tx, at=at)),
    )


def golden_waiting(tx: Tx) -> list[Golden]:
    """Return known cases that wait for a second person, or for a word whether they hold; none of the actor's own proposals."""
    principal = require(tx, Right.QUALITY_PLAN)
    if not sees_all(principal):
        return []
    proposed = items.found(tx, state=GoldenState.CANDIDATE, limit=SHOWN)
    return [
        *(one for one in proposed if one.proposed_by != principal.id),
        *items.found(tx, state=GoldenState.STALE, limit=SHOWN),
    ]


def golden_view(tx: Tx, *, golden_id: GoldenId) -> GoldenView:
    """Return a known case with what came of its copies. Raises NoSuchGolden."""
    principal = require(tx, Right.QUALITY_READ, about=golden_id)
    found = items.found(tx, golden_id=golden_id)
    if not found or not sees_all(principal):
        raise NoSuchGolden
    (one,) = found
    return GoldenView(
        golden=one,
        answered=placements.answered(tx, golden_id),
        placements=tuple(placements.of(tx, golden_id, limit=COPIES_SHOWN)),
        never_placed=why_not_placed(triage.case(tx, one.case_id).mode),
    )


def propose_golden(tx: Tx, *, label_id: LabelId, note: str = "", at: datetime) -> Golden:
    """Propose the case of a label as a known one. Raises NoSuchLabel, BadGolden where it can't be one or is one already."""
    principal = require(tx, Right.QUALITY_PLAN, about=label_id)
    label = next(iter(labels.by_ids(tx, [label_id])), None)
    if label is None or label.of not in ORIGINS or not sees_all(principal):
        raise NoSuchLabel
    made = _proposed(tx, label, by=ReviewerId(principal.id), note=_note(note), at=at)
    if isinstance(made, str):
        raise BadGolden(field="label_id", problem=made)
    return made


def propose_adjudicated(tx: Tx, *, adjudication_id: AdjudicationId, at: datetime) -> Golden | None:
    """Propose what an expert gave their word on; None where it can't be a known case. A step of what was announced."""
    found = adjudications.found(tx, me="", adjudication_id=adjudication_id)
    word = found[0][1] if found else None
    if word is None or word.ambiguous:
        return None
    (label,) = labels.by_ids(tx, [word.label_id])
    made = _proposed(tx, label, by=word.decided_by, note="", at=at)
    return None if isinstance(made, str) else made


def approve_golden(
    tx: Tx,
    *,
    golden_id: GoldenId,
    difficulty: Difficulty | None = None,
    note: str = "",
    holds_for: timedelta = HOLDS_FOR,
    at: datetime,
) -> Golden:
    """Take a proposed case into the set: its label is what answers are compared with.

    Raises NoSuchGolden, GoldenMoved where it waits no longer, OwnProposal, BadGolden where its words changed meanwhile.
    """
    principal = require(tx, Right.QUALITY_PLAN, about=golden_id)
    one = _locked(tx, principal, golden_id, GoldenState.CANDIDATE)
    if one.proposed_by == principal.id:
        raise OwnProposal
    if one.clause_hash != _words(policy.current(tx), one.clause):
        raise BadGolden(field="golden_id", problem="the words of its clause changed since it was judged: retire it")
    truth = _truth(tx, one, at=at)
    made = replace(
        one,
        state=GoldenState.ACTIVE,
        truth_id=truth.id,
        difficulty=difficulty or one.difficulty,
        note=_note(note) or one.note,
        approved_by=ReviewerId(principal.id),
        approved_at=at,
        expires_at=at + holds_for,
    )
    items.change(tx, made)
    tx.record(GoldenApproved(golden_id=made.id, case_id=made.case_id, label_id=truth.id, hash=truth.hash), at=at)
    return made


def golden_holds(tx: Tx, *, golden_id: GoldenId, note: str, holds_for: timedelta = HOLDS_FOR, at: datetime) -> Golden:
    """Say that what experts said still holds, under the words of now. Raises NoSuchGolden, GoldenMoved, BadGolden."""
    principal = require(tx, Right.QUALITY_PLAN, about=golden_id)
    one = _locked(tx, principal, golden_id, GoldenState.STALE)
    if not _note(note):
        raise BadGolden(field="note", problem="say in a sentence why it still holds")
    version = policy.current(tx)
    if one.truth_id is None or (one.clause is not None and version.clause(one.clause) is None):
        raise BadGolden(field="golden_id", problem="its clause is gone: retire it")
    made = replace(
        one,
        state=GoldenState.ACTIVE,
        why=None,
        note=_note(note),
        policy_version_id=version.id,
        clause_hash=_words(version, one.clause),
        expires_at=at + holds_for,
    )
    items.change(tx, made)
    tx.record(GoldenHolds(golden_id=made.id, case_id=made.case_id, policy_version_id=version.id), at=at)
    return made


def retire_golden(tx: Tx, *, golden_id: GoldenId, why: str, at: datetime) -> Golden:
    """Take a case out of the set, or turn a proposal down. What was compared with it stays.

    Raises NoSuchGolden, GoldenMoved, BadGolden.
    """
    principal = require(tx, Right.QUALITY_PLAN, about=golden_id)
    one = _locked(tx, principal, golden_id, *(each for each in GoldenState if each is not GoldenState.RETIRED))
    if not _note(why):
        raise BadGolden(field="why", problem="say in a sentence why")
    return retired(tx, one, why=_note(why), at=at)


def retired(tx: Tx, one: Golden, *, why: str, at: datetime) -> Golden:
    """Take a case out of the set. A step."""
    made = replace(one, state=GoldenState.RETIRED, why=why, ended_at=at)
    items.change(tx, made)
    tx.record(GoldenRetired(golden_id=made.id, case_id=made.case_id), at=at)
    return made


def set_golden_rate(tx: Tx, *, queue: QueueName, share: float, at: datetime) -> None:
    """Say to which share of the ordinary cases of a queue a known one is added. Raises BadGolden."""
    principal = require(tx, Right.QUALITY_PLAN, about=queue)
    if not 0 <= share <= MOST_SHARE:
        raise BadGolden(field="share", problem=f"give a share between 0 and {MOST_SHARE:.0%}")
    if all(one.name != queue for one in policy.current(tx).queues):
        raise BadGolden(field="queue", problem="there is no such queue")
    items.set_rate(tx, queue, share, by=ReviewerId(principal.id), at=at)
    tx.record(GoldenRateSet(queue=queue, share=share), at=at)


def golden_words_changed(tx: Tx, *, at: datetime) -> int:
    """Let cases whose clause has other words by now wait until somebody says that they hold. A step; returns how many."""
    version = policy.current(tx)
    active = items.found(tx, state=GoldenState.ACTIVE, limit=10_000)
    changed = [one for one in active if one.clause_hash != _words(version, one.clause)]
    for one in changed:
        gone_stale(tx, one, why=f"the words of {one.clause} changed", at=at)
    return len(changed)


def gone_stale(tx: Tx, one: Golden, *, why: str, at: datetime) -> None:
    """Let a case wait until somebody says that it holds. A step."""
    items.change(tx, replace(one, state=GoldenState.STALE, why=why))
    tx.record(GoldenStale(golden_id=one.id, case_id=one.case_id, why=why), at=at)


def _proposed(tx: Tx, label: Label, *, by: ReviewerId, note: str, at: datetime) -> Golden | str:
    """Keep a proposal; or return why it can't be one."""
    case = triage.case(tx, label.case_id)
    event_ids = [one.event_id for one in triage.events_of_case(tx, case_id=case.id, limit=MOST_EVENTS)]
    problem = _why_not(tx, case, label, event_ids)
    if problem is not None:
        return problem
    experts, agreeing = _agreement(tx, label)
    made = Golden(
        id=GoldenId(new_id("gld")),
        case_id=case.id,
        subject_id=label.subject_id,
        event_ids=tuple(event_ids),
        origin=label.of,
        origin_id=label.of_id,
        label_id=label.id,
        policy_version_id=label.policy_version_id,
        clause=label.clause,
        clause_hash=_words(policy.version(tx, label.policy_version_id), label.clause),
        verdict=label.verdict,
        severity=label.severity,
        queue=case.queue,
        language=case.language,
        exposure=int(case.exposure_class),
        experts=experts,
        agreeing=agreeing,
        difficulty=difficulty_of(agreeing, experts),
        state=GoldenState.CANDIDATE,
        proposed_by=by,
        proposed_at=at,
        note=note,
        restriction=label.restriction,
        region=label.region,
    )
    if not items.insert(tx, made):
        return "the case is in the set already"
    tx.record(GoldenProposed(golden_id=made.id, case_id=made.case_id, label_id=label.id), at=at)
    return made


def _why_not(tx: Tx, case: Case, label: Label, event_ids: Sequence[EventId]) -> str | None:
    if case.test:
        return "it is a test"
    if label.verdict is Verdict.AMBIGUOUS_POLICY:
        return "the policy leaves open what is right"
    version = policy.current(tx)
    clauses = [found for one in {*case.clause_ids, label.clause} if (found := _clause(version, one)) is not None]
    events = intake.events(tx, event_ids)
    if not any(one.turns or one.media for one in events):
        return "its content is gone"
    return why_never(clauses, [one.handling for one in events])


def _clause(version: PolicyVersion, clause_id: ClauseId | None) -> Clause | None:
    return None if clause_id is None else version.clause(clause_id)


def _agreement(tx: Tx, label: Label) -> tuple[int, int]:
    """Return how many judged the case, and how many of them as the label does: the same verdict under the same clause."""
    said: dict[ReviewerId, tuple[Verdict, ClauseId | None]] = {
        one.reviewer_id: (one.verdict, one.primary_clause)
        for one in review.decisions_of_case(tx, label.case_id)
        if one.state is not DecisionState.UNDONE
    }
    said |= {one.labeler_id: (one.verdict, one.clause) for one in labels.of_case(tx, label.case_id)}
    right = (label.verdict, label.clause)
    return len(said), sum(one == right or (one[0] == label.verdict and not _found(label)) for one in said.values())


def _found(label: Label) -> bool:
    return label.verdict is Verdict.VIOLATION


def _truth(tx: Tx, one: Golden, *, at: datetime) -> Label:
    (label,) = labels.by_ids(tx, [one.label_id])
    committed = {
        "golden_id": one.id,
        "label_hash": label.hash,
        "judgement": review.canonical_judgement(label.judgement),
        "severity": int(label.severity),
        "at": at,
    }
    truth = replace(
        label, id=LabelId(new_id("lab")), of=OF, of_id=one.id, round=1, at=at, hash=review.sha256_of(committed)
    )
    labels.insert(tx, truth)
    return truth


def _locked(tx: Tx, principal: Principal, golden_id: GoldenId, *states: GoldenState) -> Golden:
    one = items.lock(tx, golden_id)
    if one is None or not sees_all(principal):
        raise NoSuchGolden
    if one.state not in states:
        raise GoldenMoved
    return one


def _words(version: PolicyVersion, clause_id: ClauseId | None) -> str:
    return "" if clause_id is None else review.clause_hash(version, clause_id)


def _note(text: str) -> str:
    told = text.strip()
    if len(told) > MAX_NOTE or "\0" in told:
        raise BadGolden(field="note", problem=f"a note has at most {MAX_NOTE} characters")
    return told
