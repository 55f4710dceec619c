"""What comes back by itself, what a pack must fit, and what is forgotten."""

from datetime import timedelta

import pytest

from assize.enforcement import service
from assize.enforcement.models import (
    EffectKind,
    EffectState,
    NoticeState,
)
from assize.enforcement.models.instead import WatchState
from assize.enforcement.store import instead, standing
from assize.intake import service as intake
from assize.kernel.ids import ActionId
from assize.policy import service as policy
from assize.policy.models import ActionSpec, Impact
from assize.triage import service as triage
from assize.workforce.models import SYSTEM
from builders.enforcement import a_policy_of_actions, decided, disposed, effects_about, enforced, facts_of
from builders.review import AT, DispositionKind, TargetLevel, a_reviewer, acting, an_event, event_of, subject_at
from builders.triage import a_pack


def watching(database, *triggers):
    with database.transaction(SYSTEM) as tx:
        a_policy_of_actions(tx)
        decision = decided(
            tx,
            clean=True,
            dispositions=lambda task: [
                disposed(
                    DispositionKind.WATCH,
                    TargetLevel.ACCOUNT,
                    subject_at(tx, task, "account"),
                    until=(AT + timedelta(days=7)).date(),
                    triggers=triggers,
                )
            ],
        )
        enforced(tx, decision)
    return decision


class TestWatches:
    def test_come_back_by_their_date_once_and_reopen_the_case(self, fresh_database):
        decision = watching(fresh_database, "new_case")

        early = service.sweep(fresh_database, limit=5, at=AT + timedelta(days=6))
        due = service.sweep(fresh_database, limit=5, at=AT + timedelta(days=7))
        again = service.sweep(fresh_database, limit=5, at=AT + timedelta(days=8))

        assert (early.any, due.watches, again.any) == (0, 1, 0)
        assert facts_of(fresh_database, "WatchDue")[0]["body"]["because"] == "date"
        with fresh_database.transaction(SYSTEM) as tx:
            assert triage.case(tx, decision.case_id).state == "open"
            assert instead.watches(tx, state=WatchState.DUE, limit=5)

    def test_come_back_when_the_subject_does_something(self, fresh_database):
        watching(fresh_database, "new_event")
        assert service.sweep(fresh_database, limit=5, at=AT + timedelta(days=1)).any == 0
        with fresh_database.transaction(SYSTEM) as tx:
            an_event(tx, "hello", account="acc-1", conversation="con-9", at=AT + timedelta(days=1))

        assert service.sweep(fresh_database, limit=5, at=AT + timedelta(days=2)).watches == 1
        assert facts_of(fresh_database, "WatchDue")[0]["body"]["because"] == "new_event"


class TestNotices:
    def test_leave_by_the_sweep(self, fresh_database):
        with fresh_database.transaction(SYSTEM) as tx:
            a_policy_of_actions(tx)
            (plan,) = enforced(tx, decided(tx, "warn"))
            with acting(tx, a_reviewer()) as mine:
                service.hold(
                    mine, enforcement_id=plan.id, basis="ongoing inquiry", until=AT + timedelta(hours=3), at=AT
                )

        swept = service.sweep(fresh_database, limit=5, at=AT + timedelta(hours=3))

        assert swept.notices == 1
        with fresh_database.transaction(SYSTEM) as tx:
            assert standing.notice(tx, plan.id).state is NoticeState.SENT
            assert effects_about(tx, plan.id)[EffectKind.NOTICE].state is EffectState.WAITING


class TestPacks:
    @pytest.fixture(autouse=True)
    def _plug_ins(self, tx):
        a_policy_of_actions(tx)

    def spec(self, action_id, levels=("account",), *, reversible=True):
        return ActionSpec(
            id=ActionId(action_id), title="T", target_levels=levels, impact=Impact.LOW, reversible=reversible
        )

    def test_of_the_starter_can_be_carried_out_here(self):
        assert list(service.check_actions(policy.load("starter"))) == []

    @pytest.mark.parametrize(
        ("action_id", "levels", "says"),
        [
            ("vaporise", ("account",), "no plug-in"),
            ("revoke-api-key", ("api_key",), "can't undo it"),
            ("block-content", ("organisation",), "level organisation"),
        ],
    )
    def test_are_told_what_cannot_be(self, action_id, levels, says):
        (problem,) = service.check_actions(a_pack(actions=(self.spec(action_id, levels),)))

        assert says in problem.message


class TestForgetting:
    def test_takes_what_people_wrote_about_a_case_with_its_content(self, tx):
        a_policy_of_actions(tx)
        decision = decided(
            tx,
            clean=True,
            dispositions=lambda task: [
                disposed(
                    DispositionKind.SAFEGUARD_DEFECT,
                    TargetLevel.CONTENT,
                    event_of(tx, task),
                    defect="words of a reviewer",
                )
            ],
        )
        enforced(tx, decision)
        (joined,) = triage.events_of_case(tx, case_id=decision.case_id)

        intake.erase(tx, event_ids=[joined.event_id], reason="asked", at=AT + timedelta(days=1))

        (defect,) = instead.defects(tx, state=None, before=None, limit=5)
        assert defect.note is None
