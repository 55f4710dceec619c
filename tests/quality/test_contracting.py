"""What is agreed with teams, and how their months went."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from assize.kernel.ids import TeamId
from assize.kernel.measures import wilson
from assize.platform import paper
from assize.platform.db import Database, Tx
from assize.quality import service
from assize.quality.errors import BadContract, NoSuchTeam
from assize.quality.logic.contracts import heads_for, level_of, next_week, planned
from assize.quality.models.contract import Level
from assize.quality.models.improving import CauseKind
from assize.quality.store import audits, draws, labels
from assize.triage import service as triage
from assize.workforce import service as workforce
from assize.workforce.errors import NotAllowed
from assize.workforce.models import SYSTEM, Role, SearchScope, ViewProfile
from builders.comparing import a_comparison, compare
from builders.quality import a_label, a_lead, an_audit
from builders.review import a_policy, a_reviewer, a_task, decided

AT = datetime(2026, 3, 18, 12, 0, tzinfo=UTC)  # a Wednesday
LEAD = a_lead()
DAY, WEEK = timedelta(days=1), timedelta(days=7)


class TestLevel:
    def test_is_said_by_the_whole_interval_alone(self):
        assert level_of(wilson(995, 1000), 0.95) is Level.MET
        assert level_of(wilson(900, 1000), 0.95) is Level.MISSED
        assert level_of(wilson(95, 100), 0.95) is Level.NOT_TOLD_APART
        assert level_of(None, 0.95) is None


class TestRamp:
    def test_is_a_straight_line_to_full_speed(self):
        assert [planned(week, per_week=400, ramp_weeks=3) for week in range(5)] == [100, 200, 300, 400, 400]
        assert planned(0, per_week=400, ramp_weeks=0) == 400


class TestHeadcount:
    def test_takes_the_next_week_to_bring_what_the_last_one_brought_within_what_that_was_wrong_by(self):
        found = next_week([100, 120, 90, 110])
        assert found is not None
        assert (found.expected, found.low, found.high) == (110, 80, 130)

    def test_is_not_told_of_fewer_than_four_weeks(self):
        assert next_week([100, 120, 90]) is None

    def test_rounds_up_to_whole_people(self):
        assert heads_for(1001, 0.5, 100) == 6


class TestPaper:
    def test_holds_what_it_is_given_escaped_and_cut_to_its_column(self):
        found = paper.svg(
            "A <b> & co", "sub", [paper.Table(head=("a", "b"), rows=[("x" * 500, "y\u202e")], widths=(0.5, 0.5))]
        )
        assert "A &lt;b&gt; &amp; co" in found
        assert "…" in found
        assert "\u202e" not in found

    def test_is_a_pdf_and_grows_with_what_stands_on_it(self):
        rows = [(str(number), "of many") for number in range(200)]
        block = paper.Table(head=("n", "what"), rows=rows, widths=(0.2, 0.8))
        made = paper.pdf("Title", "sub", [paper.Heading(text="H"), paper.Words(text="word " * 200), block])
        assert made.startswith(b"%PDF-")
        assert len(made) > 2_000
        assert 'height="3' in paper.svg("Title", "sub", [block])


@pytest.fixture
def team(fresh_database: Database) -> TeamId:
    """A vendor's team."""
    with fresh_database.transaction(SYSTEM) as tx:
        a_policy(tx, at=AT - 90 * DAY)
        return workforce.add_team(tx, name="Vendor", vendor=True, at=AT - 90 * DAY)


def agreed(tx: Tx, team: TeamId, **given: object):
    said = {
        "accuracy_floor": 0.9,
        "in_time_floor": 0.8,
        "per_week": 10,
        "ramp_weeks": 1,
        "starts_at": AT - 2 * WEEK,
        "at": AT,
    }
    return service.agree_contract(tx, team_id=team, **(said | given))


def worked(tx: Tx, team: TeamId, *, at: datetime, marks: str = "rnnnnnn") -> None:
    """Somebody of the team decided a case that was drawn and compared."""
    a_task(tx, external_id=f"of-{at.isoformat()}", occurred_at=at, at=at)
    decision = decided(tx, replace(a_reviewer("ada"), team_id=team), at=at)
    audit = an_audit(decision)
    audits.insert(tx, audit, keys=["HAR"])
    label = a_label(decision, audit)
    labels.insert(tx, label)
    one = draws.decided(tx, [decision.id])[0]
    compare(tx, a_comparison(one, label, marks, headline=True, inclusion=0.5, decided_at=at, team_id=team, vendor=True))


