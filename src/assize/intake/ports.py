"""Where plug-ins and higher slices attach to intake."""

import gzip
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from assize.intake.models import RawEvent
from assize.kernel.ids import EventId


@dataclass(frozen=True, kw_only=True)
class Reject:
    """A row that is no event. line: 1 for the first row of data after a header, or the first line of a file without one."""

    line: int
    code: str
    detail: str
    external_id: str | None = None


@dataclass(kw_only=True)
class Meter:
    """How far a file was read, for a progress bar; in bytes as they lie on the disk, packed or not."""

    file: BinaryIO | None = None
    _last: int = 0

    @property
    def done_bytes(self) -> int:
        """How many bytes were read."""
        if self.file is not None and not self.file.closed:
            self._last = self.file.tell()
        return self._last


@contextmanager
def opened(path: Path, *, meter: Meter | None = None) -> Iterator[BinaryIO]:
    """Open a file for reading, unpacked where its name ends in .gz. A damaged one raises OSError or EOFError in reading."""
    with path.open("rb") as file:
        if meter is not None:
            meter.file = file
        if path.suffix == ".gz":
            with gzip.open(file) as unpacked:
                yield cast("BinaryIO", unpacked)
        else:
            yield file
        if meter is not None:
            _ = meter.done_bytes  # remembered before the file is closed


class Source(Protocol):
    """A file format that `assize import` reads.

    Reading is a stream (bounded memory), the same rows in the same order each time: a run that was stopped skips what
    it already has by count. A bad row is a Reject, not an error; raise UnreadableFile where the file itself is bad.
    """

    name: str

    def read(self, path: Path, *, meter: Meter | None = None) -> Iterator[RawEvent | Reject]:
        """Return the events of a file, one by one. meter: given to `opened`, so that progress can be shown."""
        ...


class Derivative(Protocol):
    """How a slice forgets what it copied from events: features, dossiers, payloads."""

    name: str

    def erase(self, tx: Any, event_ids: Sequence[EventId], at: datetime) -> int:
        """Remove every copy of these events' content, in this transaction. Return how many copies went. Idempotent."""
        ...


_derivatives: dict[str, Derivative] = {}


def register_derivative(derivative: Derivative) -> None:
    """Make a slice's copies part of every erasure from now on. The same name again replaces the earlier one."""
    _derivatives[derivative.name] = derivative


def derivatives() -> tuple[Derivative, ...]:
    """Return everybody who keeps copies, in order of registration."""
    return tuple(_derivatives.values())
