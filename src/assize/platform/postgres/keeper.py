"""Two locks on a home: which process keeps its database, and whether any process still uses it.

Locks of the kernel, so that they end with the process that holds them, however it ends.
"""

import fcntl
import os
from pathlib import Path


class Keeper:
    """A lock on a file, held as long as this process lives. The file tells who holds it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._descriptor is not None

    def take(self) -> bool:
        """Take the lock if it is free, and say whether this object holds it."""
        if self._descriptor is not None:
            return True
        descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        self._descriptor = descriptor
        return True

    def holder(self) -> str:
        """Return the process id of whoever holds the lock, as that process wrote it."""
        try:
            return self._file.read_text(encoding="utf-8").strip() or "?"
        except FileNotFoundError:
            return "?"

    def let_go(self) -> None:
        """Give the lock back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class Presence:
    """Held by every process that uses the database of a home, so that the last one to leave stops it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._descriptor: int | None = None

    def enter(self) -> None:
        """Be counted; waits while somebody who was alone shuts the database down."""
        if self._descriptor is None:
            self._descriptor = self._open()
            fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def leave(self) -> None:
        """Be no longer counted, nor alone."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def left_alone(self) -> bool:
        """Leave, and say whether nobody else is there; until `leave`, nobody can enter then."""
        self.leave()
        descriptor = self._open()
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def _open(self) -> int:
        return os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
