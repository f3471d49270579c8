"""Floating residents move away and newcomers take their homes."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from linkage_sim.compiled_draws import exponential, kernel, uniform
from linkage_sim.draws import Decision
from linkage_sim.kernels.counters import Count
from linkage_sim.kernels.needs import (
    WEEKS_PER_YEAR,
    close_episode,
    schedule,
)
from linkage_sim.kernels.opinion import Felt, clip
from linkage_sim.kernels.records import own_record
from linkage_sim.kernels.tables import GONE, HELD, LOST, Known, Needs, Place
from linkage_sim.kernels.volunteering import Joining, Members, next_moment
from linkage_sim.world.columns import IDENTITY_BITS, NO_VOLUNTEER, OWNER, VOLUNTEER

MOVE = int(Decision.MOVE)
LEFT = int(Count.LEFT)
ARRIVED = int(Count.ARRIVED)
CREDIT_LOST = int(Count.CREDIT_LOST)
DROPPED = int(Count.DROPPED)


class Newcomer(NamedTuple):
    """What somebody who has just moved in knows and feels."""

    aware: float  # probability to know the services
    expectation: float  # 0..1
    felt: float  # satisfaction where this expectation is just met, before personal taste
    trust: float  # 0..1


@kernel
def move_homes(
    place: Place,
    weeks: int,
    rate_per_week: float,
    newcomer: Newcomer,
    household: Any,
    status: Any,
    prevalence: Any,
    needs: Needs,
    known: Known,
    members: Members,
    feelings: Felt,
    joining: Joining,
    counts: Any,
) -> tuple[int, int]:
    """Let households of renters and floating residents leave; newcomers take their homes.

    A newcomer brings needs drawn anew, is on nobody's list, and has no history here: expectation
    and trust are the means of the community on that day, satisfaction is that of a person whose
    expectation is just met (plus the personal taste of the row), experience is unknown,
    they have seen no event. They are no volunteers, with full motivation, no hours,
    no credit and a clock of joining that starts now; a volunteer who moves away is counted as
    dropped out, and the credits as lost. Age, vulnerability, taste and ties stay with the row:
    homes of a kind are let to people of a kind. The row keeps the numbers of its clocks, so that
    newcomers under every policy meet the same chances.

    Parameters
    ----------
    place
        Rows of one community, and the week at whose start homes are looked at.
    weeks
        Weeks since homes were last looked at (the hazard acts over all of them).
    rate_per_week
        Hazard that a household of renters or floating residents leaves.
    prevalence : float64[groups, 8]
        Share of newcomers in need.
    counts : float64[years, counts]
        Table of this community.

    Returns
    -------
    tuple of int
        Residents replaced, and volunteers among those who left.
    """
    leaves = 1.0 - math.exp(-rate_per_week * weeks)
    moved = volunteers = 0
    drawn, goes = household[place.first] - 1, False
    for row in range(place.first, place.stop):
        if status[row] == OWNER:
            continue
        if household[row] != drawn:  # members stand side by side and leave together
            drawn = household[row]
            home = (place.community << IDENTITY_BITS) + drawn - household[place.first]
            goes = uniform(place.seed, MOVE, home, place.week, 0) < leaves
        if not goes:
            continue
        moved += 1
        _exchange_needs(place, row, prevalence, needs, counts)
        identity = (place.community << IDENTITY_BITS) + row - place.first
        known.committee[row] = 0
        known.workers[row] = 0
        known.volunteers[row] = 0
        knows = uniform(place.seed, MOVE, identity, place.week, 40) < newcomer.aware
        known.aware[row] = 1 if knows else 0
        known.arrived[row] = place.week
        feelings.expectation[row] = newcomer.expectation
        feelings.satisfaction[row] = clip(newcomer.felt + feelings.taste[row])
        feelings.lift[row] = 0.0
        feelings.shown[row] = -np.inf
        feelings.trust[row] = newcomer.trust
        volunteers += _exchange_helper(place, row, members, joining, counts)
    return moved, volunteers


@kernel
def vacate_places(
    place: Place, rows: Any, known: Known, projects: Any, places: Any
) -> None:
    """Take places from holders who have just moved away; who moves in has no claim to them.

    Parameters
    ----------
    place
        The community, and the week at whose start homes were looked at.
    rows : int64[projects of the community]
        Rows of contracts in delivery.
    """
    for row in rows:
        project = projects[row]
        for seat in places[project.place_first : project.place_stop]:
            held = seat.state == HELD or seat.state == LOST
            if held and known.arrived[seat.holder] == place.week:
                seat.state = GONE
                seat.holder = -1


@kernel
def _exchange_needs(
    place: Place, row: int, prevalence: Any, needs: Needs, counts: Any
) -> None:
    year = place.week // WEEKS_PER_YEAR
    identity = (place.community << IDENTITY_BITS) + row - place.first
    group, now = needs.group[row], float(place.week)
    for category in range(needs.changes.shape[1]):
        bit = np.uint8(1 << category)
        if needs.active[row] & bit != 0:
            close_episode(place, needs, row, category, now, counts)
            counts[year, LEFT] += 1.0
        level = uniform(place.seed, MOVE, identity, place.week, 1 + category)
        in_need = level < prevalence[group, category]
        rate = needs.recovery_rate[category]
        if in_need:
            needs.active[row] |= bit
            counts[year, ARRIVED] += 1.0
            # It began elsewhere: it lasts on, but is none of the needs begun here.
            lasted = exponential(place.seed, MOVE, identity, place.week, 20 + category)
            record = needs.records[own_record(place, needs, row)]
            record.onset[category] = -lasted / rate if rate > 0.0 else -1000.0
        else:
            needs.active[row] &= np.uint8(255 - (1 << category))
        needs.changes[row, category] += np.uint16(1)
        if needs.record[row] != 0:
            record = needs.records[needs.record[row]]
            record.cover[category] = -np.inf
            record.cover_bought[category] = -np.inf
        schedule(place, needs, row, category, now, in_need)
    needs.served[row] = 0


@kernel
def _exchange_helper(
    place: Place, row: int, members: Members, joining: Joining, counts: Any
) -> int:
    year = place.week // WEEKS_PER_YEAR
    helped = members.volunteer[row] == VOLUNTEER
    if helped:
        counts[year, DROPPED] += 1.0
        counts[year, CREDIT_LOST] += members.credit[row]
    members.volunteer[row] = NO_VOLUNTEER
    members.left_week[row] = -np.inf
    members.hours_used[row] = 0.0
    members.idle_weeks[row] = 0
    members.credit[row] = 0.0
    members.asked_by[row] = 0
    members.motivation[row] = 1.0
    if members.age_group[row] > 0:
        identity = (place.community << IDENTITY_BITS) + row - place.first
        number = members.changes[row] + 1
        members.changes[row] = number
        members.due[row] = next_moment(
            place.seed, identity, number, float(place.week), False, joining
        )
    return 1 if helped else 0
