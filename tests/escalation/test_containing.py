"""Acting alone, with a second person in time."""

from datetime import timedelta

import pytest

from assize.enforcement import service as enforcement
from assize.enforcement.errors import AlreadyInForce, NotContainable
from assize.enforcement.models import EffectKind, EnforcementState
from assize.enforcement.store import plans
from assize.escalation import service, store
from assize.escalation.errors import (
    NotOpen,
    SecondMustDiffer,
)
from assize.escalation.models import ContainmentState
from assize.escalation.service import containing
from assize.workforce.models import SYSTEM, PrincipalKind, Role
from builders.enforcement import a_policy_of_actions, decided, effects_about, enforced, facts_of, known
from builders.escalation import ADA, LENA
from builders.review import AT, a_reviewer, a_task, acting


class TestContaining:
    @pytest.fixture(autouse=True)
    def _policy(self, tx):
        a_policy_of_actions(tx)
        known(tx, ADA)

    def contained(self, tx, action="suspend-account", who=ADA):
        task = a_task(tx, "CSE-1", account="acc-1")
        with acting(tx, who) as mine:
            return service.contain(
                mine,
                case_id=task.case_id,
                action_id=action,
                target_level="account",
                target_id=task.subject_id,
                reason="at once",
                at=AT,
            )

    def test_acts_at_once_without_waiting_for_anybody(self, tx):
        made = self.contained(tx)

        plan = plans.by_id(tx, made.id)
        assert plan.state is EnforcementState.ISSUED
        assert effects_about(tx, made.id)[EffectKind.APPLY].due_at == AT
        assert made.approval_due_at == AT + timedelta(hours=1)
        assert plan.strike_weight == 0.0

    @pytest.mark.parametrize(
        ("action", "who"),
        [
            ("revoke-api-key", ADA),
            ("no-such-action", ADA),
            ("suspend-account", a_reviewer("bot", roles=(Role.EXPERT,), kind=PrincipalKind.MACHINE)),
        ],
        ids=["irreversible", "unknown", "a machine"],
    )
    def test_is_only_for_people_and_reversible_actions(self, tx, action, who):
        with pytest.raises(NotContainable):
            self.contained(tx, action, who)

    def test_stays_when_a_second_person_approves_within_the_hour(self, tx):
        made = self.contained(tx)
        with pytest.raises(SecondMustDiffer), acting(tx, ADA) as mine:
            service.second(mine, containment_id=made.id, at=AT)

        with acting(tx, LENA) as theirs:
            seconded = service.second(theirs, containment_id=made.id, at=AT + timedelta(minutes=59))

        assert (seconded.state, seconded.seconded_by) == (ContainmentState.SECONDED, LENA.id)
        assert plans.by_id(tx, made.id).state is EnforcementState.ISSUED

    def test_is_too_late_past_the_hour(self, tx):
        made = self.contained(tx)

        with pytest.raises(NotOpen), acting(tx, LENA) as theirs:
            service.second(theirs, containment_id=made.id, at=AT + timedelta(hours=1))

    def test_is_in_force_once(self, tx):
        made = self.contained(tx)

        with pytest.raises(AlreadyInForce) as told:
            self.contained(tx)

        assert told.value.facts["enforcement_id"] == made.id

    def test_becomes_the_decisions_own_when_one_asks_for_the_same(self, tx):
        task = a_task(tx, "HAR-1", account="acc-1")
        with acting(tx, ADA) as mine:
            made = service.contain(
                mine, case_id=task.case_id, action_id="suspend-account", target_level="account",
                target_id=task.subject_id, reason="at once", at=AT,
            )  # fmt: skip

        decision = decided(tx, "suspend-account", task=task, who=LENA)
        (plan,) = enforced(tx, decision)

        assert plan.id == made.id
        assert (plan.decision_id, plan.containment, plan.approved_by) == (decision.id, False, ADA.id)
        assert not enforcement.lapse(tx, enforcement_id=made.id, at=AT + timedelta(hours=1))


class TestLapse:
    def test_reverses_what_nobody_seconded_and_flags_it(self, fresh_database):
        with fresh_database.transaction(SYSTEM) as tx:
            a_policy_of_actions(tx)
            known(tx, ADA)
            made = TestContaining().contained(tx)
        assert containing.end_due(fresh_database, limit=5, at=AT + timedelta(minutes=59)) == 0

        lapsed = containing.end_due(fresh_database, limit=5, at=AT + timedelta(hours=1))

        with fresh_database.transaction(SYSTEM) as tx:
            assert lapsed == 1
            assert store.containment(tx, made.id).state is ContainmentState.LAPSED
            assert plans.by_id(tx, made.id).state is EnforcementState.CANCELLED, "no worker had sent it"
        assert len(facts_of(fresh_database, "ContainmentLapsed")) == 1
