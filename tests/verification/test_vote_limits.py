"""A vote has the winners that another program finds, on real ballots and on made ones."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from linkage_sim import votes
from linkage_sim.draws import Decision, Draws
from linkage_sim.inputs.pabulib import read_election
from linkage_sim.model import LinkageModel
from linkage_sim.scenario.fields import CATEGORIES
from linkage_sim.scenario.schema import Scenario
from linkage_sim.verification import vote_winners

PLACES = ("Anin", "Brodno-Podgrodzie", "Chomiczowka", "Kolo", "Nowe_Wlochy", "Zoliborz_Centralny")
Vote = tuple[dict[str, float], list[list[str]], float]


def independent_winners(vote: Vote, rule: str) -> list[str]:
    """Winners by pabutools, which breaks ties as the model does: votes, cost, id."""
    election = pytest.importorskip("pabutools.election")
    rules = pytest.importorskip("pabutools.rules")
    tie_breaking = pytest.importorskip("pabutools.tiebreaking")
    costs, ballots, budget = vote
    projects = {name: election.Project(name, Fraction(str(cost))) for name, cost in costs.items()}
    instance = election.Instance(projects.values(), budget_limit=Fraction(str(budget)))
    profile = election.ApprovalProfile(
        election.ApprovalBallot(projects[name] for name in ballot) for ballot in ballots
    )
    approvals = {project: profile.approval_score(project) for project in instance}
    order = tie_breaking.TieBreakingRule(
        lambda _instance, _profile, project: (-approvals[project], project.cost, project.name)
    )
    settings = {"sat_class": election.Cost_Sat, "tie_breaking": order}
    if rule == "greedy":
        funded = rules.greedy_utilitarian_welfare(instance, profile, **settings)
    else:
        first = rules.method_of_equal_shares(instance, profile, **settings)
        funded = rules.greedy_utilitarian_welfare(
            instance, profile, initial_budget_allocation=first, **settings
        )
    return [project.name for project in funded]


def real_vote(folder: Path, place: str) -> tuple[Vote, set[str]]:
    election = read_election(folder / "pabulib" / f"Poland_Warszawa_2017_{place}.pb")
    return (election.costs, election.ballots, election.budget), set(election.official_winners)


def made_vote(number: int) -> Vote:
    """Few voters and few prices, so that most rounds have ties."""
    lots = Draws(number).substream(Decision.VERIFICATION, 2)
    projects, voters = lots.below(1, 0, 0, 0, 10) + 2, lots.below(1, 1, 0, 0, 30) + 1
    costs = {f"p{item}": float(lots.below(1, item, 1, 0, 6) + 1) for item in range(projects)}
    ballots = [
        [name for item, name in enumerate(costs) if lots.uniform(2, voter, item) < 0.35]
        for voter in range(voters)
    ]
    return costs, ballots, float(lots.below(1, 2, 0, 0, int(sum(costs.values()))) + 1)


@pytest.mark.parametrize("place", PLACES)
def test_greedy_with_skipping_gives_the_official_winners(shared_data: Path, place: str) -> None:
    vote, official = real_vote(shared_data, place)
    assert set(vote_winners(*vote, rule="greedy")) == official


@pytest.mark.parametrize("rule", votes.RULES)
@pytest.mark.parametrize("place", PLACES)
def test_winners_of_real_votes_are_those_of_another_program(
    shared_data: Path, place: str, rule: str
) -> None:
    vote, _ = real_vote(shared_data, place)
    assert vote_winners(*vote, rule=rule) == independent_winners(vote, rule)


@pytest.mark.parametrize("rule", votes.RULES)
def test_winners_of_made_votes_are_those_of_another_program(rule: str) -> None:
    for number in range(500):
        vote = made_vote(number)
        assert vote_winners(*vote, rule=rule) == independent_winners(vote, rule), vote


def _stops_at_the_first_too_dear(election: Any, funded: Any = ()) -> list[int]:
    chosen, money = list(funded), election.budget
    for place in election.by_support():
        if election.costs[place] > money:
            break
        chosen.append(place)
        money -= election.costs[place]
    return chosen


def test_a_count_that_stops_instead_of_skipping_is_seen(
    monkeypatch: pytest.MonkeyPatch, shared_data: Path
) -> None:
    monkeypatch.setitem(votes.RULES, "greedy", _stops_at_the_first_too_dear)
    differing = 0
    for place in PLACES:
        vote, official = real_vote(shared_data, place)
        differing += set(vote_winners(*vote, rule="greedy")) != official
    assert differing >= 3


def test_shares_that_nobody_pays_for_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Winners of equal shares depend on paying: without it the count is another one."""
    monkeypatch.setattr(votes._Shares, "pay", lambda self, place, price: None)
    differing = 0
    for number in range(40):
        vote = made_vote(number)
        differing += vote_winners(*vote, rule="equal_shares") != independent_winners(
            vote, "equal_shares"
        )
    assert differing >= 5


@pytest.mark.parametrize("rule", votes.RULES)
def test_a_committee_follows_the_vote_it_held(rule: str) -> None:
    """What a run of the model applies for first is what the limit gives on that run's ballots."""
    scenario = Scenario().with_values({
        "policy.proposal.method": "vote", "policy.proposal.vote_rule": rule,
        "assumptions.hearing.submission_factor": 1.0, "assumptions.officials.flaw_share": 0.0,
        "run.warmup_years": 0, "run.years": 1, "world.residents": 1500,
    })
    model = LinkageModel(scenario, seed=4)
    while not model.approval.files:
        model.step()
    ballots = model.proposal.hearings[(0, 0)].ballots
    committee = model.committees[0]
    candidates = model.proposal._candidates(committee, 0)
    costs = {item.id: item.cost_yuan for item in candidates}
    approved = [
        [item.id for item in candidates if ballot >> item.category & 1] for ballot in ballots
    ]
    money = committee.ledgers[0].free
    wanted = vote_winners(costs, approved, money, rule)
    assert len(wanted) > 3
    assert [file.candidate.id for file in model.approval.files] == wanted
    assert len(CATEGORIES) == 8 and np.bitwise_or.reduce(ballots) > 0
    model.release()
