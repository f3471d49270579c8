"""Floating residents move away and newcomers take their homes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from linkage_sim.compiled_draws import exponential, kernel, uniform
from linkage_sim.draws import Decision
from linkage_sim.kernels.counters import Count
from linkage_sim.kernels.needs import (
    WEEKS_PER_YEAR,
    close_episode,
    schedule,
)
from linkage_sim.world.columns import FLOATING, IDENTITY_BITS, VOLUNTEER

MOVE = int(Decision.MOVE)
LEFT = int(Count.LEFT)
ARRIVED = int(Count.ARRIVED)
CREDIT_LOST = int(Count.CREDIT_LOST)


@kernel
def move_homes(
    seed: int,
    week: int,
    weeks: int,
    community: int,
    first: int,
    stop: int,
    first_week: int,
    rate_per_week: float,
    awareness: float,
    trust_start: float,
    group: Any,
    household: Any,
    status: Any,
    prevalence: Any,
    onset_rate: Any,
    recovery_rate: Any,
    integral: Any,
    active: Any,
    due: Any,
    next_due: Any,
    changes: Any,
    onset: Any,
    cover: Any,
    cover_bought: Any,
    served: Any,
    lists: Any,
    aware: Any,
    trust: Any,
    volunteer: Any,
    credit: Any,
    counts: Any,
) -> int:
    """Let whole floating households leave at the start of a week; newcomers bring own needs.

    The row of a home keeps its clocks, so newcomers under every policy meet the same chances.

    Parameters
    ----------
    weeks
        Weeks since homes were last looked at (the hazard acts over all of them).
    lists : tuple of three uint8[residents]
        What committee, workers and volunteers know; nobody knows a newcomer.

    Returns
    -------
    int
        Residents replaced.
    """
    leaves = 1.0 - math.exp(-rate_per_week * weeks)
    year = week // WEEKS_PER_YEAR
    moved = 0
    for row in range(first, stop):
        if status[row] != FLOATING:
            continue
        home = (community << IDENTITY_BITS) + household[row] - household[first]
        if uniform(seed, MOVE, home, week, 0) >= leaves:
            continue
        moved += 1
        identity = (community << IDENTITY_BITS) + row - first
        for category in range(due.shape[1]):
            bit = np.uint8(1 << category)
            was = active[row] & bit != 0
            if was:
                close_episode(row, category, float(week), first_week, onset, served, counts)
                counts[year, LEFT] += 1.0
            level = uniform(seed, MOVE, identity, week, 1 + category)
            now_in_need = level < prevalence[group[row], category]
            if now_in_need:
                active[row] |= bit
                counts[year, ARRIVED] += 1.0
                lasted = exponential(seed, MOVE, identity, week, 20 + category)
                rate = recovery_rate[category]
                onset[row, category] = -lasted / rate if rate > 0.0 else -1000.0
            else:
                active[row] &= np.uint8(255 - (1 << category))
            changes[row, category] += np.uint16(1)
            cover[row, category] = -np.inf
            cover_bought[row, category] = -np.inf
            schedule(
                seed, identity, row, category, float(week), now_in_need,
                onset_rate[group[row], category], recovery_rate[category], integral, due,
                next_due, changes,
            )
        served[row] = 0
        for known in lists:
            known[row] = 0
        aware[row] = 1 if uniform(seed, MOVE, identity, week, 40) < awareness / 2.0 else 0
        trust[row] = trust_start
        if volunteer[row] == VOLUNTEER:
            counts[year, CREDIT_LOST] += credit[row]
            credit[row] = 0.0
            volunteer[row] = 0
    return moved
