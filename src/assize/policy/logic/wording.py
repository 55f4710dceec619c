"""What changed between two policies, clause by clause and word by word."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields

from assize.policy.models import Changed, Clause, ClauseDiff, Pack, PolicyDiff, Word

_WORD = re.compile(r"\S+\s*")
_NOT_WORDS = {"id", "category"}
_OTHER = (
    "precedence",
    "gates",
    "modes",
    "queues",
    "routing",
    "actions",
    "ladder",
    "rules",
    "terms",
    "patterns",
    "support",
)
_MARKS = {Changed.ADDED: ("{+", "+}"), Changed.REMOVED: ("[-", "-]")}


def word_difference(before: str, after: str) -> tuple[Word, ...]:
    """Return the words of both texts in order, in runs of one fate: same, removed, added."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    found: list[Word] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(a=_bare(old), b=_bare(new), autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Word(changed=Changed.SAME, text="".join(new[c:d])))
            continue
        if b > a:
            found.append(Word(changed=Changed.REMOVED, text="".join(old[a:b])))
        if d > c:
            found.append(Word(changed=Changed.ADDED, text="".join(new[c:d])))
    return (*map(_spaced, found[:-1]), *found[-1:])


def difference(before: Pack, after: Pack) -> PolicyDiff:
    """Return what differs between two policies: clauses by their parts, and every other part as a whole."""
    old = {clause.id: clause for clause in before.clauses}
    new = {clause.id: clause for clause in after.clauses}
    clauses = [one for id_ in sorted(old | new) if (one := clause_difference(old.get(id_), new.get(id_)))]
    other = {
        name: word_difference(_told(getattr(before, name)), _told(getattr(after, name)))
        for name in _OTHER
        if getattr(before, name) != getattr(after, name)
    }
    return PolicyDiff(
        before=f"{before.name} {before.version}",
        after=f"{after.name} {after.version}",
        clauses=tuple(clauses),
        other=other,
    )


def as_text(diff: PolicyDiff) -> str:
    """Return a difference as plain text: `[-removed-]` and `{+added+}`, as word-diff tools write it."""
    lines = [f"{diff.before} -> {diff.after}: {diff.summary}"]
    for one in diff.clauses:
        lines += ["", f"{one.clause_id} {one.title} ({one.changed.value})"]
        lines += [f"  {name}: {_marked(words)}" for name, words in one.parts.items()]
    for name, words in diff.other.items():
        lines += ["", name, *(f"  {line}" for line in _marked(words).splitlines() if _touched(line))]
    return "\n".join(lines)


def clause_difference(old: Clause | None, new: Clause | None) -> ClauseDiff | None:
    """Return what differs between two forms of a clause, part by part; None where nothing does."""
    either = new or old
    if either is None or old == new:
        return None
    changed = Changed.ADDED if old is None else Changed.REMOVED if new is None else Changed.CHANGED
    return ClauseDiff(
        clause_id=either.id, title=either.title, changed=changed, parts=dict(_parts(_texts(old), _texts(new)))
    )


def _parts(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[tuple[str, tuple[Word, ...]]]:
    for name in dict.fromkeys([*old, *new]):
        if old.get(name, "") != new.get(name, ""):
            yield name, word_difference(old.get(name, ""), new.get(name, ""))


def _texts(clause: Clause | None) -> dict[str, str]:
    if clause is None:
        return {}
    return {field.name: _told(getattr(clause, field.name)) for field in fields(clause) if field.name not in _NOT_WORDS}


def _told(value: object) -> str:
    """Return a value in words, one item a line, so that a difference can be read."""
    if isinstance(value, Mapping):
        return "\n".join(
            f"{_told(key)}: {_told(item)}" for key, item in sorted(value.items(), key=lambda pair: str(pair[0]))
        )
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "\n".join(_told(item) for item in value)
    if hasattr(value, "__dataclass_fields__"):
        pairs = [(name, getattr(value, name)) for name in value.__dataclass_fields__]
        return ", ".join(f"{name} {_told(item)}" for name, item in pairs if item not in (None, "", (), {}))
    return str(value)


def _marked(words: Sequence[Word]) -> str:
    """Return words with marks, opened and closed on every line, so that each line can be read alone."""
    told = []
    for word in words:
        start, end = _MARKS.get(word.changed, ("", ""))
        for line in word.text.splitlines(keepends=True):
            body = line.rstrip()
            told.append(f"{start}{body}{end}{line[len(body) :]}" if body else line)
    return "".join(told).strip()


def _touched(line: str) -> bool:
    return any(mark in line for pair in _MARKS.values() for mark in pair)


def _spaced(word: Word) -> Word:
    """Return a run that the next one may follow: the last word of a text has no space behind it."""
    return word if word.text[-1].isspace() else Word(changed=word.changed, text=f"{word.text} ")


def _bare(words: Sequence[str]) -> list[str]:
    return [word.strip() for word in words]
