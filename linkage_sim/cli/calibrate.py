"""`linkage-sim calibrate`: a posterior of free assumptions, fitted to figures from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
from linkage_sim.cli.study_words import progress_bar, records
from linkage_sim.cli.sweep import (
    INTERRUPTED,
    SECONDS_PER_RESIDENT_YEAR,
    SECONDS_PER_RUN,
    stopped_gently,
)
from linkage_sim.cli.typed import command_line
from linkage_sim.errors import InputError
from linkage_sim.words import language, say

if TYPE_CHECKING:
    from linkage_sim.studies.calibration import Fitted
    from linkage_sim.studies.calibration_file import Calibration
    from linkage_sim.studies.sweep import Options

PROPOSALS_PER_PARTICLE = 3
"""What a generation takes, roughly; it grows as the threshold falls."""


def calibrate(
    study: Annotated[Path, typer.Argument(metavar="STUDY", help=say("calibration.option.study"))],
    out: Annotated[
        Path | None, typer.Option(metavar=DIRECTORY, help=say("sweep.option.out"))
    ] = None,
    jobs: Jobs = None,
    values: Values = None,
    replications: Annotated[
        int | None,
        typer.Option(metavar=NUMBER, min=1, max=10_000,
                     help=say("calibration.option.replications")),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(metavar=NUMBER, min=0, help=say("calibration.option.seed"))
    ] = None,
    run_timeout: Annotated[
        float | None, typer.Option(metavar=NUMBER, min=0.001, help=say("sweep.option.timeout"))
    ] = None,
    as_json: AsJson = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=say("study.option.dry_run"))
    ] = False,
    quiet: Quiet = False,
    lang: Lang = None,
) -> None:
    """Fit assumptions to figures from elsewhere; the same command goes on where it stopped."""
    from linkage_sim.studies.calibration_file import load_calibration
    from linkage_sim.studies.sweep import Options
    from linkage_sim.studies.workers import cores

    plan = load_calibration(study, values or [], replications=replications, seed=seed)
    place = out if out is not None else RESULTS / f"calibration_{study.stem}"
    options = Options(jobs or cores(), run_timeout=run_timeout)
    refuse_crowd(plan.scenario.world.residents, options.jobs)
    if dry_run:
        return _report_plan(plan, place, options, as_json)
    fitted = _carried_out(plan, place, options, quiet)
    if as_json:
        print_json(_as_record(fitted, place))
    else:
        from linkage_sim.cli.calibration_lines import calibration_lines, next_lines

        for line in calibration_lines(fitted):
            typer.echo(line)
        for line in next_lines(fitted, place) if not quiet else []:
            typer.echo(line)


def _carried_out(plan: Calibration, place: Path, options: Options, quiet: bool) -> Fitted:
    """Fit with a bar and gentle stops; what was finished is kept whatever happens."""
    from linkage_sim.studies.calibration import calibrate as fit
    from linkage_sim.studies.simulations import StoppedError
    from linkage_sim.studies.sweep import Progress

    with progress_bar(say("calibration.progress"), quiet) as show:
        progress = Progress(tell=lambda now: show(now.done, now.total))
        try:
            with stopped_gently(progress):
                return fit(plan, place, options, progress, _draw)
        except StoppedError:
            _tell_stop(place)
            raise typer.Exit(INTERRUPTED) from None
        except KeyboardInterrupt:
            _tell_stop(place)
            raise
        finally:
            for note in progress.notes:
                to_stderr(note)


def _tell_stop(place: Path) -> None:
    from linkage_sim.studies.calibration import PREDICTIVE, SIMULATIONS
    from linkage_sim.studies.store import Store

    kept = sum(len(Store(place / name).spots) for name in (SIMULATIONS, PREDICTIVE))
    to_stderr(say("calibration.stopped", count=kept, path=place) + f"\n  {command_line()}")


def _draw(fitted: Fitted, folder: Path, source: str) -> None:
    """Draw both pictures; one that cannot be drawn is no reason to lose the numbers."""
    from linkage_sim.report.calibration_plot import draw_figures, draw_parameters

    marked = f"provenance.json sha256:{source}"
    trouble: list[str] = []
    for draw, name in ((draw_parameters, "parameters"), (draw_figures, "targets")):
        try:
            draw(fitted.tables, folder / f"{name}.png", language(), marked)
        except InputError as error:
            trouble += error.messages
    for message in dict.fromkeys(trouble):
        to_stderr(message)


def _as_record(fitted: Fitted, place: Path) -> dict[str, Any]:
    return {
        "out": str(place), "ended": fitted.course.ended, "proposals": fitted.course.proposals,
        **{name: records(fitted.tables[name]) for name in ("generations", "parameters", "targets")},
    }


def _report_plan(plan: Calibration, place: Path, options: Options, as_json: bool) -> None:
    estimate = estimate_of(plan, place, options)
    if as_json:
        print_json(estimate)
        return
    typer.echo(say(
        "calibration.dry.title", parameters=len(plan.factors), fitted=len(plan.targets),
        predicted=len(plan.predictions), population=plan.population,
        generations=plan.generations, replications=plan.replications,
    ))
    amount, unit = duration(estimate["seconds"])
    typer.echo(say(
        "calibration.dry.time", runs=f"{estimate['runs']:,}", amount=number(amount, 1),
        unit=say(f"study.unit.{unit}"), jobs=options.jobs, path=place,
    ))


def estimate_of(plan: Calibration, place: Path, options: Options) -> dict[str, Any]:
    """Estimate the runs and seconds of a calibration, without running anything.

    How many proposals a generation takes is known afterwards only: three a particle are usual.
    """
    wanted = plan.population * (1 + PROPOSALS_PER_PARTICLE * plan.generations)
    fitting = wanted * plan.replications
    if plan.runs is not None:
        fitting = min(fitting, plan.runs)
    runs = fitting + plan.population * plan.replications
    world, run = plan.scenario.world, plan.scenario.run
    each = SECONDS_PER_RUN + SECONDS_PER_RESIDENT_YEAR * world.residents * (
        run.years + run.warmup_years
    )
    return {
        "parameters": [item.name for item in plan.factors],
        "targets": [item.outcome for item in plan.targets],
        "predictions": [item.outcome for item in plan.predictions],
        "population": plan.population, "generations": plan.generations,
        "replications": plan.replications, "runs": runs, "jobs": options.jobs,
        "seconds": round(runs * each / options.jobs, 1), "out": str(place),
    }
