"""What happened to those who decide."""

from dataclasses import dataclass
from datetime import datetime

from assize.kernel.facts import Fact
from assize.kernel.ids import CertificateId, ClauseId, KeyId, ReviewerId, TeamId


@dataclass(frozen=True, kw_only=True)
class TeamAdded(Fact):
    """A team was made."""

    team_id: TeamId
    vendor: bool


@dataclass(frozen=True, kw_only=True)
class TeamChanged(Fact):
    """A team wants calmer cases in between, every so many, or as they come (None)."""

    team_id: TeamId
    calm_every: int | None


@dataclass(frozen=True, kw_only=True)
class ReviewerAdded(Fact):
    """Somebody who decides was added. Names stay out of the log: they may have to be forgotten."""

    reviewer_id: ReviewerId
    reviewer_kind: str
    roles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ReviewerChanged(Fact):
    """Roles, skills, view or clearance of somebody were changed."""

    reviewer_id: ReviewerId
    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SignedIn(Fact):
    """Somebody signed in."""

    reviewer_id: ReviewerId


@dataclass(frozen=True, kw_only=True)
class SignInFailed(Fact):
    """Somebody tried to sign in and could not."""

    reviewer_id: ReviewerId | None


@dataclass(frozen=True, kw_only=True)
class SignedOut(Fact):
    """Somebody signed out."""

    reviewer_id: ReviewerId


@dataclass(frozen=True, kw_only=True)
class KeyIssued(Fact):
    """An API key was made."""

    key_id: KeyId
    rights: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class KeyRevoked(Fact):
    """An API key was revoked."""

    key_id: KeyId


@dataclass(frozen=True, kw_only=True)
class ShiftHandedOver(Fact):
    """A shift's note was signed for the next. What it says stays out of the log."""

    shift_note_id: str


@dataclass(frozen=True, kw_only=True)
class ShiftNoteAcknowledged(Fact):
    """Somebody took over what a shift's note tells."""

    shift_note_id: str


@dataclass(frozen=True, kw_only=True)
class AccessRefused(Fact):
    """Somebody asked for what they may not do. The first of each minute is recorded, the others are counted."""

    right: str
    about: str | None


@dataclass(frozen=True, kw_only=True)
class LeverPulled(Fact):
    """A surge lever was pulled, until a time at the latest. reach: a rule, a queue, or * for everything."""

    pull_id: str
    lever: str
    reach: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class LeverEnded(Fact):
    """A surge lever is out of force again. early: a person ended it before its time."""

    pull_id: str
    lever: str
    reach: str
    early: bool


@dataclass(frozen=True, kw_only=True)
class CertificateOpened(Fact):
    """Somebody is to earn, or was given, the word over a family of clauses and an action."""

    certificate_id: CertificateId
    reviewer_id: ReviewerId
    family: str
    action: str
    state: str
    why: str


@dataclass(frozen=True, kw_only=True)
class CertificateMoved(Fact):
    """A certificate went from one state to another, other than to deciding alone, to being suspended, or to its end."""

    certificate_id: CertificateId
    reviewer_id: ReviewerId
    before: str
    after: str
    why: str


@dataclass(frozen=True, kw_only=True)
class CertificateGranted(Fact):
    """A reviewer may decide alone, within a certificate."""

    certificate_id: CertificateId
    reviewer_id: ReviewerId
    approver: str
    why: str
    expires_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class CertificateSuspended(Fact):
    """A reviewer may no longer decide alone, until somebody says so again."""

    certificate_id: CertificateId
    reviewer_id: ReviewerId
    before: str
    why: str


@dataclass(frozen=True, kw_only=True)
class CertificateEnded(Fact):
    """A certificate is over for good."""

    certificate_id: CertificateId
    reviewer_id: ReviewerId
    before: str
    why: str


@dataclass(frozen=True, kw_only=True)
class CertificateNoticeRead(Fact):
    """Somebody read that a certificate of theirs changed."""

    step_id: str


@dataclass(frozen=True, kw_only=True)
class BuildAnnounced(Fact):
    """A machine says that it is made of another model or prompt than before. Both by their hash."""

    reviewer_id: ReviewerId
    model: str
    prompt: str


@dataclass(frozen=True, kw_only=True)
class AnnouncementPublished(Fact):
    """Something for people to know is in force, in place of the version before. due_at: until when it has to be read."""

    announcement_id: str
    series: str
    version: int
    form: str
    clauses: tuple[ClauseId, ...]
    due_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class AnnouncementEnded(Fact):
    """An announcement is over, and nothing took its place."""

    announcement_id: str


@dataclass(frozen=True, kw_only=True)
class AnnouncementRead(Fact):
    """Whoever recorded this said that they have read a version."""

    announcement_id: str
