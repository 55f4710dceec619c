"""Certificates: what a reviewer, person or machine, may decide alone, and how they came to it."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from assize.kernel.ids import CertificateId, ClauseId, ReviewerId


class CertificateState(enum.StrEnum):
    """How far a reviewer's word goes, from nothing to everything and back.

    training: decides nothing. shadow: what it decides is compared and never acted on. assist: what it decides is a
    proposal that somebody who may decide alone has to bear. alone: what it decides takes effect. suspended: may not
    decide alone until somebody says so again. ended: over for good.
    """

    TRAINING = "training"
    SHADOW = "shadow"
    ASSIST = "assist"
    ALONE = "alone"
    SUSPENDED = "suspended"
    ENDED = "ended"


class Basis(enum.StrEnum):
    """On what a certificate rests. kept: authority from before there were certificates. role: it came with a role."""

    KEPT = "kept"
    ROLE = "role"
    APPOINTMENT = "appointment"
    EVIDENCE = "evidence"


class Reserved(enum.StrEnum):
    """What a machine never does alone, whatever the evidence."""

    HOTLINE_REPORT = "hotline_report"
    AUTHORITY_REFERRAL = "authority_referral"
    IRREVERSIBLE_LOSS = "irreversible_loss"


ANYTHING = "*"  # every family of clauses, every action
NO_ACTION = "none"  # a decision that lets things be


@dataclass(frozen=True, kw_only=True)
class CertificateScope:
    """What a certificate is for: clause family x action x slice of traffic.

    family: one clause, a family ("CSE" for CSE-1, CSE-2 …) or ANYTHING. action: an action of the policy, the kind of a
    disposition that enforces nothing, NO_ACTION, or ANYTHING. languages, queues: None is no limit. gravest: the
    gravest severity it reaches, 0 for all.
    """

    family: str = ANYTHING
    action: str = ANYTHING
    languages: frozenset[str] | None = None
    queues: frozenset[str] | None = None
    gravest: int = 0


@dataclass(frozen=True, kw_only=True)
class Build:
    """What a machine is made of, each as a hash: another model or prompt is another reviewer."""

    model: str
    prompt: str


@dataclass(frozen=True, kw_only=True)
class Bound:
    """Under what a certificate of a machine was granted.

    alpha: the share of errors it stays under; delta: the chance to have granted wrongly. audit_rate: the share of its
    decisions that is looked at again. trial: of a machine, which application it was against the budget of error of all.
    errors of audits, log_evidence: what was shown at the grant.
    """

    alpha: float
    delta: float
    audit_rate: float
    trial: int | None = None
    errors: int | None = None
    audits: int | None = None
    log_evidence: float | None = None


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """What one reviewer may decide, within a scope.

    words: for a machine, the hash of each clause's words as it was tried on. since: when this state began.
    evidence_since: only what was decided from then on counts as evidence.
    """

    id: CertificateId
    reviewer_id: ReviewerId
    basis: Basis
    scope: CertificateScope
    state: CertificateState
    since: datetime
    why: str
    opened_by: str
    opened_at: datetime
    evidence_since: datetime
    approver: str | None = None
    expires_at: datetime | None = None
    policy_version_id: str | None = None
    build: Build | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    bound: Bound | None = None


@dataclass(frozen=True, kw_only=True)
class CertificateStep:
    """One step in the life of a certificate. before: None for the first. note: what whoever took it wrote."""

    id: str
    certificate_id: CertificateId
    before: CertificateState | None
    after: CertificateState
    why: str
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a decision would do, as the check of certificates sees it.

    found: the clauses that it finds. offered: the clauses that its task was given out under. actions: what it would have
    done; reserved: what of it a machine never does alone. severity: the graver of before and after.
    words: the hash of the words of each clause found, as in force.
    """

    found: frozenset[ClauseId]
    offered: frozenset[ClauseId]
    actions: frozenset[str]
    language: str | None
    queue: str
    severity: int
    words: Mapping[str, str] = field(default_factory=dict)
    reserved: frozenset[Reserved] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Authority:
    """What a reviewer's decision counts for. by: the certificates that bear it, empty where it doesn't take effect.

    why: in a code, what it lacks; "" where it lacks nothing.
    """

    state: CertificateState | None
    by: tuple[CertificateId, ...] = ()
    why: str = ""

    @property
    def alone(self) -> bool:
        """Whether the decision takes effect by itself."""
        return self.state is CertificateState.ALONE
