"""Whether a pack's actions can be carried out here."""

from collections.abc import Iterator

from assize.enforcement.errors import UnknownAction
from assize.enforcement.ports import action_for, actions
from assize.policy.models import Pack, Problem
from assize.policy.ports import attach_check


def check_actions(pack: Pack) -> Iterator[Problem]:
    """Tell every action that no plug-in carries out, can't undo though it should, or can't do to a level it names.

    Says nothing where no plug-in is attached at all: then nothing is carried out here.
    """
    if not actions():
        return
    for spec in pack.actions:
        about = f"action:{spec.id}"
        try:
            action = action_for(spec.id)
        except UnknownAction as error:
            yield pack.problem(about, error.message)
            continue
        if spec.reversible and not action.reversible:
            yield pack.problem(about, f"it is declared reversible, but the plug-in {action.id} can't undo it")
        for level in sorted(set(spec.target_levels) - action.levels):
            yield pack.problem(about, f"the plug-in {action.id} can't be done to a target of level {level}")


attach_check("actions", check_actions)
