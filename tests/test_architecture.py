"""The rules of the house: who imports whom, how long things may be, what start-up may cost."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "linkage_sim"
LONGEST_FILE, LONGEST_BODY = 400, 60
# Names in two parts, so that this list does not find itself.
MACHINE_PATHS = re.compile(
    r"(?<![\w.-])/" + r"(?:home|root|Users|work)/|C:\\" + r"\\?Users", re.IGNORECASE
)
REGISTRIES = re.compile(r"pypi\." + r"org|files\.python" + r"hosted|index-" + "url", re.IGNORECASE)


def python_files() -> list[Path]:
    return sorted([*PACKAGE.rglob("*.py"), *(ROOT / "tests").rglob("*.py")])


def text_files() -> dict[Path, str]:
    """Give the text of each file git knows or would take; what is not text is left out."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True,
    )
    names = [name for name in listed.stdout.split("\0") if name]
    paths = [ROOT / name for name in names] if listed.returncode == 0 else python_files()
    found = {}
    for path in paths:
        try:
            found[path] = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
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


def run_python(code: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a line in a fresh interpreter that finds the package in `folder`."""
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, text=True, capture_output=True, timeout=120,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200", "TERM": "dumb"},
    )


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return run_python(
        "import sys; from importlinter.cli import lint_imports;"
        " sys.exit(lint_imports(no_cache=True))", folder,
    )


def test_import_contracts_hold() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


PLANTED = [
    ("draws.py", "from linkage_sim import model", "One direction BROKEN"),
    ("agents/effort.py", "import linkage_sim.studies.run", "One direction BROKEN"),
    ("unplaced.py", "", "One direction BROKEN"),
    ("stages/proposal/stage.py", "import linkage_sim.stages.approval.desks",
     "The four stages never import each other BROKEN"),
    ("kernels/needs.py", "import mesa", "Only agents, model and app know Mesa BROKEN"),
    ("outcomes.py", "import matplotlib.pyplot",
     "Only report and app know Solara or matplotlib BROKEN"),
    ("cli/compare.py", "import solara", "Only report and app know Solara or matplotlib BROKEN"),
]


@pytest.mark.parametrize(("name", "line", "verdict"), PLANTED)
def test_a_forbidden_import_breaks_its_contract(
    tmp_path: Path, name: str, line: str, verdict: str
) -> None:
    """Negative control: the contracts of this repository see a fault planted in a copy."""
    shutil.copytree(PACKAGE, tmp_path / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / PACKAGE.name / name).open("a", encoding="utf-8") as guilty:
        guilty.write(f"\n{line}\n")
    done = lint_imports(tmp_path)
    assert done.returncode == 1
    assert verdict in done.stdout


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


def forbidden_addresses(text: str) -> list[str]:
    return [*MACHINE_PATHS.findall(text), *REGISTRIES.findall(text)]


def test_no_file_names_a_machine_or_a_registry() -> None:
    texts = text_files()
    assert ROOT / "constraints.txt" in texts or not (ROOT / ".git").exists()
    found = {str(path.relative_to(ROOT)): forbidden_addresses(text)
             for path, text in texts.items()}
    assert {name: places for name, places in found.items() if places} == {}


def test_a_machine_path_and_a_registry_are_seen() -> None:
    for guilty in ("see /" + "home/somebody/data", "at /" + "work/main", "C:" + "\\Users\\x",
                   "https://pypi" + ".org/simple", "--index" + "-url x"):
        assert forbidden_addresses(guilty)
    assert not forbidden_addresses("https://example.gov/" + "home/report.html")


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
