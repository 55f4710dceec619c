"""The whole product in a folder of its own, started and stopped by a bench or by a fault test."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from assize.kernel.errors import Unavailable

READY_S = 120.0
STOP_S = 30.0


class NotReady(Unavailable):
    """The product was not ready within {seconds} s (exit code {exit_code})."""

    code = "not-ready"


@dataclass(kw_only=True)
class Product:
    """`assize up` over a home of its own. environment: what it is started with."""

    home: Path
    port: int
    environment: Mapping[str, str]
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def base_url(self) -> str:
        """Where its API and its console are."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> float:
        """Start it and wait until it is ready; return the seconds that took. Raises NotReady."""
        began = time.monotonic()
        with (self.home / "up.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "assize", "up"],
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait_until_ready()
        return time.monotonic() - began

    def wait_until_ready(self, *, within_s: float = READY_S) -> None:
        """Wait until the server says it is ready. Raises NotReady."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            exit_code = self.process.poll() if self.process else None
            if exit_code is not None:
                raise NotReady(seconds=within_s, exit_code=exit_code)
            if self.ready():
                return
            time.sleep(0.02)
        raise NotReady(seconds=within_s, exit_code=None)

    def ready(self) -> bool:
        """Whether the server says it is ready at this moment."""
        # Not httpx2: asked fifty times a second, it would take from the start what it measures.
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        with contextlib.suppress(OSError, HTTPException), contextlib.closing(connection):
            connection.request("GET", "/readyz")
            return connection.getresponse().status == HTTPStatus.OK
        return False

    def stop(self) -> None:
        """Stop it as Ctrl-C does; kill it only when it doesn't end."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            for pid in processes(self):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.process.wait()


@contextlib.contextmanager
def product(**settings: str) -> Iterator[Product]:
    """Yield a product in a new folder, not yet started; afterwards it is stopped and its folder removed.

    settings: ASSIZE_* variables.
    """
    # A short path, since a socket's may have 107 bytes; traversable, since the database runs as somebody else.
    home = Path(tempfile.mkdtemp(prefix="assize-", dir="/tmp"))
    home.chmod(0o755)
    port = free_port()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("ASSIZE_", "PYTHONDONT"))}
    environment = inherited | {
        # As where it was installed by pip: what was compiled once is not compiled again at every start.
        "PYTHONPYCACHEPREFIX": str(home / "compiled"),
        "ASSIZE_HOME": str(home),
        "ASSIZE_PORT": str(port),
        "ASSIZE_PUBLIC_URL": f"http://127.0.0.1:{port}",
        **settings,
    }
    made = Product(home=home, port=port, environment=environment)
    try:
        yield made
    finally:
        made.stop()
        shutil.rmtree(home, ignore_errors=True)


def free_port() -> int:
    """Return a port of loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def postmaster(running: Product) -> int | None:
    """Return the process id of its database, None where it doesn't run."""
    for path in running.home.rglob("postmaster.pid"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int(path.read_text().splitlines()[0])
            if Path(f"/proc/{pid}").exists():
                return pid
    return None


def processes(running: Product) -> dict[int, str]:
    """Return its processes, by id: everything under `up` and under the database, with what each is."""
    parents, commands = _table()
    roots = [pid for pid in (running.process.pid if running.process else None, postmaster(running)) if pid is not None]
    found: dict[int, str] = {}
    while roots:
        pid = roots.pop()
        if pid in commands and pid not in found:
            found[pid] = _role(commands[pid])
            roots += [child for child, parent in parents.items() if parent == pid]
    return found


def memory_kb(pid: int) -> int:
    """Return the proportional set size of a process in KiB: shared pages are split among those who share them."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def _table() -> tuple[dict[int, int], dict[int, str]]:
    parents, commands = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                # After the name in brackets, which may hold anything: state, then the parent.
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                commands[int(entry.name)] = (
                    (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                )
    return parents, commands


def _role(command: str) -> str:
    for name in ("server", "worker", "up"):
        if f"-m assize {name}" in command:
            return name
    return "database" if "postgres" in command else "helper"
