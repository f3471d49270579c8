"""Finds boxes in a space of assumptions in which something happens more often than elsewhere.

The patient rule induction method: cut a little off one side of the box at a time, the side that
leaves most cases in what remains; then put back what was cut too much. A search among many
parameters always finds something, so the same search is made on shuffled cases: a box that shuffled
cases match as well is no finding. Limits that the cases inside do not need are taken away.

Source: Friedman and Fisher 1999, Statistics and Computing 9(2), for peeling and pasting; Bryant and
Lempert 2010, Technological Forecasting and Social Change 77(1), for coverage, density and
quasi-p-values. The libraries that do this are under a licence that this package cannot take, or
need far more than NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from linkage_sim.draws import Decision, Draws

if TYPE_CHECKING:
    from numpy.typing import NDArray

PEEL = 0.05
LEAST_SHARE, LEAST_POINTS = 0.05, 15
FEWEST_CASES = 10
"""Fewer cases, or fewer points without the case, are too few to look for a box."""
SIGNIFICANT, SHUFFLES = 0.05, 199
MOST_BOXES, MOST_CUT = 3, 8
"""Boxes looked for, and parameters cut in the search for one."""


@dataclass(frozen=True)
class Limits:
    """A box: for each parameter the shares of the way from low to high that are inside."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]

    def holds(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell for each point whether it lies inside."""
        return np.asarray(((points >= self.low) & (points <= self.high)).all(axis=1), dtype=bool)

    @property
    def limited(self) -> NDArray[np.intp]:
        """Number the parameters that the box limits."""
        return np.flatnonzero((self.low > 0.0) | (self.high < 1.0))

    def without(self, parameter: int) -> Limits:
        """Give the box that does not limit one of the parameters."""
        low, high = self.low.copy(), self.high.copy()
        low[parameter], high[parameter] = 0.0, 1.0
        return Limits(low, high)


@dataclass(frozen=True)
class Found:
    """A box and what speaks for it.

    Attributes
    ----------
    inside, cases
        Points in it, and those of them where the case is given.
    chance
        How often shuffled cases gave as good a box.
    quasi_p
        For each limited parameter: how often as many cases would be inside by chance if this limit
        did not matter, times the number of parameters looked at.
    """

    limits: Limits
    inside: int
    cases: int
    chance: float
    quasi_p: dict[int, float]


def find_boxes(
    points: NDArray[np.float64], cases: NDArray[np.bool_], seed: int, most: int = MOST_BOXES
) -> list[Found]:
    """Find boxes one after the other, each among the points that no earlier one holds.

    Parameters
    ----------
    points : array, points x parameters
        From 0 to 1, evenly spread.
    cases : array, one a point
        Where what is looked for happens.
    seed
        For the shuffles.

    Returns
    -------
    list of Found
        Empty where nothing is better than what shuffled cases give.
    """
    found: list[Found] = []
    rest = np.ones(len(points), dtype=bool)
    for number in range(most):
        box = _find_box(points[rest], cases[rest], seed + number)
        if box is None:
            break
        found.append(box)
        rest &= ~box.limits.holds(points)
    return found


def _find_box(
    points: NDArray[np.float64], cases: NDArray[np.bool_], seed: int
) -> Found | None:
    if min(int(cases.sum()), int((~cases).sum())) < FEWEST_CASES:
        return None
    order = np.argsort(points, axis=0, kind="stable")
    limits, strength = searched(points, cases, order)
    chance = _chance(points, cases, order, strength, seed)
    if chance > SIGNIFICANT:
        return None
    limits, quasi_p = needed(points, cases, pasted(points, cases, limits))
    if not quasi_p:
        return None
    inside = limits.holds(points)
    return Found(limits, int(inside.sum()), int(cases[inside].sum()), chance, quasi_p)


def searched(
    points: NDArray[np.float64], cases: NDArray[np.bool_], order: NDArray[np.intp]
) -> tuple[Limits, float]:
    """Choose the parameters to cut, and peel; gives what `best_of` gives, for all parameters."""
    chosen = _telling(cases, order)
    part, strength = best_of(points[:, chosen], cases, order[:, chosen])
    low, high = np.zeros(points.shape[1]), np.ones(points.shape[1])
    low[chosen], high[chosen] = part.low, part.high
    return Limits(low, high), strength


def _telling(cases: NDArray[np.bool_], order: NDArray[np.intp]) -> NDArray[np.intp]:
    """Choose the parameters whose distributions differ most between cases and other points.

    Source: Smirnov 1948, Annals of Mathematical Statistics 19(2), for the greatest distance.
    """
    labels = cases[order]
    of_cases = np.cumsum(labels, axis=0) / labels.sum(axis=0)
    of_others = np.cumsum(~labels, axis=0) / (~labels).sum(axis=0)
    distance = np.abs(of_cases - of_others).max(axis=0)
    return np.sort(np.argsort(-distance, kind="stable")[:MOST_CUT])


def best_of(
    points: NDArray[np.float64], cases: NDArray[np.bool_], order: NDArray[np.intp]
) -> tuple[Limits, float]:
    """Peel to the end and give the box on the way whose cases are farthest above chance.

    Returns
    -------
    limits, strength
        Strength is the excess of cases inside over its standard deviation under random labels
        (hypergeometric).
    """
    count, width = points.shape
    least = max(LEAST_POINTS, int(np.ceil(LEAST_SHARE * count)))
    low, high = np.zeros(width), np.ones(width)
    inside = np.ones(count, dtype=bool)
    best, strength = Limits(low.copy(), high.copy()), 0.0
    while True:
        size = int(inside.sum())
        cut = max(1, int(PEEL * size))
        if size - cut < least:
            return best, strength
        kept = order.T[inside[order.T]].reshape(width, size)
        labels = cases[kept]
        ends = np.concatenate([labels[:, :cut], labels[:, size - cut :]]).sum(axis=1)
        further = np.concatenate([labels[:, : 2 * cut], labels[:, size - 2 * cut :]]).sum(axis=1)
        # Of sides that lose equally few cases, the one where cases go on being few.
        side = int(np.lexsort((further, ends))[0])
        parameter, above = side % width, side >= width
        gone = kept[parameter, size - cut :] if above else kept[parameter, :cut]
        edge = kept[parameter, size - cut - 1] if above else kept[parameter, cut]
        inside[gone] = False
        if above:
            high[parameter] = (points[gone[0], parameter] + points[edge, parameter]) / 2.0
        else:
            low[parameter] = (points[gone[-1], parameter] + points[edge, parameter]) / 2.0
        now = _strength(int(cases[inside].sum()), size - cut, int(cases.sum()), count)
        if now > strength:
            best, strength = Limits(low.copy(), high.copy()), now


def _strength(cases: int, size: int, all_cases: int, count: int) -> float:
    rate = all_cases / count
    spread = size * rate * (1.0 - rate) * (count - size) / (count - 1)
    return float((cases - size * rate) / np.sqrt(spread))


def _chance(
    points: NDArray[np.float64], cases: NDArray[np.bool_], order: NDArray[np.intp],
    strength: float, seed: int,
) -> float:
    """Tell how often the search finds as good a box where there is none to find."""
    draws = Draws(seed)
    as_good = 0
    for done in range(1, SHUFFLES + 1):
        lots = [draws.uniform(Decision.STUDY_SEED, at, done) for at in range(len(cases))]
        as_good += searched(points, cases[np.argsort(lots)], order)[1] >= strength
        # What will not become significant any more need not be counted to the end.
        if as_good + 1 > SIGNIFICANT * (SHUFFLES + 1):
            return (as_good + 1) / (done + 1)
    return (as_good + 1) / (SHUFFLES + 1)


def pasted(
    points: NDArray[np.float64], cases: NDArray[np.bool_], limits: Limits
) -> Limits:
    """Move limits outwards as long as the share of cases inside grows."""
    while True:
        inside = limits.holds(points)
        density = cases[inside].mean()
        step = max(1, int(PEEL * inside.sum()))
        best: tuple[float, Limits] | None = None
        for parameter in limits.limited:
            beside = limits.without(int(parameter)).holds(points) & ~inside
            for above in (False, True):
                wider = _wider(points[beside, parameter], limits, int(parameter), step, above)
                if wider is None:
                    continue
                now = float(cases[wider.holds(points)].mean())
                if now > density and (best is None or now > best[0]):
                    best = now, wider
        if best is None:
            return limits
        limits = best[1]


def _wider(
    beside: NDArray[np.float64], limits: Limits, parameter: int, step: int, above: bool
) -> Limits | None:
    low, high = limits.low.copy(), limits.high.copy()
    if above:
        outside = np.sort(beside[beside > high[parameter]])
        if not len(outside):
            return None
        high[parameter] = 1.0 if len(outside) <= step else outside[step - 1 : step + 1].mean()
    else:
        outside = np.sort(beside[beside < low[parameter]])[::-1]
        if not len(outside):
            return None
        low[parameter] = 0.0 if len(outside) <= step else outside[step - 1 : step + 1].mean()
    return Limits(low, high)


def needed(
    points: NDArray[np.float64], cases: NDArray[np.bool_], limits: Limits
) -> tuple[Limits, dict[int, float]]:
    """Take limits away one by one, the least needed first, until all that stay are needed.

    Returns
    -------
    limits, quasi-p-value of each limited parameter
        The values are multiplied by the number of parameters among which was searched.
    """
    from scipy.stats import binom

    while True:
        inside = limits.holds(points)
        size, hits = int(inside.sum()), int(cases[inside].sum())
        found = {}
        for parameter in limits.limited.tolist():
            rate = float(cases[limits.without(parameter).holds(points)].mean())
            found[parameter] = min(1.0, float(binom.sf(hits - 1, size, rate)) * points.shape[1])
        worst = max(found, key=lambda name: found[name], default=None)
        if worst is None or found[worst] <= SIGNIFICANT:
            return limits, found
        limits = limits.without(worst)
