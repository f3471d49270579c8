"""From the call for projects to a stack of files: one community, one year at a time."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from linkage_sim.draws import Decision
from linkage_sim.projects import N_CATEGORIES, Candidate, File, Hearing, Ledger
from linkage_sim.scenario.answers import finite
from linkage_sim.scenario.fields import CATEGORIES, as_tuple
from linkage_sim.scenario.registry import SOURCES
from linkage_sim.stages.proposal.sources import Ground
from linkage_sim.timeline import DAYS_PER_YEAR
from linkage_sim.world.columns import Float64

SLOTS = 64
YEARS = 1024
JULY_FIRST = 182.0


class ProposalStage:
    """Stage 1 for all communities of a model.

    Parameters
    ----------
    model
        The model whose timeline, people and actors are used.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        self.plan = model.plan
        self.severity = np.array(as_tuple(self.plan.assumptions.needs.severity))
        self.hearings: dict[tuple[int, int], Hearing] = {}
        self.ideas: dict[tuple[int, int], list[tuple[int, float, float]]] = {}

    def open_call(self, year: int) -> None:
        """Announce the call; a hearing ends when the slowest source has spoken."""
        hearing = self.plan.assumptions.hearing
        start = year * DAYS_PER_YEAR + hearing.call_day
        for committee in self._in_line(year):
            weights = committee.choose_sources(self.plan.policy.proposal)
            days = max(finite(SOURCES.get(name)().days(hearing), "days") for name in weights)
            closing = start + days
            key = (committee.community, year)
            recorded = self.model.mediators.recall("hearing", key)
            if recorded is not None and self.model.mediators.frozen("hearing"):
                closing = recorded.closing_day
            self.model.timeline.plan(closing, self.close_hearing, committee.community, year)

    def _in_line(self, year: int) -> list[Any]:
        """Committees in the order in which they come to the counter on the same day.

        Desks take files of one day as they come. Chance says who is first, anew every year; by
        number, the same communities would wait longest for ever.
        """
        committees = self.model.committees
        numbers = np.array([committee.community for committee in committees], int)
        lots = self.model.draws.uniforms(Decision.PLACE_IN_LINE, numbers, year)
        return [committees[place] for place in np.argsort(lots, kind="stable").tolist()]

    def close_hearing(self, community: int, year: int) -> None:
        """End the hearing of a community: believe, choose, write files and submit them."""
        model = self.model
        committee = model.committees[community]
        ledger: Ledger = committee.ledgers[year]
        now = model.timeline.day
        hearing = self._hear(committee, ledger, year, now)
        ledger.hearing += hearing.yuan
        committee.spend_hours(hearing.hours)
        ledger.staff_yuan += hearing.hours * self.plan.world.staff_hour_yuan
        self._remember(hearing)
        ledger.checking_reserve = model.evaluation.reserve(community, year)
        open_day = self.plan.policy.approval.budget_open_day
        early = max(0.0, JULY_FIRST - open_day) * self.plan.assumptions.officials.early_money_yuan
        early = 0.0 if model.approval.is_fixed else early
        early = model.mediators.through("decision", ("early", community, year), early)
        # What the year's money cannot pay, the purchasing office bears: it counts as its cost.
        from_budget = min(early, max(0.0, ledger.free))
        ledger.early_money += from_budget
        ledger.officer_yuan += early - from_budget
        candidates = self._candidates(committee, year)
        self.ideas[(community, year)] = [
            (item.category, item.cost_yuan, float(model.implementation.promise(item)[1]))
            for item in candidates
        ]
        chosen = self._choose(committee, hearing, candidates, ledger, year)
        if chosen:
            present = self._present(community)
            files = [
                self._file(committee, hearing, present, item, year, now) for item in chosen
            ]
            model.approval.submit(files)

    def _hear(self, committee: Any, ledger: Ledger, year: int, now: float) -> Hearing:
        model = self.model
        key = (committee.community, year)
        policy = self.plan.policy.proposal
        weights = committee.choose_sources(policy)
        if model.mediators.frozen("hearing") and model.mediators.recall("hearing", key):
            hearing = model.mediators.recall("hearing", key)
        else:
            members = [committee]
            bundle = self.plan.policy.implementation.bundle_communities
            if bundle > 1:
                first = committee.community // bundle * bundle
                members = model.committees[first : first + bundle]
            heard = [
                other.listen(self._ground(other, ledger, year), weights, now) for other in members
            ]
            hearing = _one_design(heard, members, committee, model.people)
        hearing = model.mediators.through("hearing", key, hearing)
        self.hearings[key] = hearing
        return hearing

    def _ground(self, committee: Any, ledger: Ledger, year: int) -> Ground:
        model = self.model
        return Ground(
            place=model.place(committee.community, model.week),
            people=model.people,
            state=model.state,
            needs=model.course.needs,
            policy=self.plan.policy.proposal,
            beliefs=self.plan.assumptions.hearing,
            district_mean=model.course.district_mean(committee.community),
            campaign=self.campaign(committee.community, year),
            hours=committee.hours_left,
            yuan=ledger.budget,
        )

    def _remember(self, hearing: Hearing) -> None:
        # Persons whose need came up are added to the committee's list.
        for category, told in hearing.known.items():
            self.model.state.list_committee[told] |= np.uint8(1 << category)

    def campaign(self, community: int, year: int) -> int:
        """Give the category that the district promotes this year; showy ones more often."""
        weights = np.array(as_tuple(self.plan.assumptions.hearing.visibility)) + 1e-9
        district = self.model.district_of(community)
        return int(self.model.draws.choice_index(weights, Decision.CAMPAIGN, district, year))

    def _candidates(self, committee: Any, year: int) -> list[Candidate]:
        world, community = self.plan.world, committee.community
        draws = self.model.draws
        flaw_share = self.plan.assumptions.officials.flaw_share
        found: list[Candidate] = []
        if world.candidates:
            listed = [(CATEGORIES.index(item.category), item) for item in world.candidates]
        else:
            listed = [
                (category, None)
                for category in range(N_CATEGORIES)
                for _ in range(world.candidates_per_category)
            ]
        for slot, (category, item) in enumerate(listed):
            identity = (community * YEARS + year) * 1024 + slot
            level = draws.uniform(Decision.CANDIDATE_COST, identity)
            spread = world.project_cost_high_yuan - world.project_cost_low_yuan
            cost = world.project_cost_low_yuan + level * spread
            name = item.id if item else f"{CATEGORIES[category]}-{slot}"
            found.append(
                Candidate(
                    id=f"c{community}-y{year}-{name}",
                    identity=identity,
                    community=community,
                    year=year,
                    category=category,
                    cost_yuan=float(item.cost_yuan) if item else round(cost, -2),
                    flawed=draws.uniform(Decision.CANDIDATE_FLAW, identity) < flaw_share,
                    title=item.name if item else "",
                )
            )
        return found + sorted(committee.drawer, key=lambda item: item.identity)

    def _choose(
        self, committee: Any, hearing: Hearing, candidates: list[Candidate], ledger: Ledger,
        year: int,
    ) -> list[Candidate]:
        everything = candidates
        open_now = set(self.plan.policy.proposal.open_categories)
        candidates = [item for item in everything if CATEGORIES[item.category] in open_now]
        assumed = self.plan.assumptions.hearing
        money = max(0.0, ledger.free)
        reserve = money * assumed.submission_factor
        if not candidates:
            chosen = []
        elif hearing.ballots is not None:
            rule = self.plan.policy.proposal.vote_rule
            chosen = committee.follow_vote(candidates, hearing.ballots, money, reserve, rule)
        else:
            priorities = np.zeros(N_CATEGORIES)
            priorities[self.campaign(committee.community, year)] = 1.0
            believed = committee.believe(hearing, priorities, assumed)
            places = np.array(
                [float(self.model.implementation.promise(item)[1]) for item in candidates]
            )
            yuan = math.fsum(item.cost_yuan for item in candidates)
            scale = assumed.places_scale * float(places.sum()) * money / max(yuan, 1.0)
            chosen = committee.choose_portfolio(
                candidates, believed, self.severity, places, reserve, max(scale, 1e-6)
            )
        wanted = self.model.mediators.through(
            "hearing", ("chosen", committee.community, year), [item.id for item in chosen]
        )
        by_name = {item.id: item for item in everything}
        return [by_name[name] for name in wanted if name in by_name]

    def _present(self, community: int) -> list[Any]:
        """List the residents with each need on this day, in order: rows by category."""
        rows = self.model.people.rows(community)
        active = self.model.state.active[rows]
        return [np.flatnonzero(active & np.uint8(1 << category)) + rows.start
                for category in range(N_CATEGORIES)]

    def _file(
        self, committee: Any, hearing: Hearing, present: list[Any], candidate: Candidate,
        year: int, now: float,
    ) -> File:
        model = self.model
        _, places = model.implementation.promise(candidate)
        holders = self._named(committee, hearing, present, candidate, places)
        in_need = np.array([float(len(rows)) for rows in present])
        weighted = in_need * self.severity
        active = model.state.active[holders] & (1 << candidate.category)
        held = float(np.count_nonzero(active)) + (places - len(holders)) * float(
            in_need[candidate.category] > 0
        )
        visibility = np.array(as_tuple(self.plan.assumptions.hearing.visibility))
        heard = max(float(hearing.heard.sum()), 1e-9)
        file = File(
            candidate=candidate,
            year=year,
            submitted_day=now,
            expected_need=float(hearing.heard[candidate.category] / max(hearing.heard.max(), 1e-9)),
            evidence_quality=float(hearing.quality[candidate.category]),
            alignment=float(self.campaign(committee.community, year) == candidate.category),
            visibility=float(visibility[candidate.category]),
            roster=holders,
            need_per_yuan=float(weighted[candidate.category] / candidate.cost_yuan),
            roster_in_need=held / max(1, places),
            need_shares=weighted / max(float(weighted.sum()), 1e-9),
        )
        model.journal.note(
            now, file.id, "proposed",
            category=CATEGORIES[candidate.category],
            cost_yuan=candidate.cost_yuan,
            sources=list(hearing.sources),
            asked=hearing.asked,
            heard_persons=round(float(hearing.heard[candidate.category]), 1),
            share_heard=round(float(hearing.heard[candidate.category]) / heard, 3),
            true_persons=float(in_need[candidate.category]),
            quality=round(file.evidence_quality, 3),
            places=places,
            named=len(holders),
            returning=candidate.returning,
            flawed=candidate.flawed,
        )
        return file

    def _named(
        self, committee: Any, hearing: Hearing, present: list[Any], candidate: Candidate,
        places: int,
    ) -> Any:
        """Let the committee say to whom places are promised."""
        in_need = present[candidate.category]
        bit = np.uint8(1 << candidate.category)
        listed = in_need[(self.model.state.list_committee[in_need] & bit) != 0]
        told = hearing.known.get(candidate.category, np.zeros(0, np.int32))
        share = self.plan.assumptions.delivery.roster_share
        return committee.name_holders(candidate, told, listed, in_need, places, share)


def _one_design(heard: list[Hearing], members: list[Any], own: Any, people: Any) -> Hearing:
    """Make one design for the mean of a bundle, scaled to the own community's residents."""
    if len(heard) == 1:
        return heard[0]
    sizes = np.array([people.rows(item.community).stop - people.rows(item.community).start
                      for item in members], dtype=float)
    mine = sizes[[item.community for item in members].index(own.community)]
    shares: Float64 = sum(
        (item.heard / size for item, size in zip(heard, sizes, strict=True)),
        start=np.zeros(N_CATEGORIES),
    ) / len(heard)
    me = heard[[item.community for item in members].index(own.community)]
    # Where one community could not pay for its vote, those that voted speak for the bundle.
    ballots = [item.ballots for item in heard if item.ballots is not None]
    return Hearing(
        heard=shares * mine,
        quality=np.asarray(np.mean([item.quality for item in heard], axis=0)),
        known=me.known,
        yuan=float(np.mean([item.yuan for item in heard])),
        hours=float(np.mean([item.hours for item in heard])),
        closing_day=me.closing_day,
        asked=me.asked,
        sources=me.sources,
        ballots=np.concatenate(ballots) if ballots else None,
    )
