"""From the bytes of a call to events: whole when all fits, item by item when something doesn't.

Decoded by msgspec straight into `RawEvent`. Where that fails, the call is cut into items and each is decoded alone, so
that one bad item costs only itself. No value of the input ever enters an error: names of known fields and places do.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeVar

import msgspec

from assize.intake.errors import Malformed, TooManyEvents
from assize.intake.models import Handling, ModelOutcome, RawEvent, RawReport, Rejected, Role

MAX_EVENTS = 5_000
T = TypeVar("T", RawEvent, RawReport)


class _Envelope(msgspec.Struct, forbid_unknown_fields=True):
    events: list[RawEvent]


class _LooseEnvelope(msgspec.Struct):
    events: list[msgspec.Raw]


class _OnlyId(msgspec.Struct):
    external_id: str


_whole = msgspec.json.Decoder(list[RawEvent] | _Envelope)
_loose = msgspec.json.Decoder(list[msgspec.Raw] | _LooseEnvelope)
_item = msgspec.json.Decoder(RawEvent)
_only_id = msgspec.json.Decoder(_OnlyId)

_PLACE = re.compile(r"\.([A-Za-z0-9_]+)|\[(\d+)\]|\[(\.\.\.)\]")
_FIELD = re.compile(r"field `([a-z_]{1,40})`")
_ALLOWED: dict[str, type[Enum]] = {
    "role": Role,
    "outcome": ModelOutcome,
    "model_outcome": ModelOutcome,
    "handling": Handling,
}
MAX_ID = 256


@dataclass(frozen=True, kw_only=True)
class Call:
    """The items of one call. items: the event, or None where it was rejected; places: each item's pointer."""

    items: list[RawEvent | None]
    prefix: str
    rejected: list[Rejected] = field(default_factory=list)


def parse_call(data: bytes, *, ndjson: bool) -> Call:
    """Return the events of a call and what was rejected.

    data: a JSON array, an object {"events": […]}, or one JSON object a line (ndjson).
    Raises Malformed where no items can be made out, TooManyEvents above MAX_EVENTS.
    """
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]  # a byte order mark is no content
    return _lines(data) if ndjson else _document(data)


def _document(data: bytes) -> Call:
    try:
        whole = _whole.decode(data)
    except RecursionError as error:
        raise Malformed(expected="JSON", reason="it is nested too deeply", pointer="") from error
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _piecewise(data)
    if isinstance(whole, _Envelope):
        _limit(len(whole.events))
        return Call(items=list(whole.events), prefix="/events")
    _limit(len(whole))
    return Call(items=list(whole), prefix="")


def _piecewise(data: bytes) -> Call:
    try:
        loose = _loose.decode(data)
    except msgspec.ValidationError as error:
        expected = 'a JSON array of events or an object {"events": […]}'
        raise Malformed(expected=expected, reason="it is of another shape", pointer="") from error
    except RecursionError as error:
        raise Malformed(expected="JSON", reason="it is nested too deeply", pointer="") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return _leniently(data, error)
    pieces, prefix = (loose.events, "/events") if isinstance(loose, _LooseEnvelope) else (loose, "")
    return _each([bytes(piece) for piece in pieces], prefix)


