"""How needs come and go by themselves: unit-rate clocks, touched only when they ring.

The n-th change of need k of resident i happens when the hazard summed over time since the last
change passes -log U(seed, i, k, n). Hazards are common to a community, group and category, so
their running integral is a small table and a change is found by looking it up. The same clocks
under every policy give every resident the same chance events.

Source: random time change (Kurtz 1980); modified next reaction method (Anderson 2007).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from linkage_sim.compiled_draws import exponential, kernel, normal, uniform
from linkage_sim.draws import Decision
from linkage_sim.kernels.counters import Count
from linkage_sim.world.columns import IDENTITY_BITS

NEED_CLOCK = int(Decision.NEED_CLOCK)
NEED_START = int(Decision.NEED_START)
DRIFT = int(Decision.DRIFT)
MOVE = int(Decision.MOVE)
ONSETS = int(Count.ONSETS)
RECOVERIES = int(Count.RECOVERIES)
LEFT = int(Count.LEFT)
ARRIVED = int(Count.ARRIVED)
EPISODES = int(Count.EPISODES)
WAIT_WEEKS = int(Count.WAIT_WEEKS)
SERVED_EARLY = int(Count.SERVED_EARLY)
HISTORY_WEEKS = 520
WAIT_CUT_WEEKS = 52.0
EARLY_WEEKS = 26.0
WEEKS_PER_YEAR = 52


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


@kernel
def onset_time(
    seed: int, identity: int, category: int, number: int, now: float, rate: float, integral: Any
) -> float:
    """Find when the next need begins: where the hazard summed from now passes the person's lot."""
    if rate <= 0.0:
        return np.inf
    row = integral[category]
    last = len(row) - 1
    week = int(now)
    if week >= last:
        return np.inf
    passed = row[week] + (now - week) * (row[week + 1] - row[week])
    target = passed + exponential(seed, NEED_CLOCK, identity, number, category) / rate
    if target >= row[last]:
        return np.inf
    low, high = week, last
    while high - low > 1:
        middle = (low + high) // 2
        if row[middle] <= target:
            low = middle
        else:
            high = middle
    return low + (target - row[low]) / (row[low + 1] - row[low])


@kernel
def schedule(
    seed: int,
    identity: int,
    row: int,
    category: int,
    now: float,
    in_need: bool,
    onset_rate: float,
    recovery_rate: float,
    integral: Any,
    due: Any,
    next_due: Any,
    changes: Any,
) -> None:
    """Set the clock of one need of one resident for its next change."""
    number = changes[row, category]
    if in_need:
        time = np.inf
        if recovery_rate > 0.0:
            lot = exponential(seed, NEED_CLOCK, identity, number, category)
            time = now + lot / recovery_rate
    else:
        time = onset_time(seed, identity, category, number, now, onset_rate, integral)
    due[row, category] = time
    earliest = due[row, 0]
    for other in range(1, due.shape[1]):
        earliest = min(earliest, due[row, other])
    next_due[row] = earliest


@kernel
def start_needs(
    seed: int,
    community: int,
    first: int,
    stop: int,
    group: Any,
    registered: Any,
    prevalence: Any,
    onset_rate: Any,
    recovery_rate: Any,
    integral: Any,
    active: Any,
    due: Any,
    next_due: Any,
    changes: Any,
    onset: Any,
) -> int:
    """Draw who is in need at the start, how long already, and set every clock; returns needs.

    `registered` (uint8[residents] or an empty array) replaces the draw where a register told it.
    """
    count = 0
    told = len(registered) > 0
    for row in range(first, stop):
        identity = (community << IDENTITY_BITS) + row - first
        of_group = group[row]
        for category in range(due.shape[1]):
            if told:
                in_need = (registered[row] >> category) & 1 == 1
            else:
                level = uniform(seed, NEED_START, identity, 0, category)
                in_need = level < prevalence[of_group, category]
            if in_need:
                active[row] |= np.uint8(1 << category)
                count += 1
                rate = recovery_rate[category]
                lasted = exponential(seed, NEED_START, identity, 1, category)
                onset[row, category] = -lasted / rate if rate > 0.0 else -1000.0
            schedule(
                seed, identity, row, category, 0.0, in_need, onset_rate[of_group, category],
                recovery_rate[category], integral, due, next_due, changes,
            )
    return count


