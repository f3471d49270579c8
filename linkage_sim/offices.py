"""What returns in offices: budgets, campaigns, wages, hiring, closing the books of a year."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np

from linkage_sim.agents.organization import SocialOrganization
from linkage_sim.draws import Decision
from linkage_sim.projects import Ledger
from linkage_sim.timeline import DAYS_PER_WEEK, WEEKS_PER_YEAR

STAFF_WEEKS = 4


class Offices:
    """Committees, organizations and their money in all communities of a model."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.plan = model.plan
        self.turnover: dict[int, tuple[int, float]] = {}
        self._left = 0
        self._head_weeks = 0
        self._worked: dict[str, float] = {}

    # -- the turn of a year -------------------------------------------------------------------

    def open_year(self, year: int) -> None:
        """Give every committee its budget and hours, let contracts go on, open the call."""
        model, world = self.model, self.plan.world
        share = self.plan.policy.implementation.station_share
        for committee in model.committees:
            committee.hours_per_year = committee.full_hours * self.committee_share(year)
            committee.start_year()
            budget = world.budget_yuan_per_year
            station = model.mediators.through(
                "station", (committee.community, year), share * budget
            )
            committee.ledgers[year] = Ledger(budget=budget, station=station)
        self._carry_on(year)
        model.service.open_year(year)
        model.approval.open_year(year)
        model.proposal.open_call(year)

    def _carry_on(self, year: int) -> None:
        # A contract over several years goes on: same places, money of the new year.
        going_on = [item for item in self.model.implementation.contracts if item.years_left > 0
                    and item.file.year == year - 1 and not item.followed]
        for old in going_on:
            old.followed = True
            file = dataclasses.replace(
                old.file, year=year,
                candidate=dataclasses.replace(old.file.candidate, year=year,
                                              id=f"{old.file.candidate.id}+{year}"),
            )
            ledger = self.model.committees[file.candidate.community].ledgers[year]
            if not old.organization.alive or ledger.free < file.candidate.cost_yuan:
                continue
            ledger.bound += file.candidate.cost_yuan
            self.model.implementation.go_on(old, file)

    def close_year(self, year: int) -> None:
        """Evaluate what ended, close the books, let organizations come and go."""
        model = self.model
        model.approval.close_year(year)
        ended = [item for item in model.implementation.running if item.file.year == year]
        ended.sort(key=lambda item: item.file.candidate.identity)
        for contract in ended:
            model.implementation.close(contract)
        for contract in ended:
            model.evaluation.evaluate(contract)
            if model.evaluation.scandal(contract):
                model.street_of(contract.file.candidate.community).learn_of_scandal()
                fear = model.street_of(contract.file.candidate.community).extra_checks()
                model.approval.add_checks(contract.file.candidate.community, fear)
        for contract in ended:
            model.implementation.free_row(contract)
        model.implementation.rows.reclaim_places([])
        model.implementation.rows.clear_lines()
        for committee in model.committees:
            self._remember_portfolio(committee, year)
            model.evaluation.close_year(committee.community, year)
            committee.drawer = [item for item in committee.drawer if item.year >= year]
        self._count_turnover(year)
        self._enter(year)

    def _remember_portfolio(self, committee: Any, year: int) -> None:
        mine = sorted(self.model.implementation.contracts_of(committee.community, year),
                      key=lambda item: item.file.candidate.identity)
        total = math.fsum(item.file.candidate.cost_yuan for item in mine)
        if total <= 0.0:
            return
        committee.last_shares = committee.last_shares * 0.0
        for item in mine:
            committee.last_shares[item.file.candidate.category] += (
                item.file.candidate.cost_yuan / total
            )

    # -- campaigns ----------------------------------------------------------------------------

    def campaign_part(self, week: int) -> float:
        """Part of a week, 0..1, in which a campaign handed down is on; they are spread evenly."""
        linkage = self.plan.policy.linkage
        number = linkage.campaigns_per_year
        if number == 0:
            return 0.0
        gap, lasts = WEEKS_PER_YEAR / number, min(linkage.campaign_weeks, WEEKS_PER_YEAR / number)
        begin = float(week % WEEKS_PER_YEAR)
        part = 0.0
        for campaign in range(number):
            overlap = min(begin + 1.0, campaign * gap + lasts) - max(begin, campaign * gap)
            part += max(0.0, overlap)
        return min(1.0, part)

    def organization_share(self, week: int) -> float:
        """Share of contract hours that campaigns leave, as a rights and duties list allows."""
        officials, cap = self.plan.assumptions.officials, self.plan.policy.linkage.duties_cap
        taken = min(officials.campaign_organization_share, cap) * self.campaign_part(week)
        return float(self.model.mediators.through("campaign", week, 1.0 - taken))

    def committee_share(self, year: int) -> float:
        """Share of committee hours that campaigns leave."""
        linkage, officials = self.plan.policy.linkage, self.plan.assumptions.officials
        weeks = min(WEEKS_PER_YEAR, linkage.campaigns_per_year * linkage.campaign_weeks)
        taken = officials.campaign_committee_share * weeks / WEEKS_PER_YEAR
        return float(self.model.mediators.through("campaign", ("committee", year), 1.0 - taken))

    def carry_refused(self, week: int) -> None:
        """Let committees do what organizations may refuse in a campaign, hour for hour."""
        cap = self.plan.policy.linkage.duties_cap
        wanted = self.plan.assumptions.officials.campaign_organization_share
        refused = max(0.0, wanted - cap) * self.campaign_part(week)
        if refused <= 0.0 and not self.model.mediators.active:
            return
        for committee in self.model.committees:
            hours = 0.0
            if refused > 0.0:
                hours = refused * self._contract_hours(committee.community, week)
            key = ("refused", committee.community, week)
            committee.spend_hours(float(self.model.mediators.through("campaign", key, hours)))

    def _contract_hours(self, community: int, week: int) -> float:
        """Hours that contracts of a community are good for in a week, before anything takes any."""
        rows = self.model.implementation.rows
        mine, projects = rows.of(community), rows.columns
        begin = np.maximum(projects.start_day[mine], DAYS_PER_WEEK * week)
        end = np.minimum(projects.end_day[mine], DAYS_PER_WEEK * (week + 1))
        part = np.maximum(end - begin, 0.0) / DAYS_PER_WEEK
        return float((projects.hours[mine] * part).sum())

    # -- staff and books ----------------------------------------------------------------------

    def step(self, week: int) -> None:
        """Every four weeks workers tire, quit, are replaced and paid."""
        if (week + 1) % STAFF_WEEKS:
            return
        living = [item for item in self.model.organizations if item.alive]
        for organization, lots in zip(living, self._lots(living, week), strict=True):
            self._head_weeks += len(organization.workers) * STAFF_WEEKS
            left = organization.look_after_staff(week, STAFF_WEEKS, lots)
            self._left += left
            self._keep_books(organization)
            self.model.implementation.refresh(organization)
            if organization.is_insolvent():
                self.dissolve(organization)

    def _lots(self, organizations: list[SocialOrganization], week: int) -> list[list[float]]:
        """Draw who might quit, for all workers at once: lists in the order of organizations."""
        numbers = [[worker.number for worker in item.workers] for item in organizations]
        lots = iter(self.model.draws.uniforms(
            Decision.WORKER_QUIT, np.array([one for each in numbers for one in each], int), week
        ).tolist())
        return [[next(lots) for _ in each] for each in numbers]

    def _keep_books(self, organization: SocialOrganization) -> None:
        world, market = self.plan.world, self.plan.assumptions.market
        worked = 0.0
        projects = self.model.implementation.rows.columns
        for contract in organization.contracts:
            total = float(projects.worked_hours[contract.row])
            worked += total - self._worked.get(contract.id, 0.0)
            self._worked[contract.id] = total
        organization.books.wages += worked * world.staff_hour_yuan
        share = STAFF_WEEKS / WEEKS_PER_YEAR
        # Rooms and clerks are paid for in a lean year too, and grow with the contracts held.
        held = math.fsum(item.file.candidate.cost_yuan for item in organization.contracts)
        income = max(organization.usual_income(), held)
        organization.books.overheads += market.overhead_share * income * share
        hours = len(organization.workers) * world.staff_hours_per_week * STAFF_WEEKS
        outside = hours * world.staff_hour_yuan
        outside *= world.outside_work_share * market.outside_margin
        organization.books.outside_income += outside

    def dissolve(self, organization: SocialOrganization) -> None:
        """Close an organization that cannot pay; its contracts stand still until the year ends.

        Its workers lose their jobs: separations like any other.
        """
        organization.alive = False
        for contract in organization.contracts:
            self.model.implementation.rows.columns.hours[contract.row] = 0.0
            contract.leader = None
        for worker in organization.workers:
            worker.remove()
        self._left += len(organization.workers)
        organization.separations += len(organization.workers)
        organization.workers.clear()

    def _count_turnover(self, year: int) -> None:
        """Note separations of a year and the mean head-count, over all weeks and organizations."""
        self.turnover[year] = (self._left, self._head_weeks / WEEKS_PER_YEAR)
        self._left = self._head_weeks = 0
        self._worked = {}

    def _enter(self, year: int) -> None:
        rate = self.plan.assumptions.market.entry_per_year
        units = max(1, round(self.model.founders / max(1, self.plan.world.organizations)))
        communities = self.model.people.n_communities
        for unit in range(units):
            waiting = self.model.draws.exponential(Decision.ENTRY, unit, year)
            if waiting < rate:
                self.model.found_organization(unit * communities // units)

