"""Clocks of needs, and the calendar in which those that ring within the run are entered.

The n-th change of need k of resident i happens when the hazard summed over time since the last
change passes -log U(seed, i, k, n). Hazards are common to a community, group and category, so
their running integral is a small table and a change is found by looking it up. The same clocks
under every policy give every resident the same chance events.

The calendar has a list of entries for each community and week; a clock that rings after the end of
the run is not entered at all. So a week costs what happens in it, not how many live there. An
entry whose need was ended by a contact stays until its week and is then passed over: its number is
no longer that of the next change.

Source: random time change (Kurtz 1980); modified next reaction method (Anderson 2007); calendar
queue (Brown 1988).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from linkage_sim.compiled_draws import exponential, kernel
from linkage_sim.draws import Decision
from linkage_sim.kernels.tables import Needs, Place
from linkage_sim.world.columns import IDENTITY_BITS

NEED_CLOCK = int(Decision.NEED_CLOCK)
ENTRIES_USED, ENTRIES_FREE = 0, 1
# Eight clocks a resident and room for stale entries; what is never used takes no memory.
ENTRIES_PER_RESIDENT = 9


@kernel
def onset_time(
    seed: int, identity: int, category: int, number: int, now: float, rate: float, row: Any
) -> float:
    """Find when the next need begins: where the hazard summed from now passes the person's lot.

    `row` is float64[weeks + 1], the drift factor of this need summed over weeks.
    """
    if rate <= 0.0:
        return np.inf
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
def next_change(
    place: Place, needs: Needs, row: int, category: int, now: float, in_need: bool
) -> np.float32:
    """Find when the clock of one need rings next; infinite when not within the run."""
    identity = (place.community << IDENTITY_BITS) + row - place.first
    number = needs.changes[row, category]
    if in_need:
        rate = needs.recovery_rate[category]
        if rate <= 0.0:
            return np.float32(np.inf)
        lot = exponential(place.seed, NEED_CLOCK, identity, number, category)
        return np.float32(now + lot / rate)
    rate = needs.onset_rate[needs.group[row], category]
    return np.float32(onset_time(
        place.seed, identity, category, number, now, rate,
        needs.integral[place.community, category],
    ))


@kernel
def enter(place: Place, needs: Needs, row: int, category: int, time: np.float32) -> None:
    """Enter a clock in the calendar, unless it rings after the end of the run."""
    calendar = needs.calendar
    community = place.community
    # Compared as a number first: infinity has no week.
    if not time < calendar.head.shape[1]:
        return
    week = int(time)
    first = ENTRIES_PER_RESIDENT * place.first + 1
    room = ENTRIES_PER_RESIDENT * (place.stop - place.first)
    if calendar.marks[community, ENTRIES_FREE] == 0 and (
        calendar.marks[community, ENTRIES_USED] >= room
    ):
        forget_stale(place, needs)
    entry = calendar.marks[community, ENTRIES_FREE]
    if entry != 0:
        calendar.marks[community, ENTRIES_FREE] = calendar.entries[entry].next
    else:
        entry = first + calendar.marks[community, ENTRIES_USED]
        calendar.marks[community, ENTRIES_USED] += 1
    clock = calendar.entries[entry]
    clock.row = row
    clock.category = category
    clock.number = needs.changes[row, category]
    clock.time = time
    clock.next = calendar.head[community, week]
    calendar.head[community, week] = entry


@kernel
def is_current(needs: Needs, entry: int) -> bool:
    """Whether the change that an entry announces is still to come."""
    clock = needs.calendar.entries[entry]
    return clock.number == needs.changes[clock.row, clock.category]


@kernel
def forget_stale(place: Place, needs: Needs) -> None:
    """Take out all entries of a community that are no longer current, when room runs out."""
    calendar, community = needs.calendar, place.community
    for week in range(calendar.head.shape[1]):
        entry = calendar.head[community, week]
        calendar.head[community, week] = 0
        while entry != 0:
            clock = calendar.entries[entry]
            after = clock.next
            if is_current(needs, entry):
                clock.next = calendar.head[community, week]
                calendar.head[community, week] = entry
            else:
                clock.next = calendar.marks[community, ENTRIES_FREE]
                calendar.marks[community, ENTRIES_FREE] = entry
            entry = after


@kernel
def take_week(place: Place, needs: Needs, keys: Any, times: Any) -> int:
    """Take the current entries of a week out of the calendar; returns how many.

    Parameters
    ----------
    keys, times : int64[many], float32[many]
        Filled with 8 x row + category, and the time, in any order.
    """
    calendar, community = needs.calendar, place.community
    entry = calendar.head[community, place.week]
    calendar.head[community, place.week] = 0
    count = 0
    while entry != 0:
        clock = calendar.entries[entry]
        after = clock.next
        if is_current(needs, entry):
            keys[count] = 8 * np.int64(clock.row) + clock.category
            times[count] = clock.time
            count += 1
        clock.next = calendar.marks[community, ENTRIES_FREE]
        calendar.marks[community, ENTRIES_FREE] = entry
        entry = after
    return count


@kernel
def entries_of_week(place: Place, needs: Needs) -> int:
    """Count the entries of a week, current or not."""
    entry = needs.calendar.head[place.community, place.week]
    count = 0
    while entry != 0:
        count += 1
        entry = needs.calendar.entries[entry].next
    return count
