"""What is searched for and what is found: cases and decisions, why each matches, and how many there are."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from assize.kernel.ids import CaseId, ClauseId, QueueName, ReviewerId, SubjectId, TeamId
from assize.policy.models import Severity


class Of(StrEnum):
    """What a row of search is."""

    CASE = "case"
    DECISION = "decision"


class Within(StrEnum):
    """Where words are looked for: in what reviewers wrote, or in indexed words of events."""

    WRITTEN = "written"
    EVENTS = "events"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is searched for; everything that is given must hold. None leaves a limit out.

    text: as people type it into a search box: words, "a phrase", -without, or. clause: likely of a case, found by a
    decision. state: of a case or of a decision. since, until: opened or decided in [since, until).
    """

    text: str = ""
    within: Within = Within.WRITTEN
    of: Of | None = None
    account: SubjectId | None = None
    clause: ClauseId | None = None
    action: str | None = None
    reviewer: ReviewerId | None = None
    team: TeamId | None = None
    queue: QueueName | None = None
    severity: Severity | None = None
    state: str | None = None
    verdict: str | None = None
    language: str | None = None
    by: str | None = None
    policy: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A piece of a snippet; found: it holds a word that was searched for."""

    text: str
    found: bool


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a row matches: where, and the words around; no words where they may not be shown."""

    where: str
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SearchHit:
    """A case or a decision that was found: no identity, no content. by: person or machine."""

    id: str
    case_id: CaseId
    of: Of
    at: datetime
    severity: Severity
    state: str
    queue: QueueName | None
    clauses: tuple[ClauseId, ...]
    actions: tuple[str, ...]
    language: str | None
    region: str | None
    verdict: str | None
    reviewer_id: ReviewerId | None
    team_id: TeamId | None
    by: str | None
    policy: str | None
    why: tuple[Reason, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Total:
    """How many rows match: counted, or estimated from the density among the latest."""

    count: int
    exact: bool


@dataclass(frozen=True, kw_only=True)
class SearchPage:
    """A page of what was found, the latest first. cursor: continues it, None at its end. total: of the first page."""

    hits: tuple[SearchHit, ...]
    cursor: str | None
    total: Total | None


@dataclass(frozen=True, kw_only=True)
class SavedView:
    """A named search. address: its parameters. mine: whether whoever asks may change it."""

    id: str
    name: str
    address: str
    shared: bool
    pinned: bool
    mine: bool
    made_at: datetime


class ExportFormat(StrEnum):
    """How an export is written."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


class ExportColumns(StrEnum):
    """What each row of an export tells."""

    CASES = "cases"
    DECISIONS = "decisions"
    ENFORCEMENT = "enforcement"


class ExportState(StrEnum):
    """How an export stands. broken off: the file is not whole."""

    RUNNING = "running"
    DONE = "done"
    BROKEN_OFF = "broken_off"


@dataclass(frozen=True, kw_only=True)
class Export:
    """What somebody took out. left_out: rows that a handling class keeps here. sha256: of the file, once it is done."""

    id: str
    owner: str
    format: ExportFormat
    columns: ExportColumns
    address: str
    state: ExportState
    started_at: datetime
    ended_at: datetime | None = None
    rows: int = 0
    left_out: int = 0
    bytes: int = 0
    sha256: str | None = None
