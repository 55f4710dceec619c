"""Decisions that stand are put to the plans in force, once they can't be taken back."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from assize.kernel.ids import QueueName
from assize.platform.db import Database, Tx
from assize.platform.settings import Settings
from assize.quality import service
from assize.quality.errors import NoSamplingKey
from assize.quality.logic import fits, load, stratum_of
from assize.quality.models import Kind, LooksAt
from assize.quality.store import audits, draws, populations
from assize.review import service as review
from assize.workforce.models import SYSTEM
from builders.quality import AT, a_plan, a_stratum, in_force, stood, wanted
from builders.review import a_policy, a_reviewer, acting

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ALL = a_stratum(rate=1.0, floor=0.5)


@pytest.fixture
def ready(fresh_database: Database) -> Database:
    """A database with a policy."""
    with fresh_database.transaction(SYSTEM) as tx:
        a_policy(tx)
    return fresh_database


def audits_in(database: Database) -> list[tuple[str, str]]:
    """Decision and what is looked at, of every audit."""
    with database.transaction(SYSTEM) as tx:
        rows = tx.rows("select decision_id, looks_at from quality.audit order by id")
    return [(row["decision_id"], row["looks_at"]) for row in rows]


class TestDrawing:
    def test_asks_for_an_audit_with_the_probability_it_was_drawn_with(self, ready: Database, settings: Settings):
        plan = in_force(ready, settings, ALL)
        decision = stood(ready, at=AT + MINUTE)

        service.draw_due(ready, settings=settings, at=AT + DAY)

        with ready.transaction(SYSTEM) as tx:
            (draw,) = draws.of_decisions(tx, [decision.id])
        assert (draw.plan_id, draw.inclusion, draw.random_rate, draw.headline) == (plan.id, 1.0, 1.0, True)
        assert audits_in(ready) == [(decision.id, "content")]

    def test_waits_until_a_decision_can_not_be_taken_back(self, ready: Database, settings: Settings):
        in_force(ready, settings, ALL)
        decision = stood(ready, at=AT + MINUTE)

        at_once = service.draw_due(ready, settings=settings, at=AT + MINUTE)
        later = service.draw_due(ready, settings=settings, at=decision.effective_at)

        assert (at_once, later) == (0, 1)

    def test_leaves_out_what_was_taken_back(self, ready: Database, settings: Settings):
        in_force(ready, settings, ALL)
        decision = stood(ready, at=AT + MINUTE)
        with ready.transaction(SYSTEM) as tx, acting(tx, a_reviewer("ada")) as mine:
            review.undo(mine, decision_id=decision.id, at=AT + MINUTE)

        service.draw_due(ready, settings=settings, at=AT + DAY)

        assert audits_in(ready) == []

    def test_leaves_out_what_was_decided_before_the_plan_was_in_force(self, ready: Database, settings: Settings):
        stood(ready, at=AT)
        in_force(ready, settings, ALL, at=AT + MINUTE)

        service.draw_due(ready, settings=settings, at=AT + DAY)

        assert audits_in(ready) == []

    def test_draws_once_whoever_is_told_twice(self, ready: Database, settings: Settings):
        in_force(ready, settings, ALL)
        decision = stood(ready, at=AT + MINUTE)
        service.draw_due(ready, settings=settings, at=AT + DAY)
        with ready.transaction(SYSTEM) as tx:
            service.stands(tx, decision_id=decision.id, effective_at=AT + MINUTE)

        service.draw_due(ready, settings=settings, at=AT + DAY)

        with ready.transaction(SYSTEM) as tx:
            told = tx.value("select count(*) from platform.fact where kind = 'DecisionDrawn'")
        assert (len(audits_in(ready)), told) == (1, 1)

    def test_of_two_plans_asks_for_one_audit(self, ready: Database, settings: Settings):
        for name in ("routine", "vendor"):
            in_force(ready, settings, ALL, name=name)
        decision = stood(ready, at=AT + MINUTE)

        service.draw_due(ready, settings=settings, at=AT + DAY)

        with ready.transaction(SYSTEM) as tx:
            found = draws.of_decisions(tx, [decision.id])
        assert (len(found), len(audits_in(ready))) == (2, 1)

    def test_looks_at_the_gravest_by_record(self, ready: Database, settings: Settings):
        in_force(ready, settings, ALL)
        decision = stood(ready, at=AT + MINUTE)
        with ready.transaction(SYSTEM) as tx:
            tx.run("update review.decision set assessed = 0")

        service.draw_due(ready, settings=settings, at=AT + DAY)

        assert audits_in(ready) == [(decision.id, "record")]
        with ready.transaction(SYSTEM) as tx:
            (audit,) = audits.by_ids(tx, [tx.value("select id from quality.audit")])
        assert (audit.looks_at, audit.blind, audit.exposure) == (LooksAt.RECORD, False, 0)

    def test_falls_to_the_floor_while_the_lever_is_pulled(self, ready: Database, settings: Settings):
        in_force(ready, settings, a_stratum(rate=1.0, floor=0.001))
        with ready.transaction(SYSTEM) as tx:
            tx.run(
                "insert into workforce.lever_pull (id, lever, reach, reason, pulled_by, pulled_at, until)"
                " values ('lev_1', 'audit-floor', '*', 'a surge', 'system', %(at)s, %(until)s)",
                {"at": AT, "until": AT + timedelta(hours=1)},
            )
        during, after = stood(ready, at=AT + MINUTE), stood(ready, at=AT + timedelta(hours=2))

        # Long after the lever ended: what counts is when the decision was made.
        service.draw_due(ready, settings=settings, at=AT + DAY)

        assert (after.id, "content") in audits_in(ready)
        with ready.transaction(SYSTEM) as tx:
            plan_id = tx.value("select id from quality.plan")
            made = service.draw_again(tx, plan_id=plan_id, decision_id=during.id, settings=settings, at=AT + DAY)
        assert (made.floored, made.random_rate) == (True, 0.001)

    def test_lets_decisions_wait_where_the_key_is_not_here(self, ready: Database, settings: Settings, tmp_path: Path):
        in_force(ready, settings, ALL)
        stood(ready, at=AT + MINUTE)
        elsewhere = replace(settings, home=tmp_path / "elsewhere")

        with pytest.raises(NoSamplingKey):
            service.draw_due(ready, settings=elsewhere, at=AT + DAY)

        assert service.draw_due(ready, settings=settings, at=AT + DAY) == 1

    def test_marks_a_share_to_be_given_again(self, ready: Database, settings: Settings):
        in_force(ready, settings, ALL, repeat_share=1.0, repeat_after=timedelta(days=14))
        stood(ready, at=AT + MINUTE)

        service.draw_due(ready, settings=settings, at=AT + DAY)

        with ready.transaction(SYSTEM) as tx:
            assert tx.value("select repeat_days from quality.audit") == 14


class TestDrawingAgain:
    def test_gives_the_same_for_drawn_and_undrawn_alike(self, ready: Database, settings: Settings):
        plan = in_force(ready, settings, a_stratum(rate=0.5))
        decisions = [stood(ready, at=AT + number * MINUTE) for number in range(1, 13)]
        service.draw_due(ready, settings=settings, at=AT + DAY)

        with ready.transaction(SYSTEM) as tx:
            kept = {one.decided.decision_id for one in draws.of_plan(tx, plan.id)}
            again = {
                one.id
                for one in decisions
                if service.draw_again(tx, plan_id=plan.id, decision_id=one.id, settings=settings, at=AT).drawn
            }

        assert again == kept


class TestCounting:
    STRATA = (
        a_stratum(name="one queue", queues=frozenset({QueueName("child-safety")})),
        a_stratum(name="a family", clauses=frozenset({"HAR"})),
        a_stratum(name="others"),
        a_stratum(name="one reviewer", kind=Kind.RISK, reviewers=frozenset({"rev_bea"})),
        a_stratum(name="people", kind=Kind.RISK, by="person", verdicts=frozenset({"violation"})),
        a_stratum(name="machines", kind=Kind.TARGETED, by="machine"),
    )

    def decisions(self, database: Database) -> None:
        cases = [("HAR-1", "ada"), ("HAR-2", "bea"), ("SPM-1", "ada"), ("SPM-1", "bea")]
        for number, (clause, who) in enumerate(cases):
            stood(database, clause, who=a_reviewer(who), at=AT + (1 + 40 * number) * MINUTE)

    def test_says_of_many_what_logic_says_of_each(self, ready: Database, settings: Settings):
        plan = in_force(ready, settings, *self.STRATA)
        self.decisions(ready)
        until = AT + timedelta(hours=4)

        with ready.transaction(SYSTEM) as tx:
            by_rows = self.counted(tx, plan.id, until)
            every = draws.decided(tx, [row["id"] for row in tx.rows("select id from review.decision")])
        while service.roll(ready, at=until):
            pass
        with ready.transaction(SYSTEM) as tx:
            by_sums = self.counted(tx, plan.id, until)

        expected = Counter(
            found.id for one in every for kind in Kind if (found := stratum_of(plan, one, kind)) is not None
        )
        assert by_rows == by_sums == dict(expected)
        assert any(not fits(one, every[0]) for one in plan.strata)

    def counted(self, tx: Tx, plan_id: str, until: object) -> dict[str, int]:
        found = service.plan_standing(tx, plan_id=plan_id, since=AT, until=until)
        return {one.stratum.id: one.population for one in found.strata if one.population}

    def test_tells_beforehand_what_a_plan_would_have_drawn(self, ready: Database):
        self.decisions(ready)
        while service.roll(ready, at=AT + timedelta(hours=5)):
            pass

        with ready.transaction(SYSTEM) as tx:
            found = service.preview(tx, wanted=wanted(*self.STRATA), at=AT + DAY)
            named = frozenset({"rev_bea"})
            cells = populations.cells(tx, since=AT - DAY, until=AT + DAY, reviewers=named)
            every = draws.decided(tx, [row["id"] for row in tx.rows("select id from review.decision")])

        plan = a_plan(*self.STRATA)
        one_by_one = Counter(
            stratum.name for one in every for kind in Kind if (stratum := stratum_of(plan, one, kind)) is not None
        )
        assert {one.stratum.name: one.population for one in found.strata if one.population} == dict(one_by_one)
        assert found.decisions == load(plan, cells, days=1).decisions == 4
