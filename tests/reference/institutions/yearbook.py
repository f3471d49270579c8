"""What the district's yearbook expects: the same people and services, without any drift.

It knows nothing of a neighbourhood's own deviation: that is its error. Source: model.md section 6.
"""

from __future__ import annotations

from collections.abc import Sequence

from linkage_sim.scenario.fields import N_CATEGORIES
from linkage_sim.scenario.schema import Scenario
from tests.reference.provision import capacity_of
from tests.reference.rates import GROUPS, PAST_WEEKS, Rates, share_in_need_at_the_start


class Yearbook:
    """Persons in need per resident in the whole city.

    Parameters
    ----------
    members
        Residents of each group, by community.
    """

    def __init__(self, plan: Scenario, rates: Rates, members: Sequence[Sequence[float]]) -> None:
        self.sizes = [sum(of_groups) for of_groups in members]
        of_city = [sum(of_groups[group] for of_groups in members) for group in range(GROUPS)]
        provision = plan.assumptions.provision
        capacity = [0.0] * N_CATEGORIES
        for size in self.sizes:
            government = capacity_of(provision.government_capacity, size)
            neighbours = capacity_of(provision.mutual_aid_capacity, size)
            for category in range(N_CATEGORIES):
                capacity[category] += government[category] + neighbours[category]
        steady = [[1.0] * PAST_WEEKS for _ in range(N_CATEGORIES)]
        shares = share_in_need_at_the_start(rates, steady, of_city, capacity)
        self.per_resident = []
        for category in range(N_CATEGORIES):
            in_need = 0.0
            for group in range(GROUPS):
                in_need += of_city[group] * shares[group][category]
            self.per_resident.append(in_need / sum(of_city))

    def expected_in(self, community: int) -> list[float]:
        """Persons in need that it expects in a community, by category."""
        return [share * self.sizes[community] for share in self.per_resident]
