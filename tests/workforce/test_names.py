"""Who is shown to whom by name."""

from datetime import UTC, datetime

import pytest

from assize.kernel.ids import ReviewerId, TeamId
from assize.workforce import service
from assize.workforce.logic import is_named_to, principal_of
from assize.workforce.models import Named, Principal, ReviewerKind, Role, SearchScope, ViewProfile

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
OURS, THEIRS = TeamId("team_ours"), TeamId("team_theirs")


def a_reader(tx, scope: SearchScope, *roles: Role, team: TeamId | None = None) -> Principal:
    view = ViewProfile(search_scope=scope)
    reader = service.add_person(
        tx, name="Rae", email="rae@example.org", roles=roles or [Role.ANALYST], view=view, team_id=team, at=AT
    )
    return principal_of(service.reviewer(tx, reader))


def somebody(team: TeamId | None = None, kind: ReviewerKind = ReviewerKind.PERSON) -> Named:
    return Named(id=ReviewerId("rev_bea"), name="Bea", kind=kind, team_id=team)


class TestIsNamed:
    @pytest.mark.parametrize(
        ("scope", "team", "named"),
        [
            pytest.param(SearchScope.ALL, THEIRS, True, id="everybody, to who sees everybody's work"),
            pytest.param(SearchScope.TEAM, OURS, True, id="the team, to who sees its work"),
            pytest.param(SearchScope.TEAM, THEIRS, False, id="nobody of another team"),
            pytest.param(SearchScope.TEAM, None, False, id="nobody without a team"),
            pytest.param(SearchScope.OWN, OURS, False, id="nobody, to who sees their own work only"),
        ],
    )
    def test_to_who_works_with_them(self, tx, scope: SearchScope, team: TeamId | None, named: bool):
        ours = service.add_team(tx, name="Ours", vendor=False, at=AT)
        reader = a_reader(tx, scope, team=ours)
        one = somebody(ours if team == OURS else team)

        assert is_named_to(reader, one) is named

    def test_to_who_may_read_the_list_of_people(self, tx):
        reader = a_reader(tx, SearchScope.OWN, Role.OPERATIONS_MANAGER)

        assert is_named_to(reader, somebody())

    def test_where_it_is_a_machine(self, tx):
        assert is_named_to(a_reader(tx, SearchScope.OWN), somebody(kind=ReviewerKind.MACHINE))


class TestNames:
    def test_tell_oneself_and_leave_the_id_of_whoever_is_not_named(self, tx):
        bea = service.add_person(tx, name="Bea", email="bea@example.org", roles=[Role.ANALYST], at=AT)
        tx.actor = reader = a_reader(tx, SearchScope.OWN)

        found = service.names(tx, [reader.id, bea, "system", "key_1", None, bea])

        assert found == {reader.id: "Rae", bea: bea, "system": "system", "key_1": "key_1"}

    def test_tell_who_rated_in_the_past_where_they_are_asked_for(self, tx):
        rater = service.add_past_rater(tx, name="Rater 7", at=AT)

        assert service.names(tx, [rater]) == {rater: "Rater 7"}
        assert rater not in service.colleagues(tx)
