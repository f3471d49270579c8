"""Options that several verbs share, declared once."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer

from linkage_sim.words import LANGUAGES, say

NUMBER, DIRECTORY = say("cli.metavar.number"), say("cli.metavar.directory")
# The language is chosen before any verb is loaded; the verb only has to accept the option.
Lang = Annotated[
    str | None, typer.Option("--lang", metavar="|".join(LANGUAGES), help=say("cli.option.lang"))
]
MOST_JOBS = 1024
"""Processes at once; more of them are a slip of the finger on any machine."""
Jobs = Annotated[
    int | None,
    typer.Option(metavar=NUMBER, min=1, max=MOST_JOBS, help=say("study.option.jobs")),
]
AsJson = Annotated[bool, typer.Option("--json", help=say("cli.option.json"))]
Quiet = Annotated[bool, typer.Option("--quiet", help=say("cli.option.quiet"))]
Replace = Annotated[bool, typer.Option("--replace", help=say("study.option.replace"))]
Values = Annotated[
    list[str] | None,
    typer.Option("--set", metavar=say("cli.option.set_form"), help=say("cli.option.set")),
]


def print_json(value: Any) -> None:
    """Write one JSON document to standard output, and nothing else."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def to_stderr(text: str) -> None:
    """Say something beside what is written to standard output."""
    sys.stderr.write(text + "\n")
