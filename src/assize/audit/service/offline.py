"""Verify an exported ledger: no database, only the file, the public key, and the notes kept outside."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from assize.audit.errors import MalformedExport, MalformedNote
from assize.audit.logic import exported
from assize.audit.logic.exported import End, Head
from assize.audit.logic.notes import PublicKey, notes_of, read
from assize.audit.logic.signed import judge
from assize.audit.logic.verifying import Verifier
from assize.audit.models import Entry, Flaw, Verification
from assize.audit.service.verifying import Progress
from assize.audit.store import files, outside

STRETCH = 5_000  # entries between two signs of progress


def verify_export(
    path: Path,
    *,
    public_key: str | None = None,
    checkpoint_file: Path | None = None,
    progress: Progress = lambda _done, _all: None,
) -> Verification:
    """Verify an exported ledger.

    public_key: whose signatures count; without one the export's own is used, which shows that it is coherent, not who
    signed it. checkpoint_file: the notes kept outside; those signed up to the export must be kept by it.
    Raises MalformedExport, MalformedKey.
    """
    with files.reading(path) as lines:
        parts = exported.parse(lines)
        head = next(parts, None)
        if not isinstance(head, Head):
            raise MalformedExport(line=1, why="there is no head")
        notes: list[str] = []
        rest: Iterator[Head | str | Entry | End] = iter(())
        for part in parts:
            if not isinstance(part, str):
                rest = chain([part], parts)
                break
            notes.append(part)
        verifier = _verifier(head, notes, public_key, checkpoint_file)
        _read_entries(rest, verifier, head, progress)
    return verifier.result()


def _verifier(head: Head, notes: list[str], public_key: str | None, checkpoint_file: Path | None) -> Verifier:
    spelled = public_key or head.public_key
    key = PublicKey.parse(spelled) if spelled else None
    name = key.name if key else head.origin
    beside = None if checkpoint_file is None else _signed_before(head, outside.read(checkpoint_file) or "")
    kept = judge(stored=notes, outside=beside, key=key, origin=name)
    verifier = Verifier(origin=name, checkpoints=kept.checkpoints)
    for finding in kept.findings:
        verifier.report(finding.flaw, finding.message)
    for remark in kept.remarks:
        verifier.remark(remark)
    if name != head.origin:
        message = f"the export calls this ledger {head.origin}, and the public key is of {name}"
        verifier.report(Flaw.CHANGED_CHECKPOINT, message)
    if not public_key:
        verifier.remark(
            "signatures were checked with the key that came with the export; who signed it shows only --public-key"
        )
    return verifier


def _read_entries(
    parts: Iterator[Head | str | Entry | End], verifier: Verifier, head: Head, progress: Progress
) -> None:
    told, taken = None, 0
    for part in parts:
        match part:
            case Entry():
                verifier.take(part)
                taken += 1
                if taken % STRETCH == 0:
                    verifier.take_nodes()
                    progress(taken, head.size)
            case End():
                told = part.entries
            case _:
                raise MalformedExport(line=taken, why="a head or a checkpoint stands among the entries")
    if not told == taken == head.size:
        message = f"the export says it holds {head.size} entries, and {taken} are in it"
        verifier.report(Flaw.CUT_OFF, message)


def _signed_before(head: Head, text: str) -> list[str]:
    # Notes signed after the export speak of facts it can't hold. When it was made is its own word; it is shown.
    kept = []
    for note in notes_of(text)[0]:
        try:
            if read(note).signed_at <= head.exported_at:
                kept.append(note)
        except MalformedNote:
            kept.append(note)  # for the judge to report
    return kept
