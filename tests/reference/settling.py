"""Who lives where: households, buildings, ages, vulnerability, status, voice, and ties.

Source: shares of the seventh census 2020; social circles after Hamill and Gilbert (2009); long
ties after Watts and Strogatz (1998).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from statistics import NormalDist

from linkage_sim.draws import Decision, Draws
from linkage_sim.scenario.schema import Scenario
from tests.reference.rates import FIFTHS
from tests.reference.rounding import add_up, f32

IDENTITY_BITS = 20
OWNER, RENTER, FLOATING = 0, 1, 2
LARGEST_HOUSEHOLD = 9
BUILDINGS_PER_BLOCK = 5
PASSED_BY = 0.5


@dataclass
class Settler:
    """A resident as found at the start: what never changes."""

    identity: int
    household: int = 0
    first_of_home: bool = False
    building: int = 0
    building_head: bool = False
    age_group: int = 0
    fifth: int = 0
    vulnerability: float = 0.0
    status: int = OWNER
    taste: float = 0.0
    voice: float = 0.0
    ties: set[int] = field(default_factory=set)

    @property
    def group(self) -> int:
        """Group of equal hazards."""
        return self.age_group * FIFTHS + self.fifth


def community_sizes(plan: Scenario) -> list[int]:
    """Residents of each community: as listed, or split evenly."""
    world = plan.world
    if world.community_residents:
        return list(world.community_residents)
    each, rest = divmod(world.residents, world.communities)
    return [each + 1 if number < rest else each for number in range(world.communities)]


def settle(plan: Scenario, draws: Draws, community: int, size: int) -> list[Settler]:
    """Fill one community with residents and let them get to know each other."""
    base = community << IDENTITY_BITS
    people = [Settler(base + row) for row in range(size)]
    _settle_households(plan, draws, base, people)
    _settle_buildings(plan, people)
    _draw_ages(plan, draws, people)
    _draw_persons(plan, draws, base, people)
    _draw_voice(plan, draws, people)
    _tie_neighbours(plan, draws, people)
    _tie_by_interest(plan, draws, people)
    return people


def _settle_households(plan: Scenario, draws: Draws, base: int, people: list[Settler]) -> None:
    # A household has 1 + Poisson(mean - 1) members.
    mean = plan.world.mean_household_size - 1.0
    row = number = 0
    while row < len(people):
        level = draws.uniform(Decision.HOUSEHOLD, base + number)
        further = 0
        term = total = math.exp(-mean)
        while level > total and further < LARGEST_HOUSEHOLD - 1:
            further += 1
            term *= mean / further
            total += term
        home = people[row : row + 1 + further]
        for person in home:
            person.household = number
        home[0].first_of_home = True
        row += 1 + further
        number += 1


def _settle_buildings(plan: Scenario, people: list[Settler]) -> None:
    # Households side by side share a staircase until it is full; its first resident is the head.
    building, lodgers, last = -1, 0.0, -1
    for person in people:
        if person.household != last:
            last = person.household
            if building < 0 or lodgers >= plan.world.residents_per_building:
                building += 1
                lodgers = 0.0
                person.building_head = True
        lodgers += 1.0
        person.building = building


def _draw_ages(plan: Scenario, draws: Draws, people: list[Settler]) -> None:
    # First members of households are grown up where the census allows it.
    world = plan.world
    total = add_up(world.age_shares.values())
    census = [share / total for share in world.age_shares.values()]
    first_part = 1.0 / world.mean_household_size
    grown_up = [0.0, *census[1:]]
    firsts = others = census
    adults = add_up(grown_up)
    if adults > 0 and census[0] <= 1.0 - first_part:
        firsts = [share / adults for share in grown_up]
        if first_part < 1.0:
            others = [
                (share - first_part * first) / (1.0 - first_part)
                for share, first in zip(census, firsts, strict=True)
            ]
    for person in people:
        level = draws.uniform(Decision.AGE, person.identity)
        shares = firsts if person.first_of_home else others
        reached = shares[0]
        while level > reached and person.age_group < 3:
            person.age_group += 1
            reached += shares[person.age_group]


def _draw_persons(plan: Scenario, draws: Draws, base: int, people: list[Settler]) -> None:
    world, spread = plan.world, plan.assumptions.needs.vulnerability_sd
    cuts = [NormalDist().inv_cdf(part / FIFTHS) for part in range(1, FIFTHS)]
    for person in people:
        level = draws.normal(Decision.VULNERABILITY, person.identity)
        person.vulnerability = f32(math.exp(spread * level - spread * spread / 2.0))
        person.fifth = sum(1 for cut in cuts if level > cut)
        of_home = draws.uniform(Decision.STATUS, base + person.household)
        if of_home < world.floating_share:
            person.status = FLOATING
        elif of_home < world.floating_share + world.renter_share:
            person.status = RENTER
        taste = draws.normal(Decision.PERCEPTION, person.identity)
        person.taste = f32(plan.assumptions.opinion.personal_sd * taste)


def _draw_voice(plan: Scenario, draws: Draws, people: list[Settler]) -> None:
    # Louder with age and a tie to the committee, quieter with vulnerability; mean 1 among 15+.
    hearing = plan.assumptions.hearing
    by_age = hearing.voice_age.values()
    total = 0.0
    grown_up = 0
    for person in people:
        lot = draws.uniform(Decision.VOICE, person.identity)
        tied = person.building_head or lot < hearing.voice_tied_share
        amount = by_age[person.age_group] * person.vulnerability ** (-hearing.voice_vulnerability)
        if tied:
            amount *= hearing.voice_tie
        person.voice = f32(amount)
        if person.age_group > 0:
            total += amount
            grown_up += 1
    if total > 0.0:
        for person in people:
            person.voice = f32(person.voice * (grown_up / total))


def _tie(people: list[Settler], one: int, other: int) -> None:
    if one != other:
        people[one].ties.add(other)
        people[other].ties.add(one)


def _ahead(draws: Draws, decision: int, identity: int, half: float) -> int:
    # A mean of 2.5 acquaintances ahead becomes 2 or 3, by this person's own chance.
    whole = int(half)
    return whole + (1 if draws.uniform(decision, identity) < half - whole else 0)


def _tie_neighbours(plan: Scenario, draws: Draws, people: list[Settler]) -> None:
    # The household, then every second neighbour on the stairs, then the head of the building.
    ties, size = plan.world.ties, len(people)
    head = 0
    for row, person in enumerate(people):
        if person.building_head:
            head = row
        other = row + 1
        while other < size and people[other].household == person.household:
            _tie(people, row, other)
            other += 1
        wanted = _ahead(draws, Decision.TIE_BUILDING, person.identity, ties.building / 2.0)
        found = 0
        while found < wanted and other < size and people[other].building == person.building:
            if draws.uniform(Decision.TIE_BUILDING, person.identity, 3, other - row) >= PASSED_BY:
                _tie(people, row, _near_or_far(
                    draws, Decision.TIE_BUILDING, person.identity, found, ties.long_share, other,
                    size,
                ))
                found += 1
            other += 1
        _tie(people, head, row)


def _tie_by_interest(plan: Scenario, draws: Draws, people: list[Settler]) -> None:
    # The next persons of the same age in the same block of buildings.
    ties, size = plan.world.ties, len(people)
    for row, person in enumerate(people):
        wanted = _ahead(draws, Decision.TIE_INTEREST, person.identity, ties.interest / 2.0)
        block = person.building // BUILDINGS_PER_BLOCK
        found, other = 0, row + 1
        while found < wanted and other < size:
            if people[other].building // BUILDINGS_PER_BLOCK != block:
                break
            same = people[other].age_group == person.age_group
            if same and draws.uniform(
                Decision.TIE_INTEREST, person.identity, 3, other - row
            ) >= PASSED_BY:
                _tie(people, row, _near_or_far(
                    draws, Decision.TIE_INTEREST, person.identity, found, ties.long_share, other,
                    size,
                ))
                found += 1
            other += 1


def _near_or_far(
    draws: Draws, decision: int, identity: int, found: int, long_share: float, near: int, size: int
) -> int:
    # A small part of ties leads anywhere in the community.
    if draws.uniform(decision, identity, 1, found) < long_share:
        return draws.below(decision, identity, 2, found, size)
    return near
