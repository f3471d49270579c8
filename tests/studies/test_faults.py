"""A plugin that fails while a run is going is named; a fault of this program stays one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from linkage_sim.agents.authority import ApprovalAuthority
from linkage_sim.cli.app import main
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.studies.faults import PluginError, failure_text
from linkage_sim.studies.run import simulate

MODULE = "failing_plugins_of_a_test"
RULES = '''"""Approval rules that fail, each in its own way."""

from linkage_sim.scenario.registry import APPROVAL_RULES, EFFORT_STRATEGIES


@APPROVAL_RULES.register("fails_raising")
class Raising:
    def score(self, file, criteria, image_value):
        return self.share(0)

    def share(self, total):
        return 1 / total


@APPROVAL_RULES.register("fails_leaving")
class Leaving:
    def score(self, file, criteria, image_value):
        raise SystemExit(7)


@APPROVAL_RULES.register("fails_by_text")
class ByText:
    def score(self, file, criteria, image_value):
        return "nine"


@APPROVAL_RULES.register("fails_empty")
class Empty:
    pass


@APPROVAL_RULES.register("fails_narrow")
class Narrow:
    def score(self, file):
        return 1.0


@EFFORT_STRATEGIES.register("fails_nowhere")
class Nothing:
    def choose(self, prospect, noise, temperature):
        return None
'''
LINES = RULES.splitlines()


def line_of(text: str) -> int:
    return next(number for number, line in enumerate(LINES, 1) if text in line)


@pytest.fixture(autouse=True)
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with a module of failing rules, as a person has it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("LINKAGE_LANG", "en")
    Path(f"{MODULE}.py").write_text(RULES, encoding="utf-8")


def words(rule: str) -> list[str]:
    return ["--set", f'run.plugins=["{MODULE}"]', "--set", f"policy.approval.rule={rule}"]


@pytest.mark.parametrize(
    ("rule", "where", "reason", "line"),
    [
        ("fails_raising", "Raising.share", "ZeroDivisionError: division by zero", "1 / total"),
        ("fails_leaving", "Leaving.score", "SystemExit: 7", "SystemExit(7)"),
    ],
)
def test_a_plugin_that_raises_is_named_with_file_and_line(
    rule: str, where: str, reason: str, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "toy", *words(rule), "--out", "here"]) == 1
    printed = capsys.readouterr()
    assert printed.out == "" and not Path("here").exists()
    assert printed.err == (
        f"run.plugins: {where} of the plugin '{MODULE}' failed while the run was going ({reason}, "
        f"{MODULE}.py line {line_of(line)}); correct the plugin, or choose another mechanism in "
        "the scenario\n"
    )
    assert main(["run", "toy", *words(rule), "--lang", "zh"]) == 1
    error = capsys.readouterr().err
    assert where in error and re.search("[\u4e00-\u9fff]", error) and "Traceback" not in error


@pytest.mark.parametrize(
    ("rule", "name", "reason"),
    [
        ("fails_by_text", "ByText", "ValueError"),
        ("fails_empty", "Empty", "AttributeError"),
        ("fails_narrow", "Narrow", "TypeError"),
    ],
)
def test_a_plugin_that_gives_back_nonsense_is_suspected(
    rule: str, name: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "toy", *words(rule)]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "Traceback" not in error
    assert f"{name} ({MODULE})" in error and reason in error and "compare it with" in error
    assert "agents/authority.py line" in error
    others = {"Raising", "ByText", "Empty", "Narrow", "Nothing"} - {name}
    assert not any(f"{other} (" in error for other in others), "only what the scenario uses"


def test_python_keeps_what_was_raised() -> None:
    values = {"run.plugins": [MODULE], "policy.approval.rule": "fails_raising"}
    with pytest.raises(PluginError) as caught:
        simulate(load_scenario("toy", values))
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    text = failure_text(caught.value)
    assert f"{MODULE}.py, line {line_of('1 / total')}, in share" in text
    assert text.splitlines()[-1] == str(caught.value)
    assert str(Path.cwd()) not in text


def test_a_fault_of_the_program_is_not_blamed_on_a_plugin_that_is_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def faulty(*_: object) -> None:
        raise KeyError("ours")

    values = {"run.plugins": [MODULE]}
    scenario = load_scenario("toy", values)
    monkeypatch.setattr(ApprovalAuthority, "rank", faulty)
    with pytest.raises(KeyError, match="ours"):
        simulate(scenario)
    with pytest.raises(KeyError, match="ours"):
        main(["run", "toy"])
