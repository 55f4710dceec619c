"""Write the ledger to a file."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from assize.audit import store
from assize.audit.facts import LedgerExported
from assize.audit.logic import exported
from assize.audit.logic.exported import Head
from assize.audit.models import Entry
from assize.audit.service.keeping import own_public_key
from assize.audit.service.verifying import Progress
from assize.audit.store import checkpoints, files
from assize.platform.db import Database
from assize.platform.settings import Settings
from assize.workforce.models import SYSTEM, Principal, Right
from assize.workforce.service import require


def export(
    database: Database,
    *,
    by: Principal,
    path: Path,
    settings: Settings,
    at: datetime,
    progress: Progress = lambda _done, _all: None,
) -> LedgerExported:
    """Write the whole ledger to a file, compressed where its name ends in .gz; return what was recorded of it.

    Every header is in it: without them nothing could be verified, and they hold ids only. Bodies are in it as far as
    `by` may see their facts; the others are marked as withheld. Memory does not grow with the ledger.
    Raises NotAllowed without the rights to read the ledger and to export.
    """
    with database.transaction(by) as tx:
        require(tx, Right.AUDIT_READ)
        require(tx, Right.EXPORT)
    bodies = withheld = 0
    with database.transaction(SYSTEM) as tx, files.writing(path) as file:
        origin = store.origin(tx) or ""
        notes = [row["note"] for row in checkpoints.rows(tx)]
        size = store.tree_size(tx)
        public_key = own_public_key(settings, name=origin) if origin else None
        file.write(exported.head_line(Head(origin=origin, size=size, public_key=public_key, exported_at=at)))
        file.writelines(map(exported.checkpoint_line, notes))
        for stretch in store.entries(tx, size=size):
            shown = stretch if by.scope.everything else _as_seen_by(database, by, stretch)
            file.writelines(map(exported.entry_line, shown))
            bodies += sum(entry.body is not None for entry in shown)
            withheld += sum(entry.withheld for entry in shown)
            progress(stretch[-1].n + 1 if stretch else 0, size)
        file.write(exported.end_line(size))
    fact = LedgerExported(size=size, bodies=bodies, withheld=withheld)
    with database.transaction(by) as tx:
        tx.record(fact, at=at)
    return fact


def _as_seen_by(database: Database, by: Principal, stretch: list[Entry]) -> list[Entry]:
    with database.transaction(by) as tx:
        visible = store.visible(tx, [entry.fact_id for entry in stretch])
    return [
        entry if entry.fact_id in visible or entry.body is None else replace(entry, body=None, withheld=True)
        for entry in stretch
    ]
