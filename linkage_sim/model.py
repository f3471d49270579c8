"""The clock: one week after the other, with everybody who acts."""

from __future__ import annotations

from typing import Any

import mesa
import pandas as pd

from linkage_sim.agents.authority import ApprovalAuthority
from linkage_sim.agents.committee import CommunityCommittee
from linkage_sim.agents.evaluator import Evaluator
from linkage_sim.agents.organization import SocialOrganization
from linkage_sim.agents.resident import residents_of
from linkage_sim.agents.volunteer import volunteers_of
from linkage_sim.compiled_draws import CompiledDraws
from linkage_sim.course import Course, identities_of, start_lists
from linkage_sim.journal import Journal
from linkage_sim.kernels import measure
from linkage_sim.mediators import Mediators
from linkage_sim.neighbourhood import Neighbourhood
from linkage_sim.offices import Offices
from linkage_sim.outcomes import Facts
from linkage_sim.residents_week import ResidentsWeek
from linkage_sim.scenario.schema import Scenario
from linkage_sim.scenario.seeds import whole_seed
from linkage_sim.stages.approval.stage import ApprovalStage
from linkage_sim.stages.evaluation.stage import EvaluationStage
from linkage_sim.stages.implementation.stage import ImplementationStage
from linkage_sim.stages.proposal.stage import ProposalStage
from linkage_sim.timeline import DAYS_PER_WEEK, WEEKS_PER_YEAR, Timeline
from linkage_sim.world.build import people_of
from linkage_sim.world.columns import People, empty_state
from linkage_sim.yearbook import WEEK_REPORTERS, facts_of, year_end


