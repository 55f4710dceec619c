"""What doctor sees without a database: the machine, the programs, the folders."""

import os
import platform
import shutil
import stat
import subprocess
import sys
from pathlib import Path

from assize.platform.doctor.findings import Finding, broken, doubtful, well
from assize.platform.errors import EmbeddedDatabaseFailed
from assize.platform.postgres.account import account
from assize.platform.postgres.binaries import wheel_folder
from assize.platform.postgres.cluster import SOCKET_NAME
from assize.platform.postgres.folders import SOCKET_PATH_MAX, layout

GIB = 1024**3
TIGHT_GIB = 5  # a day of grave traffic with its log
FULL_GIB = 1  # PostgreSQL stops when it can't write its log
OLDEST_PYTHON = (3, 11)


def python_version() -> Finding:
    """Whether this Python is new enough."""
    running = f"Python {platform.python_version()}"
    if sys.version_info < OLDEST_PYTHON:
        return broken(f"{running} is too old.", "Install Python 3.11 or newer and make the environment again.")
    return well(f"{running}.")


def database_programs() -> Finding:
    """Whether PostgreSQL's programs are there and run on this machine."""
    try:
        program = wheel_folder() / "bin" / "postgres"
        told = subprocess.run(  # noqa: S603 - the wheel's own program
            [program, "--version"], capture_output=True, text=True, check=True, timeout=20, env={"LC_ALL": "C"}
        )
    except EmbeddedDatabaseFailed as error:
        return broken("The embedded database's programs are missing.", error.message)
    except (OSError, subprocess.SubprocessError):
        return broken("The embedded database's programs do not run on this machine.", _why_not())
    return well(f"The embedded database's programs run: {told.stdout.strip()}.")


def accounts() -> Finding:
    """Whether there is an account that the database can run as."""
    try:
        who = account()
    except EmbeddedDatabaseFailed as error:
        return broken("The embedded database has nobody to run as.", error.message)
    return well(f"The embedded database runs as user id {who.uid}, and {who.client} connects to it.")


def data_folder(home: Path) -> Finding:
    """Whether Assize's folder can be written and belongs to this user."""
    there = _nearest(home)
    if not os.access(there, os.W_OK | os.X_OK):
        return broken(f"{there} can't be written.", "Give this user the folder, or set ASSIZE_HOME to another.")
    if there != home:
        return well(f"{home} does not exist yet; the first start makes it.")
    owner = home.stat().st_uid
    if owner != os.geteuid():
        return doubtful(
            f"{home} belongs to user id {owner}, not to this user ({os.geteuid()}).",
            "Run Assize as the same user each time; files of two users in one folder end in refusals.",
        )
    return well(f"{home} can be written.")


def disk_space(home: Path) -> Finding:
    """Whether there is room."""
    free = shutil.disk_usage(_nearest(home)).free / GIB
    told = f"{free:.1f} GiB are free where {home} lies"
    if free < FULL_GIB:
        return broken(f"Only {told}.", "Make room now: without it the database stops, and nothing more is accepted.")
    if free < TIGHT_GIB:
        return doubtful(f"Only {told}.", f"Make room before it falls below {FULL_GIB} GiB: then the database stops.")
    return well(f"{told}.")


def socket_path(home: Path) -> Finding:
    """Whether the database's socket has a name that the system can bear."""
    try:
        path = layout(home, account()).cluster.sockets / SOCKET_NAME
    except EmbeddedDatabaseFailed as error:
        return broken("The database's socket has no place.", error.message)
    length = len(os.fsencode(path))
    if length > SOCKET_PATH_MAX:
        return broken(
            f"The socket's path {path} has {length} bytes; {SOCKET_PATH_MAX} are possible.", "Set ASSIZE_HOME."
        )
    return well(f"The database's socket is {path}.")


def stopped_database(data: Path) -> Finding:
    """Say that the embedded database does not run, and whether there is one."""
    if not _exists(data):
        return well("There is no database yet; the first start makes it.")
    return doubtful("The embedded database does not run, so it was not looked into.", "Start everything: `assize up`.")


def keys_folder(keys: Path) -> Finding:
    """Whether the keys that sign the ledger's checkpoints are there for this user alone."""
    if not _exists(keys):
        return well(f"{keys} does not exist yet; the first start makes the ledger's signing key.")
    found = keys.stat()
    mode = stat.S_IMODE(found.st_mode)
    if mode & 0o077 or found.st_uid != os.geteuid():
        return broken(
            f"{keys} is open to others (owner {found.st_uid}, mode {mode:o}).",
            f"Run: chmod 700 {keys}. If somebody may have read the signing key, run `assize audit rotate-key`.",
        )
    if not os.access(keys, os.R_OK | os.W_OK | os.X_OK):
        return broken(f"{keys} can't be read.", f"Run: chmod 700 {keys}.")
    return well(f"{keys} is this user's alone.")


def _why_not() -> str:
    outside = "or set ASSIZE_DATABASE_URL to a PostgreSQL 16 or newer of your own"
    if sys.platform == "linux" and platform.libc_ver()[0] != "glibc":
        return f"They need glibc, and this system has another C library (musl, as in Alpine). Use another image, {outside}."
    return f"Install the wheel anew, {outside}."


def _nearest(folder: Path) -> Path:
    while not _exists(folder):
        folder = folder.parent
    return folder


def _exists(folder: Path) -> bool:
    try:
        return folder.exists()
    except PermissionError:
        return False  # below somebody else's closed folder
