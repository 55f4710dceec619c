"""Parquet: one event a row, columns as in docs/reference/events.md. Needs the extra `assize[parquet]`."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assize.intake.errors import UnreadableFile
from assize.intake.models import RawEvent, Rejected
from assize.intake.ports import Meter, Reject, Source
from assize.intake.service import event_of_row

BATCH_ROWS = 500  # held in memory at once


class Parquet:
    """Events a row."""

    name = "parquet"

    def read(self, path: Path, *, meter: Meter | None = None) -> Iterator[RawEvent | Reject]:
        """Return the events of a file, one by one. Raises UnreadableFile, also where pyarrow is not installed."""
        try:
            pyarrow, parquet = importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
        except ImportError as error:
            reason = "that needs pyarrow: install assize[parquet]"
            raise UnreadableFile(field="FILE", form=self.name, reason=reason) from error
        number = 0
        with path.open("rb") as file:
            if meter is not None:
                meter.file = file
            try:
                for batch in parquet.ParquetFile(file).iter_batches(batch_size=BATCH_ROWS):
                    for row in batch.to_pylist():
                        number += 1
                        yield _event(row, number)
            except pyarrow.ArrowException as error:
                reason = "it is damaged or not Parquet"
                raise UnreadableFile(field="FILE", form=self.name, reason=reason) from error


def _event(row: dict[str, Any], number: int) -> RawEvent | Reject:
    found = event_of_row(row)
    if isinstance(found, Rejected):
        place = f"{found.pointer} " if found.pointer else ""
        return Reject(line=number, code=found.code, detail=place + found.detail, external_id=found.external_id)
    return found


SOURCE: Source = Parquet()
