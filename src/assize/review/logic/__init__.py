"""Every judgement of review, pure: what fits, when it takes effect, who counts, what may be shown."""

from assize.review.logic.certified import asked_of, found_clauses, reserved_of
from assize.review.logic.exposing import BUDGET, SPAN, hardest, points
from assize.review.logic.folding import veil
from assize.review.logic.hashing import canonical_judgement, decision_hash, dossier_hash, event_hash, sha256_of
from assize.review.logic.independent import INDEPENDENT_KINDS, MOST_REVIEWS, Standing, independent_standing
from assize.review.logic.interleaving import Waiting, calmer
from assize.review.logic.judging import Evidence, Problem, check
from assize.review.logic.naming import begins_so, mentioned
from assize.review.logic.outcome import (
    GRACE,
    LEASE,
    STANDING_KINDS,
    effective_at,
    leading_finding,
    must_confirm,
    needs_prose,
    needs_second,
    outcome_state,
    overall_verdict,
)
from assize.review.logic.reading import cursor_of, parse_cursor, parse_judgement
from assize.review.logic.searching import address_of, estimate, facets_of, pieces, wanted_from
from assize.review.logic.showing import MASK, hide_decisions, shown, shown_decision, shown_judgement, shown_task
from assize.review.logic.skills import ClaimSkills, claim_skills, clause_keys

__all__ = [
    "BUDGET",
    "GRACE",
    "INDEPENDENT_KINDS",
    "LEASE",
    "MASK",
    "MOST_REVIEWS",
    "SPAN",
    "STANDING_KINDS",
    "ClaimSkills",
    "Evidence",
    "Problem",
    "Standing",
    "Waiting",
    "address_of",
    "asked_of",
    "begins_so",
    "calmer",
    "canonical_judgement",
    "check",
    "claim_skills",
    "clause_keys",
    "cursor_of",
    "decision_hash",
    "dossier_hash",
    "effective_at",
    "estimate",
    "event_hash",
    "facets_of",
    "found_clauses",
    "hardest",
    "hide_decisions",
    "independent_standing",
    "leading_finding",
    "mentioned",
    "must_confirm",
    "needs_prose",
    "needs_second",
    "outcome_state",
    "overall_verdict",
    "parse_cursor",
    "parse_judgement",
    "pieces",
    "points",
    "reserved_of",
    "sha256_of",
    "shown",
    "shown_decision",
    "shown_judgement",
    "shown_task",
    "veil",
    "wanted_from",
]
