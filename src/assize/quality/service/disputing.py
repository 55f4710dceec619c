"""Dispute differences on one's own card, and answer such a dispute without having had a part in it.

A card tells kinds of differences within whole spans and never of which case; so does a dispute. Whoever answers it reads
which comparisons these are; whoever disputes is told what came of it, and no more of the cases than before.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from assize.kernel.ids import ComparisonId, DisputeId, ReviewerId, new_id
from assize.platform.db import Tx
from assize.quality.errors import BadRuling, NoSuchDispute, NothingToDispute, NotImpartial, NotWaiting
from assize.quality.facts import DifferencesDisputed, DisputeAnswered
from assize.quality.logic.adjudicating import Answer, answered, state_of
from assize.quality.logic.telling import REST, differences, periods, told_before
from assize.quality.models import Comparison, Criterion
from assize.quality.models.adjudicating import Dispute, Disputed, DisputeView
from assize.quality.models.scoring import Difference, OwnWeek
from assize.quality.service.adjudicating import sees_all
from assize.quality.service.revealing import keep
from assize.quality.store import labels
from assize.quality.store.scores import scoring, sums
from assize.quality.store.words import disputes
from assize.quality.store.words.widening import measuring
from assize.workforce.models import Right
from assize.workforce.service import require

WITHIN = timedelta(days=28)  # from the day on which a span is told
DISPUTED_WITHIN = REST + WITHIN  # from the end of a span
ANSWERED_IN = timedelta(days=7)
MAX_REASON, SHOWN = 4_000, 100


def dispute(tx: Tx, *, of: Disputed, reason: str, at: datetime) -> Dispute:
    """Dispute differences of a kind that the actor's own card tells. Raises BadRuling, NothingToDispute, AlreadyDisputed."""
    principal = require(tx, Right.DECIDE)
    reason = reason.strip()
    if not reason or len(reason) > MAX_REASON or "\0" in reason:
        raise BadRuling(field="reason", problem=f"say why you were right, in at most {MAX_REASON} characters")
    told = _told(tx, ReviewerId(principal.id), of, at=at)
    if told is None or at > of.until + DISPUTED_WITHIN:
        raise NothingToDispute
    made = Dispute(
        id=DisputeId(new_id("dsp")),
        reviewer_id=ReviewerId(principal.id),
        of=of,
        n=told.n,
        reason=reason,
        state="open",
        opened_at=at,
        due_at=at + ANSWERED_IN,
        decided_by=None,
        decided_at=None,
        answer="",
    )
    with measuring(tx):
        disputes.insert(tx, made)
        tx.record(DifferencesDisputed(dispute_id=made.id, criterion=of.criterion.value, n=told.n), at=at)
    return made


def own_disputes(tx: Tx) -> list[Dispute]:
    """Return what the actor disputed and what came of it; who answered is not told."""
    principal = require(tx, Right.DECIDE)
    with measuring(tx):
        mine = disputes.disputes(tx, of=principal.id, limit=SHOWN)
    return [replace(one, decided_by=None) for one in mine]


def disputes_waiting(tx: Tx) -> list[Dispute]:
    """Return the disputes of others, open ones first."""
    principal = require(tx, Right.QUALITY_ADJUDICATE)
    if not sees_all(principal):
        return []
    with measuring(tx):
        return disputes.disputes(tx, but=principal.id, limit=SHOWN)


def dispute_view(tx: Tx, *, dispute_id: DisputeId) -> DisputeView:
    """Return a dispute of somebody else with what it is about. Raises NoSuchDispute."""
    principal = require(tx, Right.QUALITY_ADJUDICATE, about=dispute_id)
    if not sees_all(principal):
        raise NoSuchDispute
    with measuring(tx):
        return _view(tx, principal.id, dispute_id)


