"""A module named in run.plugins may fail in any way; the person still gets a sentence."""

from __future__ import annotations

import re
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from linkage_sim.cli.app import main
from linkage_sim.errors import InputError
from linkage_sim.scenario import registry
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.scenario.registry import Registry

NAME = "faulty_plugin_of_a_test"
FAULTS = [
    ("1 / 0\n", "ZeroDivisionError: division by zero, faulty_plugin_of_a_test.py line 2"),
    ("import sys\nsys.exit('stop')\n", "SystemExit: stop, faulty_plugin_of_a_test.py line 3"),
    ("def broken(:\n", "SyntaxError: "),
    ("raise RuntimeError('two\\nlines: with: colons')\n", "RuntimeError: two lines: with: colons"),
    ("raise ValueError\n", "(ValueError, faulty"),
    ("assert False\n", "(AssertionError"),
    ("import a_library_nobody_has\n", "needs the module 'a_library_nobody_has'"),
    ("from linkage_sim.scenario.registry import SOURCES\n"
     "@SOURCES.register('vote')\nclass Mine: ...\n", "sources: the name 'vote' is taken"),
]


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the place of a module that scenarios can name, forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("LINKAGE_LANG", "en")
    monkeypatch.delitem(sys.modules, NAME, raising=False)
    return tmp_path / f"{NAME}.py"


@pytest.mark.parametrize(("code", "expected"), FAULTS)
def test_a_faulty_plugin_is_a_sentence_with_name_and_remedy(
    plugin: Path, code: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    plugin.write_text(f'"""Faulty on purpose."""\n{code}', encoding="utf-8")
    Path("mine.toml").write_text(f"[run]\nplugins = ['{NAME}']\n", encoding="utf-8")
    assert main(["run", "mine"]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"mine.toml:2: run.plugins: '{NAME}' ")
    assert expected in error
    assert re.search("; (correct|install|choose)", error)
    assert error.count("\n") == 1 and "Traceback" not in error
    assert main(["run", "mine", "--lang", "zh"]) == 2
    assert re.search(f"run.plugins: “{NAME}”[\u4e00-\u9fff]", capsys.readouterr().err)


def test_a_corrected_plugin_is_taken_in_the_same_session(plugin: Path) -> None:
    plugin.write_text("1 / 0\n", encoding="utf-8")
    with pytest.raises(InputError, match="ZeroDivisionError"):
        load_scenario("toy", {"run.plugins": [NAME]})
    plugin.write_text("DONE = True\n# of another length\n", encoding="utf-8")
    assert load_scenario("toy", {"run.plugins": [NAME]}).run.plugins == [NAME]


def test_an_installed_package_with_a_fault_is_named(
    plugin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin.write_text("1 / 0\n", encoding="utf-8")
    point = EntryPoint("theirs", f"{NAME}:Mine", "linkage_sim.jobs")
    monkeypatch.setattr(registry, "entry_points", lambda group: [point])
    jobs = Registry("jobs", {"ours": "linkage_sim.errors:InputError"})
    assert jobs.names() == ["ours", "theirs"]
    assert jobs.get("ours") is InputError
    with pytest.raises(InputError, match=rf"jobs: 'theirs' comes from {NAME}:Mine.*uninstall"):
        jobs.get("theirs")
    plugin.write_text("Other = 1\n# nothing called Mine\n", encoding="utf-8")
    with pytest.raises(InputError, match="no attribute 'Mine'"):
        jobs.get("theirs")
