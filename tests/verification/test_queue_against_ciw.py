"""Days at desks are those of an independent simulator (Ciw), also where no formula is known.

Source of the other program: Palmer, Knight, Harper, Hawa 2019, Ciw, Journal of Simulation 13(1).
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import pytest

from linkage_sim.scenario.policy import Desk
from linkage_sim.verification.queues import _Course, batch_wait
from linkage_sim.verification.tolerance import mean_and_error

ciw = pytest.importorskip("ciw")

RUNS, DAYS, WARM_UP = 12, 12_000.0, 600.0


def lognormal(mean: float, variation: float) -> Any:
    """The same spread as the model's desk: mean, and standard deviation over mean."""
    spread = math.sqrt(math.log1p(variation**2))
    return ciw.dists.Lognormal(math.log(mean) - spread**2 / 2.0, spread)


def days_of_ciw(network: Any, seed: int) -> list[float]:
    """Days from arrival to the last leaving of everybody who came after the warm-up."""
    ciw.seed(seed)
    run = ciw.Simulation(network)
    run.simulate_until_max_time(DAYS)
    first: dict[int, float] = {}
    last: dict[int, float] = {}
    gone = {person.id_number for person in run.nodes[-1].all_individuals}
    for record in run.get_all_records():
        number = record.id_number
        first[number] = min(first.get(number, math.inf), record.arrival_date)
        last[number] = max(last.get(number, 0.0), record.exit_date)
    # Those still there at the end would be the slow ones: everybody who came early enough is in.
    late = DAYS - 600.0
    return [last[number] - first[number] for number in gone
            if WARM_UP < first[number] < late]


def several(network: Any) -> tuple[float, float]:
    return mean_and_error([float(np.mean(days_of_ciw(network, seed))) for seed in range(RUNS)])


def model_days(desks: list[Desk], arrivals: float, rework: float = 0.0) -> tuple[float, float]:
    means = []
    for run in range(RUNS):
        course = _Course(desks, arrivals, DAYS, rework, 1, run)
        means.append(float(course.waits.mean()))
    return mean_and_error(means)


def agree(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return abs(one[0] - other[0]) <= 4.0 * math.hypot(one[1], other[1])


def uneven(officers: int, mean: float, variation: float, returned: float = 0.0) -> Desk:
    return Desk(name="desk", officers=officers, mean_days=mean, variation=variation,
                distribution="lognormal", return_probability=returned)


@cache
def two_officers() -> tuple[float, float]:
    return several(ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(0.15)],
        service_distributions=[lognormal(10.0, 1.5)], number_of_servers=[2],
    ))


@pytest.mark.slow
@pytest.mark.statistical
def test_two_officers_with_lognormal_work() -> None:
    assert agree(model_days([uneven(2, 10.0, 1.5)], 0.15), two_officers())


@pytest.mark.slow
@pytest.mark.statistical
def test_work_that_is_more_even_is_seen() -> None:
    """Negative control."""
    assert not agree(model_days([uneven(2, 10.0, 0.3)], 0.15), two_officers())


@pytest.mark.slow
@pytest.mark.statistical
def test_desks_in_a_row_with_returns_to_the_applicant() -> None:
    mine = model_days(
        [uneven(1, 4.0, 0.8, returned=0.2), uneven(2, 9.0, 1.2, returned=0.1)], 0.1, rework=10.0
    )
    # The third node is the applicant, who mends any number of files at once.
    other = several(ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(0.1), None, None],
        service_distributions=[lognormal(4.0, 0.8), lognormal(9.0, 1.2),
                               ciw.dists.Deterministic(10.0)],
        number_of_servers=[1, 2, math.inf],
        routing=[[0.0, 0.8, 0.2], [0.0, 0.0, 0.1], [1.0, 0.0, 0.0]],
    ))
    assert agree(mine, other)


@pytest.mark.slow
@pytest.mark.statistical
@pytest.mark.parametrize("gaps", [(3.0, 4.0), (30.0,), (1.0, 20.0)])
def test_files_that_wait_for_a_meeting(gaps: tuple[float, ...]) -> None:
    slots = np.cumsum(gaps).tolist()
    other = several(ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(0.5)],
        service_distributions=[ciw.dists.Deterministic(0.0)],
        number_of_servers=[ciw.Slotted(slots=slots, slot_sizes=[100_000] * len(slots))],
    ))
    observed, _, error = batch_wait(gaps)
    assert agree((observed, error), other)
