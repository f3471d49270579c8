"""The community committee: hears, believes, chooses what to apply for, names holders.

Source: model.md section 6.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from linkage_sim.draws import Decision, Draws
from linkage_sim.scenario.fields import N_CATEGORIES, as_tuple
from linkage_sim.scenario.schema import Scenario
from tests.reference.institutions.listening import Ground
from tests.reference.institutions.papers import Evidence, Hearing, Idea, Ledger
from tests.reference.institutions.sources import WAYS
from tests.reference.institutions.voting import count_votes
from tests.reference.rounding import add_up, log1p

CANNOT_PAY = "directive"


def ways_to_hear(plan: Scenario) -> dict[str, float]:
    """Say whom committees listen to, and how much; weights add up to 1."""
    proposal = plan.policy.proposal
    if proposal.method != "mixed":
        return {proposal.method: 1.0}
    return {way: weight for way, weight in proposal.weights.shares().items() if weight > 0.0}


def evidence_quality(plan: Scenario, evidence: Evidence) -> list[float]:
    """Quality of a file from what is attached: a costed budget, and how exact the estimate is."""
    costed = plan.assumptions.hearing.costed_budget
    quality = []
    for heard, error in zip(evidence.heard, evidence.error, strict=True):
        relative = error / heard if heard > 0.0 else math.inf
        exactness = 1.0 / (1.0 + relative * relative) if math.isfinite(relative) else 0.0
        quality.append(costed + (1.0 - costed) * exactness)
    return quality


class Committee:
    """The platform: elected neighbours and staff with little time of their own.

    Attributes
    ----------
    hours_left
        Staff hours still free for purchase work this year.
    last_shares : list[8]
        Last year's portfolio by category, shares of money.
    drawer
        Rejected ideas that may come back.
    """

    def __init__(self, plan: Scenario, draws: Draws, number: int) -> None:
        self.plan, self.draws, self.number = plan, draws, number
        world = plan.world
        self.full_hours = world.committee_staff * world.committee_hours_per_year
        self.full_hours *= world.committee_free_share
        self.hours_per_year = self.hours_left = self.full_hours
        self.last_shares = [1.0 / N_CATEGORIES] * N_CATEGORIES
        self.drawer: list[Idea] = []
        self.ledgers: dict[int, Ledger] = {}

    def spend_hours(self, hours: float) -> float:
        """Use staff hours as far as there are any; returns the hours used."""
        used = min(hours, self.hours_left)
        self.hours_left -= used
        return used

    # -- hearing ------------------------------------------------------------------------------

    def listen(self, ground: Ground) -> Hearing:
        """Hear every source in use that can be paid, and put the evidence together."""
        heard, quality = [0.0] * N_CATEGORIES, [0.0] * N_CATEGORIES
        known: dict[int, set[int]] = {}
        told: list[str] = []
        yuan = hours = 0.0
        asked, ballots = 0, None
        most = ground.yuan * self.plan.assumptions.hearing.most_spent_share
        for wanted, weight in ways_to_hear(self.plan).items():
            ground.yuan, ground.hours = most - yuan, self.hours_left - hours
            way, evidence = self._hear_or_follow(wanted, ground)
            exact = evidence_quality(self.plan, evidence)
            for category in range(N_CATEGORIES):
                heard[category] += weight * evidence.heard[category]
                quality[category] += weight * exact[category]
            for category, rows in evidence.known.items():
                known.setdefault(category, set()).update(rows)
            if way not in told:
                told.append(way)
            yuan += evidence.yuan
            hours += evidence.hours
            asked += evidence.asked
            if evidence.ballots is not None:
                ballots = evidence.ballots
        if self.plan.policy.proposal.method == "mixed":
            ballots = None  # a vote decides only where it is the method, else it informs
        rows = {category: sorted(known[category]) for category in known}
        return Hearing(heard, quality, rows, yuan, hours, asked, tuple(told), ballots)

    def _hear_or_follow(self, way: str, ground: Ground) -> tuple[str, Evidence]:
        # What cannot be paid is not held: the committee goes by what costs nothing.
        evidence = WAYS[way](ground)
        if evidence.yuan > ground.yuan or evidence.hours > ground.hours:
            return CANNOT_PAY, WAYS[CANNOT_PAY](ground)
        return way, evidence

    def believe(self, hearing: Hearing, campaign: int) -> list[float]:
        """Pull what was heard towards last year, priorities from above, and show.

        Approvers look for these. Gives persons in need by category.
        """
        beliefs = self.plan.assumptions.hearing
        total = add_up(hearing.heard)
        showing = list(as_tuple(beliefs.visibility))
        if add_up(showing) > 0.0:
            all_show = add_up(showing)
            showing = [value / all_show for value in showing]
        pulls = beliefs.inertia + beliefs.alignment + beliefs.visibility_pull
        kept = max(0.0, 1.0 - pulls)
        scale = 1.0 if pulls <= 1.0 else 1.0 / pulls
        believed = []
        for category in range(N_CATEGORIES):
            priority = 1.0 if category == campaign else 0.0
            pulled = (
                beliefs.inertia * self.last_shares[category]
                + beliefs.alignment * priority
                + beliefs.visibility_pull * showing[category]
            )
            believed.append(kept * hearing.heard[category] + scale * total * pulled)
        return believed

    # -- choosing -----------------------------------------------------------------------------

    def choose_portfolio(
        self, ideas: Sequence[Idea], believed: Sequence[float], severity: Sequence[float],
        places: Sequence[float], money: float, scale: float,
    ) -> list[Idea]:
        """Take, one after the other, what brings most severity-weighted coverage a yuan.

        Returns fall within a category: coverage is worth D log(1 + x / scale). Source: model.md
        section 6.
        """
        offered = [0.0] * N_CATEGORIES
        left = list(range(len(ideas)))
        chosen = []
        while True:
            best, most = None, -math.inf
            for turn in left:
                idea = ideas[turn]
                if idea.cost_yuan > money + 1e-9:
                    continue
                before = offered[idea.category]
                more = log1p((before + places[turn]) / scale) - log1p(before / scale)
                gain = believed[idea.category] * severity[idea.category] * more / idea.cost_yuan
                if best is None or gain > most:
                    best, most = turn, gain
            if best is None:
                return chosen
            left.remove(best)
            money -= ideas[best].cost_yuan
            offered[ideas[best].category] += places[best]
            chosen.append(ideas[best])

    def follow_vote(
        self, ideas: Sequence[Idea], ballots: Sequence[frozenset[int]], money: float,
        reserve: float,
    ) -> list[Idea]:
        """Take the winners of the vote; who would win with more money comes next."""
        rule = self.plan.policy.proposal.vote_rule
        costs = [idea.cost_yuan for idea in ideas]
        approvals = [
            {place for place, idea in enumerate(ideas) if idea.category in ballot}
            for ballot in ballots
        ]
        chosen = count_votes(costs, approvals, money, rule)
        spent = add_up([costs[place] for place in chosen])
        for place in count_votes(costs, approvals, reserve, rule):
            if place not in chosen and spent + costs[place] <= reserve:
                spent += costs[place]
                chosen.append(place)
        return [ideas[place] for place in chosen]

    def name_holders(
        self, idea: Idea, told: Sequence[int], residents: Sequence[Any], places: int
    ) -> list[int]:
        """Promise a share of the places to persons in need today: rows, in order of the promise.

        First who was heard this year, then who is on the committee's list, then whom building
        heads name; by lot within each.
        """
        wanted = round(self.plan.assumptions.delivery.roster_share * places)
        heard = set(told)

        def turn(person: Any) -> tuple[int, float]:
            lot = self.draws.uniform(
                Decision.ROSTER, person.identity, idea.year, idea.category
            )
            if person.row in heard:
                return 0, lot
            return (1 if idea.category in person.known_to["committee"] else 2), lot

        in_need = [person for person in residents if person.needs[idea.category].active]
        return [person.row for person in sorted(in_need, key=turn)[:wanted]]


def one_design(
    heard: Sequence[Hearing], sizes: Sequence[float], own: int
) -> Hearing:
    """Make one design for the mean of a bundle, scaled to the residents of one of them.

    Parameters
    ----------
    own
        Place of the own community in the bundle.
    """
    if len(heard) == 1:
        return heard[0]
    mine, number = heard[own], len(heard)
    shares = [0.0] * N_CATEGORIES
    for hearing, size in zip(heard, sizes, strict=True):
        for category in range(N_CATEGORIES):
            shares[category] += hearing.heard[category] / size
    quality = []
    for category in range(N_CATEGORIES):
        total = 0.0
        for hearing in heard:
            total += hearing.quality[category]
        quality.append(total / number)
    ballots = [ballot for hearing in heard for ballot in hearing.ballots or []]
    return Hearing(
        heard=[share / number * sizes[own] for share in shares],
        quality=quality,
        known=mine.known,
        yuan=add_up([hearing.yuan for hearing in heard]) / number,
        hours=add_up([hearing.hours for hearing in heard]) / number,
        asked=mine.asked,
        sources=mine.sources,
        ballots=ballots if any(hearing.ballots is not None for hearing in heard) else None,
    )
