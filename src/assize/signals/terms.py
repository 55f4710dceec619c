"""Terms and patterns: words, phrases and regular expressions of named lists, found in one pass.

`terms` holds the names of the lists of which something was found, `patterns` the names of the patterns. Computed once
for all rules: a rule asks `'name' in terms`.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assize.intake.models import Event
from assize.platform.cel import FieldType
from assize.platform.plain import places, plain, words
from assize.triage.models import Span
from assize.triage.ports import Reader, Reading, Scene, SignalSettings

# Scripts written without spaces, in which a term is any run of signs: Thai to Burmese, Khmer, Japanese, Chinese.
_UNSPACED = re.compile(r"[\u0e00-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_WORD = re.compile(r"\w+")
PATTERN_REACH = 20_000  # characters of a text that patterns look at; they are slower than terms
SPANS = 50  # marked places of one event; a reader needs no more, and a record should stay small


@dataclass(frozen=True, slots=True)
class _Phrase:
    words: tuple[str, ...]
    list_name: str


class _Lists:
    """Named lists made ready: phrases by their first word, runs of signs, patterns."""

    def __init__(self, settings: SignalSettings) -> None:
        starts: dict[str, list[_Phrase]] = defaultdict(list)
        runs: dict[str, list[str]] = defaultdict(list)
        for name, entries in settings.terms.items():
            for entry in entries:
                spelled = plain(entry)
                if _UNSPACED.search(spelled):
                    runs[name].append(spelled.strip())
                elif phrase := tuple(words(spelled)):
                    starts[phrase[0]].append(_Phrase(phrase, name))
        self._starts = dict(starts)
        self._first = frozenset(starts)
        self._runs = {name: _either(entries) for name, entries in runs.items()}
        self._any_run = _either([entry for entries in runs.values() for entry in entries])
        self._patterns = {name: re.compile(pattern) for name, pattern in settings.patterns.items()}

    def read(self, scene: Scene) -> Sequence[Reading]:
        return [
            self._read(event, text, said)
            for event, text, said in zip(scene.events, scene.plain, scene.said, strict=True)
        ]

    def _read(self, event: Event, text: str, said: list[str]) -> Reading:
        terms: set[str] = set() if self._first.isdisjoint(said) else set(self._phrases(said))
        if self._runs and not text.isascii() and self._any_run.search(text):
            terms |= {name for name, run in self._runs.items() if run.search(text)}
        near = text[:PATTERN_REACH]
        patterns = {name for name, pattern in self._patterns.items() if pattern.search(near)}
        if not terms and not patterns:
            return NOTHING
        spans = tuple(self._spans(event, terms, patterns))[:SPANS]
        return Reading(values={"terms": sorted(terms), "patterns": sorted(patterns)}, spans=spans)

    def _phrases(self, said: list[str]) -> Iterator[str]:
        for at, word in enumerate(said):
            for phrase in self._starts.get(word, ()):
                if len(phrase.words) == 1 or tuple(said[at : at + len(phrase.words)]) == phrase.words:
                    yield phrase.list_name

    def _spans(self, event: Event, terms: set[str], patterns: set[str]) -> Iterator[Span]:
        for number, turn in enumerate(event.turns):
            text, origins = places(turn.text)
            for start, end, label in self._marks(text, terms, patterns):
                yield Span(turn=number, start=origins[start], end=origins[end], label=label)

    def _marks(self, text: str, terms: set[str], patterns: set[str]) -> Iterator[tuple[int, int, str]]:
        if terms:
            found = [(match.group(), match.start(), match.end()) for match in _WORD.finditer(text)]
            for at, (word, start, _) in enumerate(found):
                for phrase in self._starts.get(word, ()):
                    piece = found[at : at + len(phrase.words)]
                    if phrase.list_name in terms and tuple(one[0] for one in piece) == phrase.words:
                        yield start, piece[-1][2], phrase.list_name
        named = {name: self._runs[name] for name in terms if name in self._runs}
        for name, pattern in [*named.items(), *((name, self._patterns[name]) for name in patterns)]:
            for match in pattern.finditer(text[:PATTERN_REACH]):
                if match.end() > match.start():
                    yield match.start(), match.end(), name


NOTHING = Reading(values={"terms": [], "patterns": []})


class Terms:
    """The signal."""

    name = "terms"
    fields: Mapping[str, FieldType] = {"terms": FieldType.STRINGS, "patterns": FieldType.STRINGS}

    def ready(self, settings: SignalSettings) -> Reader:
        """Return it ready; without any list nothing is found, which is an answer and not an absence."""
        return _Lists(settings)


SIGNAL = Terms()


def _either(entries: Iterable[str]) -> re.Pattern[str]:
    # Longest first, so that the mark covers the whole of what was found.
    spelled = sorted({entry for entry in entries if entry}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, spelled)) or r"(?!)")
