"""Ratings as the estimators take them: who gave which item which label."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from assize.quality.logic.estimators.estimate import Floats, Ints, tally

MOST_UNSEEN = 100  # labels: with more, what is unseen is beyond guessing
_DIGITS = re.compile(r"([0-9]+)")


@dataclass(frozen=True, kw_only=True)
class Ratings:
    """Ratings in the order in which they were given, as numbers into the three lists of names.

    item, rater, label: one entry a rating. labels stand in their order, where the level has one.
    values: the labels as numbers, where they are numbers.
    """

    items: tuple[str, ...]
    raters: tuple[str, ...]
    labels: tuple[str, ...]
    item: Ints
    rater: Ints
    label: Ints
    values: Floats | None = None

    @classmethod
    def of(cls, rows: Sequence[tuple[str, str, str]], *, order: Sequence[str] | None = None) -> Self:
        """Return ratings of (item, rater, label) rows; labels stand as in `order`, else as `in_order` puts them."""
        items, raters, given = zip(*rows, strict=True) if rows else ((), (), ())
        labels = tuple(order) if order is not None else in_order(set(given))
        item_names, rater_names = tuple(dict.fromkeys(items)), in_order(set(raters))
        return cls(
            items=item_names,
            raters=rater_names,
            labels=labels,
            item=_places(items, item_names),
            rater=_places(raters, rater_names),
            label=_places(given, labels),
            values=as_numbers(labels),
        )

    def __len__(self) -> int:
        return len(self.item)

    @cached_property
    def first(self) -> "Ratings":
        """These ratings with only the first of each rater on each item: agreement with oneself is another thing."""
        _, places = np.unique(self.item * len(self.raters) + self.rater, return_index=True)
        places = np.sort(places)
        return Ratings(
            items=self.items,
            raters=self.raters,
            labels=self.labels,
            item=self.item[places],
            rater=self.rater[places],
            label=self.label[places],
            values=self.values,
        )

    @cached_property
    def units(self) -> "Units":
        """The items by how often each label was given, each reviewer's first label counted."""
        return _units(self.first)

    def repeats(self) -> tuple[Ints, Ints]:
        """Return the places of first and second ratings where a rater rated an item just twice.

        Those rated more often are left out: their pairs depend on each other.
        """
        pair = self.item * len(self.raters) + self.rater
        order = np.argsort(pair, kind="stable")
        starts = _starts(pair[order])
        twice = starts[np.diff(np.r_[starts, len(pair)]) == 2]  # noqa: PLR2004 - first and second
        return order[twice], order[twice + 1]


def _places(given: Sequence[str], names: Sequence[str]) -> Ints:
    place = {name: at for at, name in enumerate(names)}
    return np.fromiter((place[name] for name in given), np.int64, len(given))


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """Return names in the order in which people read them: numbers by value, "SEV2" before "SEV10"."""
    listed = sorted(names)
    values = as_numbers(listed)
    if values is not None:
        return tuple(listed[at] for at in np.argsort(values, kind="stable").tolist())
    return tuple(sorted(listed, key=_by_digits))


def _by_digits(name: str) -> list[tuple[bool, int, str]]:
    return [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in _DIGITS.split(name)]


def as_numbers(labels: Sequence[str]) -> Floats | None:
    """Return labels as numbers, or None where one of them is none."""
    try:
        values = np.array([float(label) for label in labels], dtype=np.float64)
    except ValueError:
        return None
    return values if bool(np.isfinite(values).all()) else None


