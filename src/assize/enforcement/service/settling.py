"""Moving on what waits for a person: safeguard defects."""

from datetime import datetime

from assize.enforcement.errors import NoSuchRow
from assize.enforcement.facts import SafeguardDefectMoved
from assize.enforcement.models.instead import Defect, DefectState
from assize.enforcement.store import instead
from assize.platform.db import Tx
from assize.workforce.models import Right
from assize.workforce.service import require


def move_defect(tx: Tx, *, defect_id: str, state: DefectState, outcome: str | None, at: datetime) -> Defect:
    """Hand a safeguard defect over, or close it with what came of it. Raises NoSuchRow where none is open."""
    require(tx, Right.DECIDE, about=defect_id)
    closed_at = at if state is DefectState.CLOSED else None
    found = instead.move_defect(tx, defect_id, state=state, outcome=outcome, closed_at=closed_at)
    if found is None:
        raise NoSuchRow(what="open safeguard defect", id=defect_id)
    moved = SafeguardDefectMoved(
        defect_id=found.id, case_id=found.case_id, state=state, outcome="given" if outcome else None
    )
    tx.record(moved, at=at)
    return found
