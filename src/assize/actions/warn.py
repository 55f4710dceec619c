"""Warn: tell somebody which rule they broke. Nothing is taken from them."""

from collections.abc import Mapping
from typing import Any

from assize.enforcement.ports import Order, Parameter, Planned, words


class Warn:
    """The platform shows a warning. Undoing withdraws it and clears its mark."""

    id = "warn"
    title = "Warn"
    levels = frozenset({"conversation", "end_user", "account", "api_key", "project", "organisation"})
    reversible = True
    parameters = (Parameter(name="message", label="Message"),)

    def plan(self, order: Order) -> Planned:
        """Say whom the warning reaches."""
        if "message" in order.params:
            words(order.params, "message")
        return Planned(sentence=f"A warning is shown to the {order.target.level.replace('_', ' ')}.")

    def apply(self, order: Order) -> Mapping[str, Any]:
        """Return the warning; without a message of its own, the platform words it."""
        message = words(order.params, "message") if "message" in order.params else None
        return {"do": "warn", "message": message}

    def undo(self, order: Order) -> Mapping[str, Any]:
        """Withdraw the warning."""
        del order
        return {"do": "withdraw_warning"}


ACTION = Warn()
