"""Plans are proposed, put in force, ended; each version stays as it was."""

from dataclasses import replace
from datetime import timedelta

import pytest

from assize.kernel.ids import PlanId, QueueName
from assize.platform.db import Tx
from assize.platform.settings import Settings
from assize.quality import service
from assize.quality.errors import BadPlan, NoSuchPlan, NotInForce, NotProposed
from assize.quality.models import PlanState
from assize.workforce.errors import NotAllowed
from assize.workforce.models import Role
from builders.quality import AT, a_lead, a_stratum, wanted
from builders.review import a_policy, a_reviewer, acting

DAY = timedelta(days=1)


class TestProposing:
    def test_makes_the_next_version_of_its_name(self, tx: Tx):
        a_policy(tx)

        made = [service.propose(tx, wanted=wanted(), at=AT).version for _ in range(2)]

        assert made == [1, 2]

    def test_tells_every_place_that_does_not_fit(self, tx: Tx):
        a_policy(tx)
        bad = wanted(a_stratum(rate=2.0), a_stratum(queues=frozenset({QueueName("nowhere")})))

        with pytest.raises(BadPlan) as told:
            service.propose(tx, wanted=bad, at=AT)

        places = told.value.facts["places"]
        assert [one["pointer"] for one in places] == ["/strata/0/rate", "/strata/1/queues"]

    @pytest.mark.parametrize("role", [Role.ANALYST, Role.OPERATIONS_MANAGER, Role.AUDITOR, Role.EXPERT], ids=str)
    def test_is_for_qa_leads_alone(self, tx: Tx, role: Role):
        a_policy(tx)

        with pytest.raises(NotAllowed), acting(tx, a_reviewer("x", roles=(role,))) as mine:
            service.propose(mine, wanted=wanted(), at=AT)


class TestComingIntoForce:
    def test_ends_the_version_before(self, tx: Tx, settings: Settings):
        a_policy(tx)
        first, second = (service.propose(tx, wanted=wanted(), at=AT) for _ in range(2))
        service.put_in_force(tx, plan_id=first.id, settings=settings, at=AT)

        service.put_in_force(tx, plan_id=second.id, settings=settings, at=AT + DAY)

        assert service.plan_of(tx, plan_id=first.id).ended_at == AT + DAY
        assert [one.id for one in service.plans(tx, states=(PlanState.IN_FORCE,))] == [second.id]

    def test_leaves_plans_of_other_names_in_force(self, tx: Tx, settings: Settings):
        a_policy(tx)
        for name in ("routine", "vendor"):
            plan = service.propose(tx, wanted=wanted(name=name), at=AT)
            service.put_in_force(tx, plan_id=plan.id, settings=settings, at=AT)

        assert len(service.plans(tx, states=(PlanState.IN_FORCE,))) == 2

    def test_keeps_the_key_outside_the_database_and_its_id_inside(self, tx: Tx, settings: Settings):
        a_policy(tx)
        plan = service.propose(tx, wanted=wanted(), at=AT)

        found = service.put_in_force(tx, plan_id=plan.id, settings=settings, at=AT)

        file = settings.keys / "sampling.key"
        assert file.stat().st_mode & 0o077 == 0
        assert found.key_id is not None
        assert file.read_text().strip() not in str(tx.rows("select * from quality.plan"))

    def test_happens_once(self, tx: Tx, settings: Settings):
        a_policy(tx)
        plan = service.propose(tx, wanted=wanted(), at=AT)
        service.put_in_force(tx, plan_id=plan.id, settings=settings, at=AT)

        with pytest.raises(NotProposed):
            service.put_in_force(tx, plan_id=plan.id, settings=settings, at=AT)

    def test_is_refused_for_a_plan_that_is_not_there(self, tx: Tx, settings: Settings):
        with pytest.raises(NoSuchPlan):
            service.put_in_force(tx, plan_id=PlanId("plan_nix"), settings=settings, at=AT)


class TestEnding:
    def test_drops_what_was_only_proposed(self, tx: Tx):
        a_policy(tx)
        plan = service.propose(tx, wanted=wanted(), at=AT)

        with pytest.raises(NotInForce):
            service.end_plan(tx, plan_id=plan.id, at=AT)
        service.drop_plan(tx, plan_id=plan.id, at=AT)

        assert service.plan_of(tx, plan_id=plan.id).state is PlanState.DROPPED

    def test_ends_what_is_in_force(self, tx: Tx, settings: Settings):
        a_policy(tx)
        plan = service.propose(tx, wanted=wanted(), at=AT)
        service.put_in_force(tx, plan_id=plan.id, settings=settings, at=AT)

        with acting(tx, a_lead()) as mine:
            service.end_plan(mine, plan_id=plan.id, at=AT + DAY)

        found = service.plan_of(tx, plan_id=plan.id)
        assert (found.state, found.ended_by, found.ended_at) == (PlanState.ENDED, "rev_quin", AT + DAY)

    def test_is_told_to_those_who_measure(self, tx: Tx, settings: Settings):
        a_policy(tx)
        plan = service.propose(tx, wanted=replace(wanted(), note="the first"), at=AT)
        service.put_in_force(tx, plan_id=plan.id, settings=settings, at=AT)
        service.end_plan(tx, plan_id=plan.id, at=AT)

        told = tx.rows("select kind, measuring from platform.fact where thing = %(id)s order by id", {"id": plan.id})

        assert [(row["kind"], row["measuring"]) for row in told] == [
            ("PlanProposed", True), ("PlanPutInForce", True), ("PlanEnded", True)
        ]  # fmt: skip
