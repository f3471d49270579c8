"""Where the fast engine decides: hearing, choosing, approving.

`engine_points_later` lists tender, effort, staff, money and evaluation.
"""

from __future__ import annotations

from typing import Any

from linkage_sim.agents.authority import ApprovalAuthority
from linkage_sim.agents.committee import CommunityCommittee
from linkage_sim.stages.approval.desks import DeskQueue
from linkage_sim.stages.approval.stage import ApprovalStage
from linkage_sim.stages.implementation.stage import ImplementationStage
from linkage_sim.stages.proposal import sources
from linkage_sim.stages.proposal import stage as proposal
from linkage_sim.stages.proposal.stage import ProposalStage
from tests.reference.engine_decisions import Point
from tests.reference.engine_institutions import plain_numbers
from tests.reference.engine_twins import (
    IDENTITY_BITS,
    ballots_of,
    file_of,
    ground_of,
    hearing_of,
    idea_of,
    local,
    residents_of,
)


def _way(name: str) -> Point:
    def before(model: Any, source: Any, ground: Any) -> dict[str, Any]:
        return {"way": name, **ground_of(model, ground)}

    def after(model: Any, source: Any, evidence: Any, ground: Any) -> Any:
        community = int(ground.place.community)
        known = {category: local(model, community, rows)
                 for category, rows in evidence.known.items()}
        return (plain_numbers(evidence.heard), plain_numbers(evidence.error), known,
                float(evidence.yuan), float(evidence.hours), int(evidence.asked),
                ballots_of(evidence.ballots))

    return Point(f"heard by {name}", getattr(sources, name.capitalize()), "estimate", before,
                 after)


def _committee(model: Any, committee: Any) -> dict[str, Any]:
    return {"number": committee.community, "hours_left": float(committee.hours_left),
            "last_shares": plain_numbers(committee.last_shares)}


def _names(ideas: Any) -> list[str]:
    return [idea.id for idea in ideas]


def _holders_given(
    model: Any, committee: Any, idea: Any, told: Any, listed: Any, in_need: Any, places: int,
    share: float,
) -> dict[str, Any]:
    community = committee.community
    return {**_committee(model, committee), "idea": idea_of(idea), "places": places,
            "told": local(model, community, told), "listed": local(model, community, listed),
            "in need": local(model, community, in_need), "base": community << IDENTITY_BITS}


def _one_design_given(model: Any, _: Any, heard: Any, members: Any, own: Any, people: Any) -> Any:
    return {
        "heard": [hearing_of(model, other.community, hearing)
                  for other, hearing in zip(members, heard, strict=True)],
        "sizes": [float(people.rows(item.community).stop - people.rows(item.community).start)
                  for item in members],
        "own": members.index(own),
    }


