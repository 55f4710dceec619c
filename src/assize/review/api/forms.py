"""What callers send and get."""

from datetime import datetime
from typing import Annotated

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field

from assize.policy.models import ResponseMode, Severity
from assize.review.models import (
    Decision,
    Task,
    Treatment,
    View,
)

ULID = "[0-9A-HJKMNP-TV-Z]{26}"
TaskPath = Annotated[str, Path(pattern=f"^task_{ULID}$")]
CasePath = Annotated[str, Path(pattern=f"^case_{ULID}$")]
DecisionPath = Annotated[str, Path(pattern=f"^dec_{ULID}$")]
PrecedentPath = Annotated[str, Path(pattern=f"^pre_{ULID}$")]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")]
Words = Annotated[str, Field(min_length=1, max_length=10_000, pattern=r"^[^\x00]+$")]
NameQuery = Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00-\x1f]+$")]
CursorQuery = Annotated[str | None, Query(max_length=400, pattern=r"^[A-Za-z0-9_=-]+$")]
LimitQuery = Annotated[int, Query(ge=1, le=200)]


class Form(BaseModel):
    """What callers send: unknown fields are refused, so that a typo is not silently nothing."""

    model_config = ConfigDict(extra="forbid")


class ClaimForm(Form):
    """Of which queues to claim; all that the caller may work on where none is named."""

    queues: list[Name] | None = Field(default=None, min_length=1, max_length=100)


class PurposeForm(Form):
    """What content is opened for; kept with the name of who asks."""

    purpose: Annotated[str, Field(min_length=3, max_length=300, pattern=r"^[^\x00]+$")]


class ReleaseForm(Form):
    """reason_code: where the caller would not decide it, why; they won't be given it again."""

    reason_code: Name | None = None


class HoldForm(Form):
    """Until when a task waits, with its time zone, and why."""

    until: datetime
    reason: Words


class AssignForm(Form):
    """For whom a task is kept; null opens it to everybody."""

    to: Name | None


class MoveForm(Form):
    """Where a task goes."""

    queue: Name


class SecondLookForm(Form):
    """What is doubted. view blind: the second reviewer doesn't see the first decision. to: a named reviewer."""

    reason: Words
    view: View = View.FULL
    to: Name | None = None


class NoteForm(Form):
    """What to note, on a case, a subject, or both."""

    body: Words
    case_id: Annotated[str | None, Field(pattern=f"^case_{ULID}$")] = None
    subject_id: Annotated[str | None, Field(pattern=f"^sub_{ULID}$")] = None


class EndorseForm(Form):
    """Under which clause a decision guides, in one sentence."""

    clause_id: Name
    principle: Words


class TreatForm(Form):
    """What becomes of a precedent, with one sentence why."""

    treatment: Treatment
    reason: Words
    decision_id: Annotated[str | None, Field(pattern=f"^dec_{ULID}$")] = None


class ClaimedView(BaseModel):
    """What was claimed; null where nothing waits that the caller may take."""

    task: Task | None


class CaseSummaryView(BaseModel):
    """A case in a list: no identity, no content."""

    id: str
    kind: str
    state: str
    queue: str
    severity: Severity
    provisional: Severity
    assessed: Severity | None
    mode: ResponseMode
    clauses: list[str]
    reasons: list[str]
    subject_id: str | None
    opened_at: datetime
    due_at: datetime
    language: str | None
    region: str | None
    restriction: str | None
    test: bool
    event_count: int


class CasesView(BaseModel):
    """A page of cases. cursor: continues the list, null at its end."""

    cases: list[CaseSummaryView]
    cursor: str | None


class DecisionsView(BaseModel):
    """A page of decisions. cursor: continues the list, null at its end."""

    decisions: list[Decision]
    cursor: str | None
