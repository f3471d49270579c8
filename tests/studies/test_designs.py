"""Designs: what a study looks at, and that a larger study keeps the points of a smaller one."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from linkage_sim.studies.designs import Points, blocks_for, is_appended
from linkage_sim.studies.levels import Range
from linkage_sim.studies.study import Study, load_study
from linkage_sim.studies.tasks import Tasks

DRIFT, DAYS = "assumptions.needs.drift_sd", "policy.approval.fixed_latency_days"
METHOD, SAMPLE = "policy.proposal.method", "policy.proposal.survey_sample"


def study(folder: Path, text: str) -> Study:
    path = folder / "study.toml"
    path.write_text(f'scenario = "toy"\n{text}', encoding="utf-8")
    return load_study(path)


def points(made: Study, *blocks: int) -> list[dict[str, Any]]:
    found = Points(made, blocks)
    return [found[number] for number in range(len(found))]


def column(made: Study, name: str, *blocks: int) -> list[Any]:
    return [point[name] for point in points(made, *blocks)]


def test_grid_holds_every_combination_once(tmp_path: Path) -> None:
    made = study(tmp_path, f"""
        design = "grid"
        [parameters]
        "{DAYS}" = [5, 20, 60]
        "{METHOD}" = ["survey", "vote"]
        "{DRIFT}" = [0.1, 0.6]
    """)
    found = [(point[DAYS], point[METHOD], point[DRIFT]) for point in points(made)]
    assert found == list(product([5.0, 20.0, 60.0], ["survey", "vote"], [0.1, 0.6]))


def test_list_goes_through_its_columns_together(tmp_path: Path) -> None:
    made = study(tmp_path, f"""
        design = "list"
        [parameters]
        "{DAYS}" = [5, 20, 60]
        "{METHOD}" = ["survey", "vote", "survey"]
    """)
    assert [(point[DAYS], point[METHOD]) for point in points(made)] == [
        (5.0, "survey"), (20.0, "vote"), (60.0, "survey"),
    ]


def test_product_gives_every_policy_the_same_sample_of_assumptions(tmp_path: Path) -> None:
    made = study(tmp_path, f"""
        design = "product"
        samples = 10
        [parameters]
        "{METHOD}" = ["survey", "vote"]
        "{DRIFT}" = {{low = 0.1, high = 0.6}}
    """)
    by_method = {
        method: [point[DRIFT] for point in points(made) if point[METHOD] == method]
        for method in ("survey", "vote")
    }
    assert by_method["survey"] == by_method["vote"]
    assert len(set(by_method["survey"])) == 10


@pytest.mark.parametrize("size", [7, 40])
def test_latin_hypercube_has_one_point_in_every_slice_of_every_parameter(
    tmp_path: Path, size: int
) -> None:
    made = study(tmp_path, f"""
        design = "latin_hypercube"
        samples = {size}
        [parameters]
        "{DRIFT}" = {{low = 0.2, high = 0.6}}
        "{DAYS}" = {{low = 1, high = 100, scale = "log"}}
    """)
    drift = (np.array(column(made, DRIFT)) - 0.2) / 0.4
    days = np.log(np.array(column(made, DAYS))) / np.log(100)
    for shares in (drift, days):
        assert sorted(np.floor(shares * size).astype(int)) == list(range(size))


def test_every_word_of_a_list_gets_its_equal_part_of_a_sample(tmp_path: Path) -> None:
    made = study(tmp_path, f"""
        design = "latin_hypercube"
        samples = 30
        [parameters]
        "{METHOD}" = ["survey", "vote", "assembly"]
        "{DRIFT}" = {{low = 0.2, high = 0.6}}
    """)
    methods = column(made, METHOD)
    assert {method: methods.count(method) for method in methods} == {
        "survey": 10, "vote": 10, "assembly": 10,
    }


def test_whole_numbers_are_drawn_evenly_with_both_ends() -> None:
    spread = Range(3, 6, whole=True)
    drawn = [spread.at(share) for share in (np.arange(4000) + 0.5) / 4000]
    assert {value: drawn.count(value) for value in set(drawn)} == dict.fromkeys((3, 4, 5, 6), 1000)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.999999])
def test_logarithmic_range_spreads_ratios_evenly(share: float) -> None:
    assert Range(2.0, 200.0, "log").at(share) == pytest.approx(2.0 * 100.0**share)


def test_table_of_values_is_a_nested_lever(tmp_path: Path) -> None:
    made = study(tmp_path, f"""
        design = "grid"
        [parameters]
        "policy.proposal" = [{{method = "survey", survey_sample = 200}}, {{method = "directive"}}]
        "{DAYS}" = [false, 20]
    """)
    assert points(made) == [
        {METHOD: method, **sample, DAYS: days}
        for (method, sample), days in product(
            [("survey", {SAMPLE: 200}), ("directive", {})], [False, 20.0])
    ]


# -- growing -----------------------------------------------------------------------------------


def keys(made: Study, *blocks: int) -> set[bytes]:
    return Tasks(made, blocks).keys()


def sampled(folder: Path, design: str, samples: int, more: str = "") -> Study:
    return study(folder, f"""
        design = "{design}"
        samples = {samples}
        replications = 2
        {more}
        [parameters]
        "{DRIFT}" = {{low = 0.1, high = 0.6}}
        "{DAYS}" = {{low = 5, high = 120}}
    """)


def test_sobol_sample_keeps_its_points_when_it_grows(tmp_path: Path) -> None:
    few, many = (points(sampled(tmp_path, "sobol", size)) for size in (20, 50))
    assert many[:20] == few


def test_latin_hypercube_grows_by_a_second_one(tmp_path: Path) -> None:
    few, many = sampled(tmp_path, "latin_hypercube", 20), sampled(tmp_path, "latin_hypercube", 50)
    blocks = blocks_for(many, (20,))
    assert blocks == (20, 30)
    assert is_appended(many, blocks)
    assert not is_appended(few, (20,))
    assert points(many, *blocks)[:20] == points(few)
    # Drawn in one piece it would be another sample: the old runs would be worth nothing.
    assert points(many)[:20] != points(few)
    second = np.array(column(many, DRIFT, *blocks)[20:])
    assert sorted(np.floor((second - 0.1) / 0.5 * 30).astype(int)) == list(range(30))


@pytest.mark.parametrize("design", ["sobol", "latin_hypercube"])
def test_sampler_has_its_seed_from_the_study(tmp_path: Path, design: str) -> None:
    first, again = (points(sampled(tmp_path, design, 8)) for _ in range(2))
    assert first == again
    assert points(sampled(tmp_path, design, 8, "seed = 2")) != first


def test_larger_grid_and_more_seeds_keep_the_runs_of_the_smaller(tmp_path: Path) -> None:
    small = study(tmp_path, f'design = "grid"\nreplications = 2\n[parameters]\n"{DAYS}" = [5, 20]')
    large = study(
        tmp_path, f'design = "grid"\nreplications = 3\n[parameters]\n"{DAYS}" = [1, 5, 20.0, 60]'
    )
    assert len(keys(small)) == 4
    assert len(keys(large)) == 12
    assert keys(small) < keys(large)


def test_another_scenario_makes_other_runs(tmp_path: Path) -> None:
    made = sampled(tmp_path, "sobol", 4)
    other = replace(made, scenarios=(made.scenarios[0].with_values({"run.years": 3}),))
    assert not keys(made) & keys(other)


def test_equal_points_are_run_once(tmp_path: Path) -> None:
    made = study(
        tmp_path, f'design = "grid"\nreplications = 2\n[parameters]\n"{DAYS}" = [5, 20, 5.0]'
    )
    assert len(made.factors[0].levels) == 3
    found = [(task.point[DAYS], task.seed) for task in Tasks(made)]
    assert found == [(5.0, 1), (20.0, 1), (5.0, 2), (20.0, 2)]
