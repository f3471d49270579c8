"""Who gets to know of whose need: hidden cases, sightings, the joint meeting, publicity.

Source: model.md section 4 (linkage) and section 8 (awareness).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage_sim.draws import Decision
from linkage_sim.scenario.fields import N_CATEGORIES
from tests.reference.searching import find_in_need

if TYPE_CHECKING:
    from tests.reference.community import Community
    from tests.reference.person import Person

FINDING = Decision.CASE_FINDING
BEFORE_THE_START = -1
BY_WORKERS, BY_VOLUNTEERS = 0, 1
MONTHS_PER_YEAR = 13.0  # of four weeks


def start_lists(person: Person) -> None:
    """Draw whether a resident knows the services, and whether the committee knows its needs."""
    plan, draws = person.community.plan, person.draws
    lot = draws.uniform(FINDING, person.identity, BEFORE_THE_START, 0)
    person.aware = lot < plan.assumptions.delivery.awareness_start
    lot = draws.uniform(FINDING, person.identity, BEFORE_THE_START, 1)
    if lot < plan.assumptions.hearing.committee_list_share:
        person.known_to["committee"] = {need.category for need in person.active_needs}


class Finding:
    """Hidden cases of one community, found every four weeks."""

    def __init__(self, community: Community) -> None:
        self.community = community
        self.by_workers = 0.0
        self.by_volunteers = 0.0
        self.told = 0.0

    def find(self, week: int, leading: int, volunteers: int) -> None:
        """Let leading workers find hidden cases and volunteers see some."""
        beliefs = self.community.plan.assumptions
        self.by_workers += beliefs.staff.cases_found * leading * 12.0 / MONTHS_PER_YEAR
        self.by_workers = self._list(week, self.by_workers, "workers", BY_WORKERS)
        self.by_volunteers += beliefs.linkage.sightings / MONTHS_PER_YEAR * volunteers
        self.by_volunteers = self._list(week, self.by_volunteers, "volunteers", BY_VOLUNTEERS)

    def _list(self, week: int, carry: float, whose: str, part: int) -> float:
        # Each find has a category by chance, then a person in need of it; the rest is carried.
        community = self.community
        found = int(carry)
        for number in range(found):
            category = community.draws.below(
                Decision.CATEGORY_FOUND, community.number, week, 2 * number + part, N_CATEGORIES
            )
            person = find_in_need(
                community, week, FINDING, category, 8 * part + category, number
            )
            if person is not None:
                person.known_to[whose].add(category)
                community.tally.year_of(week)["hidden_found"] += 1.0
        return carry - found

    def tell(self, week: int, hours: float) -> None:
        """Let the committee tell residents about services in its free hours."""
        community = self.community
        self.told += hours * community.plan.assumptions.delivery.awareness_per_hour
        told = int(self.told)
        self.told -= told
        for number in range(told):
            lot = community.draws.uniform(
                Decision.TOLD_OF_SERVICES, community.number, week, number
            )
            community.residents[int(lot * len(community.residents))].aware = True


def pass_lists_on(person: Person, week: int) -> None:
    """Pass what is known of a resident from side to side at the joint meeting.

    Volunteers' sightings go to the committee, workers' cases to volunteers, the committee's
    hidden needs to workers, all as they were before the meeting.
    """
    known = person.known_to
    if not (known["committee"] or known["workers"] or known["volunteers"]):
        return
    lot = person.draws.uniform(Decision.LIST_PASSED_ON, person.identity, week)
    if lot < person.community.plan.assumptions.linkage.list_share:
        committee, workers, volunteers = (set(known[side]) for side in known)
        known["committee"] |= volunteers
        known["volunteers"] |= workers
        known["workers"] |= committee


def strike_off(person: Person) -> None:
    """Once a year each side strikes off whose need has gone."""
    active = {need.category for need in person.active_needs}
    for listed in person.known_to.values():
        listed &= active
