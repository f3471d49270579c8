"""Writes a piece of a scenario as TOML text that a person can read and edit."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from linkage_sim.words.paragraph import wrapped

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_WIDTH = 100
_SHORT_ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"',
                  "\\": "\\\\"}


def to_toml(fragment: Mapping[str, Any], comment_lines: Iterable[str] = ()) -> str:
    """Write nested tables as TOML, comments first.

    Parameters
    ----------
    fragment
        Names -> str, bool, int, float, list or dict, nested to any depth; a list that holds only
        dicts becomes an array of tables.
    comment_lines
        Text for the head of the file; long lines are broken.

    Returns
    -------
    str
        Text that `tomllib` reads back to an equal dict.

    Raises
    ------
    TypeError
        For a value or key TOML cannot hold (None, for example).
    ValueError
        For half a surrogate pair, which no UTF-8 file can hold.
    """
    lines = [f"# {_printable(part)}".rstrip()
             for line in comment_lines for part in (wrapped(line, _WIDTH - 2) or [""])]
    head = "\n".join(lines) + "\n\n" if lines else ""
    lines = []
    _write_table(fragment, (), lines)
    text = head + "\n".join(lines).strip("\n") + "\n"
    text.encode("utf-8")
    return text


def present(value: Any) -> Any:
    """Leave out what is not set, which TOML cannot hold: a scenario file says nothing of it."""
    if isinstance(value, Mapping):
        return {name: present(item) for name, item in value.items() if item is not None}
    return [present(item) for item in value] if isinstance(value, list) else value


def _printable(text: str) -> str:
    return "".join(sign if sign == "\t" or (sign >= " " and sign != "\x7f") else "?"
                   for sign in text)


def _is_tables(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(
        isinstance(item, Mapping) for item in value)


def _write_table(table: Mapping[str, Any], path: tuple[str, ...], lines: list[str]) -> None:
    """Write plain values first: after the head of a sub-table they would belong to that."""
    later: list[tuple[str, Any]] = []
    for name, value in table.items():
        if isinstance(value, Mapping) or _is_tables(value):
            later.append((name, value))
        else:
            lines.append(_assignment(_key(name), value))
    for name, value in later:
        inner = (*path, _key(name))
        head = ".".join(inner)
        if isinstance(value, Mapping):
            # A table of tables only needs no head of its own.
            if not value or not all(isinstance(v, Mapping) or _is_tables(v)
                                    for v in value.values()):
                lines.extend(["", f"[{head}]"])
            _write_table(value, inner, lines)
        else:
            for item in value:
                lines.extend(["", f"[[{head}]]"])
                _write_table(item, inner, lines)


def _key(name: Any) -> str:
    if not isinstance(name, str):
        raise TypeError(f"a TOML key must be text, not {type(name).__name__}")
    return name if _BARE_KEY.fullmatch(name) else _string(name)


def _string(text: str) -> str:
    signs = []
    for sign in text:
        if sign in _SHORT_ESCAPES:
            signs.append(_SHORT_ESCAPES[sign])
        elif sign < " " or sign == "\x7f":
            signs.append(f"\\u{ord(sign):04x}")
        else:
            signs.append(sign)
    return '"' + "".join(signs) + '"'


def _assignment(key: str, value: Any) -> str:
    text = f"{key} = {toml_value(value)}"
    if len(text) <= _WIDTH or not isinstance(value, list | tuple):
        return text
    rows, row = [], "   "
    for item in map(toml_value, value):
        if len(row) + len(item) + 2 > _WIDTH and row.strip():
            rows.append(row)
            row = "   "
        row += f" {item},"
    return "\n".join([f"{key} = [", *rows, row, "]"])


def toml_value(value: Any) -> str:
    """Write one value as it stands behind an equals sign."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _float(float(value))
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{_key(name)} = {toml_value(item)}" for name, item in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    raise TypeError(f"TOML cannot hold a {type(value).__name__}")


def _float(value: float) -> str:
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return repr(value)
