"""Finds the line of every key of a TOML file, so that a complaint can point at it."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

Path = tuple[str | int, ...]


def key_lines(text: str) -> dict[Path, int]:
    """Give the line of every key and list element of valid TOML, counted from 1.

    Returns
    -------
    dict
        ("policy", "approval", "desks", 0, "name") -> 17. A table's own line is that of its first
        header, or of the first key that made it. Empty when the text cannot be parsed.
    """
    import tree_sitter
    import tree_sitter_toml

    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_toml.language()))
    finder = _Finder()
    try:
        finder.document(parser.parse(text.encode("utf-8")).root_node)
    except (RecursionError, ValueError):
        # Lines are a courtesy: without them the message names the file and the key alone.
        return {}
    return finder.lines


class _Finder:
    """Walks the syntax tree of one file."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self._lengths: dict[Path, int] = {}

    def document(self, root: Node) -> None:
        for child in root.named_children:
            if child.type == "pair":
                self._pair(child, ())
            elif child.type == "table":
                self._pairs(child, self._header(child))
            elif child.type == "table_array_element":
                path = self._header(child)
                number = self._lengths.get(path, 0)
                self._lengths[path] = number + 1
                self._note((*path, number), child)
                self._pairs(child, (*path, number))

    def _header(self, table: Node) -> Path:
        names = _names(table.named_children[0])
        path: Path = ()
        for number, part in enumerate(names, start=1):
            path = (*path, part)
            self._note(path, table)
            # [[a]] then [a.b]: the header speaks of the last element of the list.
            if number < len(names) and path in self._lengths:
                path = (*path, self._lengths[path] - 1)
        return path

    def _pairs(self, table: Node, path: Path) -> None:
        for child in table.named_children:
            if child.type == "pair":
                self._pair(child, path)

    def _pair(self, pair: Node, path: Path) -> None:
        children = [child for child in pair.named_children if child.type != "comment"]
        for part in _names(children[0]):
            path = (*path, part)
            self._note(path, pair)
        self._value(children[-1], path)

    def _value(self, value: Node, path: Path) -> None:
        if value.type == "inline_table":
            self._pairs(value, path)
        elif value.type == "array":
            items = [item for item in value.named_children if item.type != "comment"]
            for number, item in enumerate(items):
                self._note((*path, number), item)
                self._value(item, (*path, number))

    def _note(self, path: Path, node: Node) -> None:
        self.lines.setdefault(path, node.start_point.row + 1)


def _names(key: Node) -> tuple[str, ...]:
    text = (key.text or b"").decode("utf-8")
    if key.type == "bare_key":
        return (text,)
    if key.type == "quoted_key":
        (name,) = tomllib.loads(f"{text} = 0")
        return (name,)
    return tuple(part for child in key.named_children for part in _names(child))
