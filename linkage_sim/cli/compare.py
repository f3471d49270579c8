"""`linkage-sim compare`: reforms against a baseline over the same worlds."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from linkage_sim.cli.comparison_lines import (
    aim_lines,
    closing_lines,
    posterior_note,
    table_lines,
    written,
)
from linkage_sim.cli.options import (
    DIRECTORY,
    NUMBER,
    AsJson,
    Jobs,
    Lang,
    Quiet,
    Replace,
    Values,
    print_json,
    to_stderr,
)
from linkage_sim.cli.places import claimed, refuse_crowd, usual_comparison_place
from linkage_sim.cli.study_words import (
    display_names,
    may_be_stopped,
    progress_bar,
    records,
    told_settings,
)
from linkage_sim.errors import InputError
from linkage_sim.words import language, say

if TYPE_CHECKING:
    import pandas as pd

    from linkage_sim.scenario.schema import Scenario
    from linkage_sim.studies.compare import Plan, Run, Saved
    from linkage_sim.studies.overlay import Overlay
    from linkage_sim.studies.precision import Aim

LAWS_SHOWN = 5


def compare(
    scenarios: Annotated[
        list[str], typer.Argument(metavar=say("cli.scenarios"), help=say("study.option.scenarios"))
    ],
    baseline: Annotated[
        str | None, typer.Option(help=say("study.option.baseline"))
    ] = None,
    replications: Annotated[
        int, typer.Option(metavar=NUMBER, min=1, max=100_000, help=say("study.option.replications"))
    ] = 30,
    seed: Annotated[
        int, typer.Option(metavar=NUMBER, min=0, help=say("study.option.first_seed"))
    ] = 1,
    jobs: Jobs = None,
    values: Values = None,
    out: Annotated[
        Path | None, typer.Option(metavar=DIRECTORY, help=say("study.option.out"))
    ] = None,
    replace: Replace = False,
    half_width: Annotated[
        float | None,
        typer.Option("--half-width", metavar=NUMBER, min=1e-9, help=say("study.option.half_width")),
    ] = None,
    outcome: Annotated[
        str, typer.Option(metavar="NAME", help=say("study.option.aim_outcome"))
    ] = "demand_match",
    most: Annotated[
        int, typer.Option("--max-replications", metavar=NUMBER, min=1, max=100_000,
                          help=say("study.option.most"))
    ] = 1000,
    posterior: Annotated[
        Path | None, typer.Option(metavar="FILE", help=say("calibration.option.posterior"))
    ] = None,
    draws: Annotated[
        int | None,
        typer.Option(metavar=NUMBER, min=1, max=100_000, help=say("calibration.option.draws")),
    ] = None,
    trace: Annotated[bool, typer.Option("--trace", help=say("study.option.trace"))] = False,
    show_all: Annotated[bool, typer.Option("--all", help=say("study.option.all"))] = False,
    as_json: AsJson = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=say("study.option.dry_run"))
    ] = False,
    quiet: Quiet = False,
    lang: Lang = None,
) -> None:
    """Compare scenarios over the same worlds; the first is the baseline."""
    from linkage_sim.studies.compare import plan_of
    from linkage_sim.studies.workers import cores

    specs = [item for item in [baseline, *scenarios] if item is not None]
    if baseline is not None:
        specs = list(dict.fromkeys(specs))
    if len(specs) < 2:
        raise InputError(say("study.error.alone", baseline=specs[0]))
    plan = plan_of(
        _load(specs, values or []), range(seed, seed + replications), display_names(specs), trace,
        values or [], _overlay(posterior, draws),
    )
    aim = _aim(half_width, outcome, max(most, replications))
    workers = min(jobs or cores(), replications)
    refuse_crowd(max(item.world.residents for item in plan.scenarios), workers)
    # Who reads JSON asks for files by name.
    place = out if out is not None or as_json else usual_comparison_place(plan)
    if dry_run:
        from linkage_sim.cli.dry_run import report_plan

        return report_plan(plan, workers, place, as_json, replace)
    return _compare(plan, specs, workers, place, as_json, show_all, quiet, replace, aim)


def _overlay(posterior: Path | None, draws: int | None) -> Overlay | None:
    from linkage_sim.studies.overlay import load_overlay

    if posterior is None and draws is not None:
        raise InputError(say("calibration.error.draws_alone"))
    return None if posterior is None else load_overlay(posterior, draws)


def _aim(half_width: float | None, outcome: str, most: int) -> Aim | None:
    from linkage_sim.outcomes import NAMES
    from linkage_sim.scenario.problems import unknown_name
    from linkage_sim.studies.precision import Aim

    if outcome not in NAMES:
        raise InputError(f"--outcome: {unknown_name(outcome, NAMES)}")
    return None if half_width is None else Aim(outcome, half_width, most)


def _load(specs: list[str], values: list[str]) -> list[Scenario]:
    from linkage_sim.scenario.loading import load_scenario

    loaded, problems = [], []
    for spec in specs:
        try:
            loaded.append(load_scenario(spec, values))
        except InputError as error:
            problems += error.messages
    if problems:
        # What is wrong with the baseline is wrong with every reform of it; saying it once will do.
        raise InputError(dict.fromkeys(problems))
    return loaded


def _compare(
    plan: Plan, specs: list[str], jobs: int, place: Path | None, as_json: bool, show_all: bool,
    quiet: bool, replace: bool, aim: Aim | None,
) -> None:
    from linkage_sim.report.names import titles_of

    if place is None:
        with may_be_stopped():
            plan, table, runs = _run(plan, jobs, quiet, aim)
    else:
        plan, table, runs = _run_and_write(plan, jobs, place, quiet, replace, aim)
    failed = [run for run in runs if run.result is None]
    if as_json:
        print_json(records(table))
    else:
        titles = titles_of(plan.names, plan.scenarios, language())
        for line in table_lines(table, plan, runs, show_all, place, titles):
            typer.echo(line)
        for line in [] if aim is None else aim_lines(table, plan, aim):
            typer.echo(line)
        if place is not None and not quiet:
            for line in closing_lines(specs, place) if table["n"].any() else ["", written(place)]:
                typer.echo(line)
    if failed:
        shown = str(place / "failures.parquet") if place is not None else "-"
        to_stderr(say("study.failed", failed=len(failed), total=len(runs), path=shown,
                      reason=failed[0].failure.strip().splitlines()[-1]))
    if _broken_laws(runs) or failed:
        raise typer.Exit(1)


def _broken_laws(runs: list[Run]) -> bool:
    """Report what a scenario with `run.check` found; the first few in words."""
    found = [
        f"{run.name}, {say('study.seed', seed=run.seed)}: {problem}"
        for run in runs if run.result is not None for problem in run.result.problems
    ]
    for problem in found[:LAWS_SHOWN]:
        to_stderr(say("study.law_broken", problem=problem))
    if len(found) > LAWS_SHOWN:
        to_stderr(say("study.laws_more", count=len(found) - LAWS_SHOWN))
    return bool(found)


def _run_and_write(
    plan: Plan, jobs: int, place: Path, quiet: bool, replace: bool, aim: Aim | None
) -> tuple[Plan, pd.DataFrame, list[Run]]:
    """Run what is not saved yet, then write everything; a stop keeps what is finished."""
    from linkage_sim.studies.precision import with_seeds
    from linkage_sim.studies.saved import SavedSeeds
    from linkage_sim.studies.standing import finished_seeds

    largest = plan if aim is None else with_seeds(plan, aim.most)
    with claimed(place, largest, replace) as folder:
        if aim is not None:
            plan = with_seeds(plan, max(len(plan.seeds), finished_seeds(place, largest)))
        total = len(plan.seeds)
        saved = SavedSeeds(place, plan)
        before = saved.count(plan.seeds)
        if before and not quiet:
            to_stderr(say("study.resumed", done=before, total=total, path=place))

        def kept() -> str:
            done = saved.count(plan.seeds)
            if not done:
                return say("study.interrupted.unsaved")
            return say("study.interrupted.saved", done=done, total=total, path=place)

        with may_be_stopped(kept):
            plan, table, runs = _run(plan, jobs, quiet, aim, saved)
            _write(folder, plan, runs, table)
    return plan, table, runs


def _run(
    plan: Plan, jobs: int, quiet: bool, aim: Aim | None, saved: Saved | None = None
) -> tuple[Plan, pd.DataFrame, list[Run]]:
    """Run a plan, or one with more seeds where it has to be precise."""
    from linkage_sim.studies.compare import outcome_rows, run_plan
    from linkage_sim.studies.differences import difference_table
    from linkage_sim.studies.precision import Remembered, run_until

    with progress_bar(say("study.progress.runs"), quiet) as progress:
        if aim is None:
            runs = run_plan(plan, jobs, progress, saved)
        else:
            kept = saved or Remembered()
            plan, runs = run_until(plan, aim, lambda item: run_plan(item, jobs, progress, kept))
    return plan, difference_table(outcome_rows(runs), plan.names, plan.seeds), runs


def _write(folder: Any, plan: Plan, runs: list[Run], table: pd.DataFrame) -> None:
    from linkage_sim.provenance import provenance_of
    from linkage_sim.studies.results import provenance_hash
    from linkage_sim.studies.tables import tables_of

    record = provenance_of(
        "compare", plan.names, plan.scenarios, plan.seeds, trace=plan.trace
    )
    if plan.overlay is not None:
        record["posterior"] = plan.overlay.record(plan.seeds)
    tables = tables_of(runs, plan.names, plan.scenarios, plan.overlay)
    source = f"provenance.json sha256:{provenance_hash(record)}"
    folder.write(
        tables, record, table,
        figures=lambda path: _draw(table, tables["years"], plan, path, source),
    )


def _draw(
    table: pd.DataFrame, years: pd.DataFrame, plan: Plan, folder: Path, source: str
) -> None:
    """Draw both pictures; one that cannot be drawn is no reason to lose the numbers."""
    from linkage_sim.report.figures import forest_plot, years_plot
    from linkage_sim.report.names import drawn_titles, titles_of

    if not table["n"].any():
        # Pictures of nothing would only puzzle; why there is nothing is said elsewhere.
        return
    trouble: list[str] = []
    titles = drawn_titles(titles_of(plan.names, plan.scenarios, language()))
    note = " ".join(filter(None, [told_settings("compare", plan.settings), posterior_note(plan)]))
    for draw in (
        partial(forest_plot, table, folder / "forest.png", language(), source, titles, note),
        partial(years_plot, years, folder / "years.png", language(), source, plan.names, titles,
                note),
    ):
        try:
            draw()
        except InputError as error:
            trouble += error.messages
    for message in dict.fromkeys(trouble):
        to_stderr(message)
