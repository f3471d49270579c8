"""Desks of the model with the days and returns of a real log, and files that go through them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linkage_sim.draws import Decision, Draws
from linkage_sim.inputs.desks import LARGEST_RETURN, NOBODY_WAITS, equal_probability_means
from linkage_sim.inputs.file_ways import LATER_CHECK, FileWay, Stop
from linkage_sim.scenario.policy import Desk
from linkage_sim.stages.approval.desks import DeskQueue, Route
from linkage_sim.timeline import Timeline

POOLED, APART, TIMED = "pooled", "apart", "timed"
"""One set of days a desk; one a desk and procedure; and apart also for a file that will be sent
back and for one that was, which the model's desks do not tell from others."""
KINDS = (POOLED, APART, TIMED)
SORTS = tuple((returned, again) for returned in (False, True) for again in (False, True))
FEWEST_STOPS, SERVICE_VALUES = 20, 200
MOST_REJECTIONS = 2
REPEATS = 10
"""How often the files go through the desks."""
Key = tuple[str, ...]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rates:
    """What half of a log says of its desks.

    Attributes
    ----------
    stops
        Decisions by desk, and by desk and procedure.
    mending_days
        Days of applicants with a returned file.
    """

    stops: Mapping[Key, Sequence[Stop]]
    mending_days: Floats

    def desk(self, name: str, procedure: Key, kind: str) -> Desk:
        """Make a desk of the model; a procedure too rare for days of its own takes the desk's."""
        stops = () if kind == POOLED else self.stops.get((name, *procedure), ())
        if len(stops) < FEWEST_STOPS:
            stops = self.stops[(name,)]
        days = np.array([item.days for item in stops])
        returned = sum(item.returned for item in stops) / len(stops)
        return Desk(
            name=name[:60], officers=NOBODY_WAITS, mean_days=float(days.mean()),
            distribution="empirical", return_probability=min(returned, LARGEST_RETURN),
            service_days=[float(day) for day in equal_probability_means(days, SERVICE_VALUES)],
        )

    def days(self, name: str, procedure: Key, returned: bool, again: bool) -> list[float]:
        """Give the days of one sort of decisions; of all procedures where one has too few.

        Parameters
        ----------
        returned
            Decisions to send the file back, not to pass it on.
        again
            On a file that was sent back before.
        """
        found: list[float] = []
        for key in ((name, *procedure), (name,)):
            found = [item.days for item in self.stops.get(key, ())
                     if item.returned == returned and (returned or item.again == again)]
            if len(found) >= FEWEST_STOPS:
                break
        return sorted(found) or [0.0]


def rates_of(ways: Iterable[FileWay]) -> Rates:
    """Take from files the days and returns of every desk, and nothing of any file as a whole."""
    stops: dict[Key, list[Stop]] = defaultdict(list)
    mending: list[float] = []
    for way in ways:
        for item in way.stops:
            stops[(item.desk,)].append(item)
            stops[(item.desk, *way.procedure)].append(item)
        mending += way.mending_days
    return Rates(dict(stops), np.array(mending))


def halves(ways: Sequence[FileWay], seed: int) -> tuple[list[FileWay], list[FileWay]]:
    """Split files into two random halves, the same for a seed whatever the machine."""
    lots = Draws(seed).uniforms(Decision.STUDY_SEED, np.arange(len(ways)))
    order = np.argsort(lots, kind="stable")
    first = set(order[: len(ways) // 2].tolist())
    return (
        [way for number, way in enumerate(ways) if number in first],
        [way for number, way in enumerate(ways) if number not in first],
    )


class TimedQueue(DeskQueue):
    """A desk of the model whose days also depend on its decision and on earlier returns.

    Attributes
    ----------
    sorts
        Days by (sent back, sent back before).
    """

    def __init__(
        self, desk: Desk, number: int, timeline: Timeline, draws: Draws,
        sorts: Mapping[tuple[bool, bool], Sequence[float]],
    ) -> None:
        super().__init__(desk, number, timeline, draws)
        self.sorts = sorts

    def service_days(self, identity: int, visit: int) -> float:
        """Draw the days of work on a file; what will be decided is known by its address."""
        days = self.sorts[self.returns(identity, visit), visit > 0]
        place = self.draws.below(
            Decision.SERVICE_TIME, identity, visit, self.number, len(days)
        )
        return days[place]


@dataclass(frozen=True)
class Days:
    """Days of many files with what they are grouped by: arrays of one entry a file."""

    layers: NDArray[np.int64]
    rejections: NDArray[np.int64]
    days: Floats

    def group(self, by: str, value: int) -> Floats:
        """Give the days of one group."""
        if by == "all":
            return self.days
        values = self.layers if by == "layers" else np.minimum(self.rejections, MOST_REJECTIONS)
        return self.days[values == value]


def real_days(ways: Sequence[FileWay]) -> Days:
    """Give the days that files really took."""
    return Days(
        np.array([len(way.procedure) for way in ways]),
        np.array([way.rejections for way in ways]), np.array([way.days for way in ways]),
    )


def simulated_days(
    ways: Sequence[FileWay], rates: Rates, kind: str, seed: int, repeats: int = REPEATS
) -> Days:
    """Send files through the model's desks; of each, only its desks and its first day are used."""
    taken: list[tuple[int, int, float]] = []
    for repeat in range(repeats):
        taken += _through_the_desks(ways, rates, kind, Draws(seed).substream(
            Decision.VERIFICATION, repeat
        ))
    layers, rejections, days = (np.array(column) for column in zip(*taken, strict=True))
    return Days(layers, rejections, days)


def _through_the_desks(
    ways: Sequence[FileWay], rates: Rates, kind: str, draws: Draws
) -> list[tuple[int, int, float]]:
    timeline = Timeline()
    queues: dict[Key, DeskQueue] = {}
    taken: list[tuple[int, int, float]] = []
    start = min(way.submitted for way in ways)

    def queue(name: str, procedure: Key) -> DeskQueue:
        key = (name, *procedure)
        if key not in queues:
            desk, number = rates.desk(name, procedure, kind), len(queues)
            queues[key] = DeskQueue(desk, number, timeline, draws) if kind != TIMED else TimedQueue(
                desk, number, timeline, draws,
                {sort: rates.days(name, procedure, *sort) for sort in SORTS},
            )
        return queues[key]

    def mend(route: Route, _queue: DeskQueue, returned: bool) -> None:
        if returned:
            place = draws.below(
                Decision.STUDY_SEED, route.identity, route.round, 0, len(rates.mending_days)
            )
            route.rework_days = float(rates.mending_days[place])

    for number, way in enumerate(ways):
        desks = [*way.procedure, *([LATER_CHECK] if (LATER_CHECK,) in rates.stops else [])]

        def done(route: Route, way: FileWay = way) -> None:
            days = timeline.day - (way.submitted - start)
            taken.append((len(way.procedure), route.returns, days))

        route = Route(
            way, number, [queue(name, way.procedure) for name in desks], False, 0.0, 1.0, done, mend
        )
        timeline.plan(way.submitted - start, route.start)
    timeline.run_until(math.inf)
    return taken
