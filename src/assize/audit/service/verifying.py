"""Verify the ledger where it lives."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from assize.audit import store
from assize.audit.logic.notes import PublicKey, notes_of
from assize.audit.logic.signed import Kept, judge
from assize.audit.logic.verifying import Verifier
from assize.audit.models import Finding, Flaw, Node, Verification
from assize.audit.service.keeping import own_public_key
from assize.audit.store import checkpoints, outside
from assize.platform.db import Database, Row, Tx
from assize.platform.settings import Settings
from assize.workforce.models import SYSTEM

Progress = Callable[[int, int], None]
"""(entries read, entries there are)"""

BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


def verify(
    database: Database,
    *,
    settings: Settings,
    public_key: str | None = None,
    checkpoint_file: Path | None = None,
    progress: Progress = lambda _done, _all: None,
) -> Verification:
    """Read the whole ledger and compare it with every checkpoint ever signed, in the database and outside it.

    public_key: whose signatures count; by default this installation's own. checkpoint_file: the notes kept outside;
    by default this installation's file. Memory does not grow with the ledger; a million facts take about half a minute.
    Run by whoever has the machine, as the system: it sees every header, and tells only ids.
    Raises MalformedKey.
    """
    with database.transaction(SYSTEM) as tx:
        origin = store.origin(tx)
        key = _key(settings, public_key, origin)
        rows = checkpoints.rows(tx)
        # Read after the database's: the file may know more than the database, never less.
        notes, whole = notes_of(outside.read(checkpoint_file or settings.checkpoints) or "")
        name = key.name if key else origin
        kept = judge(stored=[row["note"] for row in rows], outside=notes, key=key, origin=name)
        verifier = Verifier(origin=name or "", checkpoints=kept.checkpoints)
        for finding in (*kept.findings, *_changed_rows(rows, kept)):
            verifier.report(finding.flaw, finding.message)
        for remark in kept.remarks:
            verifier.remark(remark)
        _say_what_was_not_checked(verifier, key=key, origin=origin, whole=whole)
        size = store.tree_size(tx)
        _read_entries(tx, verifier, size, progress)
        _check_what_is_beside(tx, verifier, size, kept.checkpoints[-1].checkpoint.horizon if kept.checkpoints else None)
        return verifier.result(pending=store.pending(tx))


def _key(settings: Settings, public_key: str | None, origin: str | None) -> PublicKey | None:
    spelled = public_key or (own_public_key(settings, name=origin) if origin else None)
    return PublicKey.parse(spelled) if spelled else None


def _say_what_was_not_checked(verifier: Verifier, *, key: PublicKey | None, origin: str | None, whole: bool) -> None:
    if key is None:
        verifier.remark("no public key was given, and this installation has none: signatures were not checked")
    elif origin != key.name:
        message = f"the database calls this ledger {origin or 'nothing'}, and the public key is of {key.name}"
        verifier.report(Flaw.CHANGED_CHECKPOINT, message)
    if not whole:
        verifier.remark("the file of checkpoints holds text that is no checkpoint, such as one cut short by a crash")


def _read_entries(tx: Tx, verifier: Verifier, size: int, progress: Progress) -> None:
    for stretch in store.entries(tx, size=size):
        for entry in stretch:
            verifier.take(entry)
        _compare_nodes(tx, verifier, verifier.take_nodes())
        progress(verifier.size, size)
    verifier.explain(store.erasures_since(tx, size=size))


def _compare_nodes(tx: Tx, verifier: Verifier, computed: list[Node]) -> None:
    for level in sorted({node.level for node in computed}):
        nodes = [node for node in computed if node.level == level]
        held = store.nodes_between(tx, level=level, first=nodes[0].index, last=nodes[-1].index)
        for node in nodes:
            if held.get(node.index) != node.hash:
                first, last = node.index << level, (node.index + 1 << level) - 1
                verifier.report(
                    Flaw.WRONG_NODE,
                    f"leaves {first} to {last} do not give the hash stored over them: one was changed or moved, "
                    "or the stored hash was",
                )


def _check_what_is_beside(tx: Tx, verifier: Verifier, size: int, horizon: datetime | None) -> None:
    for node in store.stray_nodes(tx, size=size):
        verifier.report(Flaw.WRONG_NODE, f"the tree keeps a hash at level {node.level} for leaves that are gone")
    for fact_id, kind in store.unsequenced(tx, horizon=horizon or BEFORE_ALL):
        message = f"{fact_id} ({kind}) was put in behind the sequencer: it has no leaf, and its time says it should"
        verifier.report(Flaw.UNSEQUENCED, message, fact_id)
    for fact_id in store.orphan_bodies(tx):
        verifier.report(Flaw.ORPHAN_BODY, f"the body of {fact_id} is there, and the fact is gone", fact_id)


def _changed_rows(rows: list[Row], kept: Kept) -> list[Finding]:
    # The columns repeat the note; a page that reads them must not say something else than what was signed.
    by_note = {one.note: one.checkpoint for one in kept.checkpoints}
    return [
        Finding(
            flaw=Flaw.CHANGED_CHECKPOINT,
            message=f"the checkpoint stored under size {row['size']} has columns that differ from its signed note",
        )
        for row in rows
        if row["note"] in by_note and not checkpoints.repeats(row, by_note[row["note"]])
    ]
