"""Stage 1: from the call for projects to a stack of files.

Source: model.md section 6.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from linkage_sim.draws import Decision, Draws
from linkage_sim.scenario.fields import CATEGORIES, N_CATEGORIES, as_tuple
from linkage_sim.scenario.schema import Scenario
from tests.reference.institutions.committee import Committee, one_design, ways_to_hear
from tests.reference.institutions.listening import Ground
from tests.reference.institutions.papers import DAYS_PER_YEAR, File, Hearing, Idea, Ledger
from tests.reference.institutions.promising import promise
from tests.reference.institutions.sources import days_of
from tests.reference.rounding import add_up

SLOTS_PER_YEAR = 1024
YEARS = 1024
JULY_FIRST = 182.0


def district_of(plan: Scenario, community: int) -> int:
    """Number of the district that a community's street belongs to."""
    street = community // plan.world.communities_per_street
    return street // plan.world.streets_per_district


def campaign(plan: Scenario, draws: Draws, community: int, year: int) -> int:
    """Category that the district promotes this year; showy ones more often."""
    weights = [value + 1e-9 for value in as_tuple(plan.assumptions.hearing.visibility)]
    return draws.choice_index(weights, Decision.CAMPAIGN, district_of(plan, community), year)


def new_ideas(plan: Scenario, draws: Draws, community: int, year: int) -> list[Idea]:
    """Ideas on the table this year: those listed in the scenario, or a few of each category."""
    world, found = plan.world, []
    if world.candidates:
        listed = [(CATEGORIES.index(item.category), item) for item in world.candidates]
    else:
        listed = [
            (category, None) for category in range(N_CATEGORIES)
            for _ in range(world.candidates_per_category)
        ]
    for slot, (category, item) in enumerate(listed):
        identity = (community * YEARS + year) * SLOTS_PER_YEAR + slot
        level = draws.uniform(Decision.CANDIDATE_COST, identity)
        spread = world.project_cost_high_yuan - world.project_cost_low_yuan
        cost = round(world.project_cost_low_yuan + level * spread, -2)
        name = item.id if item else f"{CATEGORIES[category]}-{slot}"
        flaw = draws.uniform(Decision.CANDIDATE_FLAW, identity)
        found.append(Idea(
            f"c{community}-y{year}-{name}", identity, community, year, category,
            float(item.cost_yuan) if item else cost,
            flaw < plan.assumptions.officials.flaw_share,
        ))
    return found


def choose(
    committee: Committee, hearing: Hearing, ideas: Sequence[Idea], free_yuan: float, promoted: int
) -> list[Idea]:
    """Choose what to apply for, under the money that is left, and somewhat more in reserve."""
    plan, beliefs = committee.plan, committee.plan.assumptions.hearing
    open_now = plan.policy.proposal.open_categories
    ideas = [idea for idea in ideas if CATEGORIES[idea.category] in open_now]
    money = max(0.0, free_yuan)
    reserve = money * beliefs.submission_factor
    if not ideas:
        return []
    if hearing.ballots is not None:
        return committee.follow_vote(ideas, hearing.ballots, money, reserve)
    places = [float(promise(plan, idea)[1]) for idea in ideas]
    yuan = math.fsum(idea.cost_yuan for idea in ideas)
    scale = beliefs.places_scale * add_up(places) * money / max(yuan, 1.0)
    return committee.choose_portfolio(
        ideas, committee.believe(hearing, promoted), as_tuple(plan.assumptions.needs.severity),
        places, reserve, max(scale, 1e-6),
    )


def write_file(
    committee: Committee, hearing: Hearing, residents: Sequence[Any], idea: Idea, year: int,
    now: float, promoted: int,
) -> File:
    """Write an application: what is expected, how well it is known, and to whom it is promised."""
    plan, category = committee.plan, idea.category
    _, places = promise(plan, idea)
    told = hearing.known.get(category, [])
    roster = committee.name_holders(idea, told, residents, places)
    in_need = [0.0] * N_CATEGORIES
    for person in residents:
        for need in person.active_needs:
            in_need[need.category] += 1.0
    severity = as_tuple(plan.assumptions.needs.severity)
    weighted = [persons * weight for persons, weight in zip(in_need, severity, strict=True)]
    all_need = max(add_up(weighted), 1e-9)
    unnamed = (places - len(roster)) * (1.0 if in_need[category] > 0.0 else 0.0)
    return File(
        idea=idea, year=year, submitted_day=now,
        expected_need=hearing.heard[category] / max(max(hearing.heard), 1e-9),
        evidence_quality=hearing.quality[category],
        alignment=1.0 if promoted == category else 0.0,
        visibility=as_tuple(plan.assumptions.hearing.visibility)[category],
        roster=roster,
        need_per_yuan=weighted[category] / idea.cost_yuan,
        roster_in_need=(len(roster) + unnamed) / max(1, places),
        need_shares=[amount / all_need for amount in weighted],
    )