class LinkageModel(mesa.Model):
    """Residents, committees, organizations, workers, volunteers, approvers and evaluators at work.

    One `step` is a week. Institutions are Mesa agents from the start; residents and volunteers
    are rows of columns, and become Mesa agents when somebody wants to look at them
    (`residents()`, `volunteers()`), with the same numbers.

    Parameters
    ----------
    scenario
        What to simulate; the shipped defaults (X Community) if left out.
    seed
        Whole number; equal scenario and seed give equal results, bit for bit.
    mediators
        For experiments that record or freeze what levers act through.
    """

    def __init__(
        self,
        scenario: Scenario | None = None,
        seed: int = 1,
        mediators: Mediators | None = None,
    ) -> None:
        number = whole_seed(seed)
        super().__init__(rng=number % (1 << 32))
        self.plan = scenario if scenario is not None else Scenario()
        self.seed = number
        self.draws = CompiledDraws(self.seed)
        self.mediators = mediators or Mediators()
        self.journal = Journal(self.plan.run.trace)
        self.timeline = Timeline()
        self.week = 0
        self.people: People = people_of(self.plan, self.seed)
        self.state = empty_state(self.people.n_residents)
        self.course = Course(self.plan, self.people, self.state, self.seed)
        self.weeks = self.course.weeks
        self.initial_needs = self.course.start()
        start_lists(self.plan, self.people, self.state, self.draws)
        self.volunteer_hours = self.plan.assumptions.volunteers.hours_per_year
        self._found_institutions()
        self.implementation = ImplementationStage(self)
        self.proposal = ProposalStage(self)
        self.approval = ApprovalStage(self)
        self.evaluation = EvaluationStage(self)
        self.service = ResidentsWeek(self)
        self.neighbourhood = Neighbourhood(self)
        self.neighbourhood.start()
        self.offices = Offices(self)
        self.week_rows: list[dict[str, float]] = []
        self.year_ends: list[dict[str, Any]] = []
        self.datacollector = mesa.DataCollector(model_reporters=dict(WEEK_REPORTERS))

    # -- who is there -------------------------------------------------------------------------

    def _found_institutions(self) -> None:
        world, communities = self.plan.world, self.people.n_communities
        hours = world.committee_staff * world.committee_hours_per_year
        hours *= world.committee_free_share
        self.committees = [
            CommunityCommittee(self, community, hours) for community in range(communities)
        ]
        streets = -(-communities // world.communities_per_street)
        districts = -(-streets // world.streets_per_district)
        self.streets = [ApprovalAuthority(self, "street", number) for number in range(streets)]
        self.districts = [
            ApprovalAuthority(self, "district", number) for number in range(districts)
        ]
        self.finance = ApprovalAuthority(self, "finance", 0)
        self.evaluator = Evaluator(self)
        self.founders = max(
            1, round(world.organizations * communities / world.communities_per_organization)
        )
        self.organizations: list[SocialOrganization] = []
        self._near: dict[tuple[int, int], list[SocialOrganization]] = {}
        for number in range(self.founders):
            self.found_organization(number * communities // self.founders)
        for organization in self.organizations:
            organization.founder = True

    def found_organization(self, home: int) -> SocialOrganization:
        """Let a new organization begin near a community."""
        organization = SocialOrganization(self, len(self.organizations), home)
        organization.founder = False
        self.organizations.append(organization)
        self._near.clear()
        return organization

    def street_of(self, community: int) -> ApprovalAuthority:
        """Give the street office that buys for a community."""
        return self.streets[community // self.plan.world.communities_per_street]

    def district_of(self, community: int) -> int:
        """Give the number of a community's district."""
        streets = community // self.plan.world.communities_per_street
        return int(streets // self.plan.world.streets_per_district)

    def organizations_for(self, community: int, bundle: int = 1) -> list[SocialOrganization]:
        """List living organizations that work in a community, or in any of its bundle."""
        near = self._near.get((community, bundle))
        if near is None:
            reach = max(1, round(self.plan.world.communities_per_organization))
            first = community // bundle * bundle
            wanted = range(first, min(first + bundle, self.people.n_communities))
            communities = self.people.n_communities
            near = self._near[(community, bundle)] = [
                item
                for item in self.organizations
                if any((place - item.home) % communities < reach for place in wanted)
            ]
        return [item for item in near if item.alive]

    def identities(self, rows: Any) -> Any:
        """Permanent identities of residents."""
        return identities_of(self.people, rows)

    def place(self, community: int, week: int) -> Any:
        """Say where and when a kernel works."""
        return self.course.place(community, week)

    def hours_left_share(self, community: int) -> float:
        """Share of contract hours that campaigns and the joint meeting leave this week."""
        left = self.neighbourhood.hours_left_by_meeting(community, self.week)
        return self.offices.organization_share(self.week) * left

    def station_hours(self, community: int, year: int) -> float:
        """Hours a year that a community's part of a street station delivers."""
        ledger = self.committees[community].ledgers[year]
        price = self.plan.world.staff_hour_yuan
        hours = ledger.station * self.plan.world.staff_share / price
        return hours * self.plan.assumptions.provision.station_workers

    def residents(self, rows: Any = None) -> mesa.agent.AgentSet:
        """Give residents as Mesa agents, made on demand; each is a window on one row."""
        return residents_of(self, rows)

    def volunteers(self, rows: Any = None) -> mesa.agent.AgentSet:
        """Give present volunteers as Mesa agents, made on demand."""
        return volunteers_of(self, rows)

    # -- the clock ----------------------------------------------------------------------------

    def step(self) -> None:
        """Let one week pass; after the last one the model no longer runs."""
        if self.week >= self.weeks:
            self.running = False
            return
        week = self.week
        year = week // WEEKS_PER_YEAR
        if week % WEEKS_PER_YEAR == 0:
            self.offices.open_year(year)
        self.timeline.run_until(float(DAYS_PER_WEEK * (week + 1)))
        self.offices.carry_refused(week)
        self.service.deliver(week)
        self.offices.step(week)
        self.neighbourhood.step(week)
        if (week + 1) % WEEKS_PER_YEAR == 0:
            self._end_year(year, week)
        if self.plan.run.record_weeks:
            self.datacollector.collect(self)
        self.week += 1
        if self.week >= self.weeks:
            self._finish()

    def _end_year(self, year: int, week: int) -> None:
        self.neighbourhood.consult(year, week)
        self.neighbourhood.revise_lists()
        self.offices.close_year(year)
        self.year_ends.append(year_end(self, year))
        if not self.plan.run.record_weeks:
            self.datacollector.collect(self)

    def _finish(self) -> None:
        self.running = False
        for community in range(self.people.n_communities):
            measure.close_open_episodes(
                self.course.place(community, self.week - 1), self.course.needs,
                self.course.counts[community],
            )

    def run(self) -> LinkageModel:
        """Run to the end; returns the model itself."""
        while self.week < self.weeks:
            self.step()
        return self

    def facts(self) -> Facts:
        """Give what outcomes are made of: counts, files, contracts and ledgers, no policy."""
        return facts_of(self)

    def week_table(self) -> pd.DataFrame:
        """Give what the DataCollector kept: one row a week, or a year."""
        return self.datacollector.get_model_vars_dataframe()

    def release(self) -> None:
        """Give the model's memory back at once; it cannot be used any more.

        Mesa 3.3.1 remembers every model for ever, and model and actors point at each other: what
        is not let go here would wait for Python's collector, which does not see large arrays.
        """
        ids = getattr(mesa.Agent, "_ids", None)
        if ids is not None:
            ids.pop(self, None)
        self.__dict__.clear()
