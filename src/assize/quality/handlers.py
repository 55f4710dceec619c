"""Bridges from what was announced to what quality does."""

from assize.kernel.facts import Recorded
from assize.platform.db import Tx
from assize.policy.facts import PolicyPublished
from assize.quality import service
from assize.quality.facts import AdjudicationGiven, DecisionCompared
from assize.review.facts import DecisionProposed, DecisionStands, DecisionUndone, ReviewsDiffer, ShadowDecided


def on_decision_stands(tx: Tx, recorded: Recorded[DecisionStands]) -> None:
    """Let the decision be put to the sampling plans."""
    service.stands(tx, decision_id=recorded.fact.decision_id, effective_at=recorded.fact.effective_at)
    service.tried(tx, decision_id=recorded.fact.decision_id, due=recorded.fact.effective_at)


def on_decision_proposed(tx: Tx, recorded: Recorded[DecisionProposed]) -> None:
    """Let the decision be put to the certificates of whoever proposed it."""
    service.tried(tx, decision_id=recorded.fact.decision_id, due=recorded.occurred_at)


def on_shadow_decided(tx: Tx, recorded: Recorded[ShadowDecided]) -> None:
    """Let what a machine would have decided be put to its certificates."""
    service.tried(tx, decision_id=recorded.fact.decision_id, due=recorded.occurred_at)


def on_decision_compared(tx: Tx, recorded: Recorded[DecisionCompared]) -> None:
    """Weigh the certificates that the decision counts for."""
    service.weigh_decision(tx, decision_id=recorded.fact.decision_id, at=recorded.occurred_at)


def on_reviews_differ(tx: Tx, recorded: Recorded[ReviewsDiffer]) -> None:
    """Ask an expert."""
    fact = recorded.fact
    service.reviews_differ(tx, case_id=fact.case_id, decision_ids=fact.decisions, at=recorded.occurred_at)


def on_decision_undone(tx: Tx, recorded: Recorded[DecisionUndone]) -> None:
    """Ask no expert any more about a review that was taken back."""
    service.withdraw_differing(tx, decision_id=recorded.fact.decision_id)


def on_adjudication_given(tx: Tx, recorded: Recorded[AdjudicationGiven]) -> None:
    """Let the expert decide the case of which nothing stands, and propose it for the golden set."""
    service.decide_by_word(tx, adjudication_id=recorded.fact.adjudication_id, at=recorded.occurred_at)
    service.propose_adjudicated(tx, adjudication_id=recorded.fact.adjudication_id, at=recorded.occurred_at)


def on_policy_published(tx: Tx, recorded: Recorded[PolicyPublished]) -> None:
    """Suspend the machines that were tried on other words; known cases wait, and whoever passed reads what changed."""
    service.words_changed(tx, at=recorded.occurred_at)
    service.golden_words_changed(tx, at=recorded.occurred_at)
    service.courses_words_changed(tx, at=recorded.occurred_at)