def _leniently(data: bytes, error: Exception) -> Call:
    """Cut a call that msgspec can't, because half a surrogate pair stands somewhere: the standard library lets it pass."""
    try:
        value = json.loads(data.decode("utf-8", "surrogatepass"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Malformed(expected="JSON", reason=_syntax(error), pointer="") from error
    values, prefix = (value["events"], "/events") if isinstance(value, dict) and "events" in value else (value, "")
    if not isinstance(values, list):
        raise Malformed(expected="a JSON array of events", reason="it is of another shape", pointer="") from error
    _limit(len(values))
    call = Call(items=[], prefix=prefix)
    for index, one in enumerate(values):
        item = convert(one, RawEvent, pointer=f"{prefix}/{index}")
        call.items.append(None if isinstance(item, Rejected) else item)
        if isinstance(item, Rejected):
            call.rejected.append(item)
    return call


def _no_constant(name: str) -> object:
    raise ValueError(name)  # NaN and Infinity are no JSON


def convert(value: object, kind: type[T], *, pointer: str) -> T | Rejected:
    """Return what already decoded JSON means, or why it means nothing. Never raises."""
    external_id = value.get("external_id") if isinstance(value, Mapping) else None
    named = external_id[:MAX_ID] if isinstance(external_id, str) and external_id.isprintable() else None
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        return _explained(str(error), pointer, named)
    except (RecursionError, TypeError, ValueError, OverflowError):
        return Rejected(pointer=pointer, code="does-not-fit", detail="holds values that are no JSON")


def _lines(data: bytes) -> Call:
    return _each([line for line in data.split(b"\n") if line.strip()], "")


def _each(pieces: list[bytes], prefix: str) -> Call:
    _limit(len(pieces))
    call = Call(items=[], prefix=prefix)
    for index, piece in enumerate(pieces):
        item = parse_item(piece, pointer=f"{prefix}/{index}")
        if isinstance(item, Rejected):
            call.rejected.append(item)
            call.items.append(None)
        else:
            call.items.append(item)
    return call


def parse_item(piece: bytes, *, pointer: str) -> RawEvent | Rejected:
    """Return the event that these bytes hold, or why they don't. Never raises."""
    try:
        return _item.decode(piece)
    except msgspec.ValidationError as error:
        return _explained(str(error), pointer, _id_of(piece))
    except RecursionError:
        code, detail = "too-deep", "is nested too deeply"
    except UnicodeDecodeError:
        code, detail = "mis-encoded", "is not UTF-8"
    except msgspec.DecodeError as error:
        code, detail = "malformed", f"is not JSON: {_syntax(error)}"
    return Rejected(pointer=pointer, code=code, detail=detail, external_id=_id_of(piece))


def _explained(message: str, pointer: str, external_id: str | None) -> Rejected:
    text, _, tail = message.partition(" - at `")
    names: list[str] = []
    for name, index, _any in _PLACE.findall(tail):
        names.append(name or index or "*")
    place = pointer + "".join(f"/{name}" for name in names)
    named = _FIELD.search(text)
    if named and ("missing" in text or "unknown" in text):
        place = f"{place}/{named.group(1)}"
    code, detail = _words(text, names[-1] if names else "")
    return Rejected(pointer=place, code=code, detail=detail, external_id=external_id)


def _words(text: str, leaf: str) -> tuple[str, str]:
    if "missing required field" in text:
        return "missing", "is missing"
    if "unknown field" in text:
        return "unknown-field", "is not a field of this object; put your own fields under attributes"
    if "enum value" in text:
        allowed = _ALLOWED.get(leaf)
        named = ", ".join(str(one.value) for one in allowed) if allowed else "the values in the reference"
        return "not-allowed", f"is not one of {named}"
    if "datetime" in text or "timezone" in text:
        return "bad-time", "is not a time with its zone, such as 2026-03-01T12:00:00Z"
    if "length" in text:
        return "wrong-length", text.replace("Expected", "must be").replace("`", "")
    if "regex" in text:
        return "wrong-form", "has a form that is not allowed here; see the reference"
    if text.startswith("Expected"):
        return "wrong-type", text.replace("Expected", "must be").replace("`", "")
    return "does-not-fit", "does not fit"


def _syntax(error: Exception) -> str:
    found = re.search(r"\(byte (\d+)\)", str(error))
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    return f"byte {found.group(1)} is out of place" if found else "it ends in the middle, or a character is cut"


def _id_of(piece: bytes) -> str | None:
    try:
        found = _only_id.decode(piece).external_id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return found[:MAX_ID] if found.isprintable() else None


def _limit(count: int) -> None:
    if count > MAX_EVENTS:
        raise TooManyEvents(limit=MAX_EVENTS)
