"""`linkage-sim reproduce`: runs the experiments again and says which findings come out."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from linkage_sim.cli.options import (
    DIRECTORY,
    NUMBER,
    AsJson,
    Jobs,
    Lang,
    Quiet,
    Values,
    print_json,
    to_stderr,
)
from linkage_sim.cli.places import RESULTS, refuse_crowd
from linkage_sim.cli.sweep import carried_out, end_as_it_went
from linkage_sim.errors import InputError
from linkage_sim.words import say

if TYPE_CHECKING:
    from linkage_sim.studies.expected import Comparison
    from linkage_sim.studies.experiment import Experiment
    from linkage_sim.studies.experiment_run import Results, SharedProcesses
    from linkage_sim.studies.sweep import Options

FAILED = 1
EXPERIMENTS = RESULTS / "experiments"


def reproduce(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar=say("experiment.argument"), help=say("experiment.option.names")),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help=say("experiment.option.all"))
    ] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help=say("experiment.option.quick"))
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help=say("experiment.option.check"))
    ] = False,
    out: Annotated[
        Path | None, typer.Option(metavar=DIRECTORY, help=say("experiment.option.out"))
    ] = None,
    jobs: Jobs = None,
    values: Values = None,
    seed: Annotated[
        int | None, typer.Option(metavar=NUMBER, min=0, help=say("experiment.option.seed"))
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help=say("experiment.option.replace"))
    ] = False,
    figures: Annotated[
        bool, typer.Option("--figures/--no-figures", help=say("experiment.option.figures"))
    ] = True,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=say("study.option.dry_run"))
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    lang: Lang = None,
) -> None:
    """Run experiments; the same command goes on where it stopped."""
    from linkage_sim.studies.experiment import load_experiment
    from linkage_sim.studies.sweep import Options
    from linkage_sim.studies.workers import cores

    if everything and names:
        raise InputError(say("experiment.all_and_names"))
    folders = _folders(names or [])
    chosen = [load_experiment(folder, quick, values or [], seed) for folder in folders]
    place = out if out is not None else EXPERIMENTS / ("quick" if quick else "full")
    options = Options(jobs or cores())
    for experiment in chosen:
        for study in experiment.studies.values():
            refuse_crowd(study.most_residents, min(options.jobs, study.n_runs))
        if check:
            _expects(experiment)
    if dry_run:
        from linkage_sim.cli.reproduce_lines import tell_plans

        return tell_plans(chosen, place, options, as_json)
    told: list[tuple[Results, Comparison | None, Path]] = []
    with _processes(options.jobs) as doer:
        for experiment in chosen:
            results = _carried_out(experiment, place / experiment.name, options, doer, quiet,
                                   replace)
            told.append(_kept(results, place / experiment.name, check, figures))
            if not as_json:
                from linkage_sim.cli.reproduce_lines import tell_results

                tell_results(*told[-1], quiet=quiet)
    return _end(told, as_json, quiet)


def _folders(names: list[str]) -> list[Path]:
    from linkage_sim.studies.experiment import (
        experiment_names,
        find_experiment,
        shipped_experiments,
    )

    if not names:
        folders = [shipped_experiments() / name for name in experiment_names()]
        if not folders:
            raise InputError(say("experiment.error.none_ship"))
        return folders
    wrong: list[str] = []
    found: dict[str, Path] = {}
    for name in dict.fromkeys(names):
        try:
            folder = find_experiment(name)
        except InputError as error:
            wrong += error.messages
            continue
        own = folder.resolve().name
        if own in found and found[own].resolve() != folder.resolve():
            wrong.append(say("experiment.error.same_name", name=own))
        found[own] = folder
    if wrong:
        raise InputError(wrong)
    return list(found.values())


def _expects(experiment: Experiment) -> None:
    """Refuse before hours are spent when there is nothing to compare with."""
    from linkage_sim.studies.expected import RECORD

    if not (experiment.expected / RECORD).is_file():
        raise InputError(say("experiment.error.nothing_expected", path=experiment.expected))


@contextmanager
def _processes(jobs: int) -> Iterator[SharedProcesses]:
    from linkage_sim.studies.experiment_run import SharedProcesses

    doer = SharedProcesses(jobs)
    try:
        yield doer
    finally:
        doer.close()


def _carried_out(
    experiment: Experiment, place: Path, options: Options, doer: SharedProcesses, quiet: bool,
    replace: bool,
) -> Results:
    """Run the studies of one experiment, and compute what it tells."""
    from linkage_sim.studies.experiment_run import evaluated

    for name, study in experiment.studies.items():
        _make_room(experiment, name, place / name, replace)
        what = say("experiment.progress", name=experiment.name, study=name)
        progress = carried_out(study, place / name, options, doer, quiet, what=what)
        if progress.failed and progress.is_complete:
            from linkage_sim.studies.store import Store

            to_stderr(say("experiment.error.failed", study=name, failed=progress.failed,
                          total=progress.total, reason=Store(place / name).first_reason()))
            raise typer.Exit(FAILED)
        end_as_it_went(progress, place / name, options)
    return evaluated(experiment, place)


def _make_room(experiment: Experiment, name: str, place: Path, replace: bool) -> None:
    """Refuse, or throw away where that was asked for, runs that this study cannot go on from."""
    from linkage_sim.studies.store import Store, is_sweep
    from linkage_sim.studies.sweep import fitting

    if not place.exists() or not is_sweep(place):
        return
    store = Store(place)
    try:
        fitting(experiment.studies[name], store)
        fits = not (replace and store.failed)
    except InputError as error:
        if not replace:
            raise InputError([*error.messages,
                              say("experiment.error.replace", path=place)]) from None
        fits = False
    if not fits:
        from linkage_sim.studies.results import results_folder

        with results_folder(place):
            for item in ("runs", "study.json", "damaged"):
                found = place / item
                shutil.rmtree(found) if found.is_dir() else found.unlink(missing_ok=True)
            (place / "manifest.json").unlink(missing_ok=True)


def _kept(
    results: Results, place: Path, check: bool, figures: bool
) -> tuple[Results, Comparison | None, Path]:
    """Write what an experiment tells, and compare it with what is expected."""
    from linkage_sim.studies.expected import Comparison, compare_tables
    from linkage_sim.studies.experiment_run import keep

    goal = keep(results, place, _draw if figures else None)
    if not check:
        return results, None, goal
    experiment = results.experiment
    if experiment.seed is not None:
        # Other worlds have other numbers; only what is claimed can be the same.
        return results, Comparison(False, 0, 0, ()), goal
    found = compare_tables(results.tables, experiment.expected, experiment.written.tolerance)
    return results, found, goal


def _draw(results: Results, folder: Path) -> None:
    """Draw what there is to draw; a missing font is told, and loses nothing else."""
    from linkage_sim.report.experiment_figures import draw_experiment
    from linkage_sim.studies.experiment_run import record_of_experiment
    from linkage_sim.studies.results import provenance_hash

    def refused(name: str, error: InputError) -> None:
        to_stderr(say("experiment.no_picture", name=results.experiment.name, figure=name,
                      reason=error))

    source = f"provenance.json sha256:{provenance_hash(record_of_experiment(results.experiment))}"
    draw_experiment(results, folder, source, refused=refused)


def _end(
    told: list[tuple[Results, Comparison | None, Path]], as_json: bool, quiet: bool
) -> None:
    """Say in one line how all of it went, and end with the exit code for it."""
    from linkage_sim.cli.reproduce_lines import as_records, changed, tell_summary

    if as_json:
        print_json(as_records(told))
    elif not quiet or len(told) > 1:
        tell_summary(told)
    differs: list[Any] = [
        item for results, comparison, _ in told for item in (
            *changed(results), *((comparison,) if comparison and comparison.differ else ()))
    ]
    if differs:
        raise typer.Exit(FAILED)
