"""What is there without a project: government, neighbours, a station, volunteers' visits.

Source: model.md section 5 (modes of provision) and section 14 (station).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage_sim.draws import Decision
from linkage_sim.scenario.fields import N_CATEGORIES, as_tuple
from tests.reference.rates import WEEKS_PER_YEAR
from tests.reference.searching import STATION_IDENTITY, find_in_need, find_known

if TYPE_CHECKING:
    from tests.reference.community import Community
    from tests.reference.needs import Need
    from tests.reference.person import Person


class FreeHelp:
    """Needs met without purchase, as many a week as there is capacity for.

    Government serves everywhere alike and does not follow the neighbourhood; neighbours help each
    other. Parts of a need left over are carried into the next week.
    """

    def __init__(
        self, community: Community, decision: Decision, capacity: list[float], counted_as: str
    ) -> None:
        self.community = community
        self.decision = decision
        self.capacity = capacity
        self.counted_as = counted_as
        self.carry = [0.0] * N_CATEGORIES

    def help(self, week: int) -> None:
        """Meet needs of one week; a need that is met has ended."""
        for category in range(N_CATEGORIES):
            if self.capacity[category] <= 0.0:
                continue
            self.carry[category] += self.capacity[category]
            number = 0
            while self.carry[category] >= 1.0:
                self.carry[category] -= 1.0
                number += 1
                person = find_in_need(
                    self.community, week, self.decision, category, category, number
                )
                if person is not None:
                    self._end(person, person.needs[category], week)

    def _end(self, person: Person, need: Need, week: int) -> None:
        now = float(week + 1)
        person.be_served(need, now)
        person.be_covered(need, now, bought=False)
        person.end_need(need, now)
        self.community.tally.year_of(week)[self.counted_as] += 1.0


def capacity_of(table: object, size: int) -> list[float]:
    """Needs a week that a community's size is good for, by category."""
    thousands = size / 1000.0
    return [per_thousand * thousands for per_thousand in as_tuple(table)]


class Station:
    """A street social-work station: open access, without yearly approval, from the same money."""

    def __init__(self, community: Community) -> None:
        self.community = community
        plan = community.plan
        money = plan.policy.implementation.station_share * plan.world.budget_yuan_per_year
        hours = money * plan.world.staff_share / plan.world.staff_hour_yuan
        self.hours_per_year = hours * plan.assumptions.provision.station_workers
        self.carry = 0.0

    def open_doors(self, week: int) -> None:
        """Serve whoever comes, each for the most severe need that nobody covers just now."""
        if self.hours_per_year <= 0.0:
            return
        price = self.community.plan.assumptions.delivery.hours_per_contact
        self.carry += self.hours_per_year / WEEKS_PER_YEAR / price
        contacts = int(self.carry)
        self.carry -= contacts
        identity = STATION_IDENTITY + self.community.number
        for number in range(contacts):
            person = find_known(self.community, week, identity, number, None)
            if person is None:
                return
            need = self._most_severe(person, week)
            if need is not None:
                self._serve(person, need, week)

    def _most_severe(self, person: Person, week: int) -> Need | None:
        severity = self.community.rates.severity
        open_needs = [need for need in person.active_needs if need.cover <= week + 1]
        return max(open_needs, key=lambda need: severity[need.category], default=None)

    def _serve(self, person: Person, need: Need, week: int) -> None:
        year = self.community.tally.year_of(week)
        year["contacts_station"] += 1.0
        if person.meet(need, week, 1.0, bought=True):
            year["ended_by_purchase"] += 1.0
            year["ended_severity_purchase"] += self.community.rates.severity[need.category]


def visit_listed(community: Community, week: int, visits: int) -> int:
    """Let volunteers with nothing else to do visit persons on their own list; returns visits.

    They begin at a random door and go round; each person is visited for one need that is on the
    list and not covered.
    """
    residents = community.residents
    factor = community.plan.assumptions.volunteers.productivity
    year = community.tally.year_of(week)
    door = community.draws.below(Decision.STATION, community.number, week, 1, len(residents))
    done = 0
    for person in residents[door:] + residents[:door]:
        if done >= visits:
            break
        need = _listed_need(person, week)
        if need is not None:
            done += 1
            year["visits"] += 1.0
            if person.meet(need, week, factor, bought=False):
                year["ended_by_neighbours"] += 1.0
    return done


def _listed_need(person: Person, week: int) -> Need | None:
    listed = person.known_to["volunteers"]
    if listed:
        for need in person.active_needs:
            if need.category in listed and need.cover <= week + 1:
                return need
    return None
