"""Whether an event fits beyond its types, and the row that it becomes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from assize.intake.models import Body, Handling, Media, RawEvent, Ready, ReportNote, SubjectRef
from assize.kernel.ids import EventId

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # older than any platform with accounts and models; catches epoch zero
AHEAD = timedelta(days=1)  # clocks and time zones of senders are wrong by hours, not by more
MAX_DEPTH = 16
MAX_BODY_BYTES = 1_048_576  # of one event: PostgreSQL takes more, a reviewer does not
_NUL = b"\\u0000"
_NULL = "\\N"  # how COPY spells an absent value
_COPY_ESCAPES = str.maketrans(
    {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f", "\v": "\\v"}
)
_BYTES_IN_TEXT = re.compile(r"^\s*data:[^,]{0,200},", re.IGNORECASE)
_HEX_DIGITS = {"pdq": 64, "md5": 32, "sha1": 40, "sha256": 64}
_HEX = re.compile(r"^[0-9a-f]+$")
_BYTES_ADVICE = "bytes are not taken in; send a hash and a pointer"

_NOBODY = SubjectRef()
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why an event does not fit. pointer: within the event."""

    pointer: str
    code: str
    detail: str


_NOT_JSON = Problem(pointer="", code="does-not-fit", detail="holds values that are no JSON")


def prepare(raw: RawEvent, *, event_id: EventId, at: datetime, report: ReportNote | None = None) -> Ready | Problem:
    """Return the row of an event, or what is wrong with it.

    at: when it was received. report: only for events that are reports. Never raises for bad input.
    The row is spelled here, not by the driver: at thousands of events a second that is a third of the whole work.
    """
    problem = _misfit(raw, at)
    if problem is not None:
        return problem
    try:
        body = _encode(Body(turns=raw.turns, attributes=raw.attributes, media=raw.media, report=report))
    except UnicodeEncodeError:
        return _unstorable(raw) or _NOT_JSON
    except (RecursionError, TypeError, OverflowError, ValueError):
        return _NOT_JSON
    if len(body) > MAX_BODY_BYTES:
        return Problem(pointer="", code="too-big", detail=f"holds more than {MAX_BODY_BYTES} bytes; send it in parts")
    spelled = _free_text(raw)
    if spelled is None or _NUL in body:
        problem = _unstorable(raw)
        if problem is not None:
            return problem
    tags = raw.tags
    # Nothing in these can need escaping: their patterns allow letters, digits and a few marks.
    fixed = (
        event_id,
        raw.source,
        raw.kind,
        _spelled(raw.occurred_at),
        _spelled(at),
        raw.language or _NULL,
        raw.region or _NULL,
        raw.model_outcome or _NULL,
        raw.handling,
        raw.retention,
        raw.restriction or _NULL,
        "{" + ",".join(tags) + "}",
        "t" if raw.test or "red-team" in tags or "test" in tags else "f",
        spelled or _escaped_text(raw),
        body.decode().replace("\\", "\\\\"),
    )
    return Ready(event_id, raw.source, raw.external_id, "\t".join(fixed) + "\n")


def _spelled(moment: datetime) -> str:
    # msgspec spells a time ten times as fast as str() does; PostgreSQL reads RFC 3339.
    return _encode(moment)[1:-1].decode()


def _free_fields(raw: RawEvent) -> tuple[str | None, ...]:
    subject = raw.subject
    return (
        raw.external_id,
        raw.model_version,
        subject.organisation,
        subject.project,
        subject.api_key,
        subject.account,
        subject.end_user,
        subject.conversation,
    )


def _free_text(raw: RawEvent) -> str | None:
    """Return the free fields spelled for COPY where they are plain ASCII without marks, which they nearly always are."""
    fields = _free_fields(raw)
    joined = " ".join(filter(None, fields))
    plain = joined.isascii() and joined.isprintable() and "\\" not in joined
    return "\t".join([field or _NULL for field in fields]) if plain else None


def _escaped_text(raw: RawEvent) -> str:
    return "\t".join([field.translate(_COPY_ESCAPES) if field else _NULL for field in _free_fields(raw)])


def _misfit(raw: RawEvent, at: datetime) -> Problem | None:
    if raw.subject == _NOBODY:
        return Problem(pointer="/subject", code="subject-missing", detail="names nobody: give at least one id")
    latest = at + AHEAD
    if not EARLIEST <= raw.occurred_at <= latest:
        return _bad_time("/occurred_at")
    for index, turn in enumerate(raw.turns):
        if turn.at is not None and not EARLIEST <= turn.at <= latest:
            return _bad_time(f"/turns/{index}/at")
    if raw.handling is Handling.ZERO_RETENTION and (raw.turns or raw.media):
        place = "/turns" if raw.turns else "/media"
        return Problem(pointer=place, code="text-not-allowed", detail="zero retention means signals without content")
    if raw.attributes:
        problem = _attributes(raw.attributes)
        if problem is not None:
            return problem
    for index, media in enumerate(raw.media):
        problem = _media(media, f"/media/{index}")
        if problem is not None:
            return problem
    return None


def _bad_time(pointer: str) -> Problem:
    return Problem(
        pointer=pointer, code="time-out-of-range", detail="is before the year 2000 or over a day in the future"
    )


def _attributes(value: object, depth: int = 1) -> Problem | None:
    if depth > MAX_DEPTH:
        return Problem(pointer="/attributes", code="too-deep", detail=f"is nested over {MAX_DEPTH} levels deep")
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    for one in inner:
        if isinstance(one, str):
            if ":" in one and _BYTES_IN_TEXT.match(one):
                return Problem(pointer="/attributes", code="bytes-not-taken", detail=_BYTES_ADVICE)
        elif isinstance(one, dict | list | tuple):
            problem = _attributes(one, depth + 1)
            if problem is not None:
                return problem
    return None


def _media(media: Media, pointer: str) -> Problem | None:
    if not media.hashes and media.pointer is None:
        return Problem(pointer=pointer, code="media-empty", detail="has neither a hash nor a pointer")
    if media.pointer is not None and _BYTES_IN_TEXT.match(media.pointer):
        return Problem(pointer=f"{pointer}/pointer", code="bytes-not-taken", detail=_BYTES_ADVICE)
    for kind, value in media.hashes.items():
        digits = _HEX_DIGITS.get(kind)
        if digits is not None and (len(value) != digits or not _HEX.match(value)):
            detail = f"is not {digits} lower-case hexadecimal digits"
            return Problem(pointer=f"{pointer}/hashes/{kind}", code="bad-hash", detail=detail)
    return None


def _unstorable(raw: RawEvent) -> Problem | None:
    """Find the place of a character PostgreSQL can't hold: NUL, or half of a surrogate pair."""
    for pointer, text in _texts(msgspec.to_builtins(raw), ""):
        if "\0" in text:
            return Problem(pointer=pointer, code="nul-character", detail="holds the character NUL (\\u0000)")
        if not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError:
                return Problem(pointer=pointer, code="mis-encoded", detail="holds half of a surrogate pair")
    return None


def _texts(value: object, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield pointer, key
            yield from _texts(one, f"{pointer}/{_escaped(key)}")
    elif isinstance(value, list | tuple):
        for index, one in enumerate(value):
            yield from _texts(one, f"{pointer}/{index}")


def _escaped(key: str) -> str:
    # A key is the sender's own text: only a plain one is repeated in an error.
    return key if key.isascii() and key.isidentifier() and len(key) <= 64 else "*"  # noqa: PLR2004 - a name's length
