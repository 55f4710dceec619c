"""Homes of embedded databases, for tests that start one of their own."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from assize.platform.postgres import ADMIN, DATABASE, Cluster, open_cluster

PROC = Path("/proc")


@contextmanager
def a_home(*, like: Path | None = None) -> Iterator[Path]:
    """Give a short folder that the database's account can pass through; pytest's own are closed and deep.

    like: a home whose stopped database is copied, which is quicker than to make one.
    """
    home = Path(tempfile.mkdtemp(prefix="assize-home-", dir="/tmp"))
    home.chmod(0o711)
    if like is not None:
        subprocess.run(["/bin/cp", "-a", like / "postgres", home / "postgres"], check=True)
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def a_made_home() -> Iterator[Path]:
    """Give a home with a database that is stopped: to be copied."""
    with a_home() as home:
        with open_cluster(home):
            pass
        yield home


def connect(cluster: Cluster, *, role: str = ADMIN, database: str = DATABASE) -> psycopg.Connection:
    """Connect as a role of the embedded database, each statement for itself."""
    return psycopg.connect(cluster.dsn(role=role, database=database), autocommit=True)


def postmaster_pid(cluster: Cluster) -> int:
    """The process id in postmaster.pid."""
    return int((cluster.data / "postmaster.pid").read_text().splitlines()[0])


def children(pid: int) -> list[int]:
    """The processes that this process started and that live."""
    return [
        int(entry.name)
        for entry in PROC.glob("[0-9]*")
        if _status(entry).get("PPid") == str(pid) and not _status(entry).get("State", "").startswith("Z")
    ]


def user_ids(pid: int) -> set[int]:
    """The real, effective, saved and file-system user ids of a process."""
    return {int(each) for each in _status(PROC / str(pid))["Uid"].split()}


def groups(pid: int) -> set[int]:
    """Every group of a process."""
    status = _status(PROC / str(pid))
    return {int(each) for each in (status["Gid"] + " " + status["Groups"]).split()}


def _status(entry: Path) -> dict[str, str]:
    try:
        lines = (entry / "status").read_text().splitlines()
    except OSError:
        return {}
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
