"""Loads a scenario: by name or path, with reforms (`a+b`) and single values laid over it."""

from __future__ import annotations

import os
import tomllib
import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from linkage_sim.errors import InputError, ScenarioNote
from linkage_sim.scenario import problems
from linkage_sim.scenario.documents import (
    Document,
    Layers,
    Lost,
    dotted,
    read_document,
    refuse_unusable,
)
from linkage_sim.scenario.lines import Path as KeyPath
from linkage_sim.scenario.locate import (
    find_reform,
    find_scenario,
    hiding_note,
    is_file,
    label,
    shipped_reforms,
    shipped_scenarios,
    ships,
)
from linkage_sim.scenario.memory import free_bytes, needed_bytes
from linkage_sim.scenario.nesting import endless_key_line
from linkage_sim.scenario.reforms import reform_document
from linkage_sim.scenario.registered import register_trouble
from linkage_sim.scenario.schema import Scenario
from linkage_sim.scenario.validation import nested, python_documents, validated
from linkage_sim.words import is_text, listing, say

Overrides = Mapping[str, Any] | Iterable[str]


def load_scenario(source: str | os.PathLike[str], overrides: Overrides = ()) -> Scenario:
    """Read a scenario and check it completely.

    Parameters
    ----------
    source
        A path, the name of a shipped scenario, or one of these with reforms:
        "x_community+fast_approval".
    overrides
        Dotted name -> value, or texts "policy.approval.fixed_latency_days=30"; stronger than any
        file.

    Raises
    ------
    InputError
        With every problem found: file, line, key, what was found and what is allowed.

    Warns
    -----
    ScenarioNote
        Where one piece of a composition replaces a list that another piece of it set, or a file
        hides a shipped scenario of the same name.
    """
    scenario, notes = load_with_notes(source, overrides)
    for note in notes:
        warnings.warn(note, ScenarioNote, stacklevel=2)
    return scenario


def load_with_notes(
    source: str | os.PathLike[str], overrides: Overrides = ()
) -> tuple[Scenario, list[str]]:
    """Read a scenario as `load_scenario` does; what its author should know comes beside it."""
    hidden: list[str] = []
    documents = _documents(os.fspath(source), hidden)
    layers = Layers()
    # A file that names one category of a table leaves the others as they are.
    layers.add(Document("", Scenario().model_dump(mode="json"), ships=True))
    for document in documents:
        layers.add(document)
    for document in _overrides(overrides):
        layers.add(document)
    layers.content.pop("extends", None)
    scenario = validated(layers)
    _refuse_other_register(scenario, layers)
    _refuse_too_large(scenario, layers)
    return scenario, [*dict.fromkeys(hidden), *(_lost_list(item) for item in layers.lost)]


def _lost_list(item: Lost) -> str:
    names = [str(part.get("name", part.get("id", "?"))) if isinstance(part, dict) else str(part)
             for part in item.content]
    below, above = (document.place(item.path) or say("errors.python_values")
                    for document in (item.below, item.above))
    return say("errors.list_replaced", name=dotted(item.path), below=below, above=above,
               lost=problems.shortened(", ".join(names) or "[]"))


def scenario_name(source: str | os.PathLike[str]) -> str:
    """Name what a source asks for without folders and endings: "x_community+fast_approval"."""
    parts = _parts(os.fspath(source))
    return "+".join(Path(part.strip()).name.removesuffix(".toml") for part in parts)


def _parts(source: str) -> list[str]:
    """Split a source into scenario and reforms; a file whose name holds a plus is one file."""
    return [source] if is_file(Path(source)) else source.split("+")


def _documents(source: str, notes: list[str]) -> list[Document]:
    """Read everything a source names, weakest first; `notes` takes what should be known."""
    if "\0" in source:
        raise InputError(say("errors.no_scenario", name=source.replace("\0", "?")[:120],
                             known=listing(shipped_scenarios())))
    first, *reforms = _parts(source)
    if not first.strip():
        raise InputError(say("errors.empty_name"))
    trouble: list[str] = []
    documents: list[Document] = []
    try:
        path = _noted(first.strip(), find_scenario(first.strip()), notes)
        documents += _chain(path, {}, notes)
    except InputError as error:
        trouble += error.messages
    for name in reforms:
        try:
            path = _noted(name.strip(), find_reform(name.strip()), notes, shipped_reforms())
            documents.append(reform_document(path, first.strip(), reforms))
        except InputError as error:
            trouble += error.messages
    if trouble:
        raise InputError(trouble)
    _join_titles(documents, len(reforms))
    return documents


def _noted(
    name: str, found: Path, notes: list[str], known: Sequence[str] | None = None
) -> Path:
    """Note that a file hides what ships, for whoever asked by the bare name."""
    note = hiding_note(name, found, shipped_scenarios() if known is None else known)
    notes += [note] if note else []
    return found


def _join_titles(documents: list[Document], n_reforms: int) -> None:
    """Let a composed scenario say what it is composed of."""
    if not n_reforms:
        return
    # Chinese ones first: they read titles as they stand in the files.
    for key, between in (("title_zh", " + "), ("title", " + "),
                         ("description_zh", "\n"), ("description", "\n")):
        told = [_told(document, key) for document in documents]
        base = [text for text in told[:-n_reforms] if text is not None][-1:]
        parts = base + [text for text in told[-n_reforms:] if text is not None]
        if parts and all(isinstance(part, str) for part in parts):
            documents[-1].content[key] = between.join(part.strip() for part in parts)


