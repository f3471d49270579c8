"""How hours become contacts, places and events, and how contacts meet needs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from linkage_sim.compiled_draws import below, kernel, uniform
from linkage_sim.draws import Decision
from linkage_sim.kernels.contacts import find_known, is_known, meet, record
from linkage_sim.kernels.counters import Count
from linkage_sim.kernels.needs import WEEKS_PER_YEAR
from linkage_sim.kernels.records import QUARTER_WEEKS
from linkage_sim.kernels.tables import (
    ATTENDED,
    CONTACT,
    CONTACT_ENDED,
    GONE,
    HELD,
    LOST,
    OPEN,
    Known,
    Log,
    Needs,
    Place,
    Places,
    Practice,
    Projects,
)

SEARCH_SUCCESS = int(Decision.SEARCH_SUCCESS)
ATTENDANCE = int(Decision.EVENT_ATTENDANCE)
EVENTS = int(Count.EVENTS)
HEADS = int(Count.HEADS)
CONTACTS_BOUGHT = int(Count.CONTACTS_BOUGHT)
ENDED_BY_PURCHASE = int(Count.ENDED_BY_PURCHASE)
ENDED_SEVERITY_PURCHASE = int(Count.ENDED_SEVERITY_PURCHASE)
SHOW_HOURS = int(Count.SHOW_HOURS)
SUBSTANCE_HOURS = int(Count.SUBSTANCE_HOURS)
SEARCHES = int(Count.SEARCHES)
SEARCHES_FAILED = int(Count.SEARCHES_FAILED)
DAYS = 7.0


@kernel
def deliver(
    place: Place,
    rows: Any,
    volunteer_hours: float,
    hours_factor: float,
    known_count: Any,
    needs: Needs,
    known: Known,
    projects: Projects,
    places: Places,
    practice: Practice,
    voice: Any,
    lift: Any,
    shown: Any,
    log: Log,
    counts: Any,
) -> float:
    """Carry out one week of all contracts of a community; returns the volunteer hours used.

    Parameters
    ----------
    rows : int64[projects of the community]
        Rows of contracts in delivery, in order of their identity.
    volunteer_hours
        Hours offered this week; shared evenly, used as far as workers can coordinate them.
    hours_factor
        Share of contract hours left by campaigns handed down.
    known_count : float64[8]
        Persons in need who are known, by category, at the start of the week.
    lift, shown : float32[residents]
        Publicity gathered; until which week an event attended is remembered.
    counts : float64[years, counts]
        Table of this community.
    """
    year = place.week // WEEKS_PER_YEAR
    used_hours = 0.0
    offered = volunteer_hours / max(1, len(rows))
    for project in rows:
        begin = max(projects.start_day[project], DAYS * place.week)
        end = min(projects.end_day[project], DAYS * (place.week + 1))
        if end <= begin:
            continue
        hours = projects.hours[project] * (end - begin) / DAYS * hours_factor
        substance = hours * projects.substance[project]
        showcase = hours * projects.showcase[project]
        coordinating = min(
            practice.coordination_share * substance,
            offered / practice.coordination if practice.coordination > 0.0 else 0.0,
        )
        helped = coordinating * practice.coordination
        used_hours += helped
        projects.worked_hours[project] += hours
        projects.substance_hours[project] += substance
        projects.showcase_hours[project] += showcase
        projects.document_hours[project] += hours * projects.documents[project]
        projects.volunteer_hours[project] += helped
        counts[year, SUBSTANCE_HOURS] += substance
        counts[year, SHOW_HOURS] += showcase
        middle = (begin + end) / 2.0 - projects.start_day[project]
        mature = 1.0
        if practice.ramp_weeks > 0.0:
            mature = 1.0 - math.exp(-middle / DAYS / practice.ramp_weeks)
        effective = substance - coordinating + helped * practice.productivity
        if practice.rescreen_hours > 0.0:
            effective -= _rescreen(project, effective, projects, places, practice)
        _visit(
            place, project, effective * mature, known_count, needs, known, projects, places,
            practice, log, counts,
        )
        _show(
            place, project, showcase, projects, practice, known, voice, lift, shown, log, counts
        )
    return used_hours


@kernel
def _rescreen(
    project: int, hours: float, projects: Projects, places: Places, practice: Practice
) -> float:
    # A place whose holder moved away or no longer has the need is opened, at its price in hours.
    spent = 0.0
    for seat in range(projects.place_first[project], projects.place_stop[project]):
        vacant = places.state[seat] == LOST or places.state[seat] == GONE
        if vacant and spent + practice.rescreen_hours <= hours:
            spent += practice.rescreen_hours
            places.state[seat] = OPEN
            places.holder[seat] = -1
            places.left[seat] = practice.contacts_per_place
            projects.screened[project] += 1.0
    return spent


@kernel
def _visit(
    place: Place,
    project: int,
    hours: float,
    known_count: Any,
    needs: Needs,
    known: Known,
    projects: Projects,
    places: Places,
    practice: Practice,
    log: Log,
    counts: Any,
) -> None:
    category = projects.category[project]
    price = practice.hours_per_contact * projects.hours_factor[project]
    amount = hours * projects.skill[project] / price
    projects.carry[project] += amount
    projects.free_carry[project] += amount * projects.autonomy[project]
    first, stop = projects.place_first[project], projects.place_stop[project]
    visits = min(int(projects.carry[project]), stop - first)
    # Hours that no place can take are lost, not saved up: a week cannot be delivered twice.
    projects.carry[project] -= int(projects.carry[project])
    # A series once begun goes on when its last contact no longer covers; then named holders
    # get their first, then open places.
    visits = _hold(
        place, project, first, stop, visits, True, needs, known, projects, places, practice, log,
        counts,
    )
    visits = _hold(
        place, project, first, stop, visits, False, needs, known, projects, places, practice, log,
        counts,
    )
    reach = known_count[category]
    chance = reach / (reach + practice.search_half) if reach > 0.0 else 0.0
    seat = first
    while visits > 0 and seat < stop:
        if places.state[seat] == OPEN:
            visits -= 1
            _search(
                place, project, seat, chance, needs, known, projects, places, practice, log, counts
            )
        seat += 1
    # What is left found no place: an organization that may, uses it for others.
    for attempt in range(visits):
        _retarget(
            place, project, stop - first + attempt, needs, known, projects, practice, log, counts
        )


@kernel
def _hold(
    place: Place, project: int, first: int, stop: int, visits: int, begun: bool, needs: Needs,
    known: Known, projects: Projects, places: Places, practice: Practice, log: Log, counts: Any,
) -> int:
    # Visits holders whose series has begun, or has not; returns the visits left.
    for seat in range(first, stop):
        if visits <= 0:
            break
        if places.state[seat] != HELD:
            continue
        if (places.left[seat] < practice.contacts_per_place) == begun:
            holder = places.holder[seat]
            until = needs.cover_bought[needs.record[holder], projects.category[project]]
            if begun and until > place.week + 1:
                continue
            visits -= 1
            _see(place, project, seat, needs, known, projects, places, practice, log, counts)
    return visits


@kernel
def _search(
    place: Place, project: int, seat: int, chance: float, needs: Needs, known: Known,
    projects: Projects, places: Places, practice: Practice, log: Log, counts: Any,
) -> None:
    # An attempt at an open place: somebody in need who is known is found, or the hours are gone.
    year = place.week // WEEKS_PER_YEAR
    counts[year, SEARCHES] += 1.0
    identity, number = projects.identity[project], seat - projects.place_first[project]
    person = -1
    if uniform(place.seed, SEARCH_SUCCESS, identity, place.week, number) < chance:
        person = find_known(
            place, needs, known, identity, number, 1 << projects.category[project]
        )
    if person < 0:
        counts[year, SEARCHES_FAILED] += 1.0
        _retarget(place, project, number, needs, known, projects, practice, log, counts)
        return
    places.state[seat] = HELD
    places.holder[seat] = person
    places.left[seat] = practice.contacts_per_place
    _see(place, project, seat, needs, known, projects, places, practice, log, counts)


@kernel
def _see(
    place: Place, project: int, seat: int, needs: Needs, known: Known, projects: Projects,
    places: Places, practice: Practice, log: Log, counts: Any,
) -> None:
    category, person = projects.category[project], places.holder[seat]
    if needs.active[person] & (1 << category) == 0:
        # The worker comes in vain: the need of the holder has gone.
        places.state[seat] = LOST
        return
    places.left[seat] -= 1
    if _contact(place, project, person, category, needs, known, projects, log, counts):
        projects.ended_target[project] += 1.0
        _free(places, seat, practice)
    elif places.left[seat] <= 0:
        _free(places, seat, practice)


@kernel
def _free(places: Places, seat: int, practice: Practice) -> None:
    places.state[seat] = OPEN
    places.holder[seat] = -1
    places.left[seat] = practice.contacts_per_place


@kernel
def _contact(
    place: Place,
    project: int,
    person: int,
    category: int,
    needs: Needs,
    known: Known,
    projects: Projects,
    log: Log,
    counts: Any,
) -> bool:
    year = place.week // WEEKS_PER_YEAR
    ended = meet(place, needs, person, category, projects.end_factor[project], True, counts)
    projects.contacts[project] += 1.0
    counts[year, CONTACTS_BOUGHT] += 1.0
    known.aware[person] = 1
    record(log, project, person, CONTACT_ENDED if ended else CONTACT)
    if ended:
        projects.ended[project] += 1.0
        counts[year, ENDED_BY_PURCHASE] += 1.0
        counts[year, ENDED_SEVERITY_PURCHASE] += needs.severity[category]
    return ended


@kernel
def _retarget(
    place: Place,
    project: int,
    attempt: int,
    needs: Needs,
    known: Known,
    projects: Projects,
    practice: Practice,
    log: Log,
    counts: Any,
) -> int:
    # With autonomy an organization may use such hours for whom it meets, at a price in hours;
    # among the needs of that person it takes the one it can do best.
    price = 1.0 + practice.retarget_hours / practice.hours_per_contact
    if projects.autonomy[project] <= 0.0 or projects.free_carry[project] < price:
        return 0
    person = find_known(place, needs, known, projects.identity[project], 4096 + attempt, 255)
    if person < 0:
        return 0
    best = -1
    for category in range(projects.competence.shape[1]):
        bit = 1 << category
        if needs.active[person] & bit == 0 or not is_known(known, person, bit):
            continue
        if best < 0 or projects.competence[project, category] > projects.competence[project, best]:
            best = category
    if best < 0:
        return 0
    projects.free_carry[project] -= price
    ended = _contact(place, project, person, best, needs, known, projects, log, counts)
    if ended and best == projects.category[project]:
        projects.ended_target[project] += 1.0
    return 1


@kernel
def _show(
    place: Place,
    project: int,
    hours: float,
    projects: Projects,
    practice: Practice,
    known: Known,
    voice: Any,
    lift: Any,
    shown: Any,
    log: Log,
    counts: Any,
) -> None:
    # Events draw the outgoing: of two residents who could come, the one with more voice does.
    projects.event_carry[project] += hours / practice.hours_per_event
    events = int(projects.event_carry[project])
    projects.event_carry[project] -= events
    if events == 0:
        return
    projects.head_carry[project] += events * practice.heads_per_event
    heads = int(projects.head_carry[project])
    projects.head_carry[project] -= heads
    size = place.stop - place.first
    identity = projects.identity[project]
    for head in range(heads):
        one = below(place.seed, ATTENDANCE, identity, place.week, 2 * head, size)
        other = below(place.seed, ATTENDANCE, identity, place.week, 2 * head + 1, size)
        person = place.first + (one if voice[place.first + one] >= voice[place.first + other]
                                else other)
        lift[person] += np.float32(practice.publicity_lift)
        shown[person] = np.float32(place.week + 1 + QUARTER_WEEKS)
        known.aware[person] = 1
        record(log, project, person, ATTENDED)
    year = place.week // WEEKS_PER_YEAR
    projects.events[project] += events
    projects.heads[project] += heads
    counts[year, EVENTS] += events
    counts[year, HEADS] += heads
