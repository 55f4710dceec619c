"""CSV with a header: one event a row, columns as in docs/reference/events.md; unknown ones become attributes."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from assize.intake.errors import UnreadableFile
from assize.intake.models import RawEvent, Rejected
from assize.intake.ports import Meter, Reject, Source, opened
from assize.intake.service import event_of_row

MAX_FIELD = 1_000_000  # characters; the standard library's own limit is below a long conversation
_SURPLUS = "\0surplus"  # where a row has more cells than the header; no column can be called this


class Csv:
    """Events a row."""

    name = "csv"

    def read(self, path: Path, *, meter: Meter | None = None) -> Iterator[RawEvent | Reject]:
        """Return the events of a file, one by one. line: the row's number after the header, from 1."""
        csv.field_size_limit(MAX_FIELD)
        with opened(path, meter=meter) as file:
            # Bytes that are no UTF-8 become marks that `intake` rejects with the row, instead of ending the import.
            text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
            rows = csv.DictReader(text, restkey=_SURPLUS)
            names = rows.fieldnames or ()
            if "external_id" not in names or "occurred_at" not in names:
                reason = "its first row names no columns external_id and occurred_at"
                raise UnreadableFile(field="FILE", form=self.name, reason=reason)
            number = 0
            while True:
                number += 1
                try:
                    row = next(rows)
                except StopIteration:
                    return
                except csv.Error:
                    yield Reject(line=number, code="malformed", detail="is no row of CSV")
                    continue
                yield _event(row, number)


def _event(row: dict[str, str], number: int) -> RawEvent | Reject:
    if _SURPLUS in row:
        return Reject(line=number, code="too-many-cells", detail="has more cells than the header has columns")
    found = event_of_row(row)
    if isinstance(found, Rejected):
        place = f"{found.pointer} " if found.pointer else ""
        return Reject(line=number, code=found.code, detail=place + found.detail, external_id=found.external_id)
    return found


SOURCE: Source = Csv()