def _told(document: Document, key: str) -> Any:
    """Give what a file says; its title also stands for a Chinese one that it does not have."""
    told = document.content.get(key)
    return document.content.get("title") if told is None and key == "title_zh" else told


def _chain(path: Path, above: dict[Path, str], notes: list[str]) -> list[Document]:
    """Read a file after everything it extends; `above` says where each on the way says so."""
    real = path.resolve()
    if real in above:
        places = list(above.values())[list(above).index(real) :]
        chain = " -> ".join([*places, label(path)])
        raise InputError(say("errors.circle", chain=chain))
    document = read_document(path)
    document.ships = ships(path)
    _find_register(document, path.parent)
    if "extends" not in document.content:
        return [document]
    place = document.place(("extends",))
    wanted = document.content["extends"]
    if not isinstance(wanted, str) or not wanted.strip() or "\0" in wanted:
        text = say("errors.extends_text", found=problems.shown(wanted))
        raise InputError(f"{place}: {text}")
    try:
        lower = find_scenario(wanted.strip(), path.parent)
    except InputError as error:
        raise InputError(f"{place}: extends: {text}" for text in error.messages) from None
    _noted(wanted.strip(), lower, notes)
    return [*_chain(lower, {**above, real: place}, notes), document]


def _find_register(document: Document, folder: Path) -> None:
    """Read the path of a register as seen from the file that names it."""
    world = document.content.get("world")
    register = world.get("resident_register") if isinstance(world, dict) else None
    path = register.get("path") if isinstance(register, dict) else None
    if not isinstance(register, dict) or not isinstance(path, str) or "\0" in path:
        return
    beside = next((item for item in (folder / path, Path(path)) if is_file(item)), None)
    if beside is None:
        where = ("world", "resident_register", "path")
        text = say("errors.register_missing", path=path)
        raise InputError(f"{document.place(where)}: {dotted(where)}: {text}")
    register["path"] = str(beside)


def _overrides(overrides: Overrides) -> list[Document]:
    if isinstance(overrides, Mapping):
        return [document for document, _ in python_documents(overrides)]
    trouble: list[str] = []
    documents: list[Document] = []
    for item in overrides:
        try:
            documents.append(_override(item))
        except InputError as error:
            trouble += error.messages
    if trouble:
        raise InputError(trouble)
    return documents


def override_values(texts: Iterable[str]) -> dict[str, Any]:
    """Read texts "policy.approval.fixed_latency_days=30" as dotted names and values.

    Raises
    ------
    InputError
        For every text that has not this form.
    """
    found: dict[str, Any] = {}
    trouble: list[str] = []
    for item in texts:
        try:
            path, value = _name_and_value(item)
            found[".".join(map(str, path))] = value
        except InputError as error:
            trouble += error.messages
    if trouble:
        raise InputError(trouble)
    return found


def _override(item: str) -> Document:
    path, value = _name_and_value(item)
    document = Document(f"--set {item[:100]}", nested(path, value))
    refuse_unusable(document)
    return document


def _name_and_value(item: str) -> tuple[KeyPath, Any]:
    name, equals, text = item.partition("=")
    if not is_text(item):
        shown = item.encode(errors="replace").decode()
        raise InputError(f"--set {problems.shown(shown)}: {say('errors.not_text')}")
    if endless_key_line(name):
        raise InputError(f"--set {problems.shown(item)}: {say('errors.too_deep')}")
    path = _key(name)
    if not equals or not path:
        raise InputError(say("errors.set_form", found=problems.shown(item)))
    if "\n" in text or "\r" in text:
        raise InputError(say("errors.set_line", found=problems.shown(item)))
    if path[0] == "extends":
        raise InputError(f"--set {problems.shown(item)}: {say('errors.set_extends')}")
    return path, _set_value(text.strip())


def _key(name: str) -> KeyPath:
    """Split a dotted key as TOML does; empty when it is none."""
    try:
        content: Any = tomllib.loads(f"{name.strip()} = 0")
    except (ValueError, RecursionError):
        return ()
    path: list[str] = []
    while isinstance(content, dict):
        if len(content) != 1:
            return ()
        (part, content) = next(iter(content.items()))
        path.append(part)
    return tuple(path)


def _set_value(text: str) -> Any:
    """Read a value as TOML; text that is none is taken as it stands, so quotes may be left out."""
    try:
        content = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    return content["value"] if set(content) == {"value"} else text


def _refuse_other_register(scenario: Scenario, layers: Layers) -> None:
    """A run of an hour should not end at a file that changed before it began."""
    register = scenario.world.resident_register
    trouble = register_trouble(register) if register is not None else None
    if trouble:
        where = ("world", "resident_register", "path")
        raise InputError(problems.messages([(where, trouble)], layers.place))


def _refuse_too_large(scenario: Scenario, layers: Layers) -> None:
    trouble = memory_trouble(scenario.world.residents)
    if trouble:
        raise InputError(problems.messages([(("world", "residents"), trouble)], layers.place))


def memory_trouble(residents: int, at_once: int = 1) -> str:
    """Say that so many residents need more memory than is free; empty where they do not.

    Parameters
    ----------
    at_once
        Runs at the same time, each in a process of its own.
    """
    free, needed = free_bytes(), needed_bytes(residents) * at_once
    if free is None or needed <= free:
        return ""
    key = "errors.memory" if at_once == 1 else "errors.memory_at_once"
    return say(key, residents=f"{residents:,}", needed=f"{needed / 1e9:.1f}",
               free=f"{free / 1e9:.1f}", jobs=at_once)
