"""Gaps of the policy: where experts and rounds found that its words leave open what is right."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from assize.kernel.ids import ClauseId, GapId, ReviewerId, new_id
from assize.kernel.measures import Interval, wilson
from assize.platform.db import Tx
from assize.quality.errors import BadRuling, NoSuchGap
from assize.quality.facts import PolicyGapMoved, PolicyGapOpened
from assize.quality.logic.estimators.differences import newcombe
from assize.quality.models.adjudicating import Effect, Gap, GapView
from assize.quality.store.words import gaps
from assize.quality.store.words.widening import measuring
from assize.workforce.models import Right, SearchScope
from assize.workforce.service import require

ANSWERED_IN = timedelta(days=30)
BEFORE = timedelta(days=90)  # what is compared with what came after the words were changed
SHOWN, MAX_TITLE, MAX_CHANGE = 200, 200, 2_000
STATES = ("open", "changed", "kept")


def gap_for(
    tx: Tx,
    *,
    clause: ClauseId,
    title: str,
    case: Mapping[str, object],
    at: datetime,
    adjudication_id: str | None = None,
    calibration_id: str | None = None,
) -> GapId:
    """Return the open gap of this clause and name, opened where there is none, with one more case that shows it. A step."""
    title = " ".join(title.split())
    if not title or len(title) > MAX_TITLE or "\0" in title:
        raise BadRuling(field="gap", problem=f"say what the policy leaves open, in at most {MAX_TITLE} characters")
    gap_id = gaps.open_named(tx, clause=clause, title=title)
    if gap_id is None:
        me = ReviewerId(tx.actor.id)
        gap_id = GapId(new_id("gap"))
        new = Gap(
            id=gap_id,
            title=title,
            clause=clause,
            state="open",
            owner_id=me,
            opened_by=me,
            opened_at=at,
            due_at=at + ANSWERED_IN,
            changed_at=None,
            change="",
        )
        gaps.insert(tx, new)
        tx.record(PolicyGapOpened(gap_id=gap_id, clause=clause, owner_id=me), at=at)
    gaps.add_case(tx, gap_id, case=case, at=at, adjudication_id=adjudication_id, calibration_id=calibration_id)
    return gap_id


def policy_gaps(tx: Tx) -> list[Gap]:
    """Return the gaps of the policy, open ones first."""
    require(tx, Right.QUALITY_ADJUDICATE)
    with measuring(tx):
        return gaps.gaps(tx, limit=SHOWN)


def policy_gap(tx: Tx, *, gap_id: GapId) -> GapView:
    """Return a gap with the cases the actor may see and, once it was answered, its effect. Raises NoSuchGap."""
    principal = require(tx, Right.QUALITY_ADJUDICATE, about=gap_id)
    with measuring(tx):
        view = _view(tx, gap_id)
    whole = not principal.vendor and principal.view.search_scope is SearchScope.ALL
    return view if whole else replace(view, cases=())


def move_gap(
    tx: Tx, *, gap_id: GapId, state: str, owner_id: ReviewerId, due_at: datetime, change: str, at: datetime
) -> GapView:
    """Give a gap to somebody, or say what was done: the words were changed, or are kept, and why. Raises NoSuchGap, BadRuling."""
    require(tx, Right.QUALITY_ADJUDICATE, about=gap_id)
    if state not in STATES or len(change) > MAX_CHANGE or "\0" in change:
        raise BadRuling(field="change", problem="a gap is open, changed or kept")
    if state != "open" and not change.strip():
        raise BadRuling(field="change", problem="say what was changed, or why the words are kept")
    with measuring(tx):
        before = _view(tx, gap_id).gap
        made = replace(before, state=state, owner_id=owner_id, due_at=due_at, change=change.strip())
        gaps.move(tx, made, at=at)
        tx.record(PolicyGapMoved(gap_id=gap_id, state=state, owner_id=owner_id), at=at)
        return _view(tx, gap_id)


def _view(tx: Tx, gap_id: GapId) -> GapView:
    found = gaps.gaps(tx, gap_id=gap_id)
    if not found:
        raise NoSuchGap
    gap = found[0]
    effect = None if gap.changed_at is None else _effect(tx, gap, gap.changed_at)
    return GapView(gap=gap, cases=tuple(gaps.cases(tx, gap_id)), effect=effect)


def _effect(tx: Tx, gap: Gap, changed_at: datetime) -> Effect:
    family = gap.clause.partition("-")[0]
    sums = gaps.differed(tx, family=family, since=changed_at - BEFORE, at=changed_at)
    before, after = sums.get(False, (0, 0)), sums.get(True, (0, 0))
    apart = newcombe(*after, *before)
    return Effect(
        before=wilson(*before),
        after=wilson(*after),
        difference=apart if isinstance(apart, Interval) else None,
    )
