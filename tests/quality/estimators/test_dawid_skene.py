"""Dawid and Skene's model: their own data, known truth, and what it does where there is little."""

import numpy as np
import pytest

from assize.kernel.chance import rng
from assize.quality.logic.estimators.consensus import accuracy, majority_vote
from assize.quality.logic.estimators.dawid_skene import accuracies, dawid_skene
from assize.quality.logic.estimators.estimate import Undefined
from assize.quality.logic.estimators.ratings import Ratings
from builders.published import ANAESTHESIA


class TestAnaesthesia:
    def test_gives_the_printed_class_priors(self):
        found = dawid_skene(Ratings.of(ANAESTHESIA))

        assert found.converged
        assert [round(one, 2) for one in found.priors] == [0.4, 0.42, 0.11, 0.07]

    def test_gives_the_printed_error_rates_of_the_first_observer(self):
        found = dawid_skene(Ratings.of(ANAESTHESIA))

        assert found.confusion[0] == pytest.approx(
            np.array([[0.89, 0.11, 0, 0], [0.07, 0.88, 0.05, 0], [0, 0.34, 0.66, 0], [0, 0, 0.56, 0.44]]), abs=0.006
        )

    def test_repeats_to_the_last_digit(self):
        first, second = (dawid_skene(Ratings.of(ANAESTHESIA)) for _ in range(2))

        assert (first.probability == second.probability).all()


class TestKnownTruth:
    def test_is_found_better_than_by_majority_where_reviewers_differ(self):
        chance = rng(3)
        quality = {"A": 0.95, "B": 0.9, "C": 0.55, "D": 0.55, "E": 0.55}
        truth = {str(item): chance.choice("xy") for item in range(2_000)}
        rows = [
            (item, rater, right if chance.random() < share else "xy".replace(right, ""))
            for item, right in truth.items()
            for rater, share in quality.items()
        ]
        ratings = Ratings.of(rows)
        gold = np.array(["xy".index(truth[item]) for item in ratings.items])

        found = dawid_skene(ratings)

        assert accuracy(found.labels(), gold).low > accuracy(majority_vote(ratings).labels, gold).high
        assert accuracies(ratings, found) == pytest.approx(list(quality.values()), abs=0.03)

    def test_rises_in_likelihood_above_that_of_the_truth_s_own_parameters(self):
        # The fit maximises the likelihood, so no other parameters explain the labels better.
        ratings = Ratings.of(ANAESTHESIA)
        found = dawid_skene(ratings)

        worse = found.confusion.copy()
        worse[:, 0] = [0.7, 0.1, 0.1, 0.1]

        assert found.log_likelihood == pytest.approx(likelihood(ratings, found.priors, found.confusion), abs=1e-3)
        assert found.log_likelihood > likelihood(ratings, found.priors, worse)


class TestLittle:
    def test_with_no_ratings_is_undefined(self):
        assert isinstance(dawid_skene(Ratings.of([])), Undefined)

    def test_with_one_label_is_certain_of_it(self):
        found = dawid_skene(Ratings.of([("x", "A", "1"), ("y", "A", "1")]))

        assert found.labels().tolist() == [0, 0]
        assert found.priors.tolist() == [1]

    def test_names_no_errors_on_labels_a_reviewer_never_met(self):
        rows = [("x", "A", "1"), ("x", "B", "1"), ("y", "B", "2"), ("y", "C", "2")]

        found = dawid_skene(Ratings.of(rows))

        assert np.isnan(found.confusion[0, 1]).all()

    def test_with_measurements_for_labels_is_undefined(self):
        rows = [(str(at), rater, f"{at}.{rater}") for at in range(1_200) for rater in "12"]

        assert "more labels" in dawid_skene(Ratings.of(rows)).reason


class TestMajority:
    def test_of_a_tie_takes_the_commoner_label_then_the_first(self):
        rows = [("x", "A", "2"), ("x", "B", "1"), ("y", "A", "2"), ("y", "B", "2"), ("z", "A", "3"), ("z", "B", "1")]

        found = majority_vote(Ratings.of(rows))

        assert [("1", "2", "3")[at] for at in found.labels] == ["2", "2", "1"]
        assert found.ties == 2


def likelihood(ratings: Ratings, priors, confusion) -> float:
    total = 0.0
    for item in range(len(ratings.items)):
        places = np.flatnonzero(ratings.item == item)
        joint = priors.copy()
        for place in places:
            joint = joint * np.maximum(confusion[ratings.rater[place], :, ratings.label[place]], 1e-12)
        total += float(np.log(joint.sum()))
    return total
