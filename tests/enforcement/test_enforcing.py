"""From a decision that stands to effects, strikes and notices; and what happens instead of enforcement."""

from datetime import timedelta

import pytest

from assize.enforcement import service
from assize.enforcement.errors import NotWaiting, SecondPersonNeeded
from assize.enforcement.models import (
    EffectKind,
    EffectState,
    EnforcementState,
    NoticeState,
    Target,
)
from assize.enforcement.models.instead import WatchState
from assize.enforcement.store import instead, standing
from assize.review.models import DispositionKind, TargetLevel
from assize.triage import service as triage
from assize.workforce.models import PrincipalKind, Role
from builders.enforcement import (
    a_policy_of_actions,
    decided,
    disposed,
    effects_about,
    enforced,
    facts_in,
)
from builders.review import AT, a_machine, a_reviewer, a_task, acting, event_of, subject_at

LEAD = a_reviewer("lena", roles=(Role.EXPERT,))
OTHER = a_reviewer("omar", roles=(Role.EXPERT,))


@pytest.fixture(autouse=True)
def policy(request):
    if "tx" in request.fixturenames:
        a_policy_of_actions(request.getfixturevalue("tx"))


def strikes(tx, decision):
    return [one for one in standing.strikes_of(tx, decision.subject_id) if one.removed_at is None]


class TestEnforce:
    def test_plans_the_action_on_the_platforms_own_id_and_waits_for_the_grace_time(self, tx):
        decision = decided(tx, "suspend-account", params={"days": 3})

        (plan,) = enforced(tx, decision)

        effect = effects_about(tx, plan.id)[EffectKind.APPLY]
        assert plan.state is EnforcementState.ISSUED
        assert plan.target == Target(level="account", ref="acc-1")
        assert plan.sentence == "The account can't use the platform for 3 days."
        assert effect.due_at == decision.effective_at > decision.decided_at
        assert effect.data["order"]["do"] == "suspend"
        assert effect.data["effect_id"] == effect.id

    def test_done_twice_does_nothing_twice(self, tx):
        decision = decided(tx, "suspend-account")

        first, second = enforced(tx, decision), enforced(tx, decision)

        assert first == second
        assert len(strikes(tx, decision)) == 1
        assert len(facts_in(tx, "EnforcementPlanned")) == 1

    def test_on_test_traffic_writes_a_null_effect_and_nothing_else(self, tx):
        decision = decided(tx, "suspend-account", "warn", test=True)

        found = enforced(tx, decision)

        assert {plan.state for plan in found} == {EnforcementState.NULL}
        for plan in found:
            made = effects_about(tx, plan.id)
            assert [(kind, one.state) for kind, one in made.items()] == [(EffectKind.APPLY, EffectState.NULL)]
            assert standing.notice(tx, plan.id).state is NoticeState.CANCELLED
        assert strikes(tx, decision) == []

    def test_keeps_what_cannot_be_carried_out_for_a_person(self, tx):
        decision = decided(tx, "suspend-account", params={"days": 4000})

        (plan,) = enforced(tx, decision)

        assert plan.state is EnforcementState.BLOCKED
        assert "days" in plan.problem
        assert effects_about(tx, plan.id) == {}

    def test_sends_no_content_of_the_conversation(self, tx):
        decision = decided(tx, "suspend-account", text="insultword zebracrossing")

        (plan,) = enforced(tx, decision)

        sent = [str(one.data) for one in effects_about(tx, plan.id).values()]
        assert len(sent) == 2
        assert not any("zebra" in one for one in sent)

    def test_says_the_reasons_in_words(self, tx):
        decision = decided(tx, "suspend-account")

        (plan,) = enforced(tx, decision)

        text = standing.notice(tx, plan.id).text
        assert 'clause HAR-1 "Clause HAR-1" of the usage policy "test", version 1' in text
        assert "How it was decided: by a person. It was found without automated means." in text
        assert "If you disagree" in text
        assert effects_about(tx, plan.id)[EffectKind.NOTICE].data["order"]["text"] == text

    def test_watches_an_organisation_that_has_time_to_cure(self, tx):
        task = a_task(tx, "HAR-1", account="acc-1", organisation="org-1")
        organisation = subject_at(tx, task, "organisation")
        decision = decided(
            tx,
            task=task,
            dispositions=lambda _: [
                disposed(DispositionKind.ENFORCE, TargetLevel.ORGANISATION, organisation, "notify-and-cure")
            ],
        )

        enforced(tx, decision)

        (watch,) = instead.watches(tx, state=WatchState.RUNNING, limit=5)
        assert watch.until == decision.effective_at + timedelta(days=14)


