"""Restrict a feature: one capability is switched off for somebody, for a time or until lifted."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from assize.enforcement.ports import Order, Parameter, Planned, days, words

MOST_DAYS = 3650
EVERY_FEATURE = "all_generation"  # what a pack means that names no feature


class RestrictFeature:
    """params: feature, the platform's own name for it; days, left out: until lifted."""

    id = "restrict"
    title = "Restrict a feature"
    levels = frozenset({"conversation", "end_user", "account", "api_key", "project", "organisation"})
    reversible = True
    parameters = (
        Parameter(name="feature", label="Feature", otherwise=EVERY_FEATURE),
        Parameter(name="days", label="Days", otherwise="until lifted", most=MOST_DAYS),
    )

    def plan(self, order: Order) -> Planned:
        """Say which feature is lost, by whom, for how long."""
        span = _days(order)
        feature = words(order.params, "feature", otherwise=EVERY_FEATURE).replace("_", " ")
        how_long = f"for {span} days" if span else "until somebody lifts it"
        return Planned(
            sentence=f"The {order.target.level.replace('_', ' ')} can't use the feature “{feature}” {how_long}.",
            until=order.at + timedelta(days=span) if span else None,
        )

    def apply(self, order: Order) -> Mapping[str, Any]:
        """Switch the feature off."""
        span = _days(order)
        until = (order.at + timedelta(days=span)).isoformat() if span else None
        return {
            "do": "restrict_feature",
            "feature": words(order.params, "feature", otherwise=EVERY_FEATURE),
            "until": until,
        }

    def undo(self, order: Order) -> Mapping[str, Any]:
        """Switch it on again."""
        return {"do": "restore_feature", "feature": words(order.params, "feature", otherwise=EVERY_FEATURE)}


def _days(order: Order) -> int | None:
    return days(order.params, "days", otherwise=30, most=MOST_DAYS) if "days" in order.params else None


ACTION = RestrictFeature()
