"""Draws the pictures of the experiments in both languages, as the pages and the view show them.

Most need only the tables that are kept in `expected/`; the others take single runs from a place
where `reproduce` wrote. What cannot be drawn from either is named and stays as it was.

    python -m linkage_sim.report.kept_pictures experiments results/experiments/full
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from linkage_sim.errors import InputError
from linkage_sim.report.experiment_figures import draw_experiment
from linkage_sim.report.number_blocks import BAD_INPUT
from linkage_sim.studies.crate import write_crate
from linkage_sim.studies.expected import RECORD, compare_tables
from linkage_sim.studies.experiment import FILE, Experiment, load_experiment
from linkage_sim.studies.experiment_run import Results, evaluated
from linkage_sim.studies.results import provenance_hash
from linkage_sim.words import say

if TYPE_CHECKING:
    import pandas as pd

PLACES = {"en": "figures", "zh": "figures/zh"}


def draw_kept(folder: Path, runs: Path) -> list[Path]:
    """Draw the pictures of one experiment, each in English and in Chinese.

    Parameters
    ----------
    folder
        Folder of the experiment, with its expected results.
    runs
        Holds a sweep a study, in a folder of its name; need not be there.

    Returns
    -------
    list of Path
        The files written, into `figures` and `figures/zh`.
    """
    experiment = load_experiment(folder)
    record = json.loads((experiment.expected / RECORD).read_text(encoding="utf-8"))
    source = f"provenance.json sha256:{provenance_hash(record)}"
    results = _results(experiment, runs)
    written = []
    for language, place in PLACES.items():
        goal = folder / place
        goal.mkdir(parents=True, exist_ok=True)
        for entry in experiment.written.figures:
            alone = replace(results, experiment=_with_one(experiment, entry.name))
            picture = _drawn(alone, entry.name, source, language)
            if picture:
                (goal / f"{entry.name}.png").write_bytes(picture)
                written.append(goal / f"{entry.name}.png")
    return written


def _drawn(results: Results, name: str, source: str, language: str) -> bytes:
    """Draw one picture; nothing where what it needs is not there, which is said."""
    with tempfile.TemporaryDirectory() as place:
        try:
            drawn = draw_experiment(results, Path(place), source, language)
        except (KeyError, FileNotFoundError, InputError) as error:
            sys.stderr.write(say("experiment.no_picture", name=results.experiment.name,
                                 figure=name, reason=error) + "\n")
            return b""
        return next(path.read_bytes() for path in drawn if path.suffix == ".png")


def _with_one(experiment: Experiment, name: str) -> Experiment:
    figures = [item for item in experiment.written.figures if item.name == name]
    return replace(experiment, written=experiment.written.model_copy(update={"figures": figures}))


def _results(experiment: Experiment, runs: Path) -> Results:
    """Give what was kept as results; runs are taken only where they bring the kept numbers."""
    import pandas as pd

    if all((runs / name).is_dir() for name in experiment.studies):
        results = evaluated(experiment, runs)
        found = compare_tables(results.tables, experiment.expected, experiment.written.tolerance)
        if not found.differ:
            return results
        sys.stderr.write(say("experiment.check.differ", differ=found.differ,
                             numbers=found.numbers) + "\n")
    tables: dict[str, pd.DataFrame] = {
        path.stem: pd.read_csv(path, keep_default_na=False, na_values=[""])
        for path in sorted(experiment.expected.glob("*.csv"))
    }
    return Results(experiment, runs, {}, {}, tables)


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw the pictures of all experiments of a place; gives the exit code."""
    typed = list(sys.argv[1:] if arguments is None else arguments)
    if len(typed) != 2 or typed[0].startswith("-"):
        sys.stderr.write("python -m linkage_sim.report.kept_pictures EXPERIMENTS RESULTS\n")
        return BAD_INPUT
    for folder in sorted(path.parent for path in Path(typed[0]).glob(f"*/{FILE}")):
        for path in draw_kept(folder, Path(typed[1]) / folder.name):
            sys.stdout.write(f"{path}\n")
        write_crate(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
