"""The rules of the house: who imports whom, how long things may be, what start-up may cost."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "linkage_sim"
LONGEST_FILE, LONGEST_BODY = 400, 60
# Names in two parts, so that this list does not find itself.
MACHINE_PATHS = re.compile("/" + r"(?:home|root|Users|work)/|C:\\" + r"\\?Users", re.IGNORECASE)
REGISTRIES = re.compile(r"pypi\." + r"org|files\.python" + r"hosted|index-" + "url", re.IGNORECASE)


def python_files() -> list[Path]:
    return sorted([*PACKAGE.rglob("*.py"), *(ROOT / "tests").rglob("*.py")])


def text_files() -> list[Path]:
    found = [ROOT / name for name in ("Makefile", "pyproject.toml", "constraints.txt", ".ci/run")]
    for folder in ("linkage_sim", "tests", "configs", "docs", "experiments"):
        found += [path for path in (ROOT / folder).rglob("*")
                  if path.suffix in {".py", ".toml", ".md", ".txt", ".json", ".cff"}]
    return found


def bodies(path: Path) -> Iterator[tuple[str, int]]:
    """Give each function's name and the lines of its body, docstring left out."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            statements = node.body
            if ast.get_docstring(node) is not None:
                statements = statements[1:]
            if statements:
                yield node.name, (statements[-1].end_lineno or 0) - statements[0].lineno + 1


def run_python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, text=True, capture_output=True, timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )


def test_import_contracts_hold() -> None:
    done = run_python(
        "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())",
        COLUMNS="200", TERM="dumb",
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_stage_that_imports_another_breaks_the_contract(tmp_path: Path) -> None:
    """Negative control: the contracts of this repository see a forbidden import."""
    import tomllib

    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    stages = next(item for item in contracts["tool"]["importlinter"]["contracts"]
                  if item["id"] == "stages-apart")["modules"]
    for name in stages:
        folder = tmp_path / Path(*name.split("."))
        folder.mkdir(parents=True)
        for level in (folder, folder.parent, folder.parent.parent):
            (level / "__init__.py").touch()
    (tmp_path / "linkage_sim/stages/proposal/__init__.py").write_text(
        "import linkage_sim.stages.approval\n", encoding="utf-8"
    )
    listed = ", ".join(f'"{name}"' for name in stages)
    (tmp_path / "pyproject.toml").write_text(
        '[tool.importlinter]\nroot_package = "linkage_sim"\n[[tool.importlinter.contracts]]\n'
        f'name = "apart"\ntype = "independence"\nmodules = [{listed}]\n', encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-c",
         "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True,
        text=True, timeout=120,
    )
    assert done.returncode == 1
    assert "apart BROKEN" in done.stdout


@pytest.mark.parametrize("path", python_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_and_no_function_is_too_long(path: Path) -> None:
    length = len(path.read_text(encoding="utf-8").splitlines())
    assert length <= LONGEST_FILE
    too_long = {name: lines for name, lines in bodies(path) if lines > LONGEST_BODY}
    assert not too_long


def test_a_function_of_sixty_one_lines_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "long.py"
    lines = '    """Text."""\n' + "    x = 1\n" * (LONGEST_BODY + 1)
    path.write_text(f"def much():\n{lines}", encoding="utf-8")
    assert list(bodies(path)) == [("much", LONGEST_BODY + 1)]


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], []])
def test_help_loads_no_heavy_library(arguments: list[str]) -> None:
    code = (
        "import sys; from linkage_sim.cli.app import main\n"
        f"code = main({arguments!r})\n"
        "heavy = {'numba', 'mesa', 'pandas', 'matplotlib', 'scipy', 'networkx', 'pyarrow'}\n"
        "print('LOADED', sorted(heavy & set(sys.modules)), file=sys.stderr); sys.exit(code)"
    )
    done = run_python(code)
    assert done.returncode == 0, done.stderr
    assert "LOADED []" in done.stderr


def test_importing_the_package_loads_no_heavy_library() -> None:
    done = run_python(
        "import sys, linkage_sim\n"
        "print(sorted({'numba', 'mesa', 'pandas', 'matplotlib', 'numpy', 'pydantic'}"
        " & set(sys.modules)))"
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_every_public_name_is_listed_and_unknown_names_are_refused() -> None:
    import linkage_sim

    assert {"Scenario", "load_scenario", "LinkageModel", "simulate", "compare", "load_results",
            "verification"} <= set(dir(linkage_sim))
    with pytest.raises(AttributeError, match="nothing_like_it"):
        _ = linkage_sim.nothing_like_it  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", text_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_names_a_machine_or_a_registry(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not MACHINE_PATHS.findall(text)
    assert not REGISTRIES.findall(text)


def test_package_and_citation_agree_on_the_version() -> None:
    import tomllib

    import linkage_sim

    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert declared["version"] == linkage_sim.__version__
    assert f"version: {linkage_sim.__version__}\n" in citation
    assert "linkage-sim contributors" in citation
    assert "linkage-sim contributors" in (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_constraints_pin_one_numpy_and_one_numba_for_all_pythons() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    for name in ("numpy", "numba"):
        assert len([line for line in lines if re.match(rf"{name}==[\d.]+$", line)]) == 1
    assert [line for line in lines if line.startswith("mesa==")] == [
        'mesa==3.3.1; python_version < "3.12"', 'mesa==3.5.1; python_version >= "3.12"',
    ]
