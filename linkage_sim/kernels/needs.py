"""How needs come and go by themselves, touched only when a clock rings (see `clocks`)."""

from __future__ import annotations

from typing import Any

import numpy as np

from linkage_sim.compiled_draws import exponential, kernel, uniform
from linkage_sim.draws import Decision
from linkage_sim.kernels.clocks import enter, entries_of_week, next_change, take_week
from linkage_sim.kernels.counters import Count
from linkage_sim.kernels.records import own_record
from linkage_sim.kernels.tables import Needs, Place
from linkage_sim.world.columns import IDENTITY_BITS

NEED_START = int(Decision.NEED_START)
ONSETS = int(Count.ONSETS)
RECOVERIES = int(Count.RECOVERIES)
EPISODES = int(Count.EPISODES)
WAIT_WEEKS = int(Count.WAIT_WEEKS)
SERVED_EARLY = int(Count.SERVED_EARLY)
WAIT_CUT_WEEKS = 52.0
EARLY_WEEKS = 26.0
WEEKS_PER_YEAR = 52


@kernel
def schedule(
    place: Place, needs: Needs, row: int, category: int, now: float, in_need: bool
) -> None:
    """Set the clock of one need of one resident for its next change."""
    enter(place, needs, row, category, next_change(place, needs, row, category, now, in_need))


@kernel
def start_needs(place: Place, registered: Any, prevalence: Any, needs: Needs) -> int:
    """Draw who is in need at the start, how long already, and set every clock; returns needs.

    `registered` (uint8[residents] or an empty array) replaces the draw where a register told it.
    """
    count = 0
    told = len(registered) > 0
    for row in range(place.first, place.stop):
        identity = (place.community << IDENTITY_BITS) + row - place.first
        of_group = needs.group[row]
        for category in range(needs.changes.shape[1]):
            if told:
                in_need = (registered[row] >> category) & 1 == 1
            else:
                level = uniform(place.seed, NEED_START, identity, 0, category)
                in_need = level < prevalence[of_group, category]
            if in_need:
                needs.active[row] |= np.uint8(1 << category)
                count += 1
                rate = needs.recovery_rate[category]
                lasted = exponential(place.seed, NEED_START, identity, 1, category)
                record = needs.records[own_record(place, needs, row)]
                record.onset[category] = -lasted / rate if rate > 0.0 else -1000.0
            schedule(place, needs, row, category, 0.0, in_need)
    return count


@kernel
def close_episode(
    place: Place, needs: Needs, row: int, category: int, now: float, waits: Any
) -> None:
    """Book the wait of an episode that ended without any contact.

    `waits` is float64[years, counts] by the fiscal year in which the need began; needs begun
    before the first reported week do not count.
    """
    begun = needs.records[needs.record[row]].onset[category]
    if begun < place.first_week or (needs.served[row] >> category) & 1 == 1:
        return
    year = int(begun) // WEEKS_PER_YEAR
    if year >= waits.shape[0]:
        return
    waits[year, EPISODES] += 1.0
    waits[year, WAIT_WEEKS] += min(now - begun, WAIT_CUT_WEEKS)


@kernel
def first_contact(
    place: Place, needs: Needs, row: int, category: int, now: float, waits: Any
) -> None:
    """Book the wait of an episode at its first contact."""
    if (needs.served[row] >> category) & 1 == 1:
        return
    needs.served[row] |= np.uint8(1 << category)
    begun = needs.records[needs.record[row]].onset[category]
    if begun < place.first_week:
        return
    year = int(begun) // WEEKS_PER_YEAR
    if year >= waits.shape[0]:
        return
    waits[year, EPISODES] += 1.0
    waits[year, WAIT_WEEKS] += min(now - begun, WAIT_CUT_WEEKS)
    if now - begun <= EARLY_WEEKS:
        waits[year, SERVED_EARLY] += 1.0


@kernel
def advance_needs(place: Place, needs: Needs, counts: Any) -> None:
    """Let every need whose clock rings in this week begin or end, resident by resident.

    Parameters
    ----------
    counts : float64[years, counts]
        Table of this community; onsets and recoveries are added to the year of the week.
    """
    most = entries_of_week(place, needs)
    if most == 0:
        return
    keys, times = np.empty(most, np.int64), np.empty(most, np.float32)
    count = take_week(place, needs, keys, times)
    sort_both(keys, times, count)
    clocks = np.empty(8, np.float32)
    entry = 0
    while entry < count:
        row = keys[entry] // 8
        clocks[:] = np.inf
        while entry < count and keys[entry] // 8 == row:
            clocks[keys[entry] % 8] = times[entry]
            entry += 1
        _ring(place, needs, row, clocks, counts)


@kernel
def sort_both(keys: Any, values: Any, count: int) -> None:
    """Put the first keys, no two of them equal, in rising order, and their values along with them.

    Shell sort (Shell 1959): short, and fast for the few hundred of a week.
    """
    gap = 1
    while gap < count // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for place in range(gap, count):
            key, value = keys[place], values[place]
            hole = place
            while hole >= gap and keys[hole - gap] > key:
                keys[hole], values[hole] = keys[hole - gap], values[hole - gap]
                hole -= gap
            keys[hole], values[hole] = key, value
        gap //= 3


@kernel
def _ring(place: Place, needs: Needs, row: int, clocks: Any, counts: Any) -> None:
    # The clocks of one resident that ring this week, in order of time; one may ring twice.
    end = np.float32(place.week + 1)
    year = place.week // WEEKS_PER_YEAR
    while True:
        category = 0
        for other in range(1, len(clocks)):
            if clocks[other] < clocks[category]:
                category = other
        if not clocks[category] < end:
            return
        now = float(clocks[category])
        bit = np.uint8(1 << category)
        in_need = needs.active[row] & bit == 0
        if in_need:
            needs.active[row] |= bit
            needs.records[own_record(place, needs, row)].onset[category] = now
            needs.served[row] &= np.uint8(255 - (1 << category))
            counts[year, ONSETS] += 1.0
        else:
            close_episode(place, needs, row, category, now, counts)
            needs.active[row] &= np.uint8(255 - (1 << category))
            counts[year, RECOVERIES] += 1.0
        needs.changes[row, category] += np.uint16(1)
        clocks[category] = np.inf
        time = next_change(place, needs, row, category, now, in_need)
        if time < end:
            clocks[category] = time
        else:
            enter(place, needs, row, category, time)


@kernel
def end_need(place: Place, needs: Needs, row: int, category: int, now: float) -> None:
    """End a need because it was met, and set the clock for the next one."""
    needs.active[row] &= np.uint8(255 - (1 << category))
    needs.changes[row, category] += np.uint16(1)
    schedule(place, needs, row, category, now, False)