class TestSecondPerson:
    def test_is_waited_for_where_the_impact_is_high(self, tx):
        (plan,) = enforced(tx, decided(tx, "ban-account"))

        assert plan.state is EnforcementState.AWAITING_APPROVAL
        assert effects_about(tx, plan.id) == {}

    def test_lets_it_go_ahead_from_now(self, tx):
        decision = decided(tx, "ban-account")
        (plan,) = enforced(tx, decision)
        later = AT + timedelta(hours=2)

        with acting(tx, LEAD) as theirs:
            approved = service.approve(theirs, enforcement_id=plan.id, at=later)
            again = service.approve(theirs, enforcement_id=plan.id, at=later)

        assert approved == again
        assert approved.state is EnforcementState.ISSUED
        assert effects_about(tx, plan.id)[EffectKind.APPLY].due_at == later
        assert [one.weight for one in strikes(tx, decision)] == [8.0]

    def test_is_never_the_one_who_decided(self, tx):
        (plan,) = enforced(tx, decided(tx, "ban-account", who=LEAD))

        with pytest.raises(SecondPersonNeeded), acting(tx, LEAD) as theirs:
            service.approve(theirs, enforcement_id=plan.id, at=AT)

    @pytest.mark.parametrize("kind", [PrincipalKind.MACHINE, PrincipalKind.KEY, PrincipalKind.SYSTEM])
    def test_is_a_person(self, tx, kind):
        (plan,) = enforced(tx, decided(tx, "ban-account"))

        with (
            pytest.raises(SecondPersonNeeded),
            acting(tx, a_reviewer("bot", roles=(Role.EXPERT,), kind=kind)) as theirs,
        ):
            service.approve(theirs, enforcement_id=plan.id, at=AT)

    def test_may_say_no_and_then_nothing_is_done(self, tx):
        decision = decided(tx, "ban-account")
        (plan,) = enforced(tx, decision)

        with acting(tx, LEAD) as theirs:
            refused = service.refuse(theirs, enforcement_id=plan.id, reason="too much", at=AT)

        assert refused.state is EnforcementState.REFUSED
        assert strikes(tx, decision) == []
        with pytest.raises(NotWaiting), acting(tx, OTHER) as others:
            service.approve(others, enforcement_id=plan.id, at=AT)

    def test_is_needed_for_what_a_machine_decided_as_well(self, tx):
        (plan,) = enforced(tx, decided(tx, "ban-account", who=a_machine(tx)))

        assert plan.by_machine
        assert plan.state is EnforcementState.AWAITING_APPROVAL


class TestStrikes:
    def test_one_decision_is_one_strike_the_heaviest_of_its_actions(self, tx):
        decision = decided(tx, "warn", "suspend-account")

        enforced(tx, decision)

        assert [one.weight for one in strikes(tx, decision)] == [4.0]

    def test_are_counted_for_rules_and_recommend_by_the_ladder(self, tx):
        decision = decided(tx, "suspend-account")
        enforced(tx, decision)

        found = service.standing_of(tx, subject_id=decision.subject_id, at=AT)

        assert found.points == pytest.approx(4.0)
        assert found.recommended == "suspend-account"

    def test_are_not_given_for_blocking_content(self, tx):
        decision = decided(
            tx,
            dispositions=lambda task: [
                disposed(DispositionKind.ENFORCE, TargetLevel.CONTENT, event_of(tx, task), "block-content")
            ],
        )

        (plan,) = enforced(tx, decision)

        assert plan.target.ref.startswith("event-")
        assert strikes(tx, decision) == []


