"""What came in, what left, what to expect."""

from datetime import UTC, datetime, timedelta

import pytest

from assize.kernel.actor import Scope
from assize.triage import service
from assize.triage.logic.forecast import forecast
from assize.triage.store import measuring
from assize.workforce.models import SYSTEM, Principal, PrincipalKind, Right

AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def a_case(tx, name, *, opened_at, decided_at=None, restriction=None, test=False):
    tx.run(
        "insert into triage.case (id, kind, state, clauses, clause_ids, families, provisional, mode, queue, order_key,"
        " reasons, opened_at, due_at, first_seen_at, decided_at, exposure_class, restriction, test, event_count,"
        " subject_count) values (%(id)s, 'events', %(state)s, '[]', '{}', '{}', 2, 'routine', 'general', %(o)s, '{}', %(o)s,"
        " %(o)s, %(o)s, %(d)s, 1, %(r)s, %(t)s, 1, 1)",
        {
            "id": name,
            "state": "decided" if decided_at else "open",
            "o": opened_at,
            "d": decided_at,
            "r": restriction,
            "t": test,
        },
    )


def somebody(*compartments, recused=()):
    return Principal(
        id="rev_somebody",
        scope=Scope(compartments=frozenset(compartments), recused=frozenset(recused)),
        name="Somebody",
        kind=PrincipalKind.PERSON,
        roles=frozenset(),
        rights=frozenset({Right.TASKS_ASSIGN}),
    )


def sums(database, who):
    with database.transaction(who) as tx:
        found = service.flow(tx, since=AT - timedelta(days=2), until=AT, step="hour")
    return sum(one.opened for one in found), sum(one.gone for one in found)


class TestFlow:
    @pytest.fixture
    def there(self, fresh_database):
        with fresh_database.transaction(SYSTEM) as tx:
            a_case(tx, "case_1", opened_at=AT - timedelta(hours=30), decided_at=AT - timedelta(hours=3))
            a_case(tx, "case_2", opened_at=AT - timedelta(hours=20), restriction="sealed")
            a_case(tx, "case_3", opened_at=AT - timedelta(minutes=10))
            a_case(tx, "case_4", opened_at=AT - timedelta(hours=5), test=True)
        return fresh_database

    def test_is_the_same_from_rows_and_from_sums(self, there):
        before = sums(there, SYSTEM)
        while service.roll(there, at=AT):
            pass
        while service.roll(there, at=AT):
            pass

        assert sums(there, SYSTEM) == before == (3, 1)
        with there.transaction(SYSTEM) as tx:
            assert tx.value("select sum(opened)::int from triage.flow_hour") == 2, (
                "the hour that runs is read from rows"
            )

    def test_holds_only_what_somebody_may_see(self, there):
        while service.roll(there, at=AT):
            pass

        assert sums(there, somebody("x")) == (2, 1)
        assert sums(there, somebody("sealed")) == (3, 1)
        assert sums(there, somebody("sealed", recused=["case_2"])) == (2, 1)

    def test_follows_a_case_under_a_compartment(self, there):
        while service.roll(there, at=AT):
            pass
        with there.transaction(SYSTEM) as tx:
            tx.run("update triage.case set restriction = 'sealed' where id = 'case_1'")

        assert sums(there, somebody("x")) == (1, 0)
        while service.roll(there, at=AT):
            pass
        assert sums(there, somebody("x")) == (1, 0)
        assert sums(there, SYSTEM) == (3, 1)

    def test_says_what_stands_and_how_old_it_is(self, there):
        with there.transaction(SYSTEM) as tx:
            (found,) = service.standing(tx, at=AT)

        assert (found.open, found.overdue, found.ages) == (2, 2, (1, 0, 1, 0))

    def test_is_told_queue_by_queue(self, there):
        while service.roll(there, at=AT):
            pass
        with there.transaction(SYSTEM) as tx:
            (found,) = service.flow_by_queue(tx, since=AT - timedelta(days=2), until=AT)

        assert (found.queue, int(found.severity), found.opened, found.gone) == ("general", 2, 3, 1)

    def test_forecasts_nothing_of_a_young_house(self, there):
        with there.transaction(SYSTEM) as tx:
            assert service.backlog_forecast(tx, open_now=2, at=AT) is None

    def test_is_kept_under_one_name(self):
        assert measuring.FLOW.name == "triage.flow"


class TestForecast:
    def test_repeats_a_week_that_repeats_itself_without_doubt(self):
        week = [(hour % 24) - 11 for hour in range(168)]

        found = forecast(week * 4, open_now=500, hours=24)

        assert [one.open for one in found.expected] == [500 + sum(week[: n + 1]) for n in range(24)]
        assert all(one.low == one.open == one.high for one in found.expected)
        assert (found.weeks, found.tries) == (4.0, 481)

    def test_is_as_unsure_as_it_was_wrong(self):
        quiet, busy = [0] * 168, [1] * 168

        found = forecast(quiet + busy + quiet + busy, open_now=100, hours=10)

        last = found.expected[-1]
        assert (last.low, last.open, last.high) == (100, 110, 120)

    def test_never_expects_less_than_nothing(self):
        found = forecast([-5] * 400, open_now=3, hours=5)

        assert {(one.open, one.low, one.high) for one in found.expected} == {(0, 0, 0)}

    def test_needs_two_weeks(self):
        assert forecast([1] * 335, open_now=1, hours=1) is None
        assert forecast([1] * 336, open_now=1, hours=1) is not None


class TestWalks:
    @pytest.mark.parametrize("index", ["case_opened", "case_decided", "case_closed"])
    def test_an_index_for_each_way_in_and_out_also_under_row_security(self, fresh_database, index):
        with fresh_database.transaction(somebody("x")) as tx:
            tx.run("set local enable_seqscan = off")
            span = {"since": AT - timedelta(days=1), "rows_since": AT - timedelta(hours=1), "until": AT, "step": "hour"}
            plan = "\n".join(row["QUERY PLAN"] for row in tx.rows("explain " + measuring.READ, span))

        assert any(index in line and "Scan" in line for line in plan.splitlines())
        assert plan.count("Index Cond") >= 3
