"""What one item costs, in draws: a ratio inside one run, kept in per_item.json.

A machine that is twice as slow makes a draw twice as slow too. So a cost that doubles against the
kept one is a change of the code. `make bench-items` compares; with KEEP=1 it writes new figures.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.engine import WEEKS, place, warm_up
from linkage_sim.draws import Decision
from linkage_sim.kernels import opinion, week
from linkage_sim.model import LinkageModel
from linkage_sim.world.build import build_people
from tests.test_institutional_cost import calls_per_contract

KEPT = Path(__file__).with_name("per_item.json")
DRAWS = 1_000_000
TOO_MUCH = 2.0
found: dict[str, float] = {}


@pytest.fixture(scope="module", autouse=True)
def kept() -> Iterator[dict[str, float]]:
    """Figures of an earlier run; new ones are written at the end where that is wanted."""
    warm_up()
    yield json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    if os.environ.get("KEEP"):
        text = json.dumps(dict(sorted(found.items())), indent=1)
        KEPT.write_text(text + "\n", encoding="utf-8")


def _draws(model: LinkageModel) -> float:
    """Processor seconds of a draw, the best of five."""
    rows, best = np.arange(DRAWS), float("inf")
    for _ in range(5):
        begin = time.process_time()
        model.draws.uniforms(Decision.MOVE, rows, 1, 0)
        best = min(best, time.process_time() - begin)
    return best / DRAWS


def _compare(
    name: str, value: float, kept: dict[str, float], too_much: float = TOO_MUCH
) -> None:
    found[name] = round(value, 3)
    if not os.environ.get("KEEP"):
        assert name in kept, f"{name}: no figure is kept yet; KEEP=1 keeps this one"
        assert value < too_much * kept[name], f"{name}: {value:.3f}, kept {kept[name]:.3f}"


def _second_year(model: LinkageModel) -> None:
    for _ in range(WEEKS):
        model.step()


@pytest.mark.parametrize("residents", [5_200, 100_000])
def test_a_resident_week(benchmark: Any, kept: dict[str, float], residents: int) -> None:
    model = LinkageModel(place(residents), seed=1)
    _second_year(model)
    benchmark.pedantic(_second_year, args=(model,), rounds=1)
    items = model.people.n_residents * WEEKS
    _compare(f"resident-week at {residents}", benchmark.stats["min"] / items / _draws(model), kept)


def test_a_resident_settled(benchmark: Any, kept: dict[str, float]) -> None:
    plan = place(100_000)
    benchmark.pedantic(build_people, args=(plan, 2), rounds=3)
    model = LinkageModel(place(5_200), seed=1)
    _compare("resident settled", benchmark.stats["min"] / 100_000 / _draws(model), kept)


def test_feelings_of_a_resident(benchmark: Any, kept: dict[str, float]) -> None:
    model = LinkageModel(place(100_000), seed=1)
    _second_year(model)
    town, course, people = model.neighbourhood, model.course, model.people
    rows = people.rows(0)
    benchmark(
        opinion.feel, 4, rows.start, rows.stop, model.week, town.feelings, people.tie_start,
        people.tie_to, course.needs, town.felt,
    )
    size = rows.stop - rows.start
    _compare("feelings of a resident", benchmark.stats["min"] / size / _draws(model), kept)


def test_a_call_of_the_week(benchmark: Any, kept: dict[str, float]) -> None:
    """The way into compiled code with all its tables, without any community."""
    model = LinkageModel(place(5_200), seed=1)
    model.step()
    benchmark.pedantic(
        week.live, args=(0, 0, model.week, model.service._tables()), rounds=50, iterations=100
    )
    _compare("call of the week", benchmark.stats["min"] / _draws(model), kept)


def test_a_draw_from_python(benchmark: Any, kept: dict[str, float]) -> None:
    model = LinkageModel(place(5_200), seed=1)
    benchmark.pedantic(
        model.draws.uniform, args=(Decision.TENDER, 5, 0, 0), rounds=50, iterations=1000
    )
    _compare("draw from Python", benchmark.stats["min"] / _draws(model), kept)


def test_calls_of_a_contract(kept: dict[str, float]) -> None:
    """Calls of Python functions: the same on every machine, a little fewer on newer Pythons."""
    _compare("calls of Python, a contract and year", calls_per_contract(16), kept, 1.2)
