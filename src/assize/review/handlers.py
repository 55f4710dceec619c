"""What review does when a case opens, grows, rises, moves, opens again or closes."""

from assize.kernel.facts import Recorded
from assize.platform.db import Tx
from assize.review import service
from assize.triage.facts import CaseClosed, CaseGrew, CaseMoved, CaseOpened, CaseRaised, CaseReopened, SeverityAssessed


def on_case_opened(tx: Tx, recorded: Recorded[CaseOpened]) -> None:
    """Ask for a first look."""
    service.offer_first_looks(tx, case_ids=[recorded.fact.case_id], at=recorded.occurred_at)


def on_case_raised(tx: Tx, recorded: Recorded[CaseRaised]) -> None:
    """Put its tasks where it belongs now, over newer evidence."""
    service.follow_case(tx, case_id=recorded.fact.case_id, at=recorded.occurred_at)


def on_case_grew(tx: Tx, recorded: Recorded[CaseGrew]) -> None:
    """Freeze newer evidence; whoever has the case in hand is told."""
    service.follow_case(tx, case_id=recorded.fact.case_id, at=recorded.occurred_at)


def on_case_moved(tx: Tx, recorded: Recorded[CaseMoved]) -> None:
    """Move its tasks along."""
    service.follow_case(tx, case_id=recorded.fact.case_id, at=recorded.occurred_at)


def on_severity_assessed(tx: Tx, recorded: Recorded[SeverityAssessed]) -> None:
    """Put its waiting tasks where it belongs now."""
    service.follow_case(tx, case_id=recorded.fact.case_id, at=recorded.occurred_at)


def on_case_reopened(tx: Tx, recorded: Recorded[CaseReopened]) -> None:
    """Ask for a first look over newer evidence."""
    service.offer_again(tx, case_id=recorded.fact.case_id, at=recorded.occurred_at)


def on_case_closed(tx: Tx, recorded: Recorded[CaseClosed]) -> None:
    """Withdraw what still waits."""
    service.withdraw(tx, case_id=recorded.fact.case_id, reason_code="case-closed", at=recorded.occurred_at)
