"""How far two labels lie apart, by level of measurement, and the weights that follow: shared by alpha, kappa and AC2."""

from enum import StrEnum
from typing import assert_never

import numpy as np

from assize.quality.logic.estimators.estimate import Floats


class Level(StrEnum):
    """What may be read out of labels: same or not, an order, a distance, a proportion."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


def weights(level: Level, values: Floats) -> Floats:
    """Return how much two labels agree, labels x labels: 1 the same, 0 as far apart as can be.

    values: the labels as numbers; for an ordinal level their order is all that counts. Nominal: identity; ordinal:
    by the pairs of ranks between; interval: quadratic; ratio: quadratic of the relative difference.
    Source: Gwet 2014, "Handbook of Inter-Rater Reliability", 4th edition, chapter 3.
    """
    count = len(values)
    if count <= 1 or level is Level.NOMINAL:
        return np.eye(count)
    match level:
        case Level.ORDINAL:
            between = np.abs(np.subtract.outer(np.arange(count), np.arange(count))) + 1.0
            distance = between * (between - 1) / 2
        case Level.INTERVAL:
            distance = np.subtract.outer(values, values) ** 2
        case Level.RATIO:
            distance = relative(values)
        case _:
            assert_never(level)
    most = float(distance.max())
    return 1 - distance / most if most > 0 else np.ones((count, count))


def linear(count: int) -> Floats:
    """Return linear weights of `count` ordered labels. Source: Cicchetti and Allison 1971."""
    places = np.arange(count, dtype=np.float64)
    return np.asarray(1 - np.abs(np.subtract.outer(places, places)) / max(count - 1, 1))


def quadratic(count: int) -> Floats:
    """Return quadratic weights of `count` ordered labels. Source: Fleiss and Cohen 1973."""
    places = np.arange(count, dtype=np.float64)
    return np.asarray(1 - (np.subtract.outer(places, places) / max(count - 1, 1)) ** 2)


def relative(values: Floats) -> Floats:
    """Return the squared relative differences of values from 0 up: ((a - b) / (a + b))^2, 0 between two zeros."""
    total = np.add.outer(values, values)
    difference = np.subtract.outer(values, values)
    return np.divide(difference, total, out=np.zeros_like(total), where=total > 0) ** 2
