"""Revoke an API key: it never works again. A new key can be issued, the old one can't come back."""

from collections.abc import Mapping
from typing import Any

from assize.enforcement.errors import Irreversible
from assize.enforcement.ports import Order, Planned


class RevokeKey:
    """Declared irreversible: who holds the secret is unknown, so the same secret is never made good again."""

    id = "revoke"
    title = "Revoke an API key"
    levels = frozenset({"api_key"})
    reversible = False

    def plan(self, order: Order) -> Planned:
        """Say which key is lost."""
        del order
        return Planned(
            sentence="The API key stops working at once and for ever.",
            warnings=("Whatever runs on this key stops. The key can't be restored, only replaced.",),
        )

    def apply(self, order: Order) -> Mapping[str, Any]:
        """Revoke it."""
        del order
        return {"do": "revoke_api_key"}

    def undo(self, order: Order) -> Mapping[str, Any]:
        """Raise Irreversible."""
        raise Irreversible(action_id=order.action_id)


ACTION = RevokeKey()
