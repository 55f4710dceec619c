"""What enforcement copied of what people wrote goes with the content of its case."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from assize.enforcement.store import instead
from assize.intake.ports import register_derivative
from assize.kernel.ids import EventId
from assize.triage import service as triage


class EnforcementCopies:
    """Statements of appeals, notes on safeguard defects, what requests say is missing.

    What was sent to the platform holds ids and orders only, and stays: it says what was done.
    """

    name = "enforcement"

    def erase(self, tx: Any, event_ids: Sequence[EventId], at: datetime) -> int:
        """Remove the words about every case that holds these events. Return how many texts went."""
        del at
        case_ids = triage.cases_holding(tx, event_ids=event_ids)
        return instead.erase_words(tx, case_ids) if case_ids else 0


register_derivative(EnforcementCopies())
