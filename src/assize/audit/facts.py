"""What audit announces."""

from dataclasses import dataclass

from assize.kernel.facts import Fact
from assize.kernel.ids import CaseId, ReviewerId, SubjectId


@dataclass(frozen=True, kw_only=True)
class BodiesErased(Fact):
    """The bodies of these facts were erased; their headers and commitments stay in the tree."""

    fact_ids: tuple[str, ...]
    reason: str


@dataclass(frozen=True, kw_only=True)
class LedgerExported(Fact):
    """The ledger was written to a file."""

    size: int
    bodies: int
    withheld: int


@dataclass(frozen=True, kw_only=True)
class StoryOpened(Fact):
    """Somebody opened the story of a case or a person, and said why."""

    case_id: CaseId | None = None
    subject_id: SubjectId | None = None
    reviewer_id: ReviewerId | None = None
    purpose: str


@dataclass(frozen=True, kw_only=True)
class LedgerVerified(Fact):
    """The ledger was read whole and compared with its checkpoints."""

    size: int
    covered: int
    found: int


@dataclass(frozen=True, kw_only=True)
class SigningKeyChangeAsked(Fact):
    """The ledger is to be signed by another key; the next checkpoint hands over."""

    old_key: str
    new_key: str


@dataclass(frozen=True, kw_only=True)
class SigningKeyChanged(Fact):
    """With the checkpoint over `size` facts, signed by both, the old key gave way to the new one."""

    old_key: str
    new_key: str
    size: int
