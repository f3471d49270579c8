"""Limits of approval: files at desks, sent through the network that the approval stage uses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from linkage_sim.draws import Decision, Draws
from linkage_sim.errors import InputError
from linkage_sim.scenario.policy import Desk
from linkage_sim.stages.approval import desks as network
from linkage_sim.timeline import Timeline
from linkage_sim.verification.tolerance import mean_and_error, ratio_and_error

Figures = tuple[float, float, float]
DeskFigures = tuple[float, int, float]

WARM_UP = 0.05
BATCHES_A_RUN = 20
FEWEST_RUNS, MOST_RUNS = 3, 60
# Below what is promised (2 %), and with a margin for what the forecast of the error leaves out.
ERROR_WANTED, MARGIN = 0.0175, 2.0
GENERAL_RUNS = 16


def approval_wait(
    arrivals_per_day: float,
    desks: Sequence[DeskFigures],
    rework_days: float = 0.0,
    days: float = 200_000,
    seed: int = 1,
) -> Figures:
    """Mean days from submission to the last desk, against queueing theory.

    Files come as a Poisson stream of real-valued days to desks that work around the clock, take
    exponential times and send files back to the end of the first desk's queue. Textbook (Erlang C,
    Jackson): W = sum v_i (1/mu_i + C_i / (c_i mu_i - lam v_i)) + (v_1 - 1) R, which for one desk is
    C / (c mu - lam) + 1 / mu and for desks in a row sum 1 / (mu_i - lam); it holds for the network
    as it is run.

    Parameters
    ----------
    desks
        (services_per_day of an officer, officers, return_probability) in order.
    rework_days
        Days the applicant takes to mend a returned file.
    days
        Length of one run. 5 % are dropped as warm-up, every file is followed to its end. Runs on
        other chances, 3 to 60, are as many as theory says the error of 2 % needs; their number
        does not look at results, which would favour short waits.

    Returns
    -------
    (observed, expected, standard_error)
        In days; the error from long batches of files and independent runs.

    Raises
    ------
    InputError
        When files arrive faster than desks can work.
    """
    expected = network_days(arrivals_per_day, desks, rework_days)
    batches: list[float] = []
    for run in range(_runs_needed(arrivals_per_day, desks, rework_days, days, expected)):
        course = _Course(_row(desks), arrivals_per_day, days, rework_days, seed, run)
        batches += course.in_batches(course.waits)
    observed, error = mean_and_error(batches)
    return observed, expected, error


def general_service_wait(
    arrivals_per_day: float,
    services_per_day: float,
    variation: float,
    days: float = 200_000,
    seed: int = 1,
) -> Figures:
    """Mean days at a desk with one officer whose times of work are lognormal (M/G/1).

    Textbook (Pollaczek and Khinchine): W = 1 / mu + lam E[S^2] / (2 (1 - lam / mu)), with
    E[S^2] = (1 + variation^2) / mu^2.

    A few very long times of work decide the mean wait, so what they add or lack against their
    own mean and mean square is taken off (control variates with the fixed slopes of the formula,
    which leave the mean as it is). Whether times of work have that mean and that spread is the
    limit `service_spread`.

    Parameters
    ----------
    variation
        Coefficient of variation of the days of work, above 0.
    days
        Length of one run; 16 runs.
    """
    load = arrivals_per_day / services_per_day
    if load >= 1.0:
        raise InputError(_overload("the desk", load))
    mean, square = 1.0 / services_per_day, (1.0 + variation**2) / services_per_day**2
    by_square = arrivals_per_day / (2.0 * (1.0 - load))
    by_mean = 1.0 + by_square * square * arrivals_per_day / (1.0 - load)
    desk = Desk(name="desk", mean_days=mean, variation=variation, distribution="lognormal")
    batches: list[float] = []
    for run in range(GENERAL_RUNS):
        course = _Course([desk], arrivals_per_day, days, 0.0, seed, run)
        work = course.work_days()
        chance = by_mean * (work - mean) + by_square * (work**2 - square)
        batches += course.in_batches(course.waits - chance)
    observed, error = mean_and_error(batches)
    return observed, mean + by_square * square, error


def service_spread(
    mean_days: float, variation: float, files: int = 20_000, seed: int = 1
) -> tuple[tuple[float, float], tuple[float, float], float]:
    """Mean and standard deviation of the logarithm of a desk's lognormal days of work.

    Textbook: variance ln(1 + variation^2), mean ln(mean) - variance / 2.

    Returns
    -------
    (observed, expected, standard_error)
        Pairs (mean, standard deviation); the larger of both errors, from independent files.
    """
    desk = Desk(name="desk", mean_days=mean_days, variation=variation, distribution="lognormal")
    queue = network.DeskQueue(desk, 0, Timeline(), Draws(seed))
    logs = np.log([queue.service_days(number, 0) for number in range(files)])
    spread = math.sqrt(math.log1p(variation**2))
    expected = (math.log(mean_days) - spread**2 / 2.0, spread)
    error = spread / math.sqrt(files)
    return (float(logs.mean()), float(logs.std(ddof=1))), expected, error


def files_at_desks(
    arrivals_per_day: float,
    desks: Sequence[DeskFigures],
    rework_days: float = 0.0,
    days: float = 200_000,
    seed: int = 1,
) -> Figures:
    """Mean number of files at desks, counted day by day, against Little's law.

    Textbook: L = lam W. Observed are the files that wait or are worked on at each noon; expected
    are the days that the same files spent at desks, for each day of the run.

    Returns
    -------
    (observed, expected, standard_error)
        The error is that of the difference, from long batches of days.
    """
    network_days(arrivals_per_day, desks, rework_days)
    course = _Course(_row(desks), arrivals_per_day, days, rework_days, seed, 0, counting=True)
    edges = np.linspace(WARM_UP * days, days, BATCHES_A_RUN + 1)
    noons = np.arange(len(course.counted)) + 0.5
    counted = np.histogram(noons, edges, weights=course.counted)[0] / np.histogram(noons, edges)[0]
    at_desks = course.waits - rework_days * course.returns
    spent = np.histogram(course.arrived, edges, weights=at_desks)[0] / np.diff(edges)
    _, error = mean_and_error(counted - spent)
    return float(counted.mean()), float(spent.mean()), error


def batch_wait(meeting_gaps_days: Sequence[float], seed: int = 1) -> Figures:
    """Mean days until the next meeting of a desk that decides only at meetings.

    Files arrive at any moment of the calendar's cycle, the work itself takes no time. Textbook
    (inspection paradox): E[T^2] / (2 E[T]) for gaps T, exact for real-valued days.

    Parameters
    ----------
    meeting_gaps_days
        Gaps that the calendar repeats, for example (3, 4) for Mondays and Thursdays.
    """
    gaps = np.asarray(meeting_gaps_days, dtype=np.float64)
    desk = Desk(name="desk", mean_days=0.0, distribution="fixed",
                meeting_gap_days=[float(gap) for gap in gaps])
    files, cycles = 20_000, 50
    timeline, draws = Timeline(), Draws(seed)
    queue = network.DeskQueue(desk, 0, timeline, draws)
    lots = draws.uniforms(Decision.VERIFICATION, np.arange(files))
    arrived = np.sort(lots) * cycles * gaps.sum()
    left = np.full(files, np.nan)
    for number, day in enumerate(arrived):
        route = network.Route(
            None, number, [queue], False, 0.0, 1.0,
            on_done=lambda route: left.__setitem__(route.identity, timeline.day),
        )
        timeline.plan(float(day), route.start)
    timeline.run_until(math.inf)
    # Arrivals are independent, but files of one cycle share its meetings: cycles are the batches.
    cycle = np.minimum((arrived / gaps.sum()).astype(int), cycles - 1)
    observed, error = ratio_and_error(
        np.bincount(cycle, left - arrived, cycles), np.bincount(cycle, minlength=cycles)
    )
    return observed, float((gaps**2).mean() / (2.0 * gaps.mean())), error


def network_days(
    arrivals_per_day: float, desks: Sequence[DeskFigures], rework_days: float
) -> float:
    """Mean days of a file in a network of desks with returns to the first one, by theory.

    Source: Erlang (1917), Jackson (1957).
    """
    visits = 1.0
    for _, _, returned in desks:
        visits /= 1.0 - returned
    first_visits, total = visits, 0.0
    for place, (rate, officers, returned) in enumerate(desks):
        load = arrivals_per_day * visits / (officers * rate)
        if load >= 1.0:
            raise InputError(_overload(f"desk {place}", load))
        queueing = delay_probability(officers, officers * load)
        queueing /= officers * rate - arrivals_per_day * visits
        total += visits * (1.0 / rate + queueing)
        visits *= 1.0 - returned
    return total + (first_visits - 1.0) * rework_days


def delay_probability(officers: int, offered: float) -> float:
    """Chance that all officers are busy (Erlang C); `offered` = arrivals / services of one."""
    term, below = 1.0, 0.0
    for number in range(officers):
        below += term
        term *= offered / (number + 1)
    waiting = term / (1.0 - offered / officers)
    return waiting / (below + waiting)


def _runs_needed(
    arrivals_per_day: float, desks: Sequence[DeskFigures], rework_days: float, days: float,
    expected: float,
) -> int:
    """Runs after which the mean wait is sure enough, foretold from the load of each desk.

    Source: variance of the mean wait of many files in M/M/1 (Daley 1968; Whitt 1989, Planning
    queueing simulations), with several officers taken as one of their joint speed.
    """
    visits = 1.0
    for _, _, returned in desks:
        visits /= 1.0 - returned
    variance = visits * (visits - 1.0) * rework_days**2
    for rate, officers, returned in desks:
        speed = officers * rate
        load = arrivals_per_day * visits / speed
        growth = load * (2.0 + 5.0 * load - 4.0 * load**2 + load**3) / (1.0 - load) ** 4
        variance += visits * (growth / speed**2 + 1.0 / rate**2)
        visits *= 1.0 - returned
    files = (1.0 - WARM_UP) * arrivals_per_day * days
    runs = math.ceil(MARGIN * variance / files / (ERROR_WANTED * expected) ** 2)
    return min(MOST_RUNS, max(FEWEST_RUNS, runs))


def _row(desks: Sequence[DeskFigures]) -> list[Desk]:
    return [
        Desk(name=f"desk {place}", officers=officers, mean_days=1.0 / rate,
             distribution="exponential", return_probability=returned)
        for place, (rate, officers, returned) in enumerate(desks)
    ]


def _overload(desk: str, load: float) -> str:
    return f"Files arrive faster than {desk} can work: its load is {load:.3f}, and must be below 1."


class _Course:
    """One run: a Poisson stream of files through a row of desks.

    Attributes
    ----------
    arrived, waits, returns : float64[files]
        Day of submission, days until the last desk, and times sent back, by file.
    counted : list of int
        Files at desks at each noon, where counted.
    """

    def __init__(
        self, row: list[Desk], arrivals_per_day: float, days: float, rework_days: float,
        seed: int, run: int, counting: bool = False,
    ) -> None:
        self.timeline = Timeline()
        draws = Draws(seed).substream(Decision.VERIFICATION, run)
        self.queues = [
            network.DeskQueue(desk, number, self.timeline, draws)
            for number, desk in enumerate(row)
        ]
        self.rework_days, self.days = rework_days, days
        self.arrived = _arrivals(draws, arrivals_per_day, days)
        self.waits = np.full(len(self.arrived), np.nan)
        self.returns = np.zeros(len(self.arrived))
        self.counted: list[int] = []
        if counting:
            self.timeline.plan(0.5, self._count)
        if len(self.arrived):
            self.timeline.plan(float(self.arrived[0]), self._arrive, 0)
        self.timeline.run_until(math.inf)

    def _arrive(self, number: int) -> None:
        network.Route(
            None, number, self.queues, False, self.rework_days, 1.0, on_done=self._leave
        ).start()
        if number + 1 < len(self.arrived):
            self.timeline.plan(float(self.arrived[number + 1]), self._arrive, number + 1)

    def _leave(self, route: Any) -> None:
        self.waits[route.identity] = self.timeline.day - self.arrived[route.identity]
        self.returns[route.identity] = route.returns

    def in_batches(self, figures: Any) -> list[float]:
        """Mean of each long batch of files in order of arrival, warm-up left out."""
        kept = figures[self.arrived >= WARM_UP * self.days]
        return [float(part.mean()) for part in np.array_split(kept, BATCHES_A_RUN)]

    def work_days(self) -> Any:
        """Days of work on each file at the first desk: float64[files]."""
        first = self.queues[0]
        return np.array([first.service_days(number, 0) for number in range(len(self.arrived))])

    def _count(self) -> None:
        self.counted.append(sum(queue.busy + len(queue.waiting) for queue in self.queues))
        if self.timeline.day + 1.0 < self.days:
            self.timeline.plan(self.timeline.day + 1.0, self._count)


def _arrivals(draws: Draws, arrivals_per_day: float, days: float) -> Any:
    mean = arrivals_per_day * days
    enough = int(mean + 10.0 * math.sqrt(mean) + 10.0)
    lots = draws.uniforms(Decision.VERIFICATION, np.arange(enough))
    moments = np.cumsum(-np.log(lots)) / arrivals_per_day
    return moments[moments < days]
