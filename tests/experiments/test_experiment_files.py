"""Experiment files: what is wrong in one is told with its line and the remedy, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from toy_experiment import EXPERIMENT, write_experiment

from linkage_sim.errors import InputError
from linkage_sim.studies.experiment import (
    experiment_names,
    find_experiment,
    is_value,
    load_experiment,
    shipped_experiments,
)


def wrong(tmp_path: Path, old: str, new: str, quick: bool = False) -> list[str]:
    assert old in EXPERIMENT
    folder = write_experiment(tmp_path / "odd", EXPERIMENT.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        load_experiment(folder, quick)
    return caught.value.messages


def line_of(text: str) -> int:
    return EXPERIMENT[: EXPERIMENT.index(text)].count("\n") + 1


CASES = [
    ('outcome = "implementation_weeks"', 'outcome = "implementation_week"',
     "did you mean 'implementation_weeks'"),
    ('outcome = "implementation_weeks"', 'outcome = "trust"', "add it to outcomes"),
    ('study = "days"', 'study = "weeks"', "is not known"),
    ("plus = [{ fixed_latency_days = 120 }]", "plus = [{ fixed_latency_days = 121 }]",
     "5.0, 60.0, 120.0"),
    ("plus = [{ fixed_latency_days = 120 }]", "plus = [{ latency = 120 }]", "is not known"),
    ('expected = "below"', 'expected = "beneath"', "below"),
    ('expected = "below"', 'expected = "within"', "within = [low, high]"),
    ('file = "days.toml"', 'file = "day.toml"', "write the study file there"),
    ('name = "waiting_shortens"', 'name = "Waiting shortens"', "small letters"),
    ('headline = true', 'headlines = true', "did you mean 'headline'"),
    ('study = "days"', 'study = "days"\ntable = "effects"', "not both"),
]


@pytest.mark.parametrize(("old", "new", "remedy"), CASES)
def test_a_fault_is_told_with_its_line_and_a_remedy(
    tmp_path: Path, old: str, new: str, remedy: str
) -> None:
    messages = wrong(tmp_path, old, new)
    told = [text for text in messages if remedy in text]
    assert told, messages
    number = int(told[0].split(":")[1])
    assert abs(number - line_of(old)) <= 3, told


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = EXPERIMENT.replace('outcome = "impl', 'outcome = "imp').replace("Waiting\"", "W\"", 1)
    text = text.replace("plus = [{ fixed_latency_days = 120 }]", "plus = []")
    folder = write_experiment(tmp_path / "odd", text)
    with pytest.raises(InputError) as caught:
        load_experiment(folder)
    assert len(caught.value.messages) == 2


def test_a_value_that_the_quick_form_leaves_out_is_refused(tmp_path: Path) -> None:
    old = "plus = [{ fixed_latency_days = 120 }]"
    messages = wrong(tmp_path, old, "plus = [{ fixed_latency_days = 60 }]", quick=True)
    assert any("60" in text for text in messages)


def test_a_fault_of_the_quick_form_is_told_where_it_stands(tmp_path: Path) -> None:
    old = '"policy.approval.fixed_latency_days" = [5, 120]'
    messages = wrong(tmp_path, old, '"policy.approval.fixed_latency_days" = [5, 1200]', True)
    assert "experiment.toml" in messages[0] and "quick" in messages[0]


def test_quick_and_full_differ_as_written(toy: Path) -> None:
    quick, full = load_experiment(toy, quick=True), load_experiment(toy)
    assert (quick.n_runs, full.n_runs) == (4, 12)
    assert quick.expected != full.expected


def test_what_was_typed_holds_for_all_runs(toy: Path) -> None:
    found = load_experiment(toy, overrides=["assumptions.delivery.ramp_weeks=2"])
    assert found.studies["days"].scenarios[0].assumptions.delivery.ramp_weeks == 2.0


def test_an_experiment_is_found_by_path_name_or_start_of_a_name(toy: Path) -> None:
    assert find_experiment(str(toy)) == toy
    assert find_experiment(str(toy / "experiment.toml")) == toy
    assert find_experiment("e1") == find_experiment("e1_demand")
    with pytest.raises(InputError, match="several"):
        find_experiment("e")
    with pytest.raises(InputError, match="did you mean 'e1_demand'"):
        find_experiment("e1_demnd")


@pytest.mark.parametrize("quick", [True, False])
@pytest.mark.parametrize("name", experiment_names())
def test_every_experiment_that_ships_is_right_in_both_forms(name: str, quick: bool) -> None:
    experiment = load_experiment(shipped_experiments() / name, quick)
    assert sum(item.headline for item in experiment.written.findings) == 3
    assert all(item.predicted or item.expected for item in experiment.written.findings)


@pytest.mark.parametrize(
    ("held", "wanted", "same"),
    [(5.0, 5, True), (5.0, 6, False), (float("nan"), False, True), (True, True, True),
     (1.0, True, False), ("vote", "vote", True), ('["a", "b"]', ["a", "b"], True)],
)
def test_values_of_columns_and_of_files_are_matched(held: object, wanted: object, same: bool) -> (
    None
):
    assert is_value(held, wanted) is same
