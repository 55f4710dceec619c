"""What rule hits amount to: a score for each clause."""

from collections import defaultdict
from collections.abc import Iterable

from assize.kernel.ids import ClauseId
from assize.triage.models import LikelyClause, TriageRule

OPEN_AT = 0.5  # a clause this likely is a person's to judge; below it is only remembered


def clause_scores(hits: Iterable[TriageRule]) -> tuple[LikelyClause, ...]:
    """Return the likely clauses, the likeliest first: of several rules the highest score counts, all are named.

    Not the sum, nor "one minus the product": rules of one clause look at the same words, and are not independent.
    """
    best: dict[ClauseId, float] = {}
    why: dict[ClauseId, list[str]] = defaultdict(list)
    for rule in hits:
        best[rule.clause_id] = max(rule.score, best.get(rule.clause_id, 0.0))
        why[rule.clause_id].append(f"rule:{rule.id}")
    return _ordered(
        LikelyClause(clause_id=clause_id, score=score, why=tuple(sorted(why[clause_id])))
        for clause_id, score in best.items()
    )


def likely(clauses: Iterable[LikelyClause]) -> tuple[LikelyClause, ...]:
    """Return the clauses likely enough for a case."""
    return tuple(one for one in clauses if one.score >= OPEN_AT)


def merged(first: Iterable[LikelyClause], second: Iterable[LikelyClause]) -> tuple[LikelyClause, ...]:
    """Return the clauses of both, each with its higher score and all its reasons; never lowers a score."""
    by_id: dict[str, LikelyClause] = {}
    for one in (*first, *second):
        known = by_id.get(one.clause_id)
        if known is None:
            by_id[one.clause_id] = one
        else:
            why = tuple(sorted({*known.why, *one.why}))
            by_id[one.clause_id] = LikelyClause(clause_id=one.clause_id, score=max(known.score, one.score), why=why)
    return _ordered(by_id.values())


def _ordered(clauses: Iterable[LikelyClause]) -> tuple[LikelyClause, ...]:
    return tuple(sorted(clauses, key=lambda one: (-one.score, one.clause_id)))
