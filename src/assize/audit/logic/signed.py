"""The checkpoints of a ledger, from every place they are kept, judged before the facts are read."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from assize.audit.errors import MalformedNote
from assize.audit.logic.header import moment
from assize.audit.logic.notes import PublicKey, read
from assize.audit.logic.trust import Trust, trust
from assize.audit.models import Finding, Flaw, SignedCheckpoint


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Checkpoints that can be relied on, by size and time; what was wrong with others."""

    checkpoints: tuple[SignedCheckpoint, ...] = ()
    findings: tuple[Finding, ...] = ()
    remarks: tuple[str, ...] = ()


def judge(*, stored: Iterable[str], outside: Iterable[str] | None, key: PublicKey | None, origin: str | None) -> Kept:
    """Return the checkpoints that count.

    stored: the notes of the database or the export. outside: those of the file kept outside, None where there is none
    to compare with. key: any the ledger was signed with, see `trust`; None leaves signatures unchecked. origin: the ledger's name; notes in the file outside that
    are of another are passed over. None: the database does not know its name any more, so all count.
    """
    findings: list[Finding] = []
    held = list(stored)
    mine, strangers = _parted(outside or (), origin)
    trusted = None if key is None else trust(key, [*held, *mine])
    inside = _good(held, "the database", trusted, findings)
    beside = _good(mine, "the file outside", trusted, findings)
    findings += _forks(trusted)
    if outside is not None:
        findings += _missing(inside, {one.note for one in beside})
    every = {one.note: one for one in [*inside, *beside]}
    ordered = sorted(every.values(), key=lambda one: (one.checkpoint.size, one.checkpoint.until))
    remarks = (f"{strangers} checkpoints in the file outside are of another ledger",) if strangers else ()
    return Kept(checkpoints=tuple(ordered), findings=(*findings, *_contradictions(ordered)), remarks=remarks)


def _parted(notes: Iterable[str], origin: str | None) -> tuple[list[str], int]:
    every = list(notes)
    mine = [note for note in every if origin is None or note.startswith(f"{origin}\n")]
    return mine, len(every) - len(mine)


def _good(notes: Iterable[str], place: str, trusted: Trust | None, findings: list[Finding]) -> list[SignedCheckpoint]:
    good = []
    for at, note in enumerate(notes, start=1):
        try:
            checkpoint = read(note)
            if trusted is not None and not trusted.signed(note, size=checkpoint.size):
                message = (
                    f"checkpoint of size {checkpoint.size} in {place} is not signed by {trusted.name}, or was changed"
                )
                findings.append(Finding(flaw=Flaw.BAD_SIGNATURE, message=message))
                continue
        except MalformedNote as error:
            message = f"checkpoint number {at} in {place} can't be read: {error}"
            findings.append(Finding(flaw=Flaw.CHANGED_CHECKPOINT, message=message))
            continue
        good.append(SignedCheckpoint(checkpoint=checkpoint, note=note))
    return good


def _forks(trusted: Trust | None) -> list[Finding]:
    return [
        Finding(flaw=Flaw.SPLIT_VIEW, message=f"the signing key {key} was handed over to two different keys")
        for key in (trusted.forked if trusted else ())
    ]


def _missing(inside: list[SignedCheckpoint], outside: set[str]) -> list[Finding]:
    absent = [one.checkpoint for one in inside if one.note not in outside]
    if not absent:
        return []
    message = (
        f"{len(absent)} checkpoints of the database are not in the file outside it, "
        f"the first signed {moment(absent[0].signed_at)} over {absent[0].size} facts"
    )
    return [Finding(flaw=Flaw.MISSING_CHECKPOINT, message=message)]


def _contradictions(ordered: list[SignedCheckpoint]) -> list[Finding]:
    findings = []
    for one, other in pairwise(ordered):
        before, after = one.checkpoint, other.checkpoint
        if before.size == after.size and before.root != after.root:
            message = f"two signed checkpoints of size {after.size} have different roots"
            findings.append(Finding(flaw=Flaw.SPLIT_VIEW, message=message))
        if after.until < before.until:
            message = f"the checkpoint of size {after.size} is older than the smaller one of size {before.size}"
            findings.append(Finding(flaw=Flaw.CHANGED_CHECKPOINT, message=message))
    return findings
