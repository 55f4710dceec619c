"""Group commit: calls that come while the database is writing share the next write.

One thread takes whatever calls wait, writes them in one transaction and answers them all. A commit costs the same for
one call as for fifty, so the busier it is, the cheaper each event becomes, and every answer is still durable.
"""

import asyncio
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue

import psycopg
from psycopg_pool import PoolClosed, PoolTimeout

from assize.intake.errors import NotTakenNow
from assize.intake.models import Ready, Receipt, Rejected
from assize.intake.service.receive import Batch, receive_batches
from assize.intake.store.events import TakenMeanwhile, write_events
from assize.kernel import clock
from assize.kernel.errors import AssizeError, Unavailable
from assize.platform.db import Database
from assize.platform.logs import log
from assize.workforce.models import SYSTEM

GROUP_EVENTS = 2_000  # larger groups save little more and make the first caller wait for the last
WAITING_EVENTS = 50_000  # about 50 MB: beyond, callers are told to come back instead of piling up
REPEATS = 5  # another server taking the same events at the same moment is rare; five times running is a fault
HAND_OVER_S = (
    0.0005  # how long a thread keeps the interpreter to itself; the usual 5 ms would be added to each round trip
)


class Busy(Unavailable):
    """More is coming in than can be written. Nothing of this call was taken; send it again in a moment."""

    code = "busy"


@dataclass(frozen=True)
class _Waiting:
    batch: Batch
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Receipt]


class Collector:
    """The thread that writes for everybody. One per server process; starts with the first call."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queue: SimpleQueue[_Waiting] = SimpleQueue()
        self._waiting = 0
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    async def take(self, batch: Batch) -> Receipt:
        """Write a batch with whatever else waits. Raises NotTakenNow or Busy, and then nothing of it was taken."""
        self._start()
        size = len(batch.slots)
        with self._lock:
            if self._waiting + size > WAITING_EVENTS and self._waiting:
                raise Busy
            self._waiting += size
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Receipt] = loop.create_future()
        self._queue.put(_Waiting(batch, loop, answer))
        return await answer

    def _start(self) -> None:
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    sys.setswitchinterval(HAND_OVER_S)
                    self._thread = threading.Thread(target=self._run, name="intake-collector", daemon=True)
                    self._thread.start()

    def _run(self) -> None:
        while True:
            group = self._group()
            try:
                _answer(group, _written(self._database, [one.batch for one in group]))
            except Exception as error:  # noqa: BLE001 - a thread that died would leave every later caller waiting
                log.error("intake group failed", error_type=type(error).__name__)
                _answer(group, [NotTakenNow() for _ in group])
            with self._lock:
                self._waiting -= sum(len(one.batch.slots) for one in group)

    def _group(self) -> list[_Waiting]:
        group = [self._queue.get()]
        size = len(group[0].batch.slots)
        while size < GROUP_EVENTS:
            try:
                one = self._queue.get_nowait()
            except Empty:
                break
            group.append(one)
            size += len(one.batch.slots)
        return group


def _written(database: Database, batches: Sequence[Batch]) -> list[Receipt | AssizeError]:
    """Write batches together; where the database refuses something in them, each alone, so that one spoils no other."""
    cut = False
    for _ in range(REPEATS):
        try:
            with database.transaction(SYSTEM) as tx:
                return list(receive_batches(tx, batches, at=clock.now(), alone=True))
        except TakenMeanwhile:
            continue
        except Unavailable as error:
            if cut or isinstance(error.__cause__, PoolTimeout | PoolClosed):
                break  # the pool has waited for a connection long enough already
            cut = True
        except psycopg.DataError:
            if len(batches) > 1:
                return [one for batch in batches for one in _written(database, [batch])]
            return [_item_by_item(database, batches[0])]
    return [NotTakenNow() for _ in batches]


def _item_by_item(database: Database, batch: Batch) -> Receipt | AssizeError:
    """Find the items that the database refuses and write the others.

    Not expected, since `logic.prepare` checks what PostgreSQL can hold; but an oversight there must cost one item only.
    """
    slots = list(batch.slots)
    rejected, sources = list(batch.rejected), list(batch.rejected_sources)
    for index, slot in enumerate(slots):
        if slot is not None and not _storable(database, slot):
            detail = "holds a value that can't be kept"
            place = f"{batch.prefix}/{index}"
            rejected.append(Rejected(pointer=place, code="not-storable", detail=detail, external_id=slot.external_id))
            sources.append(slot.source)
            slots[index] = None
    return _written(database, [replace(batch, slots=slots, rejected=rejected, rejected_sources=sources)])[0]


def _storable(database: Database, slot: Ready) -> bool:
    try:
        with suppress(_Undo), database.transaction(SYSTEM) as tx:
            write_events(tx, [slot])
            raise _Undo
    except psycopg.DataError:
        return False
    return True


class _Undo(Exception):
    """Not an error: what was tried is taken back."""


def _answer(group: Sequence[_Waiting], results: Sequence[Receipt | AssizeError]) -> None:
    loops: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Receipt], Receipt | AssizeError]]] = {}
    for one, result in zip(group, results, strict=True):
        loops.setdefault(one.loop, []).append((one.answer, result))
    for loop, pairs in loops.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_set, pairs)


def _set(pairs: Sequence[tuple[asyncio.Future[Receipt], Receipt | AssizeError]]) -> None:
    for answer, result in pairs:
        if answer.done():
            continue  # the caller went away; what was written stays, and a repeat finds it
        if isinstance(result, AssizeError):
            answer.set_exception(result)
        else:
            answer.set_result(result)
