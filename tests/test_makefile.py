"""`make` says by a dry run what it would install, so nothing is installed here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Variables on the command line of an outer make reach these inner ones otherwise.
OUTER = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "VENV", "PYTHON", "JOBS"}

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with the files make reads, all older than any stamp made later."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
        os.utime(tmp_path / name, (1_000, 1_000))
    return tmp_path


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in OUTER}
    return subprocess.run(["make", *arguments], cwd=folder, env=kept, text=True,
                          capture_output=True, timeout=60)


def environment_by_hand(folder: Path) -> Path:
    home = folder / ".venv" / "bin"
    home.mkdir(parents=True)
    (home / "python").symlink_to(sys.executable)
    return home.parent


def stamp(path: Path, when: int) -> None:
    path.touch()
    os.utime(path, (when, when))


def test_a_bare_folder_gets_an_environment_then_the_core(clone: Path) -> None:
    said = make(clone, "-n", "run").stdout
    assert said.index("-m venv .venv") < said.index("--editable .\n") < said.index(" compare ")
    assert "[test]" not in said


def test_run_may_be_called_again_after_a_change_of_version(clone: Path) -> None:
    said = make(clone, "-n", "run").stdout.replace("\\\n", " ")
    (line,) = [line for line in said.split("\n") if " compare " in line]
    assert line.split()[-3:] == ["--out", "results/x_community", "--replace"]


def test_an_environment_made_by_hand_is_filled_and_not_made_again(clone: Path) -> None:
    environment_by_hand(clone)
    said = make(clone, "-n", "test").stdout
    assert "-m venv" not in said
    assert "--editable '.[test]'" in said


def test_a_second_call_installs_nothing(clone: Path) -> None:
    home = environment_by_hand(clone)
    stamp(home / ".installed", 2_000)
    stamp(home / ".installed-test", 2_000)
    for target in ("run", "test", "test-all"):
        said = make(clone, "-n", target)
        assert said.returncode == 0
        assert "install" not in said.stdout


def test_changed_pins_are_installed_again(clone: Path) -> None:
    home = environment_by_hand(clone)
    stamp(home / ".installed-test", 2_000)
    stamp(clone / "constraints.txt", 3_000)
    assert "--constraint constraints.txt" in make(clone, "-n", "test").stdout


def test_only_the_fast_tests_run_by_default(clone: Path) -> None:
    home = environment_by_hand(clone)
    stamp(home / ".installed-test", 2_000)
    assert '-m "not slow"' in make(clone, "-n", "test").stdout
    assert "slow" not in make(clone, "-n", "test-all").stdout


def test_too_old_a_python_is_refused_in_one_sentence(clone: Path) -> None:
    old = clone / "old-python"
    old.write_text(
        f"#!/bin/sh\nexec {sys.executable} -c "
        '"import sys; sys.version_info = (3, 9, 1); exec(sys.argv[1])" "$2"\n', encoding="utf-8"
    )
    old.chmod(0o755)
    done = make(clone, "install", "PYTHON=./old-python")
    assert done.returncode != 0
    assert "Python 3.11 or newer is needed, ./old-python is 3.9" in done.stderr
    assert not (clone / ".venv").exists()


def test_another_python_is_not_mixed_into_an_environment(clone: Path) -> None:
    environment_by_hand(clone)
    other = clone / "other-python"
    other.write_text("#!/bin/sh\necho Python 3.99.0\n", encoding="utf-8")
    other.chmod(0o755)
    refused = make(clone, "-n", "test", "PYTHON=./other-python")
    assert refused.returncode != 0
    assert "add VENV=.venv-other" in refused.stderr
    assert make(clone, "-n", "test", "PYTHON=./other-python", "VENV=.venv-other").returncode == 0
    assert make(clone, "-n", "test", f"PYTHON={sys.executable}").returncode == 0
