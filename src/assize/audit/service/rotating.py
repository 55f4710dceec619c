"""Change the key that signs the ledger."""

from datetime import datetime

from assize.audit.errors import NoCheckpoint
from assize.audit.facts import SigningKeyChangeAsked
from assize.audit.models import Rotation
from assize.audit.service import keeping
from assize.audit.service.signing import checkpoint
from assize.platform.db import Database
from assize.platform.settings import Settings
from assize.workforce.models import SYSTEM


def rotate_key(database: Database, *, settings: Settings, at: datetime) -> Rotation:
    """Let a new key sign from now on, by a checkpoint that old and new key sign together.

    Once the new key lies beside the old one, whoever signs next brings the change about; a run that was stopped, or
    that met the worker, ends in the same one change. The old private key is put aside, not removed.
    Run by whoever has the machine, as the system. Raises NoCheckpoint, SignedElsewhere, LedgerBroken, UnusableKey.
    """
    signed = checkpoint(database, settings=settings, at=at)
    if signed is None:
        raise NoCheckpoint
    name = signed.checkpoint.origin
    old = keeping.own_signer(settings, name=name).public_key
    new = keeping.made_successor(settings, name=name).public_key
    with database.transaction(SYSTEM) as tx:
        # A change needs a checkpoint of its own, and a checkpoint something to cover.
        tx.record(SigningKeyChangeAsked(old_key=old, new_key=new), at=at)
    checkpoint(database, settings=settings, at=at)
    last = checkpoint(database, settings=settings, at=at)  # the first of the new key alone; over the fact of the change
    return Rotation(old_key=old, new_key=new, put_aside=keeping.retired(settings, old), checkpoint=last or signed)
