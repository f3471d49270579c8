"""`linkage-sim compare`: reforms against a baseline over the same worlds."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from linkage_sim.cli.layout import MISSING, columns, decimals_for, number
from linkage_sim.cli.options import (
    DIRECTORY,
    NUMBER,
    AsJson,
    Lang,
    Quiet,
    Replace,
    Values,
    print_json,
    to_stderr,
)
from linkage_sim.cli.places import claimed, usual_comparison_place
from linkage_sim.cli.study_words import (
    better,
    display_names,
    may_be_stopped,
    outcome_label,
    outcome_name,
    progress_bar,
    records,
    told_settings,
)
from linkage_sim.cli.typed import command_line
from linkage_sim.errors import InputError
from linkage_sim.words import language, say

if TYPE_CHECKING:
    import pandas as pd

    from linkage_sim.report.names import Titles
    from linkage_sim.scenario.schema import Scenario
    from linkage_sim.studies.compare import Plan, Run
    from linkage_sim.studies.saved import SavedSeeds

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
    jobs: Annotated[
        int | None, typer.Option(metavar=NUMBER, min=1, help=say("study.option.jobs"))
    ] = None,
    values: Values = None,
    out: Annotated[
        Path | None, typer.Option(metavar=DIRECTORY, help=say("study.option.out"))
    ] = None,
    replace: Replace = False,
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
        values or [],
    )
    workers = min(jobs or cores(), replications)
    # Who reads JSON asks for files by name.
    place = out if out is not None or as_json else usual_comparison_place(plan)
    if dry_run:
        from linkage_sim.cli.dry_run import report_plan

        return report_plan(plan, workers, place, as_json, replace)
    return _compare(plan, specs, workers, place, as_json, show_all, quiet, replace)


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
    quiet: bool, replace: bool,
) -> None:
    from linkage_sim.report.names import titles_of

    if place is None:
        with may_be_stopped():
            table, runs = _run(plan, jobs, quiet)
    else:
        table, runs = _run_and_write(plan, jobs, place, quiet, replace)
    failed = [run for run in runs if run.result is None]
    if as_json:
        print_json(records(table))
    else:
        titles = titles_of(plan.names, plan.scenarios, language())
        for line in table_lines(table, plan, runs, show_all, place, titles):
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
    plan: Plan, jobs: int, place: Path, quiet: bool, replace: bool
) -> tuple[pd.DataFrame, list[Run]]:
    """Run what is not saved yet, then write everything; a stop keeps what is finished."""
    from linkage_sim.studies.saved import SavedSeeds

    total = len(plan.seeds)
    with claimed(place, plan, replace) as folder:
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
            table, runs = _run(plan, jobs, quiet, saved)
            _write(folder, plan, runs, table)
    return table, runs


def _run(
    plan: Plan, jobs: int, quiet: bool, saved: SavedSeeds | None = None
) -> tuple[pd.DataFrame, list[Run]]:
    from linkage_sim.studies.compare import difference_table, outcome_rows, run_plan

    with progress_bar(say("study.progress.runs"), quiet) as progress:
        runs = run_plan(plan, jobs, progress, saved)
    return difference_table(outcome_rows(runs), plan.names, plan.seeds), runs


def _write(folder: Any, plan: Plan, runs: list[Run], table: pd.DataFrame) -> None:
    from linkage_sim.provenance import provenance_of
    from linkage_sim.studies.results import provenance_hash
    from linkage_sim.studies.tables import tables_of

    record = provenance_of(
        "compare", plan.names, plan.scenarios, plan.seeds, trace=plan.trace
    )
    tables = tables_of(runs, plan.names, plan.scenarios)
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
    note = told_settings("compare", plan.settings)
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


# -- what is printed ---------------------------------------------------------------------------


def table_lines(
    table: pd.DataFrame, plan: Plan, runs: list[Run], show_all: bool,
    place: Path | None, titles: Titles = MappingProxyType({}),
) -> list[str]:
    """Set the comparison as text: one block an outcome, one line a scenario.

    Parameters
    ----------
    titles
        Titles that stand before the ids of scenarios.
    """
    from linkage_sim.outcomes import HEADLINES
    from linkage_sim.report.names import titled

    names, pairs = plan.names, int((table["n"] + table["dropped"]).max())
    text = [say("study.compare.title", baseline=titled(names[0], titles), n=pairs)]
    text += [*filter(None, [told_settings("compare", plan.settings)]), ""]
    if not table["n"].any():
        return [*text, say("study.compare.nothing")]
    shown = table if show_all else table[table["outcome"].isin(HEADLINES)]
    rows: list[list[str]] = []
    heads: dict[int, str] = {}
    for outcome, block in shown.groupby("outcome", sort=False):
        name = str(outcome)
        heads[len(rows)] = say(
            "study.compare.head", outcome=name, label=outcome_label(name), better=better(name)
        )
        shown_as = {key: titled(key, titles) for key in [names[0], *block["scenario"]]}
        rows += _block(block.assign(scenario=block["scenario"].map(shown_as)), shown_as[names[0]])
    lines = columns([_heading(), *rows], right=(1, 2, 3))
    text.append(lines[0])
    for number_of_row, line in enumerate(lines[1:]):
        if number_of_row in heads:
            text += ["", heads[number_of_row]]
        text.append(line)
    text += ["", *_notes(shown, names, runs, any(row[-1] for row in rows), titles)]
    hidden = table["outcome"].nunique() - shown["outcome"].nunique()
    if hidden and place is not None:
        text.append(say("study.compare.more", count=hidden, path=place / "comparison.csv"))
    elif hidden:
        text.append(say("study.compare.all", count=hidden))
    return text


def _notes(
    shown: pd.DataFrame, names: tuple[str, ...], runs: list[Run], starred: bool, titles: Titles
) -> list[str]:
    """Explain below the table what stands in it, and only that."""
    from linkage_sim.report.names import titled
    from linkage_sim.studies.compare import pairs_lost

    notes = []
    if starred:
        notes.append(say("study.compare.star", comparisons=int(shown["comparisons"].max())))
    if (shown["n"] == 1).any():
        notes.append(say("study.compare.no_interval"))
    lost = pairs_lost(runs, names)
    notes += [
        say("study.compare.failed", scenario=titled(name, titles), dropped=count)
        for name, count in lost.items() if count
    ]
    for row in shown.to_dict("records"):
        undefined = row["dropped"] - lost[row["scenario"]]
        if undefined:
            notes.append(say(
                "study.compare.dropped", outcome=outcome_name(row["outcome"]),
                scenario=titled(row["scenario"], titles), dropped=undefined,
            ))
    return notes


def _heading() -> list[str]:
    return [
        "  " + say("study.column.scenario"), say("study.column.mean"),
        say("study.column.difference"), say("study.column.interval"), "",
    ]


def _block(block: pd.DataFrame, baseline: str) -> list[list[str]]:
    halves = ((block["high"] - block["low"]) / 2).tolist()
    places = decimals_for(halves, [*block["baseline_mean"], *block["mean"]])
    # Means are over defined pairs: the reform with most of them says most about the baseline.
    fullest = block.loc[block["n"].idxmax()]
    rows = [["  " + baseline, number(float(fullest["baseline_mean"]), places), "", "", ""]]
    for row in block.to_dict("records"):
        interval = f"[{number(row['low'], places, True)}, {number(row['high'], places, True)}]"
        clear = row["low_adjusted"] > 0 or row["high_adjusted"] < 0
        rows.append([
            "  " + row["scenario"], number(row["mean"], places),
            number(row["difference"], places, True), interval if row["n"] > 1 else MISSING,
            "*" if clear else "",
        ])
    return rows


def written(place: Path) -> str:
    """Say where results are."""
    return say("study.written", path=place)


def closing_lines(specs: list[str], place: Path) -> list[str]:
    """Say where results are and what to try next, as it can be typed here."""
    lines = ["", written(place)]
    lines += [
        say("study.picture", path=picture)
        for picture in (place / "figures" / "forest.png", place / "figures" / "years.png")
        if picture.exists()
    ]
    # A place, not a lever: --set acts on both sides, and must not switch a reform off.
    elsewhere = [specs[0], specs[-1], "--set", "assumptions.needs.drift_sd=0.6"]
    commands = (
        ["run", specs[0], "--trace"],
        ["compare", *elsewhere],
        ["rerun", str(place)],
    )
    return [*lines, "", say("study.next"), *(f"  {command_line(words)}" for words in commands)]
