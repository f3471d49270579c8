"""`linkage-sim results`: filter, group and summarise; write tables; draw; save the good runs."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from linkage_sim.cli.layout import MISSING, columns, decimals_for, number
from linkage_sim.cli.options import (
    DIRECTORY,
    AsJson,
    Lang,
    Quiet,
    print_json,
    to_stderr,
)
from linkage_sim.cli.study_words import outcome_name, records
from linkage_sim.errors import InputError, UnfinishedNote
from linkage_sim.words import language, listing, say

if TYPE_CHECKING:
    import pandas as pd

FILE = "FILE"
FAILURES = "failures"
ENDINGS = (".csv", ".parquet", ".json")
PICTURES = (".png", ".svg", ".pdf")


def results(
    directory: Annotated[
        Path, typer.Argument(metavar=DIRECTORY, help=say("results.option.directory"))
    ],
    where: Annotated[
        list[str] | None, typer.Option(metavar="NAME<=20", help=say("results.option.where"))
    ] = None,
    group_by: Annotated[
        list[str] | None, typer.Option("--group-by", metavar="NAME",
                                       help=say("results.option.group_by"))
    ] = None,
    outcome: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help=say("results.option.outcome"))
    ] = None,
    table: Annotated[str, typer.Option(metavar="NAME", help=say("results.option.table"))]
    = "outcomes",
    show_all: Annotated[bool, typer.Option("--all", help=say("study.option.all"))] = False,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar=FILE, help=say("results.option.out"))
    ] = None,
    figure: Annotated[
        Literal["main-effects", "interaction", "heat-map"] | None,
        typer.Option(help=say("results.option.figure")),
    ] = None,
    salvage: Annotated[
        Path | None, typer.Option(metavar="NEW", help=say("results.option.salvage"))
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    lang: Lang = None,
) -> None:
    """Filter, group and summarise the results of a directory."""
    if salvage is not None:
        return _salvage(directory, salvage)
    if out is not None and out.suffix not in (PICTURES if figure else ENDINGS):
        known = listing(PICTURES if figure else ENDINGS)
        raise InputError(say("results.error.ending", path=out, known=known))
    from linkage_sim.studies.summary import column_of, filtered

    rows = filtered(_loaded(directory, table, quiet), where or [])
    if table == FAILURES and not (group_by or figure or outcome or out or as_json):
        return _print_reasons(rows)
    if "seed" not in rows and (group_by or figure or (out is None and not as_json)):
        raise InputError(say("sensitivity.error.no_runs", table=table))
    outcomes = _outcomes(rows, outcome or [], show_all or table != "outcomes")
    groups = list(dict.fromkeys(column_of(name, rows, "--group-by") for name in group_by or []))
    if figure is not None:
        return _draw(rows, groups, outcomes, figure, out, directory)
    if out is None and not as_json:
        for line in _lines(rows, groups, outcomes):
            typer.echo(line)
        return None
    from linkage_sim.studies.summary import summarised

    found = summarised(rows, groups, outcomes) if groups else rows
    if as_json:
        print_json(records(found))
    if out is not None:
        _write(found, out)
        if not quiet:
            to_stderr(say("results.written", path=out, rows=len(found)))
    return None


def _print_reasons(rows: pd.DataFrame) -> None:
    """Say of each failed run which it was and why; all of the reason is in the table itself."""
    from linkage_sim.studies.summary import LABELS

    for row in rows.to_dict("records"):
        values = [f"{name} = {_shown(row[name])}" for name in rows
                  if name not in (*LABELS, "reason")]
        head = f"{row['scenario']}, {say('results.seed', seed=row['seed'])}"
        typer.echo(head + (f": {listing(values)}" if values else ""))
        typer.echo(f"  {str(row['reason']).strip().splitlines()[-1]}")


def _salvage(directory: Path, new: Path) -> None:
    from linkage_sim.studies.sweep_results import salvage

    saved, damaged = salvage(directory, new)
    typer.echo(say("results.salvaged", saved=saved, damaged=damaged, path=new))


def _loaded(directory: Path, table: str, quiet: bool) -> pd.DataFrame:
    from linkage_sim.studies.results import load_results

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UnfinishedNote)
        found = load_results(directory, table)
    for note in caught:
        if issubclass(note.category, UnfinishedNote) and not quiet:
            to_stderr(str(note.message))
    return found


def _outcomes(rows: pd.DataFrame, wanted: list[str], everything: bool) -> list[str]:
    """Choose the columns to summarise: those asked for, the headlines, or every number."""
    from linkage_sim.outcomes import HEADLINES, NAMES
    from linkage_sim.studies.summary import LABELS, column_of

    if wanted:
        found = list(dict.fromkeys(column_of(name, rows, "--outcome") for name in wanted))
        texts = [name for name in found if name in LABELS or rows[name].dtype.kind not in "fiub"]
        if texts:
            raise InputError(say("results.error.no_number", column=texts[0]))
        return found
    there = [name for name in NAMES if name in rows]
    if not everything:
        return [name for name in HEADLINES if name in rows] or there
    return there or [
        str(name) for name in rows if name not in LABELS and rows[name].dtype.kind in "fiu"
    ]


def _lines(rows: pd.DataFrame, groups: Sequence[str], outcomes: Sequence[str]) -> list[str]:
    """Set the summary as text: one block an outcome, one line a group."""
    from linkage_sim.studies.summary import summarised

    text = [say("results.title", rows=f"{len(rows):,}", seeds=rows["seed"].nunique())]
    found = summarised(rows, groups, outcomes)
    heads = [*groups, say("study.column.mean"), say("study.column.interval"),
             say("results.column.spread"), say("results.column.runs")]
    for outcome in outcomes:
        block = found[found["outcome"] == outcome]
        half = ((block["high"] - block["low"]) / 2).dropna().tolist()
        places = decimals_for(half, block["mean"].tolist())
        lines = [heads]
        for row in block.to_dict("records"):
            known = row["seeds"] > 1
            low, high = number(row["low"], places), number(row["high"], places)
            tenth, ninetieth = number(row["p10"], places), number(row["p90"], places)
            lines.append([
                *(_shown(row[name]) for name in groups), number(row["mean"], places),
                f"[{low}, {high}]" if known else MISSING, f"{tenth} – {ninetieth}", str(row["n"]),
            ])
        width = len(heads)
        text += ["", outcome_name(outcome), *columns(lines, right=range(len(groups), width))]
    return [*text, "", say("results.note")]


def _shown(value: object) -> str:
    if isinstance(value, float):
        return MISSING if value != value else f"{value:g}"
    return MISSING if value is None else str(value)


def _write(found: pd.DataFrame, out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = out.with_name(f".{out.name}.writing")
    try:
        if out.suffix == ".parquet":
            found.to_parquet(beside, index=False)
        elif out.suffix == ".csv":
            text = found.to_csv(index=False)
            beside.write_text(text, encoding="utf-8" if text.isascii() else "utf-8-sig")
        else:
            import json

            text = json.dumps(records(found), ensure_ascii=False, allow_nan=False, indent=1)
            beside.write_text(text + "\n", encoding="utf-8")
        beside.replace(out)
    finally:
        beside.unlink(missing_ok=True)


def _draw(
    rows: pd.DataFrame, groups: Sequence[str], outcomes: Sequence[str], figure: str,
    out: Path | None, directory: Path,
) -> None:
    from linkage_sim.report.effects import draw_effects
    from linkage_sim.report.names import drawn_titles, titles_of
    from linkage_sim.studies.results import provenance_hash

    name, record = _record(directory)
    scenarios = record.get("scenarios", [])
    titles = titles_of([item["name"] for item in scenarios],
                       [item["content"] for item in scenarios], language())
    settings = record.get("study", record).get("settings", [])
    for path in draw_effects(
        rows, figure, groups, outcomes, out or Path(f"{figure}.png"),
        f"{name} sha256:{provenance_hash(record)}", drawn_titles(titles),
        say("study.run.with", values=listing(settings)) if settings else "",
    ):
        typer.echo(say("study.picture", path=path))


def _record(directory: Path) -> tuple[str, dict[str, Any]]:
    """Give the provenance of results; of an unfinished sweep, which has none, the study."""
    from linkage_sim.studies.results import MANIFEST, RECORD, load_provenance
    from linkage_sim.studies.store import open_store

    if (directory / MANIFEST).exists():
        return "provenance.json", load_provenance(directory)
    return RECORD, open_store(directory).record or {}
