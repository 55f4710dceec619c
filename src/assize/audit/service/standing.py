"""How the ledger stands, at a glance."""

from datetime import datetime

from assize.audit import store
from assize.audit.facts import LedgerVerified
from assize.audit.logic.notes import signed_checkpoint
from assize.audit.models import State, Verification, Verified
from assize.audit.store import checkpoints
from assize.platform.db import Database, Tx
from assize.workforce.models import SYSTEM, Right
from assize.workforce.service import require


def ledger_state(tx: Tx) -> State:
    """Return size, newest checkpoint, and how the last verification went."""
    require(tx, Right.AUDIT_READ)
    verified = store.last_verification(tx)
    note = checkpoints.latest(tx)
    return State(
        origin=store.origin(tx),
        size=store.tree_size(tx),
        latest=None if note is None else signed_checkpoint(note),
        verified=None if verified is None else _verified(*verified),
    )


def note_verification(database: Database, verification: Verification, *, at: datetime) -> None:
    """Record that the ledger was verified, and how many findings there were; the page shows it."""
    fact = LedgerVerified(size=verification.size, covered=verification.covered, found=verification.found)
    with database.transaction(SYSTEM) as tx:
        tx.record(fact, at=at)


def _verified(fact: LedgerVerified, at: datetime) -> Verified:
    return Verified(at=at, size=fact.size, found=fact.found)
