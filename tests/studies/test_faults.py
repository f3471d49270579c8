"""A plugin that fails while a run is going is named; a fault of this program stays one."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pytest

from linkage_sim.agents.authority import ApprovalAuthority
from linkage_sim.cli.app import main
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.scenario.schema import Scenario
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


ANSWERS = """
import numpy as np

from linkage_sim.projects import Evidence
from linkage_sim.scenario.registry import APPROVAL_RULES, EFFORT_STRATEGIES, INSTRUMENTS, SOURCES

NAN = float("nan")


@APPROVAL_RULES.register("answers_rule")
class Rule:
    answer = NAN

    def score(self, file, criteria, image_value):
        return self.answer


@EFFORT_STRATEGIES.register("answers_effort")
class Effort:
    answer = (0.5, NAN)

    def choose(self, prospect, noise, temperature):
        return self.answer


@INSTRUMENTS.register("answers_look")
class Look:
    answer, slope = NAN, (0.5, 0.5)

    def slopes(self, plan, outcome_belief):
        return self.slope

    def measure(self, case):
        return self.answer


@SOURCES.register("answers_letters")
class Letters:
    wait, heard, error, yuan = 5.0, [NAN] * 8, [1.0] * 8, 10.0

    def days(self, beliefs):
        return self.wait

    def estimate(self, ground):
        return Evidence(np.array(self.heard), np.array(self.error), {}, self.yuan, 1.0, 1)
"""
USED = {
    "Rule": {"policy.approval.rule": "answers_rule"},
    "Effort": {"assumptions.effort.strategy": "answers_effort"},
    "Look": {"policy.evaluation.weights.other": {"answers_look": 1.0}},
    "Letters": {"policy.proposal.method": "answers_letters"},
}
NAN, FINE = float("nan"), {"heard": [50.0] * 8, "error": [float("inf")] * 8}


def answering(name: str, answers: dict[str, object]) -> Scenario:
    Path("answering_plugins_of_a_test.py").write_text(ANSWERS, encoding="utf-8")
    values = {"run.plugins": ["answering_plugins_of_a_test"], "run.years": 1, **USED[name]}
    scenario = load_scenario("toy", values)
    module = sys.modules["answering_plugins_of_a_test"]
    cls = getattr(module, name)
    usual = {"slope": (0.5, 0.5), "wait": 5.0, "yuan": 10.0, **FINE}
    for key, answer in {**usual, **answers}.items():
        setattr(cls, key, answer)
    return scenario


@pytest.mark.parametrize(("name", "answers", "told", "asked"), [
    ("Rule", {"answer": NAN}, "score gave back nan", "agents/authority.py"),
    ("Rule", {"answer": float("inf")}, "score gave back inf", "agents/authority.py"),
    ("Rule", {"answer": "9"}, "score gave back '9'", "agents/authority.py"),
    ("Effort", {"answer": (0.5, NAN)}, "choose gave back nan", "agents/organization.py"),
    ("Effort", {"answer": 0.5}, "wanted is two finite numbers", "agents/organization.py"),
    ("Look", {"answer": NAN}, "measure gave back nan", "agents/evaluator.py"),
    ("Look", {"slope": (NAN, 0.0)}, "slopes gave back nan", "agents/organization.py"),
    ("Letters", {"heard": [NAN] * 8}, "estimate (heard) gave back array", "agents/committee.py"),
    ("Letters", {**FINE, "heard": [1.0]}, "8 numbers, one a category", "agents/committee.py"),
    ("Letters", {**FINE, "error": [NAN] * 8}, "estimate (error)", "agents/committee.py"),
    ("Letters", {**FINE, "yuan": NAN}, "estimate (yuan) gave back nan", "agents/committee.py"),
    ("Letters", {**FINE, "wait": NAN}, "days gave back nan", "proposal/stage.py"),
])
def test_a_number_that_is_none_stops_the_run_and_is_told(
    name: str, answers: dict[str, object], told: str, asked: str
) -> None:
    scenario = answering(name, answers)
    with pytest.raises(PluginError) as caught:
        simulate(scenario)
    text = str(caught.value)
    assert told in text and asked in text and f"{name} (answering" in text and "probably" in text


@pytest.mark.parametrize(("name", "answers"), [
    ("Rule", {"answer": np.float64(0.5)}), ("Rule", {"answer": 1}),
    ("Effort", {"answer": [0.5, 0.2]}), ("Look", {"answer": np.float32(0.5)}),
    ("Letters", FINE),
])
def test_numbers_of_any_kind_are_numbers(name: str, answers: dict[str, object]) -> None:
    assert 0.0 <= simulate(answering(name, answers)).outcomes["trust"] <= 1.0
