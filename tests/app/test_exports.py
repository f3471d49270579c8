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
from linkage_sim.app.exports import commands, data_csv, scenario_toml
from linkage_sim.app.state import State
from linkage_sim.app.worker import run_once
from linkage_sim.scenario.loading import load_scenario

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
