"""Ban: somebody can't use the platform any more. The account is kept, so that an appeal can bring it back."""

from collections.abc import Mapping
from typing import Any

from assize.enforcement.ports import Order, Planned


class Ban:
    """Reversible on purpose: the platform locks and keeps. Deleting is not an action of enforcement."""

    id = "ban"
    title = "Ban"
    levels = frozenset({"end_user", "account", "project", "organisation"})
    reversible = True

    def plan(self, order: Order) -> Planned:
        """Say who is banned."""
        many = order.target.level in {"project", "organisation"}
        return Planned(
            sentence=f"The {order.target.level.replace('_', ' ')} can't use the platform any more.",
            warnings=("This stops everybody who works under it.",) if many else (),
        )

    def apply(self, order: Order) -> Mapping[str, Any]:
        """Lock and keep."""
        del order
        return {"do": "ban", "keep": True}

    def undo(self, order: Order) -> Mapping[str, Any]:
        """Unlock."""
        del order
        return {"do": "lift_ban"}


ACTION = Ban()
