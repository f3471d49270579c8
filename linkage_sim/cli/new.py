"""`linkage-sim new`: a scenario file in which every lever stands as a comment, ready to edit."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from linkage_sim.cli.options import Lang, Quiet, to_stderr
from linkage_sim.cli.template import template
from linkage_sim.cli.typed import command_line
from linkage_sim.errors import InputError
from linkage_sim.scenario.locate import is_file, refuse_hiding
from linkage_sim.words import say, system_reason


def new(
    name: Annotated[str, typer.Argument(metavar=say("cli.name"), help=say("cli.new.name"))],
    source: Annotated[str, typer.Option("--from", help=say("cli.new.from"))] = "x_community",
    quiet: Quiet = False,
    lang: Lang = None,
) -> None:
    """Write a scenario file to edit."""
    from linkage_sim.scenario.loading import load_scenario

    path = Path(name if name.endswith(".toml") else f"{name}.toml")
    bare = path.name.removesuffix(".toml").strip(". ")
    if not bare or "\0" in name or name.endswith(("/", os.sep)):
        raise InputError(say("cli.new.nameless"))
    refuse_hiding(path)
    scenario = load_scenario(source)
    base = source if is_file(Path(source)) else source.split("+")[0]
    text = template(scenario, load_scenario(base), path.stem, _seen_from(path.parent, base))
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise InputError(say("cli.exists", path=path)) from None
    except OSError as error:
        reason = system_reason(error)
        raise InputError(say("cli.cannot_write", path=path, reason=reason)) from None
    if not quiet:
        to_stderr(say("cli.written", path=path))
        to_stderr(say("cli.new.next", command=command_line(["validate", str(path)])))


def _seen_from(folder: Path, base: str) -> str:
    """Name the base as the new file must: a file by its way from there, a shipped one by name."""
    if not is_file(Path(base)):
        return base
    return Path(os.path.relpath(base, folder)).as_posix()
