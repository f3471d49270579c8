"""A results directory is complete and right, or it is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as parquet
import pytest

from linkage_sim.errors import InputError
from linkage_sim.outcomes import NAMES
from linkage_sim.provenance import MODEL_VERSION, provenance_of, scenario_from_provenance
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.studies.compare import Run, outcome_rows, plan_of, run_plan
from linkage_sim.studies.differences import difference_table
from linkage_sim.studies.results import (
    MANIFEST,
    ResultsDamagedError,
    ResultsInUseError,
    load_provenance,
    load_results,
    results_folder,
)
from linkage_sim.studies.tables import changed_values, differing, tables_of

ROOT = Path(__file__).parents[2]
LATENCY = "policy.approval.fixed_latency_days"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A comparison of toy with two reforms over two seeds, as written."""
    path = tmp_path_factory.mktemp("studies") / "toy"
    write(path)
    return path


def write(path: Path) -> None:
    names = ("toy", "slow", "vote")
    scenarios = [
        load_scenario("toy"), load_scenario("toy", {LATENCY: 90.0}),
        load_scenario("toy+public_opinion"),
    ]
    plan = plan_of(scenarios, [2, 1], names, trace=True)
    with results_folder(path) as folder:
        runs = run_plan(plan)
        folder.write(
            tables_of(runs, names, scenarios),
            provenance_of("compare", names, scenarios, plan.seeds, command=["x"], trace=True),
            difference_table(outcome_rows(runs), names),
            figures=lambda place: (place / "forest.png").write_bytes(b"picture") and None,
        )


@pytest.fixture
def copy(finished: Path, tmp_path: Path) -> Path:
    """A copy of the finished directory that a test may spoil."""
    import shutil

    return Path(shutil.copytree(finished, tmp_path / "copy"))


def test_outcomes_hold_one_row_a_run_with_changed_parameters_and_every_outcome(
    finished: Path,
) -> None:
    table = load_results(finished)
    assert list(table["run_id"]) == sorted(table["run_id"])
    assert len(table) == 6 and table["run_id"].is_unique
    assert list(table.columns)[:3] == ["run_id", "scenario", "seed"]
    assert tuple(table.columns)[-len(NAMES):] == NAMES
    by_name = table.set_index("scenario")
    assert set(by_name.loc["slow", LATENCY]) == {90.0}
    assert by_name.loc["toy", LATENCY].isna().all()
    assert set(by_name.loc["vote", "policy.proposal.method"]) == {"vote"}
    assert set(table["world.residents"]) == {12}


def test_every_run_has_its_years_projects_and_journal(finished: Path) -> None:
    runs = set(load_results(finished)["run_id"])
    for name in ("years", "projects", "journal"):
        assert set(load_results(finished, name)["run_id"]) == runs
    years = load_results(finished, "years")
    assert set(years.groupby("run_id").size()) == {2}


def test_comparison_is_read_back_exactly(finished: Path) -> None:
    runs = load_results(finished)
    rows = runs[["scenario", "seed", *NAMES]].to_dict("records")
    again = difference_table(rows, ["toy", "slow", "vote"])
    assert differing(load_results(finished, "comparison"), again) == []


def test_equal_studies_leave_equal_bytes(finished: Path, tmp_path: Path) -> None:
    write(tmp_path / "again")
    names = sorted(item.name for item in finished.glob("*.parquet"))
    assert names
    for name in [*names, "comparison.csv", "provenance.json"]:
        assert (finished / name).read_bytes() == (tmp_path / "again" / name).read_bytes()
    metadata = parquet.read_schema(finished / "outcomes.parquet").metadata
    assert b"created_at" not in b"".join(metadata.values())


def test_nothing_but_results_is_left_behind(finished: Path) -> None:
    assert sorted(item.name for item in finished.iterdir()) == [
        "comparison.csv", "figures", "journal.parquet", "manifest.json", "outcomes.parquet",
        "projects.parquet", "provenance.json", "years.parquet",
    ]
    listed = json.loads((finished / MANIFEST).read_text())["files"]
    there = {
        item.relative_to(finished).as_posix()
        for item in finished.rglob("*") if item.is_file() and item.name != MANIFEST
    }
    assert set(listed) == there


@pytest.mark.parametrize("name", ["outcomes.parquet", "projects.parquet", "provenance.json"])
def test_one_changed_byte_is_noticed(copy: Path, name: str) -> None:
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(content)
    with pytest.raises(ResultsDamagedError, match=name) as caught:
        load_results(copy)
    assert caught.value.exit_code == 4


@pytest.mark.parametrize("spoil", ["missing", "short", "manifest", "no manifest"])
def test_incomplete_directory_is_refused(copy: Path, spoil: str) -> None:
    table = copy / "years.parquet"
    if spoil == "missing":
        table.unlink()
    elif spoil == "short":
        table.write_bytes(table.read_bytes()[:100])
    elif spoil == "manifest":
        (copy / MANIFEST).write_text('{"files": [')
    else:
        (copy / MANIFEST).unlink()
    with pytest.raises(ResultsDamagedError):
        load_results(copy)


def test_directory_without_results_and_unknown_table_are_bad_input(
    tmp_path: Path, finished: Path
) -> None:
    with pytest.raises(InputError):
        load_results(tmp_path / "nowhere")
    with pytest.raises(InputError):
        load_results(tmp_path)
    with pytest.raises(InputError, match="weeks"):
        load_results(finished, "weeks")


def test_directory_that_holds_something_else_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "diary.txt").write_text("mine")
    with pytest.raises(InputError, match="diary.txt"), results_folder(tmp_path):
        raise AssertionError("never reached")
    assert [item.name for item in tmp_path.iterdir()] == ["diary.txt"]


