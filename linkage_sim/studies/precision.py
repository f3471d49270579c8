"""Runs a comparison until its interval is as narrow as asked for."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from linkage_sim.studies.compare import Plan, Run, outcome_rows
from linkage_sim.studies.differences import difference_table, half_width

MARGIN = 1.05
"""More seeds than the spread so far asks for, so that the last step seldom falls just short."""


@dataclass(frozen=True)
class Aim:
    """How precise a comparison shall be.

    Attributes
    ----------
    outcome, half_width
        Every 95 % interval of the difference in this outcome shall reach at most so far to each
        side.
    most
        Seeds at most, however wide the interval still is.
    """

    outcome: str
    half_width: float
    most: int = 1000


class Remembered:
    """Finished seeds in memory, where nobody asked for a directory."""

    def __init__(self) -> None:
        self._runs: dict[int, list[Run]] = {}

    def known(self, seeds: Sequence[int]) -> dict[int, list[Run]]:
        """Give the runs of the seeds that are there."""
        return {seed: self._runs[seed] for seed in seeds if seed in self._runs}

    def keep(self, seed: int, runs: Sequence[Run]) -> None:
        """Remember the runs of a seed."""
        self._runs[seed] = list(runs)


def with_seeds(plan: Plan, count: int) -> Plan:
    """Give a plan with so many seeds from the same first one."""
    return dataclasses.replace(plan, seeds=tuple(range(plan.seeds[0], plan.seeds[0] + count)))


def next_count(count: int, found: float, aim: Aim) -> int:
    """Say how many seeds to try next: the interval narrows with the root of their number.

    An undefined interval, as of fewer than two defined pairs, asks for twice as many.
    """
    if math.isnan(found):
        wanted = 2 * count
    else:
        wanted = math.ceil(MARGIN * count * (found / aim.half_width) ** 2)
    # A first spread from few seeds may be far off: never more than four times at once.
    return min(aim.most, max(count + 1, min(wanted, 4 * count)))


def run_until(
    plan: Plan, aim: Aim, run: Callable[[Plan], list[Run]]
) -> tuple[Plan, list[Run]]:
    """Add seeds to a plan until it is precise enough, or as large as it may become.

    Parameters
    ----------
    plan
        Its seeds are the fewest that are run.
    run
        Runs a plan; seeds that it has run before should cost nothing.

    Returns
    -------
    plan, runs
        What was run in the end.

    Source: Law and Kelton 1991, Simulation Modeling and Analysis, ch. 9 (sequential procedure).
    The interval covers slightly less often than its 95 % because it decides when to stop; a floor
    of 10 seeds or more keeps that small.
    """
    while True:
        runs = run(plan)
        table = difference_table(outcome_rows(runs), plan.names, plan.seeds)
        found = half_width(table, aim.outcome)
        if found <= aim.half_width or len(plan.seeds) >= aim.most:
            return plan, runs
        plan = with_seeds(plan, next_count(len(plan.seeds), found, aim))
