"""One contact: whom it reaches, what it covers, whether it ends the need."""

from __future__ import annotations

from typing import Any

from linkage_sim.compiled_draws import below, kernel, uniform
from linkage_sim.draws import Decision
from linkage_sim.kernels.needs import end_need, first_contact
from linkage_sim.kernels.records import own_record
from linkage_sim.kernels.tables import Known, Needs, Place
from linkage_sim.world.columns import IDENTITY_BITS

SEARCH_PERSON = int(Decision.SEARCH_PERSON)
ENDS_NEED = int(Decision.CONTACT_ENDS_NEED)


@kernel
def meet(
    place: Place, needs: Needs, row: int, category: int, factor: float, bought: bool, counts: Any
) -> bool:
    """Give one person one contact for one need; returns whether the need ended.

    The person's own chance decides (one lot a person, need and week), so that under every policy
    the same contact has the same effect.
    """
    now = float(place.week + 1)
    first_contact(place, needs, row, category, now, counts)
    until = now + needs.cover_weeks[category]
    record = needs.records[own_record(place, needs, row)]
    record.cover[category] = max(float(record.cover[category]), until)
    if bought:
        record.cover_bought[category] = max(float(record.cover_bought[category]), until)
    identity = (place.community << IDENTITY_BITS) + row - place.first
    lot = uniform(place.seed, ENDS_NEED, identity, place.week, category)
    if lot >= factor * needs.end_probability[category]:
        return False
    end_need(place, needs, row, category, now)
    return True


@kernel
def is_known(known: Known, row: int, bit: int) -> bool:
    """Tell whether providers can reach this person for this need."""
    return known.aware[row] == 1 or known.workers[row] & bit != 0


@kernel
def find_known(
    place: Place, needs: Needs, known: Known, identity: int, attempt: int, bits: int
) -> int:
    """Ask residents in a random order until one in need and known is found; -1 if there is none.

    `bits` are the categories that count. The order belongs to the project and week, so policies
    that leave the needs alone find the same person.
    """
    size = place.stop - place.first
    # After this many misses one is found by going on in order: the tail costs no more than that.
    tries = 64
    row = place.first
    for index in range(tries):
        pick = below(place.seed, SEARCH_PERSON, identity, place.week, attempt * tries + index, size)
        row = place.first + pick
        if needs.active[row] & bits != 0 and is_known(known, row, needs.active[row] & bits):
            return row
    for step in range(size):
        other = row + step
        if other >= place.stop:
            other -= size
        if needs.active[other] & bits != 0 and is_known(known, other, needs.active[other] & bits):
            return other
    return -1


@kernel
def record(community: Any, lines: Any, project: int, person: int, kind: int) -> None:
    """Write one line of the record of a community: its organizations' own."""
    line = community.line_first + community.lines
    if line < community.line_stop:
        lines[line].project = project
        lines[line].person = person
        lines[line].kind = kind
    community.lines += 1
