"""Keeps one embedded database running: starts, waits, restarts, stops."""

import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import psycopg

from assize.platform.errors import DatabaseDidNotStart, EmbeddedDatabaseFailed, HomeInUse
from assize.platform.logs import log
from assize.platform.postgres import postmaster
from assize.platform.postgres.account import account
from assize.platform.postgres.binaries import programs
from assize.platform.postgres.cluster import Cluster
from assize.platform.postgres.configuration import write_configuration
from assize.platform.postgres.creation import make_files, make_roles
from assize.platform.postgres.folders import layout, make_folders, make_root
from assize.platform.postgres.keeper import Keeper, Presence
from assize.platform.postgres.lifeline import Lifeline

TELL_S = 10.0  # a long recovery says that it goes on
LOOK_S = 0.1  # how soon a crash is noticed
ATTACH_S = 120.0  # another process makes or recovers the database; longer than that, somebody should look
SHUTDOWN_S = 60.0  # a checkpoint of everything in memory
ORPHANS_S = 5.0  # backends of a killed postmaster leave by themselves, unless they are busy
GIVE_UP_S = 60.0  # and after this they are not why it does not start
SLOWEST_RETRY_S = 30.0

# What PostgreSQL says when the last postmaster's backends are still there.
PASSING = ("pre-existing shared memory block",)


