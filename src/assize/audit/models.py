"""The nouns of the ledger."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, kw_only=True, slots=True)
class Header:
    """What the tree covers of a fact: everything but its body, for which the commitment stands."""

    id: str
    kind: str
    actor: str
    case_id: str | None
    subject_id: str | None
    thing: str | None
    occurred_at: datetime
    recorded_at: datetime
    commitment: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """What a fact said: canonical JSON as it was committed to, and the nonce of the commitment."""

    text: str
    nonce: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One place of the ledger as it is stored, whether or not it is in order.

    header: None where the leaf names a fact that isn't there.
    body: None where it was erased, or withheld from an export.
    """

    n: int
    fact_id: str
    hash: bytes
    header: Header | None
    body: Body | None
    withheld: bool = False


@dataclass(frozen=True, kw_only=True)
class Node:
    """The hash of a complete subtree: 2^level leaves from leaf `index << level` on."""

    level: int
    index: int
    hash: bytes


Stored = Callable[[int, int, int], Sequence[bytes]]
"""How stored hashes are read: (level, first index, count) -> those of complete subtrees, in order."""


@dataclass(frozen=True, kw_only=True)
class Handover:
    """The signing key `old` gives way to `new`; both as verifiers' keys, `name+id+base64`."""

    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """A signed statement about the first `size` facts.

    root: their tree hash.
    until: the database's clock when it was made; every fact covered was recorded at or before.
    horizon: every fact not covered by it was, or will be, recorded at or after; earlier than `until` by as long as the
        oldest transaction that was open then, which is how late commits are allowed for.
    signed_at: the signer's own clock.
    handover: where the signing key changes with it; then both keys sign it.
    """

    origin: str
    size: int
    root: bytes
    until: datetime
    horizon: datetime
    signed_at: datetime
    handover: Handover | None = None


@dataclass(frozen=True, kw_only=True)
class SignedCheckpoint:
    """A checkpoint with the note that says it, signature lines included."""

    checkpoint: Checkpoint
    note: str


class Flaw(StrEnum):
    """What verification can find."""

    CHANGED_FACT = "changed-fact"
    MISSING_FACT = "missing-fact"
    MISSING_LEAF = "missing-leaf"
    OUT_OF_ORDER = "out-of-order"
    UNSEQUENCED = "unsequenced"
    CHANGED_BODY = "changed-body"
    MISSING_BODY = "missing-body"
    ORPHAN_BODY = "orphan-body"
    OUTSIDE_WINDOW = "outside-window"
    WRONG_ROOT = "wrong-root"
    WRONG_NODE = "wrong-node"
    TOO_SHORT = "too-short"
    BAD_SIGNATURE = "bad-signature"
    CHANGED_CHECKPOINT = "changed-checkpoint"
    MISSING_CHECKPOINT = "missing-checkpoint"
    SPLIT_VIEW = "split-view"
    CUT_OFF = "cut-off"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is wrong, in plain words, naming the fact or the leaves."""

    flaw: Flaw
    message: str
    fact_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What verification saw. It holds when nothing was found.

    size: leaves read. covered: leaves under the newest checkpoint. pending: facts that await their leaf.
    findings: at most MOST_FINDINGS of them; `found` counts all. remarks: worth knowing, and no flaw.
    """

    origin: str
    size: int
    root: bytes
    checkpoints: int
    covered: int
    pending: int = 0
    erased: int = 0
    withheld: int = 0
    found: int = 0
    findings: tuple[Finding, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the ledger is as it was signed."""
        return self.found == 0


@dataclass(frozen=True, kw_only=True)
class InclusionProof:
    """That a fact is in the ledger a checkpoint signs. handovers: the checkpoints by which the signing key changed."""

    header: Header
    n: int
    path: tuple[bytes, ...]
    checkpoint: SignedCheckpoint
    handovers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ConsistencyProof:
    """That a later ledger begins with an earlier one, unchanged. handovers: as in InclusionProof."""

    path: tuple[bytes, ...]
    first: SignedCheckpoint
    second: SignedCheckpoint
    handovers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rotation:
    """A change of the signing key. put_aside: where the old private key lies. checkpoint: the newest one."""

    old_key: str
    new_key: str
    put_aside: str
    checkpoint: SignedCheckpoint


@dataclass(frozen=True, kw_only=True)
class Line:
    """One sentence of a story."""

    fact_id: str
    kind: str
    at: datetime
    actor: str
    sentence: str
    details: Mapping[str, str] = field(default_factory=dict)
    case_id: str | None = None
    leaf: int | None = None
    erased: bool = False


@dataclass(frozen=True, kw_only=True)
class Story:
    """What happened, oldest first; `after` is the cursor of the next part, None at the end."""

    lines: tuple[Line, ...]
    after: str | None = None


@dataclass(frozen=True, kw_only=True)
class Verified:
    """How the last verification went."""

    at: datetime
    size: int
    found: int


@dataclass(frozen=True, kw_only=True)
class State:
    """How the ledger stands. origin and latest are None before the first fact and the first checkpoint."""

    origin: str | None
    size: int
    latest: SignedCheckpoint | None
    verified: Verified | None
