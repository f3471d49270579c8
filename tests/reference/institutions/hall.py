"""All institutions of a town under one roof: the turn of the year, and every month.

Source: model.md sections 3, 4, 8 (workers) and 14 (campaigns, blame).
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from linkage_sim.draws import Decision
from tests.reference.institutions.approving import Approving
from tests.reference.institutions.committee import Committee
from tests.reference.institutions.contracting import Contracting
from tests.reference.institutions.evaluating import Evaluating
from tests.reference.institutions.organization import Organization
from tests.reference.institutions.papers import Agreement, File, Ledger
from tests.reference.institutions.proposing import Proposing
from tests.reference.institutions.street import Street
from tests.reference.institutions.timeline import Timeline
from tests.reference.institutions.yearbook import Yearbook
from tests.reference.rates import WEEKS_PER_YEAR
from tests.reference.rounding import add_up
from tests.reference.services import DAYS

STAFF_WEEKS = 4


class Hall:
    """Committees, street offices, organizations, and the four stages between them.

    Parameters
    ----------
    town
        Communities whose residents are heard, served and asked; only looked at here, but for
        the committee's list of hidden needs.

    Attributes
    ----------
    begun
        Contracts that began since the last week, and are not yet at work among residents.
    """

    def __init__(self, town: Any) -> None:
        self.town = town
        self.plan, self.draws, self.rates = town.plan, town.draws, town.rates
        self.timeline, self.week = Timeline(), 0
        world, communities = self.plan.world, len(town.communities)
        self.committees = [
            Committee(self.plan, self.draws, number) for number in range(communities)
        ]
        streets = math.ceil(communities / world.communities_per_street)
        self.streets = [Street(self.plan, self.draws, number) for number in range(streets)]
        self.founders = max(
            1, round(world.organizations * communities / world.communities_per_organization)
        )
        self.organizations: list[Organization] = []
        for number in range(self.founders):
            self._found(number * communities // self.founders)
        members = [community.members for community in town.communities]
        self.yearbook = Yearbook(self.plan, self.rates, members)
        self.proposing, self.approving = Proposing(self), Approving(self)
        self.contracting, self.evaluating = Contracting(self), Evaluating(self)
        self.begun: list[Agreement] = []
        self.turnover: dict[int, tuple[int, float]] = {}
        self._left = self._head_weeks = 0
        self._booked: dict[str, float] = {}

    def _found(self, home: int) -> None:
        budget = self.plan.world.budget_yuan_per_year * len(self.committees)
        self.organizations.append(Organization(
            self.plan, self.draws, len(self.organizations), home, budget / max(1, self.founders)
        ))

    # -- who is where -------------------------------------------------------------------------

    def residents_of(self, community: int) -> Any:
        """Everybody of a community, in order."""
        return self.town.communities[community].residents

    def street_of(self, community: int) -> Street:
        """The street office that buys for a community."""
        return self.streets[community // self.plan.world.communities_per_street]

    def ledger_of(self, file: File) -> Ledger:
        """Money that a file is paid from."""
        return self.committees[file.idea.community].ledgers[file.year]

    def organizations_for(self, community: int) -> list[Organization]:
        """Living organizations that work in a community, or in any of its bundle."""
        reach = max(1, round(self.plan.world.communities_per_organization))
        bundle = self.plan.policy.implementation.bundle_communities
        number = len(self.committees)
        first = community // bundle * bundle
        wanted = range(first, min(first + bundle, number))
        return [
            item for item in self.organizations
            if item.alive and any((place - item.home) % number < reach for place in wanted)
        ]

    def begin_work(self, item: Agreement) -> None:
        """Let a contract be worked from the coming week on."""
        self.begun.append(item)

    # -- the turn of a year -------------------------------------------------------------------

    def open_year(self, year: int) -> None:
        """Give every committee its budget and hours, let contracts go on, open the call."""
        world, share = self.plan.world, self.plan.policy.implementation.station_share
        for committee in self.committees:
            committee.hours_per_year = committee.full_hours * self._hours_left_by_campaigns()
            committee.hours_left = committee.hours_per_year
            budget = world.budget_yuan_per_year
            committee.ledgers[year] = Ledger(budget=budget, station=share * budget)
        self._carry_on(year)
        self.approving.open_year(year)
        self.proposing.open_call(year)

    def _hours_left_by_campaigns(self) -> float:
        linkage, officials = self.plan.policy.linkage, self.plan.assumptions.officials
        weeks = min(WEEKS_PER_YEAR, linkage.campaigns_per_year * linkage.campaign_weeks)
        return 1.0 - officials.campaign_committee_share * weeks / WEEKS_PER_YEAR

    def _carry_on(self, year: int) -> None:
        """Let contracts over several years go on: same places, money of the new year."""
        for old in list(self.contracting.all):
            if old.years_left <= 0 or old.file.year != year - 1 or old.followed:
                continue
            old.followed = True
            idea = dataclasses.replace(
                old.file.idea, year=year, name=f"{old.file.idea.name}+{year}"
            )
            file = dataclasses.replace(old.file, year=year, idea=idea)
            ledger = self.ledger_of(file)
            if old.organization.alive and ledger.free() >= idea.cost_yuan:
                ledger.bound += idea.cost_yuan
                self.contracting.go_on(old, file)

    def close_year(self, year: int) -> None:
        """Evaluate what ended, close the books, let new organizations come."""
        self.approving.close_year(year)
        ended = [item for item in self.contracting.running if item.file.year == year]
        ended.sort(key=lambda item: item.file.idea.identity)
        for item in ended:
            self.contracting.close(item)
        for item in ended:
            self.evaluating.evaluate(item)
            self._remember_scandal(item.file)
        for committee in self.committees:
            self._remember_portfolio(committee, year)
            self.evaluating.close_year(committee.ledgers[year])
            committee.drawer = [idea for idea in committee.drawer if idea.year >= year]
        self.turnover[year] = (self._left, self._head_weeks / WEEKS_PER_YEAR)
        self._left = self._head_weeks = 0
        self._booked = {}
        self._let_organizations_enter(year)

    def _remember_scandal(self, file: File) -> None:
        street = self.street_of(file.idea.community)
        if street.hears_of_scandal(file):
            street.scandals += 1
            self.approving.add_checks(file.idea.community, street.extra_checks())

    def _remember_portfolio(self, committee: Committee, year: int) -> None:
        mine = self.contracting.of(committee.number, year)
        mine.sort(key=lambda item: item.file.idea.identity)
        total = math.fsum(item.file.idea.cost_yuan for item in mine)
        if total > 0.0:
            committee.last_shares = [0.0] * len(committee.last_shares)
            for item in mine:
                idea = item.file.idea
                committee.last_shares[idea.category] += idea.cost_yuan / total

    def _let_organizations_enter(self, year: int) -> None:
        """In each place where one could begin, one does if its waiting time is short enough."""
        places = max(1, round(self.founders / max(1, self.plan.world.organizations)))
        for place in range(places):
            waiting = self.draws.exponential(Decision.ENTRY, place, year)
            if waiting < self.plan.assumptions.market.entry_per_year:
                self._found(place * len(self.committees) // places)

    # -- every week and month -----------------------------------------------------------------

    def carry_refused(self, week: int, campaign_part: float) -> None:
        """Let committees do what organizations may refuse in a campaign, hour for hour.

        Parameters
        ----------
        campaign_part
            Part of the week in which a campaign is on.
        """
        cap = self.plan.policy.linkage.duties_cap
        wanted = self.plan.assumptions.officials.campaign_organization_share
        refused = max(0.0, wanted - cap) * campaign_part
        if refused <= 0.0:
            return
        for committee in self.committees:
            mine = [
                item for item in self.contracting.running
                if item.file.idea.community == committee.number
            ]
            mine.sort(key=lambda item: item.file.idea.identity)
            hours = []
            for item in mine:
                begin, end = max(item.signed_day, DAYS * week), min(item.end_day, DAYS * (week + 1))
                hours.append(item.weekly_hours * (max(end - begin, 0.0) / DAYS))
            committee.spend_hours(refused * add_up(hours))

    def end_month(self, week: int) -> None:
        """Every four weeks workers tire, quit and are replaced, and books are kept."""
        for organization in [item for item in self.organizations if item.alive]:
            self._head_weeks += len(organization.workers) * STAFF_WEEKS
            self._left += organization.look_after_staff(week, STAFF_WEEKS)
            organization.keep_books(self._newly_worked(organization), STAFF_WEEKS)
            self.contracting.refresh(organization)
            if organization.is_insolvent():
                self._dissolve(organization)

    def _newly_worked(self, organization: Organization) -> float:
        worked = 0.0
        for item in organization.contracts:
            total = item.worked_hours()
            worked += total - self._booked.get(item.file.idea.name, 0.0)
            self._booked[item.file.idea.name] = total
        return worked

    def _dissolve(self, organization: Organization) -> None:
        """Close an organization that cannot pay; its contracts stand still until the year ends."""
        organization.alive = False
        for item in organization.contracts:
            item.weekly_hours, item.leader = 0.0, None
        self._left += len(organization.workers)
        organization.separations += len(organization.workers)
        organization.workers = []
