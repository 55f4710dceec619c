"""Checkpoints in the database, and what the database knows of time."""

from datetime import datetime

from assize.audit.models import Checkpoint, SignedCheckpoint
from assize.platform.db import Row, Tx
from assize.platform.sql import queries

SQL = queries("assize.audit")


def oldest_writer(tx: Tx) -> datetime | None:
    """Return a time before which no fact still to be committed was recorded; None where it can't be known.

    Read before the last pass of the sequencer: what is open now and commits before that pass gets its leaf in it.
    Only transactions that have an id count; others have written nothing, and what they will write is later than now.
    """
    present: datetime = tx.one(SQL["clock"])["present"]
    pids = [row["pid"] for row in tx.rows(SQL["writers"])]
    row = tx.one(SQL["writing_since"], {"pids": pids})
    if row["hidden"]:
        return None
    return min(present, row["since"] or present)


def clock(tx: Tx) -> datetime:
    """Return the database's clock."""
    present: datetime = tx.one(SQL["clock"])["present"]
    return present


def keep(tx: Tx, signed: SignedCheckpoint) -> None:
    """Keep a checkpoint in the database."""
    one = signed.checkpoint
    tx.run(
        SQL["keep_checkpoint"],
        {
            "size": one.size,
            "root": one.root,
            "until": one.until,
            "horizon": one.horizon,
            "signed_at": one.signed_at,
            "note": signed.note,
            "handover": one.handover is not None,
        },
    )


def latest(tx: Tx) -> str | None:
    """Return the note of the newest checkpoint."""
    return _note(tx.value(SQL["latest_checkpoint"]))


def of_size(tx: Tx, size: int) -> str | None:
    """Return the note of the checkpoint over so many facts."""
    return _note(tx.value(SQL["checkpoint_of_size"], {"size": size}))


def covering(tx: Tx, n: int) -> str | None:
    """Return the note of the newest checkpoint, where it covers leaf `n`."""
    return _note(tx.value(SQL["newest_covering"], {"n": n}))


def handovers(tx: Tx) -> tuple[str, ...]:
    """Return the notes of the checkpoints with which the signing key changed, by size."""
    return tuple(row["note"] for row in tx.rows(SQL["handovers"]))


def rows(tx: Tx) -> list[Row]:
    """Return every checkpoint as it is stored, by size."""
    return tx.rows(SQL["checkpoint_notes"])


def repeats(row: Row, checkpoint: Checkpoint) -> bool:
    """Whether the columns of a row say what its note says."""
    return bool(
        row["size"] == checkpoint.size
        and row["root"] == checkpoint.root
        and row["until"] == checkpoint.until
        and row["horizon"] == checkpoint.horizon
        and row["signed_at"] == checkpoint.signed_at
        and row["handover"] == (checkpoint.handover is not None)
    )


def _note(found: object) -> str | None:
    return None if found is None else str(found)
