"""What is shown to whom, and who may do what."""

import pytest

from assize.enforcement import service
from assize.enforcement.models import (
    AppealState,
)
from assize.enforcement.store import standing
from assize.kernel.actor import Scope
from assize.workforce.errors import NotAllowed
from assize.workforce.models import Role, SearchScope, ViewProfile
from builders.enforcement import (
    a_policy_of_actions,
    decided,
    enforced,
)
from builders.review import AT, a_reviewer, acting

LEAD = a_reviewer("lena", roles=(Role.EXPERT,))
OTHER = a_reviewer("omar", roles=(Role.EXPERT,))


@pytest.fixture(autouse=True)
def policy(request):
    if "tx" in request.fixturenames:
        a_policy_of_actions(request.getfixturevalue("tx"))


def strikes(tx, decision):
    return [one for one in standing.strikes_of(tx, decision.subject_id) if one.removed_at is None]


class TestReading:
    def test_masks_the_target_for_whom_subjects_are_masked(self, tx):
        decision = decided(tx, "suspend-account")
        enforced(tx, decision)
        vendor = a_reviewer(
            "vera", roles=(Role.VENDOR_ANALYST,), view=ViewProfile(masked_fields=frozenset({"subject"}))
        )

        with acting(tx, vendor) as theirs:
            (plan,) = service.enforcements(theirs, case_id=decision.case_id)
            found = service.effects(theirs, case_id=decision.case_id)

        assert "acc-1" not in repr(plan)
        assert "acc-1" not in repr(found)

    def test_lists_nothing_at_large_for_whom_search_is_narrow(self, tx):
        narrow = a_reviewer("nora", view=ViewProfile(search_scope=SearchScope.OWN))

        for listing in (service.enforcements, service.effects, service.deliveries, service.appeals, service.defects):
            with pytest.raises(Exception, match="case_id"), acting(tx, narrow) as theirs:
                listing(theirs)

    def test_shows_nothing_of_a_case_one_may_not_see(self, tx):
        cleared = a_reviewer(scope=Scope(compartments=frozenset({"vip"})))
        decision = decided(tx, "suspend-account", restriction="vip", who=cleared)
        enforced(tx, decision)

        with acting(tx, a_reviewer("nosy", roles=(Role.EXPERT,))) as theirs:
            assert service.enforcements(theirs) == []
            assert service.effects(theirs) == []
            assert service.deliveries(theirs) == []
            assert service.held_notices(theirs) == []


class TestTheMeasures:
    def test_count_every_case_and_time_only_those_under_no_need_to_know(self, tx):
        cleared = a_reviewer(scope=Scope(compartments=frozenset({"vip"})))
        enforced(tx, decided(tx, "suspend-account"))
        enforced(tx, decided(tx, "suspend-account", restriction="vip", who=cleared, conversation="con-2"))
        before = service.levels(tx)
        tx.run(
            "update enforcement.effect e set state = 'confirmed', confirmed_at = now(), "
            "event_at = now() - case when c.restriction is null then 60 else 999 end * interval '1 second' "
            "from triage.case c where c.id = e.case_id and e.kind = 'apply'"
        )

        found = service.levels(tx)

        assert before["enforcement_effects_waiting"] == 4.0
        assert found["enforcement_confirmed_last_day"] == 1.0
        assert found["enforcement_seconds_to_confirmed_longest"] == 60.0


class TestRights:
    @pytest.mark.parametrize(
        "call",
        [
            pytest.param(service.enforcements, id="read"),
            pytest.param(lambda tx: service.approve(tx, enforcement_id="enf_1", at=AT), id="approve"),
            pytest.param(lambda tx: service.lift(tx, enforcement_id="enf_1", reason="x", at=AT), id="lift"),
            pytest.param(lambda tx: service.confirm(tx, effect_id="eff_1", at=AT), id="confirm"),
            pytest.param(lambda tx: service.redeliver(tx, delivery_id="dlv_1", at=AT), id="redeliver"),
            pytest.param(
                lambda tx: service.hear(tx, appeal_id="app_1", outcome=AppealState.UPHELD, reason="x", at=AT), id="hear"
            ),
            pytest.param(
                lambda tx: service.lodge(tx, enforcement_id="enf_1", external_id="x", statement="x", at=AT), id="lodge"
            ),
        ],
    )
    def test_are_checked_by_every_use_case(self, tx, call):
        nobody = a_reviewer("nobody", roles=())

        with pytest.raises(NotAllowed), acting(tx, nobody) as theirs:
            call(theirs)