class TestInstead:
    def support(self, tx, **more):
        return decided(
            tx,
            clean=True,
            dispositions=lambda task: [
                disposed(DispositionKind.SUPPORT, TargetLevel.ACCOUNT, subject_at(tx, task, "account"), **more)
            ],
            region="us",
        )

    def test_support_is_offered_by_locale_and_never_strikes(self, tx):
        decision = self.support(tx)

        assert enforced(tx, decision) == []

        (offered,) = instead.supports(tx, case_id=decision.case_id, limit=5)
        effect = effects_about(tx, offered.id)[EffectKind.SUPPORT]
        assert (offered.locale, offered.minor, offered.state) == ("US", False, EffectState.WAITING)
        assert [one["name"] for one in effect.data["order"]["resources"]] == ["A line of help"]
        assert strikes(tx, decision) == []
        assert facts_in(tx, "StrikeGiven") == []

    def test_support_for_a_minor_takes_the_path_for_minors(self, tx):
        decision = self.support(tx, params={"minor": True})

        enforced(tx, decision)

        (offered,) = instead.supports(tx, case_id=decision.case_id, limit=5)
        order = effects_about(tx, offered.id)[EffectKind.SUPPORT].data["order"]
        assert order["minor"] is True
        assert [one["name"] for one in order["resources"]] == ["A line for the young", "A line of help"]

    def test_support_knows_a_minor_by_what_the_platform_sent(self, tx):
        decision = decided(
            tx,
            clean=True,
            dispositions=lambda task: [
                disposed(DispositionKind.SUPPORT, TargetLevel.ACCOUNT, subject_at(tx, task, "account"))
            ],
            attributes={"age_band": "minor"},
        )

        enforced(tx, decision)

        assert instead.supports(tx, case_id=decision.case_id, limit=5)[0].minor

    def test_a_safeguard_defect_goes_to_a_list_of_its_own(self, tx):
        decision = decided(
            tx,
            clean=True,
            dispositions=lambda task: [
                disposed(
                    DispositionKind.SAFEGUARD_DEFECT,
                    TargetLevel.ACCOUNT,
                    subject_at(tx, task, "account"),
                    defect="answered what it should have refused",
                )
            ],
        )

        assert enforced(tx, decision) == []
        enforced(tx, decision)

        (defect,) = instead.defects(tx, state=None, before=None, limit=5)
        assert defect.note == "answered what it should have refused"
        assert facts_in(tx, "SafeguardDefectFound")[0]["case_id"] == decision.case_id

    def test_a_request_says_what_is_missing_whose_it_is_and_by_when(self, tx):
        due = AT + timedelta(days=2)
        decision = decided(
            tx,
            clean=True,
            dispositions=lambda task: [
                disposed(
                    DispositionKind.REQUEST_INFORMATION,
                    TargetLevel.ACCOUNT,
                    subject_at(tx, task, "account"),
                    missing="proof of the profession",
                    owner="rev_lena",
                    due_at=due,
                )
            ],
        )

        enforced(tx, decision)

        (request,) = instead.requests(tx, state=None, limit=5)
        assert (request.missing, request.owner, request.due_at) == ("proof of the profession", "rev_lena", due)

    def watching(self, tx):
        return decided(
            tx,
            clean=True,
            dispositions=lambda task: [
                disposed(
                    DispositionKind.WATCH,
                    TargetLevel.ACCOUNT,
                    subject_at(tx, task, "account"),
                    until=(AT + timedelta(days=7)).date(),
                    triggers=("new_case", "new_event"),
                )
            ],
        )

    def test_a_watch_comes_back_when_the_subject_has_a_new_case(self, tx):
        decision = self.watching(tx)
        enforced(tx, decision)
        assert triage.case(tx, decision.case_id).state == "decided"

        service.case_opened(tx, case_id="case_other", subject_id=decision.subject_id, at=AT + timedelta(days=1))

        assert facts_in(tx, "WatchDue")[0]["because"] == "new_case"
        assert triage.case(tx, decision.case_id).state == "open"
