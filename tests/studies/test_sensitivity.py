"""Sensitivity studies: known answers come out, and what cannot be told is told."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from linkage_sim.draws import Decision, Draws, identity_of
from linkage_sim.errors import InputError
from linkage_sim.scenario.schema import parameters
from linkage_sim.studies.designs import Points
from linkage_sim.studies.point_values import group_means, noise_share
from linkage_sim.studies.results import load_results, verify_results
from linkage_sim.studies.sensitivity import analysed_again, indices_table, writer
from linkage_sim.studies.sensitivity_file import assumptions, load_sensitivity, ranges_of
from linkage_sim.studies.study import Study
from linkage_sim.studies.sweep import Options, run_sweep
from linkage_sim.studies.sweep_results import standing_of

from .formulas import (
    ISHIGAMI_ALONE,
    ISHIGAMI_TOTAL,
    PARAMETERS,
    Formula,
    Formulas,
    ishigami,
    study_file,
)

PAIR = '["toy", "toy+full_reform"]'


def normal(shares: list[float], seed: int) -> float:
    """Give chance that belongs to a point and a seed."""
    return Draws(seed).normal(Decision.VERIFICATION, identity_of(str(shares)))


def done(study: Study, place: Path, formula: Formula, stop_after: int | None = None) -> Formulas:
    runner = Formulas(study, formula, stop_after)
    run_sweep(study, place, Options(), executor=runner,
              add=writer(study, (), lambda found, beside, record: None))
    return runner


def indices_of(study: Study, formula: Formula) -> pd.DataFrame:
    """Compute without a results directory, where thousands of runs would only be written."""
    points = Points(study)
    rows = pd.DataFrame([
        {"scenario": "toy", "seed": 1, **points[number],
         "demand_match": formula(points.shares[number].tolist(), 0, 1)}
        for number in range(len(points)) if points.shares is not None
    ])
    return indices_table(rows, study, points).set_index("parameter").loc[list(PARAMETERS)]


def by_parameter(place: Path, baseline: str = "") -> pd.DataFrame:
    table = load_results(place, "sensitivity")
    return table[table["baseline"] == baseline].set_index("parameter").loc[list(PARAMETERS)]


def sobol(folder: Path, samples: int, scenario: str = '"toy"', replications: int = 1) -> Study:
    head = f'design = "sobol"\nsamples = {samples}\nreplications = {replications}'
    return load_sensitivity(study_file(folder, head, scenario))


def morris(
    folder: Path, trajectories: int, scenario: str = '"toy"', replications: int = 1
) -> Study:
    head = f'design = "morris"\ntrajectories = {trajectories}\nreplications = {replications}'
    return load_sensitivity(study_file(folder, head, scenario))


# -- known answers ---------------------------------------------------------------------------


def test_sobol_indices_of_the_ishigami_function_are_the_known_ones(tmp_path: Path) -> None:
    table = indices_of(sobol(tmp_path, 2048), ishigami)
    assert table["s1"].tolist() == pytest.approx(ISHIGAMI_ALONE, abs=0.05)
    assert table["st"].tolist() == pytest.approx(ISHIGAMI_TOTAL, abs=0.05)
    for name, known in (("s1", ISHIGAMI_ALONE), ("st", ISHIGAMI_TOTAL)):
        assert (table[f"{name}_low"] <= list(known)).all()
        assert (table[f"{name}_high"] >= list(known)).all()
    assert table["rank"].tolist() == [1, 2, 3] and set(table["state"]) == {"fine"}


def test_morris_effects_of_a_linear_function_are_its_slopes(tmp_path: Path) -> None:
    done(morris(tmp_path, 5), tmp_path / "out", lambda x, *_: 3.0 * x[0] - 2.0 * x[1])
    table = by_parameter(tmp_path / "out")
    assert table["mu"].tolist() == pytest.approx([3.0, -2.0, 0.0], abs=1e-9)
    assert table["mu_star"].tolist() == pytest.approx([3.0, 2.0, 0.0], abs=1e-9)
    assert table["sigma"].tolist() == pytest.approx([0.0] * 3, abs=1e-9)


def test_an_effect_that_depends_on_another_assumption_has_a_sigma(tmp_path: Path) -> None:
    done(morris(tmp_path, 12), tmp_path / "out", lambda x, *_: 4.0 * x[0] * x[1] + x[2])
    table = by_parameter(tmp_path / "out")
    assert (table["sigma"].iloc[:2] > 0.5).all() and table["sigma"].iloc[2] < 1e-9
    assert (table["mu_star_high"] - table["mu_star_low"]).iloc[0] > 0.1


def test_two_scenarios_are_analysed_by_their_paired_difference(tmp_path: Path) -> None:
    # What a seed adds is a hundred times the effect, and the same in both scenarios.
    done(morris(tmp_path, 4, PAIR, 3), tmp_path / "out",
         lambda x, scenario, seed: 100.0 * seed + 5.0 * x[2] + scenario * x[0])
    differences = by_parameter(tmp_path / "out", "toy")
    assert differences["mu_star"].tolist() == pytest.approx([1.0, 0.0, 0.0], abs=1e-9)
    assert by_parameter(tmp_path / "out")["mu"].tolist() == pytest.approx([0, 0, 5.0], abs=1e-9)
    assert set(differences["scenario"]) == {"toy+full_reform"}


# -- what is missing -------------------------------------------------------------------------


def with_a_gap(x: list[float], *_: int) -> float:
    return math.nan if 0.62 < x[0] < 0.63 else ishigami(x)


def test_one_undefined_value_does_not_make_indices_nothing(tmp_path: Path) -> None:
    done(sobol(tmp_path, 256), tmp_path / "whole", ishigami)
    done(sobol(tmp_path, 256), tmp_path / "out", with_a_gap)
    table = by_parameter(tmp_path / "out")
    assert 1 <= table["dropped"].iloc[0] <= 20
    assert table["groups"].iloc[0] + table["dropped"].iloc[0] == 256
    assert table["failed_points"].iloc[0] == 0
    whole = by_parameter(tmp_path / "whole")
    assert table["st"].tolist() == pytest.approx(whole["st"].tolist(), abs=0.06)
    assert (table["st"] > 0.1).all()


def test_the_library_alone_would_give_nothing_but_zeros() -> None:
    """Negative control: this is what is guarded against."""
    from SALib.analyze import sobol as library

    values = np.arange(40.0) % 7
    values[3] = math.nan
    problem = {"num_vars": 3, "names": list("abc"), "bounds": [[0, 1]] * 3}
    found = library.analyze(problem, values, calc_second_order=False, seed=1)
    assert not found["S1"].any() and not found["ST"].any()


def test_a_failed_run_takes_its_trajectory_out_and_is_counted(tmp_path: Path) -> None:
    study = morris(tmp_path, 6)
    first = [0]

    def formula(x: list[float], *_: int) -> float | None:
        first[0] += 1
        return None if first[0] == 6 else 3.0 * x[0] - 2.0 * x[1]

    done(study, tmp_path / "out", formula)
    table = by_parameter(tmp_path / "out")
    assert set(table["dropped"]) == {1} and set(table["groups"]) == {5}
    assert set(table["failed_points"]) == {1}
    assert table["mu"].tolist() == pytest.approx([3.0, -2.0, 0.0], abs=1e-9)


def test_a_seed_that_is_missing_at_one_point_is_left_out_of_its_trajectory(tmp_path: Path) -> None:
    def formula(x: list[float], scenario: int, seed: int) -> float:
        return math.nan if seed == 2 and x[0] == 0.0 else 10.0 * seed + x[0]

    done(morris(tmp_path, 6, replications=3), tmp_path / "out", formula)
    table = by_parameter(tmp_path / "out")
    # Averages over other seeds than those of the neighbours would be off by whole units.
    assert table["mu"].tolist() == pytest.approx([1.0, 0.0, 0.0], abs=1e-9)
    assert set(table["dropped"]) == {0}


@pytest.mark.parametrize("design", [sobol, morris])
def test_an_outcome_that_never_changes_is_called_so(tmp_path: Path, design: Any) -> None:
    done(design(tmp_path, 8), tmp_path / "out", lambda *_: 0.7)
    table = by_parameter(tmp_path / "out")
    assert set(table["state"]) == {"no variation"} and set(table["rank"]) == {0}
    assert table["st" if design is sobol else "mu_star"].isna().all()


def test_nothing_at_all_is_told_as_too_few(tmp_path: Path) -> None:
    done(sobol(tmp_path, 8), tmp_path / "out", lambda *_: math.nan)
    table = by_parameter(tmp_path / "out")
    assert set(table["state"]) == {"too few groups"} and set(table["dropped"]) == {8}
    assert table["st"].isna().all()


def test_a_small_sample_shows_in_wide_intervals(tmp_path: Path) -> None:
    done(sobol(tmp_path, 8), tmp_path / "few", ishigami)
    assert "wide" in by_parameter(tmp_path / "few")["doubts"].iloc[0].split()
    many = indices_of(sobol(tmp_path, 1024), lambda x, *_: x[0] + x[1] + x[2])
    assert set(many["doubts"]) == {""}


# -- chance ----------------------------------------------------------------------------------


def test_chance_is_told_apart_from_effects(tmp_path: Path) -> None:
    def noisy(x: list[float], scenario: int, seed: int) -> float:
        return 50.0 * seed + normal(x, seed)

    done(morris(tmp_path, 40, replications=4), tmp_path / "noise", noisy)
    table = by_parameter(tmp_path / "noise")
    # Without any effect, mu* is what chance gives: E|difference of two means| over the step.
    expected = math.sqrt(2.0 / math.pi) * math.sqrt(2.0 / 4.0) * 1.5
    assert table["mu_star"].mean() == pytest.approx(expected, rel=0.2)
    assert table["noise"].mean() == pytest.approx(expected, rel=0.2)
    assert table["noise_share"].iloc[0] == pytest.approx(1.0, abs=0.25)

    def clear(x: list[float], scenario: int, seed: int) -> float:
        return 20.0 * x[0] + noisy(x, scenario, seed)

    done(morris(tmp_path, 40, replications=4), tmp_path / "clear", clear)
    table = by_parameter(tmp_path / "clear")
    assert table["noise_share"].iloc[0] < 0.02
    assert table["mu_star_low"].iloc[0] > 10 * table["noise"].iloc[0]


def test_one_seed_says_nothing_of_chance() -> None:
    assert math.isnan(noise_share(np.arange(6.0).reshape(1, 6)))


def test_a_group_without_a_whole_seed_is_dropped() -> None:
    values = np.array([[1.0, math.nan, 3.0, 4.0], [1.0, 2.0, math.nan, 4.0]])
    means = group_means(values, 2)
    assert means.dropped == 0 and means.means.tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert group_means(values[:1], 2).used.tolist() == [1]


# -- the sweep's promises --------------------------------------------------------------------


def test_a_stopped_study_goes_on_and_ends_the_same(tmp_path: Path) -> None:
    study = sobol(tmp_path, 16)
    done(study, tmp_path / "whole", ishigami)
    assert done(study, tmp_path / "parts", ishigami, stop_after=30).done == 30
    assert not (tmp_path / "parts" / "sensitivity.csv").exists()
    assert standing_of(tmp_path / "parts").waiting == 50
    assert done(study, tmp_path / "parts", ishigami).done == 50
    for name in ("sensitivity.csv", "sensitivity.parquet", "outcomes.parquet"):
        assert (tmp_path / "parts" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert "sensitivity.csv" in verify_results(tmp_path / "whole")


@pytest.mark.parametrize("design", [sobol, morris])
def test_a_larger_study_does_only_what_is_new(tmp_path: Path, design: Any) -> None:
    runs = done(design(tmp_path, 8), tmp_path / "out", ishigami).done
    runs += done(design(tmp_path, 16), tmp_path / "out", ishigami).done
    assert set(by_parameter(tmp_path / "out")["groups"]) == {16}
    # Points of a coarse grid may come twice; none is run twice.
    assert runs == len(load_results(tmp_path / "out")) <= 80


def test_findings_are_computed_anew_from_a_finished_directory(tmp_path: Path) -> None:
    done(sobol(tmp_path, 16), tmp_path / "out", ishigami)
    again = analysed_again(tmp_path / "out").indices
    assert again is not None
    pd.testing.assert_frame_equal(again, load_results(tmp_path / "out", "sensitivity"))


# -- the file --------------------------------------------------------------------------------


def test_all_assumptions_that_are_numbers_are_varied(tmp_path: Path) -> None:
    path = tmp_path / "all.toml"
    path.write_text('scenario = "toy"\ndesign = "morris"\nassumptions = "all"\n', "utf-8")
    varied = {item.name: item.range for item in load_sensitivity(path).factors}
    numbers = {
        item.name: item for item in parameters("assumption")
        if type(item.default) in (int, float)
    }
    assert varied.keys() == numbers.keys() and len(varied) > 100
    for name, found in varied.items():
        assert found is not None
        assert (found.low, found.high) == (numbers[name].low, numbers[name].high)


def test_the_least_certain_assumptions_come_first_and_certain_ones_are_optional() -> None:
    order = ["LMH".index(item.confidence) for item in assumptions()]
    assert order == sorted(order)
    assert {item.confidence for item in assumptions("LM")} <= {"L", "M"}


def test_ranges_around_a_value_stay_inside_the_declared_ones() -> None:
    known = {item.name: item for item in assumptions()}
    chosen = [known[name] for name in (
        "assumptions.needs.drift_sd", "assumptions.effort.risk_aversion",
        "assumptions.delivery.contacts_per_place", "assumptions.effort.documents_weight",
    )]
    found = ranges_of(chosen, {"assumptions.effort.documents_weight": 0.8}, 2.0)
    assert found["assumptions.needs.drift_sd"] == {"low": 0.175, "high": 0.7}
    # 0 has no half and no double; a whole number stays one; an end is not passed.
    assert found["assumptions.effort.risk_aversion"] == {"low": 0.0, "high": 2.0}
    assert found["assumptions.delivery.contacts_per_place"] == {"low": 2, "high": 8}
    assert found["assumptions.effort.documents_weight"] == {"low": 0.4, "high": 1.0}


@pytest.mark.parametrize(("head", "said"), [
    ('design = "sobol"\nsamples = 100', "64 or 128"),
    ('design = "morris"\nsamples = 8', "trajectories"),
    ('design = "sobol"\ntrajectories = 8', "trajectories"),
    ('design = "latin_hypercube"', "samples"),
    ('design = "grid"', "morris"),
    ('design = "morris"\nleave_out = ["assumptions.nedes"]', "assumptions.needs"),
    ('design = "morris"\nwithin = 1', "1"),
    ('design = "morris"\ntrajectoires = 8', "trajectories"),
])
def test_a_file_that_does_not_fit_is_refused_with_its_line(
    tmp_path: Path, head: str, said: str
) -> None:
    with pytest.raises(InputError) as caught:
        load_sensitivity(study_file(tmp_path, head))
    assert said in str(caught.value) and "known.toml" in str(caught.value)


def test_a_list_of_values_is_no_range(tmp_path: Path) -> None:
    path = study_file(tmp_path, 'design = "morris"')
    path.write_text(path.read_text().replace("{low = 0.2, high = 0.6}", "[0.2, 0.6]"), "utf-8")
    with pytest.raises(InputError, match="needs a range"):
        load_sensitivity(path)


def test_left_out_and_set_assumptions_are_not_varied(tmp_path: Path) -> None:
    path = tmp_path / "some.toml"
    path.write_text(
        'scenario = "toy"\ndesign = "morris"\nassumptions = "all"\nwithin = 2\n'
        'leave_out = ["assumptions.volunteers", "world.ties"]\n'
        '[set]\n"assumptions.needs.drift_sd" = 0.2\n', "utf-8",
    )
    typed = ["assumptions.opinion.base=0.5"]
    names = [item.name for item in load_sensitivity(path, typed).factors]
    assert "assumptions.needs.drift_weeks" in names
    assert "assumptions.opinion.base" not in names
    assert not [name for name in names if name.startswith(("assumptions.volunteers", "world."))]
    assert "assumptions.needs.drift_sd" not in names
