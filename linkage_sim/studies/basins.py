"""Looks for states in which trust comes to rest, and from which starts each of them is reached.

A start that is forgotten ends where all others end: one state. Ends that stay apart are several
states, and the starts that lead to one of them are its basin.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from linkage_sim.studies.coalitions import told
from linkage_sim.studies.findings import interval_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

START = "assumptions.opinion.trust_start"
APART = 0.1
"""Ends of trust (0 to 1) that lie farther apart than this, with none between, are two states."""
Row = dict[str, Any]


def paths_table(years: pd.DataFrame, outcomes: Sequence[str]) -> pd.DataFrame:
    """Give the course over the years: scenario, start, year, outcome, value with its interval."""
    import pandas as pd

    rows: list[Row] = []
    for (scenario, start, year), part in years.groupby(["scenario", START, "year"], sort=True):
        for outcome in outcomes:
            found = interval_of(part[outcome].to_numpy(dtype=float))
            rows.append({"scenario": scenario, "start": start, "year": int(year),
                         "outcome": outcome, **told(found)})
    return pd.DataFrame(rows)


def states_table(years: pd.DataFrame, outcomes: Sequence[str]) -> pd.DataFrame:
    """Count the states of each outcome in the last year, and measure how far starts are forgotten.

    Returns
    -------
    pandas.DataFrame
        scenario, outcome, what, value, low, high, n. `memory`: how much of a difference between
        starts is left (0 forgotten, 1 kept), the slope of ends on starts; `spread`: the end from
        the highest start less that from the lowest; `states`: how many there are; `state 1`, ...:
        where each lies, the lowest first; `basin 1`, ...: the share of starts that lead there.
    """
    import pandas as pd

    last = years[years["year"] == years["year"].max()]
    rows: list[Row] = []
    for scenario, part in last.groupby("scenario", sort=True):
        for outcome in outcomes:
            wide = part.pivot_table(index="seed", columns=START, values=outcome, dropna=False)
            starts = wide.columns.to_numpy(dtype=float)
            ends = wide.to_numpy(dtype=float)
            for what, found in _measures(starts, ends).items():
                rows.append({"scenario": scenario, "outcome": outcome, "what": what, **found})
    return pd.DataFrame(rows)


def _measures(starts: NDArray[np.float64], ends: NDArray[np.float64]) -> dict[str, Row]:
    centred = starts - starts.mean()
    slopes = (ends - ends.mean(axis=1, keepdims=True)) @ centred / float(centred @ centred)
    found = {
        "memory": told(interval_of(slopes)),
        "spread": told(interval_of(ends[:, int(starts.argmax())] - ends[:, int(starts.argmin())])),
    }
    groups = states_of(ends.mean(axis=0))
    plain: Row = {"low": float("nan"), "high": float("nan"), "n": len(ends)}
    found["states"] = {"value": float(len(groups)), **plain}
    for number, inside in enumerate(groups, start=1):
        found[f"state {number}"] = told(interval_of(ends[:, inside].mean(axis=1)))
        found[f"basin {number}"] = {"value": len(inside) / len(starts), **plain}
    return found


def states_of(ends: Sequence[float] | NDArray[np.float64], apart: float = APART) -> list[list[int]]:
    """Sort ends into states: neighbours on the line that lie close belong together."""
    values = np.asarray(ends, dtype=float)
    order = np.argsort(values, kind="stable")
    groups = [[int(order[0])]]
    for before, now in zip(order[:-1], order[1:], strict=True):
        if values[now] - values[before] > apart:
            groups.append([])
        groups[-1].append(int(now))
    return groups
