"""What the runs of a study say at each of its points: replications averaged, losses counted.

A point is a set of parameter values; a group is what an analysis can only use whole: a trajectory,
a block of a Sobol design, or a point by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from linkage_sim.studies.designs import Points
from linkage_sim.studies.salib_points import group_size
from linkage_sim.studies.study import Study

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Quantity:
    """What is analysed: an outcome of one scenario, or its difference from the first one.

    Attributes
    ----------
    scenario, baseline
        Names; the baseline is empty where it is no difference.
    values : array, seeds x points
        NaN where a run failed or the outcome is undefined; a difference is that of the two runs on
        the same seed.
    failed
        Points at which at least one run that is needed is not there.
    """

    scenario: str
    baseline: str
    outcome: str
    values: NDArray[np.float64]
    failed: int


@dataclass(frozen=True)
class Means:
    """Means over seeds, of the groups that could be used.

    Attributes
    ----------
    by_seed : list of array, seeds x points of the group
        Of each group only the seeds on which all of its points have a value, so that effects inside
        a group stay those of the same worlds.
    used : array of int
        Which groups these are.
    dropped
        Groups without any such seed.
    noise_share
        Variance that chance leaves in a mean, over the variance of means between points; what a
        seed adds to all points alike counts as neither. NaN with one seed.
    """

    by_seed: list[NDArray[np.float64]]
    used: NDArray[np.intp]
    dropped: int
    noise_share: float

    @property
    def means(self) -> NDArray[np.float64]:
        """Give the means, groups x points of a group; no row where nothing could be used."""
        if not self.by_seed:
            return np.empty((0, 0))
        return np.array([block.mean(axis=0) for block in self.by_seed])


def quantities(rows: pd.DataFrame, study: Study, points: Points) -> Iterator[Quantity]:
    """Give everything to be analysed: outcomes of the first scenario, then all differences.

    Parameters
    ----------
    rows
        The outcomes of the finished runs, as a sweep writes them.
    """
    values, there = gathered(rows, study, points)
    first = study.names[0]
    for scenario, name in enumerate(study.names):
        missing = ~there[scenario] if scenario == 0 else ~(there[0] & there[scenario])
        failed = int(missing.any(axis=0).sum())
        for number, outcome in enumerate(study.outcomes):
            found = values[scenario, :, :, number]
            if scenario:
                found = found - values[0, :, :, number]
            yield Quantity(name, first if scenario else "", outcome, found, failed)


def gathered(
    rows: pd.DataFrame, study: Study, points: Points
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Sort runs by scenario, seed and point; a run that several points share counts for each.

    Returns
    -------
    values : array, scenarios x seeds x points x outcomes
        NaN where undefined, or where the run failed.
    there : array, scenarios x seeds x points
        Whether the run was done.
    """
    columns = [item.name for item in study.factors]
    places: dict[tuple[float, ...], list[int]] = {}
    for number in range(len(points)):
        point = points[number]
        places.setdefault(tuple(float(point[name]) for name in columns), []).append(number)
    shape = len(study.names), study.replications, len(points)
    values, there = np.full((*shape, len(study.outcomes)), np.nan), np.zeros(shape, dtype=bool)
    names = {name: number for number, name in enumerate(study.names)}
    table = rows[list(study.outcomes)].to_numpy(dtype=np.float64)
    at = rows[columns].to_numpy(dtype=np.float64)
    for row, (name, seed) in enumerate(zip(rows["scenario"], rows["seed"], strict=True)):
        for number in places.get(tuple(at[row].tolist()), ()):
            spot = names[name], int(seed) - study.seed, number
            values[spot], there[spot] = table[row], True
    return values, there


def group_means(values: NDArray[np.float64], size: int) -> Means:
    """Average over seeds, group by group.

    Parameters
    ----------
    values : array, seeds x points
    size
        Points of a group.
    """
    by_seed, used = [], []
    count = values.shape[1] // size
    for group in range(count):
        block = values[:, group * size : (group + 1) * size]
        whole = np.isfinite(block).all(axis=1)
        if whole.any():
            by_seed.append(block[whole])
            used.append(group)
    return Means(by_seed, np.array(used, dtype=np.intp), count - len(used), noise_share(values))


def noise_share(values: NDArray[np.float64]) -> float:
    """Tell how much of the variance between point means is chance.

    Source: two-way table of points and seeds without repetition (Searle, Casella and McCulloch
    1992, Variance Components, ch. 4): the residual over the number of seeds is what chance leaves.
    """
    whole = values[:, np.isfinite(values).all(axis=0)]
    seeds, count = whole.shape
    if seeds < 2 or count < 2:
        return float("nan")
    middle = whole.mean(axis=0)
    between = float(middle.var(ddof=1))
    rest = whole - middle - whole.mean(axis=1, keepdims=True) + whole.mean()
    noise = float((rest**2).sum()) / ((seeds - 1) * (count - 1)) / seeds
    return noise / between if between > 0.0 else float("nan")


def noise_deviation(values: NDArray[np.float64]) -> float:
    """Give the standard error that chance leaves in the mean of one point; NaN with one seed."""
    seeds = values.shape[0]
    known = [column for column in values.T if np.isfinite(column).sum() > 1]
    if seeds < 2 or not known:
        return float("nan")
    spreads = [float(np.nanvar(column, ddof=1)) for column in known]
    return float(np.sqrt(np.mean(spreads) / seeds))


def used_shares(points: Points, used: Sequence[int] | NDArray[Any], size: int) -> Any:
    """Give the shares of the way from low to high of the points of certain groups."""
    assert points.shares is not None
    rows = [group * size + place for group in used for place in range(size)]
    return points.shares[rows]


def size_of(study: Study) -> int:
    """Tell how many points of a study belong together."""
    return group_size(study.design, len(study.factors))
