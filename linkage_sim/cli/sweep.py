"""`linkage-sim sweep`: every point of a study on every seed, kept run by run."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from linkage_sim.cli.layout import duration, number
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
from linkage_sim.cli.study_words import progress_bar
from linkage_sim.cli.typed import command_line, package, pip_install
from linkage_sim.errors import InputError
from linkage_sim.words import say

if TYPE_CHECKING:
    from linkage_sim.studies.export import Adding
    from linkage_sim.studies.study import Study
    from linkage_sim.studies.sweep import Executor, Options, Progress

SECONDS_PER_RESIDENT_YEAR = 52 * 110e-9
"""From benchmarks/README.md; a plan should not have to wait for a measurement."""
SECONDS_PER_RUN = 0.005
BYTES_PER_RUN, BYTES_PER_YEAR, BYTES_PER_PROJECT = 2_000, 800, 220
PROJECTS_PER_COMMUNITY_YEAR = 10
INTERRUPTED, FAILED, BAD_INPUT = 130, 1, 2


def sweep(
    study: Annotated[Path, typer.Argument(metavar="STUDY", help=say("sweep.option.study"))],
    out: Annotated[
        Path | None, typer.Option(metavar=DIRECTORY, help=say("sweep.option.out"))
    ] = None,
    jobs: Jobs = None,
    values: Values = None,
    replications: Annotated[
        int | None,
        typer.Option(metavar=NUMBER, min=1, max=100_000, help=say("sweep.option.replications")),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(metavar=NUMBER, min=0, help=say("sweep.option.seed"))
    ] = None,
    errors: Annotated[
        Literal["keep", "stop"], typer.Option(help=say("sweep.option.errors"))
    ] = "keep",
    run_timeout: Annotated[
        float | None, typer.Option(metavar=NUMBER, min=0.001, help=say("sweep.option.timeout"))
    ] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help=say("sweep.option.retry"))
    ] = False,
    executor: Annotated[
        Literal["processes", "dask"], typer.Option(help=say("sweep.option.executor"))
    ] = "processes",
    scheduler: Annotated[
        str | None, typer.Option(metavar="tcp://HOST:PORT", help=say("sweep.option.scheduler"))
    ] = None,
    as_json: AsJson = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=say("study.option.dry_run"))
    ] = False,
    quiet: Quiet = False,
    lang: Lang = None,
) -> None:
    """Run a study; the same command goes on where it stopped."""
    from linkage_sim.studies.study import load_study
    from linkage_sim.studies.sweep import Options
    from linkage_sim.studies.workers import cores

    if (executor == "dask") != (scheduler is not None):
        raise InputError(say("sweep.error.scheduler"))
    plan = load_study(study, values or [], replications=replications, seed=seed)
    place = out if out is not None else RESULTS / f"sweep_{study.stem}"
    options = Options(
        jobs or cores(), errors == "stop", run_timeout, retry_failed
    )
    if scheduler is None:
        refuse_crowd(plan.most_residents, min(options.jobs, plan.n_runs))
    if dry_run:
        return report_plan(plan, place, options, as_json)
    doer = _cluster(scheduler, quiet) if scheduler is not None else None
    return _sweep(plan, place, options, doer, as_json, quiet)


def _cluster(scheduler: str, quiet: bool) -> Executor:
    if find_spec("distributed") is None:
        raise InputError(say(
            "sweep.cluster.not_installed", command=pip_install(package("cluster"))
        ))
    from linkage_sim.studies.cluster import DaskWorkers

    return DaskWorkers(scheduler, tell=(lambda text: None) if quiet else to_stderr)


def carried_out(
    plan: Study, place: Path, options: Options, doer: Executor | None, quiet: bool,
    add: Adding | None = None, what: str | None = None,
) -> Progress:
    """Run a study with a bar, named by `what`, and gentle stops; `add` is as for `run_sweep`."""
    from linkage_sim.studies.cluster_link import ClusterLostError
    from linkage_sim.studies.sweep import Progress, run_sweep

    with progress_bar(what or say("sweep.progress"), quiet) as show:
        progress = Progress(tell=_teller(show, place, quiet))
        try:
            with stopped_gently(progress):
                run_sweep(plan, place, options, progress, doer, add=add)
        except KeyboardInterrupt:
            _tell_stop(progress, place)
            raise
        except ClusterLostError as error:
            to_stderr(str(error))
            _tell_stop(progress, place)
            raise typer.Exit(FAILED) from None
    return progress


def _sweep(
    plan: Study, place: Path, options: Options, doer: Executor | None, as_json: bool, quiet: bool
) -> None:
    progress = carried_out(plan, place, options, doer, quiet)
    if as_json:
        print_json(as_record(progress, place))
    elif progress.is_complete:
        typer.echo(say(
            "sweep.finished", done=progress.done - progress.failed, failed=progress.failed,
            fresh=progress.done - progress.before, path=place,
        ))
        if not quiet:
            _tell_next(plan, place)
    end_as_it_went(progress, place, options)


def end_as_it_went(progress: Progress, place: Path, options: Options) -> None:
    """Say what failed or was stopped, and end with the exit code for it."""
    from linkage_sim.studies.store import Store

    if progress.failed:
        to_stderr(say(
            "sweep.failed", failed=progress.failed, path=place / "failures.parquet",
            reason=Store(place).first_reason(),
        ))
    if not progress.is_complete:
        if options.stop_on_error and progress.failed and not progress.stop_asked:
            to_stderr(say("sweep.stopped_on_error"))
            _tell_stop(progress, place)
        else:
            _tell_stop(progress, place)
            raise typer.Exit(INTERRUPTED)
    if progress.failed:
        raise typer.Exit(FAILED)


def _teller(
    show: Callable[[int, int], None], place: Path, quiet: bool
) -> Callable[[Progress], None]:
    """Pass on what comes up: the bar, and each note once."""
    told: list[int] = [0, 0]

    def tell(progress: Progress) -> None:
        if progress.total:
            show(progress.done, progress.total)
        if progress.before and not told[0] and not quiet:
            told[0] = 1
            to_stderr(say(
                "sweep.resumed", done=progress.before, total=progress.total, path=place
            ))
        for note in progress.notes[told[1] :]:
            to_stderr(note)
        told[1] = len(progress.notes)

    return tell


@contextmanager
def stopped_gently(progress: Progress) -> Iterator[None]:
    """Let the first Ctrl-C finish what is at work, and the second one stop at once."""
    def receive(signal_number: int, frame: Any) -> None:
        if progress.stop_asked:
            raise KeyboardInterrupt
        progress.stop_asked = True
        to_stderr(say("sweep.stopping"))

    try:
        before = signal.signal(signal.SIGINT, receive)
    except ValueError:
        # Only the main thread may set signals.
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _tell_stop(progress: Progress, place: Path) -> None:
    to_stderr(say("sweep.stopped", done=progress.done, total=progress.total, path=place)
              + f"\n  {command_line()}")


def as_record(progress: Progress, place: Path) -> dict[str, Any]:
    return {
        "out": str(place), "total": progress.total, "done": progress.done - progress.failed,
        "failed": progress.failed, "new": progress.done - progress.before,
        "complete": progress.is_complete, "notes": progress.notes,
    }


def _tell_next(plan: Study, place: Path) -> None:
    varied = _column_of_first(plan, place)
    words = ["results", str(place)] + (["--group-by", varied] if varied else [])
    typer.echo("\n" + say("study.next"))
    for line in (words, ["status", str(place)]):
        typer.echo(f"  {command_line(line)}")


def _column_of_first(plan: Study, place: Path) -> str | None:
    """Name the column of the first varied parameter; a table of values has a column for each."""
    from pyarrow.parquet import read_schema

    columns = read_schema(place / "outcomes.parquet").names
    return next(
        (column for item in plan.factors for column in columns
         if column == item.name or column.startswith(f"{item.name}.")), None,
    )


# -- what it would cost --------------------------------------------------------------------------


def report_plan(plan: Study, place: Path, options: Options, as_json: bool) -> None:
    """Say what a study would cost."""
    estimate = estimate_of(plan, place, options)
    if as_json:
        print_json(estimate)
        return
    typer.echo(say(
        "sweep.dry.title", design=plan.design, points=f"{estimate['points']:,}",
        scenarios=len(plan.names), seeds=plan.replications, runs=f"{estimate['runs']:,}",
        jobs=estimate["jobs"],
    ))
    if estimate["done"]:
        typer.echo(say("sweep.dry.done", path=place, done=estimate["done"],
                       waiting=estimate["waiting"]))
    amount, unit = duration(estimate["seconds"])
    typer.echo(say(
        "sweep.dry.time", amount=number(amount, 1), unit=say(f"study.unit.{unit}"),
        pace=number(estimate["run_seconds"], 2),
    ))
    typer.echo(say(
        "sweep.dry.disk", megabytes=number(estimate["disk_bytes"] / 1e6, 1), path=place,
        gigabytes=number(estimate["memory_bytes"] / 1e9, 2),
    ))
    for reason in estimate["refused"]:
        typer.echo(say("sweep.dry.refused", reason=reason), err=True)
    if estimate["refused"]:
        raise typer.Exit(BAD_INPUT)


def estimate_of(plan: Study, place: Path, options: Options) -> dict[str, Any]:
    """Estimate runs, seconds, disk and memory of a study, without running anything."""
    from linkage_sim.scenario.memory import needed_bytes
    from linkage_sim.studies.results import refuse_foreign
    from linkage_sim.studies.standing import refuse_other_results
    from linkage_sim.studies.store import Store
    from linkage_sim.studies.sweep import fitting

    refused: list[str] = []
    store = Store(place)
    try:
        refuse_foreign(place)
        refuse_other_results(place)
        _, tasks = fitting(plan, store)
    except InputError as error:
        from linkage_sim.studies.tasks import Tasks

        refused = error.messages
        store.spots.clear()
        tasks = Tasks(plan)
    keys = tasks.keys()
    waiting = len(keys - set(store.spots))
    world, run = plan.scenarios[0].world, plan.scenarios[0].run
    years = run.years + run.warmup_years
    each = SECONDS_PER_RUN + SECONDS_PER_RESIDENT_YEAR * years * world.residents
    kept = BYTES_PER_RUN + BYTES_PER_YEAR * run.years * ("years" in plan.recording)
    kept += (BYTES_PER_PROJECT * PROJECTS_PER_COMMUNITY_YEAR * world.communities * run.years
             * ("projects" in plan.recording))
    return {
        "points": len(tasks.points), "scenarios": list(plan.names), "seeds": list(plan.seeds),
        "runs": len(keys), "done": len(keys) - waiting, "waiting": waiting,
        "jobs": options.jobs, "run_seconds": round(each, 4),
        "seconds": round(each * waiting / options.jobs, 1), "disk_bytes": kept * len(keys),
        "memory_bytes": options.jobs * (300_000_000 + needed_bytes(world.residents)),
        "out": str(place), "refused": refused,
    }
