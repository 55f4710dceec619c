"""How far the import of each file came."""

from dataclasses import dataclass
from datetime import datetime

from assize.platform.db import Tx
from assize.platform.sql import queries

SQL = queries("assize.intake")


@dataclass(frozen=True, kw_only=True)
class ImportRun:
    """The import of one file. rejects_bytes: how long its reject file was when this was kept."""

    id: str
    rows_done: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    rejects_bytes: int = 0
    finished_at: datetime | None = None


def begun(tx: Tx, *, new_id: str, source: str, file_hash: str, file_name: str, at: datetime) -> ImportRun:
    """Return the run of a file, begun where it is new, locked for this transaction."""
    named = {"source": source, "file_hash": file_hash}
    tx.run(SQL["start_import"], named | {"id": new_id, "file_name": file_name, "at": at})
    return ImportRun(**tx.one(SQL["import_run"], named))


def restart(tx: Tx, *, source: str, file_hash: str) -> None:
    """Begin a file again from its first row."""
    tx.run(SQL["restart_import"], {"source": source, "file_hash": file_hash})


def move(tx: Tx, run: ImportRun) -> None:
    """Keep how far a run came."""
    row = {
        "id": run.id,
        "rows_done": run.rows_done,
        "accepted": run.accepted,
        "duplicates": run.duplicates,
        "rejected": run.rejected,
        "rejects_bytes": run.rejects_bytes,
        "finished_at": run.finished_at,
    }
    tx.run(SQL["move_import"], row)
