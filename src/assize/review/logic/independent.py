"""Whether independent judgements of a case say the same, and what becomes of one among them."""

import enum
from collections.abc import Sequence

from assize.kernel.ids import ClauseId
from assize.policy.models import Severity
from assize.review.models import Decision, DecisionState, Disposition, DispositionKind, Judgement, Verdict

MOST_REVIEWS = 3
# Decisions that are given without knowing of each other where several are needed.
INDEPENDENT_KINDS = frozenset({"first_look", "independent_look"})


class Standing(enum.StrEnum):
    """What becomes of a judgement where several independent ones are needed."""

    STANDS = "stands"
    WAITS = "waits"
    DIFFERS = "differs"


def independent_standing(
    judgement: Judgement,
    *,
    verdict: Verdict,
    clause: ClauseId | None,
    assessed: Severity,
    earlier: Sequence[Decision],
    needed: int,
    alone: DecisionState,
) -> Standing:
    """Return what becomes of a judgement beside those given before it by others, who did not see each other.

    alone: what it would count for by itself: where it is only a proposal, by certificate or since it lowers a grave case,
    agreeing does not make it stand; somebody whose word bears it has to agree too.
    """
    said = (verdict, clause, assessed, _follows(judgement.dispositions))
    if not all(_same(said, one) for one in earlier):
        return Standing.DIFFERS
    if len(earlier) + 1 < needed or alone is not DecisionState.STANDS:
        return Standing.WAITS
    return Standing.STANDS


def _same(said: tuple[Verdict, ClauseId | None, Severity, frozenset[str]], other: Decision) -> bool:
    verdict, clause, assessed, follows = said
    if verdict is not other.verdict:
        return False
    # Where nothing was found, by which clause it was looked at doesn't matter.
    alike = (clause, assessed, follows) == (other.primary_clause, other.assessed, _follows(other.dispositions))
    return verdict is not Verdict.VIOLATION or alike


def _follows(given: Sequence[Disposition]) -> frozenset[str]:
    return frozenset(
        f"{one.kind.value}|{one.target_level.value}|{one.action_id or ''}"
        for one in given
        if one.kind is not DispositionKind.NONE
    )
