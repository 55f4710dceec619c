"""Ranks as intervals."""

import numpy as np

from assize.quality.logic.estimators.ranks import rank_intervals


def ranks(shares, n: int) -> list[tuple[int, int]]:
    right = np.array([round(share * n) for share in shares])
    return [(one.low, one.high) for one in rank_intervals(right, np.full(len(right), n))]


class TestRanks:
    def test_of_the_raters_of_hatecheck_part_three_from_seven_and_no_further(self):
        # Röttger et al. 2021: raters 2, 7 and 9 at .958, .966 and .976, the others between .993 and .998, n about 1,860.
        shares = [0.993, 0.958, 0.994, 0.995, 0.996, 0.997, 0.966, 0.998, 0.976, 0.995]

        found = ranks(shares, 1_860)

        assert [at + 1 for at, (low, _) in enumerate(found) if low >= 8] == [2, 7, 9]
        assert all(high <= 7 for at, (_, high) in enumerate(found) if at + 1 not in {2, 7, 9})
        assert len({one for at, one in enumerate(found) if at + 1 not in {2, 7, 9}}) == 1

    def test_of_few_items_are_all_of_them(self):
        assert ranks([0.5, 0.7, 0.9], 10) == [(1, 3), (1, 3), (1, 3)]

    def test_of_one_is_the_first(self):
        assert ranks([0.2], 50) == [(1, 1)]

    def test_of_somebody_without_answers_is_any(self):
        found = rank_intervals(np.array([990, 500, 0]), np.array([1000, 1000, 0]))

        assert [(one.low, one.high) for one in found] == [(1, 2), (2, 3), (1, 3)]

    def test_hold_for_everybody_at_once_in_nineteen_of_twenty_tables(self):
        chance = np.random.default_rng(4)
        truth = np.array([0.9, 0.9, 0.9, 0.85, 0.8, 0.8])
        possible = [(1, 3), (1, 3), (1, 3), (4, 4), (5, 6), (5, 6)]
        wrong = 0
        for _ in range(500):
            found = rank_intervals(chance.binomial(300, truth), np.full(6, 300))
            wrong += any(one.low > low or one.high < high for one, (low, high) in zip(found, possible, strict=True))

        assert wrong <= 40  # 5 % of 500 is 25; above 40 would be chance once in 600