def test_results_may_not_take_the_place_of_a_file(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("mine")
    with pytest.raises(InputError), results_folder(place):
        raise AssertionError("never reached")
    assert place.read_text() == "mine"


def test_failed_study_leaves_older_results_as_they_were(copy: Path) -> None:
    before = (copy / "outcomes.parquet").read_bytes()
    with pytest.raises(KeyboardInterrupt), results_folder(copy):
        raise KeyboardInterrupt
    assert (copy / "outcomes.parquet").read_bytes() == before
    assert len(load_results(copy)) == 6


def test_failed_study_leaves_no_new_directory(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), results_folder(tmp_path / "new"):
        raise KeyboardInterrupt
    assert not (tmp_path / "new").exists()


def test_writing_that_breaks_off_never_looks_finished(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = Path.replace

    def break_off(self: Path, target: Path) -> Path:
        if self.name == "projects.parquet":
            raise KeyboardInterrupt
        return moved(self, target)

    monkeypatch.setattr(Path, "replace", break_off)
    with pytest.raises(KeyboardInterrupt):
        write(copy)
    monkeypatch.undo()
    with pytest.raises(ResultsDamagedError):
        load_results(copy)
    write(copy)
    assert len(load_results(copy)) == 6


def test_table_that_is_no_longer_written_does_not_survive(copy: Path) -> None:
    toy = load_scenario("toy")
    plan = plan_of([toy], [1], ["toy"])
    with results_folder(copy) as folder:
        runs = run_plan(plan)
        folder.write(tables_of(runs, ["toy"], [toy]), provenance_of("run", ["toy"], [toy], [1]))
    assert not (copy / "journal.parquet").exists()
    assert not (copy / "comparison.csv").exists()
    assert len(load_results(copy)) == 1


HOLD = """
import sys, time
from pathlib import Path
from linkage_sim.studies.results import results_folder
with results_folder(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(os.name != "posix", reason="locks of POSIX")
def test_directory_in_use_by_a_live_process_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "held"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(place)], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        with pytest.raises(ResultsInUseError) as caught, results_folder(place):
            raise AssertionError("never reached")
        assert caught.value.exit_code == 3
    finally:
        holder.kill()
        holder.communicate()
    with results_folder(place):
        pass


def test_failed_runs_have_a_table_of_their_own() -> None:
    toy = load_scenario("toy")
    tables = tables_of([Run("toy", 1, None, "the reason")], ["toy"], [toy])
    assert tables["failures"].to_dict("records") == [
        {"run_id": "toy-000001", "scenario": "toy", "seed": 1, "reason": "the reason"}
    ]
    assert len(tables["outcomes"]) == 0


def test_changed_values_are_those_away_from_the_default_in_any_scenario() -> None:
    usual = load_scenario("x_community")
    slow, fast = usual.with_values({LATENCY: 90}), load_scenario("x_community+fast_approval")
    rows = changed_values([usual, slow, fast])
    assert {LATENCY, "policy.approval.parallel", "policy.approval.desks"} <= set(rows[0])
    assert "policy.proposal.method" not in rows[0]
    assert rows[1][LATENCY] == 90.0
    assert rows[2]["policy.approval.parallel"] is True
    assert json.loads(rows[2]["policy.approval.desks"])[0]["name"] == "community check"


def test_tables_differ_where_one_number_does() -> None:
    table = pd.DataFrame({"run_id": ["a", "b"], "value": [1.0, float("nan")]})
    assert differing(table, table.copy()) == []
    other = table.copy()
    other.loc[0, "value"] = 1.0 + 2.0**-52
    assert len(differing(table, other)) == 1 and "value" in differing(table, other)[0]
    other.loc[1, "value"] = 0.0
    assert "2" in differing(table, other)[0]
    assert differing(table, table.iloc[:1]) and differing(table, table[["value"]])


# -- provenance --------------------------------------------------------------------------------


def test_provenance_turns_back_into_the_scenario(finished: Path) -> None:
    record = load_provenance(finished)
    assert record["model_version"] == MODEL_VERSION
    assert record["seeds"] == [2, 1] and record["baseline"] == "toy"
    assert {"numpy", "mesa", "numba"} <= set(record["libraries"])
    assert scenario_from_provenance(record) == load_scenario("toy")
    slow = scenario_from_provenance(record, "slow")
    assert slow == load_scenario("toy", {LATENCY: 90.0})
    assert scenario_from_provenance(record, "vote") == load_scenario("toy+public_opinion")


def test_edited_provenance_and_unknown_names_are_refused(finished: Path) -> None:
    record = load_provenance(finished)
    with pytest.raises(InputError, match="slow"):
        scenario_from_provenance(record, "slo")
    record["scenarios"][1]["content"]["policy"]["approval"]["fixed_latency_days"] = 91.0
    with pytest.raises(InputError, match="slow"):
        scenario_from_provenance(record, "slow")


def test_commit_of_this_repository_is_recorded() -> None:
    record = provenance_of("run", ["a"], [load_scenario("toy")], [1])
    if (ROOT / ".git").exists():
        assert len(record["git"]["commit"]) == 40
        assert isinstance(record["git"]["dirty"], bool)
    else:
        assert record["git"] == {}


@pytest.mark.skipif(os.name != "posix", reason="locks of POSIX")
def test_a_folder_that_is_being_written_is_told_from_one_that_is_broken(tmp_path: Path) -> None:
    place = tmp_path / "here"
    with results_folder(place), pytest.raises(ResultsInUseError, match="nothing is finished yet"):
        load_results(place)
    place.mkdir()
    (place / ".lock").touch()
    with pytest.raises(ResultsDamagedError, match="not finished"):
        load_results(place)
