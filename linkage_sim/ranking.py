"""Rank correlation, and how much better than chance a portfolio was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from linkage_sim.draws import Decision, Draws

RANDOM_PORTFOLIOS = 40


def mid_ranks(values: Sequence[float]) -> Any:
    """Ranks from 1, ties sharing the middle of theirs: float64[values]."""
    array = np.asarray(values, dtype=np.float64)
    _, inverse, counts = np.unique(array, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts - 1) / 2.0)[inverse]


def spearman(one: Sequence[float], other: Sequence[float]) -> float:
    """Spearman's rank correlation with mid-ranks; NaN when a side does not vary."""
    first, second = mid_ranks(one), mid_ranks(other)
    first, second = first - first.mean(), second - second.mean()
    scale = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum()) / scale if scale > 0.0 else float("nan")


def matched(places: Any, needed: Any) -> float:
    """Match of places with shares of need, as if every place reached its need: both float64[8]."""
    total = places.sum()
    return float(np.minimum(places / total, needed).sum()) if total > 0.0 else 0.0


def portfolio_skill(
    ideas: list[tuple[int, float, float]], needed: Any, money: float, draws: Draws, number: int
) -> tuple[float, float]:
    """Match that chance alone reaches, and that full knowledge of need could have reached.

    Parameters
    ----------
    ideas
        (category, cost, places) of every project idea on the table.
    needed : float64[8]
        Shares of severity-weighted need.
    money
        What the real portfolio cost; random and clairvoyant ones may spend no more.

    Returns
    -------
    (float, float)
        Mean match of random portfolios; match of a greedy clairvoyant one.
    """
    by_chance = []
    for turn in range(RANDOM_PORTFOLIOS):
        order = draws.permutation(len(ideas), Decision.VERIFICATION, number, turn, 1)
        places, left = np.zeros(8), money
        for place in order:
            category, cost, offered = ideas[int(place)]
            if cost <= left:
                left -= cost
                places[category] += offered
        by_chance.append(matched(places, needed))
    places, left = np.zeros(8), money
    open_ideas = list(range(len(ideas)))
    while True:
        best, gain = -1, -1.0
        for place in open_ideas:
            category, cost, offered = ideas[place]
            if cost > left:
                continue
            # What each further place meets, counted against what is needed of that money's worth.
            missing = needed[category] * money - places[category] * money / max(
                places.sum() + offered, 1e-9
            )
            if missing > gain:
                best, gain = place, missing
        if best < 0:
            break
        category, cost, offered = ideas[best]
        places[category] += offered
        left -= cost
        open_ideas.remove(best)
    return float(np.mean(by_chance)), max(matched(places, needed), max(by_chance))
