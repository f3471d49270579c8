"""Institutional events in the order of time: real-valued days, never rounded to weeks."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any

DAYS_PER_WEEK = 7
WEEKS_PER_YEAR = 52
DAYS_PER_YEAR = 364


class Timeline:
    """A list of what is going to happen, and the present day.

    Events of the same day happen in the order in which they were planned. Actions are methods of
    objects, so that a model can be stored with everything that is still to come.
    """

    def __init__(self) -> None:
        self.day = 0.0
        self._events: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._planned = 0

    def plan(self, day: float, action: Callable[..., None], *details: Any) -> None:
        """Let something happen on a day; what lies in the past happens now."""
        self._planned += 1
        heapq.heappush(self._events, (max(day, self.day), self._planned, action, details))

    def run_until(self, day: float) -> int:
        """Let everything happen that is due before a day; returns the number of events."""
        done = 0
        while self._events and self._events[0][0] < day:
            self.day, _, action, details = heapq.heappop(self._events)
            action(*details)
            done += 1
        self.day = max(self.day, day)
        return done

    def __len__(self) -> int:
        return len(self._events)


def year_of(day: float) -> int:
    """Give the fiscal year (from 0) of a day."""
    return int(day // DAYS_PER_YEAR)


def next_meeting(day: float, gaps: list[float]) -> float:
    """Give the first meeting at or after a day of a calendar that repeats its gaps from day 0.

    Parameters
    ----------
    gaps
        Days between meetings, for example [3, 4] for Mondays and Thursdays; empty: any time.
    """
    if not gaps:
        return day
    cycle = sum(gaps)
    start = (day // cycle) * cycle
    if day <= start:
        return start
    for gap in gaps:
        start += gap
        if start >= day:
            return start
    return start
