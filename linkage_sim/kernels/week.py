"""One week of all residents, community by community, so that a community stays in the cache.

What institutions decide is in the tables before the week begins; nothing here asks them. So the
week of a city is one call, on as many threads as there are, each with communities of its own.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from linkage_sim.compiled_draws import kernel
from linkage_sim.draws import Decision
from linkage_sim.kernels import measure, needs, public_service, service, volunteering
from linkage_sim.kernels.counters import Count
from linkage_sim.kernels.tables import Place, Practice, Service
from linkage_sim.kernels.volunteering import Joining, Members

GOVERNMENT, MUTUAL_AID = int(Decision.GOVERNMENT), int(Decision.MUTUAL_AID)
BY_GOVERNMENT = int(Count.ENDED_BY_GOVERNMENT)
BY_NEIGHBOURS = int(Count.ENDED_BY_NEIGHBOURS)
WEEKS_PER_YEAR = needs.WEEKS_PER_YEAR
DAYS = measure.DAYS
BY_COMMITTEE = 1


class Helping(NamedTuple):
    """What volunteers offer, earn and lose."""

    hours_per_year: float
    credits: bool  # an hour earns a credit of the time bank
    redeem_share: float  # of credits, a week
    default_share: float


class Town(NamedTuple):
    """Everything a week works on."""

    seed: Any  # kernel_seed
    first_week: int  # first reported week
    communities: Any  # COMMUNITY[communities]
    rows: Any  # int64[communities, room], rows of contracts in delivery by identity
    service: Service
    fifth: Any  # uint8[residents]
    members: Members
    joining: Joining
    helping: Helping
    counts: Any  # float64[communities, years, counts]
    need_sums: Any  # float64[communities, years, 8]


@kernel
def live(first: int, stop: int, week: int, town: Town) -> None:
    """Let all residents of the communities from `first` up to `stop` live one week."""
    for number in range(first, stop):
        community = town.communities[number]
        place = Place(
            town.seed, week, number, community.first, community.stop, town.first_week
        )
        counts = town.counts[number]
        rows = town.rows[number, : community.projects]
        match = look(place, rows, community, town.service)
        needs.advance_needs(place, town.service.needs, counts)
        serve(place, rows, match, community, town.service, town.fifth, town.helping,
              town.need_sums[number], counts)
        help_out(place, community, town.members, town.joining, town.helping, counts)


@kernel
def look(place: Place, rows: Any, community: Any, service: Service) -> tuple[float, float]:
    """Note the match, as it is now: places in delivery, and how well they match."""
    if len(rows) == 0:
        return 0.0, 0.0
    measure.count_active(service.needs.active, place.first, place.stop, community.in_need)
    return measure.match_now(
        place, rows, community.in_need, service.needs, service.projects, service.places
    )


@kernel
def serve(
    place: Place, rows: Any, match: tuple[float, float], community: Any, work: Service,
    fifth: Any, helping: Helping, need_sums: Any, counts: Any,
) -> None:
    """Deliver a week in one community: what is there anyway, then contracts, then volunteers.

    Parameters
    ----------
    match
        As `look` gave it before any need of the week came or went.
    """
    measure.count_needs(
        place, work.needs, work.known, fifth, community.in_need, community.reachable, counts
    )
    year = place.week // WEEKS_PER_YEAR
    for category in range(len(community.in_need)):
        need_sums[year, category] += community.in_need[category] * work.needs.severity[category]
    public_service.meet_without_purchase(
        place, work.needs, community.government, community.government_carry, GOVERNMENT,
        BY_GOVERNMENT, counts,
    )
    public_service.meet_without_purchase(
        place, work.needs, community.mutual_aid, community.mutual_aid_carry, MUTUAL_AID,
        BY_NEIGHBOURS, counts,
    )
    if community.station > 0.0:
        community.station_carry += community.station
        contacts = int(community.station_carry)
        community.station_carry -= contacts
        public_service.serve_open_access(place, work.needs, work.known, contacts, True, counts)
    offered = community.volunteers * helping.hours_per_year / WEEKS_PER_YEAR
    used = community.meeting_hours
    if len(rows) > 0:
        used += service.deliver(
            place, rows, offered - community.meeting_hours, community, work, counts
        )
        measure.book_match(place, match, look(place, rows, community, work), counts)
    community.used_share = _visit(place, offered, used, work, counts)
    community.formal_share = _formal(place, rows, work.projects)


@kernel
def _visit(
    place: Place, offered: float, used: float, service: Service, counts: Any
) -> float:
    # Hours that no project took go to persons on the volunteers' own list.
    if offered <= 0.0:
        return 0.0
    price = service.practice.hours_per_contact
    visits = int((offered - used) / price)
    done = 0
    if visits > 0:
        done = public_service.visit_listed(
            place, service.needs, service.known.volunteers, visits,
            service.practice.productivity, counts,
        )
    return min(1.0, (used + done * price) / offered)


@kernel
def _formal(place: Place, rows: Any, projects: Any) -> float:
    total = formal = 0.0
    for row in rows:
        project = projects[row]
        if project.start_day < DAYS * (place.week + 1):
            worked = project.substance + project.showcase + project.documents
            total += project.hours * worked
            formal += project.hours * (project.showcase + project.documents)
    return formal / total if total > 0.0 else 0.0


@kernel
def help_out(
    place: Place, community: Any, members: Members, joining: Joining, helping: Helping, counts: Any
) -> None:
    """Let volunteers come, go and be asked, and write down what the week brought them."""
    volunteering.advance_volunteers(
        place, 1.0 - community.used_share, community.formal_share, joining, members, counts
    )
    if community.asks > 0.0:
        community.ask_carry += community.asks
        asks = int(community.ask_carry)
        if asks > 0:
            community.ask_carry -= asks
            volunteering.ask(place, asks, BY_COMMITTEE, joining, members, counts)
    community.volunteers = volunteering.book_hours(
        place, helping.hours_per_year / WEEKS_PER_YEAR, community.used_share, helping.credits,
        helping.redeem_share, helping.default_share, members, counts,
    )


@kernel
def room_for_lines(
    communities: Any, held: Any, projects: Any, practice: Practice, wanted: Any
) -> bool:
    """Work out the lines that each community's record may come to this week: int64[communities].

    Returns whether there is room for all of them.
    """
    enough = True
    for number in range(len(communities)):
        community = communities[number]
        hours = seats = 0.0
        for row in held[number, : community.projects]:
            project = projects[row]
            hours += project.hours
            seats += project.place_stop - project.place_first
        heads = (hours / practice.hours_per_event + community.projects) * practice.heads_per_event
        most = int(heads + 2.0 * seats) + 1 + 2 * community.projects
        wanted[number] = community.lines + most
        enough = enough and community.line_first + wanted[number] <= community.line_stop
    return enough
