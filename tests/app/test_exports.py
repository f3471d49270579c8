"""What is taken away from a page brings the same scenario and the same numbers elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from linkage_sim.app.comparison import (
    Pair,
    figures_of,
    finished_pairs,
    pair_of,
    places_of,
    tasks_of,
)
from linkage_sim.app.exports import commands, data_csv, report_bytes, scenario_toml
from linkage_sim.app.state import State
from linkage_sim.app.worker import StoppedError, run_once
from linkage_sim.provenance import provenance_of
from linkage_sim.report.document import report_html
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.studies.compare import outcome_rows, plan_of, run_plan
from linkage_sim.studies.differences import difference_table
from linkage_sim.studies.results import results_folder
from linkage_sim.studies.tables import tables_of

PLACES = places_of(["toy"])
STATE = State(
    place="toy", reforms=("fast_approval",), seeds=3, first_seed=4,
    values={"policy.approval.fixed_latency_days": 15, "policy.proposal.method": "survey",
            "world.budget_yuan_per_year": 5000},
)


@pytest.fixture(scope="module")
def pair() -> Pair:
    return pair_of(STATE, PLACES)


@pytest.fixture(scope="module")
def found(pair: Pair) -> Any:
    seeds = range(4, 7)
    answers = {task.key: run_once(task.argument, lambda: False) for task in tasks_of(pair, seeds)}
    pairs, failures = finished_pairs(pair, seeds, answers)
    assert failures == []
    return pairs


def test_the_scenario_file_is_the_policy_side(pair: Pair, tmp_path: Path) -> None:
    path = tmp_path / "scenario.toml"
    path.write_bytes(scenario_toml(pair, STATE))
    assert load_scenario(path).hash() == pair.policy.hash()


def test_the_python_lines_bring_the_numbers_of_the_page(
    found: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    names: dict[str, Any] = {}
    exec(commands(STATE, PLACES)["python"], names)
    table = names["table"].set_index("outcome")
    for outcome, row in figures_of(found, 3).differences.items():
        for key in ("difference", "low", "high", "n"):
            assert table.loc[outcome, key] == pytest.approx(row[key], nan_ok=True)


def test_the_csv_holds_every_run_and_its_chinese(found: Any) -> None:
    text = data_csv(found, "zh").decode("utf-8-sig")
    assert "供需匹配度" in text
    assert len(text.splitlines()) == 1 + 3 * 2 * len(found[0][1]["outcomes"])


def test_the_report_is_made_of_the_runs_of_the_page(
    pair: Pair, found: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Equal to the report of the same runs made afresh, and without running anything again."""
    names = ("Baseline", "Policy")
    plan = plan_of([pair.baseline, pair.policy], [seed for seed, *_ in found], names)
    runs = run_plan(plan, 1)
    record = provenance_of("compare", plan.names, plan.scenarios, plan.seeds, trace=False)
    with results_folder(tmp_path / "comparison") as results:
        results.write(tables_of(runs, plan.names, plan.scenarios, None), {**record, "command": []},
                      difference_table(outcome_rows(runs), plan.names, plan.seeds))
    expected = report_html(tmp_path / "comparison", "en")

    def refused(*_: Any, **__: Any) -> None:
        raise AssertionError("a run for a report that has its runs")

    monkeypatch.setattr("linkage_sim.studies.run.simulate", refused)
    sides = (pair.baseline.model_dump(mode="json"), pair.policy.model_dump(mode="json"))
    made = report_bytes((*sides, found, "en", names), lambda: False).decode("utf-8")
    assert made == expected
    assert "scenario_1.toml" in made and "linkage-sim compare scenario_1.toml" in made
    with pytest.raises(StoppedError):
        report_bytes((*sides, found, "en", names), lambda: True)
