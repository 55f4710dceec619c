"""Sending: what the stream makes goes to the API in batches, at its pace or as fast as it is taken."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from assize.kernel import clock
from assize_sim.book import Book
from assize_sim.client import Client, Refused
from assize_sim.standing import Register
from assize_sim.truth import Sent

BATCH = 20  # events a call, as a platform's shipper would
LINGER_S = 0.5  # an event waits no longer than this for others


@dataclass(kw_only=True)
class Sender:
    """Sends a stream.

    limit: how many to send at most, None for no end. paced: keep the stream's own times. keep: remember what was sent,
    so that `lost` can ask for it (a demo without end doesn't).
    held_back: what its subject was no longer allowed to send. refused: items the API did not take.
    """

    client: Client
    book: Book
    register: Register
    limit: int | None = None
    paced: bool = False
    keep: bool = True
    batches: list[list[Sent]] = field(default_factory=list)
    accepted: int = 0
    duplicates: int = 0
    refused: int = 0
    held_back: int = 0

    def run(self, items: Iterator[Sent], ending: threading.Event) -> None:
        """Send until the limit, or until told to end. Raises OutOfPatience where the API stays away."""
        began = time.monotonic()
        batch: list[Sent] = []
        oldest = began
        for item in items:
            if ending.is_set() or self._full(batch):
                break
            if self.paced and (gap := began + item.after_s - time.monotonic()) > 0:
                batch = self._flushed(batch, due=gap > LINGER_S)
                if ending.wait(gap):
                    break
            if not self.register.may_send(item.subject, clock.now()) and not item.report:
                self.held_back += 1
                continue
            oldest = oldest if batch else time.monotonic()
            batch.append(item)
            late = self.paced and time.monotonic() - oldest > LINGER_S
            batch = self._flushed(batch, due=late or len(batch) >= BATCH)
        self._flushed(batch, due=True)

    def send(self, batch: list[Sent]) -> None:
        """Send one batch, and keep it to ask about later."""
        self.book.note(batch, at=clock.now())
        if self.keep:
            self.batches.append(batch)
        for reports in (False, True):
            part = [item for item in batch if item.report is reports]
            if part:
                self._post(part, reports=reports)

    def lost(self) -> int:
        """Send everything acknowledged again, and count what is not known under the id it was given.

        The API says itself what it kept: an item it has is a duplicate and answered with the same id.
        """
        missing = 0
        for batch in self.batches:
            for reports in (False, True):
                known = [item for item in batch if item.report is reports and item.external_id in self.book.accepted]
                if known:
                    said = self.client.post(_path(reports), {_name(reports): [dict(one.body) for one in known]}) or {}
                    ids = said.get("ids", [])
                    missing += sum(
                        1
                        for item, kept in zip(known, ids, strict=False)
                        if kept != self.book.accepted[item.external_id]
                    )
        return missing

    def _full(self, batch: list[Sent]) -> bool:
        return self.limit is not None and self.book.sent + len(batch) >= self.limit

    def _flushed(self, batch: list[Sent], *, due: bool) -> list[Sent]:
        if not (due and batch):
            return batch
        self.send(batch)
        return []

    def _post(self, part: list[Sent], *, reports: bool) -> None:
        try:
            said = self.client.post(_path(reports), {_name(reports): [dict(one.body) for one in part]}) or {}
        except Refused:
            self.refused += len(part)
            return
        # A batch that was durable when its answer got lost comes back as duplicates: accepted all the same.
        ids = {item.external_id: kept for item, kept in zip(part, said.get("ids", []), strict=False) if kept}
        self.accepted += int(said.get("accepted", 0))
        self.duplicates += int(said.get("duplicates", 0))
        self.refused += len(said.get("rejected", []))
        if self.keep:
            self.book.note_accepted(ids)


def _path(reports: bool) -> str:
    return "/v1/reports" if reports else "/v1/events"


def _name(reports: bool) -> str:
    return "reports" if reports else "events"
