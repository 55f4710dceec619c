"""Taking back, appealing, and keeping notices back."""

from datetime import timedelta

import pytest

from assize.enforcement import service
from assize.enforcement.errors import SecondPersonNeeded
from assize.enforcement.models import (
    AppealState,
    EffectKind,
    EffectState,
    EnforcementState,
    NoticeState,
)
from assize.enforcement.store import plans, standing
from assize.review import service as review
from assize.workforce.models import Role
from builders.enforcement import (
    a_policy_of_actions,
    decided,
    effects_about,
    enforced,
    facts_in,
    leave,
)
from builders.review import AT, a_reviewer, acting, kept_out

LEAD = a_reviewer("lena", roles=(Role.EXPERT,))
OTHER = a_reviewer("omar", roles=(Role.EXPERT,))


@pytest.fixture(autouse=True)
def policy(request):
    if "tx" in request.fixturenames:
        a_policy_of_actions(request.getfixturevalue("tx"))


def strikes(tx, decision):
    return [one for one in standing.strikes_of(tx, decision.subject_id) if one.removed_at is None]


class TestUndo:
    def test_within_the_grace_time_nothing_leaves(self, tx):
        decision = decided(tx, "suspend-account")
        (plan,) = enforced(tx, decision)

        service.undo_decision(tx, decision_id=decision.id, at=AT + timedelta(seconds=5))
        service.undo_decision(tx, decision_id=decision.id, at=AT + timedelta(seconds=6))

        assert plans.by_id(tx, plan.id).state is EnforcementState.CANCELLED
        assert {one.state for one in effects_about(tx, plan.id).values()} == {EffectState.CANCELLED}
        assert EffectKind.UNDO not in effects_about(tx, plan.id)
        assert strikes(tx, decision) == []
        assert standing.notice(tx, plan.id).state is NoticeState.CANCELLED

    def test_of_what_has_left_sends_the_reverse(self, tx):
        decision = decided(tx, "suspend-account")
        (plan,) = enforced(tx, decision)
        leave(tx, decision)

        with acting(tx, LEAD) as theirs:
            lifted = service.lift(theirs, enforcement_id=plan.id, reason="a mistake", at=AT + timedelta(hours=1))

        made = effects_about(tx, plan.id)
        assert lifted.state is EnforcementState.UNDONE
        assert made[EffectKind.UNDO].data["order"]["do"] == "lift_suspension"
        assert made[EffectKind.UNDO].data["order"]["undoes"] == made[EffectKind.APPLY].id
        assert strikes(tx, decision) == []

    def test_between_two_tries_leaves_no_effect_on_its_way(self, tx):
        decision = decided(tx, "suspend-account")
        (plan,) = enforced(tx, decision)
        leave(tx, decision)
        assert effects_about(tx, plan.id)[EffectKind.APPLY].state is EffectState.OUTGOING

        with acting(tx, LEAD) as theirs:
            service.lift(theirs, enforcement_id=plan.id, reason="a mistake", at=AT + timedelta(hours=1))

        made = effects_about(tx, plan.id)
        assert made[EffectKind.APPLY].state is EffectState.CANCELLED
        assert made[EffectKind.UNDO].state is EffectState.WAITING

    def test_leaves_in_force_what_another_case_holds_in_force(self, tx):
        decision, other = decided(tx, "suspend-account"), decided(tx, "suspend-account", conversation="con-2")
        (plan,), (second,) = enforced(tx, decision), enforced(tx, other)
        leave(tx, decision)

        with acting(tx, LEAD) as theirs:
            lifted = service.lift(theirs, enforcement_id=plan.id, reason="a mistake", at=AT + timedelta(hours=1))

        assert lifted.problem == f"still in force by {second.id}"
        assert EffectKind.UNDO not in effects_about(tx, plan.id)

    def test_of_a_decision_that_another_replaces_keeps_what_is_wanted_again(self, tx):
        decision = decided(tx, "suspend-account", "warn")
        enforced(tx, decision)
        with acting(tx, LEAD) as theirs:
            task = review.second_look(theirs, decision_id=decision.id, reason="unsure", at=AT)

        second = decided(tx, "suspend-account", task=task, who=OTHER, at=AT + timedelta(minutes=5))
        found = {plan.action_id: plan for plan in enforced(tx, second)}

        assert second.replaces == decision.id
        assert found["suspend-account"].decision_id == second.id
        assert found["suspend-account"].state is EnforcementState.ISSUED
        assert found["warn"].state is EnforcementState.CANCELLED
        assert len(found) == 2


def replaced(tx, decision, *actions, at=AT + timedelta(minutes=5)):
    """Another decision in place of one, carried out; it takes effect an hour later."""
    with acting(tx, LEAD) as theirs:
        task = review.second_look(theirs, decision_id=decision.id, reason="unsure", at=AT)
    second = decided(tx, *actions, task=task, who=OTHER, at=at, clean=not actions)
    service.enforce(tx, decision_id=second.id, effective_at=at + timedelta(hours=1), replaces=decision.id, at=at)
    return second


