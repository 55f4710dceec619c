"""The folders of an embedded database: made by us, owned by whom they should be, never anybody else's.

home/postgres/            0711 root's or 0700 the user's: configuration, log, lock
home/postgres/data/       0700, the database account's
home/postgres/run/        0700, the database account's: the socket
"""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from assize.platform.errors import FolderNotReachable, FolderNotSafe, FolderNotWritable, MayNotSwitchUser
from assize.platform.postgres.account import Account
from assize.platform.postgres.cluster import SOCKET_NAME, Cluster

SYSTEM = Path("/var/lib/assize")  # root's own folder: only root can make it, everybody may pass through it
SHARED = Path("/tmp")  # noqa: S108 - make_private refuses what somebody else put there; not TMPDIR: all processes must agree
SOCKET_PATH_MAX = 107  # bytes of sun_path without its end mark, on Linux; macOS has 103
SHORT = 12  # hex digits: enough to tell the homes of one machine apart


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where everything of one embedded database lies."""

    root: Path
    cluster: Cluster

    @property
    def log(self) -> Path:
        """What the database writes; without statements and values."""
        return self.root / "server.log"

    @property
    def lock(self) -> Path:
        """The file that the one process which keeps the database holds locked."""
        return self.root / "lock"

    @property
    def present(self) -> Path:
        """The file on which every process that uses the database holds a shared lock."""
        return self.root / "present"

    @property
    def configuration(self) -> Path:
        """The configuration, written anew at each start."""
        return self.root / "postgresql.conf"

    @property
    def made(self) -> Path:
        """The mark that roles and database exist."""
        return self.root / "made"


def layout(home: Path, who: Account) -> Layout:
    """Return where the database of this home lies; makes nothing."""
    root = home.absolute() / "postgres"
    return Layout(root=root, cluster=Cluster(data=root / "data", sockets=_sockets(root, who)))


def make_root(places: Layout, who: Account) -> None:
    """Make the folder in which the locks lie, if missing. Raises FolderNotSafe, FolderNotWritable.

    Here and below no folder that was there before is changed.
    """
    _make_missing(places.root.parent, who)
    _make_own(places.root, mode=0o711 if who.switched else 0o700)


def make_folders(places: Layout, who: Account) -> None:
    """Make the rest, if missing; for whoever holds the lock. Raises FolderNotSafe, FolderNotReachable."""
    if who.switched:
        if places.cluster.sockets.parent == SYSTEM:
            make_system_folder()
        _must_be_reachable(places.root, who)
    make_private(places.cluster.sockets, who)


def make_system_folder() -> Path:
    """Make root's folder for copies of binaries and short sockets, if missing. Raises FolderNotSafe."""
    _make_own(SYSTEM, mode=0o755)
    return SYSTEM


def make_private(folder: Path, who: Account) -> None:
    """Make a folder for the database's account alone, or accept one that already is exactly that.

    Anything else of that name (a link, another owner, a wider mode) may be somebody's trap: FolderNotSafe.
    """
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        if who.switched:
            _give(folder, who)
    _must_be(folder, uid=who.uid, forbidden=0o077)


def _sockets(root: Path, who: Account) -> Path:
    beside = root / "run"
    limit = SOCKET_PATH_MAX if os.uname().sysname == "Linux" else 103
    if len(os.fsencode(beside / SOCKET_NAME)) <= limit:
        return beside
    mark = hashlib.sha256(os.fsencode(root)).hexdigest()[:SHORT]
    # Root's lies where only root can make folders: in /tmp the database's shared account could be there first.
    return SYSTEM / f"run-{mark}" if who.switched else SHARED / f"assize-{who.uid}-{mark}"


def _give(folder: Path, who: Account) -> None:
    try:
        os.chown(folder, who.uid, who.gid, follow_symlinks=False)
    except PermissionError:
        folder.rmdir()
        raise MayNotSwitchUser(uid=who.uid) from None


def _make_missing(folder: Path, who: Account) -> None:
    if folder.exists():
        return
    _make_missing(folder.parent, who)
    _make(folder, mode=0o711 if who.switched else 0o700)


def _make(folder: Path, *, mode: int) -> None:
    try:
        folder.mkdir(mode=mode)  # at once: another process that starts now must not find it shut
    except FileExistsError:
        return
    except OSError as error:
        raise FolderNotWritable(folder=folder.parent, reason=error.strerror) from None
    folder.chmod(mode)  # whatever the umask


def _make_own(folder: Path, *, mode: int) -> None:
    _make(folder, mode=mode)
    _must_be(folder, uid=os.geteuid(), forbidden=0o022)


def _must_be(folder: Path, *, uid: int, forbidden: int) -> None:
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise FolderNotSafe(folder=folder, reason="it is not a folder")
    if found.st_uid != uid:
        raise FolderNotSafe(folder=folder, reason=f"it belongs to user id {found.st_uid} instead of {uid}")
    if found.st_mode & forbidden:
        raise FolderNotSafe(folder=folder, reason=f"others may use it (mode {stat.S_IMODE(found.st_mode):o})")


def _must_be_reachable(folder: Path, who: Account) -> None:
    for above in reversed([folder, *folder.parents]):
        found = above.stat()
        own = stat.S_IXUSR if found.st_uid == who.uid else stat.S_IXGRP if found.st_gid == who.gid else stat.S_IXOTH
        if not found.st_mode & own:
            raise FolderNotReachable(folder=above, uid=who.uid)
