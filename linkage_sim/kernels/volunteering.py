"""Joining, helping and leaving: volunteers as a state of residents.

Candidate moments come from unit-rate clocks at an upper bound of the hazard and are accepted in
proportion to the hazard at the start of that week (thinning, Lewis and Shedler 1979), so the
work is proportional to what happens and the chances are the same under every policy.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from linkage_sim.compiled_draws import below, exponential, kernel, uniform
from linkage_sim.draws import Decision
from linkage_sim.kernels.counters import Count
from linkage_sim.kernels.needs import WEEKS_PER_YEAR
from linkage_sim.kernels.tables import Place
from linkage_sim.world.columns import FORMER_VOLUNTEER, IDENTITY_BITS, VOLUNTEER

JOIN = int(Decision.VOLUNTEER_JOIN)
LEAVE = int(Decision.VOLUNTEER_LEAVE)
ASKED = int(Decision.VOLUNTEER_ASKED)
START = int(Decision.VOLUNTEER_START)
JOINED = int(Count.JOINED)
DROPPED = int(Count.DROPPED)
VOLUNTEER_WEEKS = int(Count.VOLUNTEER_WEEKS)
VOLUNTEER_HOURS = int(Count.VOLUNTEER_HOURS)
ASKED_COUNT = int(Count.ASKED)
CREDIT_ISSUED = int(Count.CREDIT_ISSUED)
CREDIT_LOST = int(Count.CREDIT_LOST)
CREDIT_REDEEMED = int(Count.CREDIT_REDEEMED)
WEEKS_PER_MONTH = 52.0 / 12.0


class Joining(NamedTuple):
    """Hazards of volunteering; per month unless said otherwise."""

    join: float
    asked: float
    contagion: float
    leave: float
    idle_effect: float
    formal_effect: float
    trust_effect: float  # exponent
    gain: float  # factor on joining, and divisor on leaving, from a time bank


class Members(NamedTuple):
    """Columns of volunteering."""

    age_group: Any
    tie_start: Any
    tie_to: Any
    trust: Any
    volunteer: Any
    due: Any
    changes: Any
    left_week: Any
    hours_used: Any
    idle_weeks: Any
    credit: Any
    asked_by: Any
    motivation: Any


@kernel
def join_bound(joining: Joining) -> float:
    """Highest possible hazard of joining unasked, per week."""
    return (joining.join + joining.contagion) * joining.gain / WEEKS_PER_MONTH


@kernel
def leave_bound(joining: Joining) -> float:
    """Highest possible hazard of leaving, per week."""
    most = 1.0 + joining.idle_effect + joining.formal_effect
    # A gain above 1 only lowers the hazard; one below 1 raises it.
    return joining.leave * most / WEEKS_PER_MONTH / min(1.0, joining.gain)


@kernel
def next_moment(
    seed: int, identity: int, number: int, now: float, active: bool, joining: Joining
) -> float:
    """Find the next moment at which this resident might join or leave."""
    bound = leave_bound(joining) if active else join_bound(joining)
    if bound <= 0.0:
        return np.inf
    return now + exponential(seed, LEAVE if active else JOIN, identity, number, 0) / bound


@kernel
def start_volunteers(
    place: Place, share: float, joining: Joining, members: Members
) -> int:
    """Draw who volunteers at the start among residents of 15 and older; returns how many."""
    count = 0
    for row in range(place.first, place.stop):
        if members.age_group[row] == 0:
            continue
        identity = (place.community << IDENTITY_BITS) + row - place.first
        active = uniform(place.seed, START, identity, 0, 0) < share
        if active:
            members.volunteer[row] = VOLUNTEER
            count += 1
        members.due[row] = next_moment(place.seed, identity, 0, 0.0, active, joining)
    return count


@kernel
def advance_volunteers(
    place: Place,
    idle: float,
    formal: float,
    joining: Joining,
    members: Members,
    counts: Any,
) -> None:
    """Let residents join or leave this week.

    Parameters
    ----------
    idle, formal
        Share of offered hours without a task, and share of tasks that are show or paper, 0..1.
    """
    end = np.float32(place.week + 1)
    year = place.week // WEEKS_PER_YEAR
    # Written at every step and kept only where due: without a branch, a look at everybody is cheap.
    rung = np.empty(place.stop - place.first + 1, np.int32)
    count = 0
    for row in range(place.first, place.stop):
        rung[count] = row
        count += members.due[row] < end
    if count == 0:
        return
    # Rates read who volunteered at the start of the week.
    before = members.volunteer[place.first : place.stop].copy()
    for row in rung[:count]:
        identity = (place.community << IDENTITY_BITS) + row - place.first
        while members.due[row] < end:
            number = members.changes[row]
            active = members.volunteer[row] == VOLUNTEER
            now = float(members.due[row])
            if active:
                strain = 1.0 + joining.idle_effect * idle + joining.formal_effect * formal
                hazard = joining.leave * strain / WEEKS_PER_MONTH / joining.gain
                bound = leave_bound(joining)
            else:
                around = _share_before(row, members, before)
                hazard = (joining.join + joining.contagion * around) / WEEKS_PER_MONTH
                hazard *= joining.gain * members.trust[row] ** joining.trust_effect
                bound = join_bound(joining)
            decision = LEAVE if active else JOIN
            if uniform(place.seed, decision, identity, number, 1) < hazard / bound:
                if active:
                    _leave(row, now, members, counts, year)
                else:
                    _join(row, 0, members, counts, year)
                active = not active
            members.changes[row] = number + 1
            members.due[row] = next_moment(
                place.seed, identity, number + 1, now, active, joining
            )


@kernel
def _share_before(row: int, members: Members, before: Any) -> float:
    begin, end = members.tie_start[row], members.tie_start[row + 1]
    if end == begin:
        return 0.0
    count = 0
    for place in range(begin, end):
        if before[members.tie_to[place]] == VOLUNTEER:
            count += 1
    return count / (end - begin)


@kernel
def _join(row: int, asked_by: int, members: Members, counts: Any, year: int) -> None:
    members.volunteer[row] = VOLUNTEER
    members.asked_by[row] = asked_by
    members.idle_weeks[row] = 0
    counts[year, JOINED] += 1.0


@kernel
def _leave(row: int, now: float, members: Members, counts: Any, year: int) -> None:
    members.volunteer[row] = FORMER_VOLUNTEER
    members.left_week[row] = now
    counts[year, CREDIT_LOST] += members.credit[row]
    members.credit[row] = 0.0
    counts[year, DROPPED] += 1.0


@kernel
def ask(
    place: Place, asks: int, asked_by: int, joining: Joining, members: Members, counts: Any
) -> int:
    """Ask some residents to volunteer; each who is asked weighs it for a month. Returns joiners."""
    year = place.week // WEEKS_PER_YEAR
    size = place.stop - place.first
    joined = 0
    for number in range(asks):
        part = 2 * number + 100_000 * asked_by
        row = place.first + below(place.seed, ASKED, place.community, place.week, part, size)
        if members.age_group[row] == 0 or members.volunteer[row] == VOLUNTEER:
            continue
        counts[year, ASKED_COUNT] += 1.0
        hazard = joining.asked * joining.gain * members.trust[row] ** joining.trust_effect
        identity = (place.community << IDENTITY_BITS) + row - place.first
        if uniform(place.seed, ASKED, identity, place.week, 1) < 1.0 - math.exp(-hazard):
            _join(row, asked_by, members, counts, year)
            joined += 1
            number_now = members.changes[row] + 1
            members.changes[row] = number_now
            members.due[row] = next_moment(
                place.seed, identity, number_now, float(place.week + 1), True, joining
            )
    return joined


@kernel
def book_hours(
    place: Place, hours_offered: float, used_share: float, credits: bool, redeem_share: float,
    default_share: float, members: Members, counts: Any,
) -> int:
    """Write this week's hours into every volunteer's record; returns the volunteers.

    With `credits` an hour used earns a credit; part of the credits is redeemed or lost each week.
    """
    year = place.week // WEEKS_PER_YEAR
    active = 0
    for row in range(place.first, place.stop):
        if members.volunteer[row] != VOLUNTEER:
            continue
        active += 1
        used = hours_offered * used_share
        members.hours_used[row] += np.float32(used)
        if used_share > 0.0:
            members.idle_weeks[row] = 0
        else:
            members.idle_weeks[row] += np.uint16(1)
        members.motivation[row] = 0.95 * members.motivation[row] + 0.05 * used_share
        if credits:
            counts[year, CREDIT_ISSUED] += used
            had = members.credit[row] + used
            redeemed = redeem_share * had
            lost = default_share * had
            counts[year, CREDIT_REDEEMED] += redeemed
            counts[year, CREDIT_LOST] += lost
            members.credit[row] = had - redeemed - lost
    counts[year, VOLUNTEER_WEEKS] += active
    counts[year, VOLUNTEER_HOURS] += active * hours_offered * used_share
    return active


@kernel
def count_volunteers(week: float, first: int, stop: int, members: Members) -> tuple[int, int, int]:
    """Count volunteers now, those active within 13 weeks, and residents of 15 and older."""
    now = recent = grown_up = 0
    for row in range(first, stop):
        if members.age_group[row] == 0:
            continue
        grown_up += 1
        if members.volunteer[row] == VOLUNTEER:
            now += 1
            recent += 1
        elif members.volunteer[row] == FORMER_VOLUNTEER and week - members.left_week[row] <= 13.0:
            recent += 1
    return now, recent, grown_up
