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
        path.relative_to(PACKAGE).as_posix(): _foreign_chance(path.read_text("utf-8"))
        for path in PACKAGE.rglob("*.py")
    }
    # A sampler of SciPy draws a design; its seed comes from `draws.sampler_seed`.
    designs = found.pop("studies/designs.py")
    assert len(designs) == 1, designs
    # pyABC draws from NumPy's common stream: set for each proposal by `draws.sampler_seed`, and
    # put back as it was.
    proposals = found.pop("studies/smc.py")
    assert len(proposals) == 3, proposals
    # The key of a view that other machines may open must be guessed by nobody; no number of a run
    # comes from it.
    assert found.pop("cli/interactive.py") == ["secrets"]
    assert {name: places for name, places in found.items() if places} == {}
