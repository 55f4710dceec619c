"""Surge levers: pulled for a time by whoever may, in force by the clock."""

from datetime import timedelta

import pytest

from assize.kernel import clock
from assize.workforce import service
from assize.workforce.errors import AlreadyPulled, BadPull, NoSuchLever, NotAllowed, NotYourLever
from assize.workforce.models import SYSTEM, Role
from builders.review import a_reviewer

LEAD = a_reviewer("lea", roles=(Role.OPERATIONS_MANAGER,))
HOUR = timedelta(hours=1)


def pulled(database, lever="regroup", *, reach=None, hours=2.0, at, who=LEAD):
    with database.transaction(who) as tx:
        return service.pull_lever(tx, lever=lever, reach=reach, hours=hours, reason="a flood", at=at)


def in_force(database, at):
    with database.transaction(SYSTEM) as tx:
        found = [one.lever for one in service.levers_in_force(tx, at=at)]
    assert found == [one.lever for one in service.levers_now(database, at=at)]
    return found


class TestSurgeInForce:
    def test_is_asked_by_lever_and_what_it_is_pulled_for(self, fresh_database):
        at = clock.now()
        pulled(fresh_database, "relax-targets", reach="general", at=at)

        with fresh_database.transaction(SYSTEM) as tx:
            assert service.surge_in_force(tx, lever="relax-targets", reach="general", at=at)
            assert not service.surge_in_force(tx, lever="relax-targets", reach="grave", at=at)
            assert not service.surge_in_force(tx, lever="relax-targets", reach="general", at=at + 2 * HOUR)
            with pytest.raises(NoSuchLever):
                service.surge_in_force(tx, lever="relax-target", reach="general", at=at)

    def test_of_a_moment_that_is_past_is_told_as_it_was(self, fresh_database):
        at = clock.now()
        pull = pulled(fresh_database, "audit-floor", at=at)
        with fresh_database.transaction(LEAD) as tx:
            service.end_lever(tx, pull_id=pull.id, at=at + HOUR / 2)

        with fresh_database.transaction(SYSTEM) as tx:
            found = [
                service.lever_was_pulled(tx, lever="audit-floor", at=at + part * HOUR) for part in (-0.1, 0, 0.4, 0.6)
            ]

        assert found == [False, True, True, False]


class TestLevers:
    def test_are_in_force_from_pull_to_end_by_the_clock_alone(self, fresh_database):
        at = clock.now()

        pulled(fresh_database, at=at)

        assert in_force(fresh_database, at) == ["regroup"]
        assert in_force(fresh_database, at + 2 * HOUR - timedelta(seconds=1)) == ["regroup"]
        assert in_force(fresh_database, at + 2 * HOUR) == []

    def test_are_written_down_as_ended_once(self, fresh_database):
        at = clock.now()
        pulled(fresh_database, at=at)

        assert service.sweep_levers(fresh_database, at=at + HOUR) == 0
        assert service.sweep_levers(fresh_database, at=at + 2 * HOUR) == 1
        assert service.sweep_levers(fresh_database, at=at + 3 * HOUR) == 0
        with fresh_database.transaction(SYSTEM) as tx:
            (one,) = service.levers_pulled(tx)
            kinds = [row["kind"] for row in tx.rows("select kind from platform.fact order by id")]
        assert (one.ended_at, one.ended_by) == (at + 2 * HOUR, None)
        assert kinds == ["LeverPulled", "LeverEnded"]

    def test_end_early_at_once(self, fresh_database):
        at = clock.now()
        made = pulled(fresh_database, at=at)
        assert in_force(fresh_database, at) == ["regroup"]

        with fresh_database.transaction(LEAD) as tx:
            service.end_lever(tx, pull_id=made.id, at=at + timedelta(minutes=1))

        assert in_force(fresh_database, at + timedelta(minutes=1)) == []
        with pytest.raises(NoSuchLever), fresh_database.transaction(LEAD) as tx:
            service.end_lever(tx, pull_id=made.id, at=at)

    def test_can_be_pulled_again_once_they_are_over_though_nothing_swept(self, fresh_database):
        at = clock.now()
        pulled(fresh_database, at=at)

        with pytest.raises(AlreadyPulled):
            pulled(fresh_database, at=at + HOUR)
        pulled(fresh_database, at=at + 2 * HOUR)

        assert in_force(fresh_database, at + 2 * HOUR) == ["regroup"]

    @pytest.mark.parametrize(
        ("lever", "reach", "hours", "error"),
        [
            ("nothing", None, 1, NoSuchLever),
            ("regroup", None, 13, BadPull),
            ("regroup", None, 0.01, BadPull),
            ("freeze-rule", "", 1, BadPull),
        ],
    )
    def test_refuse_what_was_not_approved_beforehand(self, fresh_database, lever, reach, hours, error):
        with pytest.raises(error):
            pulled(fresh_database, lever, reach=reach, hours=hours, at=clock.now())

    def test_are_for_those_who_may(self, fresh_database):
        with pytest.raises(NotAllowed):
            pulled(fresh_database, who=a_reviewer(roles=(Role.EXPERT,)), at=clock.now())
        with pytest.raises(NotYourLever):
            pulled(fresh_database, who=SYSTEM, at=clock.now())
