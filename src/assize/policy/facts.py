"""What happened to the policy."""

from dataclasses import dataclass

from assize.kernel.facts import Fact
from assize.kernel.ids import PolicyVersionId


@dataclass(frozen=True, kw_only=True)
class PolicyProposed(Fact):
    """Somebody proposed a version."""

    proposal_id: str
    name: str
    version: str
    hash: str
    diff_summary: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PolicyProposalDropped(Fact):
    """A proposal was taken back or turned down."""

    proposal_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PolicyPublished(Fact):
    """A version is in force from now on. bootstrap: the first of an installation, approved by nobody else.

    proposed_by: who wrote it; whoever records this fact is somebody else, except for a bootstrap.
    """

    policy_version_id: PolicyVersionId
    name: str
    version: str
    hash: str
    bootstrap: bool
    diff_summary: str
    reason: str
    proposed_by: str | None


@dataclass(frozen=True, kw_only=True)
class PolicyDraftStarted(Fact):
    """Somebody began to write a next version."""

    draft_id: str
    base_version_id: PolicyVersionId
    title: str


@dataclass(frozen=True, kw_only=True)
class PolicyDraftWritten(Fact):
    """A text of a draft was kept. hash: SHA-256 of the text; an empty text takes the file out."""

    draft_id: str
    file: str
    revision: int
    hash: str


@dataclass(frozen=True, kw_only=True)
class PolicyDraftProposed(Fact):
    """A draft waits for a second person, as a proposal."""

    draft_id: str
    proposal_id: str


@dataclass(frozen=True, kw_only=True)
class PolicyDraftDropped(Fact):
    """A draft was given up."""

    draft_id: str
    reason: str
