"""Sweeps: failures are rows, and what is there can be looked at before the end."""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import linkage_sim as ls
from linkage_sim.errors import InputError, UnfinishedNote
from linkage_sim.studies import sweep as sweeping_module
from linkage_sim.studies.results import RUNS
from linkage_sim.studies.shards import FAILED, GIVEN_UP, read_shard, shard_paths
from linkage_sim.studies.store import Store, unpacked
from linkage_sim.studies.study import load_study
from linkage_sim.studies.sweep import Options, run_sweep, setup_of
from linkage_sim.studies.sweep_run import do_run
from linkage_sim.studies.tasks import Tasks

sys.path.append(str(Path(__file__).parent))

from sweeping import study_file, swept, table

Typed = Callable[..., tuple[int, str, str]]


# -- failures ----------------------------------------------------------------------------------

def _faulty(folder: Path, more: str = "") -> Path:
    """Write a study in which every run of one value fails: too few residents for communities."""
    path = folder / "faulty.toml"
    path.write_text(f"""
scenario = "toy"
design = "list"
replications = 2
[parameters]
"world.renter_share" = [0.2, 0.3, 0.7, 0.4]
"world.floating_share" = [0.1, 0.3, 0.7, 0.1]
{more}
""", encoding="utf-8")
    return path


@pytest.mark.slow
def test_failed_run_is_a_row_and_the_others_are_done(
    tmp_path: Path, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping_module, "CHECKED_POINTS", 1)
    study, place = _faulty(tmp_path), tmp_path / "out"
    code, out, err = typed("sweep", str(study), "--out", str(place), "--jobs", "1")
    assert code == 1
    assert "6 runs done, 2 failed" in out
    assert "world.renter_share" in err
    failures = ls.load_results(place, "failures")
    assert list(failures["world.renter_share"]) == [0.7, 0.7]
    assert sorted(failures["seed"]) == [1, 2]
    assert all("exceed" in reason for reason in failures["reason"])
    assert len(ls.load_results(place)) == 6
    code, told, _ = typed("results", str(place), "--table", "failures")
    assert code == 0 and told.count("exceed") == 2
    assert all(word in told for word in ("seed 1", "seed 2", "world.renter_share = 0.7"))
    told = typed("status", str(place))[1]
    assert "2 failed" in told and "--table failures" in told and "--retry-failed" in told
    # A run that fails by itself fails again: it is not missing.
    assert "0 of them now" in typed("sweep", str(study), "--out", str(place))[1]
    assert "2 of them now" in typed(
        "sweep", str(study), "--out", str(place), "--retry-failed", "--jobs", "1"
    )[1]


def test_point_that_is_no_scenario_is_refused_before_hours_are_spent(
    tmp_path: Path, typed: Typed
) -> None:
    code, _, err = typed("sweep", str(_faulty(tmp_path)), "--out", str(tmp_path / "out"))
    assert code == 2
    assert "world.renter_share" in err
    assert not (tmp_path / "out").exists()


def test_plan_that_would_be_refused_ends_as_the_sweep_would(
    plain: tuple[Path, Path], typed: Typed
) -> None:
    study, place = plain
    smaller = typed("sweep", str(study), "--out", str(place), "--replications", "1", "--dry-run")
    assert smaller[0] == 2 and "Would be refused" in smaller[2]
    assert "runs" in smaller[1], "the plan itself is told all the same"
    assert typed("sweep", str(study), "--out", str(place), "--dry-run")[0] == 0


def test_errors_stop_ends_the_sweep_and_keeps_what_is_done(
    tmp_path: Path, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping_module, "CHECKED_POINTS", 1)
    study, place = _faulty(tmp_path), tmp_path / "out"
    code, _, err = typed("sweep", str(study), "--out", str(place), "--errors", "stop",
                         "--jobs", "1")
    assert code == 1
    assert "Stopped at the first failed run" in err
    store = Store(place)
    assert store.failed >= 1
    assert len(store.spots) < 8
    assert not (place / "outcomes.parquet").exists()


@pytest.mark.slow
def test_run_past_its_time_is_given_up_and_tried_again_another_time(tmp_path: Path) -> None:
    study = study_file(tmp_path, 1)
    options = Options(run_timeout=1e-9)
    progress = run_sweep(load_study(study), tmp_path / "out", options)
    assert (progress.done, progress.failed) == (4, 4)
    assert all(spot.state == GIVEN_UP for spot in Store(tmp_path / "out").spots.values())
    reasons = ls.load_results(tmp_path / "out", "failures")["reason"]
    assert all("--run-timeout" in reason for reason in reasons)
    progress = run_sweep(load_study(study), tmp_path / "out", Options())
    assert (progress.before, progress.done, progress.failed) == (0, 4, 0)
    assert not (tmp_path / "out" / "failures.parquet").exists()


def test_fault_of_the_program_keeps_its_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_: object, **__: object) -> None:
        raise ZeroDivisionError("told to")

    monkeypatch.setattr("linkage_sim.studies.sweep_run.simulate", stumble)
    study = load_study(study_file(tmp_path, 1))
    task = next(iter(Tasks(study)))
    entry, _ = do_run((setup_of(study, None), task))
    assert entry.state == FAILED
    failure = unpacked(entry.content)["failure"]
    assert "in stumble" in failure
    assert failure.splitlines()[-1] == "ZeroDivisionError: told to"


# -- looking at what is there ------------------------------------------------------------------


