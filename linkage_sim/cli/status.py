"""`linkage-sim status`: how far a sweep is."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from linkage_sim.cli.layout import duration, number
from linkage_sim.cli.options import DIRECTORY, AsJson, Lang, print_json
from linkage_sim.cli.typed import command_line
from linkage_sim.words import say


def status(
    directory: Annotated[
        Path, typer.Argument(metavar=DIRECTORY, help=say("sweep.option.directory"))
    ],
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Say how far a sweep is, also while it runs."""
    from linkage_sim.studies.sweep_results import standing_of

    found = standing_of(directory)
    if as_json:
        print_json(asdict(found))
        return
    typer.echo(say("sweep.status.line", done=found.done, failed=found.failed,
                   waiting=found.waiting, total=found.total))
    who = {name: (found.at_work or {}).get(name, "?") for name in ("process", "host", "started")}
    if found.at_work is None:
        state = "idle" if found.waiting else "failures" if found.failed else "complete"
        why = command_line(["results", str(directory), "--table", "failures"])
        typer.echo(say(f"sweep.status.{state}", failed=found.failed, command=why))
    elif found.runs_per_second is None or found.seconds_left is None:
        typer.echo(say("sweep.status.begun", **who))
    else:
        amount, unit = duration(found.seconds_left)
        typer.echo(say("sweep.status.pace", **who, rate=number(found.runs_per_second),
                       amount=number(amount, 1), unit=say(f"study.unit.{unit}")))