def answer_dispute(
    tx: Tx, *, dispute_id: DisputeId, answers: Mapping[ComparisonId, Answer], answer: str, at: datetime
) -> DisputeView:
    """Accept, accept in part or reject each difference, with a reason for all. What is rejected is kept as looked at again.

    Raises NoSuchDispute, NotWaiting, NotImpartial for whoever audited or adjudicated any of it, BadRuling.
    """
    principal = require(tx, Right.QUALITY_ADJUDICATE, about=dispute_id)
    if not sees_all(principal):
        raise NoSuchDispute
    answer = answer.strip()
    if not answer or len(answer) > MAX_REASON or "\0" in answer:
        raise BadRuling(field="answer", problem=f"say why, in at most {MAX_REASON} characters")
    with measuring(tx):
        view = _view(tx, principal.id, dispute_id)
        if not disputes.lock(tx, dispute_id):
            raise NotWaiting
        if {one.id for one in view.about} != set(answers):
            raise BadRuling(field="answers", problem="answer each of the differences, as they are now")
        _check_impartial(tx, principal.id, view)
        for one in view.about:
            _replace(tx, one, view.dispute, answers[one.id], by=principal.id, at=at)
        state = state_of(answers.values())
        disputes.answer(tx, dispute_id, state=state.value, by=principal.id, answer=answer, at=at)
        tx.record(DisputeAnswered(dispute_id=dispute_id, state=state.value, replaced=len(view.about)), at=at)
        return _view(tx, principal.id, dispute_id)


def _told(tx: Tx, reviewer_id: ReviewerId, of: Disputed, *, at: datetime) -> Difference | None:
    before = told_before(at)
    weeks = sums.own_weeks(tx, reviewer_id, before=before)
    for period in periods(weeks, scoring=scoring.scoring(tx), until=before):
        if (period.since, period.until) == (of.since, of.until):
            return next((one for one in period.differences if _is_of(one, of)), None)
    return None


def _is_of(one: Difference, of: Disputed) -> bool:
    return (one.criterion, one.family, one.how) == (of.criterion, of.family, of.how)


def _view(tx: Tx, me: str, dispute_id: DisputeId) -> DisputeView:
    found = disputes.disputes(tx, dispute_id=dispute_id, but=me)
    if not found:
        raise NoSuchDispute
    one = found[0]
    if one.state != "open":
        return DisputeView(dispute=one, about=())
    decided = disputes.compared_in(tx, reviewer_id=one.reviewer_id, since=one.of.since, until=one.of.until)
    compared = labels.comparisons(tx, decision_ids=decided) if decided else []
    about = [each for each in compared if _counts(each, one) and any(_is_of(d, one.of) for d in _differs(each))]
    return DisputeView(dispute=one, about=tuple(about))


def _counts(one: Comparison, of: Dispute) -> bool:
    within = of.of.since <= one.compared_at < of.of.until
    return one.current and not one.technical and not one.test and one.reviewer_id == of.reviewer_id and within


def _differs(one: Comparison) -> list[Difference]:
    family = None if one.clause is None else one.clause.partition("-")[0]
    week = OwnWeek(
        week=one.compared_at,
        family=family,
        marks="".join(one.marks[criterion].value[0] for criterion in Criterion),
        severity_given=one.severity_given,
        severity_true=one.severity_true,
        outcome=one.outcome,
        missed_escalation=one.missed_escalation,
        n=1,
    )
    return differences([week])


def _check_impartial(tx: Tx, me: str, view: DisputeView) -> None:
    """Whoever audited, adjudicated or labelled any of it before has had their say."""
    if not view.about:
        return
    history = labels.comparisons(tx, decision_ids=[one.decision_id for one in view.about])
    if me in {one.labeler_id for one in history}:
        raise NotImpartial


def _replace(tx: Tx, before: Comparison, of: Dispute, answer: Answer, *, by: str, at: datetime) -> None:
    made = replace(
        answered(before, of.of.criterion, answer),
        id=ComparisonId(new_id("cmp")),
        labeler_id=ReviewerId(by),
        replaces=before.id,
        why=f"dispute-{answer.value}",
    )
    keep(tx, made, at=at)
