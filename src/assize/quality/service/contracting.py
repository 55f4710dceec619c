"""What is agreed with teams, such as vendors', and how their months went: levels, ramp, headcount, plans."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from assize.kernel.ids import ReviewerId, TeamId
from assize.kernel.measures import wilson
from assize.platform.db import Tx
from assize.quality.errors import BadContract, NoSuchTeam
from assize.quality.facts import ContractAgreed
from assize.quality.logic.cards import cards
from assize.quality.logic.contracts import heads_for, level_of, next_week, planned
from assize.quality.models.contract import Contract, Headcount, RampWeek, ServiceLevel, TeamReview
from assize.quality.models.improving import CauseKind
from assize.quality.models.scoring import Card, Of, Who
from assize.quality.store.contracting import contracts as store
from assize.quality.store.improving import improvements
from assize.quality.store.scores import scoring, sums
from assize.quality.store.scores.sums import Span
from assize.workforce import service as workforce
from assize.workforce.models import Principal, Right, SearchScope, Team
from assize.workforce.service import require

WEEK = timedelta(days=7)
RAMP_SHOWN, HISTORY = 26, 12  # weeks
MAX_NOTE, MOST_PER_WEEK, MOST_RAMP = 2_000, 10_000, 52


def agree_contract(
    tx: Tx,
    *,
    team_id: TeamId,
    accuracy_floor: float,
    in_time_floor: float,
    per_week: int,
    ramp_weeks: int,
    starts_at: datetime,
    note: str = "",
    at: datetime,
) -> Contract:
    """Agree something with a team, in place of what was agreed before. Raises NoSuchTeam, BadContract."""
    principal = require(tx, Right.QUALITY_PLAN, about=team_id)
    _team(tx, principal, team_id)
    if not (0 <= accuracy_floor <= 1 and 0 <= in_time_floor <= 1):
        raise BadContract(field="accuracy_floor", problem="a service level is a share from 0 to 100 %")
    if not (1 <= per_week <= MOST_PER_WEEK and 0 <= ramp_weeks <= MOST_RAMP):
        raise BadContract(
            field="per_week", problem=f"1 to {MOST_PER_WEEK} decisions a week, at full speed within a year"
        )
    if len(note) > MAX_NOTE or "\0" in note:
        raise BadContract(field="note", problem=f"at most {MAX_NOTE} characters")
    made = Contract(
        team_id=team_id,
        version=0,
        accuracy_floor=accuracy_floor,
        in_time_floor=in_time_floor,
        per_week=per_week,
        ramp_weeks=ramp_weeks,
        starts_at=starts_at,
        note=note.strip(),
        set_by=ReviewerId(principal.id),
        set_at=at,
    )
    store.agree(tx, made)
    kept = store.contracts(tx, team_id=team_id)[team_id]
    tx.record(ContractAgreed(team_id=team_id, version=kept.version), at=at)
    return kept


def team_reviews(tx: Tx, *, month: datetime) -> list[TeamReview]:
    """Return how a month of each team went that the actor may see: whoever sees a team sees its own alone."""
    principal = require(tx, Right.QUALITY_READ)
    return [_review(tx, one, month) for one in workforce.teams(tx) if _may_see(principal, one.id)]


def team_review(tx: Tx, *, team_id: TeamId, month: datetime) -> TeamReview:
    """Return how a month of a team went. month: any moment within. Raises NoSuchTeam."""
    principal = require(tx, Right.QUALITY_READ, about=team_id)
    return _review(tx, _team(tx, principal, team_id), month)


def bounds_of(month: datetime) -> tuple[datetime, datetime]:
    """Return where the month of a moment begins and ends, in UTC. A step."""
    since = month.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return since, (since + timedelta(days=32)).replace(day=1)


def _team(tx: Tx, principal: Principal, team_id: TeamId) -> Team:
    found = next((one for one in workforce.teams(tx) if one.id == team_id), None)
    if found is None or not _may_see(principal, found.id):
        raise NoSuchTeam
    return found


def _may_see(principal: Principal, team_id: TeamId) -> bool:
    if principal.vendor or principal.view.search_scope is SearchScope.TEAM:
        return principal.team_id == team_id
    return principal.view.search_scope is SearchScope.ALL


def _review(tx: Tx, team: Team, month: datetime) -> TeamReview:
    since, until = bounds_of(month)
    contract = store.contracts(tx, team_id=team.id).get(team.id)
    did = store.month(tx, team.id, since=since, until=until)
    card = _card(tx, team, since, until)
    return TeamReview(
        team_id=team.id,
        name=team.name,
        vendor=team.vendor,
        since=since,
        until=until,
        contract=contract,
        decisions=did.decisions,
        people=did.people,
        hours=did.hours,
        card=card,
        levels=() if contract is None else _levels(contract, card, did),
        ramp=() if contract is None else _ramp(tx, contract, until),
        headcount=None if contract is None else _headcount(tx, contract, until),
        plans=tuple(one for one in improvements.improvements(tx, team_id=team.id) if one.cause is CauseKind.CORRECTIVE),
    )


def _card(tx: Tx, team: Team, since: datetime, until: datetime) -> Card | None:
    cells = sums.cells(tx, Of.TEAMS, Span(since=since, until=until, team_id=team.id)).get(team.id)
    if not cells:
        return None
    who = Who(id=team.id, name=team.name, by="vendor" if team.vendor else "team", team=team.name)
    (card,) = cards({who: cells}, scoring=scoring.scoring(tx))
    return replace(card, work=None)


def _levels(contract: Contract, card: Card | None, did: store.Month) -> tuple[ServiceLevel, ...]:
    accuracy = None if card is None else card.accuracy
    in_time = wilson(did.in_time, did.timed)
    return (
        ServiceLevel(
            name="Right decisions",
            floor=contract.accuracy_floor,
            found=accuracy,
            level=level_of(accuracy, contract.accuracy_floor),
        ),
        ServiceLevel(
            name="Decided by the due time",
            floor=contract.in_time_floor,
            found=in_time,
            level=level_of(in_time, contract.in_time_floor),
        ),
    )


def _ramp(tx: Tx, contract: Contract, until: datetime) -> tuple[RampWeek, ...]:
    begins = _monday(contract.starts_at)
    found = store.weeks(tx, contract.team_id, since=begins, until=until)
    made = [
        RampWeek(
            begins=week,
            decisions=decisions,
            heads=heads,
            per_head=decisions / heads,
            planned=planned((week - begins) // WEEK, per_week=contract.per_week, ramp_weeks=contract.ramp_weeks),
        )
        for week, decisions, heads in found
        if heads
    ]
    return tuple(made[-RAMP_SHOWN:])


def _headcount(tx: Tx, contract: Contract, until: datetime) -> Headcount | None:
    end = _monday(until)
    came = store.inflow(tx, since=end - HISTORY * WEEK, until=end)
    whole = came[next((at for at, n in enumerate(came) if n), len(came)) :]
    coming = next_week(whole)
    did = store.month(tx, contract.team_id, since=end - 4 * WEEK, until=end)
    everybody = store.all_decided(tx, since=end - 4 * WEEK, until=end)
    if coming is None or not everybody or not did.decisions:
        return None
    share = did.decisions / everybody
    last = store.month(tx, contract.team_id, since=end - WEEK, until=end)
    heads = [heads_for(one, share, contract.per_week) for one in (coming.expected, coming.low, coming.high)]
    return Headcount(
        cases=coming.expected,
        cases_low=coming.low,
        cases_high=coming.high,
        share=share,
        heads=heads[0],
        heads_low=heads[1],
        heads_high=heads[2],
        now=last.people,
        weeks=len(whole),
    )


def _monday(at: datetime) -> datetime:
    day = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())
