"""Who lives where: ages, households, buildings and vulnerability from census shares."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from linkage_sim.compiled_draws import kernel, normal, uniform
from linkage_sim.draws import Decision, Draws
from linkage_sim.errors import InputError
from linkage_sim.world.columns import (
    FLOATING,
    IDENTITY_BITS,
    N_FIFTHS,
    OWNER,
    RENTER,
    Float64,
    Int64,
)

if TYPE_CHECKING:
    from linkage_sim.scenario.schema import Scenario

HOUSEHOLD = int(Decision.HOUSEHOLD)
AGE = int(Decision.AGE)
VULNERABILITY = int(Decision.VULNERABILITY)
STATUS = int(Decision.STATUS)
VOICE = int(Decision.VOICE)
PERCEPTION = int(Decision.PERCEPTION)
LARGEST_HOUSEHOLD = 9
MAX_COMMUNITY = 1 << IDENTITY_BITS


def community_sizes(scenario: Scenario, seed: int) -> Int64:
    """Split the residents over the communities: as listed, evenly, or with a lognormal spread.

    Raises
    ------
    InputError
        When one community is larger than permanent identities allow (2**20).
    """
    world = scenario.world
    if world.community_residents:
        sizes = np.array(world.community_residents, dtype=np.int64)
    else:
        lots = [
            Draws(seed).normal(Decision.COMMUNITY_SIZE, community) if world.community_size_sd else 0
            for community in range(world.communities)
        ]
        sizes = _divided(world.residents, np.exp(world.community_size_sd * np.array(lots)))
    if int(sizes.max()) >= MAX_COMMUNITY:
        raise InputError(
            f"world.residents: a community of {int(sizes.max())} residents is larger than "
            f"{MAX_COMMUNITY - 1}; raise world.communities"
        )
    return sizes


def _divided(residents: int, weights: Float64) -> Int64:
    """Divide residents in proportion to weights, two at least each; the first get what is left."""
    sizes = 2 + np.floor((residents - 2 * len(weights)) * weights / weights.sum()).astype(np.int64)
    sizes[: residents - int(sizes.sum())] += 1
    return sizes


def vulnerability_ratios(spread: float) -> Float64:
    """Give the mean vulnerability of each fifth (population mean 1) of a lognormal with this sd.

    Returns
    -------
    float64[5]
        Least to most vulnerable fifth; all 1 when the spread is 0.
    """
    standard = NormalDist()
    inner = [standard.inv_cdf(part / N_FIFTHS) for part in range(1, N_FIFTHS)]
    cuts = [-math.inf, *inner, math.inf]

    def below(value: float) -> float:
        return 0.0 if value == -math.inf else 1.0 if value == math.inf else standard.cdf(value)

    return np.array(
        [
            N_FIFTHS * (below(high - spread) - below(low - spread))
            for low, high in zip(cuts, cuts[1:], strict=False)
        ]
    )


@kernel
def _poisson(level: float, mean: float, largest: int) -> int:
    # Inverse of the distribution function: one draw a household, the same under any mean.
    term = math.exp(-mean)
    total = term
    count = 0
    while level > total and count < largest:
        count += 1
        term *= mean / count
        total += term
    return count


@kernel
def settle_households(
    seed: int, community: int, size: int, mean_size: float, household: Any, first: Any
) -> int:
    """Fill a community with households of 1 + Poisson(mean - 1) members; returns their number.

    `household` (int32[size]) gets numbers from 0, `first` (uint8[size]) marks first members.
    """
    row = 0
    number = 0
    while row < size:
        level = uniform(seed, HOUSEHOLD, (community << IDENTITY_BITS) + number, 0, 0)
        members = 1 + _poisson(level, mean_size - 1.0, LARGEST_HOUSEHOLD - 1)
        for member in range(min(members, size - row)):
            household[row + member] = number
            first[row + member] = 1 if member == 0 else 0
        row += members
        number += 1
    return number


@kernel
def settle_buildings(
    household: Any, building: Any, head: Any, residents_per_building: float
) -> int:
    """Group neighbouring households into staircases; the first resident of each is its head."""
    number = -1
    in_building = 0.0
    last_household = -1
    for row in range(len(household)):
        if household[row] != last_household:
            last_household = household[row]
            if number < 0 or in_building >= residents_per_building:
                number += 1
                in_building = 0.0
                head[row] = 1
        in_building += 1.0
        building[row] = number
    return number + 1


@kernel
def draw_ages(
    seed: int, community: int, first: Any, first_shares: Any, other_shares: Any, age_group: Any
) -> None:
    """Draw an age group for everybody; first members of households are grown up."""
    for row in range(len(first)):
        level = uniform(seed, AGE, (community << IDENTITY_BITS) + row, 0, 0)
        shares = first_shares if first[row] else other_shares
        group = 0
        total = shares[0]
        while level > total and group < 3:
            group += 1
            total += shares[group]
        age_group[row] = group


@kernel
def draw_persons(
    seed: int,
    community: int,
    cuts: Any,
    spread: float,
    renter_share: float,
    floating_share: float,
    taste_sd: float,
    household: Any,
    vulnerability: Any,
    fifth: Any,
    status: Any,
    taste: Any,
) -> None:
    """Draw vulnerability and its fifth, status (one a household) and personal taste."""
    for row in range(len(household)):
        identity = (community << IDENTITY_BITS) + row
        level = normal(seed, VULNERABILITY, identity, 0, 0)
        vulnerability[row] = math.exp(spread * level - spread * spread / 2.0)
        part = 0
        while part < len(cuts) and level > cuts[part]:
            part += 1
        fifth[row] = part
        of_home = uniform(seed, STATUS, (community << IDENTITY_BITS) + household[row], 0, 0)
        if of_home < floating_share:
            status[row] = FLOATING
        elif of_home < floating_share + renter_share:
            status[row] = RENTER
        else:
            status[row] = OWNER
        taste[row] = taste_sd * normal(seed, PERCEPTION, identity, 0, 0)


@kernel
def draw_voice(
    seed: int,
    community: int,
    age_group: Any,
    vulnerability: Any,
    head: Any,
    by_age: Any,
    tied_share: float,
    tied_factor: float,
    silence: float,
    voice: Any,
) -> None:
    """Give everybody a voice: higher with age and a tie to the committee, lower with vulnerability.

    The mean over residents of 15 and older is 1.
    """
    total = 0.0
    grown_up = 0
    for row in range(len(voice)):
        tied = head[row] == 1 or uniform(
            seed, VOICE, (community << IDENTITY_BITS) + row, 0, 0
        ) < tied_share
        amount = by_age[age_group[row]] * vulnerability[row] ** (-silence)
        if tied:
            amount *= tied_factor
        voice[row] = amount
        if age_group[row] > 0:
            total += amount
            grown_up += 1
    if total > 0.0:
        for row in range(len(voice)):
            voice[row] *= grown_up / total


def age_shares(scenario: Scenario) -> tuple[Float64, Float64]:
    """Give the age shares of first and of other members, so that the whole meets the census.

    First members are 15 and older wherever the share of children can still be met by the others.
    """
    world = scenario.world
    shares = np.array(world.age_shares.values(), dtype=np.float64)
    if shares.sum() <= 0:
        raise InputError("world.age_shares: all shares are 0; give at least one above 0")
    shares /= shares.sum()
    part_first = 1.0 / world.mean_household_size
    grown_up = shares.copy()
    grown_up[0] = 0.0
    if grown_up.sum() <= 0 or shares[0] > 1.0 - part_first:
        return shares, shares
    first = grown_up / grown_up.sum()
    others = (shares - part_first * first) / (1.0 - part_first) if part_first < 1.0 else shares
    return first, others

