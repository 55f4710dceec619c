import importlib
import pkgutil
from datetime import timedelta

import pytest

import assize.actions
from assize.enforcement.errors import BadParameter, Irreversible
from assize.enforcement.models import Target
from assize.enforcement.ports import Action, Order, action_for, attach_actions
from builders.enforcement import NOON

ACTIONS: list[Action] = [
    importlib.import_module(f"assize.actions.{module.name}").ACTION
    for module in pkgutil.iter_modules(assize.actions.__path__)
]
BY_ID = {action.id: action for action in ACTIONS}


def an_order(action: Action, level: str | None = None, **params: object) -> Order:
    return Order(
        action_id=action.id, target=Target(level=level or min(action.levels), ref="ref-1"), params=params, at=NOON
    )


class TestEveryAction:
    def test_is_one_of_those_the_product_promises(self):
        assert set(BY_ID) == {
            "warn", "block", "restrict", "suspend", "ban", "revoke", "notify-and-cure", "support",
        }  # fmt: skip

    @pytest.mark.parametrize("action", ACTIONS, ids=lambda one: one.id)
    def test_says_in_one_sentence_what_would_happen(self, action):
        for level in action.levels:
            planned = action.plan(an_order(action, level))

            assert planned.sentence.endswith(".")
            assert len(planned.sentence) < 200

    @pytest.mark.parametrize("action", ACTIONS, ids=lambda one: one.id)
    def test_answers_the_same_for_the_same_order(self, action):
        order = an_order(action)

        assert action.apply(order) == action.apply(order)
        assert action.apply(order)["do"]

    @pytest.mark.parametrize("action", ACTIONS, ids=lambda one: one.id)
    def test_is_undone_or_declared_irreversible(self, action):
        order = an_order(action)

        if action.reversible:
            assert action.undo(order)["do"] != action.apply(order)["do"]
        else:
            with pytest.raises(Irreversible):
                action.undo(order)

    def test_only_revoking_a_key_is_for_ever(self):
        assert [action.id for action in ACTIONS if not action.reversible] == ["revoke"]


class TestParameters:
    @pytest.mark.parametrize(
        ("action", "params", "field"),
        [
            ("suspend", {"days": 0}, "days"),
            ("suspend", {"days": 366}, "days"),
            ("suspend", {"days": "7"}, "days"),
            ("suspend", {"days": True}, "days"),
            ("restrict", {"days": -1}, "days"),
            ("restrict", {"feature": 3}, "feature"),
            ("notify-and-cure", {"cure_days": 91}, "cure_days"),
            ("notify-and-cure", {"measures": ""}, "measures"),
            ("warn", {"message": "x" * 2001}, "message"),
        ],
    )
    def test_are_refused_by_name(self, action, params, field):
        with pytest.raises(BadParameter) as told:
            BY_ID[action].plan(an_order(BY_ID[action], **params))

        assert told.value.facts["field"] == field

    def test_of_a_suspension_give_its_end(self):
        order = an_order(BY_ID["suspend"], "account", days=3)

        assert BY_ID["suspend"].plan(order).until == NOON + timedelta(days=3)
        assert BY_ID["suspend"].apply(order)["until"] == "2026-05-07T12:00:00+00:00"

    def test_of_a_cure_give_the_date_to_come_back(self):
        assert BY_ID["notify-and-cure"].plan(an_order(BY_ID["notify-and-cure"])).until == NOON + timedelta(days=14)


class TestAttaching:
    @pytest.mark.parametrize(
        ("action_id", "plugin"),
        [
            ("suspend", "suspend"),
            ("suspend-account", "suspend"),
            ("block-content", "block"),
            ("notify-and-cure", "notify-and-cure"),
        ],
    )
    def test_finds_the_plug_in_whose_id_begins_the_policys(self, action_id, plugin):
        attach_actions(ACTIONS)

        assert action_for(action_id).id == plugin
