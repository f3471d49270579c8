"""How the demand of a neighbourhood drifts, and where its needs stand when a run begins."""

from __future__ import annotations

import math
from typing import Any

from linkage_sim.compiled_draws import kernel, normal
from linkage_sim.draws import Decision

DRIFT = int(Decision.DRIFT)
HISTORY_WEEKS = 520


@kernel
def drift_path(seed: int, community: int, spread: float, weeks: float, path: Any) -> None:
    """Fill the neighbourhood's demand factor, week by week, as an AR(1) in logs around 1.

    Parameters
    ----------
    spread, weeks
        Standard deviation of the log factor and its correlation time.
    path : float64[8, HISTORY_WEEKS + horizon]
        Filled with exp(eta - spread^2 / 2), so that its long-run mean is 1.
    """
    memory = math.exp(-1.0 / weeks)
    fresh = math.sqrt(1.0 - memory * memory)
    for category in range(path.shape[0]):
        level = normal(seed, DRIFT, community, 0, category)
        for week in range(path.shape[1]):
            if week > 0:
                level = memory * level + fresh * normal(seed, DRIFT, community, week, category)
            path[category, week] = math.exp(spread * level - spread * spread / 2.0)


@kernel
def sum_over_time(path: Any, integral: Any) -> None:
    """Add the weekly factor up from the start of the run: float64[8, horizon + 1], first 0."""
    for category in range(path.shape[0]):
        total = 0.0
        integral[category, 0] = 0.0
        for week in range(integral.shape[1] - 1):
            total += path[category, HISTORY_WEEKS + week]
            integral[category, week + 1] = total


@kernel
def start_prevalence(
    path: Any, members: Any, onset_rate: Any, recovery_rate: Any, capacity: Any, prevalence: Any
) -> None:
    """Follow the mean share in need through the past, so that a run starts in its steady course.

    Parameters
    ----------
    path : float64[8, weeks]
        Drift factors; the first HISTORY_WEEKS lie before the start.
    members : float64[groups]
        Residents of each group.
    onset_rate : float64[groups, 8], recovery_rate : float64[8]
        Hazards per week.
    capacity : float64[8]
        Needs a week that government and neighbours meet in this community.
    prevalence : float64[groups, 8]
        Filled with the share of each group in need at the start.
    """
    groups = len(members)
    for category in range(len(recovery_rate)):
        down = recovery_rate[category]
        for group in range(groups):
            up = onset_rate[group, category]
            prevalence[group, category] = up / (up + down) if up > 0.0 else 0.0
        for week in range(HISTORY_WEEKS):
            in_need = 0.0
            for group in range(groups):
                in_need += members[group] * prevalence[group, category]
            met = min(1.0, capacity[category] / in_need) if in_need > 0.0 else 0.0
            factor = path[category, week]
            for group in range(groups):
                share = prevalence[group, category]
                up = onset_rate[group, category] * factor
                rate = up + down
                if rate > 0.0:
                    share = up / rate + (share - up / rate) * math.exp(-rate)
                prevalence[group, category] = share * (1.0 - met)
