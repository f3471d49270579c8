"""How those who help find somebody to help: by asking residents in a random order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage_sim.draws import Decision

if TYPE_CHECKING:
    from tests.reference.community import Community
    from tests.reference.person import Person

LISTED_TRIES, LISTED_SERIES = 128, 16
KNOWN_TRIES = 64
STATION_IDENTITY = 1 << 40


def find_in_need(
    community: Community, week: int, decision: int, category: int, series: int, number: int
) -> Person | None:
    """Go down a random list of residents until one has this need.

    After 128 misses the search goes on from the last one in order of homes, so that whoever has
    the need is found in the end.

    Parameters
    ----------
    series, number
        Tell apart lists that are drawn in the same week.
    """
    residents = community.residents
    row = 0
    for attempt in range(LISTED_TRIES):
        part = (number * LISTED_SERIES + series) * LISTED_TRIES + attempt
        row = community.draws.below(decision, community.number, week, part, len(residents))
        if residents[row].needs[category].active:
            return residents[row]
    for person in residents[row:] + residents[:row]:
        if person.needs[category].active:
            return person
    return None


def find_known(
    community: Community, week: int, identity: int, attempt: int, category: int | None
) -> Person | None:
    """Ask residents in a random order until one is in need and known to providers.

    Parameters
    ----------
    identity
        Who searches: the order belongs to the project (or station) and the week, so that policies
        which leave needs alone find the same person.
    category
        Which need counts; None for any.
    """
    residents = community.residents
    draw, first = community.draws.below, attempt * KNOWN_TRIES
    row = 0
    for index in range(KNOWN_TRIES):
        row = draw(Decision.SEARCH_PERSON, identity, week, first + index, len(residents))
        if _fits(residents[row], category):
            return residents[row]
    for person in residents[row:] + residents[:row]:
        if _fits(person, category):
            return person
    return None


def _fits(person: Person, category: int | None) -> bool:
    wanted = person.wanted_needs(category)
    return bool(wanted) and person.is_reachable_for(wanted)
