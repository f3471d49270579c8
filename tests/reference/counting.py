"""Counting: weeks of need, covered or not, and how well funded places match needs.

Source: model.md section 11, need_coverage, unmet_need_weeks, coverage_gap, demand_match.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from linkage_sim.draws import Decision
from linkage_sim.scenario.fields import N_CATEGORIES
from tests.reference.rates import WEEKS_PER_YEAR
from tests.reference.rounding import clip, f32
from tests.reference.seats import HELD, LOST, OPEN
from tests.reference.services import DAYS

if TYPE_CHECKING:
    from tests.reference.community import Community

MOST_VULNERABLE = 4


def count_needs(community: Community, week: int) -> None:
    """Count persons in need and book a week of need, covered or not, as the week begins.

    Fills `in_need` and `known_in_need` of the community: persons in need by category, and those
    of them whom providers can reach.
    """
    severity = community.rates.severity
    in_need, known = [0.0] * N_CATEGORIES, [0.0] * N_CATEGORIES
    booked = dict.fromkeys(
        ("need_weeks", "uncovered_weeks", "severity_weeks", "covered_severity",
         "bought_severity", "top_severity_weeks", "top_covered_severity"), 0.0,
    )
    for person in community.residents:
        for need in person.active_needs:
            category = need.category
            in_need[category] += 1.0
            if person.aware or category in person.known_to["workers"]:
                known[category] += 1.0
            weight = severity[category]
            covered = clip(need.cover - week)
            booked["need_weeks"] += 1.0
            booked["uncovered_weeks"] += 1.0 - covered
            booked["severity_weeks"] += weight
            booked["covered_severity"] += weight * covered
            booked["bought_severity"] += weight * clip(need.cover_bought - week)
            if person.fifth == MOST_VULNERABLE:
                booked["top_severity_weeks"] += weight
                booked["top_covered_severity"] += weight * covered
    year = community.tally.year_of(week)
    for name, amount in booked.items():
        year[name] += amount
    year["resident_weeks"] += len(community.residents)
    community.in_need, community.known_in_need = in_need, known
    sums = community.need_sums[week // WEEKS_PER_YEAR]
    for category in range(N_CATEGORIES):
        sums[category] += in_need[category] * severity[category]


def persons_in_need(community: Community) -> list[float]:
    """Persons in need at this moment, by category."""
    in_need = [0.0] * N_CATEGORIES
    for person in community.residents:
        for need in person.active_needs:
            in_need[need.category] += 1.0
    return in_need


def match_now(community: Community, week: int) -> tuple[float, float]:
    """Compare what funded places offer with what people need, at this moment.

    Of each category the smaller of two shares counts: its share of places that still reach their
    need, and its share of severity-weighted need. A held place reaches its need while the holder
    has it; an open one while anybody has it.

    Returns
    -------
    (float, float)
        Places in delivery, weighted by their part of the week; the match, 0..1.
    """
    in_need = persons_in_need(community)
    held = [0.0] * N_CATEGORIES
    total = 0.0
    for contract in community.contracts:
        begin, end = contract.share_of_week(week)
        if end <= begin:
            continue
        share = (end - begin) / DAYS
        category = contract.signed.category
        for seat in contract.seats:
            total += share
            if seat.state in (HELD, LOST):
                if seat.holder.needs[category].active:
                    held[category] += share
            elif seat.state == OPEN and in_need[category] > 0.0:
                held[category] += share
    severity = community.rates.severity
    need = 0.0
    for category in range(N_CATEGORIES):
        need += in_need[category] * severity[category]
    if total <= 0.0 or need <= 0.0:
        return total, 0.0
    match = 0.0
    for category in range(N_CATEGORIES):
        match += min(held[category] / total, in_need[category] * severity[category] / need)
    return total, match


def book_match(community: Community, week: int, start: tuple[float, float]) -> None:
    """Add the match of a week, mean of its start and end, weighted by places."""
    end = match_now(community, week)
    year = community.tally.year_of(week)
    weight = (start[0] + end[0]) / 2.0
    year["match_weight"] += weight
    year["match_sum"] += weight * (start[1] + end[1]) / 2.0


def consult(community: Community, week: int) -> tuple[int, int]:
    """Hold the standard yearly consultation: (took part, residents of 15 and older).

    Taking part rises with the root of voice and with trust around 0.5.
    """
    hearing = community.plan.assumptions.hearing
    part = grown_up = 0
    for person in community.residents:
        if person.grown_up:
            grown_up += 1
            voice = f32(math.sqrt(person.voice))
            trusting = 1.0 + hearing.response_trust * (person.trust - 0.5)
            chance = clip(hearing.turnout_base * voice * trusting)
            if community.draws.uniform(Decision.CONSULTATION, person.identity, week) < chance:
                part += 1
    return part, grown_up
