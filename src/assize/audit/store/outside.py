"""The file of checkpoints outside the database: appended to, forced to disk, never rewritten.

Whoever can change the database can't change what was copied from this file to another place.
"""

import os
from pathlib import Path


def append(path: Path, text: str) -> None:
    """Put text at the end, on disk when this returns."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "ab") as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())


def tail(path: Path) -> str:
    """Return the last two characters of the file, "" where there is none: what tells whether its last note is whole."""
    if not path.exists():
        return ""
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - 2))
        return file.read().decode(errors="replace")


def read(path: Path) -> str | None:
    """Return the file's text, None where there is no such file."""
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else None
