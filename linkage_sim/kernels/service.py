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
    Place,
    Practice,
    Service,
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
    place: Place, rows: Any, volunteer_hours: float, community: Any, service: Service, counts: Any
) -> float:
    """Carry out one week of all contracts of a community; returns the volunteer hours used.

    Parameters
    ----------
    rows : int64[projects of the community]
        Rows of contracts in delivery, in order of their identity.
    volunteer_hours
        Hours offered this week; shared evenly, used as far as workers can coordinate them.
    community : COMMUNITY
        Its share of contract hours left by campaigns and meetings, and whom providers know.
    counts : float64[years, counts]
        Table of this community.
    """
    practice = service.practice
    year = place.week // WEEKS_PER_YEAR
    used_hours = 0.0
    offered = volunteer_hours / max(1, len(rows))
    for row in rows:
        project = service.projects[row]
        begin = max(project.start_day, DAYS * place.week)
        end = min(project.end_day, DAYS * (place.week + 1))
        if end <= begin:
            continue
        hours = project.hours * (end - begin) / DAYS * community.hours_factor
        substance = hours * project.substance
        showcase = hours * project.showcase
        coordinating = min(
            practice.coordination_share * substance,
            offered / practice.coordination if practice.coordination > 0.0 else 0.0,
        )
        helped = coordinating * practice.coordination
        used_hours += helped
        project.worked_hours += hours
        project.substance_hours += substance
        project.showcase_hours += showcase
        project.document_hours += hours * project.documents
        project.volunteer_hours += helped
        counts[year, SUBSTANCE_HOURS] += substance
        counts[year, SHOW_HOURS] += showcase
        middle = (begin + end) / 2.0 - project.start_day
        mature = 1.0
        if practice.ramp_weeks > 0.0:
            mature = 1.0 - math.exp(-middle / DAYS / practice.ramp_weeks)
        effective = substance - coordinating + helped * practice.productivity
        if community.rescreen_hours > 0.0:
            effective -= _rescreen(project, effective, community.rescreen_hours, service)
        _visit(place, row, effective * mature, community, service, counts)
        _show(place, row, showcase, community, service, counts)
    return used_hours


@kernel
def _rescreen(project: Any, hours: float, price: float, service: Service) -> float:
    # A place whose holder moved away or no longer has the need is opened, at its price in hours.
    spent = 0.0
    for seat in service.places[project.place_first : project.place_stop]:
        vacant = seat.state == LOST or seat.state == GONE
        if vacant and spent + price <= hours:
            spent += price
            _free(seat, service.practice)
            project.screened += 1.0
    return spent


@kernel
def _visit(
    place: Place, row: int, hours: float, community: Any, service: Service, counts: Any
) -> None:
    project, practice = service.projects[row], service.practice
    price = practice.hours_per_contact * project.hours_factor
    amount = hours * project.skill / price
    project.carry += amount
    project.free_carry += amount * project.autonomy
    seats = project.place_stop - project.place_first
    visits = min(int(project.carry), seats)
    # Hours that no place can take are lost, not saved up: a week cannot be delivered twice.
    project.carry -= int(project.carry)
    # A series once begun goes on when its last contact no longer covers; then named holders
    # get their first, then open places.
    visits = _hold(place, row, visits, True, community, service, counts)
    visits = _hold(place, row, visits, False, community, service, counts)
    reach = community.reachable[project.category]
    chance = reach / (reach + practice.search_half) if reach > 0.0 else 0.0
    number = 0
    while visits > 0 and number < seats:
        if service.places[project.place_first + number].state == OPEN:
            visits -= 1
            _search(place, row, number, chance, community, service, counts)
        number += 1
    # What is left found no place: an organization that may, uses it for others.
    for attempt in range(visits):
        _retarget(place, row, seats + attempt, community, service, counts)


@kernel
def _hold(
    place: Place, row: int, visits: int, begun: bool, community: Any, service: Service,
    counts: Any,
) -> int:
    # Visits holders whose series has begun, or has not; returns the visits left.
    project, needs = service.projects[row], service.needs
    for seat in service.places[project.place_first : project.place_stop]:
        if visits <= 0:
            break
        if seat.state != HELD:
            continue
        if (seat.left < service.practice.contacts_per_place) == begun:
            record = needs.records[needs.record[seat.holder]]
            if begun and record.cover_bought[project.category] > place.week + 1:
                continue
            visits -= 1
            _see(place, row, seat, community, service, counts)
    return visits


