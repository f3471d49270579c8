"""Notices tables within tables without end, which no scenario needs and no check would survive."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

DEEPEST = 50
"""Tables and lists within each other; a scenario has five."""
# Five hundred names joined by points: reading a much longer key takes hours.
_ENDLESS = re.compile(
    r"(?<![\w\"'-])(?:(?:[\w-]++|\"[^\"\n]*+\"|'[^'\n]*+')[ \t]*+\.[ \t]*+){500}"
)


def endless_key_line(text: str) -> int | None:
    """Give the line of a dotted key that should not even be read; None where there is none."""
    found = _ENDLESS.search(text)
    return None if found is None else text.count("\n", 0, found.start()) + 1


def deepest_key(content: Mapping[str, Any]) -> str | None:
    """Name the first key whose value is nested too deeply; None where all is well."""
    return next((str(name) for name, value in content.items() if _is_deep(value)), None)


def _is_deep(value: Any) -> bool:
    # Layer by layer: a function that calls itself would end where this is needed most.
    layer = [value]
    for _ in range(DEEPEST):
        layer = [part for item in layer for part in _parts(item)]
        if not layer:
            return False
    return True


def _parts(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    return list(value) if isinstance(value, list | tuple) else []
