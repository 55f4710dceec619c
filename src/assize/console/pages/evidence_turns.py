"""The conversation as a page shows it: turns cut into pieces, each of which knows where it stands in the raw text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from assize.intake.models import Handling
from assize.kernel.ids import CaseId, EventId
from assize.platform.pages import shown, shown_each
from assize.review.models import CaseView, EventView, MediaView, Translation, TurnView, Veil
from assize.triage.models import FeatureRecord, Span

FOLDED_FROM = 1_200  # characters; what is longer is folded with "show all"
CUT_FROM = 6_000  # characters of one turn on a page of several; the whole turn has a page of its own
BUDGET = 45_000  # bytes of all turns on one page, so that it stays below 100 KB with everything around them
MOST_TURNS = 60
ROLES = {
    "system": "System prompt",
    "operator": "Operator",
    "user": "User",
    "assistant": "Model",
    "tool": "Tool",
}


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A run of a turn's text. raw: its first character in the raw text, from 0; length: of how many.

    sign: shown by its number instead of itself. labels: what marked it, empty where nothing did.
    """

    text: str
    raw: int
    length: int
    sign: bool = False
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TurnShown:
    """One turn, ready for its template. pieces: None where there is no text to show. whole: where all of it is."""

    index: int
    role: str
    title: str
    at: datetime | None
    language: str | None
    outcome: str | None
    tool: str | None
    pieces: tuple[Piece, ...] | None
    length: int
    long: bool
    cut: bool
    whole: str
    labels: tuple[str, ...]
    translations: tuple[Translation, ...]
    right_to_left: bool = False


@dataclass(frozen=True, kw_only=True)
class EventShown:
    """One event, ready for its template. folded: its text is shut until it is asked for, behind: behind these words."""

    id: EventId
    title: str
    occurred_at: datetime
    tags: tuple[tuple[str, str], ...]
    withheld: str | None
    reporter: str | None
    report_reason: str | None
    turns: tuple[TurnShown, ...]
    more_turns: int
    media: tuple[MediaView, ...]
    around: str
    folded: bool
    behind: str
    labels: tuple[str, ...] = ()


@dataclass
class Room:
    """How much text a page still holds, in bytes, and how many turns."""

    size: int = BUDGET
    turns: int = MOST_TURNS

    def take(self, text: str) -> int:
        """Return how many characters of a text may be shown."""
        given = len(text[:CUT_FROM].encode("utf-8", "replace")[: max(0, self.size)].decode("utf-8", "ignore"))
        self.size -= len(text[:given].encode("utf-8", "replace"))
        return given


def conversation(
    case: CaseView,
    records: Mapping[EventId, FeatureRecord],
    translations: Mapping[tuple[EventId, int], Sequence[Translation]],
    room: Room | None = None,
) -> tuple[EventShown, ...]:
    """Return the events of a case ready to be shown, as many words of them as one page holds."""
    left = room or Room()
    return tuple(_event(case, one, records.get(one.id), translations, left) for one in case.events)


def behind(veil: Veil, handling: Handling) -> str:
    """Return what is named before a text that is shut: how grave, which clause, how hard it is, how it is handled."""
    named = [str(veil.clause_id)] if veil.clause_id is not None else []
    hard = [f"{veil.exposure.name.lower()} exposure"] if veil.exposure else []
    handled = [] if handling is Handling.ORDINARY else [handling.value.replace("_", " ")]
    return " · ".join((f"SEV{int(veil.severity)}", *named, *hard, *handled))


def whole_turn(
    case_id: CaseId, event: EventView, index: int, record: FeatureRecord | None, made: Sequence[Translation]
) -> TurnShown:
    """Return one turn with all its text."""
    turn = event.turns[index]
    length = len(turn.text or "")
    return _turn(case_id, event, turn, record, made, taken=length)


def pieces(text: str, spans: Sequence[Span], names: Mapping[str, str] | None = None) -> tuple[Piece, ...]:
    """Return a text cut at marks and at characters that are shown by their number; put together they are the text.

    names: of labels, where they are shown by another. A mark that lies outside the text is left out.
    """
    inside = [one for one in spans if 0 <= one.start < one.end <= len(text)]
    cuts = sorted({0, len(text), *(one.start for one in inside), *(one.end for one in inside)})
    each = shown_each(text)
    found: list[Piece] = []
    for start, end in pairwise(cuts):
        over = {one.label for one in inside if one.start <= start and end <= one.end}
        labels = tuple(sorted((names or {}).get(one, one) for one in over))
        found += _visible(text[start:end], each[start:end], start, labels)
    return tuple(found)