def test_unfinished_sweep_gives_the_runs_it_has_and_says_so(tmp_path: Path, typed: Typed) -> None:
    study, place = study_file(tmp_path), tmp_path / "out"
    swept(study, place, most=5)
    with pytest.warns(UnfinishedNote, match="5 of 12"):
        rows = ls.load_results(place)
    assert len(rows) == 5
    code, out, err = typed("results", str(place), "--group-by", "fixed_latency_days")
    assert code == 0
    assert "5 of 12 runs" in err
    assert "5 runs over" in out
    assert "5 done, 0 failed, 7 waiting, 12 in all" in typed("status", str(place))[1]
    swept(study, place)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        finished = ls.load_results(place)
    kept = finished[finished["run_id"].isin(rows["run_id"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, rows)
    with pytest.raises(InputError, match="journal"):
        ls.load_results(place, "journal")


def test_outcomes_and_recording_choose_what_is_written(tmp_path: Path) -> None:
    study = study_file(tmp_path, 1, name="few")
    text = study.read_text(encoding="utf-8")
    study.write_text(text.replace(
        "[parameters]", 'outcomes = ["trust"]\nrecording = ["weeks", "journal"]\n[parameters]'
    ), encoding="utf-8")
    swept(study, tmp_path / "out")
    rows = ls.load_results(tmp_path / "out")
    assert "trust" in rows
    assert "demand_match" not in rows
    weeks = ls.load_results(tmp_path / "out", "weeks")
    run = ls.load_scenario("toy").run
    assert set(weeks.groupby("run_id").size()) == {52 * (run.years + run.warmup_years)}
    assert len(ls.load_results(tmp_path / "out", "journal"))
    assert not (tmp_path / "out" / "years.parquet").exists()


def test_good_runs_are_salvaged_and_the_sweep_goes_on_from_them(
    plain: tuple[Path, Path], tmp_path: Path, typed: Typed
) -> None:
    study, place = study_file(tmp_path), tmp_path / "out"
    swept(study, place)
    for path in shard_paths(place / RUNS)[:1]:
        whole = len(read_shard(path)[1])
        path.write_bytes(path.read_bytes()[:-30])
    assert whole
    code, out, _ = typed("results", str(place), "--salvage", str(tmp_path / "new"))
    assert code == 0
    assert "12 good runs" in out, "only the end of the shard is gone, its runs are whole"
    assert table(tmp_path / "new") == table(plain[1])
    data = shard_paths(place / RUNS)[0].read_bytes()
    shard_paths(place / RUNS)[0].write_bytes(data[: len(data) // 2])
    code, out, _ = typed("results", str(place), "--salvage", str(tmp_path / "half"))
    left = len(Store(tmp_path / "half").spots)
    assert f"{left} good run" in out
    assert 0 < left < 12 or len(shard_paths(place / RUNS)) > 1
    _, doer = swept(study, tmp_path / "half")
    assert doer.done == 12 - left
    assert table(tmp_path / "half") == table(plain[1])


def test_dry_run_writes_nothing_and_counts(plain: tuple[Path, Path], tmp_path: Path,
                                           typed: Typed) -> None:
    code, out, err = typed("sweep", str(plain[0]), "--out", str(tmp_path / "no"), "--dry-run",
                           "--json")
    assert code == 0, err
    told = json.loads(out)
    assert (told["points"], told["runs"], told["waiting"]) == (4, 12, 12)
    assert not (tmp_path / "no").exists()
    told = json.loads(typed("sweep", str(plain[0]), "--out", str(plain[1]), "--dry-run",
                            "--json")[1])
    assert (told["done"], told["waiting"]) == (12, 0)


def test_numbers_in_place_of_a_word_are_numbers(tmp_path: Path) -> None:
    name = "assumptions.opinion.trust_start"
    assert isinstance(ls.load_scenario("toy").assumptions.opinion.trust_start, str)
    for design, values in (
        ('"grid"', "[0.3, 0.8]"), ('"sobol"\nsamples = 2', "{low = 0.3, high = 0.8}"),
    ):
        study, place = tmp_path / "study.toml", tmp_path / design.strip('"')[:4]
        study.write_text(
            f'scenario = "toy"\ndesign = {design}\nreplications = 1\n[parameters]\n'
            f'"{name}" = {values}\n', encoding="utf-8",
        )
        swept(study, place)
        assert ls.load_results(place)[name].dtype.kind == "f"


# -- questions asked of rows -------------------------------------------------------------------

@pytest.fixture
def switched(tmp_path: Path, typed: Typed) -> tuple[Path, str]:
    """Sweep a parameter that is switched off at one of its values; give the place and the text."""
    path = tmp_path / "switched.toml"
    path.write_text("""
scenario = "toy"
design = "list"
replications = 1
[parameters]
"policy.approval.fixed_latency_days" = [false, 20, 40]
"policy.proposal" = [{method = "survey"}, {method = "survey"}, {method = "vote"}]
""", encoding="utf-8")
    code, told, _ = typed("sweep", str(path), "--out", str(tmp_path / "there"), "--jobs", "1")
    assert code == 0
    return tmp_path / "there", told


def test_switched_off_values_are_found_by_their_name(
    switched: tuple[Path, str], typed: Typed
) -> None:
    for sign, rows in (("=", 1), ("!=", 2)):
        for word in ("false", "nan"):
            code, told, _ = typed("results", str(switched[0]), "--where",
                                  f"fixed_latency_days{sign}{word}", "--json")
            assert code == 0 and len(json.loads(told)) == rows


def test_next_command_that_is_printed_works(switched: tuple[Path, str], typed: Typed) -> None:
    line = next(line for line in switched[1].splitlines() if "--group-by" in line)
    words = line.split("results ", 1)[1].split()
    assert typed("results", *words)[0] == 0
