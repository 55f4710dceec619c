"""Comparisons and what they add up to; a test names only what matters to it."""

from datetime import UTC, datetime
from typing import Any

from assize.kernel.ids import ComparisonId, new_id
from assize.platform.db import Tx
from assize.quality.models import Comparison, Criterion, Decided, Label, Mark, Outcome
from assize.quality.models.scoring import Cell
from assize.quality.store import labels

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ALL_RIGHT = "rrrrrrr"


def a_cell(marks: str = ALL_RIGHT, **given: Any) -> Cell:
    """A violation found rightly, drawn with a probability of a tenth; marks: a letter a criterion, in their order."""
    settings: dict[str, Any] = {
        "who": "rev_ada", "queue": "harassment", "of": "audit", "severity_given": 2, "severity_true": 2,
        "outcome": Outcome.TRUE_POSITIVE, "marks": marks, "missed_escalation": False, "technical": False,
        "headline": True, "inclusion": 0.1, "n": 1,
    }  # fmt: skip
    return Cell(**(settings | given))


def marks_of(text: str) -> dict[Criterion, Mark]:
    """Return marks as a comparison keeps them."""
    words = {"r": Mark.RIGHT, "w": Mark.WRONG, "n": Mark.NA}
    return {one: words[letter] for one, letter in zip(Criterion, text, strict=True)}


def a_comparison(decided: Decided, label: Label, marks: str = ALL_RIGHT, **given: Any) -> Comparison:
    """A decision beside a label of an audit that was blind and drawn by chance."""
    settings: dict[str, Any] = {
        "id": ComparisonId(new_id("cmp")), "decision_id": decided.decision_id, "label_id": label.id,
        "audit_id": label.of_id if label.of == "audit" else None, "case_id": decided.case_id,
        "subject_id": decided.subject_id, "reviewer_id": decided.reviewer_id, "team_id": decided.team_id,
        "vendor": decided.vendor, "by": decided.by, "labeler_id": label.labeler_id, "queue": decided.queue,
        "language": decided.language, "policy_version_id": decided.policy_version_id, "clause": decided.clause,
        "severity_given": decided.severity, "severity_true": label.severity, "outcome": Outcome.TRUE_POSITIVE,
        "severity_gap": decided.severity - label.severity, "missed_escalation": False, "wrong_clause": False,
        "wrong_action": False, "process_error": False, "technical": False, "marks": marks_of(marks), "blind": True,
        "headline": True, "inclusion": 0.1, "decided_at": decided.decided_at, "compared_at": AT,
        "restriction": decided.restriction, "region": decided.region,
    }  # fmt: skip
    return Comparison(**(settings | given))


def compare(tx: Tx, comparison: Comparison) -> Comparison:
    """Keep a comparison and return it."""
    labels.insert_comparison(tx, comparison)
    return comparison
