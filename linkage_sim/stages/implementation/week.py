"""One week of service in one community: what is there anyway, then contracts, then volunteers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from linkage_sim.draws import Decision
from linkage_sim.kernels import measure, public_service, service
from linkage_sim.kernels.counters import Count
from linkage_sim.scenario.fields import N_CATEGORIES
from linkage_sim.threads import for_each_community
from linkage_sim.timeline import WEEKS_PER_YEAR

GOVERNMENT, MUTUAL_AID = int(Decision.GOVERNMENT), int(Decision.MUTUAL_AID)
BY_GOVERNMENT = int(Count.ENDED_BY_GOVERNMENT)
BY_NEIGHBOURS = int(Count.ENDED_BY_NEIGHBOURS)
DAYS = 7.0


class WeekOfService:
    """Delivers a week, community by community.

    Attributes
    ----------
    used_share, formal_share : list of float
        By community: part of volunteers' hours that found a task, and part of tasks that were
        show or paper; read when volunteers think about staying.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        communities = model.people.n_communities
        self.used_share = [0.0] * communities
        self.formal_share = [0.0] * communities
        self.station_carry = [0.0] * communities
        self.volunteers = [0] * communities
        self._practice: dict[int, Any] = {}
        self._at_start: list[tuple[float, float]] = [(0.0, 0.0)] * communities
        self._in_need = np.zeros((communities, N_CATEGORIES))

    def look(self, community: int, week: int) -> None:
        """Note the match at the start of a week, before any need of the week comes or goes."""
        model = self.model
        rows_of = model.implementation.rows
        rows = rows_of.of_community[community]
        if len(rows) == 0:
            return
        place = model.course.place(community, week)
        in_need = self._in_need[community]
        measure.count_active(model.state.active, place.first, place.stop, in_need)
        self._at_start[community] = measure.match_now(
            place, rows, in_need, model.course.needs, rows_of.projects,
            rows_of.places,
        )

    def deliver(self, week: int) -> None:
        """Let a week of service happen in every community."""
        for_each_community(
            self.model.plan.run.threads, self.model.people.n_communities,
            lambda community: self._deliver(community, week),
        )

    def _deliver(self, community: int, week: int) -> None:
        model = self.model
        course, state, people = model.course, model.state, model.people
        rows_of, counts = model.implementation.rows, course.counts[community]
        place, needs = course.place(community, week), course.needs
        in_need, reachable = course.in_need[community], course.reachable[community]
        measure.count_needs(
            place, needs, course.known, people.fifth, in_need, reachable, counts
        )
        course.need_sums[community, week // WEEKS_PER_YEAR] += in_need * course.severity
        rows = rows_of.of_community[community]
        projects, places = rows_of.projects, rows_of.places
        public_service.meet_without_purchase(
            place, needs, course.government[community], course.government_carry[community],
            GOVERNMENT, BY_GOVERNMENT, counts,
        )
        public_service.meet_without_purchase(
            place, needs, course.mutual_aid[community], course.mutual_aid_carry[community],
            MUTUAL_AID, BY_NEIGHBOURS, counts,
        )
        self._open_station(community, place, needs, counts)
        offered = self.volunteers[community] * model.volunteer_hours / WEEKS_PER_YEAR
        met = model.neighbourhood.volunteers_meet(community, week, offered)
        used = met
        if len(rows):
            practice = self._practice.get(community)
            if practice is None:
                practice = model.implementation.practice(community)
                self._practice[community] = practice
            used += service.deliver(
                place, rows, offered - met, model.hours_left_share(community), reachable, needs,
                course.known, projects, places, practice, people.voice, state.lift,
                state.shown,
                rows_of.log_for(community, self._most_lines(rows, projects, practice)), counts,
            )
            measure.count_active(state.active, place.first, place.stop, in_need)
            after = measure.match_now(place, rows, in_need, needs, projects, places)
            measure.book_match(place, self._at_start[community], after, counts)
        self._visit(community, place, needs, offered, used, counts)
        self.formal_share[community] = self._formal(rows, projects, week)

    def _most_lines(self, rows: Any, projects: Any, practice: Any) -> int:
        hours = float(projects.hours[rows].sum())
        heads = (hours / practice.hours_per_event + len(rows)) * practice.heads_per_event
        seats = float((projects.place_stop[rows] - projects.place_first[rows]).sum())
        return math.ceil(heads + 2.0 * seats) + 2 * len(rows)

    def _open_station(self, community: int, place: Any, needs: Any, counts: Any) -> None:
        model = self.model
        hours = model.station_hours(community, place.week // WEEKS_PER_YEAR)
        if hours <= 0.0:
            return
        price = model.plan.assumptions.delivery.hours_per_contact
        self.station_carry[community] += hours / WEEKS_PER_YEAR / price
        contacts = int(self.station_carry[community])
        self.station_carry[community] -= contacts
        if contacts:
            public_service.serve_open_access(
                place, needs, model.course.known, contacts, True, counts
            )

    def _visit(
        self, community: int, place: Any, needs: Any, offered: float, used: float, counts: Any
    ) -> None:
        # Hours that no project took go to persons on the volunteers' own list.
        if offered <= 0.0:
            self.used_share[community] = 0.0
            return
        model = self.model
        price = model.plan.assumptions.delivery.hours_per_contact
        visits = int((offered - used) / price)
        done = 0
        if visits > 0:
            factor = model.plan.assumptions.volunteers.productivity
            done = public_service.visit_listed(
                place, needs, model.state.list_volunteers, visits, factor, counts
            )
        self.used_share[community] = min(1.0, (used + done * price) / offered)

    def _formal(self, rows: Any, projects: Any, week: int) -> float:
        total = formal = 0.0
        for row in rows:
            if projects.start_day[row] < DAYS * (week + 1):
                worked = projects.substance[row] + projects.showcase[row] + projects.documents[row]
                total += projects.hours[row] * worked
                formal += projects.hours[row] * (projects.showcase[row] + projects.documents[row])
        return float(formal / total) if total > 0.0 else 0.0
