"""Saved searches: mine, my team's, renamed, pinned, deleted."""

import pytest

from assize.kernel.ids import TeamId
from assize.review import service
from assize.review.errors import BadRequest, NameTaken, NoSuchView
from assize.review.logic import wanted_from
from builders.review import AT, a_reviewer, acting

ADA, BOB = a_reviewer("ada", team_id=TeamId("team_a")), a_reviewer("bob", team_id=TeamId("team_a"))
EVE, SOLO = a_reviewer("eve", team_id=TeamId("team_b")), a_reviewer("solo")
WANTED = wanted_from({"clause": "HAR-1", "text": "a b"})


def saved(tx, who=ADA, name="Mine", **given):
    with acting(tx, who) as mine:
        return service.save_view(mine, name=name, wanted=WANTED, at=AT, **given)


def seen(tx, who):
    with acting(tx, who) as mine:
        return [(one.name, one.mine) for one in service.saved_views(mine)]


class TestSavedSearch:
    def test_is_its_address_under_a_name(self, tx):
        view = saved(tx, name="  Under   pressure ")

        assert (view.name, view.address) == ("Under pressure", "text=a+b&clause=HAR-1")
        assert seen(tx, ADA) == [("Under pressure", True)]

    def test_is_shared_with_the_team_and_nobody_else(self, tx):
        saved(tx, name="Ours", shared=True)
        saved(tx, name="Mine")

        assert seen(tx, BOB) == [("Ours", False)]
        assert seen(tx, EVE) == []

    def test_is_not_shared_by_whoever_has_no_team(self, tx):
        with pytest.raises(BadRequest):
            saved(tx, SOLO, shared=True)
        saved(tx, SOLO)

        assert seen(tx, SOLO) == [("Mine", True)]

    def test_is_changed_and_deleted_by_whoever_saved_it(self, tx):
        view = saved(tx, shared=True)

        with acting(tx, BOB) as mine:
            for change in (
                lambda: service.change_view(mine, view_id=view.id, name="Theirs", at=AT),
                lambda: service.drop_view(mine, view_id=view.id, at=AT),
            ):
                with pytest.raises(NoSuchView):
                    change()
        with acting(tx, ADA) as mine:
            service.change_view(mine, view_id=view.id, name="Renamed", pinned=False, shared=False, at=AT)
            (found,) = service.saved_views(mine)
            service.drop_view(mine, view_id=view.id, at=AT)

        assert (found.name, found.pinned, found.shared, found.address) == ("Renamed", False, False, view.address)
        assert seen(tx, ADA) == []

    def test_has_a_name_of_its_own(self, tx):
        saved(tx)

        with pytest.raises(NameTaken), tx.savepoint():
            saved(tx)
        for name in (" ", "x" * 81):
            with pytest.raises(BadRequest):
                saved(tx, name=name)
