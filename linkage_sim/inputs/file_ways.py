"""The way of every finished file through its desks, as an approval log shows it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from linkage_sim.inputs.log_events import LogEvents
from linkage_sim.inputs.log_rows import read_log_columns

LATER_CHECK = "later check"
"""Who only ever rejects, after the last desk: a check that files pass without a trace."""


@dataclass(frozen=True)
class Stop:
    """One decision on a file: the desk, its days since the event before, and a return or none.

    `again` tells whether the file had been sent back before.
    """

    desk: str
    days: float
    returned: bool
    again: bool = False


@dataclass(frozen=True)
class FileWay:
    """One file that was submitted and finally approved.

    Attributes
    ----------
    submitted : float
        Day of the first submission.
    procedure : tuple of str
        Desks that approved it, in the order in which they first did.
    stops : tuple of Stop
        All decisions, in order; the later check has one for every final approval.
    mending_days : tuple of float
        Days from a rejection to the next submission, which is the applicant's time.
    days : float
        From the first submission to the last final approval.
    rejections : int
        By anyone but the applicant.
    """

    submitted: float
    procedure: tuple[str, ...]
    stops: tuple[Stop, ...]
    mending_days: tuple[float, ...]
    days: float
    rejections: int


def read_ways(path: str | Path, encoding: str = "utf-8") -> list[FileWay]:
    """Read the finished files of an approval log (CSV or CSV.gz), in the order of the log.

    Raises
    ------
    InputError
        With every problem found.
    """
    events = LogEvents(read_log_columns(path, None, None, encoding))
    case = events.log.case
    edges = np.flatnonzero(np.append(True, np.diff(case) != 0)).tolist()
    approving = set(np.unique(events.log.role[events.approved]).tolist())
    found = (
        _way(events, range(start, stop), approving)
        for start, stop in zip(edges, [*edges[1:], case.size], strict=True)
    )
    return [way for way in found if way is not None]


def _way(events: LogEvents, rows: range, approving: set[int]) -> FileWay | None:
    days = events.log.days
    submitted = [row for row in rows if events.submitted[row]]
    final = [row for row in rows if events.final[row]]
    if not submitted or not final or days[final[-1]] < days[submitted[0]]:
        return None
    roles = events.log.roles
    procedure = dict.fromkeys(
        roles[events.log.role[row]] for row in rows if events.approved[row]
    )
    return FileWay(
        submitted=float(days[submitted[0]]), procedure=tuple(procedure),
        stops=tuple(_stops(events, rows, approving)),
        mending_days=tuple(_mending(events, rows)),
        days=float(days[final[-1]] - days[submitted[0]]),
        rejections=sum(bool(events.rejected[row]) for row in rows),
    )


def _stops(events: LogEvents, rows: range, approving: set[int]) -> Iterator[Stop]:
    """Give the decisions on a file; where nobody checked later, the later check took no time."""
    passed = again = False
    for row in rows:
        role = int(events.log.role[row])
        returned = bool(events.rejected[row])
        if passed and (events.submitted[row] or events.approved[row]):
            yield Stop(LATER_CHECK, 0.0, False, again)
            passed = False
        again = again or (returned and not events.timed[row])
        if not events.timed[row]:
            continue
        later = role not in approving
        name = LATER_CHECK if later else events.log.roles[role]
        yield Stop(name, float(events.since_previous[row]), returned, again)
        again = again or returned
        passed = bool(events.final[row]) or (passed and not later)
    if passed:
        yield Stop(LATER_CHECK, 0.0, False, again)


def _mending(events: LogEvents, rows: range) -> Iterator[float]:
    rejected = math.nan
    for row in rows:
        if events.submitted[row] and not math.isnan(rejected):
            yield float(events.log.days[row]) - rejected
            rejected = math.nan
        if events.rejected[row]:
            rejected = float(events.log.days[row])
