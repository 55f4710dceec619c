"""The nouns of intake: events as they come and as they are kept, subjects, reporters, receipts.

`RawEvent` and its parts are msgspec structs, since the ingest route decodes thousands a second straight into them;
`docs/reference/events.md` describes each field for those who send.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from msgspec import Meta, Struct

from assize.kernel.ids import BatchId, EventId, SubjectId
from assize.kernel.measures import Interval

MAX_TEXT = 400_000  # characters of one turn: longer than any model's context that people paste today
MAX_TURNS = 2_000
MAX_MEDIA = 200
MAX_TAGS = 50

Ref = Annotated[str, Meta(min_length=1, max_length=256)]  # an id of the platform's own, opaque to us
Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_.:-]{0,63}$")]
Locale = Annotated[str, Meta(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}$")]


class EventKind(StrEnum):
    """The kinds that Assize itself knows; a platform may send others by name."""

    CONVERSATION = "conversation"
    MESSAGE = "message"
    REPORT = "report"
    ACCOUNT_SIGNAL = "account_signal"
    NOTICE = "notice"
    OTHER = "other"


class Role(StrEnum):
    """Who spoke a turn."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"
    OPERATOR = "operator"


class ModelOutcome(StrEnum):
    """What the model did with what it was asked."""

    REFUSED = "refused"
    PARTIAL = "partial"
    COMPLIED = "complied"


class Handling(StrEnum):
    """What may be done with the content. Decided by `logic.allowed`, and by nothing else."""

    ORDINARY = "ordinary"
    SENSITIVE = "sensitive"
    APPARENT_CSE = "apparent_cse"
    VICTIM_IDENTITY = "victim_identity"
    PRIVILEGED = "privileged"
    ZERO_RETENTION = "zero_retention"


class Use(StrEnum):
    """What somebody wants to do with content."""

    INDEX = "index"
    EMBED = "embed"
    SEND_OUT = "send_out"
    TRAIN = "train"
    EXPORT = "export"
    DISPLAY = "display"


class SubjectLevel(StrEnum):
    """The levels of the hierarchy, highest first."""

    ORGANISATION = "organisation"
    PROJECT = "project"
    API_KEY = "api_key"
    ACCOUNT = "account"
    END_USER = "end_user"
    CONVERSATION = "conversation"


class ReporterKind(StrEnum):
    """Who sent a report."""

    USER = "user"
    TRUSTED_FLAGGER = "trusted_flagger"
    AUTHORITY = "authority"
    STAFF = "staff"


