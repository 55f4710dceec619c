"""Working on one case together: mentions, presence, what one proposes and another bears."""

from dataclasses import dataclass
from datetime import datetime

from assize.kernel.ids import CaseId, DecisionId, NoteId, ReviewerId, SubjectId
from assize.policy.models import Severity
from assize.review.models.decision import Verdict
from assize.review.models.task import Task


@dataclass(frozen=True, kw_only=True)
class Mention:
    """Somebody was named in a note. body: the note, masked where text is masked for the reader."""

    note_id: NoteId
    case_id: CaseId | None
    subject_id: SubjectId | None
    author: ReviewerId
    body: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A decision that waits for a second person, and the second look by which somebody agrees or doesn't.

    assessed: how grave it would make the case; the task says how grave it is meanwhile.
    """

    task: Task
    decision_id: DecisionId
    reviewer_id: ReviewerId
    verdict: Verdict
    assessed: Severity | None
    decided_at: datetime


@dataclass(frozen=True, kw_only=True)
class Present:
    """Somebody else who is on a case. in_hand: they hold its task. since: last seen, or claimed."""

    reviewer_id: ReviewerId
    in_hand: bool
    since: datetime
