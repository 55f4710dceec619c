"""What decisions say of a clause, and of what led to them: counts for those who write policy and rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from assize.kernel.ids import CaseId, ClauseId
from assize.platform.db import Tx
from assize.review.store import decisions
from assize.workforce.models import Right
from assize.workforce.service import require

LOOKED_AT = 20_000  # findings of a clause, the latest


@dataclass(frozen=True, kw_only=True)
class ClauseUse:
    """How many decisions found something under a clause, by verdict. at_least: there may be more than were counted."""

    by_verdict: Mapping[str, int]
    at_least: bool

    @property
    def n(self) -> int:
        """How many findings that were."""
        return sum(self.by_verdict.values())


@dataclass(frozen=True, kw_only=True)
class RuleOutcomes:
    """Of cases, how many are decided, and how many of these find a violation of the clause."""

    decided: int
    violations: int


def clause_use(tx: Tx, *, clause_id: ClauseId, since: datetime) -> ClauseUse:
    """Return how often a clause was used since a moment, in decisions that are there for the actor. Test traffic apart."""
    require(tx, Right.CASES_READ)
    found = decisions.clause_use(tx, clause_id, since=since, limit=LOOKED_AT)
    return ClauseUse(by_verdict=found, at_least=sum(found.values()) >= LOOKED_AT)


def outcomes_under(tx: Tx, *, case_ids: Sequence[CaseId], clause_id: ClauseId) -> RuleOutcomes:
    """Return what was decided of cases under a clause, as far as they are there for the actor."""
    require(tx, Right.CASES_READ)
    return RuleOutcomes(**decisions.outcomes_of_cases(tx, case_ids, clause_id))
