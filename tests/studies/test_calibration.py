"""Calibration finds values it was not told, is honest where it cannot, and loses no run."""

from __future__ import annotations

import json
import math
import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("pyabc", reason="the extra 'analysis' is not installed")

from linkage_sim.errors import InputError
from linkage_sim.studies.calibration import PREDICTIVE, SIMULATIONS, Fitted, calibrate, planned
from linkage_sim.studies.calibration_file import Calibration, load_calibration
from linkage_sim.studies.results import RUNS, load_provenance, load_results, verify_results
from linkage_sim.studies.run import simulate
from linkage_sim.studies.simulations import WORLDS, Simulations, StoppedError, stored_points
from linkage_sim.studies.sweep import Options, Progress
from tests.studies.sweeping import acknowledged, finish, start, wait_until

HOURS, QUIT = "assumptions.delivery.hours_per_event", "assumptions.staff.quit_per_year"
TRUE = {HOURS: 30.0, QUIT: 0.3}

STUDY = """
scenario = "x_community"
population = {population}
generations = {generations}
replications = {replications}
seed = 7
[parameters]
"{hours}" = {{low = 8, high = 90, scale = "log"}}
"{quit}" = {{low = 0.0, high = 1.0}}
[targets]
{targets}
[predictions]
approval_rate = {{low = 0.6, high = 0.8}}
[set]
"run.years" = 1
"run.warmup_years" = 0
"world.residents" = 150
"""
NEAR = 'events_per_project = {value = 12.5, scale = 2.0}'
TABLES = {"posterior", "prior", "predictive", "generations", "parameters", "targets"}


def study_file(
    folder: Path, targets: str = NEAR, population: int = 10, generations: int = 1,
    replications: int = 1,
) -> Path:
    path = folder / "calibration.toml"
    path.write_text(STUDY.format(
        population=population, generations=generations, replications=replications,
        targets=targets, hours=HOURS, quit=QUIT,
    ), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Fitted]:
    """A finished small calibration: its study file, its directory, what it found."""
    folder = tmp_path_factory.mktemp("small")
    path = study_file(folder)
    return path, folder / "out", calibrate(load_calibration(path), folder / "out")


def tables(place: Path) -> dict[str, bytes]:
    """Every table of a results directory, byte for byte."""
    return {name: (place / f"{name}.parquet").read_bytes() for name in TABLES}


# -- what is found -------------------------------------------------------------------------------


def made_by_the_model(plan: Calibration, worlds: int) -> dict[str, float]:
    """Figures of the model itself at known values, on worlds that no calibration meets."""
    runs = [simulate(plan.scenario.with_values(TRUE), seed).outcomes for seed in range(worlds)]
    return {
        name: float(np.mean([run[name] for run in runs]))
        for name in ("events_per_project", "worker_turnover")
    }


@pytest.fixture(scope="module")
def recovered(tmp_path_factory: pytest.TempPathFactory) -> Fitted:
    folder = tmp_path_factory.mktemp("recovered")
    data = made_by_the_model(load_calibration(study_file(folder)), 40)
    targets = "\n".join(
        f"{name} = {{value = {value}, scale = {scale}}}"
        for (name, value), scale in zip(data.items(), (1.2, 0.06), strict=True)
    )
    path = study_file(folder, targets, population=60, generations=3, replications=2)
    return calibrate(load_calibration(path), folder / "out")


@pytest.mark.slow
@pytest.mark.statistical
@pytest.mark.parametrize("name", [HOURS, QUIT])
def test_values_behind_data_that_the_model_made_are_found(recovered: Fitted, name: str) -> None:
    row = recovered.tables["parameters"].set_index("parameter").loc[name]
    assert row["low"] < TRUE[name] < row["high"]
    assert abs(row["median"] / TRUE[name] - 1.0) < 0.25
    assert row["narrowed"] > 0.5


@pytest.mark.slow
@pytest.mark.statistical
def test_another_value_is_not_found_in_its_place(recovered: Fitted) -> None:
    """Negative control: values a third or three times as large lie in the prior, and go."""
    rows = recovered.tables["parameters"].set_index("parameter")
    for name, true in TRUE.items():
        for other in (true / 3.0, true * 2.9):
            assert rows["prior_low"][name] < other < rows["prior_high"][name]
            assert not rows["low"][name] < other < rows["high"][name]


