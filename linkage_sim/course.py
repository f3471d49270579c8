"""The course of needs in every community: hazards, drift, capacities and counting tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from linkage_sim.compiled_draws import kernel_seed
from linkage_sim.draws import Decision, Draws
from linkage_sim.kernels.clocks import ENTRIES_PER_RESIDENT
from linkage_sim.kernels.counters import N_COUNTS
from linkage_sim.kernels.drift import (
    HISTORY_WEEKS,
    drift_path,
    start_prevalence,
    sum_over_time,
)
from linkage_sim.kernels.needs import start_needs
from linkage_sim.kernels.tables import (
    COMMUNITY,
    ENTRY,
    RECORD,
    Calendar,
    Fields,
    Known,
    Needs,
    Place,
    blank_rows,
)
from linkage_sim.scenario.fields import AGE_GROUPS, N_CATEGORIES, as_tuple
from linkage_sim.threads import for_each_community
from linkage_sim.timeline import WEEKS_PER_YEAR
from linkage_sim.world.columns import (
    IDENTITY_BITS,
    N_FIFTHS,
    N_GROUPS,
    Float64,
    People,
    State,
    roomy,
)
from linkage_sim.world.population import vulnerability_ratios

if TYPE_CHECKING:
    from linkage_sim.scenario.schema import Scenario

NO_REGISTER = np.zeros(0, np.uint8)


class Course:
    """What needs do without any purchase, and where they are counted.

    Attributes
    ----------
    onset_rate : float64[groups, 8], recovery_rate : float64[8]
        Hazards per week.
    needs : Needs
        Hazards, clocks and needs of all residents, as kernels take them.
    prevalence : float64[communities, groups, 8]
        Share in need at the start, its steady course under this neighbourhood's drift.
    counts : float64[communities, years, counts]
        What kernels count.
    communities : COMMUNITY[communities]
        What a week needs to know of each; `columns` are its columns.
    """

    def __init__(self, scenario: Scenario, people: People, state: State, seed: int) -> None:
        needs = scenario.assumptions.needs
        self.seed: Any = kernel_seed(seed)
        self.people, self.state = people, state
        self.years = scenario.run.warmup_years + scenario.run.years
        self.weeks = self.years * WEEKS_PER_YEAR
        self.first_week = scenario.run.warmup_years * WEEKS_PER_YEAR
        self.severity = np.array(as_tuple(needs.severity))
        self.cover_weeks = np.array(as_tuple(needs.cover_weeks))
        self.end_probability = np.minimum(1.0, np.array(as_tuple(needs.end_probability)))
        self.onset_rate, self.recovery_rate = hazards(scenario)
        communities = people.n_communities
        self.counts = np.zeros((communities, self.years, N_COUNTS))
        self.need_sums = np.zeros((communities, self.years, N_CATEGORIES))
        self.communities = blank_rows(communities, COMMUNITY)
        self.columns = Fields(self.communities)
        self.columns.first[:] = people.first_row[:-1]
        self.columns.stop[:] = people.first_row[1:]
        self.members = np.array(
            [
                np.bincount(people.group[people.rows(community)], minlength=N_GROUPS)
                for community in range(communities)
            ],
            dtype=np.float64,
        )
        thousands = self.members.sum(axis=1)[:, None] / 1000.0
        provision = scenario.assumptions.provision
        self.columns.government[:] = np.array(as_tuple(provision.government_capacity)) * thousands
        self.columns.mutual_aid[:] = np.array(as_tuple(provision.mutual_aid_capacity)) * thousands
        self.needs = self._tables()
        self.prevalence = np.zeros((communities, N_GROUPS, N_CATEGORIES))
        self._usual = np.zeros((N_GROUPS, N_CATEGORIES))
        self.threads = scenario.run.threads
        for_each_community(
            self.threads, communities,
            lambda community: self._prepare(community, needs.drift_sd, needs.drift_weeks),
        )
        self._mean_course()
        self.known = Known(
            state.list_committee, state.list_workers, state.list_volunteers, state.aware,
            state.arrived,
        )

    def _prepare(self, community: int, spread: float, weeks: float) -> None:
        path = np.ones((N_CATEGORIES, HISTORY_WEEKS + self.weeks))
        if spread > 0.0:
            drift_path(self.seed, community, spread, weeks, path)
        sum_over_time(path, self.needs.integral[community])
        capacity = self.columns.government[community] + self.columns.mutual_aid[community]
        start_prevalence(
            path, self.members[community], self.onset_rate, self.recovery_rate, capacity,
            self.prevalence[community],
        )

    def _mean_course(self) -> None:
        # What a yearbook shows: the same people and services, without any neighbourhood's drift.
        steady = np.ones((N_CATEGORIES, HISTORY_WEEKS))
        start_prevalence(
            steady, self.members.sum(axis=0), self.onset_rate, self.recovery_rate,
            (self.columns.government + self.columns.mutual_aid).sum(axis=0), self._usual,
        )

    def start(self) -> int:
        """Draw who is in need at the start of the run; returns the number of needs."""
        told = self.people.registered_needs
        found = np.zeros(self.people.n_communities, np.int64)

        def start(community: int) -> None:
            found[community] = start_needs(
                self.place(community, 0), NO_REGISTER if told is None else told,
                self.prevalence[community], self.needs,
            )

        for_each_community(self.threads, len(found), start)
        return int(found.sum())

    def place(self, community: int, week: int) -> Place:
        """Say where and when a kernel works."""
        rows = self.people.rows(community)
        return Place(self.seed, week, community, rows.start, rows.stop, self.first_week)

    def _room(self) -> tuple[Any, Any, Any]:
        """Make tables that have room for everybody; what nobody writes to takes no memory."""
        residents = self.people.n_residents
        entries = roomy(ENTRIES_PER_RESIDENT * residents + 1, ENTRY).view(np.recarray)
        records = roomy(residents + 1, RECORD).view(np.recarray)
        for name in RECORD.names or ():
            records[0][name] = -np.inf  # the record of those who have none
        return entries, records, roomy(residents, np.int32)

    def _tables(self) -> Needs:
        """Put together what kernels take of needs."""
        people, state, (entries, records, freed) = self.people, self.state, self._room()
        communities = people.n_communities
        calendar = Calendar(
            np.zeros((communities, self.weeks), np.int32), entries,
            np.zeros((communities, 2), np.int32),
        )
        return Needs(
            people.group, self.onset_rate, self.recovery_rate,
            np.zeros((communities, N_CATEGORIES, self.weeks + 1)), self.severity,
            self.cover_weeks, self.end_probability, state.active, state.changes, state.served,
            calendar, state.record, records, freed, np.zeros((communities, 2), np.int32),
        )

    # -- storing ------------------------------------------------------------------------------

    def _parts(self) -> Iterator[tuple[Any, slice]]:
        """List the parts of roomy tables that are in use, community by community."""
        needs = self.needs
        for community in range(self.people.n_communities):
            rows = self.people.rows(community)
            entries, (records, freed) = (
                int(needs.calendar.marks[community, 0]),
                (int(mark) for mark in needs.record_marks[community]),
            )
            first = ENTRIES_PER_RESIDENT * rows.start + 1
            yield needs.calendar.entries, slice(first, first + entries)
            yield needs.records, slice(1 + rows.start, 1 + rows.start + records)
            yield needs.freed_records, slice(rows.start, rows.start + freed)

    def __getstate__(self) -> dict[str, Any]:
        """Store a model without the room that nobody uses."""
        kept = dict(self.__dict__)
        kept["needs"] = self.needs._replace(
            calendar=self.needs.calendar._replace(entries=None), records=None, freed_records=None,
        )
        kept["_used"] = [table[part].copy() for table, part in self._parts()]
        return kept

    def __setstate__(self, kept: dict[str, Any]) -> None:
        """Take a stored model up again, with room as before."""
        used = kept.pop("_used")
        self.__dict__.update(kept)
        entries, records, freed = self._room()
        self.needs = self.needs._replace(
            calendar=self.needs.calendar._replace(entries=entries), records=records,
            freed_records=freed,
        )
        for (table, part), content in zip(self._parts(), used, strict=True):
            table[part] = content

    def covered(self, rows: Any, category: int, week: float, bought: bool = False) -> Any:
        """Tell of residents whether a contact, or a purchased one, covers a need after a week."""
        records = self.needs.records
        table = records.cover_bought if bought else records.cover
        return table[self.state.record[rows], category] > week

    def district_mean(self, community: int) -> Float64:
        """Persons in need that the yearbook expects here from ages and vulnerability of the city.

        It knows nothing of this neighbourhood's own deviation: that is its error.
        """
        members = self.members.sum(axis=0)
        per_resident = (members[:, None] * self._usual).sum(axis=0) / members.sum()
        return np.asarray(per_resident * self.members[community].sum())


def hazards(scenario: Scenario) -> tuple[Float64, Float64]:
    """Hazards of onset (float64[groups, 8]) and natural recovery (float64[8]), per week."""
    needs = scenario.assumptions.needs
    duration = np.array(as_tuple(needs.duration_weeks))
    recovery = np.where(duration > 0.0, 1.0 / np.maximum(duration, 1e-9), 0.0)
    ratios = vulnerability_ratios(needs.vulnerability_sd)
    onset = np.zeros((N_GROUPS, N_CATEGORIES))
    for age, name in enumerate(AGE_GROUPS):
        shares = np.array(as_tuple(getattr(needs.prevalence, name))) * needs.prevalence_factor
        shares = np.minimum(shares, 0.99)
        for fifth in range(N_FIFTHS):
            onset[age * N_FIFTHS + fifth] = shares / (1.0 - shares) * recovery * ratios[fifth]
    return onset, recovery


def start_lists(scenario: Scenario, people: People, state: State, draws: Draws) -> None:
    """Draw who knows the services, and which needs the committee has on its list, at the start."""
    hearing, delivery = scenario.assumptions.hearing, scenario.assumptions.delivery

    def draw(community: int) -> None:
        rows = people.rows(community)
        identities = (community << IDENTITY_BITS) + np.arange(rows.stop - rows.start)
        lots = draws.uniforms(Decision.CASE_FINDING, identities, -1, 0)
        state.aware[rows] = lots < delivery.awareness_start
        lots = draws.uniforms(Decision.CASE_FINDING, identities, -1, 1)
        listed = lots < hearing.committee_list_share
        state.list_committee[rows] = np.where(listed, state.active[rows], 0)

    for_each_community(scenario.run.threads, people.n_communities, draw)


def identities_of(people: People, rows: Any) -> Any:
    """Permanent identities of rows: community number in the high bits, place within it below."""
    rows = np.asarray(rows, dtype=np.int64)
    community = np.searchsorted(people.first_row, rows, side="right") - 1
    return (community << IDENTITY_BITS) + rows - people.first_row[community]
