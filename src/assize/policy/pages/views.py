"""What the pages of policy show, ready made: differences with the long unchanged runs folded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assize.policy.models import Changed, ClauseDiff, PolicyDiff, Problem, Word

LONG = 60  # words that are the same, and of which the ends are enough
END = 20
PARTS = {
    "default_dispositions": "What usually follows",
    "rubric_defaults": "What a suspicion says",
    "text": "Other text",
}


@dataclass(frozen=True, kw_only=True)
class Run:
    """Words of one fate as they are shown. kind: same, added, removed, or cut for the middle of a long same one."""

    kind: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a clause, or of the policy, that differs."""

    title: str
    runs: Sequence[Run]
    long: bool = False


@dataclass(frozen=True, kw_only=True)
class ClauseChange:
    """A clause that differs."""

    id: str
    title: str
    changed: str
    tone: str
    parts: Sequence[Part]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A difference of two policies. same: the clauses in which nothing differs."""

    summary: str
    clauses: Sequence[ClauseChange]
    other: Sequence[Part]
    same: Sequence[str]
    empty: bool


_TONES = {Changed.ADDED: "good", Changed.REMOVED: "bad", Changed.CHANGED: "info", Changed.SAME: ""}


def difference_view(diff: PolicyDiff, clause_ids: Iterable[str]) -> Difference:
    """Return a difference as it is shown. clause_ids: of both policies."""
    touched = {one.clause_id for one in diff.clauses}
    return Difference(
        summary=diff.summary,
        clauses=[clause_change(one) for one in diff.clauses],
        other=[_part(name, words) for name, words in diff.other.items()],
        same=sorted(set(clause_ids) - touched),
        empty=diff.empty,
    )


def clause_change(one: ClauseDiff) -> ClauseChange:
    """Return a clause that differs as it is shown."""
    return ClauseChange(
        id=one.clause_id,
        title=one.title,
        changed=one.changed.value,
        tone=_TONES[one.changed],
        parts=[_part(name, words) for name, words in one.parts.items()],
    )


def runs(words: Sequence[Word]) -> list[Run]:
    """Return runs of words with the middle of long unchanged ones cut out, and how much that was."""
    found: list[Run] = []
    for number, one in enumerate(words):
        said = one.text.split(" ")
        if one.changed is not Changed.SAME or len(said) <= LONG:
            found.append(Run(kind=one.changed.value, text=one.text))
            continue
        first, last = number == 0, number == len(words) - 1
        head = "" if first else " ".join(said[:END])
        tail = "" if last else " ".join(said[-END:])
        cut = f" … {len(said) - (0 if first else END) - (0 if last else END)} words the same … "
        shown = (Run(kind="same", text=head), Run(kind="cut", text=cut), Run(kind="same", text=tail))
        found += [each for each in shown if each.text]
    return found


def in_order(problems: Iterable[Problem], file: str | None = None) -> list[Problem]:
    """Return problems as somebody mends them: those of the file at hand first, what forbids before what warns."""
    return sorted(problems, key=lambda one: (one.place.file != file, one.warning, one.place.file, one.place.line or 0))


def _part(name: str, words: Sequence[Word]) -> Part:
    shown = runs(words)
    title = PARTS.get(name, name.replace("_", " ").capitalize())
    return Part(title=title, runs=shown, long=sum(len(one.text) for one in shown) > 4_000)  # noqa: PLR2004 - a screen
