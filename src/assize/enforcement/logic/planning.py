"""What would happen if an action were carried out: checked before anything is written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assize.enforcement.errors import ActionMismatch, BadParameter, WrongTarget
from assize.enforcement.logic.approvals import why_second_person
from assize.enforcement.models import Preview
from assize.enforcement.ports import Action, Order
from assize.kernel.ids import ActionId


@dataclass(frozen=True, kw_only=True)
class Planning:
    """What the policy declares of an action, for the plug-in that carries it out.

    by_clause: whether the clause it is done under asks for a second person whatever the impact.
    """

    title: str
    high_impact: bool
    reversible: bool
    by_clause: bool = False


def plan(action: Action, declared: Planning, order: Order, *, by_machine: bool) -> Preview:
    """Say what an action would do. Raises WrongTarget, ActionMismatch, BadParameter.

    Reversible only where the policy says so and the plug-in can: the more careful of the two counts.
    """
    if any(not _can_be_kept(text) for text in _texts(order.params)):
        raise BadParameter(field="params", reason="it holds a character that can't be kept")
    if order.target.level not in action.levels:
        raise WrongTarget(action_id=order.action_id, level=order.target.level)
    if declared.reversible and not action.reversible:
        raise ActionMismatch(action_id=order.action_id, plugin=action.id)
    planned = action.plan(order)
    why = why_second_person(
        high_impact=declared.high_impact,
        reversible=declared.reversible,
        by_machine=by_machine,
        by_clause=declared.by_clause,
    )
    return Preview(
        action_id=ActionId(order.action_id),
        title=declared.title,
        target=order.target,
        sentence=planned.sentence,
        warnings=planned.warnings,
        needs_second_person=why is not None,
        why_second_person=why,
        reversible=declared.reversible,
        until=planned.until,
    )


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            for name, inner in value.items():
                yield str(name)
                yield from _texts(inner)
        case list() | tuple():
            for inner in value:
                yield from _texts(inner)
        case _:
            pass


def _can_be_kept(text: str) -> bool:
    # PostgreSQL keeps neither NUL nor half of a surrogate pair.
    return "\0" not in text and not any("\ud800" <= one <= "\udfff" for one in text)
