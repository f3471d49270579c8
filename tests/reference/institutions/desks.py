"""Desks: files wait for an officer, are worked on, wait for a period and a meeting, may come back.

Source: model.md section 7; queueing networks with rework, Jackson (1957).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from linkage_sim.draws import Decision, Draws, identity_of
from linkage_sim.scenario.policy import Desk
from tests.reference.institutions.timeline import Timeline, next_meeting

UNITS = 1 << 16
NAMES = 1 << 15
OUTSIDE = 1 << 48
FROM_OUTSIDE = -1
VISITS_A_YEAR = 1 << 10


def desk_number(name: str, unit: int) -> int:
    """Permanent number of a desk from its name: it keeps its chances when others are removed."""
    return identity_of(name) % NAMES * UNITS + unit


@dataclass
class Visit:
    """One file at one desk for the n-th time."""

    place: int
    identity: int
    number: int
    arrived: float
    on_done: Callable[..., None]


class Office:
    """One real desk with its officers and its queue."""

    def __init__(self, desk: Desk, unit: int, timeline: Timeline, draws: Draws) -> None:
        self.desk, self.timeline, self.draws = desk, timeline, draws
        self.number = desk_number(desk.name, unit)
        self.waiting: list[Visit] = []
        self.busy = 0
        self.served = 0
        self.extra_checks = 0.0

    def arrive(self, visit: Visit) -> None:
        """Take a file in; it is worked on at once if an officer is free."""
        if self.busy < self.desk.officers:
            self._work_on(visit)
        else:
            self.waiting.append(visit)

    def _work_on(self, visit: Visit) -> None:
        self.busy += 1
        days = self.days_of_work(visit.identity, visit.number) * (1.0 + self.extra_checks)
        self.timeline.plan(self.timeline.day + days, self._finish, visit)

    def _finish(self, visit: Visit) -> None:
        """Free the officer; the decision itself may wait for a period and for a meeting."""
        self.busy -= 1
        self.served += 1
        if self.waiting:
            self._work_on(self.waiting.pop(0))
        decided = self.when_decided(self.timeline.day, visit.arrived)
        if decided > self.timeline.day:
            self.timeline.plan(decided, visit.on_done, visit)
        else:
            visit.on_done(visit)

    def when_decided(self, ready: float, arrived: float) -> float:
        """First meeting after the work and the statutory minimum are over."""
        over = max(ready, arrived + self.desk.statutory_days)
        return next_meeting(over, self.desk.meeting_gap_days)

    def days_of_work(self, identity: int, number: int) -> float:
        """Draw the days of work on a file, by file, desk and visit."""
        desk = self.desk
        address = (Decision.SERVICE_TIME, identity, number, self.number)
        if desk.distribution == "empirical" and desk.service_days:
            return desk.service_days[self.draws.below(*address, len(desk.service_days))]
        if desk.mean_days <= 0.0:
            return 0.0
        if desk.distribution == "exponential":
            return desk.mean_days * self.draws.exponential(*address)
        if desk.distribution == "lognormal" and desk.variation > 0.0:
            return self.draws.lognormal(desk.mean_days, desk.variation, *address)
        if desk.distribution == "gamma":
            return self.draws.gamma(desk.mean_days, desk.variation, *address)
        return desk.mean_days

    def sends_back(self, identity: int, number: int, factor: float) -> bool:
        """Draw whether the desk sends a file back; good evidence makes that rarer."""
        chance = self.desk.return_probability * factor
        lot = self.draws.uniform(Decision.DESK_RETURN, identity, number, self.number)
        return lot < chance

    def load_from_outside(self, files_per_day: float, start: float, end: float, year: int) -> None:
        """Plan the files of communities outside the model: a Poisson stream of real days."""
        if files_per_day <= 0.0:
            return
        day, count = start, 0
        while True:
            gap = self.draws.exponential(Decision.BACKGROUND_FILE, self.number, year, count)
            day += gap / files_per_day
            if day >= end:
                return
            identity = OUTSIDE + self.number * UNITS + count
            visit = Visit(FROM_OUTSIDE, identity, year, day, self.forget)
            self.timeline.plan(day, self.arrive, visit)
            count += 1

    @staticmethod
    def forget(visit: Visit) -> None:
        """Do nothing more with a file from outside."""


class Way:
    """The way of one file through its desks, until all of them are done with it.

    Attributes
    ----------
    steps
        Desks that work at the same time, one list a step.
    round
        Times the file was sent back so far.
    """

    def __init__(
        self, file: Any, offices: list[Office], parallel: bool, return_factor: float, stage: Any
    ) -> None:
        self.file, self.offices, self.stage = file, offices, stage
        self.identity = file.idea.identity
        # A file that comes again next year meets other chances at the desks.
        self.first_visit = file.year * VISITS_A_YEAR
        self.return_factor = return_factor
        self.steps = [[place] for place in range(len(offices))]
        if parallel and len(offices) > 2:
            # All but the last desk work at the same time.
            self.steps = [list(range(len(offices) - 1)), [len(offices) - 1]]
        self.step = self.round = self.pending = 0
        self.returned_now = self.stopped = False

    def enter(self) -> None:
        """Hand the file to the desks of the present step, or end the way."""
        if self.stopped:
            return
        if self.step == len(self.steps):
            self.stage.passed(self)
            return
        together = self.steps[self.step]
        self.pending, self.returned_now = len(together), False
        for place in together:
            office = self.offices[place]
            office.arrive(
                Visit(
                    place, self.identity, self.first_visit + self.round, office.timeline.day,
                    self._left,
                )
            )

    def go_on(self) -> None:
        """Pass to the next step."""
        self.step += 1
        self.enter()

    def _left(self, visit: Visit) -> None:
        """Take the file from a desk; the slowest desk of a step decides when it goes on.

        A file sent back by any of them starts again at the first desk when it is mended.
        """
        if self.stopped:
            return
        office = self.offices[visit.place]
        returned = office.sends_back(self.identity, visit.number, self.return_factor)
        self.returned_now = self.returned_now or returned
        self.stage.left_desk(self, office, returned)
        self.pending -= 1
        if self.pending > 0 or self.stopped:
            return
        if self.returned_now:
            self.round += 1
            self.step = 0
            mended = office.timeline.day + self.stage.rework_days
            office.timeline.plan(mended, self.enter)
        elif any(self.offices[place].desk.ranks for place in self.steps[self.step]):
            self.stage.wait_for_ranking(self)
        else:
            self.go_on()