@pytest.mark.slow
@pytest.mark.statistical
def test_a_figure_that_depends_on_no_free_parameter_leaves_the_prior(tmp_path: Path) -> None:
    """Negative control: the share of approved files knows nothing of events and quits."""
    path = study_file(
        tmp_path, "approval_rate = {value = 0.69, scale = 0.02}", population=60, generations=3
    )
    path.write_text(path.read_text().replace(
        "approval_rate = {low = 0.6, high = 0.8}", "worker_turnover = {}"
    ))
    fitted = calibrate(load_calibration(path), tmp_path / "out")
    last = fitted.course.generations[-1]
    for place, item in enumerate(fitted.plan.factors):
        shares = np.array([particle.shares[place] for particle in last.particles])
        mean = float(np.average(shares, weights=[particle.weight for particle in last.particles]))
        assert abs(mean - 0.5) < 4.0 / math.sqrt(12.0 * last.effective), item.name
    assert (fitted.tables["parameters"]["narrowed"] < 0.2).all()


# -- what is written -----------------------------------------------------------------------------


def test_a_particle_has_its_weight_its_values_and_its_figures(
    small: tuple[Path, Path, Fitted],
) -> None:
    _, place, fitted = small
    posterior = load_results(place, "posterior")
    assert posterior["weight"].sum() == pytest.approx(1.0) and len(posterior) == 10
    assert posterior[HOURS].between(8, 90).all() and posterior[QUIT].between(0, 1).all()
    threshold = fitted.course.generations[-1].threshold
    assert (posterior["distance"] <= threshold).all()
    expected = (posterior["events_per_project"] - 12.5).abs() / 2.0
    assert posterior["distance"].tolist() == pytest.approx(expected.tolist())


def test_a_figure_comes_out_of_the_run_it_is_said_to_come_from(
    small: tuple[Path, Path, Fitted],
) -> None:
    """A particle, run again by hand on its own seed, gives the figures of its row."""
    _, place, fitted = small
    predictive, posterior = load_results(place, "predictive"), load_results(place, "posterior")
    row = predictive.iloc[3]
    values = posterior.set_index("particle").loc[row["particle"], [HOURS, QUIT]].to_dict()
    outcomes = simulate(fitted.plan.scenario.with_values(values), int(row["seed"])).outcomes
    assert outcomes["events_per_project"] == row["events_per_project"]
    assert outcomes["approval_rate"] == row["approval_rate"]


def test_predictions_are_made_on_worlds_that_the_fitting_never_saw(
    small: tuple[Path, Path, Fitted],
) -> None:
    _, place, fitted = small
    fitting = load_results(place / SIMULATIONS)
    predicting = load_results(place / PREDICTIVE)
    assert len(fitting) == fitted.course.proposals == fitting["seed"].nunique()
    assert len(predicting) == 10 == predicting["seed"].nunique()
    assert not set(fitting["seed"]) & set(predicting["seed"])
    assert min(fitting["seed"].min(), predicting["seed"].min()) >= WORLDS


def test_what_was_fitted_and_what_was_predicted_are_told_apart(
    small: tuple[Path, Path, Fitted],
) -> None:
    _, place, _ = small
    rows = load_results(place, "targets").set_index("outcome")
    assert rows["fitted"].to_dict() == {"events_per_project": True, "approval_rate": False}
    predictive = load_results(place, "predictive")
    inside = predictive["approval_rate"].between(0.6, 0.8)
    assert rows["inside"]["approval_rate"] == pytest.approx(predictive["weight"][inside].sum())


def test_provenance_turns_back_into_the_same_calibration(
    small: tuple[Path, Path, Fitted],
) -> None:
    path, place, _ = small
    assert planned(load_provenance(place)) == load_calibration(path)


# -- the same whatever happens -------------------------------------------------------------------


@pytest.mark.slow
def test_two_processes_find_the_same_to_the_last_byte(
    small: tuple[Path, Path, Fitted], tmp_path: Path
) -> None:
    path, place, _ = small
    calibrate(load_calibration(path), tmp_path / "two", Options(jobs=2))
    assert tables(tmp_path / "two") == tables(place)


def test_another_seed_finds_other_particles(
    small: tuple[Path, Path, Fitted], tmp_path: Path
) -> None:
    path, place, _ = small
    calibrate(load_calibration(path, seed=8), tmp_path / "other")
    assert tables(tmp_path / "other")["posterior"] != tables(place)["posterior"]


@pytest.mark.slow
def test_a_stop_loses_no_run_and_changes_nothing(
    small: tuple[Path, Path, Fitted], tmp_path: Path
) -> None:
    path, undisturbed, _ = small
    place, done = tmp_path / "out", []

    def stop_soon(progress: Progress) -> None:
        progress.stop_asked = progress.stop_asked or progress.done >= 4
        done.append(progress.done)

    with pytest.raises(StoppedError):
        calibrate(load_calibration(path), place, progress=Progress(tell=stop_soon))
    kept = acknowledged(place / SIMULATIONS)
    assert kept >= 4
    before = {item.name for item in (place / SIMULATIONS / RUNS).iterdir()}
    again = Progress()
    calibrate(load_calibration(path), place, progress=again)
    assert before and tables(place) == tables(undisturbed)


