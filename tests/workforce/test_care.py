from datetime import UTC, datetime, timedelta

import pytest

from assize.kernel.ids import ClauseId, TeamId
from assize.workforce import service
from assize.workforce.errors import BadRespite, BadTurn, NoSuchReviewer, NoSuchTeam
from assize.workforce.logic import break_until, principal_of, set_aside
from assize.workforce.models import BREAK, Look, Principal, Role, Theme

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
CSE = ClauseId("CSE")


def somebody(tx) -> Principal:
    reviewer_id = service.add_person(tx, name="Ana", email="ana@example.org", roles=[Role.ANALYST], at=AT)
    return principal_of(service.reviewer(tx, reviewer_id))


def again(tx, who: Principal) -> Principal:
    return principal_of(service.reviewer(tx, who.id))


class TestLook:
    def test_is_kept_for_whoever_chose_it(self, tx):
        ana = somebody(tx)
        tx.actor = ana

        service.set_look(tx, look=Look(theme=Theme.DARK, blur=False, text_only=True))

        assert again(tx, ana).look == Look(theme=Theme.DARK, blur=False, text_only=True)

    def test_of_a_key_that_is_nobodys_is_refused(self, tx):
        with pytest.raises(NoSuchReviewer):
            service.set_look(tx, look=Look())


class TestRespites:
    def test_hold_until_their_time_and_no_longer(self, tx):
        ana = somebody(tx)
        tx.actor = ana
        service.set_aside_until(tx, family=CSE, until=AT + timedelta(hours=4), at=AT)
        tx.actor = ana = again(tx, ana)
        service.set_aside_until(tx, family=BREAK, until=AT + timedelta(minutes=15), at=AT)

        found = again(tx, ana)

        assert set_aside(found, at=AT + timedelta(hours=3)) == {CSE}
        assert set_aside(found, at=AT + timedelta(hours=4)) == frozenset()
        assert break_until(found, at=AT) == AT + timedelta(minutes=15)
        assert break_until(found, at=AT + timedelta(minutes=15)) is None

    def test_leave_no_fact_and_no_other_trace(self, tx):
        ana = somebody(tx)
        facts = tx.value("select count(*) from platform.fact")
        tx.actor = ana

        service.set_aside_until(tx, family=CSE, until=AT + timedelta(hours=4), at=AT)
        tx.actor = again(tx, ana)
        service.set_aside_until(tx, family=CSE, until=None, at=AT)

        assert again(tx, ana).respites == {}
        assert tx.value("select count(*) from platform.fact") == facts

    @pytest.mark.parametrize("lasting", [timedelta(0), timedelta(hours=-1), timedelta(hours=17)])
    def test_of_no_length_or_of_days_are_refused(self, tx, lasting):
        tx.actor = somebody(tx)

        with pytest.raises(BadRespite):
            service.set_aside_until(tx, family=CSE, until=AT + lasting, at=AT)


class TestCalmerCases:
    def test_are_what_a_team_wants_for_each_of_its_members(self, tx):
        team = service.add_team(tx, name="Night", vendor=False, at=AT)
        member = service.add_person(tx, name="Ana", email="ana@example.org", roles=[Role.ANALYST], team_id=team, at=AT)
        before = principal_of(service.reviewer(tx, member)).calm_every

        service.set_calm(tx, team_id=team, every=4, at=AT)
        during = principal_of(service.reviewer(tx, member)).calm_every
        service.set_calm(tx, team_id=team, every=None, at=AT)

        assert (before, during) == (None, 4)
        assert principal_of(service.reviewer(tx, member)).calm_every is None
        facts = tx.rows("select kind from platform.fact where thing = %(id)s order by id", {"id": team})
        assert [row["kind"] for row in facts] == ["TeamAdded", "TeamChanged", "TeamChanged"]

    @pytest.mark.parametrize("every", [-1, 0, 1, 21])
    def test_come_no_oftener_than_every_second_and_no_seldomer_than_every_twentieth(self, tx, every):
        team = service.add_team(tx, name="Night", vendor=False, at=AT)

        with pytest.raises(BadTurn):
            service.set_calm(tx, team_id=team, every=every, at=AT)

    def test_of_no_team_are_refused(self, tx):
        with pytest.raises(NoSuchTeam):
            service.set_calm(tx, team_id=TeamId("team_none"), every=3, at=AT)
