"""The lines of an exported ledger: a head, the checkpoints, the entries in order, an end.

JSON Lines, so that a ledger of any size is read a line at a time, and by any program. The end line tells a whole
file from one cut short.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assize.audit.errors import MalformedExport
from assize.audit.logic.header import from_moment, header_from_json, header_json, moment
from assize.audit.models import Body, Entry

FORMAT = "assize-ledger"
VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Head:
    """What an export says of itself."""

    origin: str
    size: int
    public_key: str | None
    exported_at: datetime


@dataclass(frozen=True, kw_only=True)
class End:
    """The last line: how many entries there were."""

    entries: int


def head_line(head: Head) -> str:
    """Return the first line."""
    return _line(
        {
            "format": FORMAT,
            "version": VERSION,
            "origin": head.origin,
            "size": head.size,
            "public_key": head.public_key,
            "exported_at": moment(head.exported_at),
        }
    )


def checkpoint_line(note: str) -> str:
    """Return the line of a checkpoint."""
    return _line({"checkpoint": note})


def entry_line(entry: Entry) -> str:
    """Return the line of an entry."""
    line: dict[str, Any] = {
        "n": entry.n,
        "fact_id": entry.fact_id,
        "leaf": entry.hash.hex(),
        "fact": None if entry.header is None else header_json(entry.header),
    }
    if entry.body is not None:
        line |= {"body": entry.body.text, "nonce": entry.body.nonce.hex()}
    if entry.withheld:
        line["withheld"] = True
    return _line(line)


def end_line(entries: int) -> str:
    """Return the last line."""
    return _line({"end": entries})


def parse(lines: Iterator[str]) -> Iterator[Head | str | Entry | End]:
    """Read the lines: the head, then notes, entries and the end as they come. Raises MalformedExport, with the line."""
    for number, line in enumerate(lines, start=1):
        try:
            yield _head(json.loads(line)) if number == 1 else _part(json.loads(line))
        except (KeyError, TypeError, ValueError) as error:
            # The kind of error only: its words could quote the line.
            raise MalformedExport(line=number, why=f"it does not fit the format ({type(error).__name__})") from error


def _head(value: Mapping[str, Any]) -> Head:
    if value["format"] != FORMAT or value["version"] != VERSION:
        raise ValueError("another format")
    return Head(
        origin=str(value["origin"]),
        size=int(value["size"]),
        public_key=value["public_key"],
        exported_at=from_moment(value["exported_at"]),
    )


def _part(value: Mapping[str, Any]) -> str | Entry | End:
    if "checkpoint" in value:
        return str(value["checkpoint"])
    if "end" in value:
        return End(entries=int(value["end"]))
    body = Body(text=str(value["body"]), nonce=bytes.fromhex(value["nonce"])) if "body" in value else None
    return Entry(
        n=int(value["n"]),
        fact_id=str(value["fact_id"]),
        hash=bytes.fromhex(value["leaf"]),
        header=None if value["fact"] is None else header_from_json(value["fact"]),
        body=body,
        withheld=bool(value.get("withheld", False)),
    )


def _line(value: Mapping[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False) + "\n"
