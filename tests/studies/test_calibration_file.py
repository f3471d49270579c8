"""A calibration's file is read whole; everything wrong is said at once, with its line."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from linkage_sim.errors import InputError
from linkage_sim.studies.calibration_file import (
    Calibration,
    calibration_from,
    load_calibration,
    record_of,
)

GOOD = """
scenario = "toy"
population = 20
[parameters]
"assumptions.staff.quit_per_year" = {low = 0.1, high = 0.5}
assumptions.delivery.hours_per_event = {low = 2, high = 50, scale = "log"}
[targets]
worker_turnover = {low = 0.15, high = 0.25}
trust = {value = 0.5, scale = 0.1}
[predictions]
volunteer_dropout = {}
approval_rate = {low = 0.29, high = 0.78}
[set]
"run.years" = 2
"""


def load(folder: Path, text: str = GOOD, **more: int) -> Calibration:
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return load_calibration(path, **more)


def complaint(folder: Path, text: str) -> str:
    with pytest.raises(InputError) as caught:
        load(folder, text)
    return "\n".join(caught.value.messages)


def test_what_is_written_is_what_is_planned(tmp_path: Path) -> None:
    plan = load(tmp_path)
    assert plan.name == "toy" and plan.scenario.run.years == 2 and plan.population == 20
    assert [item.name for item in plan.factors] == [
        "assumptions.staff.quit_per_year", "assumptions.delivery.hours_per_event",
    ]
    band, value = plan.targets
    # Half the width of a band counts as 1 where nothing else is said.
    assert (band.low, band.high, band.scale) == (0.15, 0.25, pytest.approx(0.05))
    assert (value.low, value.high, value.scale) == (0.5, 0.5, 0.1)
    assert math.isnan(plan.predictions[0].low) and plan.predictions[1].is_band
    assert plan.settings == ("run.years=2",)


def test_a_point_lies_between_the_ends_of_its_priors(tmp_path: Path) -> None:
    plan = load(tmp_path)
    first, second = (item.name for item in plan.factors)
    assert plan.point([0.0, 0.0]) == {first: 0.1, second: 2.0}
    assert plan.point([1.0, 1.0]) == {first: 0.5, second: 50.0}
    middle = plan.point([0.5, 0.5])
    assert middle[first] == pytest.approx(0.3) and middle[second] == pytest.approx(10.0)


def test_a_record_turns_back_into_the_plan(tmp_path: Path) -> None:
    plan = load(tmp_path, seed=5, replications=3)
    assert plan.seed == 5 and plan.replications == 3
    again = calibration_from(record_of(plan), plan.name, plan.scenario.model_dump(mode="json"))
    assert repr(again) == repr(plan)


WRONG = """
scenario = "toy"
population = 3
runs = 40
[parameters]
"assumptions.staff.quit_per_yaer" = {low = 0.1, high = 0.5}
"assumptions.delivery.hours_per_event" = [2, 50]
[targets]
worker_turnovr = {low = 0.15, high = 0.25}
trust = {value = 0.5}
turnout = {low = 0.2}
satisfaction = {}
[predictions]
trust = {low = 0.3, high = 0.2}
"""


@pytest.mark.parametrize(("line", "told"), [
    ("population = 3", "allowed: at least 10"),
])
def test_a_population_too_small_to_have_a_spread_is_refused(
    tmp_path: Path, line: str, told: str
) -> None:
    found = complaint(tmp_path, WRONG)
    number = WRONG.split("\n").index(line) + 1
    assert f"study.toml:{number}: population" in found and told in found


@pytest.mark.parametrize(("line", "told"), [
    ("\"assumptions.delivery.hours_per_event\" = [2, 50]", "needs the range of a prior"),
    ("worker_turnovr = {low = 0.15, high = 0.25}", "did you mean 'worker_turnover'"),
    ("trust = {value = 0.5}", "needs a scale"),
    ("turnout = {low = 0.2}", "both ends"),
    ("satisfaction = {}", "nothing to fit"),
    ("trust = {low = 0.3, high = 0.2}", "cannot be predicted"),
    ("trust = {low = 0.3, high = 0.2}", "is not below"),
    ("runs = 40", "at least 160"),
])
def test_every_problem_is_told_with_its_line(tmp_path: Path, line: str, told: str) -> None:
    text = WRONG.replace("population = 3", "population = 20")
    found = complaint(tmp_path, text).split("\n")
    number = text.split("\n").index(line) + 1
    assert any(item.startswith(f"{tmp_path / 'study.toml'}:{number}:") and told in item
               or f"study.toml:{number}:" in item and told in item for item in found), found


def test_an_unknown_parameter_is_told_with_the_nearest_one(tmp_path: Path) -> None:
    text = GOOD.replace("quit_per_year", "quit_per_yaer")
    found = complaint(tmp_path, text)
    assert "study.toml:5" in found and "quit_per_year" in found


@pytest.mark.parametrize(("old", "new", "told"), [
    ("[targets]\n", "[aims]\n", "aims"),
    ("[parameters]", "[priors]", "parameters"),
    ("high = 0.5}", "high = 0.5, shape = 2}", "shape"),
    ("high = 0.5}", "high = 99}", "quit_per_year"),
    ("scenario = \"toy\"", "scenario = [\"toy\"]", "scenario"),
    ("{low = 2, high = 50, scale = \"log\"}", "{low = 0, high = 50, scale = \"log\"}", "low"),
    ("{value = 0.5, scale = 0.1}", "{value = 0.5, scale = 0}", "trust"),
])
def test_other_slips_are_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert told in complaint(tmp_path, GOOD.replace(old, new, 1))


def test_a_good_file_is_not_complained_about(tmp_path: Path) -> None:
    """Negative control of all the above."""
    load(tmp_path)
