"""One community: its residents, its contracts, and what happens there in a week."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from linkage_sim.draws import Decision
from linkage_sim.scenario.fields import N_CATEGORIES
from tests.reference import counting, lists, rates
from tests.reference.feelings import INTERVAL_WEEKS, QUARTER_WEEKS, content
from tests.reference.moving import Newcomer
from tests.reference.person import Person
from tests.reference.provision import FreeHelp, Station, capacity_of, visit_listed
from tests.reference.rounding import add_up, mean_of_column
from tests.reference.settling import settle
from tests.reference.tally import Tally
from tests.reference.volunteering import BY_COMMITTEE, VOLUNTEER

if TYPE_CHECKING:
    from tests.reference.services import Contract


class Community:
    """Residents of one community, and what they share.

    Attributes
    ----------
    prevalence : list[20][8]
        Share of each group in need at the start; newcomers bring needs with these chances.
    drift_sums : list[8][weeks + 1]
        The neighbourhood's factor on demand, added up over weeks.
    contracts : list of Contract
        Contracts in force, in order of their identity.
    volunteers
        Volunteers who offer hours in the coming week.
    used_share, formal_share
        Of the last week: part of offered hours that found a task; part of tasks that were show or
        paper. Volunteers think of these when they decide whether to stay.
    """

    def __init__(self, town: Any, number: int, size: int) -> None:
        self.town, self.number = town, number
        self.plan, self.draws = town.plan, town.draws
        self.rates, self.joining = town.rates, town.joining
        self.tally = Tally(town.years, town.first_week)
        self.contracts: list[Contract] = []
        self.in_need = [0.0] * N_CATEGORIES
        self.known_in_need = [0.0] * N_CATEGORIES
        self.match_at_start = (0.0, 0.0)
        self.used_share = self.formal_share = 0.0
        self.ask_carry = 0.0
        self.need_sums = [[0.0] * N_CATEGORIES for _ in range(town.years)]
        settlers = settle(self.plan, self.draws, number, size)
        self.residents = [
            Person(town, self, row, settler) for row, settler in enumerate(settlers)
        ]
        for person, settler in zip(self.residents, settlers, strict=True):
            person.ties = [self.residents[row] for row in sorted(settler.ties)]
        provision = self.plan.assumptions.provision
        self.government = FreeHelp(
            self, Decision.GOVERNMENT, capacity_of(provision.government_capacity, size),
            "ended_by_government",
        )
        self.neighbours = FreeHelp(
            self, Decision.MUTUAL_AID, capacity_of(provision.mutual_aid_capacity, size),
            "ended_by_neighbours",
        )
        self.station = Station(self)
        self.finding = lists.Finding(self)
        self._start_needs()
        for person in self.residents:
            lists.start_lists(person)
        self._start_feelings()
        for person in self.residents:
            person.start_volunteering(self.joining)
        self.volunteers = sum(1 for person in self.residents if person.is_volunteer)

    # -- the start ----------------------------------------------------------------------------

    def _start_needs(self) -> None:
        path = rates.drift_of_demand(self.plan, self.draws, self.number, self.town.weeks)
        self.drift_sums = rates.sums_from_the_start(path, self.town.weeks)
        self.members = [0] * rates.GROUPS
        for person in self.residents:
            self.members[person.group] += 1
        self.prevalence = rates.share_in_need_at_the_start(
            self.rates, path, self.members, self._free_capacity()
        )
        for person in self.residents:
            person.start_needs()

    def _free_capacity(self) -> list[float]:
        pairs = zip(self.government.capacity, self.neighbours.capacity, strict=True)
        return [government + neighbours for government, neighbours in pairs]

    def _start_feelings(self) -> None:
        # Begin in the state that lasts without purchase.
        opinion = self.plan.assumptions.opinion
        usual = self._usual_experience()
        for person in self.residents:
            person.start_feelings(opinion, usual)
        around = mean_of_column([person.satisfaction for person in self.residents])
        for person in self.residents:
            person.start_trust(opinion, around)

    def _usual_experience(self) -> float:
        # Needs met without purchase within a quarter, over needs present in it.
        in_need = [0.0] * N_CATEGORIES
        for members, shares in zip(self.members, self.prevalence, strict=True):
            for category in range(N_CATEGORIES):
                in_need[category] += members * shares[category]
        met = [
            min(able * QUARTER_WEEKS, needs)
            for able, needs in zip(self._free_capacity(), in_need, strict=True)
        ]
        total = add_up([needs + ended for needs, ended in zip(in_need, met, strict=True)])
        return add_up(met) / total if total > 0.0 else 0.0

    # -- a week -------------------------------------------------------------------------------

    def let_needs_come_and_go(self, week: int) -> None:
        """Note the match as the week begins, then let needs begin and end by themselves."""
        if self.contracts:
            self.match_at_start = counting.match_now(self, week)
        for person in self.residents:
            if person.next_due < week + 1:
                person.live_a_week(week)

    def serve(self, week: int, organization_share: float, meeting_hours: float) -> None:
        """Serve one week: what is there anyway, then contracts, then volunteers with time left.

        Parameters
        ----------
        organization_share
            Share of contract hours that campaigns and the joint meeting leave.
        meeting_hours
            Hours a joint meeting of this week takes of each side, 0 without one.
        """
        counting.count_needs(self, week)
        self.government.help(week)
        self.neighbours.help(week)
        self.station.open_doors(week)
        offered = self.volunteers * self.joining.told.hours_per_year / rates.WEEKS_PER_YEAR
        at_meeting = min(meeting_hours, offered)
        used = at_meeting
        if self.contracts:
            each = (offered - at_meeting) / len(self.contracts)
            helped = 0.0
            for contract in self.contracts:
                helped += contract.work(week, each, organization_share)
            used += helped
            counting.book_match(self, week, self.match_at_start)
        self._visit_with_time_left(week, offered, used)
        self.formal_share = self._share_of_formal_tasks(week)

    def _visit_with_time_left(self, week: int, offered: float, used: float) -> None:
        if offered <= 0.0:
            self.used_share = 0.0
            return
        price = self.plan.assumptions.delivery.hours_per_contact
        visits = int((offered - used) / price)
        done = visit_listed(self, week, visits) if visits > 0 else 0
        self.used_share = min(1.0, (used + done * price) / offered)

    def _share_of_formal_tasks(self, week: int) -> float:
        total = formal = 0.0
        for contract in self.contracts:
            if contract.signed.start_day < 7.0 * (week + 1):
                terms = contract.terms
                total += terms.hours * (terms.substance + terms.showcase + terms.documents)
                formal += terms.hours * (terms.showcase + terms.documents)
        return formal / total if total > 0.0 else 0.0

    def volunteer(self, week: int, committee_has_time: bool) -> None:
        """Let residents join or leave, let the committee ask some, and book hours of help."""
        idle = 1.0 - self.used_share
        wavering = [person for person in self.residents if person.volunteer_due < week + 1]
        if wavering:
            before = {
                person.row for person in self.residents if person.volunteering == VOLUNTEER
            }
            for person in wavering:
                person.reconsider(week, self.joining, idle, self.formal_share, before)
        if committee_has_time:
            self._ask(week)
        helping = [person for person in self.residents if person.volunteering == VOLUNTEER]
        for person in helping:
            person.book_hours(week, self.joining, self.used_share)
        year = self.tally.year_of(week)
        year["volunteer_weeks"] += len(helping)
        year["volunteer_hours"] += len(helping) * self.joining.weekly_hours * self.used_share
        self.volunteers = len(helping)

    def _ask(self, week: int) -> None:
        size = len(self.residents)
        self.ask_carry += self.plan.assumptions.volunteers.asks_per_week / 1000.0 * size
        asks = int(self.ask_carry)
        self.ask_carry -= asks
        for number in range(asks):
            part = 2 * number + 100_000 * BY_COMMITTEE
            row = self.draws.below(Decision.VOLUNTEER_ASKED, self.number, week, part, size)
            self.residents[row].be_asked(week, self.joining, BY_COMMITTEE)

    # -- every four weeks ---------------------------------------------------------------------

    def feel(self, week: int) -> None:
        """Let everybody look back and judge; neighbours' satisfaction is read as it was before."""
        opinion = self.plan.assumptions.opinion
        total, judges = 0.0, 0
        for person in self.residents:
            person.look_back(week + 1)
            person.satisfaction_before = person.satisfaction
            if not math.isnan(person.experience):
                total += person.experience
                judges += 1
        mean = total / judges if judges else 0.0
        for person in self.residents:
            person.feel(week + 1, opinion, mean)

    def move(self, week: int) -> None:
        """Let households move away at the turn to the next week; newcomers take their homes."""
        rate = self.plan.assumptions.needs.move_per_year
        if rate <= 0.0 or week + 1 >= self.town.weeks:
            return
        per_week = -math.log1p(-rate) / rates.WEEKS_PER_YEAR
        chance = 1.0 - math.exp(-per_week * INTERVAL_WEEKS)
        hope = mean_of_column([person.expectation for person in self.residents])
        newcomer = Newcomer(
            aware=self.plan.assumptions.delivery.awareness_newcomers,
            expectation=hope,
            content=content(self.plan.assumptions.opinion, hope),
            trust=mean_of_column([person.trust for person in self.residents]),
        )
        for person in self.residents:
            if person.moves_away(week + 1, chance) and person.be_replaced(
                week + 1, newcomer, self.joining
            ):
                self.volunteers -= 1
        for contract in self.contracts:
            contract.vacate(week + 1)