HEARING = [
    *(_way(name) for name in
      ("directive", "activists", "hotline", "survey", "assembly", "vote")),
    Point("evidence put together", CommunityCommittee, "listen",
          lambda model, own, ground, weights, day: {
              **_committee(model, own), **ground_of(model, ground)},
          lambda model, own, hearing, *_: hearing_of(model, own.community, hearing)),
    Point("one design for a bundle", proposal, "_one_design", _one_design_given,
          lambda model, _, hearing, heard, members, own, people:
              hearing_of(model, own.community, hearing)),
    Point("campaign", ProposalStage, "campaign",
          lambda model, own, community, year: {"community": community, "year": year},
          lambda model, own, category, *_: category),
]
CHOOSING = [
    Point("shrunk estimate", CommunityCommittee, "believe",
          lambda model, own, hearing, priorities, beliefs: {
              **_committee(model, own), "campaign": int(priorities.argmax()),
              "hearing": hearing_of(model, own.community, hearing)},
          lambda model, own, believed, *_: plain_numbers(believed)),
    Point("portfolio", CommunityCommittee, "choose_portfolio",
          lambda model, own, ideas, believed, severity, places, money, scale: {
              **_committee(model, own), "ideas": [idea_of(idea) for idea in ideas],
              "believed": plain_numbers(believed), "severity": plain_numbers(severity),
              "places": plain_numbers(places), "money": float(money), "scale": float(scale)},
          lambda model, own, chosen, *_: _names(chosen)),
    Point("vote", CommunityCommittee, "follow_vote",
          lambda model, own, ideas, ballots, money, reserve, rule: {
              **_committee(model, own), "ideas": [idea_of(idea) for idea in ideas],
              "ballots": ballots_of(ballots), "money": float(money), "reserve": float(reserve)},
          lambda model, own, chosen, *_: _names(chosen)),
    Point("ideas on the table", ProposalStage, "_candidates",
          lambda model, own, committee, year: {"community": committee.community, "year": year},
          lambda model, own, ideas, committee, year:
              [idea_of(idea) for idea in ideas if idea.year == year]),
    Point("promise", ImplementationStage, "promise",
          lambda model, own, idea: {"idea": idea_of(idea)},
          lambda model, own, promised, idea: promised),
    Point("choice under the money", ProposalStage, "_choose",
          lambda model, own, committee, hearing, ideas, ledger, year: {
              **_committee(model, committee), "year": year, "free": float(ledger.free),
              "hearing": hearing_of(model, committee.community, hearing),
              "ideas": [idea_of(idea) for idea in ideas]},
          lambda model, own, chosen, *_: _names(chosen)),
    Point("named holders", CommunityCommittee, "name_holders", _holders_given,
          lambda model, own, rows, *_: local(model, own.community, rows)),
    Point("file", ProposalStage, "_file",
          lambda model, own, committee, hearing, present, idea, year, now: {
              **_committee(model, committee), "year": year, "now": now, "idea": idea_of(idea),
              "hearing": hearing_of(model, committee.community, hearing),
              "residents": residents_of(model, committee.community)},
          lambda model, own, file, *_: file_of(model, file)),
]


def _queue(queue: Any) -> dict[str, Any]:
    return {"desk": queue.desk, "number": queue.number}


APPROVING = [
    Point("days at a desk", DeskQueue, "service_days",
          lambda model, own, identity, visit: {
              **_queue(own), "identity": identity, "visit": visit},
          lambda model, own, days, *_: float(days)),
    Point("return", DeskQueue, "returns",
          lambda model, own, identity, visit, factor=1.0: {
              **_queue(own), "identity": identity, "visit": visit, "factor": factor},
          lambda model, own, back, *_: back),
    Point("ranking", ApprovalAuthority, "rank",
          lambda model, own, files, policy: {"files": [file_of(model, file) for file in files]},
          lambda model, own, ranked, *_: [(file.id, file.rank_score) for file in ranked]),
    Point("quality and returns", ApprovalAuthority, "return_factor_at",
          lambda model, own, quality: {"quality": float(quality)},
          lambda model, own, factor, *_: factor),
    Point("flaw", ApprovalAuthority, "finds_flaw",
          lambda model, own, file, number: {
              "file": file_of(model, file), "number": number, "scandals": own.scandals},
          lambda model, own, found, *_: found),
    Point("fear of blame", ApprovalAuthority, "extra_checks",
          lambda model, own: {"scandals": own.scandals},
          lambda model, own, checks: checks),
    Point("opening of the budget", ApprovalStage, "money_day",
          lambda model, own, year: {"year": year},
          lambda model, own, day, year: float(day)),
]
POINTS = [*HEARING, *CHOOSING, *APPROVING]


def _binding(model: Any, own: Any, file: Any) -> dict[str, Any] | None:
    if file.approved:
        return None  # its money is bound already, and nobody asks what is free
    return {"key": (file.id, file.year), "free": float(own._ledger(file).free)}


# What the network of desks as a whole receives and gives.
DESKS = [
    Point("submitted", ApprovalStage, "submit",
          lambda model, own, files: {
              "day": float(model.timeline.day), "files": [file_of(model, item) for item in files]},
          lambda *_: None),
    Point("free money", ApprovalStage, "_bind", _binding, lambda *_: None),
    Point("scandals", ApprovalStage, "add_checks",
          lambda model, own, community, fear: {
              "told": (float(model.timeline.day), community, float(fear))},
          lambda *_: None),
    Point("decided", ApprovalStage, "_decide",
          lambda model, own, file, approved, reason: {"key": (file.id, file.year)},
          lambda model, own, _, file, approved, reason: (
              float(model.timeline.day), approved, reason, file.visits, file.returns,
              float(file.officer_yuan))),
]
