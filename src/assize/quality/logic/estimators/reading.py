"""Rows of a file of labels, as text, into ratings; and what is wrong where they don't fit."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec
import numpy as np

from assize.quality.logic.estimators.distances import Level
from assize.quality.logic.estimators.estimate import Ints
from assize.quality.logic.estimators.ratings import Ratings, as_numbers

SHOWN = 20  # columns named in a message
UNKNOWN = -2  # gold that is a label nobody gave
NONE = -1


class Form(StrEnum):
    """How a file holds its rows."""

    CSV = "csv"
    JSON_LINES = "jsonl"


class Unfit(ValueError):
    """A file of labels doesn't fit; the message says where and why, and holds nothing that the file says."""


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Which columns hold what. gold: asked for only where labels are scored."""

    item: str
    rater: str
    label: str
    gold: str | None = None

    def names(self) -> list[str]:
        """Return the columns to read, in the order of a row."""
        return [self.item, self.rater, self.label, *([self.gold] if self.gold is not None else [])]


Row = tuple[int, list[str]]  # where it stands in the file, and its cells


def rows(lines: Iterable[str], *, form: Form, columns: Columns) -> Iterator[Row]:
    """Return the wanted cells of each row, without the spaces around them. Raises Unfit."""
    return _csv(lines, columns.names()) if form is Form.CSV else _json_lines(lines, columns.names())


def _csv(lines: Iterable[str], names: Sequence[str]) -> Iterator[Row]:
    reader = csv.reader(lines)
    try:
        header = [name.strip().removeprefix("\ufeff") for name in next(reader, [])]
        places = [_place(name, header) for name in names]
        width = max(places)
        for cells in reader:
            if not cells:
                continue
            if len(cells) <= width:
                raise Unfit(f"line {reader.line_num} has {len(cells)} cells, fewer than the columns asked for")
            yield reader.line_num, [cells[place].strip() for place in places]
    except csv.Error as error:
        raise Unfit(f"line {reader.line_num} is no CSV ({error})") from error


def _place(name: str, header: Sequence[str]) -> int:
    if name not in header:
        raise Unfit(_missing(name, header))
    return header.index(name)


def _missing(name: str, there: Sequence[str]) -> str:
    if not there:
        return "it is empty"
    more = f" and {len(there) - SHOWN} more" if len(there) > SHOWN else ""
    return f"it has no column '{name}'; its columns are {', '.join(there[:SHOWN])}{more}"


def _json_lines(lines: Iterable[str], names: Sequence[str]) -> Iterator[Row]:
    decode = msgspec.json.Decoder().decode
    needed, empty = names[:3], True
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            values = decode(line)
        except msgspec.DecodeError as error:
            raise Unfit(f"line {number} is no JSON") from error
        if not isinstance(values, dict):
            raise Unfit(f"line {number} is no JSON object")
        for name in names if empty else needed:
            if name not in values and ((empty and name in needed) or name in needed):
                where = "" if empty else f"line {number}: "
                raise Unfit(where + _missing(name, [str(key) for key in values]))
        empty = False
        yield number, [_text(values.get(name), number, name) for name in names]


def _text(value: object, number: int, name: str) -> str:
    match value:
        case str():
            return value.strip()
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case int() | float():
            return str(value)
        case _:
            raise Unfit(f"line {number}: '{name}' is neither text nor a number")


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """A file's ratings, and the gold of each item by its place: NONE where there is none, UNKNOWN where nobody gave it."""

    ratings: Ratings
    gold: Ints


def labelled(
    given: Iterable[Row], *, columns: Columns, level: Level = Level.NOMINAL, order: Sequence[str] | None = None
) -> Labelled:
    """Return the ratings of rows, with labels in their order. Raises Unfit.

    order: the labels from first to last, where neither their value nor their name says it. Numbers are compared as
    numbers unless the level is nominal, so that 1 and 1.0 are one label.
    """
    kept: list[tuple[str, str, str]] = []
    lines: list[int] = []
    gold: dict[str, str] = {}
    for line, (item, rater, label, *rest) in given:
        if not (item and rater and label):
            _refuse_empty(line, columns, item=item, rater=rater)
        kept.append((item, rater, label))
        lines.append(line)
        if rest and rest[0] and gold.setdefault(item, rest[0]) != rest[0]:
            raise Unfit(f"line {line}: its item has another value of '{columns.gold}' further up; an item has one")
    if not kept:
        raise Unfit("it has no rows")
    if level is not Level.NOMINAL:
        kept = _as_measured(kept, lines, level, columns.label, order)
    if order is not None:
        _check_order(kept, lines, order, columns.label)
    ratings = Ratings.of(kept, order=order)
    return Labelled(ratings=ratings, gold=_gold(ratings, gold))


def _refuse_empty(line: int, columns: Columns, *, item: str, rater: str) -> None:
    name = columns.label if item and rater else columns.rater if item else columns.item
    raise Unfit(f"line {line}: '{name}' is empty; leave rows without a label out, a missing label needs none")


def _as_measured(
    kept: list[tuple[str, str, str]], lines: list[int], level: Level, name: str, order: Sequence[str] | None
) -> list[tuple[str, str, str]]:
    names: Mapping[str, str] = {label: _number(label) or "" for label in {row[2] for row in kept}}
    if not all(names.values()):
        if level is Level.ORDINAL:
            return kept
        line = next(line for line, row in zip(lines, kept, strict=True) if not names[row[2]])
        raise Unfit(f"line {line}: '{name}' is no number, and the level {level.value} compares numbers")
    if level is Level.RATIO:
        line = next((line for line, row in zip(lines, kept, strict=True) if float(row[2]) < 0), 0)
        if line:
            raise Unfit(f"line {line}: '{name}' is below 0, and the level ratio starts at 0")
    return kept if order is not None else [(item, rater, names[label]) for item, rater, label in kept]


def _number(label: str) -> str | None:
    values = as_numbers([label])
    if values is None:
        return None
    value = float(values[0])
    return str(int(value)) if value.is_integer() else str(value)


def _check_order(kept: list[tuple[str, str, str]], lines: list[int], order: Sequence[str], name: str) -> None:
    if len(set(order)) != len(order):
        raise Unfit("the order names a label twice")
    known = set(order)
    line = next((line for line, row in zip(lines, kept, strict=True) if row[2] not in known), 0)
    if line:
        raise Unfit(f"line {line}: '{name}' holds a label that the order doesn't name")


def _gold(ratings: Ratings, gold: Mapping[str, str]) -> Ints:
    place = {label: at for at, label in enumerate(ratings.labels)}
    found = (place.get(gold[item], UNKNOWN) if item in gold else NONE for item in ratings.items)
    return np.fromiter(found, np.int64, len(ratings.items))
