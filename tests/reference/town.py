"""All communities under one clock: the reference model."""

from __future__ import annotations

from collections.abc import Sequence

import mesa

from linkage_sim.draws import Draws
from linkage_sim.scenario.schema import Scenario
from tests.reference.community import Community
from tests.reference.counting import consult
from tests.reference.lists import MONTHS_PER_YEAR, pass_lists_on, strike_off
from tests.reference.rates import WEEKS_PER_YEAR, Rates
from tests.reference.record import Week, weeks_without_purchase
from tests.reference.services import DAYS, Contract
from tests.reference.settling import community_sizes
from tests.reference.volunteering import Joining

MONTH_WEEKS = 4


class Town(mesa.Model):
    """Residents of all communities as plain objects, week by week.

    Parameters
    ----------
    plan, seed
        Scenario and seed, as for the fast engine.
    decisions
        What institutions decide, one entry a week; without it nobody buys anything.
    """

    def __init__(
        self, plan: Scenario, seed: int, decisions: Sequence[Week] | None = None
    ) -> None:
        super().__init__(rng=int(seed) % (1 << 32))
        if plan.world.resident_register is not None:
            raise ValueError("a register of real residents is not part of the reference")
        self.plan = plan
        self.draws = Draws(seed)
        self.years = plan.run.warmup_years + plan.run.years
        self.weeks = self.years * WEEKS_PER_YEAR
        self.first_week = plan.run.warmup_years * WEEKS_PER_YEAR
        self.rates = Rates(plan)
        self.joining = Joining(plan)
        sizes = community_sizes(plan)
        self.communities = [Community(self, number, size) for number, size in enumerate(sizes)]
        self.decisions = decisions or weeks_without_purchase(len(sizes), self.weeks)
        self.contracts: dict[int, Contract] = {}
        self.in_force: list[Contract] = []
        self.turnout: dict[tuple[int, int], tuple[int, int]] = {}
        self.week = 0

    # -- the clock ----------------------------------------------------------------------------

    def step(self) -> None:
        """Let one week pass, in the order of model.md section 3."""
        week = self.week
        self._hear_and_sign(self.decisions[week])
        for community in self.communities:
            community.let_needs_come_and_go(week)
        self._serve(week)
        self._live_together(week, self.decisions[week])
        if (week + 1) % WEEKS_PER_YEAR == 0:
            self._end_year(week)
        self.week += 1
        if self.week == self.weeks:
            self._close_open_needs()

    def _hear_and_sign(self, decided: Week) -> None:
        for number, category, rows in decided.heard:
            for row in rows:
                self.communities[number].residents[row].known_to["committee"].add(category)
        for signed in decided.signed:
            self.contracts[signed.number] = Contract(self.communities[signed.community], signed)
        self.in_force = []
        for terms in decided.working:
            contract = self.contracts[terms.number]
            contract.terms = terms
            self.in_force.append(contract)
        for community in self.communities:
            community.contracts = sorted(
                (item for item in self.in_force if item.community is community),
                key=lambda item: item.signed.identity,
            )

    def _serve(self, week: int) -> None:
        hours = self.plan.assumptions.linkage.meeting_hours if self.meets(week) else 0.0
        left = self._hours_left_by_meeting(week)
        for community in self.communities:
            share = self._hours_left_by_campaigns(week) * left[community.number]
            community.serve(week, share, hours)

    def _live_together(self, week: int, decided: Week) -> None:
        free = list(decided.committee_hours)
        for community, hours in zip(self.communities, free, strict=True):
            community.volunteer(week, committee_has_time=hours > 0.0)
        if self.meets(week):
            price = self.plan.assumptions.linkage.meeting_hours
            free = [hours - min(price, hours) for hours in free]
            for community in self.communities:
                for person in community.residents:
                    pass_lists_on(person, week)
        if (week + 1) % MONTH_WEEKS == 0:
            for community in self.communities:
                number = community.number
                self._find_and_tell(
                    community, week, free[number], decided.committee_year[number],
                    decided.leading[number],
                )
                community.feel(week)
                community.move(week)

    def _find_and_tell(
        self, community: Community, week: int, free: float, of_year: float, leading: int
    ) -> None:
        community.finding.find(week, leading, community.volunteers)
        bank = self.joining.bank_hours * community.volunteers / MONTHS_PER_YEAR
        free -= min(bank, free)
        community.finding.tell(week, min(of_year / MONTHS_PER_YEAR, free))

    def _end_year(self, week: int) -> None:
        for community in self.communities:
            year = week // WEEKS_PER_YEAR
            self.turnout[(community.number, year)] = consult(community, week)
            for person in community.residents:
                strike_off(person)

    def _close_open_needs(self) -> None:
        # Needs that nobody has met when the run ends have waited until then.
        for community in self.communities:
            for person in community.residents:
                for need in person.active_needs:
                    person.close_episode(need, self.week - need.onset)

    # -- hours that meetings and campaigns take -----------------------------------------------

    def meets(self, week: int) -> bool:
        """Whether the joint meeting is held at the end of this week."""
        every = self.plan.policy.linkage.meeting_every_weeks
        return every > 0 and (week + 1) % every == 0

    def _hours_left_by_campaigns(self, week: int) -> float:
        """Share of contract hours that campaigns handed down leave."""
        taken = min(
            self.plan.assumptions.officials.campaign_organization_share,
            self.plan.policy.linkage.duties_cap,
        )
        return 1.0 - taken * self.campaign_part(week)

    def campaign_part(self, week: int) -> float:
        """Part of a week in which a campaign is on; they are spread evenly over the year."""
        linkage = self.plan.policy.linkage
        part = 0.0
        if linkage.campaigns_per_year:
            gap = WEEKS_PER_YEAR / linkage.campaigns_per_year
            lasts = min(linkage.campaign_weeks, gap)
            begin = float(week % WEEKS_PER_YEAR)
            for campaign in range(linkage.campaigns_per_year):
                start = campaign * gap
                part += max(0.0, min(begin + 1.0, start + lasts) - max(begin, start))
        return min(1.0, part)

    def _hours_left_by_meeting(self, week: int) -> list[float]:
        """Share of contract hours that the joint meeting leaves, by community.

        Each organization at work in a community sends somebody, out of the hours it would have
        worked there.
        """
        if not self.meets(week):
            return [1.0] * len(self.communities)
        hours: dict[tuple[int, int], float] = {}
        for contract in self.in_force:
            begin = max(contract.signed.start_day, DAYS * week)
            part = max(0.0, DAYS * (week + 1) - begin) / DAYS
            side = contract.signed.community, contract.signed.organization
            hours[side] = hours.get(side, 0.0) + contract.terms.hours * part
        whole, taken = [0.0] * len(self.communities), [0.0] * len(self.communities)
        for (community, _), amount in hours.items():
            whole[community] += amount
            taken[community] += min(self.plan.assumptions.linkage.meeting_hours, amount)
        return [
            1.0 - (lost / all_hours if all_hours > 0.0 else 0.0)
            for lost, all_hours in zip(taken, whole, strict=True)
        ]


def run_reference(
    scenario: Scenario, seed: int, weeks: int | None = None,
    decisions: Sequence[Week] | None = None,
) -> Town:
    """Run the residents' side of a scenario; returns the model, to look at or to measure.

    Parameters
    ----------
    weeks
        Weeks to run; the whole run if left out.
    decisions
        What institutions decide, week by week; nobody buys anything if left out.
    """
    town = Town(scenario, seed, decisions)
    for _ in range(town.weeks if weeks is None else weeks):
        town.step()
    return town
