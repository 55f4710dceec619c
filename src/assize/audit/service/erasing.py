"""Erase what facts said, while that they happened stays proved."""

from collections.abc import Sequence
from datetime import datetime

from assize.audit import store
from assize.audit.errors import ErasureStays
from assize.audit.facts import BodiesErased
from assize.platform.db import Tx
from assize.workforce.models import Right
from assize.workforce.service import require

NAMED_AT_ONCE = 1_000  # ids in one fact: a body of some 30 kB


def erase_bodies(tx: Tx, *, fact_ids: Sequence[str], reason: str, at: datetime) -> int:
    """Erase the bodies of facts, with their nonces, and record which; return how many there were.

    The header and its commitment stay, and the tree verifies; without the nonce the body can't be guessed from it.
    Facts that this actor may not see, or whose bodies are gone already, are passed over. Raises ErasureStays.
    """
    require(tx, Right.ERASE)
    record = store.erasures_among(tx, fact_ids)
    if record is not None:
        raise ErasureStays(fact_id=record)
    erased = store.delete_bodies(tx, fact_ids)
    parts = [tuple(erased[start : start + NAMED_AT_ONCE]) for start in range(0, len(erased), NAMED_AT_ONCE)]
    tx.record_many([BodiesErased(fact_ids=part, reason=reason) for part in parts], at=at)
    return len(erased)
