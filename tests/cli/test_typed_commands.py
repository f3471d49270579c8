"""Commands that are shown can be typed as they stand."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from linkage_sim.cli.app import main
from linkage_sim.cli.typed import NAME, command_line, package, pip_install, program_name

ROOT = Path(__file__).parents[2]
Patch = pytest.MonkeyPatch


def a_program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: Patch) -> Path:
    """Make an environment with Python and program under the working directory, not on the PATH."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "elsewhere"))
    folder = tmp_path / ".venv" / "bin"
    a_program(folder / NAME)
    monkeypatch.setattr(sys, "executable", str(a_program(folder / "python")))
    return folder


def test_make_run_names_the_program_it_installed(environment: Path) -> None:
    assert program_name() == ".venv/bin/linkage-sim"
    assert command_line(["run", "my plan.toml"]) == ".venv/bin/linkage-sim run 'my plan.toml'"


def test_an_activated_environment_needs_the_name_alone(
    environment: Path, monkeypatch: Patch
) -> None:
    monkeypatch.setenv("PATH", str(environment))
    assert program_name() == NAME


def test_another_installation_on_the_path_is_not_meant(
    environment: Path, tmp_path: Path
) -> None:
    a_program(tmp_path / "elsewhere" / NAME)
    assert program_name() == ".venv/bin/linkage-sim"


def test_from_another_folder_the_whole_path_is_shown(
    environment: Path, tmp_path: Path, monkeypatch: Patch
) -> None:
    (tmp_path / "away").mkdir()
    monkeypatch.chdir(tmp_path / "away")
    assert program_name() == shlex.quote(str(environment / NAME))
    monkeypatch.chdir(environment)
    assert program_name() == "./linkage-sim"


def test_without_being_installed_the_module_is_run(environment: Path, monkeypatch: Patch) -> None:
    (environment / NAME).unlink()
    assert program_name() == ".venv/bin/python -m linkage_sim"
    monkeypatch.setenv("PATH", str(environment))
    assert program_name() == "python -m linkage_sim"


def test_what_is_shown_really_runs(tmp_path: Path) -> None:
    """Type the first command the help shows, in a shell, where the help was shown."""
    shown = subprocess.run(
        [sys.executable, "-m", "linkage_sim", "--help", "--lang", "en"], cwd=tmp_path, text=True,
        capture_output=True, timeout=60, env={**os.environ, "PYTHONPATH": str(ROOT)},
    ).stdout
    command = shown.split("A first look:\n")[1].splitlines()[0].strip()
    assert command.endswith(" run toy")
    done = subprocess.run(
        command.removesuffix("run toy") + "validate toy", shell=True, cwd=tmp_path, text=True,
        capture_output=True, timeout=60, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_what_installs_an_extra_names_this_python_and_this_folder(
    environment: Path, monkeypatch: Patch
) -> None:
    assert pip_install(package("app")).startswith(".venv/bin/python -m pip install --editable ")
    monkeypatch.chdir(ROOT)
    assert package("app") == "--editable '.[app]'"


def test_a_kind_of_import_that_is_left_out_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["import"], ["import", "excel", "x"]):
        assert main([*arguments, "--lang", "en"]) == 2
        assert "Known: event-log, pabulib, register" in capsys.readouterr().err
    assert main(["import", "register", "x", "--nope", "--lang", "en"]) == 2
    assert "Known:" not in capsys.readouterr().err


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_help_shows_the_types_of_a_programming_language(language: str) -> None:
    """Numbers and folders are called so; what remains is text."""
    for verb in ("run", "compare", "explain", "rerun", "import event-log"):
        shown = subprocess.run(
            [sys.executable, "-m", "linkage_sim", *verb.split(), "--help", "--lang", language],
            cwd=ROOT, text=True, capture_output=True, timeout=60,
        ).stdout
        assert "range>" not in shown
