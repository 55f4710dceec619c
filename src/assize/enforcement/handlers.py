"""Bridges from what was announced to what enforcement does."""

from assize.enforcement import service
from assize.enforcement.facts import AppealLodged
from assize.kernel.facts import Recorded
from assize.platform.db import Tx
from assize.review.facts import DecisionStands, DecisionUndone
from assize.triage.facts import CaseOpened


def on_decision_stands(tx: Tx, recorded: Recorded[DecisionStands]) -> None:
    """Carry the decision out."""
    fact = recorded.fact
    service.enforce(
        tx,
        decision_id=fact.decision_id,
        effective_at=fact.effective_at,
        replaces=fact.replaces,
        at=recorded.occurred_at,
    )


def on_decision_undone(tx: Tx, recorded: Recorded[DecisionUndone]) -> None:
    """Take back what the decision did, and nothing else."""
    fact = recorded.fact
    service.undo_decision(tx, decision_id=fact.decision_id, restores=fact.restores, at=recorded.occurred_at)


def on_appeal_lodged(tx: Tx, recorded: Recorded[AppealLodged]) -> None:
    """Ask somebody who had no part in it to hear the appeal."""
    service.offer_hearing(tx, appeal_id=recorded.fact.appeal_id, at=recorded.occurred_at)


def on_case_opened(tx: Tx, recorded: Recorded[CaseOpened]) -> None:
    """Bring back the watches of this subject."""
    fact = recorded.fact
    if fact.subject_id is not None:
        service.case_opened(tx, case_id=fact.case_id, subject_id=fact.subject_id, at=recorded.occurred_at)
