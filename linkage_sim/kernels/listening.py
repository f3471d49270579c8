"""Hearing people: what a directive, activists, callers, a sample, an assembly and voters say.

Each kernel fills `heard` (float64[8]): persons in need per category as this source would report
them for the whole community, and `told` (uint8[residents]): whose need became known by it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from linkage_sim.compiled_draws import below, kernel, uniform
from linkage_sim.draws import Decision
from linkage_sim.kernels.tables import Needs, Place
from linkage_sim.world.columns import FLOATING, IDENTITY_BITS

ACTIVIST = int(Decision.ACTIVIST)
WISH = int(Decision.WISH)
SURVEY_RANK = int(Decision.SURVEY_RANK)
SURVEY_RESPONSE = int(Decision.SURVEY_RESPONSE)
ASSEMBLY = int(Decision.ASSEMBLY)
HOTLINE = int(Decision.HOTLINE)
TURNOUT = int(Decision.VOTE_TURNOUT)
CONSULTATION = int(Decision.CONSULTATION)


@kernel
def response(base: float, slope: float, trust: float, voice: float) -> float:
    """Chance to take part: rises with trust around 0.5 and with voice, never above 1."""
    return min(1.0, max(0.0, base * voice * (1.0 + slope * (trust - 0.5))))


@kernel
def ask_activists(
    place: Place, number: int, wish_rate: float, voice: Any, active: Any, heard: Any, told: Any
) -> int:
    """Ask residents drawn with replacement in proportion to voice; each reports own needs.

    Now and then one adds a wish, a category at random. Returns how many were asked.
    """
    size = place.stop - place.first
    running = np.empty(size, dtype=np.float64)
    total = 0.0
    for index in range(size):
        total += voice[place.first + index]
        running[index] = total
    if total <= 0.0:
        return 0
    for turn in range(number):
        lot = uniform(place.seed, ACTIVIST, place.community, place.week, turn) * total
        row = place.first + min(size - 1, np.searchsorted(running, lot))
        bits = active[row]
        told[row] |= bits
        for category in range(len(heard)):
            if (bits >> category) & 1 == 1:
                heard[category] += 1.0
        if uniform(place.seed, WISH, place.community, place.week, 2 * turn) < wish_rate:
            wish = below(place.seed, WISH, place.community, place.week, 2 * turn + 1, len(heard))
            heard[wish] += 1.0
    for category in range(len(heard)):
        heard[category] *= size / number
    return number


@kernel
def take_calls(
    place: Place, weeks: float, rate: float, voice: Any, needs: Needs, heard: Any, told: Any,
) -> int:
    """Count complaints as they came over the last weeks; fresh, but self-selected. Returns calls.

    Scaled by the calls that a person of mean voice would make in the whole window.
    """
    calls = 0
    now = float(place.week)
    expected = 1.0 - math.exp(-rate * weeks)
    for row in range(place.first, place.stop):
        bits = needs.active[row]
        if bits == 0:
            continue
        identity = (place.community << IDENTITY_BITS) + row - place.first
        for category in range(len(heard)):
            if (bits >> category) & 1 == 0:
                continue
            since = needs.records[needs.record[row]].onset[category]
            open_weeks = min(weeks, max(0.0, now - since))
            chance = 1.0 - math.exp(-rate * voice[row] * open_weeks)
            if uniform(place.seed, HOTLINE, identity, place.week, category) < chance:
                heard[category] += 1.0
                told[row] |= np.uint8(1 << category)
                calls += 1
    if expected > 0.0:
        for category in range(len(heard)):
            heard[category] /= expected
    return calls


@kernel
def report_household(
    row: int, first: int, stop: int, household: Any, active: Any, told: Any, heard: Any,
    whole_household: bool,
) -> int:
    """Let one adult report; returns the persons spoken for."""
    if not whole_household:
        told[row] |= active[row]
        for category in range(len(heard)):
            if (active[row] >> category) & 1 == 1:
                heard[category] += 1.0
        return 1
    begin = row
    while begin > first and household[begin - 1] == household[row]:
        begin -= 1
    persons = 0
    member = begin
    while member < stop and household[member] == household[row]:
        told[member] |= active[member]
        for category in range(len(heard)):
            if (active[member] >> category) & 1 == 1:
                heard[category] += 1.0
        persons += 1
        member += 1
    return persons


@kernel
def survey_ranks(place: Place, age_group: Any, ranks: Any) -> int:
    """Give every adult a place in the random order of the survey; children come last.

    A larger sample asks the same people and more. Returns the number of adults.
    """
    adults = 0
    for row in range(place.first, place.stop):
        identity = (place.community << IDENTITY_BITS) + row - place.first
        if age_group[row] == 0:
            ranks[row - place.first] = 2.0
            continue
        adults += 1
        ranks[row - place.first] = uniform(
            place.seed, SURVEY_RANK, identity, place.week, 0
        )
    return adults


@kernel
def take_survey(
    place: Place, chosen: Any, base: float, slope: float, whole_household: bool, household: Any,
    trust: Any, active: Any, heard: Any, told: Any,
) -> tuple[int, int]:
    """Interview a sample; returns (respondents, persons they spoke for).

    Parameters
    ----------
    chosen : int64[sample]
        Rows drawn at random without replacement.
    base, slope
        Response at trust 0.5 and its rise with trust.
    """
    respondents = 0
    persons = 0
    for row in chosen:
        identity = (place.community << IDENTITY_BITS) + row - place.first
        chance = response(base, slope, trust[row], 1.0)
        if uniform(place.seed, SURVEY_RESPONSE, identity, place.week, 0) >= chance:
            continue
        respondents += 1
        persons += report_household(
            row, place.first, place.stop, household, active, told, heard, whole_household
        )
    for category in range(len(heard)):
        heard[category] *= (place.stop - place.first) / max(1, persons)
    return respondents, persons


@kernel
def hold_assembly(
    place: Place, base: float, slope: float, age_group: Any, voice: Any, trust: Any,
    household: Any, tie_start: Any, tie_to: Any, active: Any, heard: Any, told: Any,
) -> tuple[int, int]:
    """Hear those who come, who also speak for needs seen among ties; returns (came, spoken for)."""
    came = 0
    persons = 0
    for row in range(place.first, place.stop):
        if age_group[row] == 0:
            continue
        identity = (place.community << IDENTITY_BITS) + row - place.first
        chance = response(base, slope, trust[row], voice[row])
        if uniform(place.seed, ASSEMBLY, identity, place.week, 0) >= chance:
            continue
        came += 1
        persons += report_household(
            row, place.first, place.stop, household, active, told, heard, False
        )
        for index in range(tie_start[row], tie_start[row + 1]):
            persons += report_household(
                place.first + tie_to[index], place.first, place.stop, household, active, told,
                heard, False
            )
    for category in range(len(heard)):
        heard[category] *= (place.stop - place.first) / max(1, persons)
    return came, persons


@kernel
def cast_ballots(
    place: Place, base: float, slope: float, age_group: Any, status: Any, voice: Any, trust: Any,
    household: Any, active: Any, ballots: Any,
) -> tuple[int, int]:
    """Let all entitled residents vote; fills ballots (uint8[voters], categories approved).

    A voter approves a candidate when somebody in the household has a need in its category; who
    has nothing to approve comes, is counted, and hands in no ballot. Floating residents lack a
    vote. Returns (residents who came, ballots handed in).
    """
    came = voters = 0
    for row in range(place.first, place.stop):
        if age_group[row] == 0 or status[row] == FLOATING:
            continue
        identity = (place.community << IDENTITY_BITS) + row - place.first
        chance = response(base, slope, trust[row], math.sqrt(voice[row]))
        if uniform(place.seed, TURNOUT, identity, place.week, 0) >= chance:
            continue
        bits = np.uint8(0)
        member = row
        while member > place.first and household[member - 1] == household[row]:
            member -= 1
        while member < place.stop and household[member] == household[row]:
            bits |= active[member]
            member += 1
        came += 1
        if bits != 0:
            ballots[voters] = bits
            voters += 1
    return came, voters


@kernel
def consult(
    place: Place, base: float, slope: float, age_group: Any, voice: Any, trust: Any
) -> tuple[int, int]:
    """Hold the standard yearly consultation; returns (took part, residents of 15 and older)."""
    part = 0
    grown_up = 0
    for row in range(place.first, place.stop):
        if age_group[row] == 0:
            continue
        grown_up += 1
        identity = (place.community << IDENTITY_BITS) + row - place.first
        chance = response(base, slope, trust[row], math.sqrt(voice[row]))
        if uniform(place.seed, CONSULTATION, identity, place.week, 0) < chance:
            part += 1
    return part, grown_up


@kernel
def mean_needs(prevalence: Any, members: Any, expected: Any) -> None:
    """Fill persons in need that a place of average demand would have: float64[8]."""
    for category in range(len(expected)):
        expected[category] = 0.0
        for group in range(len(members)):
            expected[category] += members[group] * prevalence[group, category]