class TestContract:
    def test_replaces_the_one_before_and_keeps_it(self, fresh_database: Database, team: TeamId):
        with fresh_database.transaction(LEAD) as tx:
            assert agreed(tx, team).version == 1
            assert agreed(tx, team, per_week=20).version == 2
            assert tx.value("select count(*) from quality.contract") == 2
            assert service.team_review(tx, team_id=team, month=AT).contract.per_week == 20

    @pytest.mark.parametrize(
        "given", [{"accuracy_floor": 1.5}, {"per_week": 0}, {"ramp_weeks": 60}, {"note": "x" * 3000}]
    )
    def test_refuses_what_makes_no_sense(self, fresh_database: Database, team: TeamId, given: dict[str, object]):
        with fresh_database.transaction(LEAD) as tx, pytest.raises(BadContract):
            agreed(tx, team, **given)

    def test_is_for_those_who_plan(self, fresh_database: Database, team: TeamId):
        with fresh_database.transaction(a_reviewer("ada")) as tx, pytest.raises(NotAllowed):
            agreed(tx, team)
        with fresh_database.transaction(LEAD) as tx, pytest.raises(NoSuchTeam):
            agreed(tx, TeamId("team_x"))


class TestReview:
    def test_of_a_month_holds_levels_ramp_and_plans(self, fresh_database: Database, team: TeamId):
        with fresh_database.transaction(SYSTEM) as tx:
            for number in range(8):
                worked(tx, team, at=AT - number * DAY, marks="wnnnnnn" if number == 0 else "rnnnnnn")
            worked(tx, team, at=AT - 40 * DAY)
            owner = workforce.add_person(tx, name="Quin", email="quin@example.org", roles=[Role.QA_LEAD], at=AT)
        with fresh_database.transaction(LEAD) as tx:
            agreed(tx, team)
            service.begin_improvement(
                tx, cause=CauseKind.CORRECTIVE, problem="Late on Mondays.", action="Another shift.", team_id=team,
                owner_id=owner, due_at=AT + WEEK, at=AT,
            )  # fmt: skip
            found = service.team_review(tx, team_id=team, month=AT)
        assert (found.decisions, found.people, found.vendor) == (8, 1, True)
        accuracy, in_time = found.levels
        assert (accuracy.found, accuracy.level) == (None, None), "eight are too few for an interval that says anything"
        assert in_time.found.value == 1
        assert [(one.begins.weekday(), one.heads) for one in found.ramp] == [(0, 1)] * len(found.ramp)
        assert [one.decisions for one in found.ramp] == [5, 3]
        assert [one.planned for one in found.ramp] == [10, 10]
        assert [one.problem for one in found.plans] == ["Late on Mondays."]

    def test_says_how_many_people_the_next_week_takes(self, fresh_database: Database, team: TeamId):
        with fresh_database.transaction(SYSTEM) as tx:
            for week in range(6):
                for number in range(4 + week % 2):
                    worked(tx, team, at=AT + WEEK - week * WEEK - number * timedelta(minutes=1))
        while triage.roll(fresh_database, at=AT + 2 * WEEK):
            pass
        with fresh_database.transaction(LEAD) as tx:
            agreed(tx, team, per_week=2)
            head = service.team_review(tx, team_id=team, month=AT).headcount
        assert head is not None
        assert (head.share, head.now) == (1, 1)
        assert head.heads_low <= head.heads <= head.heads_high
        assert head.heads == heads_for(head.cases, 1.0, 2)

    def test_of_a_team_is_for_its_own_and_for_those_who_see_everybody(self, fresh_database: Database, team: TeamId):
        own = a_lead("vera", team_id=team, view=ViewProfile(search_scope=SearchScope.TEAM))
        other = a_lead("otto", team_id=TeamId("team_other"), view=ViewProfile(search_scope=SearchScope.TEAM))
        with fresh_database.transaction(own) as tx:
            assert [one.team_id for one in service.team_reviews(tx, month=AT)] == [team]
        with fresh_database.transaction(other) as tx:
            assert service.team_reviews(tx, month=AT) == []
            with pytest.raises(NoSuchTeam):
                service.team_review(tx, team_id=team, month=AT)
