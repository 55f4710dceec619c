"""Give facts their leaves: in the tree within seconds, missing none.

An id cursor misses what commits late; a strict xmin horizon stalls behind one long transaction. Instead each pass first
reads a snapshot, then takes what that snapshot's predecessor could not see: facts of transactions that were open then,
or have begun since. See docs/explain/ledger.md.
"""

from dataclasses import dataclass

from assize.audit import store
from assize.audit.logic.header import leaf_of
from assize.audit.logic.tiles import completed
from assize.kernel.ids import new_id
from assize.platform.db import Database, Tx
from assize.workforce.models import SYSTEM

PASS_LIMIT = 5_000  # leaves a transaction: a second of work at most, so that nobody waits long for the lock


@dataclass(frozen=True, kw_only=True)
class Pass:
    """What one pass did: leaves given, leaves there are now, whether it took all that its snapshot shows.

    resumed: it went on where an earlier one stopped, up to that one's snapshot, which is older than the pass.
    """

    origin: str
    added: int
    size: int
    complete: bool
    resumed: bool


def sequence(database: Database, *, limit: int = PASS_LIMIT) -> int:
    """Give up to `limit` facts their leaves, in one transaction; return how many.

    Any number of workers may call this: they take turns. Run by the system, so it asks for no right.
    """
    with database.transaction(SYSTEM) as tx:
        store.take_turn(tx)
        return run_pass(tx, limit=limit).added


def catch_up(tx: Tx) -> Pass:
    """Make passes in this transaction until every fact committed before the call has its leaf; return the last one."""
    reached = run_pass(tx)
    again = reached.resumed  # its snapshot was taken before the call
    while again or not reached.complete:
        again = again and not reached.complete
        reached = run_pass(tx)
    return reached


def run_pass(tx: Tx, *, limit: int = PASS_LIMIT) -> Pass:
    """Make one pass in this transaction, which must have taken its turn."""
    where = store.look_around(tx, origin=f"assize/{new_id('log')}")
    picked = store.pick(tx, where, limit=limit)
    hashes = [leaf_of(header) for header in picked.headers]
    if hashes:
        nodes = completed(where.size, hashes, store.stored(tx))
        store.append(tx, size=where.size, fact_ids=[one.id for one in picked.headers], hashes=hashes, nodes=nodes)
    complete = len(hashes) < limit
    if not complete and picked.last_xid is not None:
        store.pass_unfinished(tx, where, stopped_at=picked.last_xid)
    # An idle pass writes nothing: its own transaction id would make the next one seem to have news, for ever.
    elif hashes or where.resume is not None or where.seen_end is None:
        store.pass_done(tx, where)
    return Pass(
        origin=where.origin,
        added=len(hashes),
        size=where.size + len(hashes),
        complete=complete,
        resumed=where.resume is not None,
    )
