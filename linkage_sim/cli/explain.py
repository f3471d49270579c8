"""`linkage-sim explain`: the life story of one project, or the list of projects."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from linkage_sim.cli.layout import columns, number
from linkage_sim.cli.options import DIRECTORY, AsJson, Lang, print_json
from linkage_sim.cli.typed import command_line
from linkage_sim.errors import InputError
from linkage_sim.words import listing, say

if TYPE_CHECKING:
    import pandas as pd

NEAREST = 5


def explain(
    directory: Annotated[
        Path, typer.Argument(metavar=DIRECTORY, help=say("study.option.directory"))
    ],
    project: Annotated[
        str | None, typer.Option(metavar="ID", help=say("explain.option.project"))
    ] = None,
    run: Annotated[str | None, typer.Option(metavar="ID", help=say("explain.option.run"))] = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Tell the life story of one project; without --project, list the projects."""
    if project is None:
        _list_projects(directory, run, as_json)
        return
    rows, chosen = story_rows(directory, project, run)
    from linkage_sim.report.story import story

    sentences = story(rows)
    if as_json:
        print_json({"run_id": chosen, "project": project, "story": sentences})
        return
    typer.echo(say("story.title", project=project, run=chosen) + "\n")
    for sentence in sentences:
        typer.echo(sentence)


def story_rows(
    directory: Path, project: str, run: str | None = None
) -> tuple[list[dict[str, Any]], str]:
    """Find the journal's rows about a project, and the run they are from.

    Raises
    ------
    InputError
        Without a journal, or for a run or project that is not in it; near ids are named.
    """
    from linkage_sim.studies.results import load_results, verify_results

    if "journal.parquet" not in verify_results(directory):
        command = command_line(["run", "SCENARIO", "--trace", "--out", str(directory)])
        raise InputError(say("explain.no_journal", path=directory, command=command))
    journal = load_results(directory, "journal")
    chosen = _run_of(journal, run, directory)
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


def _run_of(table: pd.DataFrame, run: str | None, directory: Path) -> str:
    known = list(dict.fromkeys(table["run_id"]))
    if run is None and known:
        return str(known[0])
    if run not in known:
        raise InputError(say(
            "explain.no_run", path=directory, run=run or "", known=listing(known[:NEAREST])
        ))
    return str(run)


def _list_projects(directory: Path, run: str | None, as_json: bool) -> None:
    from linkage_sim.report.story import project_words
    from linkage_sim.studies.results import load_results

    table = load_results(directory, "projects")
    mine = table[table["run_id"] == _run_of(table, run, directory)]
    if as_json:
        names = ["id", "category", "approved", "score", "true_effect"]
        print_json([
            {name: None if value != value else value for name, value in row.items()}
            for row in mine[names].to_dict("records")
        ])
        return
    lines = [[
        say(f"explain.column.{name}")
        for name in ("project", "category", "approved", "score", "effect")
    ]]
    for row in mine.itertuples():
        lines.append([
            row.id, project_words("category", row.category),
            say("explain.yes") if row.approved else say("explain.no"),
            number(row.score), number(row.true_effect),
        ])
    for line in columns(lines, right=(3, 4)):
        typer.echo(line)
