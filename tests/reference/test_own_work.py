"""The reference is its own work: it borrows nothing from the engine."""

from __future__ import annotations

import ast
from pathlib import Path

HERE = Path(__file__).parent
LONGEST_FILE = 250
ALLOWED = ("linkage_sim.scenario", "linkage_sim.draws", "tests.reference", "mesa", "numpy")
PLAIN = {"__future__", "bisect", "collections", "dataclasses", "math", "statistics", "typing"}
# These look at both sides and are no part of the model.
BESIDE = {"engine.py", "compare.py", "cases.py", "faults.py", "speed.py"}


def foreign(text: str) -> list[str]:
    """List imports that the reference may not have."""
    names = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names += [item.name for item in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [f"{node.module}.{item.name}" for item in node.names]
    return [
        name
        for name in names
        if name.split(".")[0] not in PLAIN
        and not any(name == root or name.startswith(root + ".") for root in ALLOWED)
        or name.startswith("tests.reference.") and name.split(".")[2] + ".py" in BESIDE
    ]


def model_files() -> list[Path]:
    return [
        path for path in sorted(HERE.glob("*.py"))
        if path.name not in BESIDE and not path.name.startswith("test_")
    ]


def test_it_imports_scenarios_and_draws_alone() -> None:
    found = {path.name: foreign(path.read_text("utf-8")) for path in model_files()}
    assert len(found) > 15
    assert {name: names for name, names in found.items() if names} == {}


def test_an_import_from_the_engine_is_seen() -> None:
    for guilty in ("from linkage_sim.kernels import needs", "import numba",
                   "from linkage_sim.draws_of_another import x",
                   "from tests.reference.engine import Recorder"):
        assert foreign(guilty)


def test_its_files_can_be_read_in_one_sitting() -> None:
    lengths = {path.name: len(path.read_text("utf-8").splitlines()) for path in HERE.glob("*.py")}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}
