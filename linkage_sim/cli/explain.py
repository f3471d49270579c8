"""`linkage-sim explain`: the life story of one project, or the list of projects."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from linkage_sim.cli.layout import columns, number
from linkage_sim.cli.options import DIRECTORY, NUMBER, AsJson, Lang, print_json
from linkage_sim.cli.study_words import records
from linkage_sim.cli.typed import command_line
from linkage_sim.errors import InputError
from linkage_sim.words import listing, say

if TYPE_CHECKING:
    import pandas as pd

NEAREST = 5
SHOWN = 12
LISTED = ("id", "year", "submission", "category", "approved", "score", "true_effect")


def explain(
    directory: Annotated[
        Path, typer.Argument(metavar=DIRECTORY, help=say("study.option.directory"))
    ],
    project: Annotated[
        str | None, typer.Option(metavar="ID", help=say("explain.option.project"))
    ] = None,
    run: Annotated[str | None, typer.Option(metavar="ID", help=say("explain.option.run"))] = None,
    scenario: Annotated[
        str | None, typer.Option(help=say("explain.option.scenario"))
    ] = None,
    seed: Annotated[
        int | None, typer.Option(metavar=NUMBER, help=say("explain.option.seed"))
    ] = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Tell the life story of one project; without --project, list the projects."""
    asked = {"run_id": run, "scenario": scenario, "seed": seed}
    wanted = {name: value for name, value in asked.items() if value is not None}
    if project is None:
        _list(directory, wanted, as_json)
        return
    rows, chosen = story_rows(directory, project, wanted)
    from linkage_sim.report.story import story

    sentences = story(rows)
    if as_json:
        print_json({"run_id": chosen, "project": project, "story": sentences})
        return
    typer.echo(say("story.title", project=project, run=chosen) + "\n")
    for sentence in sentences:
        typer.echo(sentence)


def story_rows(
    directory: Path, project: str, wanted: dict[str, Any] | None = None
) -> tuple[list[dict[str, Any]], str]:
    """Find the journal's rows about a project, and the run they are from.

    Parameters
    ----------
    wanted
        Which run is meant: run_id, scenario, seed, or some of them; needed where there are several.

    Raises
    ------
    InputError
        Without a journal, for a run or project that is not in it (near ids are named), or when
        several runs are meant.
    """
    from linkage_sim.studies.results import load_results, verify_results

    if "journal.parquet" not in verify_results(directory):
        raise InputError(
            say("explain.no_journal", path=directory, command=_with_trace(directory))
        )
    journal = load_results(directory, "journal")
    runs = _runs_meant(directory, wanted or {})
    if len(runs) > 1:
        last = runs.iloc[-1]
        command = ["explain", str(directory), "--project", project,
                   "--scenario", str(last["scenario"]), "--seed", str(last["seed"])]
        raise InputError(say(
            "explain.which_run", path=directory, command=command_line(command), **_there(runs)
        ))
    chosen = str(runs["run_id"].iloc[0])
    mine = journal[journal["run_id"] == chosen]
    rows = mine[mine["project"] == project]
    if rows.empty:
        known = list(dict.fromkeys(mine["project"]))
        near = difflib.get_close_matches(project[:100], known, NEAREST, 0.0)
        raise InputError(say(
            "explain.no_project", path=directory, project=project, run=chosen,
            near=listing(near),
        ))
    return rows.to_dict("records"), chosen


def _with_trace(directory: Path) -> str:
    """Give the command that made results, with the journal; a general one where it is not known."""
    from linkage_sim.studies.results import load_provenance

    record = load_provenance(directory)
    made = [str(word) for word in record.get("command", [])[1:]]
    if made[:1] == [record.get("verb")]:
        return command_line([*made, "--trace"])
    return command_line(["run", "SCENARIO", "--trace"])


def _runs_meant(directory: Path, wanted: dict[str, Any]) -> pd.DataFrame:
    """Find the finished runs that fit what was asked for: run_id, scenario, seed."""
    from linkage_sim.studies.results import load_results

    table = load_results(directory)
    if table.empty:
        raise InputError(say("explain.all_failed", path=directory))
    runs = fitting = table[["run_id", "scenario", "seed"]]
    for name, value in wanted.items():
        fitting = fitting[fitting[name] == value]
    if fitting.empty:
        asked = listing(str(value) for value in wanted.values()) or "-"
        raise InputError(say("explain.no_run", path=directory, asked=asked, **_there(runs)))
    return fitting


def _there(runs: pd.DataFrame) -> dict[str, Any]:
    """Say which runs there are, shortly: scenarios, seeds, an example of an id."""
    def shortly(name: str) -> str:
        values = [str(value) for value in dict.fromkeys(runs[name])]
        return listing(values[:SHOWN]) + (" ..." if len(values) > SHOWN else "")

    return {"count": len(runs), "scenarios": shortly("scenario"), "seeds": shortly("seed"),
            "example": runs["run_id"].iloc[0]}


def _list(directory: Path, wanted: dict[str, Any], as_json: bool) -> None:
    from linkage_sim.studies.results import load_results

    table = load_results(directory, "projects")
    runs = _runs_meant(directory, wanted)
    if len(runs) > 1:
        _list_runs(table, runs, directory, as_json)
    else:
        mine = table[table["run_id"] == runs["run_id"].iloc[0]]
        _list_projects(mine, as_json)


def _list_runs(
    table: pd.DataFrame, runs: pd.DataFrame, directory: Path, as_json: bool
) -> None:
    counts = table["run_id"].value_counts()
    found = [{**row, "projects": int(counts.get(row["run_id"], 0))} for row in records(runs)]
    if as_json:
        print_json(found)
        return
    last = found[-1]
    command = ["explain", str(directory), "--scenario", last["scenario"], "--seed",
               str(last["seed"])]
    lines = [[say(f"explain.column.{name}") for name in ("run", "scenario", "seed", "projects")]]
    lines += [[str(value) for value in row.values()] for row in found]
    for line in columns(lines, right=(2, 3)):
        typer.echo(line)
    typer.echo("\n" + say("explain.runs", count=len(found)))
    typer.echo(f"  {command_line(command)}")


def _list_projects(mine: pd.DataFrame, as_json: bool) -> None:
    from linkage_sim.report.story import project_words

    if as_json:
        print_json(records(mine[list(LISTED)]))
        return
    heads = ("project", "year", "submission", "category", "approved", "score", "effect")
    lines = [[say(f"explain.column.{name}") for name in heads]]
    for row in mine.itertuples():
        lines.append([
            row.id, str(row.year), str(row.submission), project_words("category", row.category),
            say("explain.yes") if row.approved else say("explain.no"),
            number(row.score), number(row.true_effect),
        ])
    for line in columns(lines, right=(1, 2, 5, 6)):
        typer.echo(line)
    if mine["id"].duplicated().any():
        typer.echo("\n" + say("explain.twice"))
