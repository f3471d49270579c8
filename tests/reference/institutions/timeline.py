"""Institutional events in the order of their real-valued days.

Source: model.md section 3: institutional events are never rounded to weeks.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Sequence
from typing import Any


class Timeline:
    """What is going to happen, sorted by day; of one day, what was planned first happens first."""

    def __init__(self) -> None:
        self.day = 0.0
        self.planned = 0
        self.coming: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []

    def plan(self, day: float, action: Callable[..., None], *details: Any) -> None:
        """Let something happen on a day; what lies in the past happens now."""
        self.planned += 1
        event = (max(day, self.day), self.planned, action, details)
        insort(self.coming, event, key=lambda other: other[:2])

    def run_until(self, day: float) -> None:
        """Let everything happen that is due before a day."""
        while self.coming and self.coming[0][0] < day:
            self.day, _, action, details = self.coming.pop(0)
            action(*details)
        self.day = max(self.day, day)


def next_meeting(day: float, gaps: Sequence[float]) -> float:
    """Give the first meeting at or after a day, of a calendar that repeats its gaps from day 0."""
    if not gaps:
        return day
    cycle = sum(gaps)
    meeting = (day // cycle) * cycle
    if day <= meeting:
        return meeting
    for gap in gaps:
        meeting += gap
        if meeting >= day:
            break
    return meeting
