"""The community committee: hears, believes, chooses what to apply for, asks for help."""

from __future__ import annotations

from typing import Any

import mesa
import numpy as np

from linkage_sim import votes
from linkage_sim.draws import Decision
from linkage_sim.projects import N_CATEGORIES, Candidate, Evidence, Hearing, Ledger, Told
from linkage_sim.scenario.answers import sound
from linkage_sim.scenario.assumptions import Hearing as HearingAssumptions
from linkage_sim.scenario.policy import Proposal
from linkage_sim.scenario.registry import SOURCES
from linkage_sim.world.columns import Float64

CANNOT_PAY = "directive"


class CommunityCommittee(mesa.Agent):
    """The platform: elected neighbours and staff with little time of their own.

    Attributes
    ----------
    community : int
        Which community it speaks for.
    hours_left : float
        Staff hours still free for purchase work this year.
    last_shares : float64[8]
        Last year's portfolio by category, shares of money.
    drawer : list of Candidate
        Rejected ideas that may come back.
    """

    def __init__(self, model: Any, community: int, hours_per_year: float) -> None:
        super().__init__(model)
        self.community = community
        self.full_hours = hours_per_year
        self.hours_per_year = hours_per_year
        self.hours_left = hours_per_year
        self.last_shares: Float64 = np.full(N_CATEGORIES, 1.0 / N_CATEGORIES)
        self.drawer: list[Candidate] = []
        self.ledgers: dict[int, Ledger] = {}

    def start_year(self) -> None:
        """Begin a year with the hours that duties handed down leave."""
        self.hours_left = self.hours_per_year

    def spend_hours(self, hours: float) -> float:
        """Use staff hours as far as there are any; returns the hours used."""
        used = min(hours, self.hours_left)
        self.hours_left -= used
        return used

    def choose_sources(self, policy: Proposal) -> dict[str, float]:
        """Decide whom to listen to, and how much; weights add up to 1."""
        if policy.method != "mixed":
            return {policy.method: 1.0}
        return {name: weight for name, weight in policy.weights.shares().items() if weight > 0.0}

    def listen(self, ground: Any, weights: dict[str, float], closing_day: float) -> Hearing:
        """Hear every source in use that can be paid, and put the evidence together."""
        heard = np.zeros(N_CATEGORIES)
        quality = np.zeros(N_CATEGORIES)
        known: dict[int, list[Any]] = {category: [] for category in range(N_CATEGORIES)}
        yuan = hours = 0.0
        asked = 0
        ballots = None
        told: dict[str, Told] = {}
        most = ground.yuan * ground.beliefs.most_spent_share
        for name, weight in weights.items():
            ground.yuan = most - yuan
            ground.hours = self.hours_left - hours
            evidence: Evidence = sound(SOURCES.get(name)().estimate(ground))
            if evidence.yuan > ground.yuan or evidence.hours > ground.hours:
                # What cannot be paid is not held: the committee goes by what costs nothing.
                name = CANNOT_PAY
                evidence = SOURCES.get(name)().estimate(ground)
            heard += weight * evidence.heard
            before = told[name].weight if name in told else 0.0
            told[name] = Told(
                before + weight, tuple(float(persons) for persons in evidence.heard)
            )
            quality += weight * evidence_quality(evidence, ground.beliefs)
            for category, rows in evidence.known.items():
                known[category].append(rows)
            yuan += evidence.yuan
            hours += evidence.hours
            asked += evidence.asked
            if evidence.ballots is not None:
                ballots = evidence.ballots
        merged = {
            category: np.unique(np.concatenate(rows)).astype(np.int32)
            for category, rows in known.items()
            if rows
        }
        if self.model.plan.policy.proposal.method == "mixed":
            ballots = None  # a vote decides only where it is the method, else it informs
        return Hearing(
            heard, quality, merged, yuan, hours, closing_day, asked, tuple(told), ballots, told
        )

    def believe(
        self, hearing: Hearing, priorities: Float64, beliefs: HearingAssumptions
    ) -> Float64:
        """Pull what was heard towards last year, towards priorities from above and towards show.

        Returns
        -------
        float64[8]
            Persons in need by category, as the committee will act on them.
        """
        total = float(hearing.heard.sum())
        showing = np.array([value for _, value in beliefs.visibility])
        showing = showing / showing.sum() if showing.sum() > 0 else showing
        pulls = beliefs.inertia + beliefs.alignment + beliefs.visibility_pull
        kept = max(0.0, 1.0 - pulls)
        scale = 1.0 if pulls <= 1.0 else 1.0 / pulls
        pulled = (
            beliefs.inertia * self.last_shares
            + beliefs.alignment * priorities
            + beliefs.visibility_pull * showing
        )
        return np.asarray(kept * hearing.heard + scale * total * pulled)

    def choose_portfolio(
        self,
        candidates: list[Candidate],
        believed: Float64,
        severity: Float64,
        places: Float64,
        money: float,
        scale: float,
    ) -> list[Candidate]:
        """Pick projects by estimated severity-weighted coverage, with falling returns.

        Parameters
        ----------
        places : float64[candidates]
            Places each candidate would offer.
        money
            Sum that may be applied for.
        scale
            Places in a category at which a further place has lost half its worth.

        Returns
        -------
        list of Candidate
            In order of preference.
        """
        worth = believed * severity
        cost = np.array([candidate.cost_yuan for candidate in candidates])
        category = np.array([candidate.category for candidate in candidates], dtype=int)
        offered = np.zeros(N_CATEGORIES)
        left = np.ones(len(candidates), dtype=bool)
        chosen: list[Candidate] = []
        while True:
            open_now = left & (cost <= money + 1e-9)
            if not open_now.any():
                return chosen
            gain = worth[category] * (
                np.log1p((offered[category] + places) / scale)
                - np.log1p(offered[category] / scale)
            ) / cost
            best = int(np.argmax(np.where(open_now, gain, -np.inf)))
            left[best] = False
            money -= cost[best]
            offered[category[best]] += places[best]
            chosen.append(candidates[best])

    def follow_vote(
        self, candidates: list[Candidate], ballots: Any, money: float, reserve: float, rule: str
    ) -> list[Candidate]:
        """Take the winners of the vote, then a reserve list by votes.

        Parameters
        ----------
        money, reserve
            Sum the vote decides on, and the larger sum that may be applied for.
        """
        masks = np.array([1 << candidate.category for candidate in candidates], dtype=np.uint8)
        approvals = (ballots[:, None] & masks[None, :]) != 0
        cost = np.array([candidate.cost_yuan for candidate in candidates])
        funded = votes.winners_by_matrix(cost, approvals, money, rule)
        chosen = [int(index) for index in funded]
        spent = float(cost[chosen].sum())
        # Who would have won with the larger sum comes next, as far as that sum goes.
        for index in votes.winners_by_matrix(cost, approvals, reserve, rule):
            if int(index) not in chosen and spent + cost[index] <= reserve:
                spent += cost[index]
                chosen.append(int(index))
        return [candidates[index] for index in chosen]

    def name_holders(
        self, candidate: Candidate, told: Any, listed: Any, in_need: Any, places: int, share: float
    ) -> Any:
        """Promise some places to persons whose need is known on the day the hearing closes.

        First those who were heard, then those on the committee's own list; where both are too
        few, building heads name neighbours. So how many are named does not depend on how people
        were heard, only who they are.

        Parameters
        ----------
        told, listed, in_need : int32 rows
            Heard this year, on the list, and all residents with this need today; each in order.

        Returns
        -------
        int32 rows
            At most the share of places that may be promised; all have the need today.
        """
        wanted = int(round(share * places))
        if len(in_need) == 0 or wanted == 0:
            return np.zeros(0, np.int32)
        rows = np.sort(np.asarray(in_need))
        turn = np.where(_among(rows, told), 0, np.where(_among(rows, listed), 1, 2))
        lots = self.model.draws.uniforms(
            Decision.ROSTER, self.model.identities(rows), candidate.year, candidate.category
        )
        return rows[np.lexsort((lots, turn))[:wanted]].astype(np.int32)


def _among(rows: Any, sorted_rows: Any) -> Any:
    """Tell of each row whether it is in a sorted list."""
    if len(sorted_rows) == 0:
        return np.zeros(len(rows), bool)
    places = np.searchsorted(sorted_rows, rows)
    return sorted_rows[np.minimum(places, len(sorted_rows) - 1)] == rows


def evidence_quality(evidence: Evidence, beliefs: HearingAssumptions) -> Float64:
    """Quality of a file, 0..1, from what is attached: a costed budget and the estimate's error."""
    relative = np.full(N_CATEGORIES, np.inf)
    known = evidence.heard > 0
    relative[known] = evidence.error[known] / evidence.heard[known]
    exactness = np.where(np.isfinite(relative), 1.0 / (1.0 + relative**2), 0.0)
    return np.asarray(beliefs.costed_budget + (1.0 - beliefs.costed_budget) * exactness)
