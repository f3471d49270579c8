"""`linkage-sim calibrate`: what it says, what it writes, how it is stopped and repeated."""

from __future__ import annotations

import json
import os
import re
import signal
from pathlib import Path

import pytest

pytest.importorskip("pyabc", reason="the extra 'analysis' is not installed")

from linkage_sim.studies.calibration import SIMULATIONS
from linkage_sim.studies.results import load_results, verify_results
from tests.conftest import Typed
from tests.studies.sweeping import acknowledged, finish, start, wait_until

STUDY = """
scenario = "toy"
population = 10
generations = 1
replications = 1
seed = 3
[parameters]
"assumptions.delivery.hours_per_event" = {low = 2, high = 60, scale = "log"}
"assumptions.officials.catch_probability" = {low = 0.1, high = 0.9}
[targets]
events_per_project = {low = 2, high = 4}
[predictions]
worker_turnover = {low = 0.15, high = 0.25}
trust = {}
[set]
"run.years" = 1
"run.warmup_years" = 0
"""


@pytest.fixture
def study(tmp_path: Path) -> str:
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    return "study.toml"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("finished")
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    done = finish("calibrate", folder / "study.toml", "--out", folder / "out", "--jobs", 1)
    assert done.returncode == 0, done.stderr
    (folder / "said").write_text(done.stdout)
    return folder


@pytest.mark.slow
def test_it_says_what_is_known_now_and_how_every_figure_fares(finished: Path) -> None:
    said = (finished / "said").read_text()
    assert "2 free assumptions, 1 figure fitted, 2 predicted" in said
    for row in load_results(finished / "out", "parameters").to_dict("records"):
        assert re.search(rf"{re.escape(row['parameter'])} .*{row['narrowed']:.0%}"
                         if row["narrowed"] > 0 else re.escape(row["parameter"]), said)
    assert re.search(r"events_per_project +fitted +2 to 4", said)
    assert re.search(r"worker_turnover +predicted +0\.15 to 0\.25", said)
    assert re.search(r"trust +predicted +–", said)
    assert "on seeds that the fitting never saw" in said
    assert f"--posterior {finished / 'out'}" in said


def test_everything_is_written_and_listed(finished: Path) -> None:
    listed = verify_results(finished / "out")
    assert {"posterior.parquet", "predictive.parquet", "targets.parquet", "provenance.json",
            "figures/parameters.png", "figures/targets.svg"} <= set(listed)
    assert not any(name.startswith(SIMULATIONS) for name in listed)


@pytest.mark.slow
def test_numbers_for_a_machine_are_those_of_the_tables(typed: Typed, finished: Path) -> None:
    code, out, err = typed("calibrate", str(finished / "study.toml"), "--out",
                           str(finished / "out"), "--json", "--jobs", "1")
    assert code == 0, err
    told = json.loads(out)
    assert [row["outcome"] for row in told["targets"]] == [
        "events_per_project", "worker_turnover", "trust",
    ]
    assert told["targets"][2]["target_low"] is None and told["targets"][2]["verdict"] == ""
    means = load_results(finished / "out", "targets")["mean"].tolist()
    assert [row["mean"] for row in told["targets"]] == means


@pytest.mark.slow
def test_it_can_be_repeated_and_a_change_is_noticed(typed: Typed, finished: Path) -> None:
    code, out, err = typed("rerun", str(finished / "out"), "--jobs", "1")
    assert code == 0, out + err
    assert "posterior" in out


@pytest.mark.slow
def test_a_dry_run_writes_nothing(typed: Typed, study: str, tmp_path: Path) -> None:
    code, out, err = typed("calibrate", study, "--out", "out", "--dry-run")
    assert code == 0, err
    assert "10 particles" in out and "About 50 runs" in out and not (tmp_path / "out").exists()
    code, out, _ = typed("calibrate", study, "--out", "out", "--dry-run", "--json")
    assert json.loads(out)["runs"] == 50


@pytest.mark.slow
def test_it_speaks_chinese(typed: Typed, study: str) -> None:
    code, out, _ = typed("calibrate", study, "--dry-run", "--lang", "zh")
    assert code == 0 and "自由假设 2 个" in out


@pytest.mark.slow
def test_without_the_library_it_says_which_extra_brings_it(
    typed: Typed, study: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linkage_sim.studies.calibration.find_spec", lambda name: None)
    code, _, err = typed("calibrate", study, "--out", "out")
    assert code == 2 and "analysis" in err and not Path("out").exists()


@pytest.mark.slow
def test_other_results_are_not_written_among_those_of_a_calibration(
    typed: Typed, finished: Path
) -> None:
    code, _, err = typed("compare", "toy", "toy+fast_approval", "--replications", "1",
                         "--out", str(finished / "out"), "--replace")
    assert code == 2 and "posterior.parquet" in err
    verify_results(finished / "out")


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(tmp_path: Path, finished: Path) -> None:
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    # A calibration this small may be done before it can be stopped, but not time and again.
    for attempt in range(4):
        place = tmp_path / f"out{attempt}"
        process = start("calibrate", tmp_path / "study.toml", "--out", place, "--jobs", 1)
        if wait_until(lambda: acknowledged(place / SIMULATIONS) >= 1, process):  # noqa: B023
            os.killpg(process.pid, signal.SIGINT)
        _, complained = process.communicate(timeout=120)
        if process.returncode:
            break
    assert process.returncode == 130, complained
    assert "none of them is done again" in complained and "calibrate" in complained
    done = finish("calibrate", tmp_path / "study.toml", "--out", place, "--jobs", 1)
    assert done.returncode == 0, done.stderr
    assert (place / "posterior.parquet").read_bytes() == (
        finished / "out" / "posterior.parquet"
    ).read_bytes()
