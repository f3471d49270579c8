"""The week of all residents: what institutions decided goes in, what happened comes out."""

from __future__ import annotations

from typing import Any

import numpy as np

from linkage_sim.kernels import week as week_kernel
from linkage_sim.kernels.tables import Service
from linkage_sim.kernels.week import Helping, Town
from linkage_sim.threads import in_parts
from linkage_sim.timeline import WEEKS_PER_YEAR


class ResidentsWeek:
    """Services, volunteers and needs of every community, week by week."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self._town: Town | None = None
        self._wanted = np.zeros(model.people.n_communities, np.int64)

    def open_year(self, year: int) -> None:
        """Take over what holds for a year: stations, and the price of re-screening."""
        model = self.model
        price = model.plan.assumptions.delivery.hours_per_contact
        table = model.course.columns
        for community in range(model.people.n_communities):
            hours = model.station_hours(community, year)
            table.station[community] = hours / WEEKS_PER_YEAR / price if hours > 0.0 else 0.0
            table.rescreen_hours[community] = model.implementation.rescreen_hours(community)

    def deliver(self, week: int) -> None:
        """Let a week happen in every community."""
        self._prepare(week)
        town = self._tables()
        if not week_kernel.room_for_lines(
            town.communities, town.rows, town.service.projects, town.service.practice, self._wanted
        ):
            self.model.implementation.rows.grow_lines(self._wanted)
            town = self._tables()
        in_parts(
            self.model.plan.run.threads, self.model.people.n_communities,
            lambda first, stop: week_kernel.live(first, stop, week, town),
        )

    def _prepare(self, week: int) -> None:
        """Write into the table of communities what this week's meetings and campaigns take."""
        model, table = self.model, self.model.course.columns
        neighbourhood, helping = model.neighbourhood, model.plan.assumptions.volunteers
        rate = helping.asks_per_week / 1000.0
        hours = model.volunteer_hours
        table.asks[:] = rate * (table.stop - table.first)
        table.asks[:] *= [committee.hours_left > 0.0 for committee in model.committees]
        if not (neighbourhood.meets(week) or model.mediators.active):
            table.meeting_hours[:] = 0.0
            table.hours_factor[:] = model.offices.organization_share(week)
            return
        for community in range(len(table.first)):
            offered = table.volunteers[community] * hours / WEEKS_PER_YEAR
            table.meeting_hours[community] = neighbourhood.volunteers_meet(
                community, week, offered
            )
            if table.projects[community]:
                table.hours_factor[community] = model.hours_left_share(community)

    def _tables(self) -> Town:
        """Put together what the kernel takes; tables that have grown are taken anew."""
        rows = self.model.implementation.rows
        old = self._town
        if (
            old is not None and old.rows is rows.held
            and old.service.projects is rows.projects and old.service.places is rows.places
            and old.service.lines is rows.lines
        ):
            return old
        model = self.model
        course, people, state = model.course, model.people, model.state
        helping, town = model.plan.assumptions.volunteers, model.neighbourhood
        self._town = Town(
            course.seed, course.first_week, course.communities, rows.held,
            Service(
                course.needs, course.known, rows.projects, rows.places, rows.lines,
                model.implementation.practice, people.voice, state.lift, state.shown,
            ),
            people.fifth, town.members, town.joining,
            Helping(
                model.volunteer_hours, town.bank, helping.time_bank_redeemed / WEEKS_PER_YEAR,
                helping.time_bank_default / WEEKS_PER_YEAR,
            ),
            course.counts, course.need_sums,
        )
        return self._town

    def __getstate__(self) -> dict[str, Any]:
        """Store a model without the bundle of its tables, which is put together again."""
        return {**self.__dict__, "_town": None}