def stands_again(tx, decision, undone, *, at=AT + timedelta(minutes=6)):
    """The plans of a decision once the one in its place was undone, those that were taken back apart."""
    service.undo_decision(tx, decision_id=undone.id, restores=decision.id, at=at)
    service.undo_decision(tx, decision_id=undone.id, restores=decision.id, at=at)
    found = plans.of_decision(tx, decision.id)
    return [one for one in found if one.state not in {EnforcementState.CANCELLED, EnforcementState.UNDONE}]


class TestDecisionThatStandsAgain:
    def test_is_carried_out_where_nothing_had_left(self, tx):
        decision = decided(tx, "suspend-account", "warn")
        enforced(tx, decision)
        second = replaced(tx, decision)

        found = stands_again(tx, decision, second)

        assert sorted(one.action_id for one in found) == ["suspend-account", "warn"]
        assert {one.state for one in found} == {EnforcementState.ISSUED}
        assert {effects_about(tx, one.id)[EffectKind.APPLY].state for one in found} == {EffectState.WAITING}
        assert len(strikes(tx, decision)) == 1

    def test_keeps_in_force_what_both_do(self, tx):
        decision = decided(tx, "suspend-account")
        (plan,) = enforced(tx, decision)
        leave(tx, decision)
        second = replaced(tx, decision, "suspend-account")
        assert plans.of_decision(tx, decision.id) == []

        (found,) = stands_again(tx, decision, second)

        assert (found.id, found.state) == (plan.id, EnforcementState.ISSUED)
        assert EffectKind.UNDO not in effects_about(tx, plan.id)
        assert plans.of_decision(tx, second.id) == []

    def test_does_not_let_the_reverse_leave_of_what_was_in_force(self, tx):
        decision = decided(tx, "suspend-account")
        (plan,) = enforced(tx, decision)
        leave(tx, decision)
        second = replaced(tx, decision)
        waiting = effects_about(tx, plan.id)[EffectKind.UNDO]
        assert (waiting.state, waiting.due_at) == (EffectState.WAITING, AT + timedelta(minutes=65))

        (found,) = stands_again(tx, decision, second)

        assert effects_about(tx, plan.id)[EffectKind.UNDO].state is EffectState.CANCELLED
        assert found.state is EnforcementState.ISSUED
        assert effects_about(tx, found.id)[EffectKind.APPLY].state is EffectState.WAITING
        assert len(strikes(tx, decision)) == 1

    def test_does_not_bring_back_what_was_lifted_by_hand(self, tx):
        decision = decided(tx, "suspend-account")
        (plan,) = enforced(tx, decision)
        with acting(tx, LEAD) as theirs:
            service.lift(theirs, enforcement_id=plan.id, reason="a mistake", at=AT + timedelta(minutes=1))
        second = replaced(tx, decision)

        assert stands_again(tx, decision, second) == []


