"""The bytes the tree covers: the canonical JSON of a fact's header.

Sorted keys, no spaces, UTF-8, times in UTC to the microsecond, absent values null: the form of RFC 8785 for these types.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from json.encoder import encode_basestring as _quoted

from assize.audit.logic.tree import leaf_hash
from assize.audit.models import Body, Header


def moment(at: datetime) -> str:
    """Return `2026-05-03T08:00:00.000000Z`; always six digits, so that equal times are equal text."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def from_moment(text: str) -> datetime:
    """Read what `moment` wrote. Raises ValueError for anything else, so that one time has one spelling."""
    at = datetime.fromisoformat(text)
    if moment(at) != text:
        raise ValueError("a time is spelled another way")
    return at


def header_json(header: Header) -> dict[str, str | None]:
    """Return the header as JSON values."""
    return {
        "actor": header.actor,
        "case_id": header.case_id,
        "commitment": header.commitment.hex(),
        "id": header.id,
        "kind": header.kind,
        "occurred_at": moment(header.occurred_at),
        "recorded_at": moment(header.recorded_at),
        "subject_id": header.subject_id,
        "thing": header.thing,
    }


def header_from_json(value: Mapping[str, str | None]) -> Header:
    """Read what `header_json` gave. Raises KeyError, TypeError or ValueError where it doesn't fit."""
    return Header(
        id=_text(value["id"]),
        kind=_text(value["kind"]),
        actor=_text(value["actor"]),
        case_id=value["case_id"],
        subject_id=value["subject_id"],
        thing=value["thing"],
        occurred_at=from_moment(_text(value["occurred_at"])),
        recorded_at=from_moment(_text(value["recorded_at"])),
        commitment=bytes.fromhex(_text(value["commitment"])),
    )


def leaf_bytes(header: Header) -> bytes:
    """Return the bytes of the leaf: `header_json` with its keys in order, put together by hand, three times as fast."""
    return (
        f'{{"actor":{_quoted(header.actor)},"case_id":{_or_null(header.case_id)},'
        f'"commitment":"{header.commitment.hex()}","id":{_quoted(header.id)},"kind":{_quoted(header.kind)},'
        f'"occurred_at":"{moment(header.occurred_at)}","recorded_at":"{moment(header.recorded_at)}",'
        f'"subject_id":{_or_null(header.subject_id)},"thing":{_or_null(header.thing)}}}'
    ).encode()


def leaf_of(header: Header) -> bytes:
    """Return the leaf hash of a fact."""
    return leaf_hash(leaf_bytes(header))


def is_committed(header: Header, body: Body) -> bool:
    """Whether the body is the one that the header commits to: SHA-256 over nonce and UTF-8 text."""
    return hashlib.sha256(body.nonce + body.text.encode()).digest() == header.commitment


def _or_null(text: str | None) -> str:
    return "null" if text is None else _quoted(text)


def _text(value: str | None) -> str:
    if not isinstance(value, str):
        raise TypeError("text is missing")
    return value
