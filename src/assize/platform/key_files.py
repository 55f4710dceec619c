"""Files that hold a secret key: made at first use, whole, readable by their owner alone."""

import base64
import binascii
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from assize.platform.errors import UnusableKey


def kept(path: Path, make: Callable[[], bytes]) -> bytes:
    """Return what a key file holds; the first call makes it.

    Of two processes that begin at once one key wins, and both are given that one.
    Raises UnusableKey where others may read the file.
    """
    if not path.exists():
        put_new(path, make())
    return read(path)


def read(path: Path) -> bytes:
    """Return what a key file holds. Raises UnusableKey where others may read it."""
    if path.stat().st_mode & 0o077:
        raise UnusableKey(path=str(path), why="others may read it; chmod 600 it")
    return path.read_bytes()


def spelled(keys: Sequence[bytes]) -> bytes:
    """Return keys as a file holds several: base64, one a line."""
    return b"".join(base64.b64encode(one) + b"\n" for one in keys)


def parsed(path: Path, text: bytes, *, size: int) -> tuple[bytes, ...]:
    """Return the keys that a file of several holds, each of `size` bytes. Raises UnusableKey."""
    try:
        keys = tuple(base64.b64decode(line, validate=True) for line in text.split())
    except binascii.Error as error:
        raise UnusableKey(path=str(path), why="a line of it is not base64") from error
    if not keys or any(len(one) != size for one in keys):
        raise UnusableKey(path=str(path), why=f"a key has {size} bytes")
    return keys


def put_new(path: Path, text: bytes) -> bool:
    """Write a file where there is none yet. Return False, and change nothing, where there is one."""
    draft = _drafted(path, text)
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def replace(path: Path, text: bytes) -> None:
    """Write a file in place of the one there is: whoever reads it sees the old one or the new one, whole."""
    _drafted(path, text).replace(path)


def _drafted(path: Path, text: bytes) -> Path:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return draft
