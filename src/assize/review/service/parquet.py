"""Exports as Parquet, where pyarrow is installed."""

import importlib
import io
from collections.abc import Sequence
from datetime import datetime
from types import ModuleType
from typing import Any

from assize.review.errors import NeedsParquet
from assize.review.logic.exporting import Cells
from assize.review.models import Export

GROUP = 10_000  # rows of a group: small enough to hold, large enough to be worth its footer


class ParquetWriter:
    """Parquet in groups of rows, each written as it fills. Raises NeedsParquet where pyarrow is missing."""

    media_type = "application/vnd.apache.parquet"

    def __init__(self, columns: Sequence[str], *, times: frozenset[str], numbers: frozenset[str]) -> None:
        self._arrow, parquet = arrow()
        types = {
            name: self._arrow.timestamp("us", tz="UTC")
            if name in times
            else self._arrow.int64()
            if name in numbers
            else self._arrow.string()
            for name in columns
        }
        self._schema = self._arrow.schema(list(types.items()))
        self._waiting: list[Cells] = []
        self._out = bytearray()
        self._writer = parquet.ParquetWriter(_Passed(self), self._schema, compression="zstd")

    def start(self) -> bytes:
        """Return the magic number."""
        return self._take()

    def rows(self, rows: Sequence[Cells]) -> bytes:
        """Return what was written of these and earlier rows."""
        self._waiting += rows
        if len(self._waiting) >= GROUP:
            self._write()
        return self._take()

    def end(self, export: Export) -> bytes:
        """Return the last group and the footer, which says what was left out."""
        if self._waiting:
            self._write()
        self._writer.add_key_value_metadata(
            {"assize.export": export.id, "assize.rows": str(export.rows), "assize.left_out": str(export.left_out)}
        )
        self._writer.close()
        return self._take()

    def _write(self) -> None:
        columns = {field.name: [_value(row.get(field.name)) for row in self._waiting] for field in self._schema}
        self._writer.write_table(self._arrow.table(columns, schema=self._schema))
        self._waiting = []

    def _take(self) -> bytes:
        taken, self._out = bytes(self._out), bytearray()
        return taken

    def pass_on(self, data: bytes) -> None:
        """Keep bytes until they are taken."""
        self._out += data


class _Passed(io.RawIOBase):
    """A file that keeps nothing: what is written to it goes on at once."""

    def __init__(self, writer: ParquetWriter) -> None:
        super().__init__()
        self._to = writer
        self._at = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        piece = bytes(data)
        self._to.pass_on(piece)
        self._at += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._at


def arrow() -> tuple[ModuleType, ModuleType]:
    """Return pyarrow and its Parquet. Raises NeedsParquet."""
    try:
        return importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        raise NeedsParquet from error


def _value(value: str | int | datetime | None) -> str | int | datetime | None:
    # Half of a surrogate pair is no character: Parquet keeps no such text.
    return value.encode(errors="backslashreplace").decode() if isinstance(value, str) else value
