"""Calibration: which values of free assumptions bring about figures that are known from elsewhere.

The answer is a posterior, weighted particles, and never a point. Half of what is known can be kept
back: it is predicted from the posterior on worlds that the fitting never saw, and held against its
band just as openly as what was fitted.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linkage_sim.errors import InputError
from linkage_sim.provenance import provenance_of
from linkage_sim.studies.calibration_file import Calibration, calibration_from, record_of
from linkage_sim.studies.posterior import TABLES, parameters_table, targets_table
from linkage_sim.studies.results import provenance_hash, results_folder
from linkage_sim.studies.simulations import Simulations, stored_points
from linkage_sim.studies.sweep import Options, Progress
from linkage_sim.studies.targets import distance, mean_figures
from linkage_sim.words import say

if TYPE_CHECKING:
    import pandas as pd

    from linkage_sim.studies.smc import Course, Generation, Shares

SIMULATIONS, PREDICTIVE = "simulations", "predictive"
"""Folders of the runs that fit, and of those that predict."""
OWN_FILES = (*(f"{name}.parquet" for name in TABLES), SIMULATIONS, PREDICTIVE)
VERB = "calibrate"
Row = dict[str, Any]


def refuse_without_pyabc() -> None:
    """Raise InputError where pyABC is not installed."""
    if find_spec("pyabc") is None:
        raise InputError(say("calibration.error.no_pyabc"))


@dataclass
class Fitted:
    """What a calibration found.

    Attributes
    ----------
    plan
        What was asked.
    course
        The generations, the prior first.
    tables
        By name: posterior (one row a particle: particle, weight, the parameters, distance, the
        figures it was accepted with), prior (the same of the first generation), predictive (one
        row a run of a particle on a new world), generations, parameters, targets.
    """

    plan: Calibration
    course: Course
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)


class _Memory:
    """Runs proposals and remembers the figures of each."""

    def __init__(self, plan: Calibration, simulations: Simulations) -> None:
        self._plan, self._simulations = plan, simulations
        self._outcomes = [item.outcome for item in plan.figures]
        self.runs: list[list[Row]] = []

    def distances(self, points: Sequence[Shares]) -> list[float]:
        """Run points and tell how far each lies from the targets."""
        fresh = self._simulations.rows([self._plan.point(shares) for shares in points])
        self.runs += fresh
        return [distance(self._plan.targets, self.figures(rows)) for rows in fresh]

    def figures(self, rows: Sequence[Row]) -> Row:
        """Average the runs of a point, figure by figure."""
        return mean_figures(rows, self._outcomes, self._plan.replications)


def calibrate(
    plan: Calibration, place: Path, options: Options | None = None,
    progress: Progress | None = None, then: Callable[[Fitted, Path, str], None] | None = None,
) -> Fitted:
    """Fit the free parameters of a plan and write everything into a results directory.

    The same call goes on where an earlier one stopped, and gives the same numbers for any number
    of processes.

    Parameters
    ----------
    progress
        Counts the runs of the batch at work.
    then
        Called with what was found, the folder to draw pictures into, and the hash of the
        provenance that marks them.

    Raises
    ------
    InputError
        When pyABC is not installed, the directory holds something else, or no run finished.
    StoppedError
        When the work was asked to stop; what was done is kept.
    """
    refuse_without_pyabc()
    options, progress = options or Options(), progress or Progress()
    with results_folder(place, OWN_FILES) as folder:
        fitted = _fitted(plan, place, options, progress)
        record = _provenance(fitted)

        def fill(beside: Path) -> None:
            for name, table in fitted.tables.items():
                table.to_parquet(beside / f"{name}.parquet", index=False)
            if then is not None:
                (beside / "figures").mkdir()
                then(fitted, beside / "figures", provenance_hash(record))

        folder.write_streamed(fill, record, OWN_FILES[: len(TABLES)])
    return fitted


def _fitted(plan: Calibration, place: Path, options: Options, progress: Progress) -> Fitted:
    from linkage_sim.studies.smc import fit

    simulations = Simulations(plan, place / SIMULATIONS, options, progress, "fitting")
    memory = _Memory(plan, simulations)
    most = None if plan.runs is None else plan.runs // plan.replications
    course = fit(
        len(plan.factors), plan.population, plan.generations, plan.seed, memory.distances, most
    )
    if not any(memory.runs):
        raise InputError(say("calibration.error.all_failed", path=place / SIMULATIONS))
    fitted = Fitted(plan, course)
    first, last = course.generations[0], course.generations[-1]
    rows = _predicted(plan, last, place / PREDICTIVE, options, progress)
    posterior = _particles(plan, last, memory)
    fitted.tables = {
        "posterior": posterior, "prior": _particles(plan, first, memory),
        "predictive": _frame(rows, ["particle", "seed", "weight"], plan),
        "generations": _generations(course),
        "parameters": parameters_table(plan, posterior),
        "targets": targets_table(plan, _runs_of(first, memory), rows),
    }
    return fitted


def _predicted(
    plan: Calibration, last: Generation, place: Path, options: Options, progress: Progress
) -> list[Row]:
    """Run every particle of the posterior on worlds that the fitting never saw."""
    points = [plan.point(item.shares) for item in last.particles]
    known = stored_points(place)
    if known and known != points:
        # Of an earlier, shorter calibration: predictions of another posterior.
        shutil.rmtree(place)
    simulations = Simulations(plan, place, options, progress, "predicting")
    return [
        {**row, "particle": number, "weight": item.weight / plan.replications}
        for number, (item, rows) in enumerate(
            zip(last.particles, simulations.rows(points), strict=True)
        )
        for row in rows
    ]


def _runs_of(generation: Generation, memory: _Memory) -> list[Row]:
    return [
        {**row, "weight": item.weight}
        for item in generation.particles for row in memory.runs[item.number]
    ]


def _particles(plan: Calibration, generation: Generation, memory: _Memory) -> pd.DataFrame:
    rows = [
        {"particle": number, "weight": item.weight, **plan.point(item.shares),
         "distance": item.distance, **memory.figures(memory.runs[item.number])}
        for number, item in enumerate(generation.particles)
    ]
    names = [item.name for item in plan.factors]
    return _frame(rows, ["particle", "weight", *names, "distance"], plan)


def _frame(rows: Sequence[Row], front: Sequence[str], plan: Calibration) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows, columns=[*front, *(item.outcome for item in plan.figures)])


def _generations(course: Course) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame([
        {"generation": number, "threshold": item.threshold, "proposals": item.proposals,
         "accepted_share": len(item.particles) / item.proposals, "effective": item.effective}
        for number, item in enumerate(course.generations)
    ])


def _provenance(fitted: Fitted) -> Row:
    plan, course = fitted.plan, fitted.course
    record = provenance_of(VERB, [plan.name], [plan.scenario], [plan.seed])
    record["calibration"] = {
        **record_of(plan), "pyabc": version("pyabc"), "ended": course.ended,
        "proposals": course.proposals,
        "threshold": _finite(course.generations[-1].threshold),
        "effective": course.generations[-1].effective,
    }
    return record


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def planned(record: Row) -> Calibration:
    """Turn the provenance of a calibration back into what was asked.

    Raises
    ------
    InputError
        When this version cannot read it.
    """
    try:
        item = record["scenarios"][0]
        return calibration_from(record["calibration"], item["name"], item["content"])
    except (KeyError, TypeError, IndexError) as error:
        text = say("study.error.provenance", path="provenance.json", reason=repr(error))
        raise InputError(text) from None
