"""Everything that a file of labels says about those who labelled it, as JSON values."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from assize.quality.logic.estimators.agreement import intra_rater, raw_agreement
from assize.quality.logic.estimators.alpha import krippendorff_alpha
from assize.quality.logic.estimators.consensus import accuracy, majority_vote, scores
from assize.quality.logic.estimators.dawid_skene import Consensus, accuracies, dawid_skene
from assize.quality.logic.estimators.distances import Level
from assize.quality.logic.estimators.estimate import Estimate, Ints, Undefined, as_json
from assize.quality.logic.estimators.gwet import gwet_ac1, gwet_ac2
from assize.quality.logic.estimators.kappa import MOST_LABELS, cohen_kappa, fleiss_kappa, weighted_kappa
from assize.quality.logic.estimators.ratings import Ratings

DIGITS = 6  # figures are told to so many decimals: more than any sample bears, enough to compare

Report = dict[str, Any]


def agreement(ratings: Ratings, *, level: Level, seed: int) -> tuple[Report, Consensus | Undefined]:
    """Return the coefficients of agreement and the consensus; the seed makes the intervals repeatable.

    Coefficients count a reviewer's first label of an item; the model of Dawid and Skene takes all of them.
    """
    figures: dict[str, Callable[[np.random.Generator], Estimate]] = {
        "raw_agreement": lambda rng: raw_agreement(ratings, rng=rng),
        "cohen_kappa": lambda rng: cohen_kappa(ratings, rng=rng),
        "fleiss_kappa": lambda rng: fleiss_kappa(ratings, rng=rng),
        "krippendorff_alpha": lambda rng: krippendorff_alpha(ratings, level=level, rng=rng),
        "gwet_ac1": lambda rng: gwet_ac1(ratings, rng=rng),
    }
    if level is not Level.NOMINAL:
        figures["weighted_kappa"] = lambda rng: weighted_kappa(ratings, level=level, rng=rng)
        figures["gwet_ac2"] = lambda rng: gwet_ac2(ratings, level=level, rng=rng)
    consensus = dawid_skene(ratings)
    found: Report = {
        "items": len(ratings.items),
        "raters": len(ratings.raters),
        "ratings": len(ratings),
        "repeats": len(ratings) - len(ratings.first),
        "level": level.value,
        "labels": list(ratings.labels) if len(ratings.labels) <= MOST_LABELS else None,
    }
    found |= {name: _told(figure(np.random.default_rng(seed))) for name, figure in figures.items()}
    return found | {"intra_rater": _intra(ratings, seed), "dawid_skene": _model(ratings, consensus)}, consensus


def _intra(ratings: Ratings, seed: int) -> Report:
    found = intra_rater(ratings, rng=np.random.default_rng(seed))
    return {
        "exact": _told(found.exact),
        "cohen_kappa": _told(found.kappa),
        "weighted_kappa": _told(found.weighted_kappa),
    }


def _model(ratings: Ratings, consensus: Consensus | Undefined) -> Report:
    if isinstance(consensus, Undefined):
        return {"iterations": None, "class_priors": None, "raters": None, "reason": consensus.reason}
    share = accuracies(ratings, consensus)
    count = np.bincount(ratings.rater, minlength=len(ratings.raters))
    return {
        "iterations": consensus.iterations,
        "converged": consensus.converged,
        "class_priors": _by_label(ratings.labels, consensus.priors.tolist()),
        "raters": {
            rater: {
                "confusion": {
                    true: _by_label(ratings.labels, row)
                    for true, row in zip(ratings.labels, consensus.confusion[at].tolist(), strict=True)
                },
                "accuracy": _rounded(float(share[at])),
                "n": int(count[at]),
            }
            for at, rater in enumerate(ratings.raters)
        },
    }


def scorecard(ratings: Ratings, gold: Ints) -> Report:
    """Return every reviewer's accuracy against gold with the ranks it leaves them, beside that of what they agree on."""
    vote = majority_vote(ratings)
    consensus = dawid_skene(ratings)
    model: Estimate = consensus if isinstance(consensus, Undefined) else accuracy(consensus.labels(), gold)
    return {
        "raters": [
            {
                "rater": one.rater,
                "n": one.accuracy.n,
                **_accuracy(one.accuracy),
                "rank_low": one.rank.low,
                "rank_high": one.rank.high,
            }
            for one in scores(ratings, gold)
        ],
        "majority_vote": {
            **_accuracy(accuracy(vote.labels, gold)),
            "n": accuracy(vote.labels, gold).n,
            "ties": vote.ties,
        },
        "dawid_skene": {**_accuracy(model), "n": model.n},
        "items": len(ratings.items),
        "items_with_gold": int((gold != -1).sum()),
        "repeats": len(ratings) - len(ratings.first),
    }


def _accuracy(estimate: Estimate) -> Report:
    told = _told(estimate)
    value = {"accuracy": told["value"], "low": told["low"], "high": told["high"]}
    return value | ({"reason": told["reason"]} if "reason" in told else {})


def _told(estimate: Estimate) -> Report:
    return {name: _rounded(value) if isinstance(value, float) else value for name, value in as_json(estimate).items()}


def _by_label(labels: tuple[str, ...], values: list[float]) -> Mapping[str, float | None]:
    return {label: _rounded(value) for label, value in zip(labels, values, strict=True)}


def _rounded(value: float) -> float | None:
    return round(value, DIGITS) if np.isfinite(value) else None
