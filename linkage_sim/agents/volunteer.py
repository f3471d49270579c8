"""Volunteers as Mesa agents: a role of residents, seen through a window on the same row."""

from __future__ import annotations

from typing import Any

import mesa
import numpy as np

from linkage_sim.world.columns import VOLUNTEER

ASKED_BY = ("nobody", "committee", "volunteer", "worker")


class Volunteer(mesa.Agent):
    """The volunteering side of one resident; holds nothing but the row."""

    def __init__(self, model: Any, row: int) -> None:
        super().__init__(model)
        self.row = int(row)

    @property
    def active(self) -> bool:
        """Whether the role is still taken."""
        return bool(self.model.state.volunteer[self.row] == VOLUNTEER)

    @property
    def hours_offered(self) -> float:
        """Hours offered a year."""
        return float(self.model.volunteer_hours)

    @property
    def hours_used(self) -> float:
        """Hours used since the start."""
        return float(self.model.state.hours_used[self.row])

    @property
    def idle_weeks(self) -> int:
        """Weeks without a task, up to now."""
        return int(self.model.state.idle_weeks[self.row])

    @property
    def motivation(self) -> float:
        """Motivation, 0..1: how far hours offered were wanted lately."""
        return float(self.model.state.motivation[self.row])

    @property
    def asked_by(self) -> str:
        """Who asked: nobody, committee, volunteer or worker."""
        return ASKED_BY[int(self.model.state.asked_by[self.row])]

    @property
    def credit(self) -> float:
        """Time-bank credit in hours."""
        return float(self.model.state.credit[self.row])


def volunteers_of(model: Any, rows: Any = None) -> Any:
    """Give present volunteers as an AgentSet; those who left lose their window."""
    now = np.flatnonzero(model.state.volunteer == VOLUNTEER)
    if rows is not None:
        now = np.intersect1d(now, np.asarray(rows, dtype=int))
    known = {agent.row: agent for agent in model.agents_by_type.get(Volunteer, ())}
    for row, agent in known.items():
        if model.state.volunteer[row] != VOLUNTEER:
            agent.remove()
    missing = [int(row) for row in now if int(row) not in known]
    if missing:
        Volunteer.create_agents(model, len(missing), missing)
    keep = {int(row) for row in now}
    everybody = model.agents_by_type.get(Volunteer)
    if everybody is None:
        return model.agents.select(lambda agent: isinstance(agent, Volunteer))
    return everybody.select(lambda agent: agent.row in keep)