@dataclass(frozen=True, kw_only=True)
class Units:
    """Items as the coefficients without rater names see them: how often each label was given, equal items told once.

    times: how many items look like this; size: ratings of such an item. A cell is a label given in it `cell_count`
    times; cells are sorted by pattern.
    """

    times: Ints
    size: Ints
    cell_pattern: Ints
    cell_label: Ints
    cell_count: Ints
    labels: int

    def paired(self) -> "Units":
        """Return the items with two labels or more: the others say nothing about agreement."""
        kept = self.size >= 2  # noqa: PLR2004 - a pair
        cells = kept[self.cell_pattern]
        return Units(
            times=self.times[kept],
            size=self.size[kept],
            cell_pattern=(np.cumsum(kept) - 1)[self.cell_pattern[cells]],
            cell_label=self.cell_label[cells],
            cell_count=self.cell_count[cells],
            labels=self.labels,
        )

    def with_unseen(self) -> tuple["Units", Floats]:
        """Return the items and, after them, kinds that may have gone unseen, with how much of an item each counts.

        One item in all on which everybody agrees, whichever label it is, and half an item on which one differs: in a few
        items of which nearly all are alike, resampling finds nothing but more of the same, and the interval of a
        coefficient corrected for chance then misses the truth more often than not. Past some hundred items it changes
        nothing. The idea is that of Agresti and Caffo 2000 for proportions; that it works is shown by simulation.
        """
        if not len(self.times) or not 1 < self.labels <= MOST_UNSEEN:
            return self, np.zeros(len(self.times))
        size = max(2, int(np.bincount(self.size, weights=self.times).argmax()))
        given = self.marginals(self.times.astype(np.float64)[None, :])[0]
        common = np.argsort(-given, kind="stable")[:2]
        kinds, patterns = self.labels, len(self.times)
        added = Units(
            times=np.r_[self.times, np.zeros(kinds + 1, dtype=np.int64)],
            size=np.r_[self.size, np.full(kinds + 1, size)],
            cell_pattern=np.r_[self.cell_pattern, patterns + np.arange(kinds), patterns + kinds, patterns + kinds],
            cell_label=np.r_[self.cell_label, np.arange(kinds), np.sort(common)],
            cell_count=np.r_[
                self.cell_count, np.full(kinds, size), [size - 1, 1] if common[0] < common[1] else [1, size - 1]
            ],
            labels=kinds,
        )
        return added, np.r_[np.zeros(patterns), np.full(kinds, 1 / kinds), 0.5]

    def marginals(self, weights: Floats) -> Floats:
        """Return how often each label was given, resamples x labels; weights: how often a pattern counts in each."""
        return tally(self.cell_label, self.cell_count * weights[:, self.cell_pattern], self.labels)

    def sums(self, of_label: Floats) -> Floats:
        """Return for each pattern the sum of a figure over its ratings; of_label: the figure of each label.

        Resamples x patterns, where the figures differ between resamples: resamples x labels.
        """
        return tally(self.cell_pattern, self.cell_count * of_label[..., self.cell_label], len(self.times))

    def squares(self) -> Floats:
        """Return for each pattern the sum of its squared counts."""
        return tally(self.cell_pattern, self.cell_count.astype(np.float64) ** 2, len(self.times))

    def products(self, of_labels: Floats) -> Floats:
        """Return for each pattern the sum over all pairs of its ratings, each with itself too.

        of_labels: a figure for each pair of labels, labels x labels, symmetric.
        """
        count = self.cell_count.astype(np.float64)
        patterns = len(self.times)
        total = tally(self.cell_pattern, count * count * of_labels[self.cell_label, self.cell_label], patterns)
        for lag in range(1, len(count)):
            here = np.flatnonzero(self.cell_pattern[lag:] == self.cell_pattern[:-lag])
            if not len(here):
                break
            there = here + lag
            worth = of_labels[self.cell_label[here], self.cell_label[there]]
            total += 2 * tally(self.cell_pattern[here], count[here] * count[there] * worth, patterns)
        return total


def _units(ratings: Ratings) -> Units:
    labels = max(len(ratings.labels), 1)
    cells, counts = np.unique(ratings.item * labels + ratings.label, return_counts=True)
    item, label = np.divmod(cells, labels)
    starts = _starts(item)
    ends = np.r_[starts[1:], len(item)]
    packed = np.stack([label, counts], axis=1)
    patterns: dict[bytes, list[int]] = {}
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        patterns.setdefault(packed[start:end].tobytes(), [start, end, 0])[2] += 1
    shape = np.array(list(patterns.values()), dtype=np.int64).reshape(-1, 3)
    widths = shape[:, 1] - shape[:, 0]
    cell_pattern = np.repeat(np.arange(len(shape)), widths)
    within = np.arange(int(widths.sum())) - np.repeat(np.cumsum(widths) - widths, widths)
    places = np.repeat(shape[:, 0], widths) + within
    return Units(
        times=shape[:, 2],
        size=tally(cell_pattern, counts[places].astype(np.float64), len(shape)).astype(np.int64),
        cell_pattern=cell_pattern,
        cell_label=label[places],
        cell_count=counts[places].astype(np.int64),
        labels=len(ratings.labels),
    )


def _starts(sorted_codes: Ints) -> Ints:
    if not len(sorted_codes):
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(np.r_[True, sorted_codes[1:] != sorted_codes[:-1]])
