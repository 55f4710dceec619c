"""Forget what review copied from events, when their content goes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from assize.intake.ports import register_derivative
from assize.kernel.ids import EventId
from assize.platform.db import Tx
from assize.review.store import dossiers, precedents, translations


class Copies:
    """Review's copies of content: words in the index, hashes in dossiers, translations. What was decided stays."""

    name = "review"

    def erase(self, tx: Tx | Any, event_ids: Sequence[EventId], at: datetime) -> int:
        """Remove them; return how many went. Idempotent."""
        del at
        return (
            precedents.forget_words(tx, event_ids)
            + dossiers.forget_hashes(tx, event_ids)
            + translations.forget(tx, event_ids)
        )


register_derivative(Copies())
