"""Who gets a report and nothing else can run it again: scenarios of one's own travel in it."""

from __future__ import annotations

import html
import re
import shlex
import tomllib
from pathlib import Path

import pytest

from linkage_sim.report.document import report_html
from linkage_sim.report.document_files import scenario_text
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.scenario.schema import Scenario, scenario_from
from linkage_sim.studies.results import load_results
from tests.conftest import Typed

FILE = re.compile(r'<h3>([\w.]+)</h3>\s*<pre class="file"><code>(.*?)</code></pre>', re.DOTALL)
OWN = '''title = "Quick desks"
[policy.approval]
fixed_latency_days = 10
[policy.evaluation.weights]
outcome = 0.5
'''


def carried(page: str) -> tuple[list[tuple[str, str]], list[str]]:
    """Take the files and the command for them out of a page, as a reader would."""
    files = [(name, html.unescape(text)) for name, text in FILE.findall(page)]
    commands = [html.unescape(text) for text in re.findall(r"<pre><code>(.*?)</code></pre>", page)]
    return files, shlex.split(commands[1])[1:] if files else []


@pytest.fixture
def mine(typed: Typed) -> Path:
    Path("mine.toml").write_text(OWN, encoding="utf-8")
    code, _, err = typed("compare", "toy", "toy+mine.toml", "--replications", "2", "--seed", "5",
                         "--jobs", "1", "--out", "there", "--quiet",
                         "--set", "assumptions.hearing.call_day=20")
    assert code == 0, err
    return Path("there")


def test_the_files_of_a_page_give_its_numbers_again(mine: Path, typed: Typed) -> None:
    files, command = carried(report_html(mine))
    Path("mine.toml").unlink()
    assert [name for name, _ in files] == ["scenario_1.toml", "scenario_2.toml"]
    for name, text in files:
        Path(name).write_text(text, encoding="utf-8")
    code, _, err = typed(*command, "--jobs", "1", "--out", "again", "--quiet")
    assert code == 0, err
    before, after = (load_results(place, "comparison").drop(columns=["scenario", "baseline"])
                     for place in (mine, Path("again")))
    assert before.equals(after)


@pytest.mark.slow
def test_what_ships_is_not_carried(typed: Typed) -> None:
    assert typed("run", "toy+full_reform", "--out", "ships", "--quiet")[0] == 0
    assert typed("compare", "toy", "toy+full_reform", "--replications", "2", "--jobs", "1",
                 "--out", "two", "--quiet")[0] == 0
    for place in ("ships", "two"):
        assert carried(report_html(Path(place)))[0] == []


def test_a_reform_of_one_s_own_stands_beside_one_that_ships(typed: Typed) -> None:
    Path("mine.toml").write_text(OWN, encoding="utf-8")
    assert typed("compare", "toy", "toy+full_reform", "toy+mine.toml", "--replications", "2",
                 "--jobs", "1", "--out", "three", "--quiet")[0] == 0
    files, command = carried(report_html(Path("three")))
    assert [name for name, _ in files] == ["scenario_3.toml"]
    assert command[:4] == ["compare", "toy", "toy+full_reform", "scenario_3.toml"]


@pytest.mark.parametrize("name", ["toy", "x_community+full_reform", "xian"])
def test_a_written_scenario_loads_to_the_same(name: str) -> None:
    scenario = load_scenario(name)
    text = scenario_text(scenario)
    assert scenario_from(tomllib.loads(text)).hash() == scenario.hash()
    assert len(text) < 3_000, "only what differs is written"


def test_a_default_switched_off_is_written_too() -> None:
    weights = Scenario().policy.evaluation.weights.model_dump()
    usual = {name: 0.0 for name, value in weights.items() if isinstance(value, float)}
    scenario = Scenario().with_values({
        "policy.evaluation.weights": {**usual, "outcome": 1.0}, "policy.approval.desks": []})
    again = scenario_from(tomllib.loads(scenario_text(scenario)))
    assert again.hash() == scenario.hash() and again.policy.approval.desks == []


@pytest.mark.slow
def test_a_page_of_a_sweep_says_that_the_study_file_is_not_in_it(typed: Typed) -> None:
    Path("days.toml").write_text('scenario = "toy"\ndesign = "grid"\nreplications = 1\n'
                                 '[parameters]\n"policy.approval.fixed_latency_days" = [5, 60]\n',
                                 encoding="utf-8")
    assert typed("sweep", "days.toml", "--jobs", "1", "--out", "swept", "--quiet")[0] == 0
    assert "The study file that the command names is not in this page" in report_html(Path("swept"))


def test_an_experiment_is_refused_with_its_studies(typed: Typed) -> None:
    for name in ("one/days", "one/result"):
        Path(name).mkdir(parents=True)
        Path(name, "provenance.json").write_text("{}", encoding="utf-8")
    for place in ("one", "one/result"):
        code, _, err = typed("report", place)
        assert code == 2 and "one/days" in err and err.count("\n") == 1