def _visible(text: str, each: Sequence[str], raw: int, labels: tuple[str, ...]) -> list[Piece]:
    if text.replace("\n", "").replace("\t", "").isprintable():
        return [Piece(text=text, raw=raw, length=len(text), labels=labels)] if text else []
    found: list[Piece] = []
    run = 0
    for place, (character, spelled) in enumerate(zip(text, each, strict=True)):
        if spelled != character:
            if run < place:
                found.append(Piece(text=text[run:place], raw=raw + run, length=place - run, labels=labels))
            found.append(Piece(text=spelled, raw=raw + place, length=1, sign=spelled != "", labels=labels))
            run = place + 1
    if run < len(text):
        found.append(Piece(text=text[run:], raw=raw + run, length=len(text) - run, labels=labels))
    return found


def _event(
    case: CaseView,
    event: EventView,
    record: FeatureRecord | None,
    translations: Mapping[tuple[EventId, int], Sequence[Translation]],
    room: Room,
) -> EventShown:
    turns: list[TurnShown] = []
    for turn in event.turns[: max(0, room.turns)]:
        taken = room.take(turn.text or "")
        turns.append(_turn(case.id, event, turn, record, translations.get((event.id, turn.index), ()), taken=taken))
    room.turns -= len(turns)
    return EventShown(
        id=event.id,
        title=event.kind.replace("_", " ").capitalize(),
        occurred_at=event.occurred_at,
        tags=_tags(event),
        withheld=event.withheld,
        reporter=event.reporter,
        report_reason=event.report_reason,
        turns=tuple(turns),
        more_turns=len(event.turns) - len(turns),
        media=event.media,
        around=f"/cases/{case.id}/around?event_id={event.id}",
        folded=case.veil.over(event.handling),
        behind=behind(case.veil, event.handling),
        labels=_found(record),
    )


def _turn(
    case_id: CaseId,
    event: EventView,
    turn: TurnView,
    record: FeatureRecord | None,
    made: Sequence[Translation],
    *,
    taken: int,
) -> TurnShown:
    spans = [one for one in record.spans if one.turn == turn.index] if record is not None and turn.text else []
    cut = turn.text[:taken] if turn.text is not None else None
    return TurnShown(
        index=turn.index,
        role=turn.role,
        title=ROLES.get(turn.role, turn.role),
        at=turn.at,
        language=turn.language,
        outcome=None if turn.outcome is None else turn.outcome.value,
        tool=turn.tool,
        pieces=None if cut is None else pieces(cut, spans),
        length=len(turn.text or ""),
        long=taken > FOLDED_FROM,
        cut=taken < len(turn.text or ""),
        whole=f"/cases/{case_id}/turns?event_id={event.id}&turn={turn.index}",
        labels=tuple(dict.fromkeys(one.label for one in spans)),
        translations=tuple(made),
    )


def _tags(event: EventView) -> tuple[tuple[str, str], ...]:
    told = [
        ("came after the dossier was frozen", "info") if event.later else None,
        ("changed since it was frozen", "warn") if event.changed else None,
        (f"model {shown(event.model_version)}", "") if event.model_version else None,
        (f"model {event.model_outcome.value}", _tone(event.model_outcome.value)) if event.model_outcome else None,
        (event.language, "") if event.language else None,
        (event.handling.value.replace("_", " "), "warn") if event.handling.value != "ordinary" else None,
        *((shown(one), "") for one in event.tags),
    ]
    return tuple(one for one in told if one is not None)


def _tone(outcome: str) -> str:
    return {"refused": "good", "partial": "warn", "complied": "bad"}.get(outcome, "")


def _found(record: FeatureRecord | None) -> tuple[str, ...]:
    if record is None:
        return ()
    near = record.values.get("near_duplicates")
    return (f"{near} nearly equal texts within a day",) if isinstance(near, int) and near else ()
