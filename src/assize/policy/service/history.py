"""What became of a clause from version to version."""

from dataclasses import dataclass

from assize.platform.db import Tx
from assize.policy import store
from assize.policy.logic import clause_difference
from assize.policy.models import Changed, ClauseDiff, VersionHead
from assize.policy.service.current import version
from assize.workforce.models import Right
from assize.workforce.service import require

LOOKED_AT = 24  # versions, the newest; each is read whole


@dataclass(frozen=True, kw_only=True)
class ClauseStep:
    """A version in which a clause came, changed or went. before: the version that it differs from."""

    head: VersionHead
    changed: Changed
    diff: ClauseDiff | None
    before: VersionHead | None = None


def clause_history(tx: Tx, *, clause_id: str) -> list[ClauseStep]:
    """Return the versions in which a clause came, changed or went, the newest first. Raises NotAllowed.

    Of the newest two dozen versions; empty where none of them has the clause.
    """
    require(tx, Right.POLICY_READ)
    heads = store.versions(tx)[:LOOKED_AT][::-1]
    steps: list[ClauseStep] = []
    before, old = None, None
    for head in heads:
        new = version(tx, head.id).clause(clause_id)
        diff = clause_difference(old, new)
        if diff is not None:
            steps.append(ClauseStep(head=head, changed=diff.changed, diff=diff if old and new else None, before=before))
        before, old = head, new
    return steps[::-1]