class SubjectRef(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """Whom something is about, in the platform's own ids. At least one is given."""

    organisation: Ref | None = None
    project: Ref | None = None
    api_key: Ref | None = None
    account: Ref | None = None
    end_user: Ref | None = None
    conversation: Ref | None = None


class Turn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """One turn of a conversation. outcome: what the model did, on a turn of the assistant."""

    role: Role
    text: Annotated[str, Meta(max_length=MAX_TEXT)] = ""
    at: Annotated[datetime, Meta(tz=True)] | None = None
    language: Locale | None = None
    model_version: Annotated[str, Meta(max_length=200)] | None = None
    outcome: ModelOutcome | None = None
    tool: Annotated[str, Meta(max_length=200)] | None = None


class Media(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """A picture, sound or file, by hash and pointer; never its bytes.

    hashes: by kind, lower case hexadecimal (`pdq` 64 digits, `md5` 32, `sha256` 64); others as their exchange spells them.
    pointer: where the platform keeps it, opaque to us; never opened by Assize itself.
    """

    hashes: dict[Name, Annotated[str, Meta(min_length=1, max_length=1024)]] = {}
    pointer: Annotated[str, Meta(max_length=2_000)] | None = None
    mime: Annotated[str, Meta(max_length=100)] | None = None
    turn: Annotated[int, Meta(ge=0, lt=MAX_TURNS)] | None = None


class ReportNote(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What makes an event a report: who sent it, about what, for which reason. Kept in the event's body."""

    reporter_id: str
    reporter_kind: ReporterKind
    reason: str
    about_event_id: str | None = None
    reference: str | None = None


class RawEvent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """An event as a platform sends it. Unknown fields are refused: anything of its own goes under `attributes`."""

    external_id: Ref
    occurred_at: Annotated[datetime, Meta(tz=True)]
    subject: SubjectRef
    source: Name = "platform"
    kind: Name = "conversation"
    turns: Annotated[tuple[Turn, ...], Meta(max_length=MAX_TURNS)] = ()
    language: Locale | None = None
    region: Name | None = None
    model_version: Annotated[str, Meta(max_length=200)] | None = None
    model_outcome: ModelOutcome | None = None
    handling: Handling = Handling.ORDINARY
    retention: Name = "standard"
    restriction: Name | None = None
    tags: Annotated[tuple[Name, ...], Meta(max_length=MAX_TAGS)] = ()
    test: bool = False
    attributes: dict[str, Any] = {}
    media: Annotated[tuple[Media, ...], Meta(max_length=MAX_MEDIA)] = ()


class ReporterRef(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """Who reports, in the platform's own id of them."""

    kind: ReporterKind
    ref: Ref


class About(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """The event a report is about: by our id, or by the sender's own (source: the report's, where absent)."""

    event_id: Ref | None = None
    external_id: Ref | None = None
    source: Name | None = None


class RawReport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A report as it is sent. It says what it is about: an event we have, a subject, or both.

    reason: in the reporter's own scheme; `child_safety` and `self_harm` are never down-ranked.
    reference: an authority's own reference of its notice.
    """

    external_id: Ref
    reporter: ReporterRef
    reason: Name
    about: About | None = None
    subject: SubjectRef | None = None
    text: Annotated[str, Meta(max_length=MAX_TEXT)] = ""
    reference: Annotated[str, Meta(max_length=200)] | None = None
    occurred_at: Annotated[datetime, Meta(tz=True)] | None = None
    source: Name = "platform"
    language: Locale | None = None
    region: Name | None = None
    handling: Handling = Handling.ORDINARY
    tags: Annotated[tuple[Name, ...], Meta(max_length=MAX_TAGS)] = ()
    test: bool = False
    attributes: dict[str, Any] = {}
    media: Annotated[tuple[Media, ...], Meta(max_length=MAX_MEDIA)] = ()


class Ready(Struct, frozen=True, gc=False):
    """An event made ready to be written. line: one line of PostgreSQL's COPY text format, in the order of COLUMNS."""

    id: EventId
    source: str
    external_id: str
    line: str


COLUMNS = (
    "id, source, kind, occurred_at, received_at, language, region, model_outcome, handling, retention, restriction, "
    "tags, test, external_id, model_version, organisation, project, api_key, account, end_user, conversation, body"
)


class Body(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The part of an event that is erased when its time is up."""

    turns: tuple[Turn, ...] = ()
    attributes: dict[str, Any] = {}
    media: tuple[Media, ...] = ()
    report: ReportNote | None = None


@dataclass(frozen=True, kw_only=True)
class Event:
    """An event as it is kept.

    organisation … conversation: the platform's own ids. subject_id: the lowest *actor* they name (end user, else
    account, key, project, organisation; the conversation itself only where no actor is named), account_id and
    conversation_id the subjects of those levels; all three None until the event was taken from the inbox.
    An erased event has no turns, attributes or media. sealed: a copy of a known case, on which nothing is ever done;
    it is shown as any other, and so test is false of it.
    """

    id: EventId
    source: str
    external_id: str
    kind: str
    occurred_at: datetime
    received_at: datetime
    organisation: str | None = None
    project: str | None = None
    api_key: str | None = None
    account: str | None = None
    end_user: str | None = None
    conversation: str | None = None
    subject_id: SubjectId | None = None
    account_id: SubjectId | None = None
    conversation_id: SubjectId | None = None
    language: str | None = None
    region: str | None = None
    model_version: str | None = None
    model_outcome: ModelOutcome | None = None
    handling: Handling = Handling.ORDINARY
    retention: str = "standard"
    restriction: str | None = None
    tags: tuple[str, ...] = ()
    test: bool = False
    sealed: bool = False
    turns: tuple[Turn, ...] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)
    media: tuple[Media, ...] = ()
    report: ReportNote | None = None
    erased_at: datetime | None = None

    @property
    def text(self) -> str:
        """All turns' text, one after the other, parted by a newline."""
        return "\n".join(turn.text for turn in self.turns)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Somebody or something a decision can bear on. ref: the platform's own id, None once erased or masked."""

    id: SubjectId
    level: SubjectLevel
    ref: str | None
    parent_id: SubjectId | None
    first_seen_at: datetime
    erased_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class SharedAttribute:
    """A linking attribute of a subject, and who else was seen with the same value.

    value_hash: what is kept of the value. more: others share it too, beyond those named.
    """

    name: str
    value_hash: str
    subject_ids: tuple[SubjectId, ...]
    more: bool = False


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """Why one item was not taken. pointer: JSON pointer into the call (RFC 6901). Never holds content."""

    pointer: str
    code: str
    detail: str
    external_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What became of a call. ids: one per item in its order; a duplicate has the id it got first, a rejected item None."""

    batch_id: BatchId
    accepted: int
    duplicates: int
    ids: tuple[EventId | None, ...]
    rejected: tuple[Rejected, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Reporter:
    """Somebody who reports. accuracy: share of their decided reports that were upheld; None before the first."""

    id: str
    kind: ReporterKind
    upheld: int
    rejected: int
    accuracy: Interval | None


@dataclass(frozen=True, kw_only=True)
class Report:
    """A report as it is kept; its text is the event of the same id."""

    event_id: EventId
    reporter_id: str
    reporter_kind: ReporterKind
    reason: str
    about_event_id: EventId | None
    reference: str | None
    received_at: datetime
    upheld: bool | None = None


@dataclass(frozen=True, kw_only=True)
class ReportOutcome:
    """Whether a report was right, as a decision says. external_id: the sender's own id of the report."""

    event_id: EventId
    reporter_id: str
    external_id: str
    upheld: bool


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How the inbox stands: events waiting, given up after repeated failures, and since when the oldest waits."""

    waiting: int
    given_up: int
    oldest_waiting_at: datetime | None
