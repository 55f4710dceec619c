"""What is measured is kept as it was given, and exists for those who measure."""

from dataclasses import replace

import psycopg
import pytest

from assize.kernel.actor import Scope
from assize.kernel.ids import ClauseId, QueueName
from assize.platform.db import Tx
from assize.policy.models import Severity
from assize.quality.facts import DecisionDrawn
from assize.quality.models import Kind
from assize.quality.store import audits, draws, labels, plans
from assize.quality.store.words.widening import measuring
from assize.review.models import Decision, Verdict
from assize.triage import service as triage
from assize.workforce.models import Principal
from builders.quality import AT, a_draw, a_label, a_lead, a_plan, a_stratum, an_audit
from builders.review import a_policy, a_reviewer, a_task, acting, decided


def a_decision(tx: Tx, **case: object) -> Decision:
    """A decision that stands."""
    a_policy(tx)
    a_task(tx, **case)
    return decided(tx, a_reviewer("ada"))


class TestPlans:
    def test_come_back_as_they_were_proposed(self, tx: Tx):
        grave = a_stratum(
            name="grave", kind=Kind.RISK, weights={Severity.SEV1: 2.0}, severities=frozenset({Severity.SEV1}),
            clauses=frozenset({ClauseId("CSE")}), queues=frozenset({QueueName("child-safety")}),
            verdicts=frozenset({Verdict.VIOLATION}), vendor=True, by="person",
        )  # fmt: skip
        plan = a_plan(grave, a_stratum())

        plans.insert(tx, plan)

        assert plans.plans(tx, ids=[plan.id]) == [plan]

    @pytest.mark.parametrize("change", ["name = 'another'", "repeat_share = 0.5", "note = 'x'"])
    def test_are_written_once(self, tx: Tx, change: str):
        plan = a_plan()
        plans.insert(tx, plan)

        with pytest.raises(psycopg.errors.IntegrityError), tx.savepoint():
            tx.run(f"update quality.plan set {change} where id = %(id)s", {"id": plan.id})

    def test_keep_their_strata_as_they_are(self, tx: Tx):
        plan = a_plan()
        plans.insert(tx, plan)

        with pytest.raises(psycopg.errors.IntegrityError), tx.savepoint():
            tx.run("update quality.stratum set rate = 1 where plan_id = %(id)s", {"id": plan.id})


class TestDraws:
    def test_come_back_as_they_were_made(self, tx: Tx):
        decision, plan = a_decision(tx), a_plan()
        plans.insert(tx, plan)
        draw = a_draw(plan, draws.decided(tx, [decision.id])[0])

        first, again = draws.insert(tx, draw), draws.insert(tx, draw)

        assert (first, again) == (True, False)
        assert draws.of_decisions(tx, [decision.id]) == [draw]

    def test_know_what_was_decided(self, tx: Tx):
        decision = a_decision(tx)

        found = draws.decided(tx, [decision.id])[0]

        assert (found.by, found.vendor, found.clause, found.verdict) == ("person", False, "HAR-1", Verdict.VIOLATION)
        assert (found.severity, found.decided_at) == (decision.assessed, decision.decided_at)


class TestAudits:
    def test_come_back_as_they_were_asked(self, tx: Tx):
        audit = an_audit(a_decision(tx))

        first, again = audits.insert(tx, audit, keys=["HAR"]), audits.insert(tx, audit, keys=["HAR"])

        assert (first, again) == (True, False)
        assert audits.by_ids(tx, [audit.id]) == [audit]

    def test_are_never_done_by_whoever_decided(self, tx: Tx):
        decision = a_decision(tx)
        audit = an_audit(decision)
        audits.insert(tx, audit, keys=["HAR"])

        with pytest.raises(psycopg.errors.CheckViolation), tx.savepoint():
            tx.run("update quality.audit set auditor_id = decider_id where id = %(id)s", {"id": audit.id})


class TestLabels:
    def test_come_back_as_they_were_given(self, tx: Tx):
        decision = a_decision(tx)
        audit = an_audit(decision)
        plain = tuple(replace(one, id=None) for one in decision.findings)
        label = a_label(decision, audit, judgement=replace(decision.judgement, findings=plain))

        labels.insert(tx, label)

        assert labels.of(tx, "audit", [audit.id]) == [label]


class TestWhoSees:
    @pytest.fixture
    def measured(self, tx: Tx) -> Decision:
        decision, plan = a_decision(tx), a_plan()
        audit = an_audit(decision)
        plans.insert(tx, plan)
        draws.insert(tx, a_draw(plan, draws.decided(tx, [decision.id])[0]))
        audits.insert(tx, audit, keys=["HAR"])
        labels.insert(tx, a_label(decision, audit))
        told = DecisionDrawn(
            plan_id=plan.id, decision_id=decision.id, case_id=decision.case_id, inclusion=0.1, headline=True
        )
        tx.record(told, at=AT)
        return decision

    def seen(self, tx: Tx, who: Principal) -> set[str]:
        counted = {
            name: f"select count(*) from quality.{name}" for name in ("plan", "stratum", "draw", "audit", "label")
        } | {"fact": "select count(*) from platform.fact where measuring"}
        with acting(tx, who) as mine:
            return {name for name, sql in counted.items() if mine.value(sql)}

    @pytest.mark.usefixtures("measured")
    def test_measuring_exists_for_a_lead(self, tx: Tx):
        found = self.seen(tx, a_lead())

        assert found == {"plan", "stratum", "draw", "audit", "label", "fact"}

    @pytest.mark.usefixtures("measured")
    def test_measuring_does_not_exist_for_an_analyst(self, tx: Tx):
        found = self.seen(tx, a_reviewer("ada"))

        assert found == set()

    @pytest.mark.usefixtures("measured")
    def test_measuring_exists_within_a_step_that_widens_also_after_one_inside_it_and_not_afterwards(self, tx: Tx):
        def drawn(mine: Tx) -> int:
            return mine.value("select count(*) from quality.draw")

        with acting(tx, a_reviewer("ada")) as mine:
            with measuring(mine):
                with measuring(mine):
                    inner = drawn(mine)
                outer = drawn(mine)
            afterwards = drawn(mine)

        assert (inner, outer, afterwards) == (1, 1, 0)

    def test_a_case_under_a_compartment_takes_what_is_measured_along(self, tx: Tx, measured: Decision):
        triage.restrict(tx, case_id=measured.case_id, compartment="sealed", at=AT)

        found = self.seen(tx, a_lead())
        cleared = self.seen(tx, a_lead(scope=Scope(compartments=frozenset({"sealed"}), measuring=True)))

        assert found == {"plan", "stratum"}
        assert cleared == {"plan", "stratum", "draw", "audit", "label", "fact"}
