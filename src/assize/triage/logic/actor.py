"""What one subject's conversations add up to, when none of them shows it alone."""

from collections.abc import Iterable
from datetime import timedelta
from math import prod

REVIEW_AT = 0.8  # high, since a whole account is looked at on thin evidence from each conversation
CONVERSATIONS = 3  # two are a coincidence
WINDOW = timedelta(days=30)
WORTH_KEEPING = 0.1  # lower scores say nothing, however many


def adds_up(scores: Iterable[float]) -> float:
    """Return how likely it is that at least one conversation means it, from the highest score of each: 0 to 1.

    Monotone: one conversation more, or a higher score, never gives less. Conversations, unlike the rules within
    one, are taken as independent.
    """
    return 1.0 - prod(1.0 - min(max(score, 0.0), 1.0) for score in scores)


def needs_review(scores: Iterable[float]) -> bool:
    """Say whether the conversations of a subject, by their highest scores, call for an actor review."""
    kept = [score for score in scores if score >= WORTH_KEEPING]
    return len(kept) >= CONVERSATIONS and adds_up(kept) >= REVIEW_AT
