"""`linkage-sim validate`: check scenario files and tell every problem at once."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from linkage_sim.cli.options import AsJson, Lang, Quiet, Values, print_json, to_stderr
from linkage_sim.errors import InputError
from linkage_sim.words import language, say


def validate(
    scenarios: Annotated[
        list[str],
        typer.Argument(metavar=say("cli.scenarios"), help=say("cli.argument.scenarios")),
    ],
    values: Values = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    lang: Lang = None,
) -> None:
    """Check scenarios without running anything."""
    rows = [_check(name, values or []) for name in scenarios]
    if as_json:
        print_json(rows)
    else:
        for note in dict.fromkeys(note for row in rows for note in row["notes"]):
            if not quiet:
                to_stderr(note)
        for row in rows:
            if row["valid"] and not quiet:
                typer.echo(say(
                    _verdict(row), **{**row, "residents": f"{row['residents']:,}"}
                ))
    trouble = [message for row in rows for message in row["problems"]]
    if trouble:
        # The same --set may be wrong for every scenario; saying it once is enough.
        raise InputError(dict.fromkeys(trouble))


def _verdict(row: dict[str, Any]) -> str:
    from linkage_sim.scenario.schema import Scenario

    if row["title"]:
        return "cli.validate.fine"
    return f"cli.validate.{'empty' if row['hash'] == Scenario().hash() else 'untitled'}"


def _check(name: str, values: list[str]) -> dict[str, Any]:
    from linkage_sim.scenario.loading import load_with_notes

    try:
        scenario, notes = load_with_notes(name, values)
        if scenario.world.resident_register is not None:
            from linkage_sim.inputs.register import named_register

            named_register(scenario.world.resident_register)
    except InputError as error:
        return {"scenario": name, "valid": False, "problems": error.messages, "notes": []}
    return {
        "scenario": name,
        "valid": True,
        "problems": [],
        "notes": notes,
        "title": scenario.title_in(language()),
        "residents": scenario.world.residents,
        "communities": scenario.world.communities,
        "hash": scenario.hash(),
    }
