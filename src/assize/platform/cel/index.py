"""Which rules are worth asking about an event: an index of what each can't be true without.

A rule whose outermost `&&` holds a false term is false, whatever its other terms do, errors too: so says CEL.
Therefore a rule with `'x' in terms` needs no evaluation where x is not among the terms. The index only ever leaves
out rules that are false; the engine answers for all others. Source: the spec's "logical operators".
"""

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assize.platform.cel.fields import Fields, FieldType
from assize.platform.cel.scan import Token, conjuncts

_PLAIN = re.compile(r"""'[^'\\]*'|"[^"\\]*\"""")  # no escapes, no prefix: what is written is what is meant
# What leaves out most: lists are mostly empty and counts mostly nil, while many events are of one kind or language.
_TELLING = {"in": 0, ">": 1, ">=": 1, "==": 3, "<": 4, "<=": 4, "!=": 5}
_BOUNDS = frozenset({">", ">=", "<", "<="})
_EXACT = 2**53  # beyond it a float no longer holds every integer
SAMPLE = 24  # candidates looked at more closely, before more than half of them staying says that it doesn't pay


@dataclass(frozen=True, slots=True)
class Need:
    """A term that a rule can't be true without: `value` in `field`, or `field` compared with `value`."""

    kind: str  # "in", "==", "!=", ">", ">=", "<" or "<="
    field: str
    value: str | bool | int | float


def needs(tokens: Sequence[Token], fields: Fields) -> tuple[Need, ...]:
    """Return what a rule can't be true without, as far as it is plain to see; the most telling first."""
    found = {need for piece in conjuncts(tokens) for need in _needs(piece, fields)}
    return tuple(sorted(found, key=_telling))


def _telling(need: Need) -> tuple[int, str, str]:
    return _rank(need), need.field, str(need.value)


def _rank(need: Need) -> int:
    idle = need.kind in {">", ">="} and float(need.value) <= 0
    return _TELLING["!="] if idle else _TELLING[need.kind]


class Index:
    """Finds the rules that could be true of an event."""

    def __init__(self, wanted: Iterable[tuple[int, Sequence[Need]]]) -> None:
        listed: dict[str, dict[object, list[int]]] = defaultdict(lambda: defaultdict(list))
        equal: dict[str, dict[object, list[int]]] = defaultdict(lambda: defaultdict(list))
        least: dict[str, list[tuple[float, int]]] = defaultdict(list)
        self._always: list[int] = []
        self._more: dict[int, tuple[Need, ...]] = {}
        wanted = list(wanted)
        shared = Counter(need for _, all_needs in wanted for need in all_needs)
        for number, in_order in wanted:
            # Of equally telling terms the one that most rules share: it leaves them all out at once.
            all_needs = sorted(in_order, key=lambda need: (_rank(need), -shared[need]))
            self._more[number] = tuple(all_needs[1:])
            need = all_needs[0] if all_needs else None
            if need is not None and need.kind == "in":
                listed[need.field][need.value].append(number)
            elif need is not None and need.kind == "==":
                equal[need.field][need.value].append(number)
            elif need is not None and need.kind in {">", ">="}:
                least[need.field].append((float(need.value), number))
            else:
                self._more[number] = tuple(all_needs)
                self._always.append(number)
        self._listed = [(field, dict(rules)) for field, rules in listed.items()]
        self._equal = [(field, dict(rules)) for field, rules in equal.items()]
        self._least = [(field, *_ladder(rungs)) for field, rungs in least.items()]

    def candidates(self, values: Mapping[str, object]) -> list[int]:
        """Return the numbers of the rules that could be true, in no order, without repeats."""
        found = list(self._always)
        for field, by_member in self._listed:
            members = values.get(field)
            if members and isinstance(members, list):
                for member in set(members):
                    found.extend(by_member.get(member, ()))
        for field, by_value in self._equal:
            found.extend(by_value.get(values.get(field), ()))
        for field, bounds, numbers in self._least:
            value = values.get(field)
            if isinstance(value, int | float):
                found.extend(numbers[: bisect_right(bounds, value)])
        return self._looked_at(found, values)

    def _looked_at(self, found: list[int], values: Mapping[str, object]) -> list[int]:
        """Leave out those whose other needs aren't met; not where most stay, since the engine is quicker at that."""
        more = self._more
        kept = [number for number in found[:SAMPLE] if _met(more[number], values)]
        if len(found) <= SAMPLE:
            return kept
        if len(kept) * 2 > SAMPLE:
            return kept + found[SAMPLE:]
        return kept + [number for number in found[SAMPLE:] if _met(more[number], values)]


def _met(wanted: Sequence[Need], values: Mapping[str, Any]) -> bool:
    try:
        for need in wanted:
            have, value = values[need.field], need.value
            match need.kind:
                case "in":
                    met = value in have
                case "==":
                    met = have == value
                case "!=":
                    met = have != value
                case ">":
                    met = have > value
                case ">=":
                    met = have >= value
                case "<":
                    met = have < value
                case _:
                    met = have <= value
            if not met:
                return False
    except TypeError:
        return True  # a value of another type than declared: the engine will say what is wrong
    return True


def _ladder(rungs: list[tuple[float, int]]) -> tuple[list[float], list[int]]:
    rungs.sort()
    return [bound for bound, _ in rungs], [number for _, number in rungs]


def _needs(piece: Sequence[Token], fields: Fields) -> Iterator[Need]:
    kinds = "".join({"path": "p", "text": "t", "number": "n", "sign": "s"}.get(token.kind, "?") for token in piece)
    words = [token.words for token in piece]
    match kinds:
        case "p" if fields.get(words[0]) is FieldType.BOOL:
            yield Need("==", words[0], value=True)
        case "sp" if words[0] == "!" and fields.get(words[1]) is FieldType.BOOL:
            yield Need("==", words[1], value=False)
        case "t?p" if words[1] == "in" and _PLAIN.fullmatch(words[0]) and fields.get(words[2]) is FieldType.STRINGS:
            yield Need("in", words[2], words[0][1:-1])
        case "pst" if words[1] in {"==", "!="} and _PLAIN.fullmatch(words[2]):
            if fields.get(words[0]) is FieldType.STRING:
                yield Need(words[1], words[0], words[2][1:-1])
        case "tsp" if words[1] in {"==", "!="} and _PLAIN.fullmatch(words[0]):
            if fields.get(words[2]) is FieldType.STRING:
                yield Need(words[1], words[2], words[0][1:-1])
        case "psn" if words[1] in _BOUNDS and fields.get(words[0]) in {FieldType.INT, FieldType.DOUBLE}:
            bound = _number(words[2])
            if bound is not None:
                yield Need(words[1], words[0], bound)
        case _:
            pass


def _number(words: str) -> int | float | None:
    try:
        found = int(words) if words.isdigit() else float(words)
    except ValueError:
        return None  # hexadecimal or unsigned: the engine will say
    return found if found < _EXACT else None