@kernel
def close_episode(
    row: int, category: int, now: float, first_week: int, onset: Any, served: Any, waits: Any
) -> None:
    """Book the wait of an episode that ended without any contact.

    `waits` is float64[years, counts] by the fiscal year in which the need began; needs begun
    before `first_week` (the reported years) do not count.
    """
    begun = onset[row, category]
    if begun < first_week or (served[row] >> category) & 1 == 1:
        return
    year = int(begun) // WEEKS_PER_YEAR
    if year >= waits.shape[0]:
        return
    waits[year, EPISODES] += 1.0
    waits[year, WAIT_WEEKS] += min(now - begun, WAIT_CUT_WEEKS)


@kernel
def first_contact(
    row: int, category: int, now: float, first_week: int, onset: Any, served: Any, waits: Any
) -> None:
    """Book the wait of an episode at its first contact."""
    if (served[row] >> category) & 1 == 1:
        return
    served[row] |= np.uint8(1 << category)
    begun = onset[row, category]
    if begun < first_week:
        return
    year = int(begun) // WEEKS_PER_YEAR
    if year >= waits.shape[0]:
        return
    waits[year, EPISODES] += 1.0
    waits[year, WAIT_WEEKS] += min(now - begun, WAIT_CUT_WEEKS)
    if now - begun <= EARLY_WEEKS:
        waits[year, SERVED_EARLY] += 1.0


@kernel
def advance_needs(
    seed: int,
    week: int,
    community: int,
    first: int,
    stop: int,
    first_week: int,
    group: Any,
    onset_rate: Any,
    recovery_rate: Any,
    integral: Any,
    active: Any,
    due: Any,
    next_due: Any,
    changes: Any,
    onset: Any,
    served: Any,
    counts: Any,
) -> None:
    """Let every need whose clock rings in this week begin or end.

    Parameters
    ----------
    counts : float64[years, counts]
        Table of this community; onsets and recoveries are added to the year of the week.
    """
    end = np.float32(week + 1)
    year = week // WEEKS_PER_YEAR
    for row in range(first, stop):
        while next_due[row] < end:
            category = 0
            for other in range(1, due.shape[1]):
                if due[row, other] < due[row, category]:
                    category = other
            now = float(due[row, category])
            bit = np.uint8(1 << category)
            in_need = active[row] & bit == 0
            if in_need:
                active[row] |= bit
                onset[row, category] = now
                served[row] &= np.uint8(255 - (1 << category))
                counts[year, ONSETS] += 1.0
            else:
                close_episode(row, category, now, first_week, onset, served, counts)
                active[row] &= np.uint8(255 - (1 << category))
                counts[year, RECOVERIES] += 1.0
            changes[row, category] += np.uint16(1)
            schedule(
                seed, (community << IDENTITY_BITS) + row - first, row, category, now, in_need,
                onset_rate[group[row], category], recovery_rate[category], integral, due,
                next_due, changes,
            )


@kernel
def end_need(
    seed: int,
    identity: int,
    row: int,
    category: int,
    now: float,
    onset_rate: float,
    integral: Any,
    active: Any,
    due: Any,
    next_due: Any,
    changes: Any,
) -> None:
    """End a need because it was met, and set the clock for the next one."""
    active[row] &= np.uint8(255 - (1 << category))
    changes[row, category] += np.uint16(1)
    schedule(
        seed, identity, row, category, now, False, onset_rate, 0.0, integral, due, next_due,
        changes,
    )
