"""How decisions are scored: a choice of policy, kept by version."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from assize.platform.db import Tx
from assize.quality.errors import BadScoring
from assize.quality.facts import ScoringSet
from assize.quality.logic.scoring import problems
from assize.quality.models.scoring import Scoring
from assize.quality.store.scores import scoring
from assize.workforce.models import Right
from assize.workforce.service import require


def scoring_now(tx: Tx) -> Scoring:
    """Return how decisions are scored now."""
    require(tx, Right.QUALITY_READ)
    return scoring.scoring(tx)


def scorings(tx: Tx) -> Sequence[Scoring]:
    """Return how decisions were scored, the latest first."""
    require(tx, Right.QUALITY_READ)
    return scoring.scorings(tx)


def score_by(tx: Tx, *, wanted: Scoring, at: datetime) -> Scoring:
    """Score differently from now on: every card is made anew with it, what it was stays. Raises BadScoring, ScoringTaken."""
    actor = require(tx, Right.QUALITY_PLAN)
    unfit = list(problems(wanted))
    if unfit:
        raise BadScoring(summary="; ".join(unfit))
    made = replace(wanted, version=scoring.scoring(tx).version + 1, set_by=actor.id, set_at=at)
    scoring.insert(tx, made)
    tx.record(ScoringSet(version=made.version, note=made.note), at=at)
    return made
