"""Reads TOML files whole, and lays them over each other while remembering where each value stood."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from itertools import islice
from pathlib import Path
from typing import Any

from linkage_sim.errors import InputError
from linkage_sim.scenario.lines import Path as KeyPath
from linkage_sim.scenario.lines import key_lines
from linkage_sim.scenario.locate import label
from linkage_sim.scenario.nesting import deepest_key, endless_key_line
from linkage_sim.scenario.syntax import syntax_message
from linkage_sim.words import say, system_reason

LABELS = ("title", "title_zh", "description", "description_zh")
"""What a scenario says of itself, which no number depends on."""

LARGEST_FILE = 20_000_000
MOST_PROBLEMS = 100
"""Told of one file; who makes more mends these first. One more is kept, to show that there is."""
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_LONGEST_NAME = 100


@dataclass
class Document:
    """The content of one file, or of one `--set`, and the line of each key.

    Parameters
    ----------
    ships
        A scenario that ships: what others are expected to replace.
    """

    label: str
    content: dict[str, Any]
    lines: dict[KeyPath, int] = field(default_factory=dict)
    ships: bool = False

    def place(self, path: KeyPath) -> str:
        """Say where a key stands: FILE:LINE, or FILE where the line is not known."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return f"{self.label}:{self.lines[path[:length]]}"
        return self.label


def read_document(path: Path) -> Document:
    """Read one TOML file.

    Raises
    ------
    InputError
        For a file that cannot be read, is not UTF-8 or is not TOML; with the line where known.
    """
    name = label(path)
    text = _text(path, name)
    line = endless_key_line(text)
    if line is not None:
        raise InputError(f"{name}:{line}: {say('errors.too_deep')}")
    try:
        content = tomllib.loads(text)
    except RecursionError:
        raise InputError(f"{name}: {say('errors.too_deep')}") from None
    except ValueError as error:
        raise InputError(syntax_message(name, text, str(error))) from None
    document = Document(name, content, key_lines(text))
    refuse_unusable(document)
    return document


def _text(path: Path, name: str) -> str:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise InputError(f"{name}: {say('errors.too_large')}")
        data = path.read_bytes()
    except OSError as error:
        reason = system_reason(error)
        raise InputError(f"{name}: {say('errors.unreadable', reason=reason)}") from None
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{name}: {say('errors.utf16')}")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(f"{name}:{line}: {say(_encoding_advice(data))}") from None


def _encoding_advice(data: bytes) -> str:
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return "errors.not_utf8"
    return "errors.gbk"


def refuse_unusable(document: Document) -> None:
    """Refuse what TOML can hold and nothing here can use: endless nesting, dates and times.

    Raises
    ------
    InputError
        With the place of each.
    """
    deep = deepest_key(document.content)
    if deep is not None:
        where = (deep,)
        raise InputError(f"{document.place(where)}: {dotted(where)}: {say('errors.too_deep')}")
    found = (
        f"{document.place(path)}: {dotted(path)}: {say('errors.date', found=value)}"
        for path, value in _leaves(document.content, ())
        if isinstance(value, date | time)
    )
    told = list(islice(found, MOST_PROBLEMS + 1))
    if told:
        raise InputError(told)


def _leaves(value: Any, path: KeyPath) -> Iterable[tuple[KeyPath, Any]]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _leaves(item, (*path, name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _leaves(item, (*path, number))
    else:
        yield path, value


def dotted(path: Iterable[str | int]) -> str:
    """Write a path as a person writes it: policy.approval.desks[2].officers (counted from 1)."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            name = part if len(part) <= _LONGEST_NAME else f"{part[: _LONGEST_NAME - 3]}..."
            shown = name if _BARE.fullmatch(part) else json.dumps(name, ensure_ascii=False)
            text += f".{shown}" if text else shown
    return text


@dataclass(frozen=True)
class Lost:
    """A list that somebody wrote and a later piece of the same composition replaced whole."""

    path: KeyPath
    content: list[Any]
    below: Document
    above: Document


@dataclass
class Layers:
    """Documents laid over each other: tables are merged, everything else is replaced whole.

    Attributes
    ----------
    top
        Label of the last one; there a person can set what was nowhere written.
    """

    content: dict[str, Any] = field(default_factory=dict)
    owners: dict[KeyPath, Document] = field(default_factory=dict)
    lost: list[Lost] = field(default_factory=list)
    top: str = ""

    def add(self, document: Document) -> None:
        """Lay one more document on top."""
        for name in ("title", "description"):
            if name in document.content and f"{name}_zh" not in document.content:
                # The Chinese words below are those of something else.
                self.content[f"{name}_zh"] = ""
        self._merge(self.content, document.content, (), document)
        self.top = document.label

    def _merge(
        self, below: dict[str, Any], above: Mapping[str, Any], path: KeyPath, document: Document
    ) -> None:
        for name, value in above.items():
            here = (*path, name)
            before, owner = below.get(name), self.owners.get(here)
            self.owners[here] = document
            if isinstance(before, list) and value != before and owner and not owner.ships:
                self.lost.append(Lost(here, before, owner, document))
            if isinstance(value, Mapping):
                if not isinstance(below.get(name), dict):
                    below[name] = {}
                self._merge(below[name], value, here, document)
            else:
                below[name] = value

    def place(self, path: KeyPath) -> str:
        """Say where the value that holds was written; of a default, what lies on top of it."""
        for length in range(len(path), 0, -1):
            owner = self.owners.get(path[:length])
            if owner is not None:
                return owner.place(path) or self.top
        return self.top
