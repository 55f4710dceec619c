"""The database's main process: whether it lives, how far it is, how it is started and ended."""

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from assize.platform.postgres.account import Account
from assize.platform.postgres.cluster import SOCKET_NAME, Cluster
from assize.platform.postgres.creation import ENVIRONMENT
from assize.platform.postgres.folders import Layout

LOG_MAX_BYTES = 8 * 1024 * 1024  # then the log becomes server.log.1 at the next start
STATUS_LINE = 7  # of postmaster.pid, counted from 0
_PROC = Path("/proc")
_released: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True, kw_only=True)
class Postmaster:
    """What postmaster.pid tells. status: starting, ready, stopping, standby, or empty while it is being written."""

    pid: int
    status: str


def read_postmaster(data: Path) -> Postmaster | None:
    """Return what the data directory says about its postmaster, or None. It may be long dead: see `lives`."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return None
    if not lines or not lines[0].strip().lstrip("-").isdigit():
        return None
    return Postmaster(pid=abs(int(lines[0])), status=lines[STATUS_LINE].strip() if len(lines) > STATUS_LINE else "")


def living_postmaster(data: Path) -> Postmaster | None:
    """Return the postmaster of this data directory if it lives."""
    found = read_postmaster(data)
    return found if found is not None and lives(found.pid, data) else None


def lives(pid: int, data: Path) -> bool:
    """Whether this process lives and works in this data directory.

    Not kill(pid, 0) alone: numbers are used again, most of all in containers, and a zombie answers too.
    """
    if _PROC.joinpath("self").exists():
        return _works_in(pid, data)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return False  # somebody else's: not our database
    return True


def launch(places: Layout, who: Account, programs: Path) -> subprocess.Popen[bytes]:
    """Start the database in a session of its own: a Ctrl-C at the terminal is for us, and we stop it in order."""
    if places.log.exists() and places.log.stat().st_size > LOG_MAX_BYTES:
        places.log.replace(places.log.with_suffix(".log.1"))
    places.log.touch(mode=0o600)
    with places.log.open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - our own program, our own arguments
            [programs / "postgres", "-D", places.cluster.data, "-c", f"config_file={places.configuration}"],
            cwd="/",
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            umask=0o077,
            user=who.uid if who.switched else None,
            group=who.gid if who.switched else None,
            extra_groups=[] if who.switched else None,
        )


def forget_stale(cluster: Cluster) -> None:
    """Remove the marks of a postmaster that is gone; only for whoever holds the home's lock and saw none alive.

    PostgreSQL would do so itself, except where the process number was used again. Whether old backends still hold its
    shared memory it finds out by the directory, not by these files.
    """
    (cluster.data / "postmaster.pid").unlink(missing_ok=True)
    (cluster.sockets / SOCKET_NAME).unlink(missing_ok=True)
    (cluster.sockets / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)


def end_orphans(data: Path, *, harder: bool) -> None:
    """Tell backends whose postmaster was killed to leave; they hold the shared memory that a new one needs.

    By the signal that their postmaster would have sent; `harder`: kill. Known by their working directory.
    """
    for entry in _PROC.glob("[0-9]*"):
        if _works_in(int(entry.name), data):
            _signal(int(entry.name), signal.SIGKILL if harder else signal.SIGQUIT)


def end(pid: int, data: Path, child: subprocess.Popen[bytes] | None, *, patience_s: float) -> None:
    """Shut down: clients are cut off, transactions undone, everything is on disk when this returns.

    After `patience_s` at once, leaving the rest to recovery at the next start.
    """
    for order, wait_s in ((signal.SIGINT, patience_s), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
        _signal(pid, order)
        deadline = time.monotonic() + wait_s
        while time.monotonic() < deadline:
            if gone(pid, data, child):
                return
            time.sleep(0.01)


def gone(pid: int, data: Path, child: subprocess.Popen[bytes] | None) -> bool:
    """Whether the process ended; reaps it if it is our child."""
    return child.poll() is not None if child is not None else not lives(pid, data)


def release(child: subprocess.Popen[bytes]) -> None:
    """Let a child of ours go on under another keeper; it is still reaped by us when it ends while we live."""
    _released[:] = [each for each in [*_released, child] if each.poll() is None]


def last_lines(log: Path, *, since: int, lines: int = 12) -> str:
    """Return the end of what was logged after byte `since`."""
    try:
        with log.open("rb") as file:
            file.seek(since)
            text = file.read().decode("utf-8", errors="replace")
    except FileNotFoundError:
        return ""
    return "\n".join(text.strip().splitlines()[-lines:])


def _works_in(pid: int, data: Path) -> bool:
    try:
        return _PROC.joinpath(str(pid), "cwd").readlink() == data
    except OSError:
        return False


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
