"""Counting: who is in need, who is covered, how well places match needs."""

from __future__ import annotations

from typing import Any

import numpy as np

from linkage_sim.compiled_draws import kernel
from linkage_sim.kernels.counters import Count
from linkage_sim.kernels.needs import WEEKS_PER_YEAR, close_episode
from linkage_sim.kernels.tables import HELD, LOST, OPEN, Known, Needs, Place

NEED_WEEKS = int(Count.NEED_WEEKS)
UNCOVERED_WEEKS = int(Count.UNCOVERED_WEEKS)
SEVERITY_WEEKS = int(Count.SEVERITY_WEEKS)
COVERED_SEVERITY = int(Count.COVERED_SEVERITY)
BOUGHT_SEVERITY = int(Count.BOUGHT_SEVERITY)
TOP_SEVERITY_WEEKS = int(Count.TOP_SEVERITY_WEEKS)
TOP_COVERED_SEVERITY = int(Count.TOP_COVERED_SEVERITY)
RESIDENT_WEEKS = int(Count.RESIDENT_WEEKS)
MATCH_WEIGHT = int(Count.MATCH_WEIGHT)
MATCH_SUM = int(Count.MATCH_SUM)
DAYS = 7.0
MOST_VULNERABLE = 4
# The lowest of the bits that are set, for each set of needs: most people in need have one or two.
LOWEST = np.array([0] + [(bits & -bits).bit_length() - 1 for bits in range(1, 256)])


@kernel
def count_needs(
    place: Place, needs: Needs, known: Known, fifth: Any, in_need: Any, reachable: Any, counts: Any
) -> None:
    """Count persons in need and book a week of need, covered or not, before the week's services.

    Needs that began by themselves this week count as a whole week, and those that ended not at all.

    Parameters
    ----------
    fifth : uint8[residents]
        Fifth of vulnerability; 4 is the most vulnerable.
    in_need, reachable : float64[8]
        Filled with persons in need, and those of them whom providers know.
    counts : float64[years, counts]
        Table of this community.
    """
    year = place.week // WEEKS_PER_YEAR
    for category in range(len(in_need)):
        in_need[category] = 0.0
        reachable[category] = 0.0
    need_weeks = uncovered = severity_weeks = covered_severity = 0.0
    bought_severity = top_weeks = top_covered = 0.0
    # Written at every step and kept only where there is a need: a branch that nobody can guess
    # would cost more than the look.
    in_any_need = np.empty(place.stop - place.first + 1, np.int32)
    persons = 0
    for row in range(place.first, place.stop):
        in_any_need[persons] = row
        persons += needs.active[row] != 0
    for row in in_any_need[:persons]:
        bits = int(needs.active[row])
        aware = known.aware[row] == 1
        record = needs.records[needs.record[row]]
        top = fifth[row] == MOST_VULNERABLE
        while bits != 0:
            category = LOWEST[bits]
            bits &= bits - 1
            in_need[category] += 1.0
            if aware or (known.workers[row] >> category) & 1 == 1:
                reachable[category] += 1.0
            weight = needs.severity[category]
            covered = min(1.0, max(0.0, float(record.cover[category]) - place.week))
            bought = min(1.0, max(0.0, float(record.cover_bought[category]) - place.week))
            need_weeks += 1.0
            uncovered += 1.0 - covered
            severity_weeks += weight
            covered_severity += weight * covered
            bought_severity += weight * bought
            if top:
                top_weeks += weight
                top_covered += weight * covered
    counts[year, NEED_WEEKS] += need_weeks
    counts[year, UNCOVERED_WEEKS] += uncovered
    counts[year, SEVERITY_WEEKS] += severity_weeks
    counts[year, COVERED_SEVERITY] += covered_severity
    counts[year, BOUGHT_SEVERITY] += bought_severity
    counts[year, TOP_SEVERITY_WEEKS] += top_weeks
    counts[year, TOP_COVERED_SEVERITY] += top_covered
    counts[year, RESIDENT_WEEKS] += place.stop - place.first


@kernel
def count_active(active: Any, first: int, stop: int, in_need: Any) -> None:
    """Count persons in need by category: float64[8]."""
    for category in range(len(in_need)):
        in_need[category] = 0.0
    for row in range(first, stop):
        bits = int(active[row])
        while bits != 0:
            in_need[LOWEST[bits]] += 1.0
            bits &= bits - 1


@kernel
def match_now(
    place: Place, rows: Any, in_need: Any, needs: Needs, projects: Any, places: Any
) -> tuple[float, float]:
    """Compare what funded places offer with what people need, at this moment.

    Returns
    -------
    (float, float)
        Places in delivery this week (weighted by the part of the week), and
        sum over categories of min(share of places that still reach their need, share of
        severity-weighted need); the second is 0 without need or places.
    """
    held = [0.0] * len(in_need)
    total = 0.0
    for row in rows:
        project = projects[row]
        begin = max(project.start_day, DAYS * place.week)
        end = min(project.end_day, DAYS * (place.week + 1))
        if end <= begin:
            continue
        share = (end - begin) / DAYS
        category = project.category
        for seat in places[project.place_first : project.place_stop]:
            total += share
            if seat.state == HELD or seat.state == LOST:
                if (needs.active[seat.holder] >> category) & 1 == 1:
                    held[category] += share
            elif seat.state == OPEN and in_need[category] > 0.0:
                held[category] += share
    need = 0.0
    for category in range(len(in_need)):
        need += in_need[category] * needs.severity[category]
    if total <= 0.0 or need <= 0.0:
        return total, 0.0
    match = 0.0
    for category in range(len(in_need)):
        match += min(
            held[category] / total, in_need[category] * needs.severity[category] / need
        )
    return total, match


@kernel
def book_match(place: Place, start: Any, end: Any, counts: Any) -> None:
    """Add a week's match, mean of its start and end, weighted by places."""
    year = place.week // WEEKS_PER_YEAR
    weight = (start[0] + end[0]) / 2.0
    counts[year, MATCH_WEIGHT] += weight
    counts[year, MATCH_SUM] += weight * (start[1] + end[1]) / 2.0


@kernel
def close_open_episodes(place: Place, needs: Needs, counts: Any) -> None:
    """At the end of a run, book the waits of needs that nobody has met yet."""
    now = float(place.week + 1)
    for row in range(place.first, place.stop):
        for category in range(len(needs.severity)):
            if (needs.active[row] >> category) & 1 == 1:
                close_episode(place, needs, row, category, now, counts)
