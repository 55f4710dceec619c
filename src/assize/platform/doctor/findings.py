"""What doctor says: one sentence about each thing it looked at, and what to do where it isn't well."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How grave a finding is. WARN: it works, with less than was promised. BAD: it does not work, or soon won't."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at. `advice` is empty where nothing needs doing."""

    level: Level
    title: str
    advice: str = ""


def well(title: str) -> Finding:
    """Say that something is as it should be."""
    return Finding(level=Level.OK, title=title)


def doubtful(title: str, advice: str) -> Finding:
    """Say that something works with less than was promised."""
    return Finding(level=Level.WARN, title=title, advice=advice)


def broken(title: str, advice: str) -> Finding:
    """Say that something does not work."""
    return Finding(level=Level.BAD, title=title, advice=advice)
