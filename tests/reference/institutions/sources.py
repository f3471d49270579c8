"""Six ways to hear what people need, each with a price and a blind spot of its own.

Source: model.md section 6.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable
from typing import Any

from linkage_sim.draws import Decision
from linkage_sim.scenario.fields import N_CATEGORIES
from linkage_sim.scenario.schema import Scenario
from tests.reference.institutions.listening import (
    NO_ERROR_KNOWN,
    Ground,
    Listening,
    standard_error,
    takes_part,
)
from tests.reference.institutions.papers import Evidence
from tests.reference.rounding import f32
from tests.reference.settling import FLOATING


def follow_directive(ground: Ground) -> Evidence:
    """Take the district's figures, with the current campaign made larger."""
    heard = list(ground.district_mean)
    heard[ground.campaign] *= 1.0 + ground.plan.assumptions.hearing.campaign_emphasis
    return Evidence(heard, list(NO_ERROR_KNOWN), {}, 0.0, 0.0, 0)


def ask_activists(ground: Ground) -> Evidence:
    """Ask persons drawn with replacement in proportion to voice; each reports own needs.

    Now and then one adds a wish, a category at random.
    """
    beliefs, draws = ground.plan.assumptions.hearing, ground.draws
    number, size = ground.plan.policy.proposal.activists, len(ground.residents)
    listening = Listening()
    running = []
    total = 0.0
    for person in ground.residents:
        total += person.voice
        running.append(total)
    asked = number if total > 0.0 else 0
    for turn in range(asked):
        lot = draws.uniform(Decision.ACTIVIST, ground.community, ground.week, turn) * total
        place = min(size - 1, bisect_left(running, lot))
        listening.note(ground.residents[place])
        address = (Decision.WISH, ground.community, ground.week)
        if draws.uniform(*address, 2 * turn) < beliefs.wish_rate:
            listening.heard[draws.below(*address, 2 * turn + 1, N_CATEGORIES)] += 1.0
    if asked:
        listening.scale(size / number)
    return Evidence(
        listening.heard, standard_error(listening.heard, size, asked), listening.known(),
        beliefs.activist_yuan * asked, beliefs.meeting_hours, asked,
    )


def count_complaints(ground: Ground) -> Evidence:
    """Count complaints as they came; loud persons and long needs weigh too much.

    Scaled by the calls that a person of mean voice makes in the whole window.
    """
    beliefs = ground.plan.assumptions.hearing
    window = float(ground.plan.policy.proposal.hotline_weeks)
    listening, calls = Listening(), 0
    for person in ground.residents:
        for need in person.active_needs:
            waited = min(window, max(0.0, ground.week - need.onset))
            chance = 1.0 - math.exp(-beliefs.hotline_rate * person.voice * waited)
            lot = ground.draws.uniform(
                Decision.HOTLINE, person.identity, ground.week, need.category
            )
            if lot < chance:
                listening.heard[need.category] += 1.0
                listening.told[need.category].add(person.row)
                calls += 1
    expected = 1.0 - math.exp(-beliefs.hotline_rate * window)
    if expected > 0.0:
        listening.heard = [persons / expected for persons in listening.heard]
    return Evidence(
        listening.heard, standard_error(listening.heard, len(ground.residents), calls),
        listening.known(), beliefs.hotline_yuan, 0.0, calls,
    )


