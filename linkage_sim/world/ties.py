"""Who knows whom: household, staircase, age and interest, building head, and a few long ties.

Source: social circles after Hamill and Gilbert (2009), JASSS 12(2)3; the small-world share of
long ties after Watts and Strogatz (1998). Shares of the result are measured in tests/world.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from linkage_sim.compiled_draws import below, kernel, uniform
from linkage_sim.draws import Decision
from linkage_sim.world.columns import IDENTITY_BITS

TIE_BUILDING = int(Decision.TIE_BUILDING)
TIE_INTEREST = int(Decision.TIE_INTEREST)
HOUSEHOLD_TIE, BUILDING_TIE, INTEREST_TIE, HEAD_TIE, LONG_TIE = 0, 1, 2, 3, 4
BUILDINGS_PER_BLOCK = 5
PASSED_BY = 0.5


@kernel
def _reach(seed: int, decision: int, identity: int, half: float) -> int:
    # A mean of 2.5 neighbours ahead becomes 2 or 3, by this person's own chance.
    whole = int(half)
    extra = 1 if uniform(seed, decision, identity, 0, 0) < half - whole else 0
    return whole + extra


@kernel
def list_ties(
    seed: int,
    community: int,
    household: Any,
    building: Any,
    age_group: Any,
    head: Any,
    building_ties: float,
    interest_ties: float,
    long_share: float,
    ends: Any,
    kinds: Any,
) -> int:
    """List every tie of one community once; returns how many.

    Parameters
    ----------
    household, building, age_group, head
        Columns of the community, rows from 0; members of a building stand side by side.
    ends : int32[many, 2], kinds : uint8[many]
        Filled with both ends and the kind of each tie.
    """
    size = len(household)
    count = 0
    base = community << IDENTITY_BITS
    head_row = 0
    for row in range(size):
        if head[row] == 1:
            head_row = row
        other = row + 1
        while other < size and household[other] == household[row]:
            count = _add(ends, kinds, count, row, other, HOUSEHOLD_TIE)
            other += 1
        ahead = _reach(seed, TIE_BUILDING, base + row, building_ties / 2.0)
        step = 0
        # Neighbours on the same stairs beyond the own household, nearest first.
        while step < ahead and other < size and building[other] == building[row]:
            # Not every neighbour becomes an acquaintance: every second one, by the pair's lot.
            if uniform(seed, TIE_BUILDING, base + row, 3, other - row) < PASSED_BY:
                other += 1
                continue
            if uniform(seed, TIE_BUILDING, base + row, 1, step) < long_share:
                far = below(seed, TIE_BUILDING, base + row, 2, step, size)
                count = _add(ends, kinds, count, row, far, LONG_TIE)
            else:
                count = _add(ends, kinds, count, row, other, BUILDING_TIE)
            step += 1
            other += 1
        if row != head_row:
            count = _add(ends, kinds, count, head_row, row, HEAD_TIE)
    return _interest_ties(
        seed, base, building, age_group, interest_ties, long_share, ends, kinds, count
    )


@kernel
def _interest_ties(
    seed: int,
    base: int,
    building: Any,
    age_group: Any,
    interest_ties: float,
    long_share: float,
    ends: Any,
    kinds: Any,
    count: int,
) -> int:
    # The next persons of the same age in the same block of buildings: circles of acquaintance.
    size = len(building)
    for row in range(size):
        ahead = _reach(seed, TIE_INTEREST, base + row, interest_ties / 2.0)
        other = row + 1
        step = 0
        block = building[row] // BUILDINGS_PER_BLOCK
        while step < ahead and other < size and building[other] // BUILDINGS_PER_BLOCK == block:
            same = age_group[other] == age_group[row]
            if same and uniform(seed, TIE_INTEREST, base + row, 3, other - row) >= PASSED_BY:
                if uniform(seed, TIE_INTEREST, base + row, 1, step) < long_share:
                    far = below(seed, TIE_INTEREST, base + row, 2, step, size)
                    count = _add(ends, kinds, count, row, far, LONG_TIE)
                else:
                    count = _add(ends, kinds, count, row, other, INTEREST_TIE)
                step += 1
            other += 1
    return count


@kernel
def _add(ends: Any, kinds: Any, count: int, one: int, other: int, kind: int) -> int:
    if one == other:
        return count
    ends[count, 0] = one
    ends[count, 1] = other
    kinds[count] = kind
    return count + 1


@kernel
def fill_rows(ends: Any, kinds: Any, size: int, start: Any, to: Any, kind_of: Any) -> int:
    """Turn a list of ties into sorted compressed rows without doubles; returns the entries used.

    `start` is int64[size + 1]; `to` and `kind_of` must have room for twice the ties. Where two
    persons are tied twice the closer kind (lower number) stays.
    """
    degree = np.zeros(size, dtype=np.int64)
    for tie in range(len(kinds)):
        degree[ends[tie, 0]] += 1
        degree[ends[tie, 1]] += 1
    position = np.zeros(size + 1, dtype=np.int64)
    for row in range(size):
        position[row + 1] = position[row] + degree[row]
    cursor = position[:-1].copy()
    all_to = np.empty(position[size], dtype=np.int32)
    all_kind = np.empty(position[size], dtype=np.uint8)
    for tie in range(len(kinds)):
        for side in range(2):
            row = ends[tie, side]
            all_to[cursor[row]] = ends[tie, 1 - side]
            all_kind[cursor[row]] = kinds[tie]
            cursor[row] += 1
    used = 0
    for row in range(size):
        start[row] = used
        low, high = position[row], position[row + 1]
        for index in range(low + 1, high):
            person, kind = all_to[index], all_kind[index]
            place = index
            while place > low and (
                all_to[place - 1] > person
                or (all_to[place - 1] == person and all_kind[place - 1] > kind)
            ):
                all_to[place] = all_to[place - 1]
                all_kind[place] = all_kind[place - 1]
                place -= 1
            all_to[place] = person
            all_kind[place] = kind
        for index in range(low, high):
            if index == low or all_to[index] != all_to[index - 1]:
                to[used] = all_to[index]
                kind_of[used] = all_kind[index]
                used += 1
    start[size] = used
    return used
