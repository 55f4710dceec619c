"""The nouns of what follows instead of enforcement, or before it: defects, watches, requests for information."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from assize.kernel.ids import CaseId, ClauseId, DecisionId, EnforcementId, SubjectId, WatchId


class WatchState(StrEnum):
    """Whether a watch still runs."""

    RUNNING = "running"
    DUE = "due"
    ENDED = "ended"


class WatchTrigger(StrEnum):
    """What ends a watch before its date."""

    NEW_EVENT = "new_event"
    NEW_CASE = "new_case"


class RequestState(StrEnum):
    """Whether missing information has come."""

    OPEN = "open"
    OVERDUE = "overdue"  # its time is over; it can still be answered
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"  # the decision that asked was taken back, or another stands in its place


class DefectState(StrEnum):
    """What has become of a safeguard defect."""

    OPEN = "open"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class Defect:
    """A safeguard that failed: the model answered what it should not, to somebody who did nothing wrong."""

    id: str
    case_id: CaseId
    decision_id: DecisionId
    clause_id: ClauseId | None
    model_version: str | None
    note: str | None
    state: DefectState
    found_at: datetime
    closed_at: datetime | None = None
    outcome: str | None = None


@dataclass(frozen=True, kw_only=True)
class Watch:
    """A subject to be looked at again: by a date, or when something happens."""

    id: WatchId
    case_id: CaseId
    decision_id: DecisionId | None
    subject_id: SubjectId | None
    until: datetime
    triggers: frozenset[WatchTrigger]
    reason: str
    state: WatchState
    set_at: datetime
    due_at: datetime | None = None
    due_because: str | None = None


@dataclass(frozen=True, kw_only=True)
class InformationRequest:
    """What is missing before a case can be decided, what holds meanwhile, whose it is, and by when.

    enforcement_id: the plan of the measure that holds meanwhile.
    """

    id: str
    case_id: CaseId
    decision_id: DecisionId
    missing: str
    interim_measure: str | None
    owner: str
    due_at: datetime
    state: RequestState
    asked_at: datetime
    enforcement_id: EnforcementId | None = None