def take_survey(ground: Ground) -> Evidence:
    """Ask a random sample of adults about their households, as many as hours and money allow."""
    beliefs, draws = ground.plan.assumptions.hearing, ground.draws
    wanted = ground.plan.policy.proposal.survey_sample
    if beliefs.survey_hours > 0.0:
        wanted = min(wanted, int(ground.hours / beliefs.survey_hours))
    if beliefs.survey_yuan > 0.0:
        wanted = min(wanted, int(ground.yuan / beliefs.survey_yuan))
    adults = [person for person in ground.residents if person.grown_up]
    adults.sort(
        key=lambda person: draws.uniform(Decision.SURVEY_RANK, person.identity, ground.week)
    )
    sample = adults[: max(0, wanted)]
    listening, respondents = Listening(), 0
    for person in sample:
        chance = takes_part(
            beliefs.survey_response, beliefs.response_trust, person.trust, 1.0
        )
        lot = draws.uniform(Decision.SURVEY_RESPONSE, person.identity, ground.week)
        if lot >= chance:
            continue
        respondents += 1
        for member in household_of(ground, person) if beliefs.household_report else [person]:
            listening.note(member)
    listening.scale(len(ground.residents) / max(1, listening.persons))
    return Evidence(
        listening.heard,
        standard_error(listening.heard, len(ground.residents), listening.persons),
        listening.known(), beliefs.survey_yuan * len(sample), beliefs.survey_hours * len(sample),
        respondents,
    )


def household_of(ground: Ground, person: Any) -> list[Any]:
    """Everybody who lives with a person, the person included."""
    return [other for other in ground.residents if other.household == person.household]


def hold_assembly(ground: Ground) -> Evidence:
    """Hear those who come; they also speak for needs seen among ties."""
    beliefs = ground.plan.assumptions.hearing
    listening, came = Listening(), 0
    for person in ground.residents:
        if not person.grown_up:
            continue
        chance = takes_part(
            beliefs.assembly_rate, beliefs.response_trust, person.trust, person.voice
        )
        lot = ground.draws.uniform(Decision.ASSEMBLY, person.identity, ground.week)
        if lot < chance:
            came += 1
            listening.note(person)
            for other in person.ties:
                listening.note(other)
    size = len(ground.residents)
    listening.scale(size / max(1, listening.persons))
    return Evidence(
        listening.heard, standard_error(listening.heard, size, listening.persons),
        listening.known(), beliefs.assembly_yuan, beliefs.meeting_hours, came,
    )


def hold_vote(ground: Ground) -> Evidence:
    """Let all entitled residents vote; the shares of approval also say something about need.

    A voter approves what anybody at home needs, and hands in no ballot where that is nothing.
    Floating residents have no vote. Ballots are secret: nobody learns who has which need.
    """
    beliefs, size = ground.plan.assumptions.hearing, len(ground.residents)
    ballots, came = [], 0
    for person in ground.residents:
        if not person.grown_up or person.status == FLOATING:
            continue
        chance = takes_part(
            beliefs.turnout_base, beliefs.response_trust, person.trust,
            f32(math.sqrt(person.voice)),
        )
        if ground.draws.uniform(Decision.VOTE_TURNOUT, person.identity, ground.week) >= chance:
            continue
        came += 1
        wanted = frozenset(
            need.category for member in household_of(ground, person)
            for need in member.active_needs
        )
        if wanted:
            ballots.append(wanted)
    # A voter speaks for a household, so approvals are counted per household.
    homes = len({person.household for person in ground.residents})
    households = size / (size / homes)
    heard = []
    for category in range(N_CATEGORIES):
        approvals = sum(1 for ballot in ballots if category in ballot)
        heard.append(approvals / max(1, came) * households)
    return Evidence(
        heard, standard_error(heard, size, came), {}, beliefs.vote_yuan * size,
        2.0 * beliefs.meeting_hours, came, ballots,
    )


WAYS: dict[str, Callable[[Ground], Evidence]] = {
    "directive": follow_directive, "activists": ask_activists, "hotline": count_complaints,
    "survey": take_survey, "assembly": hold_assembly, "vote": hold_vote,
}


def days_of(way: str, plan: Scenario) -> float:
    """Days from the call until a source has spoken."""
    beliefs = plan.assumptions.hearing
    return {
        "directive": 0.0, "hotline": 0.0, "activists": beliefs.activist_days,
        "survey": beliefs.survey_days, "assembly": beliefs.assembly_days,
        "vote": beliefs.vote_days,
    }[way]
