"""What an item's labels add up to, and how often that is what the experts say."""

from dataclasses import dataclass

import numpy as np

from assize.kernel.measures import Interval, wilson
from assize.quality.logic.estimators.estimate import Estimate, Floats, Ints, Undefined
from assize.quality.logic.estimators.ranks import RankInterval, rank_intervals
from assize.quality.logic.estimators.ratings import Ratings

NO_GOLD = "no item that was labelled has gold"


@dataclass(frozen=True, kw_only=True)
class Majority:
    """The commonest label of each item. ties: how many items had several."""

    labels: Ints
    ties: int


def majority_vote(ratings: Ratings) -> Majority:
    """Return the commonest label of each item; of those that tie the one commoner overall, then the first in order."""
    labels = max(len(ratings.labels), 1)
    cells, votes = np.unique(ratings.item * labels + ratings.label, return_counts=True)
    item, label = np.divmod(cells, labels)
    overall = np.bincount(ratings.label, minlength=labels)
    order = np.lexsort((label, -overall[label], -votes, item))
    item, label, votes = item[order], label[order], votes[order]
    first = np.r_[True, item[1:] != item[:-1]] if len(item) else np.zeros(0, dtype=bool)
    tied = ~first[1:] & first[:-1] & (votes[1:] == votes[:-1])
    return Majority(labels=label[first].astype(np.int64), ties=int(tied.sum()))


@dataclass(frozen=True, kw_only=True)
class Score:
    """How often one reviewer's labels are the gold ones, and the ranks that leaves them among all."""

    rater: str
    accuracy: Estimate
    rank: RankInterval


def scores(ratings: Ratings, gold: Ints) -> list[Score]:
    """Return every reviewer's accuracy against gold with Wilson's interval and the interval of their rank.

    gold: the label of each item by its place, -1 where there is none, -2 where it is a label that nobody gave. Only a
    reviewer's first label of an item counts: the second time they may remember.
    Source: Wilson 1927; ranks as in `ranks.rank_intervals`.
    """
    first = ratings.first
    scored = gold[first.item] != -1
    right = scored & (gold[first.item] == first.label)
    n = np.bincount(first.rater[scored], minlength=len(first.raters))
    hits = np.bincount(first.rater[right], minlength=len(first.raters))
    ranks = rank_intervals(hits, n)
    return [
        Score(rater=rater, accuracy=_share(int(hit), int(all_), "none of their items has gold"), rank=rank)
        for rater, hit, all_, rank in zip(first.raters, hits, n, ranks, strict=True)
    ]


def accuracy(labels: Ints, gold: Ints) -> Estimate:
    """Return how often labels of items are the gold ones, with Wilson's interval; items without gold don't count."""
    scored = gold != -1
    return _share(int((labels == gold)[scored].sum()), int(scored.sum()), NO_GOLD)


def _share(hits: int, n: int, reason: str) -> Interval | Undefined:
    return wilson(hits, n) or Undefined(reason=reason, n=0)


def probability_of(labels: Ints, probability: Floats) -> Floats:
    """Return how probable each item's label is, from probabilities of items x labels."""
    found: Floats = probability[np.arange(len(labels)), labels]
    return found
