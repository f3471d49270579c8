"""No file of the package but `draws.py` makes random numbers, Mesa's stream included."""

from __future__ import annotations

import ast
from pathlib import Path

from linkage_sim import draws

PACKAGE = Path(draws.__file__).parent
FORBIDDEN = {"random", "secrets"}


def _foreign_chance(text: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names if FORBIDDEN & set(name.name.split("."))]
        elif isinstance(node, ast.ImportFrom):
            names = {*(node.module or "").split("."), *(name.name for name in node.names)}
            found += sorted(FORBIDDEN & names)
        elif isinstance(node, ast.Attribute) and node.attr in FORBIDDEN:
            found.append(f"line {node.lineno}: .{node.attr}")
    return found


def test_nothing_else_in_the_package_makes_random_numbers() -> None:
    for guilty in ("import random", "from numpy import random", "x = self.random.shuffle(a)"):
        assert _foreign_chance(guilty)
    found = {
        str(path.relative_to(PACKAGE)): _foreign_chance(path.read_text("utf-8"))
        for path in PACKAGE.rglob("*.py")
    }
    assert {name: places for name, places in found.items() if places} == {}
