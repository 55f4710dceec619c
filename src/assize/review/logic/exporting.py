"""How an export is written: rows as CSV that no spreadsheet runs, or as JSON Lines."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol

from assize.review.models import Export

# A spreadsheet takes a cell that begins with one of these for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

Cell = str | int | datetime | None
Cells = Mapping[str, Cell]


class Writer(Protocol):
    """Turns rows into the bytes of a file, piece by piece."""

    media_type: str

    def start(self) -> bytes:
        """Return what the file begins with."""
        ...

    def rows(self, rows: Sequence[Cells]) -> bytes:
        """Return some more rows."""
        ...

    def end(self, export: Export) -> bytes:
        """Return what the file ends with."""
        ...


class CsvWriter:
    """Comma-separated values with a head, in UTF-8; what could be taken for a formula is marked as text."""

    media_type = "text/csv; charset=utf-8"

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = columns

    def start(self) -> bytes:
        """Return the names of the columns."""
        return _csv([self.columns])

    def rows(self, rows: Sequence[Cells]) -> bytes:
        """Return some more rows."""
        return _csv([as_cell(row.get(name)) for name in self.columns] for row in rows)

    def end(self, export: Export) -> bytes:
        """Return nothing: what was left out stands in the list of exports."""
        del export
        return b""


class JsonLinesWriter:
    """One JSON object a line; the last line says how many rows there are and how many were left out."""

    media_type = "application/x-ndjson"

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = columns

    def start(self) -> bytes:
        """Return nothing."""
        return b""

    def rows(self, rows: Sequence[Cells]) -> bytes:
        """Return some more rows."""
        lines = (json.dumps({name: _plain(row.get(name)) for name in self.columns}, ensure_ascii=False) for row in rows)
        return "".join(f"{line}\n" for line in lines).encode(errors="backslashreplace")

    def end(self, export: Export) -> bytes:
        """Return the trailer."""
        trailer = {"export": export.id, "rows": export.rows, "left_out": export.left_out}
        return (json.dumps({"trailer": trailer}) + "\n").encode()


def as_cell(value: Cell) -> str:
    """Return a value as a cell of CSV: never a formula."""
    text = str(_plain(value)) if value is not None else ""
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def _plain(value: Cell) -> str | int | None:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue().encode(errors="backslashreplace")
