"""Says which reform one would regret least when nobody knows which assumptions are true.

Each point of a sample is a world of assumptions. The regret of a reform there is how far it lies
behind the reform that is best there: small everywhere is robust, best somewhere is not.

Source: Savage 1951, JASA 46(253), for regret; Lempert, Popper and Bankes 2003, RAND MR-1626, for
its use under deep uncertainty.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from linkage_sim.outcomes import BY_NAME
from linkage_sim.studies.discovery import interval
from linkage_sim.studies.findings import interval_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

CRITERIA = ("true_effect", "administration_share", "trust")
"""Effect, cost and trust: what is traded against each other."""
Row = dict[str, Any]


def signed(values: NDArray[np.float64], outcome: str) -> NDArray[np.float64]:
    """Turn an outcome so that more is better; one that is best at 0 by its distance from it."""
    better = BY_NAME[outcome].better
    if better == "zero":
        return -np.abs(values)
    return -values if better == -1 else values


def point_means(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average scenarios x seeds x points over the seeds on which every scenario has a value."""
    known = np.isfinite(values).all(axis=0)
    count = known.sum(axis=0)
    sums = np.where(known, values, 0.0).sum(axis=1)
    return np.where(count > 0, sums / np.maximum(count, 1), np.nan)


def regrets(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give scenarios x points: how far each lies behind the best one of its point."""
    return np.asarray(values.max(axis=0) - values, dtype=float)


def regret_table(
    values: NDArray[np.float64], scenarios: Sequence[str], outcomes: Sequence[str]
) -> pd.DataFrame:
    """Measure the regret of every scenario.

    Parameters
    ----------
    values : array, scenarios x seeds x points x outcomes
        NaN where undefined.

    Returns
    -------
    pandas.DataFrame
        scenario, outcome, value, low, high, n (mean regret over points with its interval), p90,
        worst, best (share of points at which it is the best).
    """
    import pandas as pd

    rows: list[Row] = []
    for number, outcome in enumerate(outcomes):
        means = point_means(signed(values[..., number], outcome))
        means = means[:, np.isfinite(means).all(axis=0)]
        behind = regrets(means)
        for place, name in enumerate(scenarios):
            found = interval_of(behind[place])
            tail = behind[place] if behind.shape[1] else np.array([np.nan])
            rows.append({
                "scenario": name, "outcome": outcome, "value": found.value, "low": found.low,
                "high": found.high, "n": found.n, "p90": float(np.quantile(tail, 0.9)),
                "worst": float(tail.max()), "best": float(np.mean(tail == 0.0)),
            })
    return pd.DataFrame(rows)


def front_table(
    values: NDArray[np.float64], scenarios: Sequence[str], outcomes: Sequence[str],
    criteria: Sequence[str] = CRITERIA,
) -> pd.DataFrame:
    """Tell how often no other scenario is at least as good in all criteria and better in one.

    Returns
    -------
    pandas.DataFrame
        scenario; for each criterion its mean over points with its interval; value, low, high, n:
        the share of points at which the scenario is beaten by none, with its interval.
    """
    import pandas as pd

    places = [list(outcomes).index(name) for name in criteria]
    plain = [point_means(values[..., place]) for place in places]
    turned = np.array([signed(item, name) for item, name in zip(plain, criteria, strict=True)])
    known = np.isfinite(turned).all(axis=(0, 1))
    turned = turned[:, :, known]
    rows: list[Row] = []
    for place, name in enumerate(scenarios):
        row: Row = {"scenario": name}
        for criterion, item in zip(criteria, plain, strict=True):
            found = interval_of(item[place][known])
            row |= {criterion: found.value, f"{criterion}_low": found.low,
                    f"{criterion}_high": found.high}
        free = ~_beaten(turned, place)
        low, high = interval(int(free.sum()), len(free))
        share = float(free.mean()) if len(free) else float("nan")
        rows.append({**row, "value": share, "low": low, "high": high, "n": len(free)})
    return pd.DataFrame(rows)


def _beaten(turned: NDArray[np.float64], place: int) -> NDArray[np.bool_]:
    """Tell at which points another scenario is as good in all criteria and better in one."""
    mine = turned[:, place : place + 1, :]
    no_worse = (turned >= mine).all(axis=0)
    better = (turned > mine).any(axis=0)
    return np.asarray((no_worse & better).any(axis=0), dtype=bool)
