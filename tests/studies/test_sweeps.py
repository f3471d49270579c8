"""Sweeps: one answer for any number of workers, and growth without repetition."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import linkage_sim as ls
from linkage_sim.studies import sweep as sweeping_module
from linkage_sim.studies.study import load_study
from linkage_sim.studies.sweep import Options, run_sweep

sys.path.append(str(Path(__file__).parent))

from sweeping import swept, table

Typed = Callable[..., tuple[int, str, str]]
DAYS = "policy.approval.fixed_latency_days"


# -- one answer --------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2, 4])
def test_any_number_of_workers_gives_the_same_bytes(
    plain: tuple[Path, Path], tmp_path: Path, jobs: int
) -> None:
    run_sweep(load_study(plain[0]), tmp_path / "out", Options(jobs=jobs))
    for name in ("outcomes", "years", "projects"):
        file = f"{name}.parquet"
        assert (tmp_path / "out" / file).read_bytes() == (plain[1] / file).read_bytes()


def test_order_and_interruptions_do_not_show(plain: tuple[Path, Path], tmp_path: Path) -> None:
    study, whole = plain
    counts = []
    for most in (5, 1, 4, 100):
        _, doer = swept(study, tmp_path, order=lambda tasks: tasks[::-1], most=most)
        counts.append(doer.done)
    assert counts == [5, 1, 4, 2], "a run was done twice or left out"
    assert table(tmp_path) == table(whole)


def test_rows_are_those_of_single_runs(plain: tuple[Path, Path]) -> None:
    rows = ls.load_results(plain[1])
    assert len(rows) == 12
    assert rows["run_id"].is_unique
    assert list(rows["run_id"]) == sorted(rows["run_id"])
    scenario = ls.load_scenario("toy", {DAYS: 20.0})
    alone = ls.simulate(scenario, seed=2)
    row = rows[(rows[DAYS] == 20) & (rows["seed"] == 2)].iloc[0]
    for name, value in alone.outcomes.items():
        assert row[name] == value or (row[name] != row[name] and value != value), name
    years = ls.load_results(plain[1], "years")
    mine = years[years["run_id"] == row["run_id"]]
    assert list(mine["trust"]) == [item["trust"] for item in alone.year_rows]
    projects = ls.load_results(plain[1], "projects")
    mine = projects[projects["run_id"] == row["run_id"]]
    assert list(mine["cost_yuan"]) == [item["cost_yuan"] for item in alone.project_rows]
    assert projects.dtypes.drop(["run_id", "scenario", "seed"]).index.tolist() == (
        alone.projects.columns.tolist()
    )


def test_provenance_holds_the_study_and_the_tables_no_clock(plain: tuple[Path, Path]) -> None:
    record = json.loads((plain[1] / "provenance.json").read_text(encoding="utf-8"))
    assert record["verb"] == "sweep"
    assert record["study"]["parameters"] == {DAYS: [{DAYS: d} for d in (5.0, 20.0, 60.0, 120.0)]}
    assert record["study"]["runs"] == 12
    from pyarrow.parquet import read_metadata

    told = str(read_metadata(plain[1] / "outcomes.parquet").metadata)
    assert "20" + "26-" not in told


# -- growing -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "after", "fresh"), [
    ("replications = 2", "replications = 3", 4),
    (", 60, 120]", ", 60, 90, 120]", 3),
])
def test_larger_study_runs_only_what_is_new(
    plain: tuple[Path, Path], tmp_path: Path, before: str, after: str, fresh: int
) -> None:
    text = plain[0].read_text(encoding="utf-8")
    if "replications" in before:
        text = text.replace("replications = 3", before)
    study = tmp_path / "study.toml"
    study.write_text(text, encoding="utf-8")
    swept(study, tmp_path / "out")
    study.write_text(text.replace(before, after), encoding="utf-8")
    _, doer = swept(study, tmp_path / "out")
    assert doer.done == fresh
    swept(study, tmp_path / "fresh")
    assert table(tmp_path / "out") == table(tmp_path / "fresh")


def test_second_latin_hypercube_is_appended_and_said(tmp_path: Path) -> None:
    text = f"""
scenario = "toy"
design = "latin_hypercube"
samples = 4
replications = 1
[parameters]
"{DAYS}" = {{low = 5, high = 60}}
"""
    study = tmp_path / "study.toml"
    study.write_text(text, encoding="utf-8")
    swept(study, tmp_path / "out")
    first = set(ls.load_results(tmp_path / "out")["run_id"])
    study.write_text(text.replace("samples = 4", "samples = 7"), encoding="utf-8")
    progress, doer = swept(study, tmp_path / "out")
    assert doer.done == 3
    assert any("4 + 3" in note for note in progress.notes)
    assert first < set(ls.load_results(tmp_path / "out")["run_id"])
    # The same command once more: the two samples are still there.
    assert swept(study, tmp_path / "out")[1].done == 0


OTHERS = {
    "another model": (lambda text, patch: patch.setattr(sweeping_module, "MODEL_VERSION", 999),
                      ["model version", "999"]),
    "another code": (lambda text, patch: patch.setattr(sweeping_module, "code_hash", lambda _: "x"),
                     ["source code", "x"]),
    "fewer values": (lambda text, patch: text.replace(", 120]", "]"), [DAYS, "120"]),
    "fewer seeds": (lambda text, patch: text.replace("replications = 3", "replications = 2"),
                    ["replications: there 3, now 2"]),
    "another first seed": (
        lambda text, patch: text.replace("[parameters]", "seed = 9\n[parameters]"),
        ["seed: there 1, now 9"],
    ),
    "another scenario": (lambda text, patch: text.replace('"toy"', '"x_community"'),
                         ["scenario toy: there"]),
    "another setting": (lambda text, patch: text + "[set]\n'world.voice_tie' = 1.5\n",
                        ["world.voice_tie"]),
    "another parameter": (lambda text, patch: text + '"assumptions.needs.drift_sd" = [0.2]\n',
                          ["assumptions.needs.drift_sd: there –"]),
    "more to record": (
        lambda text, patch: text.replace("[parameters]", 'recording = ["weeks"]\n[parameters]'),
        ["recording: weeks"],
    ),
}


@pytest.mark.parametrize("what", OTHERS)
def test_other_study_is_refused_and_the_difference_shown(
    plain: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: Typed,
    what: str,
) -> None:
    change, told = OTHERS[what]
    place = tmp_path / "out"
    shutil.copytree(plain[1], place)
    text = plain[0].read_text(encoding="utf-8")
    study = tmp_path / "study.toml"
    study.write_text(change(text, monkeypatch) or text, encoding="utf-8")
    before = {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    code, _, err = typed("sweep", str(study), "--out", str(place))
    assert code == 2, err
    for part in told:
        assert part in err, err
    assert {path: path.read_bytes() for path in place.rglob("*") if path.is_file()} == before


def test_directory_of_a_run_is_not_mixed_with_a_sweep(
    plain: tuple[Path, Path], tmp_path: Path, typed: Typed
) -> None:
    assert typed("run", "toy", "--set", "run.years=1", "--out", str(tmp_path / "run"))[0] == 0
    code, _, err = typed("sweep", str(plain[0]), "--out", str(tmp_path / "run"))
    assert code == 2
    assert "a run of toy" in err
    shutil.copytree(plain[1], tmp_path / "sweep")
    code, _, err = typed("run", "toy", "--out", str(tmp_path / "sweep"))
    assert code == 2
    assert "a sweep with 12 finished runs" in err
