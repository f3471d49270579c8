"""What run, compare and rerun have in common: labels of outcomes, names of scenarios, progress."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linkage_sim.cli.options import to_stderr
from linkage_sim.cli.typed import command_line
from linkage_sim.words import bracketed, has, language, listing, say, unit_words

if TYPE_CHECKING:
    import pandas as pd

BETTER = {1: "up", -1: "down", "zero": "zero", 0: "neither"}


def outcome_label(name: str) -> str:
    """Give the label of an outcome in the language in use; its name where there is none."""
    for key in (f"outcome.{name}.label", f"outcome.{name}"):
        if has(key):
            return say(key)
    return name.replace("_", " ")


def outcome_name(name: str) -> str:
    """Name an outcome: in English by its id, in Chinese by its label with the id behind it."""
    return name if language() == "en" else bracketed(outcome_label(name), name)


def better(name: str) -> str:
    """Say which way an outcome is better."""
    from linkage_sim.outcomes import BY_NAME

    return say(f"study.better.{BETTER[BY_NAME[name].better]}")


def unit_of(name: str) -> str:
    """Give the unit of an outcome in the language in use."""
    from linkage_sim.outcomes import BY_NAME

    return unit_words(BY_NAME[name].unit)


def display_names(specs: list[str]) -> list[str]:
    """Shorten what was typed to names: a reform by its id alone, a file by its stem.

    Names that would be equal are left as typed.
    """
    baseline = specs[0]
    names = []
    for spec in specs:
        added = spec.removeprefix(f"{baseline}+") if spec != baseline else spec
        parts = [Path(part).stem if part.endswith(".toml") else part for part in added.split("+")]
        names.append("+".join(Path(part).name for part in parts))
    return [
        name if names.count(name) == 1 else spec
        for name, spec in zip(names, specs, strict=True)
    ]


def told_settings(verb: str, values: Sequence[str]) -> str:
    """Say what `--set` changed on every side; empty where it changed nothing."""
    told = [f"{name.strip()}={value.strip()}" for name, _, value in
            (text.partition("=") for text in values)]
    return say(f"study.{verb}.with", values=listing(told)) if told else ""


@contextmanager
def progress_bar(what: str, quiet: bool = False) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on a terminal, and nothing anywhere else."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    if not _is_compiled():
        to_stderr(say("study.compiling"))
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _is_compiled() -> bool:
    """Whether compiled code is kept already, so that a run begins at once."""
    from linkage_sim.compiled_draws import code_folder

    folder = code_folder()
    return folder is not None and any(folder.rglob("*.nbi"))


@contextmanager
def may_be_stopped(kept: Callable[[], str] | None = None) -> Iterator[None]:
    """Say, on Ctrl-C or when asked to end, how to go on; the exit code is set elsewhere.

    Parameters
    ----------
    kept
        Says what is saved already; left out where nothing is.
    """
    try:
        yield
    except KeyboardInterrupt:
        state = say("study.interrupted.nothing") if kept is None else kept()
        to_stderr(f"{state}\n  {command_line()}")
        raise


def plain(value: Any) -> Any:
    """Make a value fit for JSON: undefined and infinite numbers become null."""
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Turn a table into rows fit for JSON."""
    return [plain(row) for row in table.to_dict("records")]