class Supervisor:
    """One embedded database. The first process on a home keeps it; any other attaches to it.

    `with supervisor:` starts, watches and stops. When the keeper leaves, another takes over; the last one shuts down.
    """

    def __init__(self, *, home: Path, settings: Mapping[str, str]) -> None:
        self._who = account()
        self._places = layout(home, self._who)
        self._settings = dict(settings)
        self._home = home
        self._keeper = Keeper(self._places.lock)
        self._presence = Presence(self._places.present)
        self._child: subprocess.Popen[bytes] | None = None
        self._pid: int | None = None
        self._lifeline: Lifeline | None = None
        self._turn = threading.RLock()
        self._ending = threading.Event()
        self._watcher: threading.Thread | None = None

    @property
    def cluster(self) -> Cluster:
        """Where to connect."""
        return self._places.cluster

    @property
    def keeps(self) -> bool:
        """Whether this process keeps the database, rather than being attached to it."""
        return self._keeper.held

    def start(self) -> Cluster:
        """Return when the database takes connections; recovery after a crash takes as long as it takes.

        Raises DatabaseDidNotStart with its last words, HomeInUse, FolderNotSafe, FolderNotReachable, BinariesMissing.
        """
        self._ending.clear()
        try:
            with self._turn:
                make_root(self._places, self._who)
                self._presence.enter()
                if self._keeper.take() or not self._attach():
                    self._keep()
        except BaseException:
            self.stop()
            raise
        return self.cluster

    def stop(self) -> None:
        """Leave; shut the database down if no other process uses it. Everything committed is kept."""
        self._ending.set()
        if self._watcher is not None:
            self._watcher.join()
            self._watcher = None
        with self._turn:
            if self._pid is not None:
                self._leave_or_end(self._pid)
            self._cut_lifeline()
            if self._child is not None:
                postmaster.release(self._child)
            self._pid = self._child = None
            self._keeper.let_go()
            self._presence.leave()

    def is_running(self) -> bool:
        """Whether the database takes connections."""
        found = postmaster.living_postmaster(self.cluster.data)
        return found is not None and found.status == "ready"

    def watch(self) -> None:
        """From now on start the database again, in the background, whenever it is gone."""
        if self._watcher is None:
            self._watcher = threading.Thread(target=self._watch, name="database-watch", daemon=True)
            self._watcher.start()

    def __enter__(self) -> Self:
        self.start()
        self.watch()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _leave_or_end(self, pid: int) -> None:
        # Look again after letting go: whoever left in between found the lock taken, and counted on us.
        for _ in range(2):
            alone = self._presence.left_alone()
            if alone and self._keeper.take():
                self._cut_lifeline()
                postmaster.end(pid, self.cluster.data, self._child, patience_s=SHUTDOWN_S)
                return
            self._cut_lifeline()
            self._keeper.let_go()

    def _attach(self) -> bool:
        # False: the keeper is gone and the lock is ours.
        deadline = time.monotonic() + ATTACH_S
        while not (self._keeper.take() or self._ending.is_set()):
            found = postmaster.living_postmaster(self.cluster.data)
            if found is not None and found.status == "ready" and self._places.made.exists():
                make_folders(self._places, self._who)  # they are there: this looks whether they are ours
                self._pid = found.pid
                return True
            if time.monotonic() > deadline:
                raise HomeInUse(pid=self._keeper.holder(), home=self._home, wait_s=ATTACH_S)
            time.sleep(0.02)
        return not self._keeper.held

    def _keep(self) -> None:
        make_folders(self._places, self._who)
        folder = programs(self._who)
        if not self.cluster.data.exists():
            make_files(self._places, self._who, folder)
        self._bring_up(folder)
        if self._pid is None or self._ending.is_set():
            return  # `stop` ends what was started
        if not self._places.made.exists():
            self._make_roles()
        self._cut_lifeline()
        self._lifeline = Lifeline(pid=self._pid, who=self._who)

    def _make_roles(self) -> None:
        try:
            make_roles(self.cluster)
        except psycopg.OperationalError:
            said = postmaster.last_lines(self._places.log, since=0)
            raise DatabaseDidNotStart(log=self._places.log, last_lines=said) from None
        self._places.made.touch()

    def _bring_up(self, folder: Path) -> None:
        # One round for each postmaster: one that a killed process of ours left behind is adopted, if it stays.
        data, failing_since = self.cluster.data, time.monotonic()
        while not self._ending.is_set():
            began = time.monotonic()
            size = self._places.log.stat().st_size if self._places.log.exists() else 0
            found = postmaster.living_postmaster(data)
            if found is None:
                postmaster.forget_stale(self.cluster)
                write_configuration(self._places, self._who, self._settings)
                self._child = postmaster.launch(self._places, self._who, folder)
                found = postmaster.Postmaster(pid=self._child.pid, status="")
            elif self._child is not None and self._child.pid != found.pid:
                postmaster.release(self._child)
                self._child = None
            self._pid = found.pid
            if self._becomes_ready(found.pid) or self._ending.is_set():
                return
            self._pid = None
            if time.monotonic() - began > GIVE_UP_S:
                failing_since = time.monotonic()  # that was a long recovery, cut short: not a failure that repeats
            self._after_failure(size=size, waited_s=time.monotonic() - failing_since)

    def _becomes_ready(self, pid: int) -> bool:
        pause, began, told_s = 0.002, time.monotonic(), TELL_S
        while not self._ending.is_set():
            told = postmaster.read_postmaster(self.cluster.data)
            if told is not None and told.pid == pid and told.status == "ready":
                return True
            if postmaster.gone(pid, self.cluster.data, self._child):
                return False
            if time.monotonic() - began > told_s:
                log.info("database-recovering", wait_s=round(told_s))
                told_s += TELL_S
            time.sleep(pause)
            pause = min(pause * 1.5, 0.1)
        return False

    def _after_failure(self, *, size: int, waited_s: float) -> None:
        said = postmaster.last_lines(self._places.log, since=size)
        # Adopted, killed by a signal, or told to stop: it didn't fail by itself.
        ended_by_others = self._child is None or self._child.returncode <= 0
        self._child = None
        passing = ended_by_others or any(words in said for words in PASSING)
        if not passing or waited_s > GIVE_UP_S:
            raise DatabaseDidNotStart(log=self._places.log, last_lines=said or "(nothing)")
        if waited_s > ORPHANS_S:
            postmaster.end_orphans(self.cluster.data, harder=waited_s > 2 * ORPHANS_S)
        time.sleep(0.05)

    def _cut_lifeline(self) -> None:
        if self._lifeline is not None:
            self._lifeline.cut()
            self._lifeline = None

    def _watch(self) -> None:
        pause = LOOK_S
        while not self._ending.wait(pause):
            if self._pid is not None and not postmaster.gone(self._pid, self.cluster.data, self._child):
                if not self._keeper.held and self._keeper.take():
                    self._restart()  # the keeper left: adopt what it kept
                continue
            log.warning("database-gone", process="database")
            pause = LOOK_S if self._restart() else min(pause * 2, SLOWEST_RETRY_S)

    def _restart(self) -> bool:
        try:
            with self._turn:
                self._cut_lifeline()
                if self._keeper.take() or not self._attach():
                    self._keep()
        except (EmbeddedDatabaseFailed, OSError) as error:
            log.error("database-not-restarted", error_type=type(error).__name__)
            return False
        return True


def open_cluster(home: Path, *, settings: Mapping[str, str] | None = None) -> Supervisor:
    """Return the supervisor of the database below this home; it starts nothing yet.

    settings: PostgreSQL's own, over ours (`{"shared_buffers": "512MB"}`).
    """
    return Supervisor(home=home, settings=settings or {})
