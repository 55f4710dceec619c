"""JSON Lines: one event a line, as `POST /v1/events` takes them (docs/reference/events.md)."""

from collections.abc import Iterator
from pathlib import Path

from assize.intake.models import RawEvent, Rejected
from assize.intake.ports import Meter, Reject, Source, opened
from assize.intake.service import event_of_line

MAX_LINE_BYTES = 8 * 1024 * 1024  # a line without end must not fill the memory


class Jsonl:
    """Events a line."""

    name = "jsonl"

    def read(self, path: Path, *, meter: Meter | None = None) -> Iterator[RawEvent | Reject]:
        """Return the events of a file, one by one; empty lines count, and mean nothing."""
        number = 0
        with opened(path, meter=meter) as file:
            while line := file.readline(MAX_LINE_BYTES + 1):
                number += 1
                if len(line) > MAX_LINE_BYTES:
                    while line and not line.endswith(b"\n"):
                        line = file.readline(MAX_LINE_BYTES)
                    yield Reject(line=number, code="too-big", detail=f"has more than {MAX_LINE_BYTES} bytes")
                elif line.strip():
                    found = event_of_line(line.strip())
                    if isinstance(found, Rejected):
                        place = f"{found.pointer} " if found.pointer else ""
                        yield Reject(
                            line=number, code=found.code, detail=place + found.detail, external_id=found.external_id
                        )
                    else:
                        yield found


SOURCE: Source = Jsonl()
