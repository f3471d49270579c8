"""The reference is its own work: it borrows nothing from the engine."""

from __future__ import annotations

import ast
from pathlib import Path

HERE = Path(__file__).parent
LONGEST_FILE = 250
ALLOWED = ("linkage_sim.scenario", "linkage_sim.draws", "tests.reference", "mesa", "numpy")
PLAIN = {
    "__future__", "bisect", "collections", "copy", "dataclasses", "fractions", "math", "statistics",
    "types", "typing",
}
# These look at both sides and are no part of the model.
BESIDE = {
    "engine.py", "engine_decisions.py", "engine_institutions.py", "engine_points.py",
    "engine_points_later.py", "engine_twins.py", "compare.py", "compare_institutions.py",
    "cases.py", "worlds.py", "faults.py", "faults_of_institutions.py", "faults_of_runs.py",
    "speed.py",
}


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
        or name.startswith("tests.reference.")
        and any(f"{part}.py" in BESIDE for part in name.split("."))
    ]


def model_files() -> list[Path]:
    return [
        path for path in sorted(HERE.rglob("*.py"))
        if path.name not in BESIDE and not path.name.startswith("test_")
    ]


def test_it_imports_scenarios_and_draws_alone() -> None:
    found = {str(path): foreign(path.read_text("utf-8")) for path in model_files()}
    assert len(found) > 35
    assert {name: names for name, names in found.items() if names} == {}


def test_an_import_from_the_engine_is_seen() -> None:
    for guilty in ("from linkage_sim.kernels import needs", "import numba",
                   "from linkage_sim.draws_of_another import x",
                   "from tests.reference.engine import Recorder",
                   "from tests.reference.institutions.worlds import CASES"):
        assert foreign(guilty)


def test_its_files_can_be_read_in_one_sitting() -> None:
    lengths = {str(path): len(path.read_text("utf-8").splitlines()) for path in HERE.rglob("*.py")}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}
