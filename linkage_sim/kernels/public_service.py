"""What is there without a project: government, neighbours, a station, volunteers' visits."""

from __future__ import annotations

from typing import Any

from linkage_sim.compiled_draws import below, kernel
from linkage_sim.draws import Decision
from linkage_sim.kernels.contacts import find_known, meet
from linkage_sim.kernels.counters import Count
from linkage_sim.kernels.needs import WEEKS_PER_YEAR, end_need, first_contact
from linkage_sim.kernels.records import own_record
from linkage_sim.kernels.tables import Known, Needs, Place

STATION = int(Decision.STATION)
ENDED_BY_PURCHASE = int(Count.ENDED_BY_PURCHASE)
ENDED_SEVERITY_PURCHASE = int(Count.ENDED_SEVERITY_PURCHASE)
CONTACTS_STATION = int(Count.CONTACTS_STATION)
VISITS = int(Count.VISITS)
ENDED_BY_NEIGHBOURS = int(Count.ENDED_BY_NEIGHBOURS)
TRIES, SERIES = 128, 16


@kernel
def find_in_need(
    place: Place, active: Any, decision: int, series: int, number: int, bit: int
) -> int:
    """Go down a random list of residents until one has this need; -1 if nobody has it.

    `series` (below 16) and `number` tell apart lists of the same week.
    """
    size = place.stop - place.first
    row = place.first
    for index in range(TRIES):
        part = (number * SERIES + series) * TRIES + index
        row = place.first + below(place.seed, decision, place.community, place.week, part, size)
        if active[row] & bit != 0:
            return row
    for step in range(size):
        other = row + step
        if other >= place.stop:
            other -= size
        if active[other] & bit != 0:
            return other
    return -1


@kernel
def meet_without_purchase(
    place: Place, needs: Needs, capacity: Any, carry: Any, decision: int, counter: int, counts: Any
) -> None:
    """Let government or neighbours meet as many needs as they have capacity for this week.

    Parameters
    ----------
    capacity, carry : float64[8]
        Needs a week for this community, and the part of one left over from last week.
    decision, counter
        Whose chances are drawn and where ended needs are counted.
    """
    now = float(place.week + 1)
    year = place.week // WEEKS_PER_YEAR
    for category in range(len(capacity)):
        if capacity[category] <= 0.0:
            continue
        carry[category] += capacity[category]
        number = 0
        while carry[category] >= 1.0:
            carry[category] -= 1.0
            number += 1
            row = find_in_need(place, needs.active, decision, category, number, 1 << category)
            if row < 0:
                continue
            first_contact(place, needs, row, category, now, counts)
            until = now + needs.cover_weeks[category]
            record = needs.records[own_record(place, needs, row)]
            record.cover[category] = max(float(record.cover[category]), until)
            end_need(place, needs, row, category, now)
            counts[year, counter] += 1.0


@kernel
def serve_open_access(
    place: Place, needs: Needs, known: Known, contacts: int, bought: bool, counts: Any
) -> int:
    """Let a station serve whoever comes with whatever need; returns the contacts given.

    Source: open access without yearly approval; the person's most severe need comes first.
    """
    year = place.week // WEEKS_PER_YEAR
    given = 0
    for number in range(contacts):
        row = find_known(place, needs, known, (1 << 40) + place.community, number, 255)
        if row < 0:
            break
        best = most_severe(needs, row, needs.active[row], float(place.week + 1))
        if best < 0:
            continue
        given += 1
        ended = meet(place, needs, row, best, 1.0, bought, counts)
        counts[year, CONTACTS_STATION] += 1.0
        if ended and bought:
            counts[year, ENDED_BY_PURCHASE] += 1.0
            counts[year, ENDED_SEVERITY_PURCHASE] += needs.severity[best]
    return given


@kernel
def most_severe(needs: Needs, row: int, bits: int, now: float) -> int:
    """Find the most severe of these needs that nobody covers just now; -1 if all are covered."""
    best = -1
    record = needs.records[needs.record[row]]
    for category in range(len(needs.severity)):
        if (bits >> category) & 1 == 0 or record.cover[category] > now:
            continue
        if best < 0 or needs.severity[category] > needs.severity[best]:
            best = category
    return best


@kernel
def visit_listed(
    place: Place, needs: Needs, listed: Any, visits: int, factor: float, counts: Any
) -> int:
    """Let volunteers with nothing else to do visit persons on their own list; returns visits.

    Without workers' case lists that list holds only what volunteers saw themselves.
    """
    year = place.week // WEEKS_PER_YEAR
    size = place.stop - place.first
    done = 0
    start = below(place.seed, STATION, place.community, place.week, 1, size)
    row = place.first + start - 1
    for _ in range(size):
        if done >= visits:
            break
        row += 1
        if row == place.stop:
            row = place.first
        wanted = needs.active[row] & listed[row]
        if wanted == 0:
            continue
        record = needs.records[needs.record[row]]
        for category in range(len(needs.severity)):
            covered = record.cover[category] > place.week + 1
            if (wanted >> category) & 1 == 1 and not covered:
                done += 1
                counts[year, VISITS] += 1.0
                if meet(place, needs, row, category, factor, False, counts):
                    counts[year, ENDED_BY_NEIGHBOURS] += 1.0
                break
    return done
