"""Residents as Mesa agents: windows on one row of the columns, made when somebody looks."""

from __future__ import annotations

from typing import Any

import mesa
import numpy as np

from linkage_sim.scenario.fields import AGE_GROUPS, CATEGORIES
from linkage_sim.world.columns import FLOATING, RENTER, VOLUNTEER


class Resident(mesa.Agent):
    """One resident; holds nothing but its row, reads and writes the columns.

    Parameters
    ----------
    model
        The model whose columns are looked at.
    row : int
        Row of the resident.
    """

    def __init__(self, model: Any, row: int) -> None:
        super().__init__(model)
        self.row = int(row)

    @property
    def age_group(self) -> str:
        """Age group, for example "age_60_plus"."""
        return AGE_GROUPS[self.model.people.age_group[self.row]]

    @property
    def household(self) -> int:
        """Number of the household."""
        return int(self.model.people.household[self.row])

    @property
    def building(self) -> int:
        """Number of the building."""
        return int(self.model.people.building[self.row])

    @property
    def vulnerability(self) -> float:
        """Vulnerability, mean 1."""
        return float(self.model.people.vulnerability[self.row])

    @property
    def fifth(self) -> int:
        """Fifth of vulnerability, 0 least .. 4 most."""
        return int(self.model.people.fifth[self.row])

    @property
    def status(self) -> str:
        """owner, renter or floating."""
        code = int(self.model.people.status[self.row])
        return "floating" if code == FLOATING else "renter" if code == RENTER else "owner"

    @property
    def voice(self) -> float:
        """Relative chance to be heard by self-selection."""
        return float(self.model.people.voice[self.row])

    @property
    def needs(self) -> list[str]:
        """Categories of the needs that are there now."""
        bits = int(self.model.state.active[self.row])
        return [name for place, name in enumerate(CATEGORIES) if bits >> place & 1]

    @property
    def covered(self) -> list[str]:
        """Needs that a contact covers just now."""
        covered, now = self.model.course.covered, self.model.week
        return [name for name in self.needs if covered(self.row, CATEGORIES.index(name), now)]

    @property
    def expectation(self) -> float:
        """Expectation of services, 0..1."""
        return float(self.model.state.expectation[self.row])

    @property
    def satisfaction(self) -> float:
        """Satisfaction, 0..1."""
        return float(self.model.state.satisfaction[self.row])

    @property
    def trust(self) -> float:
        """Trust in the committee and its services, 0..1."""
        return float(self.model.state.trust[self.row])

    @property
    def aware(self) -> bool:
        """Whether the resident knows the services."""
        return bool(self.model.state.aware[self.row])

    @property
    def is_volunteer(self) -> bool:
        """Whether the resident volunteers now."""
        return bool(self.model.state.volunteer[self.row] == VOLUNTEER)

    @property
    def ties(self) -> list[int]:
        """Rows of the residents this one knows."""
        people = self.model.people
        return [int(other) for other in people.ties_of(self.row)]


def residents_of(model: Any, rows: Any = None) -> Any:
    """Give residents as an AgentSet; windows that exist already are used again."""
    wanted = np.arange(model.people.n_residents) if rows is None else np.asarray(rows, dtype=int)
    windows = model.agents_by_type.get(Resident, ())
    seen = {agent.row for agent in windows}
    missing = [int(row) for row in wanted if int(row) not in seen]
    if missing:
        Resident.create_agents(model, len(missing), missing)
    everybody = model.agents_by_type[Resident]
    if len(everybody) == len(wanted):
        return everybody
    keep = {int(row) for row in wanted}
    return everybody.select(lambda agent: agent.row in keep)
