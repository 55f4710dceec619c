"""Support resources: somebody in distress is shown where they find help. Never a strike, never a penalty."""

from collections.abc import Mapping
from typing import Any

from assize.enforcement.ports import Order, Planned


class SupportResources:
    """The platform shows the resources of the person's locale; for a minor, those for minors first."""

    id = "support"
    title = "Offer support"
    levels = frozenset({"conversation", "end_user", "account", "content"})
    reversible = True

    def plan(self, order: Order) -> Planned:
        """Say who is offered help."""
        path = ", on the path for minors" if order.minor else ""
        return Planned(sentence=f"Help for {order.locale} is offered{path}. Nothing else changes for the person.")

    def apply(self, order: Order) -> Mapping[str, Any]:
        """Return what is shown."""
        return {
            "do": "show_support",
            "locale": order.locale,
            "minor": order.minor,
            "resources": [
                {"name": one.name, "contact": one.contact, "url": one.url, "for_minors": one.for_minors}
                for one in order.resources
            ],
        }

    def undo(self, order: Order) -> Mapping[str, Any]:
        """Stop showing them."""
        del order
        return {"do": "hide_support"}


ACTION = SupportResources()
