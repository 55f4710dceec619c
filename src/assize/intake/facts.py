"""What intake announces."""

from dataclasses import dataclass

from assize.kernel.facts import Fact
from assize.kernel.ids import BatchId, DecisionId, EventId, SubjectId


@dataclass(frozen=True, kw_only=True)
class EventsReceived(Fact):
    """A batch of events was taken in: one fact per source and sender, never one per event."""

    batch_id: BatchId
    source: str
    sent_by: str
    event_count: int
    duplicates: int


@dataclass(frozen=True, kw_only=True)
class ReportReceived(Fact):
    """Somebody reported something. reference: an authority's own, for notices."""

    event_id: EventId
    about_event_id: EventId | None
    reporter_kind: str
    reason: str
    reference: str | None


@dataclass(frozen=True, kw_only=True)
class ReportOutcomeRecorded(Fact):
    """A decision said whether a report was right."""

    event_id: EventId
    reporter_id: str
    upheld: bool
    decision_id: DecisionId


@dataclass(frozen=True, kw_only=True)
class ReportOutcomeWithdrawn(Fact):
    """What a decision said of a report was taken back with it; the report is open again."""

    event_id: EventId
    reporter_id: str
    decision_id: DecisionId


@dataclass(frozen=True, kw_only=True)
class ContentRead(Fact):
    """Somebody opened the content of an event."""

    event_id: EventId
    purpose: str


@dataclass(frozen=True, kw_only=True)
class AccountLookedUp(Fact):
    """Somebody looked up who a subject is."""

    subject_id: SubjectId
    purpose: str


@dataclass(frozen=True, kw_only=True)
class EventsRestricted(Fact):
    """Events were put under a need-to-know compartment, or taken out of one (None)."""

    event_ids: tuple[EventId, ...]
    restriction: str | None


@dataclass(frozen=True, kw_only=True)
class EventErased(Fact):
    """The content of events was removed, here and from every copy."""

    batch_id: BatchId
    event_ids: tuple[EventId, ...]
    reason: str


@dataclass(frozen=True, kw_only=True)
class SubjectErased(Fact):
    """A subject's identity and the content of its events were removed."""

    subject_id: SubjectId
    event_count: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class ImportFinished(Fact):
    """A file came in to its end."""

    import_id: str
    source: str
    accepted: int
    duplicates: int
    rejected: int
