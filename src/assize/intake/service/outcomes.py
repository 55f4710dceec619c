"""Whether reports were right, as decisions say, and their reporters' records: steps of deciding and of taking back.

An outcome rests on the decision that gave it, so that whoever takes the decision back finds it.
"""

from collections.abc import Sequence
from datetime import datetime

from assize.intake.facts import ReportOutcomeRecorded, ReportOutcomeWithdrawn
from assize.intake.models import ReportOutcome
from assize.intake.store import reports as store
from assize.kernel.ids import DecisionId, EventId
from assize.platform.db import Tx


def record_report_outcomes(
    tx: Tx, *, event_ids: Sequence[EventId], upheld: bool, decision_id: DecisionId, at: datetime
) -> list[ReportOutcome]:
    """Keep whether reports were right, those among these events and those about them, and count it for their reporters.

    A report keeps its first outcome until that is withdrawn. Returns those that have theirs by this call.
    """
    found = store.decide(tx, event_ids=event_ids, upheld=upheld, decision_id=decision_id, at=at)
    facts = [
        ReportOutcomeRecorded(
            event_id=one.event_id, reporter_id=one.reporter_id, upheld=upheld, decision_id=decision_id
        )
        for one in found
    ]
    tx.record_many(facts, at=at)
    return found


def rest_report_outcomes(tx: Tx, *, before: DecisionId, decision_id: DecisionId, upheld: bool) -> int:
    """Let outcomes rest on the decision that came in place of another and says the same; return how many do."""
    return store.rest(tx, before=before, decision_id=decision_id, upheld=upheld)


def withdraw_report_outcomes(tx: Tx, *, decision_id: DecisionId, at: datetime) -> list[ReportOutcome]:
    """Take back what a decision said of reports, also from their reporters' records; return what it had said.

    A report is then open again, not wrong: nobody has looked whether it was. Repeating it changes nothing.
    """
    found = store.withdraw(tx, decision_id=decision_id)
    facts = [
        ReportOutcomeWithdrawn(event_id=one.event_id, reporter_id=one.reporter_id, decision_id=decision_id)
        for one in found
    ]
    tx.record_many(facts, at=at)
    return found
