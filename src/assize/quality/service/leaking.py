"""Whether somebody can tell known cases from others."""

from datetime import datetime, timedelta

from assize.platform.db import Tx
from assize.quality.logic.golden import leak
from assize.quality.models.golden import Leak
from assize.quality.store.known import placements

OVER = timedelta(days=180)


def leaks(tx: Tx, *, at: datetime) -> list[Leak]:
    """Return, of everybody who answered a known case lately, how they did on these and on others. A step."""
    found = placements.performances(tx, since=at - OVER)
    return [leak(one, known, other, other) for one, (known, other) in found.items()]