class TestAppeals:
    def lodged(self, tx, *actions):
        decision = decided(tx, *actions or ("suspend-account",))
        plan = enforced(tx, decision)[0]
        leave(tx, decision)
        appeal = service.lodge(
            tx, enforcement_id=plan.id, external_id="their-1", statement="it was not me", at=AT + timedelta(days=1)
        )
        return decision, plan, appeal

    def test_are_lodged_once_by_their_own_id(self, tx):
        _, plan, appeal = self.lodged(tx)

        again = service.lodge(tx, enforcement_id=plan.id, external_id="their-1", statement="again", at=AT)

        assert again.id == appeal.id
        assert len(facts_in(tx, "AppealLodged")) == 1

    def test_are_heard_by_somebody_who_had_no_part_in_it(self, tx):
        decision, _, appeal = self.lodged(tx)

        service.offer_hearing(tx, appeal_id=appeal.id, at=AT + timedelta(days=1))
        service.offer_hearing(tx, appeal_id=appeal.id, at=AT + timedelta(days=1))

        task_id = standing.appeal(tx, appeal.id).task_id
        task = review.task(tx, task_id)
        assert (task.kind, kept_out(tx, task.id), task.about) == (
            "appeal",
            frozenset({decision.reviewer_id}),
            decision.id,
        )
        with pytest.raises(SecondPersonNeeded), acting(tx, a_reviewer(roles=(Role.EXPERT,))) as theirs:
            service.hear(theirs, appeal_id=appeal.id, outcome=AppealState.UPHELD, reason="fine", at=AT)

    @pytest.mark.parametrize(
        ("outcome", "state", "strikes_left", "undone"),
        [
            (AppealState.UPHELD, EnforcementState.ISSUED, 1, False),
            (AppealState.PARTLY, EnforcementState.UNDONE, 1, True),
            (AppealState.OVERTURNED, EnforcementState.UNDONE, 0, True),
        ],
    )
    def test_undo_the_effect_and_the_strike_as_they_end(self, tx, outcome, state, strikes_left, undone):
        decision, plan, appeal = self.lodged(tx)

        with acting(tx, LEAD) as theirs:
            heard = service.hear(
                theirs, appeal_id=appeal.id, outcome=outcome, reason="as I see it", at=AT + timedelta(days=2)
            )

        assert heard.state is outcome
        assert plans.by_id(tx, plan.id).state is state
        assert len(strikes(tx, decision)) == strikes_left
        assert (EffectKind.UNDO in effects_about(tx, plan.id)) == undone
        assert effects_about(tx, appeal.id)[EffectKind.APPEAL_OUTCOME].data["order"]["outcome"] == outcome

    def test_heard_by_a_decision_end_when_its_grace_time_is_over(self, tx):
        decision, plan, appeal = self.lodged(tx)
        at = AT + timedelta(days=2)
        service.offer_hearing(tx, appeal_id=appeal.id, at=at)
        task = review.task(tx, standing.appeal(tx, appeal.id).task_id)

        second = decided(tx, task=task, who=LEAD, clean=True, dispositions=lambda _: [], at=at)
        enforced(tx, second)

        assert standing.appeal(tx, appeal.id).state is AppealState.OPEN, "it can still be taken back"
        conclude(tx, at=second.effective_at)
        assert standing.appeal(tx, appeal.id).state is AppealState.OVERTURNED
        assert plans.by_id(tx, plan.id).state is EnforcementState.UNDONE
        assert strikes(tx, decision) == []

    def test_heard_by_a_decision_for_the_same_stay(self, tx):
        decision, plan, appeal = self.lodged(tx)
        at = AT + timedelta(days=2)
        service.offer_hearing(tx, appeal_id=appeal.id, at=at)
        task = review.task(tx, standing.appeal(tx, appeal.id).task_id)

        second = decided(tx, "suspend-account", task=task, who=LEAD, at=at)
        enforced(tx, second)
        conclude(tx, at=second.effective_at)

        assert standing.appeal(tx, appeal.id).state is AppealState.UPHELD
        assert plans.by_id(tx, plan.id).state is EnforcementState.ISSUED
        assert len(strikes(tx, decision)) == 1
        assert len(plans.listed(tx, case_id=decision.case_id, limit=9)) == 1

    def test_are_open_again_where_the_hearing_was_taken_back(self, tx):
        _, _, appeal = self.lodged(tx)
        at = AT + timedelta(days=2)
        service.offer_hearing(tx, appeal_id=appeal.id, at=at)
        task = review.task(tx, standing.appeal(tx, appeal.id).task_id)
        second = decided(tx, task=task, who=LEAD, clean=True, dispositions=lambda _: [], at=at)
        enforced(tx, second)

        with acting(tx, LEAD) as theirs:
            review.undo(theirs, decision_id=second.id, at=at + timedelta(seconds=5))
        service.undo_decision(tx, decision_id=second.id, at=at + timedelta(seconds=5))
        conclude(tx, at=second.effective_at)

        assert standing.appeal(tx, appeal.id).state is AppealState.OPEN


def conclude(tx, *, at):
    from assize.enforcement.service import appealing  # noqa: PLC0415 - the sweep's own step, in this transaction

    return appealing.conclude_due(tx, limit=10, at=at)


class TestNotices:
    UNTIL = AT + timedelta(days=30)

    def test_are_held_by_a_decision_for_a_day_until_a_second_person_approves(self, tx):
        decision = decided(
            tx, "suspend-account", params={"notice": {"basis": "ongoing inquiry", "until": self.UNTIL.isoformat()}}
        )
        (plan,) = enforced(tx, decision)
        assert EffectKind.NOTICE not in effects_about(tx, plan.id)
        assert standing.notice(tx, plan.id).expires_at == AT + timedelta(days=1)

        with pytest.raises(SecondPersonNeeded), acting(tx, a_reviewer(roles=(Role.EXPERT,))) as theirs:
            service.approve_hold(theirs, enforcement_id=plan.id, at=AT)
        with acting(tx, LEAD) as theirs:
            held = service.approve_hold(theirs, enforcement_id=plan.id, at=AT)

        assert (held.expires_at, held.approved_by) == (self.UNTIL, LEAD.id)

    def test_leave_when_their_time_to_be_held_is_over(self, tx):
        decision = decided(tx, "suspend-account")
        (plan,) = enforced(tx, decision)
        with acting(tx, a_reviewer()) as mine:
            service.hold(mine, enforcement_id=plan.id, basis="ongoing inquiry", until=self.UNTIL, at=AT)
        assert effects_about(tx, plan.id)[EffectKind.NOTICE].state is EffectState.CANCELLED

        from assize.enforcement.service import noticing  # noqa: PLC0415 - the sweep's own step, in this transaction

        assert noticing.release(tx, limit=5, at=AT + timedelta(hours=23)) == 0
        assert noticing.release(tx, limit=5, at=AT + timedelta(hours=24)) == 1

        assert effects_about(tx, plan.id)[EffectKind.NOTICE].state is EffectState.WAITING
        assert standing.notice(tx, plan.id).state is NoticeState.SENT
