"""`linkage-sim report`: results as one page that can be handed on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from linkage_sim.cli.options import DIRECTORY, Lang, Quiet, to_stderr
from linkage_sim.errors import InputError
from linkage_sim.words import language, say

ENDINGS = (".html", ".htm")
USUAL = "report.html"


def report(
    directory: Annotated[
        Path, typer.Argument(metavar=DIRECTORY, help=say("report.option.directory"))
    ],
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="FILE", help=say("report.option.out")),
    ] = None,
    quiet: Quiet = False,
    lang: Lang = None,
) -> None:
    """Write results up as one self-contained HTML file."""
    goal = out if out is not None else directory / USUAL
    if goal.suffix.lower() not in ENDINGS:
        raise InputError(say("report.option.ending", path=goal))
    from linkage_sim.report.document import report_html

    page = report_html(directory, language())
    _put(page, goal)
    typer.echo(say("report.option.written", path=goal))
    if not quiet:
        to_stderr(say("report.option.print"))


def _put(page: str, goal: Path) -> None:
    """Write the page beside its place and rename it, so that half of one is never there."""
    goal.parent.mkdir(parents=True, exist_ok=True)
    beside = goal.with_name(f".{goal.name}.writing")
    try:
        beside.write_text(page, encoding="utf-8")
        beside.replace(goal)
    finally:
        beside.unlink(missing_ok=True)
