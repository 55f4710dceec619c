"""The processes: `assize up` keeps database, server and worker running; the others are one process each."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException

import click

from assize.app.cli import settings
from assize.app.installation import opened, reachable
from assize.app.loading import loading_for_good
from assize.platform.logs import configure, log
from assize.platform.settings import Settings

QUICK_DEATH_S = 5.0
SLOWEST_RESTART_S = 30.0
READY_WAIT_S = 60.0


@dataclass(kw_only=True)
class Child:
    """A process of ours: started again whenever it ends by itself."""

    name: str
    environment: Mapping[str, str]
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    pause_s: float = 0.0
    _not_before: float = field(default=0.0)

    def look(self) -> None:
        """Start the process if it doesn't run; one that dies quickly waits longer each time."""
        if self.process is not None and self.process.poll() is None:
            return
        moment = time.monotonic()
        if self.process is not None:
            quick = moment - self.started < QUICK_DEATH_S
            log.warning("process-ended", task=self.name, exit_code=self.process.returncode)
            self.pause_s = min(max(self.pause_s * 2, 0.5), SLOWEST_RESTART_S) if quick else 0.0
            self._not_before, self.process = moment + self.pause_s, None
        if moment >= self._not_before:
            self.started = moment
            self.process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", "assize", self.name],
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C reaches `up` alone, which stops its children in order
            )

    def stop(self, *, patience_s: float = 20.0) -> None:
        """Ask the process to end, and wait; kill it only when it doesn't."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextlib.contextmanager
def running(given: Settings, environment: Mapping[str, str]) -> Iterator[str]:
    """Keep database, server and worker running inside the block; yields the database's DSN.

    environment: of the children; the DSN is added.
    """
    ending = threading.Event()
    with reachable(given) as dsn:
        known = {**environment, "ASSIZE_DATABASE_URL": dsn, "ASSIZE_PARENT": str(os.getpid())}
        children = [Child(name=name, environment=known) for name in ("server", "worker")]
        for child in children:
            child.look()
        keeper = threading.Thread(target=_keep, args=(children, ending), name="children", daemon=True)
        keeper.start()
        try:
            yield dsn
        finally:
            ending.set()
            keeper.join()
            for child in children:
                child.stop()


def wait_until_ready(given: Settings) -> bool:
    """Wait until the server says it is ready; False where it doesn't within a minute."""
    return _asked(given, until=lambda status: status == HTTPStatus.OK)


def wait_until_it_answers(given: Settings) -> bool:
    """Wait until the server says whether it is ready; False where it doesn't within a minute."""
    return _asked(given, until=lambda _: True)


def _asked(given: Settings, *, until: Callable[[int], bool]) -> bool:
    host = given.host if given.host != "0.0.0.0" else "127.0.0.1"  # noqa: S104
    deadline = time.monotonic() + READY_WAIT_S
    while time.monotonic() < deadline:
        # Not httpx2: each of its clients reads every certificate first, while the server wants the core.
        connection = HTTPConnection(host, given.port, timeout=5)
        with contextlib.suppress(OSError, HTTPException), contextlib.closing(connection):
            connection.request("GET", "/readyz")
            if until(connection.getresponse().status):
                return True
        time.sleep(0.05)
    return False


def until_told() -> None:
    """Return when the process is asked to stop."""
    told = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: told.set())
    while not told.wait(1.0):
        pass


@click.command()
def up() -> None:
    """Start everything and keep it running: database, server, worker."""
    given = settings()
    configure(process="up", level="warning")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # until it waits to be told: leave the blocks in order
    with reachable(given), running(given, os.environ):
        wait_until_it_answers(given)
        # Only then, since this loads every slice: on a small machine it would take from the server what it loads with.
        from assize.app.setup import first_run  # noqa: PLC0415 - the slices

        with opened(given) as database:
            welcome = first_run(database)
        wait_until_ready(given)
        click.echo(f"Assize is at {given.public_url}\n{welcome}Ctrl-C stops it; nothing is lost.")
        until_told()
        click.echo("Stopping.")


@click.command()
def server() -> None:
    """Serve the API and the console."""
    with loading_for_good():
        from assize.app.server import serve  # noqa: PLC0415 - loaded by the process that needs it

    with reachable(settings()) as dsn:
        serve(settings(), dsn)


@click.command()
def worker() -> None:
    """Score events, deliver effects, keep the ledger, sweep timers."""
    with loading_for_good():
        from assize.app.worker import work  # noqa: PLC0415 - loaded by the process that needs it

    with reachable(settings()) as dsn:
        work(settings(), dsn)


@click.command()
def migrate() -> None:
    """Bring an external database to this version's schema."""
    from assize.platform.migrate import migrate as bring_up  # noqa: PLC0415 - heavy

    given = settings()
    if given.database_owner_url is None:
        with reachable(given):
            click.echo("The embedded database is at this version.")
        return
    bring_up(given.database_owner_url)
    click.echo("The database is at this version.")


def _keep(children: list[Child], ending: threading.Event) -> None:
    while not ending.wait(0.1):
        for child in children:
            child.look()
