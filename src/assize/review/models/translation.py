"""Machine translations of turns, kept for whoever was shown them."""

from dataclasses import dataclass
from datetime import datetime

from assize.kernel.ids import CaseId, EventId, ReviewerId


@dataclass(frozen=True, kw_only=True)
class TurnToTranslate:
    """A turn whose text may leave the house for being translated, and into which language."""

    case_id: CaseId
    event_id: EventId
    turn: int
    to: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Translation:
    """What a machine made of a turn. text: None where it is masked. model: as the endpoint names it."""

    case_id: CaseId
    event_id: EventId
    turn: int
    to: str
    text: str | None
    model: str
    asked_by: ReviewerId
    at: datetime