@kernel
def _search(
    place: Place, row: int, number: int, chance: float, community: Any, service: Service,
    counts: Any,
) -> None:
    # An attempt at an open place: somebody in need who is known is found, or the hours are gone.
    project = service.projects[row]
    year = place.week // WEEKS_PER_YEAR
    counts[year, SEARCHES] += 1.0
    person = -1
    if uniform(place.seed, SEARCH_SUCCESS, project.identity, place.week, number) < chance:
        person = find_known(
            place, service.needs, service.known, project.identity, number, 1 << project.category
        )
    if person < 0:
        counts[year, SEARCHES_FAILED] += 1.0
        _retarget(place, row, number, community, service, counts)
        return
    seat = service.places[project.place_first + number]
    seat.state = HELD
    seat.holder = person
    seat.left = service.practice.contacts_per_place
    _see(place, row, seat, community, service, counts)


@kernel
def _see(
    place: Place, row: int, seat: Any, community: Any, service: Service, counts: Any
) -> None:
    project = service.projects[row]
    category, person = project.category, seat.holder
    if service.needs.active[person] & (1 << category) == 0:
        # The worker comes in vain: the need of the holder has gone.
        seat.state = LOST
        return
    seat.left -= 1
    if _contact(place, row, person, category, community, service, counts):
        project.ended_target += 1.0
        _free(seat, service.practice)
    elif seat.left <= 0:
        _free(seat, service.practice)


@kernel
def _free(seat: Any, practice: Practice) -> None:
    seat.state = OPEN
    seat.holder = -1
    seat.left = practice.contacts_per_place


@kernel
def _contact(
    place: Place, row: int, person: int, category: int, community: Any, service: Service,
    counts: Any,
) -> bool:
    project, needs = service.projects[row], service.needs
    year = place.week // WEEKS_PER_YEAR
    ended = meet(place, needs, person, category, project.end_factor, True, counts)
    project.contacts += 1.0
    counts[year, CONTACTS_BOUGHT] += 1.0
    service.known.aware[person] = 1
    record(community, service.lines, row, person, CONTACT_ENDED if ended else CONTACT)
    if ended:
        project.ended += 1.0
        counts[year, ENDED_BY_PURCHASE] += 1.0
        counts[year, ENDED_SEVERITY_PURCHASE] += needs.severity[category]
    return ended


@kernel
def _retarget(
    place: Place, row: int, attempt: int, community: Any, service: Service, counts: Any
) -> None:
    # With autonomy an organization may use such hours for whom it meets, at a price in hours;
    # among the needs of that person it takes the one it can do best.
    project, practice = service.projects[row], service.practice
    needs, known = service.needs, service.known
    price = 1.0 + practice.retarget_hours / practice.hours_per_contact
    if project.autonomy <= 0.0 or project.free_carry < price:
        return
    person = find_known(place, needs, known, project.identity, 4096 + attempt, 255)
    if person < 0:
        return
    best = -1
    for category in range(len(project.competence)):
        bit = 1 << category
        if needs.active[person] & bit == 0 or not is_known(known, person, bit):
            continue
        if best < 0 or project.competence[category] > project.competence[best]:
            best = category
    if best < 0:
        return
    project.free_carry -= price
    ended = _contact(place, row, person, best, community, service, counts)
    if ended and best == project.category:
        project.ended_target += 1.0


@kernel
def _show(
    place: Place, row: int, hours: float, community: Any, service: Service, counts: Any
) -> None:
    # Events draw the outgoing: of two residents who could come, the one with more voice does.
    project, practice = service.projects[row], service.practice
    project.event_carry += hours / practice.hours_per_event
    events = int(project.event_carry)
    project.event_carry -= events
    if events == 0:
        return
    project.head_carry += events * practice.heads_per_event
    heads = int(project.head_carry)
    project.head_carry -= heads
    size, voice = place.stop - place.first, service.voice
    for head in range(heads):
        one = below(place.seed, ATTENDANCE, project.identity, place.week, 2 * head, size)
        other = below(place.seed, ATTENDANCE, project.identity, place.week, 2 * head + 1, size)
        person = place.first + (one if voice[place.first + one] >= voice[place.first + other]
                                else other)
        service.lift[person] += np.float32(practice.publicity_lift)
        service.shown[person] = np.float32(place.week + 1 + QUARTER_WEEKS)
        service.known.aware[person] = 1
        record(community, service.lines, row, person, ATTENDED)
    year = place.week // WEEKS_PER_YEAR
    project.events += events
    project.heads += heads
    counts[year, EVENTS] += events
    counts[year, HEADS] += heads