@pytest.mark.slow
@pytest.mark.parametrize("least", [1])
def test_a_killed_calibration_goes_on(
    small: tuple[Path, Path, Fitted], tmp_path: Path, least: int
) -> None:
    path, undisturbed, _ = small
    place = tmp_path / "out"
    process = start("calibrate", path, "--out", place, "--jobs", 1)
    living = wait_until(lambda: acknowledged(place / SIMULATIONS) >= least, process)
    if living:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    kept = acknowledged(place / SIMULATIONS)
    assert kept >= least
    done = finish("calibrate", path, "--out", place, "--jobs", 1)
    assert done.returncode == 0, done.stderr
    assert tables(place) == tables(undisturbed)


def test_what_is_finished_is_not_run_again(
    small: tuple[Path, Path, Fitted], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, place, _ = small

    def never(both: Any) -> Any:
        raise AssertionError("a run was done again")

    monkeypatch.setattr("linkage_sim.studies.simulations.do_run", never)
    before = tables(place)
    calibrate(load_calibration(path), place)
    assert tables(place) == before


@pytest.mark.slow
def test_more_generations_go_on_from_what_is_there(tmp_path: Path) -> None:
    short = load_calibration(study_file(tmp_path))
    calibrate(short, tmp_path / "out")
    first = stored_points(tmp_path / "out" / SIMULATIONS)
    long = load_calibration(study_file(tmp_path, generations=2))
    calibrate(long, tmp_path / "out")
    assert stored_points(tmp_path / "out" / SIMULATIONS)[: len(first)] == first
    calibrate(long, tmp_path / "at_once")
    assert tables(tmp_path / "out") == tables(tmp_path / "at_once")


def test_another_calibration_does_not_mix_with_the_first(
    small: tuple[Path, Path, Fitted], tmp_path: Path
) -> None:
    _, place, _ = small
    other = study_file(tmp_path)
    other.write_text(other.read_text().replace("high = 90", "high = 80"))
    before = tables(place)
    with pytest.raises(InputError, match="another calibration"):
        calibrate(load_calibration(other), place)
    assert tables(place) == before
    verify_results(place)


# -- points without a figure ---------------------------------------------------------------------


@pytest.mark.slow
def test_a_point_with_a_failed_run_has_no_figure_and_is_far(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = load_calibration(study_file(tmp_path, replications=2))
    from linkage_sim.studies import sweep_run

    real = sweep_run.simulate

    def now_and_then(scenario: Any, seed: int, **more: Any) -> Any:
        if seed % 4 == 0:
            raise RuntimeError("an unlucky world")
        return real(scenario, seed, **more)

    monkeypatch.setattr(sweep_run, "simulate", now_and_then)
    fitted = calibrate(plan, tmp_path / "out")
    prior, posterior = fitted.tables["prior"], fitted.tables["posterior"]
    failed = prior["events_per_project"].isna()
    assert 0 < failed.sum() < len(prior)
    assert (prior.loc[failed, "distance"] == 1e9).all()
    assert not posterior["events_per_project"].isna().any()
    assert (tmp_path / "out" / SIMULATIONS / "failures.parquet").exists()


def test_a_calibration_whose_runs_all_fail_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*given: Any, **more: Any) -> Any:
        raise RuntimeError("no world at all")

    monkeypatch.setattr("linkage_sim.studies.sweep_run.simulate", never)
    with pytest.raises(InputError, match="every run failed"):
        calibrate(load_calibration(study_file(tmp_path)), tmp_path / "out")


# -- worlds of their own -------------------------------------------------------------------------


def test_every_point_of_such_runs_has_worlds_of_its_own(tmp_path: Path) -> None:
    plan = load_calibration(study_file(tmp_path, replications=2))
    simulations = Simulations(plan, tmp_path / "runs", Options(), Progress(), "fitting")
    points = [{HOURS: 20.0, QUIT: 0.1}, {HOURS: 20.0, QUIT: 0.1}, {HOURS: 40.0, QUIT: 0.1}]
    first = simulations.rows(points[:2])
    later = simulations.rows(points[2:])
    seeds = [row["seed"] for rows in [*first, *later] for row in rows]
    assert len(seeds) == len(set(seeds)) == 6 and seeds == sorted(seeds)
    assert first[0][0]["events_per_project"] != first[1][0]["events_per_project"]
    record = json.loads((tmp_path / "runs" / "study.json").read_text())["study"]
    assert record["own_seeds"] is True
    frame = load_results(tmp_path / "runs")
    assert isinstance(frame, pd.DataFrame) and sorted(frame["seed"]) == seeds
