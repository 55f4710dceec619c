"""Bridges from what was announced to what escalation does."""

from assize.escalation import service
from assize.kernel.facts import Recorded
from assize.platform.db import Tx
from assize.policy.models import ResponseMode
from assize.review import service as review
from assize.review.facts import ContentOpened, DecisionStands
from assize.review.models import Verdict
from assize.triage.facts import CaseOpened, CaseRaised, CaseReopened


def on_case_opened(tx: Tx, recorded: Recorded[CaseOpened]) -> None:
    """Page where the case's mode says so."""
    _wake(tx, recorded)


def on_case_raised(tx: Tx, recorded: Recorded[CaseRaised]) -> None:
    """Page where the case's mode says so by now."""
    _wake(tx, recorded)


def on_case_reopened(tx: Tx, recorded: Recorded[CaseReopened]) -> None:
    """Page where the case's mode says so again."""
    _wake(tx, recorded)


def on_content_opened(tx: Tx, recorded: Recorded[ContentOpened]) -> None:
    """Stamp when somebody first became aware."""
    service.opened_by(tx, case_id=recorded.fact.case_id, actor_id=recorded.actor_id, at=recorded.occurred_at)


def on_decision_stands(tx: Tx, recorded: Recorded[DecisionStands]) -> None:
    """Stamp when a violation was first found."""
    fact = recorded.fact
    if review.decision(tx, fact.decision_id).verdict is Verdict.VIOLATION:
        service.noticed(tx, case_id=fact.case_id, at=recorded.occurred_at)
        service.believe(tx, case_id=fact.case_id, first=False, at=recorded.occurred_at)


def _wake(tx: Tx, recorded: Recorded[CaseOpened] | Recorded[CaseRaised] | Recorded[CaseReopened]) -> None:
    if recorded.fact.mode is ResponseMode.PAGE:
        service.wake(tx, case_id=recorded.fact.case_id, at=recorded.occurred_at)
