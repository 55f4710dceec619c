"""What changed between two versions, word by word."""

import enum
from dataclasses import dataclass

from assize.kernel.ids import ClauseId


class Changed(enum.StrEnum):
    """What became of a word, or of a clause."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, kw_only=True)
class Word:
    """A run of words that shares one fate."""

    changed: Changed
    text: str


@dataclass(frozen=True, kw_only=True)
class ClauseDiff:
    """A clause that differs: for each part ("scope", "includes" …) the words of both, in order."""

    clause_id: ClauseId
    title: str
    changed: Changed
    parts: dict[str, tuple[Word, ...]]


@dataclass(frozen=True, kw_only=True)
class PolicyDiff:
    """What differs between two policies. other: what is not a clause (gates, routing …), by part."""

    before: str
    after: str
    clauses: tuple[ClauseDiff, ...]
    other: dict[str, tuple[Word, ...]]

    @property
    def empty(self) -> bool:
        """Whether nothing differs."""
        return not self.clauses and not self.other

    @property
    def summary(self) -> str:
        """In a sentence: how many clauses were added, removed and changed, and which other parts."""
        if self.empty:
            return "nothing changed"
        counts = [
            f"{sum(one.changed is kind for one in self.clauses)} {kind.value}"
            for kind in (Changed.ADDED, Changed.REMOVED, Changed.CHANGED)
            if any(one.changed is kind for one in self.clauses)
        ]
        told = [f"clauses: {', '.join(counts)}"] if counts else []
        return "; ".join([*told, *(["also " + ", ".join(sorted(self.other))] if self.other else [])])
