"""Where actions attach: one plug-in carries out one kind of action.

A policy declares its actions (id, impact, reversibility); the plug-in with the same id, or whose id begins the
policy's, carries it out: `suspend` carries out `suspend` and `suspend-account`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from assize.enforcement.errors import BadParameter, UnknownAction
from assize.enforcement.models import Target
from assize.policy.models import SupportResource

MAX_TEXT = 2_000  # characters of a parameter in words; a notice is read on a phone


@dataclass(frozen=True, kw_only=True)
class Order:
    """What an action is asked to do. at: when it takes effect, from which its spans are counted."""

    action_id: str
    target: Target
    params: Mapping[str, Any] = field(default_factory=dict)
    at: datetime
    locale: str = "en"
    minor: bool = False
    resources: tuple[SupportResource, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Planned:
    """What would happen, to whom, in one plain sentence. until: when it ends or is due by itself."""

    sentence: str
    until: datetime | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter that an action takes, as a form asks for it. most: days at most; None: it is words.

    otherwise: what counts where it is left out.
    """

    name: str
    label: str
    otherwise: str = ""
    most: int | None = None


class Action(Protocol):
    """One kind of action. All three are pure; sending is enforcement's.

    levels: the target levels it can be done to. reversible: whether `undo` works.
    """

    id: str
    title: str
    levels: frozenset[str]
    reversible: bool

    def plan(self, order: Order) -> Planned:
        """Say what would happen. Raises BadParameter, which names the parameter."""
        ...

    def apply(self, order: Order) -> Mapping[str, Any]:
        """Return what the platform is told to do: JSON values, no content of a conversation."""
        ...

    def undo(self, order: Order) -> Mapping[str, Any]:
        """Return what the platform is told to take back. Raises Irreversible."""
        ...


_actions: dict[str, Action] = {}


def attach_actions(actions: Iterable[Action]) -> None:
    """Make plug-ins known. The same id again replaces the earlier one."""
    _actions.update({action.id: action for action in actions})


def actions() -> Mapping[str, Action]:
    """Return the plug-ins by id."""
    return dict(_actions)


def action_for(action_id: str) -> Action:
    """Return the plug-in that carries out a policy's action: the longest id that begins it. Raises UnknownAction."""
    fitting = [name for name in _actions if action_id == name or action_id.startswith(f"{name}-")]
    if not fitting:
        raise UnknownAction(action_id=action_id)
    return _actions[max(fitting, key=len)]


def parameters_of(action_id: str) -> tuple[Parameter, ...]:
    """Return what the plug-in of a policy's action can be told; nothing where it declares nothing. Raises UnknownAction."""
    declared: tuple[Parameter, ...] = getattr(action_for(action_id), "parameters", ())
    return declared


def days(params: Mapping[str, Any], name: str, *, otherwise: int, most: int) -> int:
    """Return a whole number of days from the parameters. Raises BadParameter."""
    value = params.get(name, otherwise)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise BadParameter(field=name, reason=f"it must be a whole number of days, 1 to {most}")
    return value


def words(params: Mapping[str, Any], name: str, *, otherwise: str | None = None) -> str:
    """Return a text from the parameters. Raises BadParameter where it is missing, empty or too long."""
    value = params.get(name, otherwise)
    if not isinstance(value, str) or not value.strip():
        raise BadParameter(field=name, reason="it must be a text")
    if len(value) > MAX_TEXT:
        raise BadParameter(field=name, reason=f"it may have at most {MAX_TEXT} characters")
    return value.strip()
