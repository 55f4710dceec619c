"""Several people judge a case before a decision of it stands, without knowing of each other; by severity."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from assize.kernel.ids import CaseId, DecisionId, ReviewerId
from assize.platform.db import Tx
from assize.policy.models import Severity
from assize.review.errors import BadRequest
from assize.review.facts import DecisionProposed, IndependenceSet, IndependentLookAsked, ReviewsDiffer, SecondLookAsked
from assize.review.logic import INDEPENDENT_KINDS, MOST_REVIEWS, Standing, independent_standing, overall_verdict
from assize.review.models import Decision, DecisionState, Judgement, Task, TaskState, View
from assize.review.service.offering import SECOND_LOOK, offer
from assize.review.service.proposing import Ground, assess_proposed, uncertified
from assize.review.store import decisions, tasks
from assize.review.store import independence as store
from assize.triage import service as triage
from assize.workforce.models import Right
from assize.workforce.service import require

INDEPENDENT_LOOK = "independent_look"


def independence(tx: Tx) -> Mapping[Severity, int]:
    """Return how many independent reviews a decision of each severity takes. What is in force binds everybody."""
    return dict.fromkeys(Severity, 1) | store.reviews(tx)


def set_independence(tx: Tx, *, reviews: Mapping[Severity, int], at: datetime) -> None:
    """Say how many independent reviews a decision takes, by severity. Raises BadRequest.

    It holds for decisions from now on. More than one makes every action wait for the others: what can't wait is
    contained at once and approved within the hour, as ever.
    """
    principal = require(tx, Right.QUALITY_PLAN)
    if any(not 1 <= count <= MOST_REVIEWS for count in reviews.values()):
        raise BadRequest(field="reviews", problem=f"from one to {MOST_REVIEWS}")
    before = independence(tx)
    changed = {one: count for one, count in reviews.items() if before[one] != count}
    store.keep(tx, changed, me=principal.id, at=at)
    tx.record_many([IndependenceSet(severity=one, reviews=count) for one, count in sorted(changed.items())], at=at)


def among_others(
    tx: Tx, ground: Ground, judgement: Judgement, assessed: Severity, *, state: DecisionState
) -> Standing | None:
    """Return what becomes of a judgement among independent ones; None where one suffices. A step of deciding."""
    if ground.task.kind not in INDEPENDENT_KINDS or state is DecisionState.RECORDED:
        return None
    earlier = earlier_of(tx, ground)
    severities = [assessed, triage.case(tx, ground.task.case_id).severity, ground.dossier.severity]
    severities += [one.assessed for one in earlier if one.assessed is not None]
    needed = independence(tx)[min(severities)]
    if needed == 1 and ground.task.kind != INDEPENDENT_LOOK:
        return None
    primary = next((one for one in judgement.findings if one.primary), judgement.findings[0])
    return independent_standing(
        judgement,
        verdict=overall_verdict(judgement.findings),
        clause=primary.clause_id,
        assessed=assessed,
        earlier=earlier,
        needed=needed,
        alone=state,
    )


def earlier_of(tx: Tx, ground: Ground) -> list[Decision]:
    """Return what others proposed of the case without knowing of each other. A step of deciding."""
    return [
        one
        for one in decisions.proposed(tx, ground.task.case_id)
        if one.kind in INDEPENDENT_KINDS and one.reviewer_id != ground.principal.id
    ]


def await_others(tx: Tx, ground: Ground, decision: Decision, standing: Standing, *, at: datetime) -> None:
    """Let a decision wait for another independent one, or for an expert where they differ. A step of deciding."""
    earlier = earlier_of(tx, ground)
    assess_proposed(tx, ground, decision, at=at)
    tx.record(
        DecisionProposed(decision_id=decision.id, case_id=decision.case_id, subject_id=decision.subject_id), at=at
    )
    if standing is Standing.DIFFERS:
        differing = tuple(one.id for one in (*earlier, decision))
        tx.record(ReviewsDiffer(case_id=decision.case_id, subject_id=decision.subject_id, decisions=differing), at=at)
        return
    _ask(tx, ground, decision, earlier, at=at)


def offer_ruling(
    tx: Tx, *, case_id: CaseId, to: ReviewerId, about: DecisionId, reason: str, at: datetime
) -> Task | None:
    """Ask an expert to decide a case of which independent reviews differ; None where one of them stands by now. A step."""
    if not decisions.proposed(tx, case_id) or decisions.in_state(tx, case_id, DecisionState.STANDS) is not None:
        return None
    waiting = [one for one in tasks.of_case(tx, case_id) if one.kind == SECOND_LOOK and one.assigned_to == to]
    if any(one.state in {TaskState.OPEN, TaskState.CLAIMED, TaskState.HELD} for one in waiting):
        return None
    task = offer(tx, case_id=case_id, kind=SECOND_LOOK, about=about, reason=reason, assigned_to=to, at=at)
    if task is not None:
        fact = SecondLookAsked(task_id=task.id, case_id=case_id, decision_id=about, reason_code="reviews-differ")
        tx.record(fact, at=at)
    return task


def _ask(tx: Tx, ground: Ground, decision: Decision, earlier: Sequence[Decision], *, at: datetime) -> None:
    borne = all(one.certificates for one in (*earlier, decision))
    task = offer(
        tx,
        case_id=decision.case_id,
        kind=INDEPENDENT_LOOK,
        view=View.BLIND,
        excluded=[
            decision.reviewer_id,
            *(one.reviewer_id for one in earlier),
            # Where nobody's word bears it so far, whoever's would not either is not asked.
            *([] if borne else uncertified(tx, ground, decision, at=at)),
        ],
        about=decision.id,
        at=at,
    )
    if task is not None:
        tx.record(IndependentLookAsked(task_id=task.id, case_id=task.case_id), at=at)
