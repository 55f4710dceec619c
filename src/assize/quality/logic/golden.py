"""What may be a known case, which one is put where, and whether somebody can tell them from others."""

import hashlib
import hmac
from collections.abc import Collection, Mapping, Sequence

from assize.intake.models import Handling
from assize.kernel.ids import CaseId, GoldenId, QueueName, ReviewerId
from assize.kernel.measures import Interval, wilson
from assize.policy.models import Clause, ResponseMode
from assize.quality.logic.estimators.differences import newcombe
from assize.quality.logic.estimators.ratio import Logs, ratio_of_times
from assize.quality.models.golden import Difficulty, Golden, Leak, Performance

HANDLED_APART = frozenset(
    {Handling.APPARENT_CSE, Handling.VICTIM_IDENTITY, Handling.PRIVILEGED, Handling.ZERO_RETENTION}
)
MOST_SHARE = 0.1  # of the cases of a queue: beyond that people work for the test
EASY_FROM, MEDIUM_FROM = 1.0, 2 / 3
CONFIDENCE = 0.99  # of a leak: many people are looked at, again and again
LEAST = 20  # answers of each kind before anybody is suspected
_BITS, _PART = 53, 8


def why_never(clauses: Collection[Clause], handlings: Collection[Handling]) -> str | None:
    """Return why a case can't be a known one at all, or None.

    Child-exploitation material never is, nor what names a victim, is privileged, or whose text isn't kept.
    """
    if any(one.handling == Handling.APPARENT_CSE for one in clauses) or Handling.APPARENT_CSE in handlings:
        return "child-exploitation material is never shown again for measuring"
    if any(one.handling in HANDLED_APART for one in clauses) or not HANDLED_APART.isdisjoint(handlings):
        return "its content names a victim, is privileged, or is not kept"
    return None


def why_not_placed(mode: ResponseMode) -> str | None:
    """Return why a known case is not put among the others, or None: nobody is called for what did not happen."""
    return "a case like this pages somebody" if mode is ResponseMode.PAGE else None


def difficulty_of(agreeing: int, experts: int) -> Difficulty:
    """Return how hard a case is, from how many of those who judged it agree with the label."""
    share = agreeing / experts if experts else 0.0
    if share >= EASY_FROM:
        return Difficulty.EASY
    return Difficulty.MEDIUM if share >= MEDIUM_FROM else Difficulty.HARD


def is_drawn(key: bytes, queue: QueueName, case_id: CaseId, share: float) -> bool:
    """Whether a known case is added because this ordinary one came: by a keyed hash, to be made again and not foreseen."""
    return _place(key, "golden", queue, case_id) < share


def choose(items: Sequence[Golden], placed: Mapping[GoldenId, int], *, key: bytes, because: CaseId) -> Golden | None:
    """Return which known case is put in: of those placed least, the one that the keyed hash names. None: there is none."""
    if not items:
        return None
    least = min(placed.get(one.id, 0) for one in items)
    among = [one for one in items if placed.get(one.id, 0) == least]
    return min(among, key=lambda one: _place(key, "which", one.id, because))


def leak(one: ReviewerId, known: Performance, audited: Performance, others: Performance) -> Leak:
    """Return whether somebody does better or faster on known cases than on others, by more than chance explains.

    audited: cases that were drawn by chance and judged blind. others: all that they decided, for the time it took.
    Both tests at 99 %, since everybody is looked at again and again; with fewer than 20 answers of a kind, nobody is
    suspected. Known cases may be easier than others: a suspicion is a reason to look, and proves nothing.
    Source of the tests: `newcombe`, `ratio_of_times`.
    """
    enough = min(known.n, audited.n) >= LEAST
    better = newcombe(known.right, known.n, audited.right, audited.n, CONFIDENCE) if enough else None
    faster = ratio_of_times(_logs(known), _logs(others), CONFIDENCE)
    told = better if isinstance(better, Interval) else None
    timed = faster if isinstance(faster, Interval) else None
    return Leak(
        reviewer_id=one,
        known=wilson(known.right, known.n),
        audited=wilson(audited.right, audited.n),
        better=told,
        faster=timed,
        suspected=(told is not None and told.low > 0) or (timed is not None and timed.high < 1),
    )


def _logs(one: Performance) -> Logs:
    return Logs(n=one.timed, total=one.log_s, squares=one.log_squares)


def _place(key: bytes, *parts: str) -> float:
    digest = hmac.new(key, "\n".join(parts).encode(), hashlib.sha256).digest()
    return (int.from_bytes(digest[:_PART]) >> (8 * _PART - _BITS)) / (1 << _BITS)