class Proposing:
    """Stage 1 in all communities."""

    def __init__(self, hall: Any) -> None:
        self.hall = hall
        self.plan, self.draws = hall.plan, hall.draws
        self.hearings: dict[tuple[int, int], Hearing] = {}
        self.heard_now: list[tuple[int, int, list[int]]] = []

    def open_call(self, year: int) -> None:
        """Announce the call; a hearing ends when the slowest source has spoken."""
        start = year * DAYS_PER_YEAR + self.plan.assumptions.hearing.call_day
        days = max(days_of(way, self.plan) for way in ways_to_hear(self.plan))
        for committee in sorted(self.hall.committees, key=lambda each: self._lot(each, year)):
            self.hall.timeline.plan(start + days, self.close_hearing, committee.number, year)

    def _lot(self, committee: Committee, year: int) -> float:
        """Draw who comes first of those that hand in on the same day."""
        return self.draws.uniform(Decision.PLACE_IN_LINE, committee.number, year)

    def close_hearing(self, number: int, year: int) -> None:
        """End the hearing of a community: believe, choose, write files and submit them."""
        hall, now = self.hall, self.hall.timeline.day
        committee, residents = hall.committees[number], hall.residents_of(number)
        ledger = committee.ledgers[year]
        hearing = self._hear(committee, ledger, year)
        hearing.closing_day = now
        self.hearings[(number, year)] = hearing
        ledger.hearing += hearing.yuan
        committee.spend_hours(hearing.hours)
        ledger.staff_yuan += hearing.hours * self.plan.world.staff_hour_yuan
        self._put_on_list(number, hearing)
        ledger.checking_reserve = hall.evaluating.reserve(ledger)
        # What the year's money cannot pay, the purchasing office bears.
        price = self._early_money()
        paid = min(price, max(0.0, ledger.free()))
        ledger.early_money += paid
        ledger.officer_yuan += price - paid
        ideas = new_ideas(self.plan, self.draws, number, year)
        ideas += sorted(committee.drawer, key=lambda idea: idea.identity)
        promoted = campaign(self.plan, self.draws, number, year)
        chosen = choose(committee, hearing, ideas, ledger.free(), promoted)
        hall.approving.submit([
            write_file(committee, hearing, residents, idea, year, now, promoted)
            for idea in chosen
        ])

    def _early_money(self) -> float:
        # Money before July has to be bridged, at a price for each day.
        if self.hall.approving.latency is not None:
            return 0.0
        days = max(0.0, JULY_FIRST - self.plan.policy.approval.budget_open_day)
        return days * self.plan.assumptions.officials.early_money_yuan

    def _hear(self, committee: Committee, ledger: Ledger, year: int) -> Hearing:
        bundle = self.plan.policy.implementation.bundle_communities
        first = committee.number // bundle * bundle
        members = self.hall.committees[first : first + bundle]
        heard = [other.listen(self._ground(other, ledger, year)) for other in members]
        sizes = [float(len(self.hall.residents_of(other.number))) for other in members]
        return one_design(heard, sizes, members.index(committee))

    def _ground(self, committee: Committee, ledger: Ledger, year: int) -> Ground:
        number = committee.number
        return Ground(
            number, self.hall.week, self.hall.residents_of(number), self.plan, self.draws,
            self.hall.yearbook.expected_in(number),
            campaign(self.plan, self.draws, number, year), committee.hours_left, ledger.budget,
        )

    def _put_on_list(self, number: int, hearing: Hearing) -> None:
        residents = self.hall.residents_of(number)
        for category, rows in hearing.known.items():
            self.heard_now.append((number, category, rows))
            for row in rows:
                residents[row].known_to["committee"].add(category)
