"""A runner that computes a formula instead of a model, for studies whose answer is known."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from linkage_sim.studies.shards import DONE, FAILED, Entry
from linkage_sim.studies.store import packed
from linkage_sim.studies.study import Study
from linkage_sim.studies.sweep_run import Setup, Task

PARAMETERS = (
    "assumptions.needs.drift_sd", "assumptions.opinion.base",
    "assumptions.opinion.weight_performance",
)
Formula = Callable[[list[float], int, int], float | None]
"""Shares of the way, scenario and seed in; the value out. None: the run fails."""


def study_file(folder: Path, head: str, scenario: str = '"toy"', count: int = 3) -> Path:
    """Write a study whose parameters all go from 0.2 to 0.6."""
    rows = "".join(f'"{name}" = {{low = 0.2, high = 0.6}}\n' for name in PARAMETERS[:count])
    path = folder / "known.toml"
    path.write_text(
        f'scenario = {scenario}\noutcomes = ["demand_match"]\n{head}\n[parameters]\n{rows}', "utf-8"
    )
    return path


class Formulas:
    """Does the tasks of a sweep by a formula; stops after so many where it is told to."""

    def __init__(self, study: Study, formula: Formula, stop_after: int | None = None) -> None:
        self._names = [item.name for item in study.factors]
        self._formula, self._left, self.done = formula, stop_after, 0

    def batches(self, setup: Setup, tasks: Iterator[Task]) -> Iterator[list[tuple[Task, Any]]]:
        """Give the answers one by one."""
        for task in tasks:
            if self._left is not None and self.done >= self._left:
                return
            self.done += 1
            yield [(task, (self._entry(setup, task), 0.0))]

    def _entry(self, setup: Setup, task: Task) -> Entry:
        shares = [(task.point[name] - 0.2) / 0.4 for name in self._names]
        value = self._formula(shares, task.scenario, task.seed)
        content = {
            "scenario": setup.names[task.scenario], "seed": task.seed, "values": dict(task.point),
            "outcomes": {"demand_match": value}, "tables": {}, "problems": [],
            "failure": "told to fail" if value is None else None,
        }
        return Entry(task.key, task.key[:12], FAILED if value is None else DONE, packed(content))

    def stop(self) -> None:
        """Nothing is at work."""

    def dismiss(self) -> None:
        """Nothing is at work."""


def ishigami(shares: list[float], scenario: int = 0, seed: int = 0) -> float:
    """Compute the function of Ishigami and Homma 1990 (a 7, b 0.1), whose indices are known."""
    first, second, third = (math.pi * (2.0 * share - 1.0) for share in shares)
    return math.sin(first) + 7.0 * math.sin(second) ** 2 + 0.1 * third**4 * math.sin(first)


ISHIGAMI_ALONE = (0.3139, 0.4424, 0.0)
ISHIGAMI_TOTAL = (0.5576, 0.4424, 0.2437)
