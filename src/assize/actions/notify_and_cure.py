"""Notify and cure: an organisation is told what its people do, and has until a date to stop it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from assize.enforcement.ports import Order, Parameter, Planned, days, words

OTHERWISE_DAYS = 14
MOST_DAYS = 90


class NotifyAndCure:
    """params: cure_days; measures, what is asked of them. The plan's `until` brings the case back by a watch."""

    id = "notify-and-cure"
    title = "Notify and cure"
    levels = frozenset({"organisation", "project"})
    reversible = True
    parameters = (
        Parameter(name="cure_days", label="Days to cure", otherwise=str(OTHERWISE_DAYS), most=MOST_DAYS),
        Parameter(name="measures", label="What is asked of them"),
    )

    def plan(self, order: Order) -> Planned:
        """Say who is told, and by when it must be cured."""
        span = days(order.params, "cure_days", otherwise=OTHERWISE_DAYS, most=MOST_DAYS)
        if "measures" in order.params:
            words(order.params, "measures")
        return Planned(
            sentence=f"The {order.target.level} is notified and has {span} days to cure it.",
            until=order.at + timedelta(days=span),
        )

    def apply(self, order: Order) -> Mapping[str, Any]:
        """Notify, with the date by which it must be cured."""
        span = days(order.params, "cure_days", otherwise=OTHERWISE_DAYS, most=MOST_DAYS)
        measures = words(order.params, "measures") if "measures" in order.params else None
        return {"do": "notify_and_cure", "cure_by": (order.at + timedelta(days=span)).isoformat(), "measures": measures}

    def undo(self, order: Order) -> Mapping[str, Any]:
        """Withdraw the notification."""
        del order
        return {"do": "withdraw_notification"}


ACTION = NotifyAndCure()
