"""Scorecards: of everybody, by whose work it is; of one reviewer with their trend; of auditors; and one's own."""

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from assize.kernel.ids import ReviewerId, TeamId
from assize.platform import rollups
from assize.platform.db import Database, Tx
from assize.quality.errors import NoSuchCard
from assize.quality.logic.auditing import auditor_cards as cards_of_auditors
from assize.quality.logic.cards import cards
from assize.quality.logic.estimators.sequential import default_alternative
from assize.quality.logic.telling import periods, told_before
from assize.quality.logic.trends import drift, trend
from assize.quality.models.scoring import AuditorCard, Card, Of, Period, Scoring, Trend, Who, Work
from assize.quality.store.scores import people, scoring, sums
from assize.quality.store.scores.sums import Span
from assize.quality.store.scores.work import WORKED, work
from assize.workforce.models import SYSTEM, Principal, Right, SearchScope
from assize.workforce.service import names, require

DAY = timedelta(days=1)
STALE = timedelta(minutes=1)  # no figure shown is older, whatever was restricted or replaced since
MANY = 50  # cards from which on a page may show those of a moment ago although something was compared since
KEPT = 50  # boards that are kept, by who may see what


@dataclass(frozen=True, kw_only=True)
class Board:
    """Cards of a span of whole days, by name: an order by score would be read as a ranking."""

    of: Of
    since: datetime
    until: datetime
    scoring: Scoring
    cards: tuple[Card, ...]


@dataclass(frozen=True, kw_only=True)
class ReviewerCard:
    """One reviewer's card, among everybody of their kind. drift: the evidence that they err more than is accepted.

    alternative: the rate that evidence bets on; trend: by week.
    """

    card: Card
    since: datetime
    until: datetime
    scoring: Scoring
    trend: tuple[Trend, ...]
    drift: float
    alternative: float


@dataclass(frozen=True, kw_only=True)
class OwnCard:
    """What somebody is told of their own work. until: comparisons later than this are not told yet."""

    who: Who
    periods: tuple[Period, ...]
    work: Work | None
    scoring: Scoring
    until: datetime


@dataclass(frozen=True, kw_only=True)
class _Kept:
    newest: str
    made_at: datetime
    cards: tuple[Card, ...]


_DIGITS = re.compile(r"([0-9]+)")
_kept: dict[tuple[object, ...], _Kept] = {}
_lock = threading.Lock()


def scorecards(tx: Tx, *, of: Of, days: int, at: datetime) -> Board:
    """Return the cards of a span, of what the actor may see: whoever sees a team sees its cards alone."""
    actor = require(tx, Right.QUALITY_READ)
    span = span_of(actor, days, at)
    how = scoring.scoring(tx)
    made = _cards(tx, of, span, how, at=at)
    done = _work(tx, of, span)
    return Board(
        of=of,
        since=span.since,
        until=span.until,
        scoring=how,
        cards=tuple(replace(one, work=done.get(one.who.id)) for one in made),
    )


def scorecard(tx: Tx, *, reviewer_id: ReviewerId, days: int, at: datetime) -> ReviewerCard:
    """Return one reviewer's card with its trend. Raises NoSuchCard where the actor may see no such."""
    actor = require(tx, Right.QUALITY_READ, about=reviewer_id)
    whole = span_of(actor, days, at)
    known = people.people(tx, [reviewer_id]).get(reviewer_id)
    if known is None or not _may_see(whole, known):
        raise NoSuchCard
    how = scoring.scoring(tx)
    among = _cards(tx, Of.MACHINES if known.by == "machine" else Of.REVIEWERS, whole, how, at=at)
    own = replace(whole, reviewer_id=reviewer_id)
    done = _work(tx, Of.REVIEWERS if known.by != "machine" else Of.MACHINES, own).get(reviewer_id)
    found = next((one for one in among if one.who.id == reviewer_id), None)
    if found is None:
        (found,) = cards({_named(tx, known): []}, scoring=how)
    order = sums.in_order(tx, own)
    return ReviewerCard(
        card=replace(found, work=done),
        since=whole.since,
        until=whole.until,
        scoring=how,
        trend=tuple(trend(order, expected=how.accepted_error)),
        drift=drift([wrong for _, wrong in order], accepted=how.accepted_error),
        alternative=default_alternative(how.accepted_error),
    )


