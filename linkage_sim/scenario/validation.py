"""Checks a scenario whole: a file, `--set` and a value given in Python meet the same rules."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, time
from pathlib import PurePath
from typing import Any

from pydantic import BaseModel, ValidationError

from linkage_sim.errors import InputError
from linkage_sim.scenario import problems
from linkage_sim.scenario.documents import MOST_PROBLEMS, Document, Layers, dotted
from linkage_sim.scenario.lines import Path as KeyPath
from linkage_sim.scenario.nesting import deepest_key
from linkage_sim.scenario.schema import Scenario
from linkage_sim.words import is_text, say

_ROUNDS = 4


def validated(layers: Layers) -> Scenario:
    """Check, put the default for what is wrong, check again: one fault must not hide the next.

    Raises
    ------
    InputError
        With every problem found: place, key, what was found and what is allowed.
    """
    content = json.loads(json.dumps(layers.content, default=str))
    usual = Scenario().model_dump(mode="json")
    found: list[tuple[KeyPath, str]] = []
    for _ in range(_ROUNDS):
        try:
            scenario = _checked(content)
        except ValidationError as error:
            fresh = problems.explained(error, content)
            if len(found) > MOST_PROBLEMS:
                break
            left_out = [dotted(path) for path, _ in found]
            # A fault that only follows from a value left out would send a person astray.
            found += [
                (path, text) for path, text in fresh
                if not any(name in text or name == dotted(path) for name in left_out)
            ]
            removed = [_make_usual(content, path, usual) for path, _ in fresh]
            if not all(removed):
                break
        else:
            if not found:
                return scenario
            break
    raise InputError(problems.messages(found, layers.place))


def changed(scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
    """Give a copy of a scenario in which some values differ; tables are merged, lists replaced.

    Parameters
    ----------
    values
        Dotted name -> value; numbers of NumPy, tuples and sections of a scenario are fine.

    Raises
    ------
    InputError
        For every name or value that cannot be used, all at once.
    """
    layers = Layers()
    layers.add(Document("", scenario.model_dump(mode="json")))
    for document, whole in python_documents(values):
        if whole is not None:
            _forget(layers.content, whole)
        layers.add(document)
    return validated(layers)


def python_documents(
    values: Mapping[Any, Any],
) -> list[tuple[Document, KeyPath | None]]:
    """Read values given in Python as if they had been written in files, one each.

    Returns
    -------
    list of (Document, path or None)
        The path of a value that replaces a whole table, given as a section of a scenario.

    Raises
    ------
    InputError
        For names that are no text and values that no file could hold.
    """
    found: list[tuple[Document, KeyPath | None]] = []
    trouble: list[str] = []
    for name, value in values.items():
        if not isinstance(name, str):
            trouble.append(say("errors.python_name", found=repr(name)[:60]))
            continue
        path = tuple(name.split("."))
        if deepest_key(nested(path, value)) is not None:
            trouble.append(f"{problems.shortened(name)}: {say('errors.too_deep')}")
            continue
        if path[0] == "extends":
            trouble.append(f"{problems.shortened(name)}: {say('errors.set_extends')}")
            continue
        plain = _plain(value, path, trouble)
        whole = path if isinstance(value, BaseModel) else None
        found.append((Document("", nested(path, plain)), whole))
    if trouble:
        raise InputError(trouble)
    return found


def nested(path: Iterable[str | int], value: Any) -> dict[str, Any]:
    """Put a value under its keys: ("run", "years"), 3 -> {"run": {"years": 3}}."""
    content: Any = value
    for part in reversed(tuple(path)):
        content = {part: content}
    return dict(content)


def _plain(value: Any, path: KeyPath, trouble: list[str]) -> Any:
    """Turn what Python programs hold into what TOML holds."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {str(name): _plain(item, (*path, str(name)), trouble)
                for name, item in value.items()}
    if hasattr(value, "tolist") and hasattr(value, "dtype"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(item, (*path, place), trouble) for place, item in enumerate(value)]
    if isinstance(value, str) and not is_text(value):
        trouble.append(f"{dotted(path)}: {say('errors.not_text')}")
        return None
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, date | time):
        text = say("errors.date", found=value)
    else:
        text = say("errors.python_value", found=type(value).__name__)
    trouble.append(f"{dotted(path)}: {text}")
    return None


def _checked(content: Mapping[str, Any]) -> Scenario:
    """Validate strictly: "5" is no number and true is not 1."""
    try:
        return Scenario.model_validate_json(json.dumps(content), strict=True)
    except (ValidationError, InputError):
        raise
    except Exception as error:
        # A module named in run.plugins can fail in any way; the person still gets a sentence.
        reason = f"{type(error).__name__}: {error}"
        raise InputError(f"run.plugins: {say('errors.check_failed', reason=reason)}") from error


def _make_usual(content: Any, path: KeyPath, usual: Any) -> bool:
    """Take one value out, or put its default; a list goes whole, so that its numbers stay true."""
    keys = path[: next((i for i, part in enumerate(path) if isinstance(part, int)), len(path))]
    if not keys:
        return False
    place = content
    for part in keys[:-1]:
        place = place.get(part) if isinstance(place, dict) else None
        usual = usual.get(part) if isinstance(usual, dict) else None
    if not isinstance(place, dict):
        return True
    if keys[-1] not in place:
        # What is missing cannot be taken out; the table that lacks it can.
        place = content
        for part in keys[:-2]:
            place = place[part]
        return len(keys) > 1 and place.pop(keys[-2], None) is not None
    if isinstance(usual, dict) and keys[-1] in usual:
        place[keys[-1]] = usual[keys[-1]]
    else:
        del place[keys[-1]]
    return True


def _forget(content: Any, path: KeyPath) -> None:
    """Drop a value if it is there, so that what comes next is not merged with it."""
    for part in path[:-1]:
        content = content.get(part) if isinstance(content, dict) else None
    if isinstance(content, dict):
        content.pop(path[-1], None)
