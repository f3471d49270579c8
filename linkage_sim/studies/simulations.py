"""The runs of a calibration: a list of points that grows, done and kept as a sweep is.

Each point is run in worlds of its own, so that no two figures share their chances and what the
calibration learns does not hang on a handful of worlds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from linkage_sim.draws import sampler_seed
from linkage_sim.errors import InputError
from linkage_sim.studies.calibration_file import Calibration
from linkage_sim.studies.levels import Factor
from linkage_sim.studies.store import Store
from linkage_sim.studies.study import Study
from linkage_sim.studies.study_record import study_from
from linkage_sim.studies.sweep import Executor, Options, Progress, run_sweep
from linkage_sim.studies.sweep_run import Setup, Task, do_run
from linkage_sim.words import say

WORLDS, WORLD_BITS = 1 << 52, 19
"""Where the seeds of such runs begin, far from those of any comparison, and how many fit between
the seeds of one calibration and those of the next."""
Row = dict[str, Any]


class StoppedError(Exception):
    """Somebody asked the work to stop; what is finished is kept."""


class Here:
    """Does runs one after the other in this process, as an `Executor` for one job."""

    def __init__(self) -> None:
        self._stopping = False

    def batches(self, setup: Setup, tasks: Iterator[Task]) -> Iterator[list[tuple[Task, Any]]]:
        """Give each run as it is done."""
        for task in tasks:
            if self._stopping:
                return
            yield [(task, do_run((setup, task)))]

    def stop(self) -> None:
        """Begin no further run."""
        self._stopping = True

    def dismiss(self) -> None:
        """End; there is nobody to send home."""


class Simulations:
    """Runs points of a calibration in order, and gives what is known of each from then on.

    Parameters
    ----------
    plan
        The calibration.
    place
        A results directory of their own; what an earlier call left there is taken up.
    purpose
        Part of the name of their worlds: other purposes meet other worlds.
    """

    def __init__(
        self, plan: Calibration, place: Path, options: Options, progress: Progress, purpose: str
    ) -> None:
        self.place = place
        self._plan, self._options, self._progress = plan, options, progress
        self._first = WORLDS + (sampler_seed(plan.seed, f"worlds {purpose}") << WORLD_BITS)
        self._stored = stored_points(place)
        self._asked: list[Row] = []

    def __len__(self) -> int:
        """Count the points asked for so far."""
        return len(self._asked)

    def rows(self, points: Sequence[Row]) -> list[list[Row]]:
        """Run the next points; gives, for each, the outcomes of its runs that finished.

        Raises
        ------
        InputError
            When the directory holds the runs of another calibration.
        StoppedError
            When the work was asked to stop before they were all done.
        """
        first = len(self._asked)
        known = self._stored[first : first + len(points)]
        if known != list(points)[: len(known)]:
            raise InputError(say("calibration.error.other", path=self.place))
        self._asked += points
        whole = self._asked if len(self._asked) > len(self._stored) else self._stored
        self._run(whole)
        self._stored = whole[:]
        return self._found(first, len(points))

    def _run(self, points: Sequence[Row]) -> None:
        alone = self._options.jobs == 1 and self._options.run_timeout is None
        executor: Executor | None = Here() if alone else None
        run_sweep(self._study(points), self.place, self._options, self._progress, executor)
        if not self._progress.is_complete:
            raise StoppedError

    def _study(self, points: Sequence[Row]) -> Study:
        plan = self._plan
        factors = tuple(
            Factor(item.name, tuple({item.name: point[item.name]} for point in points))
            for item in plan.factors
        )
        return Study(
            names=(plan.name,), scenarios=(plan.scenario,), design="list", factors=factors,
            replications=plan.replications, seed=self._first, recording=(),
            outcomes=tuple(target.outcome for target in plan.figures),
            settings=plan.settings, title=plan.title, own_seeds=True,
        )

    def _found(self, first: int, count: int) -> list[list[Row]]:
        """Read the runs of some points back, in the order of their seeds."""
        width = self._plan.replications
        found: list[list[Row]] = [[] for _ in range(count)]
        for _, content in Store(self.place).rows():
            number = (content["seed"] - self._first) // width - first
            if 0 <= number < count and content["failure"] is None:
                found[number].append({"seed": content["seed"], **content["outcomes"]})
        return [sorted(rows, key=lambda row: row["seed"]) for rows in found]


def stored_points(place: Path) -> list[Row]:
    """List the points that a directory of such runs was made for, in order."""
    record = Store(place).record
    if record is None:
        return []
    factors = study_from(record).factors
    levels = (item.levels for item in factors)
    return [
        {name: value for level in point for name, value in level.items()}
        for point in zip(*levels, strict=True)
    ]

