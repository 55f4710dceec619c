"""Bring a file in: a stream, in batches, each of which moves the run on in the transaction that took its events."""

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path

import msgspec

from assize.intake.errors import UnreadableFile
from assize.intake.facts import ImportFinished
from assize.intake.models import RawEvent, Receipt
from assize.intake.ports import Meter, Reject, Source
from assize.intake.service.receive import receive
from assize.intake.store import imports as store
from assize.intake.store.imports import ImportRun
from assize.kernel.ids import new_id
from assize.platform.db import Database, Tx
from assize.workforce.models import SYSTEM, Principal, Right
from assize.workforce.service import require

BATCH_ROWS = 500  # a transaction of a tenth of a second
_HASH_CHUNK = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far an import came. done_bytes of total_bytes: as the file lies on the disk."""

    rows_done: int
    accepted: int
    duplicates: int
    rejected: int
    done_bytes: int
    total_bytes: int
    rejects: Path
    finished: bool = False


def import_file(
    database: Database,
    source: Source,
    path: Path,
    *,
    at: datetime,
    progress: Callable[[Progress], None] | None = None,
    resume: bool = True,
    test: bool = False,
    actor: Principal = SYSTEM,
) -> Progress:
    """Bring every event of a file in; return where it ended.

    A run that was stopped continues where its last batch ended; a file that came in whole is read to its end and adds
    nothing. resume=False begins again from the first row: what is already there counts as duplicate.
    Bad rows go to `<file>.rejects.jsonl` with line, code and reason, never with the row's words. Raises UnreadableFile.
    """
    named = {"source": source.name, "file_hash": _hash(path, source.name)}
    rejects = path.with_name(path.name + ".rejects.jsonl")
    with database.transaction(actor) as tx:
        require(tx, Right.EVENTS_WRITE)
        if not resume:
            store.restart(tx, **named)
        run = store.begun(tx, new_id=new_id("imp"), file_name=path.name, at=at, **named)
    meter, total = Meter(), path.stat().st_size
    done = _progress(run, rejects, done_bytes=total, total=total)
    if run.finished_at is not None:
        return done
    _cut(rejects, run.rejects_bytes)
    for batch in _batches(source, path, skip=run.rows_done, meter=meter):
        with database.transaction(actor) as tx:
            run = _take(tx, run, batch, rejects, named=named, test=test, at=at)
        if progress is not None:
            progress(_progress(run, rejects, done_bytes=meter.done_bytes, total=total))
    with database.transaction(actor) as tx:
        run = replace(run, finished_at=at)
        store.move(tx, run)
        counted = {"accepted": run.accepted, "duplicates": run.duplicates, "rejected": run.rejected}
        tx.record(ImportFinished(import_id=run.id, source=source.name, **counted), at=at)
    return _progress(run, rejects, done_bytes=total, total=total)


_Item = RawEvent | Reject


def _take(
    tx: Tx, run: ImportRun, batch: list[_Item], rejects: Path, *, named: dict[str, str], test: bool, at: datetime
) -> ImportRun:
    # Locked and read again: somebody else may have been importing the same file.
    kept = store.begun(tx, new_id=run.id, file_name="", at=at, **named)
    batch = batch[max(0, kept.rows_done - run.rows_done) :]
    lines = [(kept.rows_done + index + 1, item) for index, item in enumerate(batch)]
    events = [(line, item) for line, item in lines if not isinstance(item, Reject)]
    bad = [item for _, item in lines if isinstance(item, Reject)]
    items = [msgspec.structs.replace(item, test=True) if test else item for _, item in events]
    receipt = receive(tx, items=items, at=at)
    bad += _refused(receipt, [line for line, _ in events])
    moved = replace(
        kept,
        rows_done=kept.rows_done + len(batch),
        accepted=kept.accepted + receipt.accepted,
        duplicates=kept.duplicates + receipt.duplicates,
        rejected=kept.rejected + len(bad),
        rejects_bytes=_write(rejects, sorted(bad, key=lambda one: one.line), kept.rejects_bytes),
    )
    store.move(tx, moved)
    return moved


def _refused(receipt: Receipt, lines: list[int]) -> list[Reject]:
    found = []
    for one in receipt.rejected:
        index, _, rest = one.pointer.removeprefix("/").partition("/")
        place = f"/{rest} " if rest else ""
        line = lines[int(index)]
        found.append(Reject(line=line, code=one.code, detail=place + one.detail, external_id=one.external_id))
    return found


def _batches(source: Source, path: Path, *, skip: int, meter: Meter) -> Iterator[list[_Item]]:
    try:
        rows = islice(source.read(path, meter=meter), skip, None)
        while batch := list(islice(rows, BATCH_ROWS)):
            yield batch
    except (OSError, EOFError, UnicodeError) as error:
        reason = f"it is damaged or not what its name says ({type(error).__name__})"
        raise UnreadableFile(field="FILE", form=source.name, reason=reason) from error


def _hash(path: Path, form: str) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_HASH_CHUNK):
                digest.update(chunk)
    except OSError as error:
        reason = error.strerror or "it can't be opened"
        raise UnreadableFile(field="FILE", form=form, reason=reason) from error
    return digest.hexdigest()


def _write(rejects: Path, bad: list[Reject], start: int) -> int:
    """Append to the reject file, over whatever an undone batch had left behind; return its length."""
    if not bad:
        return start
    with rejects.open("r+b" if rejects.exists() else "w+b") as file:
        file.seek(start)
        file.writelines(msgspec.json.encode(_told(one)) + b"\n" for one in bad)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


def _told(one: Reject) -> dict[str, object]:
    named = {} if one.external_id is None else {"external_id": one.external_id}
    return {"line": one.line, "code": one.code, "reason": one.detail} | named


def _cut(rejects: Path, length: int) -> None:
    if rejects.exists():
        if length == 0:
            rejects.unlink()
        else:
            os.truncate(rejects, length)


def _progress(run: ImportRun, rejects: Path, *, done_bytes: int, total: int) -> Progress:
    return Progress(
        rows_done=run.rows_done,
        accepted=run.accepted,
        duplicates=run.duplicates,
        rejected=run.rejected,
        done_bytes=done_bytes,
        total_bytes=total,
        rejects=rejects,
        finished=run.finished_at is not None,
    )
