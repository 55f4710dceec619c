"""The worker's loops: each takes what is due in claimed batches, and waits when there is nothing."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg.types.json import Jsonb

from assize.kernel import clock
from assize.kernel.errors import Unavailable
from assize.platform.db import Database
from assize.platform.logs import log
from assize.platform.sql import queries
from assize.workforce.models import SYSTEM

SQL = queries("assize.platform")
BEAT = timedelta(seconds=10)
LONGEST_WAIT_S = 30.0


@dataclass(frozen=True, kw_only=True)
class Loop:
    """One thing a worker does again and again. `step` returns how much it did: after none it waits `rest_s`."""

    name: str
    rest_s: float
    step: Callable[[Database, datetime], int]


class Runner(threading.Thread):
    """Runs one loop until it is told to stop; a failing step is logged by kind and tried again, ever more slowly."""

    def __init__(self, loop: Loop, *, database: Database, ending: threading.Event) -> None:
        super().__init__(name=loop.name, daemon=True)
        self.loop = loop
        self.database = database
        self.ending = ending
        self._beaten = datetime.min.replace(tzinfo=clock.now().tzinfo)

    def run(self) -> None:
        """Go round until the end."""
        wait_s = 0.0
        while not self.ending.wait(wait_s):
            try:
                done = self.loop.step(self.database, clock.now())
                self._beat()
                wait_s = 0.0 if done else self.loop.rest_s
            except Unavailable as error:
                wait_s = min(max(wait_s * 2, 0.5), LONGEST_WAIT_S)
                log.warning("loop-waits", handler=self.loop.name, code=error.code, wait_s=wait_s)
            except Exception as error:  # noqa: BLE001 - one broken step must not end the loop; kind and place are logged
                wait_s = min(max(wait_s * 2, 0.5), LONGEST_WAIT_S)
                log.error("loop-failed", handler=self.loop.name, error_type=type(error).__name__, place=place_of(error))

    def _beat(self) -> None:
        at = clock.now()
        if at - self._beaten < BEAT:
            return
        with self.database.transaction(SYSTEM) as tx:
            tx.run(SQL["beat"], {"process": f"worker:{self.loop.name}", "at": at, "detail": Jsonb({})})
        self._beaten = at


def place_of(error: BaseException) -> str:
    """Return file and line of where an error arose: never its words, which may quote content."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rpartition('assize/')[2]}:{trace.tb_lineno}" if trace else ""
