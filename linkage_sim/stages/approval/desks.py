"""A queueing network of desks: officers, service times, meetings, returns, parallel work.

The same network serves a model's files, the background stream that loads shared desks, and the
limits of `verification`. Between events nothing happens, so days are exact.

Source: queueing networks with rework after Jackson (1957); check values in docs/validation.md.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from linkage_sim.draws import Decision, Draws
from linkage_sim.scenario.policy import Desk
from linkage_sim.timeline import Timeline, next_meeting

VISITS_A_YEAR = 1 << 10
"""Visits are numbered from year x this, so that a file that comes again meets other chances."""


@dataclass(slots=True)
class Visit:
    """One file at one desk; `place` is the desk's place on the file's way.

    `worked` are the days an officer needs for it, known once the work begins; what is left of the
    days at the desk is waiting: for an officer, a statutory period or a meeting.
    """

    place: int
    identity: int
    visit: int
    arrived: float
    on_done: Callable[..., None]
    worked: float = 0.0


@dataclass(slots=True)
class DeskQueue:
    """One real desk: files wait in order of arrival for a free officer.

    Attributes
    ----------
    number : int
        Permanent number of the desk; addresses its chances.
    busy : int
        Officers at work.
    """

    desk: Desk
    number: int
    timeline: Timeline
    draws: Draws
    waiting: deque[Visit] = field(default_factory=deque)
    busy: int = 0
    served: int = 0
    extra_checks: float = 0.0

    def arrive(self, visit: Visit) -> None:
        """Take a file in; it is worked on at once if an officer is free."""
        if self.busy < self.desk.officers:
            self._start(visit)
        else:
            self.waiting.append(visit)

    def _start(self, visit: Visit) -> None:
        self.busy += 1
        days = self.service_days(visit.identity, visit.visit) * (1.0 + self.extra_checks)
        visit.worked = days
        self.timeline.plan(self.timeline.day + days, self._finish, visit)

    def _finish(self, visit: Visit) -> None:
        self.busy -= 1
        self.served += 1
        if self.waiting:
            self._start(self.waiting.popleft())
        # The officer is free again; the decision may have to wait for notice and a meeting.
        ready = max(self.timeline.day, visit.arrived + self.desk.statutory_days)
        meeting = next_meeting(ready, list(self.desk.meeting_gap_days))
        if meeting > self.timeline.day:
            self.timeline.plan(meeting, visit.on_done, visit)
        else:
            visit.on_done(visit)

    def service_days(self, identity: int, visit: int) -> float:
        """Draw the days of work on a file, by file, desk and visit: the same under every policy."""
        desk = self.desk
        kind = desk.distribution
        address = (Decision.SERVICE_TIME, identity, visit, self.number)
        if kind == "empirical" and desk.service_days:
            place = self.draws.below(*address, len(desk.service_days))
            return desk.service_days[place]
        if desk.mean_days <= 0.0:
            return 0.0
        if kind == "exponential":
            return desk.mean_days * self.draws.exponential(*address)
        if kind == "lognormal" and desk.variation > 0.0:
            return self.draws.lognormal(desk.mean_days, desk.variation, *address)
        if kind == "gamma":
            return self.draws.gamma(desk.mean_days, desk.variation, *address)
        return desk.mean_days

    def returns(self, identity: int, visit: int, factor: float = 1.0) -> bool:
        """Draw whether the desk sends a file back; `factor` is what good evidence takes off."""
        chance = self.desk.return_probability * factor
        if chance <= 0.0:
            return False
        lot = self.draws.uniform(Decision.DESK_RETURN, identity, visit, self.number)
        return lot < chance


class Route:
    """The way of one file through its desks, with rework, until all of them are done with it.

    Parameters
    ----------
    queues
        Desks in order.
    parallel
        All but the last desk work at the same time; the file goes on when the slowest is done.
    rework_days
        Days the applicant takes to mend a returned file, which starts again at the first desk.
    return_factor
        What the quality of the file leaves of the probability of return.
    first_visit
        Number of the first visit; the luck at desks goes by file and number of visit.
    on_desk
        Called with (route, queue, returned) after each visit, which stands in `last`; may end
        the route by `stop()`.
    on_gate
        Called with (route) when a desk that ranks files is done; must call `go_on` or `stop`.
    on_done
        Called with (route) when the last desk is done.
    """

    def __init__(
        self,
        file: Any,
        identity: int,
        queues: list[DeskQueue],
        parallel: bool,
        rework_days: float,
        return_factor: float,
        on_done: Callable[..., None],
        on_desk: Callable[..., None] | None = None,
        on_gate: Callable[..., None] | None = None,
        first_visit: int = 0,
    ) -> None:
        self.first_visit = first_visit
        self.file = file
        self.identity = identity
        self.queues = queues
        self.groups = _groups(len(queues), parallel)
        self.rework_days = rework_days
        self.return_factor = return_factor
        self.on_desk = on_desk
        self.on_gate = on_gate
        self.on_done = on_done
        self.step = 0
        self.round = 0
        self.pending = 0
        self.returned_now = False
        self.last: Visit | None = None
        self.returns = 0
        self.visits = 0
        self.stopped = False

    @property
    def visit(self) -> int:
        """Number of the present visit, which addresses the luck at desks."""
        return self.first_visit + self.round

    def start(self) -> None:
        """Hand the file to the first desk, or to the first group of desks."""
        self._enter()

    def stop(self) -> None:
        """End the way here: the file is rejected or expired."""
        self.stopped = True

    def _enter(self) -> None:
        if self.step >= len(self.groups):
            self.on_done(self)
            return
        group = self.groups[self.step]
        self.pending = len(group)
        self.returned_now = False
        for place in group:
            queue = self.queues[place]
            day = queue.timeline.day
            queue.arrive(Visit(place, self.identity, self.visit, day, self._left_desk))

    def _left_desk(self, visit: Visit) -> None:
        if self.stopped:
            return
        queue = self.queues[visit.place]
        self.visits += 1
        self.last = visit
        returned = queue.returns(self.identity, self.visit, self.return_factor)
        self.returned_now = self.returned_now or returned
        if self.on_desk is not None:
            self.on_desk(self, queue, returned)
        self.pending -= 1
        if self.pending > 0 or self.stopped:
            return
        if self.returned_now:
            self.returns += 1
            self.round += 1
            self.step = 0
            timeline = queue.timeline
            timeline.plan(timeline.day + self.rework_days, self._enter_again)
        elif self.on_gate is not None and any(
            self.queues[place].desk.ranks for place in self.groups[self.step]
        ):
            self.on_gate(self)
        else:
            self.go_on()

    def go_on(self) -> None:
        """Pass to the next desk, or end the way when there is none."""
        self.step += 1
        self._enter()

    def _enter_again(self) -> None:
        if not self.stopped:
            self._enter()


def _groups(desks: int, parallel: bool) -> list[list[int]]:
    if not parallel or desks <= 2:
        return [[place] for place in range(desks)]
    return [list(range(desks - 1)), [desks - 1]]


def feed_background(
    queue: DeskQueue, files_per_day: float, from_day: float, to_day: float, number: int
) -> None:
    """Plan the files of communities outside the model at a desk: a Poisson stream of real days."""
    if files_per_day <= 0.0:
        return
    day = from_day
    count = 0
    while True:
        gap = queue.draws.exponential(Decision.BACKGROUND_FILE, queue.number, number, count)
        day += gap / files_per_day
        if day >= to_day:
            return
        identity = (1 << 48) + queue.number * (1 << 16) + count
        queue.timeline.plan(day, queue.arrive, Visit(-1, identity, number, day, forget))
        count += 1


def forget(visit: Visit) -> None:
    """Do nothing more with a file from outside: its own community follows it."""
