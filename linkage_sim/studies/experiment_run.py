"""Runs an experiment: its studies as sweeps, then what is computed, claimed and kept of them.

Runs are kept one by one as in any sweep, so that the same command goes on where it stopped. What
is computed from them is written into the folder `result` in one piece, or not at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linkage_sim.provenance import MODEL_VERSION, code_hash, git_state, package_version
from linkage_sim.studies.analyses import analysis_tables
from linkage_sim.studies.expected import environment, written_table
from linkage_sim.studies.experiment import FILE, Experiment
from linkage_sim.studies.experiment_file import StudyEntry
from linkage_sim.studies.findings import findings_table
from linkage_sim.studies.results import load_results, results_folder
from linkage_sim.studies.summary import summarised, varied
from linkage_sim.studies.sweep import Chunks
from linkage_sim.studies.sweep_run import Setup, Task, do_run, warm_up
from linkage_sim.studies.workers import Crew, Failure

if TYPE_CHECKING:
    import pandas as pd

RESULT = "result"
FINDINGS = "findings"
FORMAT = 1
KEPT = ("n", "seeds", "mean", "low", "high")
Row = dict[str, Any]
Drawing = Callable[["Results", Path], None]


@dataclass(frozen=True)
class Results:
    """What an experiment gave.

    Attributes
    ----------
    place
        Holds the sweep of each study in a folder of its name.
    outcomes, years
        Study -> its runs, and its runs by year where they were kept.
    tables
        Name -> table of everything that is kept and compared, `findings` included.
    """

    experiment: Experiment
    place: Path
    outcomes: dict[str, pd.DataFrame]
    years: dict[str, pd.DataFrame]
    tables: dict[str, pd.DataFrame]

    @property
    def findings(self) -> pd.DataFrame:
        """Give the claims and what became of them."""
        return self.tables[FINDINGS]


class LastingCrew(Crew):
    """Processes that stay when the tasks of one study are done, and take those of the next."""

    def go_on(self, chunks: Iterator[Any]) -> None:
        """Give those who wait something to do."""
        self._chunks = chunks
        for worker in self._workers:
            if not worker.items:
                self._hand_over(worker, self._next())

    @property
    def is_at_work(self) -> bool:
        """Tell whether somebody has something to do."""
        return any(worker.items for worker in self._workers)


class SharedProcesses:
    """Does the runs of several sweeps in the same processes: starting one takes seconds."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._crew: LastingCrew | None = None

    def batches(self, setup: Setup, tasks: Iterator[Task]) -> Iterator[list[tuple[Task, Any]]]:
        """Give answers as they come in."""
        chunks = Chunks(setup, tasks)
        if self._crew is None:
            self._crew = LastingCrew(do_run, chunks, self._jobs, warm_up)
        else:
            self._crew.go_on(chunks)
        for batch in self._crew.batches():
            for _, answer in batch:
                if not isinstance(answer, Failure):
                    chunks.saw(answer[1])
            yield [(task, answer) for (_, task), answer in batch]

    def stop(self) -> None:
        """Let processes finish the chunks they have."""
        if self._crew is not None:
            self._crew.stopping = True

    def dismiss(self) -> None:
        """End processes that are in the middle of something; others wait for the next sweep."""
        if self._crew is not None and self._crew.is_at_work:
            self.close()

    def close(self) -> None:
        """End all processes."""
        if self._crew is not None:
            self._crew.dismiss()
            self._crew = None


def evaluated(experiment: Experiment, place: Path) -> Results:
    """Compute everything an experiment tells from its finished sweeps.

    Parameters
    ----------
    place
        Holds one sweep a study, in a folder of its name.

    Raises
    ------
    InputError
        When something the experiment speaks of is not in them.
    """
    outcomes: dict[str, pd.DataFrame] = {}
    years: dict[str, pd.DataFrame] = {}
    for name, study in experiment.studies.items():
        outcomes[name] = load_results(place / name)
        if "years" in study.recording:
            years[name] = load_results(place / name, "years")
    tables: dict[str, pd.DataFrame] = {}
    for entry in experiment.written.studies:
        tables[f"summary_{entry.name}"] = _summary(experiment, entry, outcomes[entry.name])
    for analysis in experiment.written.analyses:
        tables.update(analysis_tables(analysis, experiment, place, outcomes, years))
    tables[FINDINGS] = findings_table(experiment, outcomes, years, tables)
    return Results(experiment, place, outcomes, years, tables)


def _summary(experiment: Experiment, entry: StudyEntry, rows: pd.DataFrame) -> pd.DataFrame:
    study = experiment.studies[entry.name]
    groups = entry.groups or [
        name for name in ("scenario",) if len(study.names) > 1
    ] + [name for name in varied(rows, study.outcomes) if name in _columns(experiment, entry)]
    found = summarised(rows, groups, study.outcomes)
    return found[[*groups, "outcome", *KEPT]]


def _columns(experiment: Experiment, entry: StudyEntry) -> list[str]:
    """Name the columns a study sets itself and lists; what differs between scenarios is theirs."""
    factors = experiment.studies[entry.name].factors
    return [column for item in factors if item.range is None for column in item.columns]


def keep(results: Results, place: Path, draw: Drawing | None = None) -> Path:
    """Write what an experiment tells, with its pictures and how it came about.

    Parameters
    ----------
    draw
        Called with the results and the folder to draw into.

    Returns
    -------
    Path
        The folder: a CSV file a table, `figures`, `provenance.json` and the list of all files.
    """
    goal = place / RESULT
    files = {f"{name}.csv": written_table(table) for name, table in results.tables.items()}

    def fill(beside: Path) -> None:
        for name, text in files.items():
            (beside / name).write_text(text, encoding="utf-8", newline="\n")
        if draw is not None:
            (beside / "figures").mkdir()
            draw(results, beside / "figures")

    old = [path.name for path in goal.glob("*.csv")]
    with results_folder(goal, own=[*files, *old]) as folder:
        folder.write_streamed(fill, record_of_experiment(results.experiment), replaced=old)
    return goal


def record_of_experiment(experiment: Experiment) -> Row:
    """Say how results of an experiment came about; equal results leave equal records."""
    plans = [plan for study in experiment.studies.values() for plan in study.scenarios]
    command = ["linkage-sim", "reproduce", experiment.name]
    command += ["--quick"] if experiment.size == "quick" else []
    for setting in experiment.settings:
        command += ["--set", setting]
    seeded = [] if experiment.seed is None else [f"seed={experiment.seed}"]
    command += [] if experiment.seed is None else ["--seed", str(experiment.seed)]
    sources = [FILE, *dict.fromkeys(item.file for item in experiment.written.studies)]
    return {
        "format": FORMAT,
        "verb": "reproduce",
        "experiment": experiment.name,
        "size": experiment.size,
        "model_version": MODEL_VERSION,
        "package_version": package_version(),
        "git": git_state(),
        "environment": environment(),
        "code": code_hash(plans),
        "command": command,
        "settings": [*experiment.settings, *seeded],
        "sources": {
            name: hashlib.sha256((experiment.folder / name).read_bytes()).hexdigest()
            for name in sources
        },
        "studies": {
            name: {
                "runs": study.n_runs, "seeds": [study.seeds[0], study.seeds[-1]],
                "scenarios": [
                    {"name": title, "hash": plan.hash()}
                    for title, plan in zip(study.names, study.scenarios, strict=True)
                ],
            }
            for name, study in experiment.studies.items()
        },
    }
