"""Measures how unequal the communities of a city are, and where waiting piles up.

Source: Gini 1912, Variabilità e mutabilità, for the index; Fisher 1925, Statistical Methods for
Research Workers, for the share of variance between groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from linkage_sim.scenario.schema import Scenario
from linkage_sim.studies.coalitions import told
from linkage_sim.studies.findings import interval_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

MEASURES = ("approval_days_mean", "true_effect", "implementation_weeks", "service_contacts")
DAYS_PER_YEAR = 364.0
Row = dict[str, Any]


def communities_table(
    projects: pd.DataFrame, outcomes: pd.DataFrame, scenario: Scenario
) -> pd.DataFrame:
    """Give what each community got, on average over its projects.

    Returns
    -------
    pandas.DataFrame
        scenario, seed, community, street, district, projects (approved), approval_days_mean,
        true_effect, implementation_weeks (an approved
        project), service_contacts (a year).
    """
    label = outcomes.set_index("run_id")[["scenario", "seed"]]
    own = projects.drop(columns=["scenario", "seed"], errors="ignore")
    rows = own.join(label, on="run_id")
    rows = rows.assign(
        approval_days_mean=np.minimum(
            DAYS_PER_YEAR, (rows["decided_day"] - rows["submitted_day"]).fillna(DAYS_PER_YEAR)
        )
    )
    grouped = rows.groupby(["scenario", "seed", "community"], sort=True)
    found = grouped.agg(
        projects=("approved", "sum"), approval_days_mean=("approval_days_mean", "mean"),
        true_effect=("true_effect", "mean"), implementation_weeks=("delivery_weeks", "sum"),
        service_contacts=("contacts", "sum"),
    ).reset_index()
    # As the outcome of that name: over approved projects, one that never started as 0.
    approved = found["projects"].where(found["projects"] > 0)
    found["implementation_weeks"] = found["implementation_weeks"] / approved
    found["service_contacts"] = found["service_contacts"] / scenario.run.years
    street = found["community"] // scenario.world.communities_per_street
    found.insert(3, "street", street)
    found.insert(4, "district", street // scenario.world.streets_per_district)
    return found


def over_seeds(communities: pd.DataFrame) -> pd.DataFrame:
    """Average each community over seeds: its mean of every measure, with _low and _high behind."""
    import pandas as pd

    rows: list[Row] = []
    keys = ["scenario", "community", "street", "district"]
    for key, part in communities.groupby(keys, sort=True):
        row: Row = dict(zip(keys, key, strict=True))
        for measure in MEASURES:
            found = interval_of(part[measure].to_numpy(dtype=float))
            row |= {measure: found.value, f"{measure}_low": found.low,
                    f"{measure}_high": found.high}
        rows.append(row)
    return pd.DataFrame(rows)


def districts_table(communities: pd.DataFrame, first: str) -> pd.DataFrame:
    """Give the mean of each district, and how it differs from the first scenario.

    Returns
    -------
    pandas.DataFrame
        scenario, district (counted from 1), measure, what (`mean`, or `change` from the first
        scenario on the same worlds), value, low, high, n.
    """
    import pandas as pd

    rows: list[Row] = []
    means = communities.groupby(["scenario", "district", "seed"], sort=True)[list(MEASURES)].mean()
    for scenario, district in dict.fromkeys(key[:2] for key in means.index):
        here = means.loc[(scenario, district)]
        base = means.loc[(first, district)].reindex(here.index)
        for measure in MEASURES:
            label = {"scenario": scenario, "district": int(district) + 1, "measure": measure}
            rows.append({**label, "what": "mean", **told(interval_of(here[measure].to_numpy()))})
            if scenario != first:
                change = (here[measure] - base[measure]).to_numpy()
                rows.append({**label, "what": "change", **told(interval_of(change))})
    return pd.DataFrame(rows)


def gini(values: Sequence[float] | NDArray[np.float64]) -> float:
    """Give Gini's index: 0 where all have the same, near 1 where one has all."""
    known = np.sort(np.asarray(values, dtype=float))
    known = known[np.isfinite(known)]
    count, total = len(known), float(known.sum())
    if count == 0 or total <= 0.0:
        return float("nan")
    ranks = np.arange(1, count + 1)
    return float((2.0 * (ranks * known).sum() / total - (count + 1)) / count)


def share_between(values: NDArray[np.float64], groups: NDArray[np.int64]) -> float:
    """Give the part of the variance of values that lies between groups (eta squared)."""
    known = np.isfinite(values)
    values, groups = values[known], groups[known]
    total = float(((values - values.mean()) ** 2).sum()) if len(values) else 0.0
    if total <= 0.0:
        return float("nan")
    between = sum(
        float((groups == one).sum()) * (float(values[groups == one].mean()) - float(values.mean()))
        ** 2 for one in np.unique(groups)
    )
    return between / total


def inequality_table(communities: pd.DataFrame) -> pd.DataFrame:
    """Measure inequality between communities, seed by seed.

    Returns
    -------
    pandas.DataFrame
        scenario, measure, what, value, low, high, n. `mean`; `gini`; `ratio`, the best served
        tenth over the worst served tenth; `between districts`, the part of the variance that
        lies between districts.
    """
    import pandas as pd

    rows: list[Row] = []
    for scenario, part in communities.groupby("scenario", sort=True):
        for measure in MEASURES:
            cities = [city for _, city in part.groupby("seed", sort=True)]
            values = [city[measure].to_numpy(dtype=float) for city in cities]
            found = {
                "mean": [float(np.nanmean(item)) for item in values],
                "gini": [gini(item) for item in values],
                "ratio": [_ratio_of_tenths(item) for item in values],
                "between districts": [
                    share_between(item, city["district"].to_numpy())
                    for item, city in zip(values, cities, strict=True)
                ],
            }
            rows += [{"scenario": scenario, "measure": measure, "what": what,
                      **told(interval_of(numbers))} for what, numbers in found.items()]
    return pd.DataFrame(rows)


def _ratio_of_tenths(values: NDArray[np.float64]) -> float:
    known = np.sort(values[np.isfinite(values)])
    tenth = max(1, len(known) // 10)
    low = float(known[:tenth].mean()) if len(known) else 0.0
    return float(known[-tenth:].mean()) / low if low > 0.0 else float("nan")
