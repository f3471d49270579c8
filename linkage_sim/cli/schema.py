"""`linkage-sim schema`: a JSON schema with which editors check and complete scenario files."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from linkage_sim.cli.options import Lang, to_stderr
from linkage_sim.words import language, say


def schema(
    out: Annotated[Path | None, typer.Option("--out", "-o", help=say("cli.schema.out"))] = None,
    lang: Lang = None,
) -> None:
    """Print the JSON schema of a scenario file."""
    text = json.dumps(editor_schema(), ensure_ascii=False, indent=2) + "\n"
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8")
        to_stderr(say("cli.written", path=out))


def editor_schema() -> dict[str, Any]:
    """Give the schema of what a file may hold: only what differs from `extends` or the default."""
    from linkage_sim.scenario.schema import Scenario

    found = Scenario.model_json_schema()
    whole = _named_whole(found)
    for name, section in found.get("$defs", {}).items():
        if name not in whole:
            section.pop("required", None)
    found["properties"]["extends"] = {
        "type": "string", "title": "Extends", "description": say("cli.schema.extends"),
    }
    _speak(found)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}


def _speak(found: Any) -> None:
    """Give every parameter the title an editor shows in the language in use."""
    if isinstance(found, dict):
        words = found.get(f"title_{language()}")
        if isinstance(words, str):
            found["title"] = words
        found = list(found.values())
    if isinstance(found, list):
        for item in found:
            _speak(item)


def _named_whole(found: Any) -> set[str]:
    """Find sections that are list elements or alternatives: those are given whole, not merged."""
    names: set[str] = set()
    if isinstance(found, dict):
        inside = [found.get("items"), *found.get("anyOf", [])]
        names |= {
            item["$ref"].rsplit("/", 1)[-1]
            for item in inside if isinstance(item, dict) and "$ref" in item
        }
        found = list(found.values())
    if isinstance(found, list):
        for item in found:
            names |= _named_whole(item)
    return names
