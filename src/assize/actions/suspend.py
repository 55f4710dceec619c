"""Suspend: somebody can't use the platform for a time; the platform lifts it by itself at the end."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from assize.enforcement.ports import Order, Parameter, Planned, days

OTHERWISE_DAYS = 7
MOST_DAYS = 365  # longer is a ban by another name, and should be approved as one


class Suspend:
    """params: days."""

    id = "suspend"
    title = "Suspend"
    levels = frozenset({"end_user", "account", "api_key", "project", "organisation"})
    reversible = True
    parameters = (Parameter(name="days", label="Days", otherwise=str(OTHERWISE_DAYS), most=MOST_DAYS),)

    def plan(self, order: Order) -> Planned:
        """Say who is suspended until when."""
        span = days(order.params, "days", otherwise=OTHERWISE_DAYS, most=MOST_DAYS)
        many = order.target.level in {"project", "organisation"}
        return Planned(
            sentence=f"The {order.target.level.replace('_', ' ')} can't use the platform for {span} days.",
            until=order.at + timedelta(days=span),
            warnings=("This stops everybody who works under it.",) if many else (),
        )

    def apply(self, order: Order) -> Mapping[str, Any]:
        """Suspend until a moment."""
        span = days(order.params, "days", otherwise=OTHERWISE_DAYS, most=MOST_DAYS)
        return {"do": "suspend", "until": (order.at + timedelta(days=span)).isoformat()}

    def undo(self, order: Order) -> Mapping[str, Any]:
        """Lift the suspension."""
        del order
        return {"do": "lift_suspension"}


ACTION = Suspend()
