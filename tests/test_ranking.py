"""Rank correlation and the skill of a portfolio, by hand."""

import math

import numpy as np
import pytest

from linkage_sim.draws import Draws
from linkage_sim.ranking import matched, portfolio_skill, spearman

HALVES = np.array([0.5, 0.5, 0, 0, 0, 0, 0, 0])


def _places(*numbers: float) -> np.ndarray:
    return np.array([*numbers, *[0.0] * (8 - len(numbers))])


@pytest.mark.parametrize(("places", "match"), [
    ((10, 10), 1.0), ((30, 10), 0.75), ((10, 0), 0.5), ((0, 0, 7), 0.0), ((), 0.0),
])
def test_match_is_the_overlap_of_two_sets_of_shares(places: tuple[float], match: float) -> None:
    assert matched(_places(*places), HALVES) == pytest.approx(match)


def test_full_knowledge_buys_one_of_each_and_chance_often_does_not() -> None:
    # Two ideas in each of two needed categories, money for two: one of each is best; of the six
    # pairs that chance may draw, two are of one category and match by half.
    ideas = [(0, 1.0, 10.0), (0, 1.0, 10.0), (1, 1.0, 10.0), (1, 1.0, 10.0)]
    means, best = zip(
        *(portfolio_skill(ideas, HALVES, 2.0, Draws(seed), 1) for seed in range(50)), strict=True
    )
    assert set(best) == {1.0}
    error = np.std(means) / math.sqrt(len(means))
    assert abs(np.mean(means) - (4 * 1.0 + 2 * 0.5) / 6) < 4 * error


def test_more_money_than_ideas_leaves_nothing_to_choose() -> None:
    by_chance, best = portfolio_skill([(0, 1.0, 5.0), (2, 1.0, 5.0)], HALVES, 9.0, Draws(1), 1)
    assert by_chance == best == 0.5


def test_equal_values_share_their_rank() -> None:
    # Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: 4.5 / sqrt(4.5 * 5).
    assert spearman([1, 5, 5, 9], [1, 2, 3, 4]) == pytest.approx(4.5 / math.sqrt(4.5 * 5.0))
    assert math.isnan(spearman([1, 1, 1], [1, 2, 3]))
