"""Block content: one piece of content or one conversation can no longer be reached."""

from collections.abc import Mapping
from typing import Any

from assize.enforcement.ports import Order, Planned


class BlockContent:
    """The platform hides the content and keeps it, so that undoing brings it back."""

    id = "block"
    title = "Block content"
    levels = frozenset({"content", "conversation"})
    reversible = True

    def plan(self, order: Order) -> Planned:
        """Say what is blocked."""
        what = "piece of content" if order.target.level == "content" else "whole conversation"
        return Planned(sentence=f"The {what} can no longer be opened or continued by anybody.")

    def apply(self, order: Order) -> Mapping[str, Any]:
        """Block it."""
        del order
        return {"do": "block_content", "keep": True}

    def undo(self, order: Order) -> Mapping[str, Any]:
        """Bring it back."""
        del order
        return {"do": "unblock_content"}


ACTION = BlockContent()
