"""Where the time of a year goes: needs, service, opinion, volunteering, moving, institutions, rest.

No profiler: it would make Python look dearer than it is. The clock is read at the borders of parts,
inside the week of residents by a compiled twin of `kernels.week.live` with the same calls.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numba
import numpy as np

from benchmarks.engine import WEEKS, Row, clocked, place
from linkage_sim.kernels import needs
from linkage_sim.kernels import week as week_kernel
from linkage_sim.kernels.tables import Place
from linkage_sim.kernels.week import help_out, look, serve
from linkage_sim.model import LinkageModel

NEEDS, SERVICE, VOLUNTEERING = range(3)
INSIDE = ("needs", "service", "volunteering")
OUTSIDE = {
    "opinion": (("neighbourhood", "_feel"),),
    "moving": (("neighbourhood", "_move"),),
    "institutions": (
        ("timeline", "run_until"), ("offices", "open_year"), ("offices", "close_year"),
        ("offices", "carry_refused"), ("offices", "step"), ("service", "_prepare"),
        ("neighbourhood", "_find_and_reach"), ("neighbourhood", "_meet"),
        ("neighbourhood", "consult"), ("neighbourhood", "revise_lists"),
    ),
}
clock: Any = ctypes.CDLL(None).clock  # microseconds of the processor; a numba kernel may call it
clock.restype = ctypes.c_long
clock.argtypes = []


@numba.njit(nogil=True)
def timed_week(first: int, stop: int, week: int, town: Any, spent: Any) -> None:
    """Do what `kernels.week.live` does, and add up microseconds by part."""
    for number in range(first, stop):
        community = town.communities[number]
        place = Place(
            town.seed, week, number, community.first, community.stop, town.first_week
        )
        counts, rows = town.counts[number], town.rows[number, : community.projects]
        begin = clock()
        match = look(place, rows, community, town.service)
        looked = clock()
        needs.advance_needs(place, town.service.needs, counts)
        advanced = clock()
        serve(place, rows, match, community, town.service, town.fifth, town.helping,
              town.need_sums[number], counts)
        served = clock()
        help_out(place, community, town.members, town.joining, town.helping, counts)
        spent[NEEDS] += advanced - looked
        spent[SERVICE] += (looked - begin) + (served - advanced)
        spent[VOLUNTEERING] += clock() - served


@contextmanager
def clocked_week(spent: Any) -> Iterator[None]:
    """Let models live their weeks by the twin."""
    usual = week_kernel.live
    setattr(week_kernel, "live", lambda *given: timed_week(*given, spent))  # noqa: B010
    try:
        yield
    finally:
        setattr(week_kernel, "live", usual)  # noqa: B010


def parts(residents: int) -> Row:
    """Share of the time of a second year by part; the last is recording and the clock itself."""
    inside = np.zeros(3)
    with clocked_week(inside):
        model = LinkageModel(place(residents), seed=1)
        for _ in range(WEEKS):
            model.step()
        spent = dict.fromkeys(OUTSIDE, 0.0)
        for name, methods in OUTSIDE.items():
            for owner, method in methods:
                part = getattr(model, owner)
                setattr(part, method, clocked(getattr(part, method), spent, name))
        inside[:] = 0.0
        begin = time.process_time()
        for _ in range(WEEKS):
            model.step()
        total = time.process_time() - begin
    model.release()
    spent |= dict(zip(INSIDE, (inside / 1e6).tolist(), strict=True))
    spent["recording and the rest"] = total - sum(spent.values())
    return {name: seconds / total for name, seconds in spent.items()}