def auditor_cards(tx: Tx, *, days: int, at: datetime) -> list[AuditorCard]:
    """Return what became of auditors' judgements in a span, by name."""
    actor = require(tx, Right.QUALITY_READ)
    span = span_of(actor, days, at)
    found = sums.judged(tx, replace(span, team_id=None))
    known = people.people(tx, sorted({one.who for one in found}))
    mine = {who: _named(tx, one) for who, one in known.items() if _may_see(span, one)}
    shown = dict(names(tx, mine))
    named = {who: replace(one, name=shown.get(who, one.name)) for who, one in mine.items()}
    return cards_of_auditors(found, named, least=scoring.scoring(tx).least)


def own_card(tx: Tx, *, at: datetime) -> OwnCard:
    """Return what somebody is told of their own work: whole spans, long over, and never of which case."""
    actor = require(tx, Right.DECIDE)
    how, before = scoring.scoring(tx), told_before(at)
    whose = ReviewerId(actor.id)
    weeks = sums.own_weeks(tx, whose, before=before)
    return OwnCard(
        who=Who(id=actor.id, name=actor.name, by="person"),
        periods=tuple(periods(weeks, scoring=how, until=before)),
        work=people.own_work(tx, whose, since=before - 4 * 7 * DAY, until=before),
        scoring=how,
        until=before,
    )


def roll_work(database: Database, *, at: datetime) -> int:
    """Make the sums of work of hours that are over; return whether there may be more to make."""
    return rollups.roll(database, WORKED, actor=SYSTEM, at=at)


def span_of(actor: Principal, days: int, at: datetime) -> Span:
    """Return whole days, today's as far as it is; of one's own work or team where that is all somebody sees."""
    until = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + DAY
    own = ReviewerId(actor.id) if actor.view.search_scope is SearchScope.OWN else None
    team = actor.vendor or actor.view.search_scope is SearchScope.TEAM
    return Span(
        since=until - days * DAY,
        until=until,
        reviewer_id=own,
        team_id=(actor.team_id or TeamId("")) if team else None,
    )


def _may_see(span: Span, known: people.Known) -> bool:
    return (span.team_id is None or known.team_id == span.team_id) and (
        span.reviewer_id is None or known.id == span.reviewer_id
    )


def _cards(tx: Tx, of: Of, span: Span, how: Scoring, *, at: datetime) -> tuple[Card, ...]:
    """Make everybody's cards, or take those of a moment ago: resampling for hundreds takes a second."""
    newest = sums.newest(tx)
    key = (tx.database.dsn, of, span, how.version, tx.actor.scope)
    with _lock:
        known = _kept.get(key)
    if known is not None and known.made_at + STALE > at and (known.newest == newest or len(known.cards) >= MANY):
        return known.cards
    found = sums.cells(tx, of, span)
    named = _whose(tx, of, sorted(found))
    made = tuple(
        cards({named[who]: found[who] for who in sorted(found, key=lambda one: _order(named[one]))}, scoring=how)
    )
    with _lock:
        if len(_kept) >= KEPT:
            _kept.clear()
        _kept[key] = _Kept(newest=newest, made_at=at, cards=made)
    return made


def _order(who: Who) -> tuple[list[tuple[bool, int, str]], str]:
    """By name as people read it: 9 before 10."""
    parts = [(one.isdecimal(), int(one) if one.isdecimal() else 0, one) for one in _DIGITS.split(who.name.casefold())]
    return parts, who.id


def _whose(tx: Tx, of: Of, ids: Sequence[str]) -> Mapping[str, Who]:
    if of in {Of.TEAMS, Of.VENDORS}:
        by = "vendor" if of is Of.VENDORS else "team"
        told = people.teams(tx, ids)
        return {one: Who(id=one, name=told.get(one, "No team"), by=by) for one in ids}
    known = people.people(tx, ids)
    shown = names(tx, ids)
    return {
        one: Who(
            id=one,
            name=shown[one],
            by=known[one].by if one in known else "person",
            team=known[one].team if one in known else None,
        )
        for one in ids
    }


def _named(tx: Tx, known: people.Known) -> Who:
    return Who(id=known.id, name=names(tx, [known.id])[known.id], by=known.by, team=known.team)


def _work(tx: Tx, of: Of, span: Span) -> Mapping[str, Work]:
    return work(tx, of, rollups.reach(tx, WORKED.name, since=span.since, until=span.until), span)
