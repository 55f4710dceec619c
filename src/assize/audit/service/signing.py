"""Sign what the ledger holds, and keep the signature outside the database."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from assize.audit import store
from assize.audit.errors import LedgerBroken, SignedElsewhere
from assize.audit.facts import SigningKeyChanged
from assize.audit.logic import notes
from assize.audit.logic.tiles import root_at
from assize.audit.models import Checkpoint, Handover, SignedCheckpoint
from assize.audit.ports import Signer
from assize.audit.service import keeping
from assize.audit.service.sequencing import catch_up
from assize.audit.store import checkpoints, outside
from assize.platform.db import Database, Tx
from assize.platform.settings import Settings
from assize.workforce.models import SYSTEM

BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)  # a horizon that says nothing, where nothing can be known


def checkpoint(
    database: Database, *, settings: Settings, at: datetime, signer: Signer | None = None
) -> SignedCheckpoint | None:
    """Give every waiting fact its leaf, sign the tree, and keep the note in the database and in the file outside it.

    Where nothing was added since the last checkpoint, that one is returned and nothing is signed; None before any fact.
    The leaves are committed before they are signed, and the file is written before the database: a crash may leave a
    note that the database does not know, never a note over leaves that could come in another order the next time.
    Where another key is to sign next, this checkpoint is signed by both and hands over to it, which is recorded. Records
    no fact otherwise: a checkpoint that made a fact would need another checkpoint.
    Raises LedgerBroken where the stored tree no longer gives the root signed last; SignedElsewhere, UnusableKey.
    """
    with database.transaction(SYSTEM) as tx:
        store.take_turn(tx)
        horizon = checkpoints.oldest_writer(tx)
        origin = catch_up(tx).origin
    with database.transaction(SYSTEM) as tx:
        store.take_turn(tx)
        size = store.tree_size(tx)
        note = checkpoints.latest(tx)
        previous = None if note is None else notes.signed_checkpoint(note)
        if previous and previous.checkpoint.handover:
            keeping.succeed(settings, previous.checkpoint.handover)
        if size == (previous.checkpoint.size if previous else 0):
            return previous
        by = signer or keeping.own_signer(settings, name=origin)
        _must_follow(tx, previous, by)
        coming = None if signer else keeping.successor(settings, name=origin)
        made = Checkpoint(
            origin=origin,
            size=size,
            root=root_at(size, store.stored(tx)),
            until=checkpoints.clock(tx),
            horizon=horizon or (previous.checkpoint.horizon if previous else BEFORE_ALL),
            signed_at=at,
            handover=None if coming is None else Handover(old=by.public_key, new=coming.public_key),
        )
        return _kept(tx, made, [by] if coming is None else [by, coming], place=settings.checkpoints)


def _kept(tx: Tx, made: Checkpoint, signers: Sequence[Signer], *, place: Path) -> SignedCheckpoint:
    text = notes.write(made)
    signed = SignedCheckpoint(checkpoint=made, note=notes.sealed(text, *(one.sign(text) for one in signers)))
    outside.append(place, notes.filed(signed.note, after=outside.tail(place)))
    checkpoints.keep(tx, signed)
    if made.handover is not None:
        changed = SigningKeyChanged(old_key=made.handover.old, new_key=made.handover.new, size=made.size)
        tx.record(changed, at=made.signed_at)
    return signed


def _must_follow(tx: Tx, previous: SignedCheckpoint | None, by: Signer) -> None:
    if previous is None:
        return
    # Of several workers on several machines one signs: keys that alternate could be checked by nobody.
    handover = previous.checkpoint.handover
    if not (notes.is_by(previous.note, by.public_key) if handover is None else by.public_key == handover.new):
        raise SignedElsewhere
    if root_at(previous.checkpoint.size, store.stored(tx)) != previous.checkpoint.root:
        raise LedgerBroken(count=1)
