"""The one poller of a server process, and the streams it tells."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import inf

from starlette.concurrency import run_in_threadpool

from assize.console.live.topics import OPERATIONS, cases_in, topics_of
from assize.kernel import clock
from assize.kernel.actor import Scope
from assize.kernel.errors import AssizeError, Unavailable
from assize.kernel.ids import CaseId, ReviewerId
from assize.platform import rollups
from assize.platform.changes import Change, Reader
from assize.platform.db import Database, Tx
from assize.platform.logs import log
from assize.review import service as review
from assize.triage import service as triage
from assize.workforce.models import SYSTEM, Principal, Right

LOOK_S = 1.0  # how late a page may be; a look costs two indexed reads
AWAY_S = 5.0  # between looks while the database is away
# Between two tellings of one page. Operations hang on nearly every fact, and reading them anew is the dearest page there is.
SLOW_S: Mapping[str, float] = {OPERATIONS: 15.0}
MOST_STREAMS = 6  # of one person: more tabs than anybody looks at; the oldest gives way


@dataclass(eq=False, kw_only=True)
class Stream:
    """One open page. topics: what it may be told of. pending: what changed and was not sent yet."""

    principal: Principal
    topics: frozenset[str]
    pending: set[str] = field(default_factory=set)
    sent: dict[str, float] = field(default_factory=dict)
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = False

    def tell(self, topics: Iterable[str]) -> None:
        """Note what changed, as far as this page asked for it."""
        self.pending |= self.topics.intersection(topics)
        if self.pending:
            self.woken.set()

    def take(self, moment: float) -> list[str]:
        """Return what is to be sent now; what was sent a moment ago, and is slow to make, stays for later.

        moment: seconds of a clock that only goes on. The last change is always sent, if late.
        """
        self.woken.clear()
        due = {one for one in self.pending if moment - self.sent.get(one, -inf) >= SLOW_S.get(one, 0.0)}
        self.pending -= due
        self.sent |= dict.fromkeys(due, moment)
        return sorted(due)


class Hub:
    """Looks at the log once a second while anybody listens; holds no connection between two looks."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._reader = Reader()
        self._streams: list[Stream] = []
        self._present: Mapping[CaseId, frozenset[ReviewerId]] = {}
        self._sums: Mapping[str, datetime] | None = None
        self._task: asyncio.Task[None] | None = None

    async def open(self, principal: Principal, topics: frozenset[str]) -> Stream:
        """Return a new stream; the oldest of a person with too many ends."""
        own = [one for one in self._streams if one.principal.id == principal.id]
        for one in own[: max(0, len(own) + 1 - MOST_STREAMS)]:
            one.over = True
            one.woken.set()
            self._streams.remove(one)
        stream = Stream(principal=principal, topics=topics)
        self._streams.append(stream)
        if self._task is None or self._task.done():
            self._reader, self._sums = Reader(), None
            await self._look()  # from here on nothing is missed
            self._task = asyncio.create_task(self._run())
        return stream

    def close(self, stream: Stream) -> None:
        """Forget a stream; with the last one the looking ends."""
        if stream in self._streams:
            self._streams.remove(stream)

    async def _run(self) -> None:
        while self._streams:
            pause = LOOK_S if await self._look() else AWAY_S
            await asyncio.sleep(pause)

    async def _look(self) -> bool:
        streams = list(self._streams)
        try:
            found = await run_in_threadpool(self._told, streams)
        except Unavailable:
            return False  # the reader stands where it stood: nothing is missed
        except Exception as error:  # noqa: BLE001 - the poller outlives one bad look; the kind is logged
            log.warning("live_look_failed", error=type(error).__name__)
            return False
        for stream, topics in found.items():
            stream.tell(topics)
        return True

    def _told(self, streams: Sequence[Stream]) -> Mapping[Stream, set[str]]:
        """Return what each stream is told of, asking once for each scope which cases exist for it."""
        asked = frozenset().union(*(one.topics for one in streams)) if streams else frozenset()
        with self._database.transaction(SYSTEM) as tx:
            found = [*self._reader.look(tx), *self._came_and_went(tx, streams)]
            if OPERATIONS in asked:
                found += self._summed(tx)
        changes = [(one, topics_of(one.kind, one.case_id)) for one in found]
        wanted = [(one, topics & asked) for one, topics in changes if topics & asked]
        if not wanted:
            return {}
        by_scope: dict[tuple[Scope, bool], list[Stream]] = {}
        for stream in streams:
            may_read = Right.CASES_READ in stream.principal.rights
            by_scope.setdefault((stream.principal.scope, may_read), []).append(stream)
        told: dict[Stream, set[str]] = {}
        for (_, may_read), those in by_scope.items():
            seen = self._seen(those[0].principal, [one for one, _ in wanted]) if may_read else frozenset()
            topics = {t for one, of_it in wanted if one.case_id is None or one.case_id in seen for t in of_it}
            told |= dict.fromkeys(those, topics)
        return told

    def _came_and_went(self, tx: Tx, streams: Sequence[Stream]) -> list[Change]:
        """Return cases that somebody watches and on which others are than a look ago: no fact, so told as none."""
        watched = sorted({CaseId(one) for stream in streams for one in cases_in(stream.topics)})
        now = review.present_on(tx, case_ids=watched, at=clock.now()) if watched else {}
        before, self._present = self._present, now
        return [
            Change(id="", kind="Presence", actor="", case_id=one) for one in watched if now.get(one) != before.get(one)
        ]

    def _summed(self, tx: Tx) -> list[Change]:
        """Return whether sums by hour were made since the last look: no fact, so told as none."""
        now = rollups.made(tx)
        before, self._sums = self._sums, now
        return [] if before is None or before == now else [Change(id="", kind="Sums", actor="", case_id=None)]

    def _seen(self, principal: Principal, changes: Sequence[Change]) -> frozenset[CaseId]:
        case_ids = sorted({CaseId(one.case_id) for one in changes if one.case_id is not None})
        if not case_ids:
            return frozenset()
        try:
            with self._database.transaction(principal) as tx:
                return triage.seen(tx, case_ids=case_ids)
        except Unavailable:
            raise
        except AssizeError:
            return frozenset()
