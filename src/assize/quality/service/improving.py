"""Where errors come from, rolled up, and what is done about them: with an owner, and an effect measured afterwards."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from assize.kernel.ids import ClauseId, ImprovementId, ReviewerId, TeamId, new_id
from assize.kernel.measures import Interval, wilson
from assize.platform.db import Tx
from assize.quality.errors import BadImprovement, ImprovementOver, NoSuchImprovement
from assize.quality.facts import ImprovementBegun, ImprovementDone
from assize.quality.logic.causes import cause_of, rate_of
from assize.quality.logic.estimators.differences import newcombe
from assize.quality.models import Criterion
from assize.quality.models.adjudicating import Effect
from assize.quality.models.improving import Cause, CauseKind, Causes, Improvement, ImprovementView
from assize.quality.service.adjudicating import sees_all
from assize.quality.service.gaps import gap_for
from assize.quality.store.improving import improvements as store
from assize.quality.store.words.widening import measuring
from assize.workforce import service as workforce
from assize.workforce.models import Principal, Right
from assize.workforce.service import require

SPAN = timedelta(days=90)  # what causes are sought in, and what an effect is compared with
MAX_TEXT = 2_000
GAP_CASES, GAP_TITLE = 20, 200


def causes(tx: Tx, *, at: datetime) -> Causes:
    """Return where the errors of the last 90 days come from, what the tools cost, and what is done about it."""
    principal = require(tx, Right.QUALITY_READ)
    since = at - SPAN
    if not sees_all(principal):
        return Causes(since=since, causes=(), tooling=(), improvements=())
    found = []
    for (family, criterion), some in store.wrongs(tx, since=since).items():
        of, rate = cause_of(some), rate_of(some)
        if of is not None and rate is not None:
            kind, who = of
            found.append(
                Cause(family=family, criterion=criterion, kind=kind, reviewers=who, rate=rate, people=len(some))
            )
    return Causes(
        since=since,
        causes=tuple(sorted(found, key=lambda one: (-one.rate.low, one.family, one.criterion))),
        tooling=tuple(store.tooling(tx, since=since)),
        improvements=tuple(ImprovementView(improvement=one, effect=_effect(tx, one)) for one in store.improvements(tx)),
    )


def begin_improvement(
    tx: Tx,
    *,
    cause: CauseKind,
    problem: str,
    action: str,
    owner_id: ReviewerId,
    due_at: datetime,
    family: str | None = None,
    criterion: Criterion | None = None,
    reviewers: Sequence[ReviewerId] = (),
    team_id: TeamId | None = None,
    at: datetime,
) -> Improvement:
    """Begin something about a cause. Coaching is of one person, who reads what is agreed; a corrective plan is of a team.

    What is the policy's fault goes onto the list of its gaps, with the cases that show it.
    Raises BadImprovement, NoSuchReviewer.
    """
    principal = require(tx, Right.QUALITY_PLAN)
    _check(cause, reviewers, team_id)
    made = Improvement(
        id=ImprovementId(new_id("imp")),
        cause=cause,
        family=family,
        criterion=criterion,
        reviewers=tuple(dict.fromkeys(reviewers)),
        team_id=team_id,
        problem=_words("problem", problem),
        action=_words("action", action),
        owner_id=workforce.reviewer(tx, owner_id).id,
        opened_by=ReviewerId(principal.id),
        opened_at=at,
        due_at=due_at,
    )
    store.insert(tx, made)
    tx.record(ImprovementBegun(improvement_id=made.id, cause=cause.value, owner_id=made.owner_id), at=at)
    if cause is CauseKind.POLICY_GAP and family is not None:
        for case in store.wrong_cases(tx, made, since=at - SPAN, limit=GAP_CASES):
            gap_for(tx, clause=ClauseId(family), title=made.problem[:GAP_TITLE], case=case, at=at)
    return made


def finish_improvement(tx: Tx, *, improvement_id: ImprovementId, result: str, at: datetime) -> ImprovementView:
    """Say that it was done and what came of it: its owner, or whoever plans. Raises NoSuchImprovement, ImprovementOver."""
    principal = require(tx, Right.CASES_READ, about=improvement_id)
    with measuring(tx):
        one = store.lock(tx, improvement_id)
        plans = Right.QUALITY_PLAN in principal.rights and sees_all(principal)
        if one is None or not (plans or one.owner_id == principal.id):
            raise NoSuchImprovement
        if one.done_at is not None:
            raise ImprovementOver
        store.finish(tx, improvement_id, by=principal.id, result=_words("result", result), at=at)
        tx.record(ImprovementDone(improvement_id=improvement_id), at=at)
        (done,) = store.improvements(tx, improvement_id=improvement_id)
    return ImprovementView(improvement=done, effect=None)


def own_improvements(tx: Tx) -> list[Improvement]:
    """Return what is agreed with the actor, as the one who is coached, and what they own and is not done."""
    principal = require(tx, Right.CASES_READ)
    with measuring(tx):
        everything = store.improvements(tx)
    return [one for one in everything if _concerns(one, principal)]


def _concerns(one: Improvement, principal: Principal) -> bool:
    coached = one.cause is CauseKind.COACHING and principal.id in one.reviewers
    return coached or (one.owner_id == principal.id and one.done_at is None)


def _check(cause: CauseKind, reviewers: Sequence[ReviewerId], team_id: TeamId | None) -> None:
    if cause is CauseKind.COACHING and len(set(reviewers)) != 1:
        raise BadImprovement(field="reviewers", problem="coaching is of one person; several are trained")
    if cause is CauseKind.CORRECTIVE and team_id is None:
        raise BadImprovement(field="team", problem="a corrective-action plan is a team's: name it")


def _words(field: str, text: str) -> str:
    told = " ".join(text.split())
    if not told or len(told) > MAX_TEXT or "\0" in told:
        raise BadImprovement(field=field, problem=f"say it in at most {MAX_TEXT} characters")
    return told


def _effect(tx: Tx, one: Improvement) -> Effect | None:
    if one.done_at is None:
        return None
    sums = store.effect(tx, one, since=one.opened_at - SPAN, at=one.done_at)
    before, after = sums.get(False, (0, 0)), sums.get(True, (0, 0))
    apart = newcombe(*after, *before)
    return Effect(
        before=wilson(*before), after=wilson(*after), difference=apart if isinstance(apart, Interval) else None
    )
