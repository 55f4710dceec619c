"""Dawid and Skene: what was probably true of each item, and how each reviewer errs, from their labels alone."""

from dataclasses import dataclass

import numpy as np

from assize.quality.logic.estimators.estimate import Floats, Ints, Undefined, tally
from assize.quality.logic.estimators.ratings import Ratings

MOST_CELLS = 5_000_000  # reviewers x labels x labels; more labels than that are measurements, not classes
MOST_ITERATIONS = 1_000
CLOSE = 1e-9  # relative gain in likelihood: the figures then stand to far more digits than are printed
FLOOR = 1e-12  # an error nobody made yet is improbable, not impossible


@dataclass(frozen=True, kw_only=True)
class Consensus:
    """The fitted model.

    priors: share of each label among the true ones. confusion: reviewers x true label x given label, each row adding up
    to 1, NaN where a reviewer saw no item of that label. probability: items x labels. log_likelihood: of the labels.
    converged: False where it stopped at the most iterations.
    """

    iterations: int
    converged: bool
    log_likelihood: float
    priors: Floats
    confusion: Floats
    probability: Floats

    def labels(self) -> Ints:
        """Return the most probable label of each item; of equals the first."""
        found: Ints = self.probability.argmax(axis=1)
        return found


def dawid_skene(ratings: Ratings) -> Consensus | Undefined:
    """Return the maximum-likelihood fit by expectation-maximisation, begun from the shares of labels on each item.

    A reviewer may label an item several times, and need not label all. Deterministic. It takes reviewers to err
    independently given the truth: where they share a misreading of the policy, it is confident and wrong with them.
    Source: Dawid and Skene 1979, "Maximum Likelihood Estimation of Observer Error-Rates Using the EM Algorithm".
    """
    labels, raters = len(ratings.labels), len(ratings.raters)
    if not len(ratings):
        return Undefined(reason="there are no ratings", n=0)
    if raters * labels * labels > MOST_CELLS:
        return Undefined(reason="more labels than a model of each reviewer's errors can hold", n=len(ratings))
    given = _Given(ratings)
    probability = given.shares()
    before, likelihood, iteration = -np.inf, -np.inf, 0
    while iteration < MOST_ITERATIONS:
        iteration += 1
        priors = probability.mean(axis=1)
        counts = given.counts(probability)
        probability, likelihood = given.posterior(np.log(np.maximum(priors, FLOOR)), _log_rows(counts))
        if likelihood - before <= CLOSE * abs(likelihood):
            break
        before = likelihood
    # The figures told are those of the last expectation, so that they agree with the consensus they come with.
    counts = given.counts(probability)
    total = counts.sum(axis=2, keepdims=True)
    confusion = np.divide(counts, total, out=np.full_like(counts, np.nan), where=total > FLOOR)
    return Consensus(
        iterations=iteration,
        converged=iteration < MOST_ITERATIONS,
        log_likelihood=likelihood,
        priors=probability.mean(axis=1),
        confusion=confusion.transpose(1, 0, 2),
        probability=np.ascontiguousarray(probability.T),
    )


def accuracies(ratings: Ratings, consensus: Consensus) -> Floats:
    """Return for each reviewer the expected share of their labels that are true, by the model."""
    right = consensus.probability[ratings.item, ratings.label]
    count = np.bincount(ratings.rater, minlength=len(ratings.raters))
    return tally(ratings.rater, right, len(ratings.raters)) / np.maximum(count, 1)


class _Given:
    """The ratings sorted by item, with one number for reviewer and label. Arrays stand labels first: few long rows."""

    def __init__(self, ratings: Ratings) -> None:
        order = np.argsort(ratings.item, kind="stable")
        self._labels, self._raters = len(ratings.labels), len(ratings.raters)
        self._item = ratings.item[order]
        self._label = ratings.label[order]
        self._code = ratings.rater[order] * self._labels + self._label
        self._items = len(ratings.items)
        self._starts = np.flatnonzero(np.r_[True, self._item[1:] != self._item[:-1]])

    def shares(self) -> Floats:
        cells = np.bincount(self._label * self._items + self._item, minlength=self._items * self._labels)
        counts = cells.reshape(self._labels, self._items).astype(np.float64)
        return np.asarray(counts / counts.sum(axis=0))

    def counts(self, probability: Floats) -> Floats:
        """Return how often each reviewer gave each label to items of each true label: true x reviewers x given."""
        codes = self._raters * self._labels
        each = [tally(self._code, probability[true][self._item], codes) for true in range(self._labels)]
        return np.stack(each).reshape(self._labels, self._raters, self._labels)

    def posterior(self, log_priors: Floats, log_rows: Floats) -> tuple[Floats, float]:
        """Return the probability of each label for each item, and the log-likelihood."""
        by_code = log_rows.reshape(self._labels, -1)
        joint = np.stack([np.add.reduceat(row[self._code], self._starts) for row in by_code]) + log_priors[:, None]
        most = joint.max(axis=0)
        weight = np.exp(joint - most)
        total = weight.sum(axis=0)
        return weight / total, float((np.log(total) + most).sum())


def _log_rows(counts: Floats) -> Floats:
    return np.asarray(np.log(np.maximum(counts / np.maximum(counts.sum(axis=2, keepdims=True), FLOOR), FLOOR)))
