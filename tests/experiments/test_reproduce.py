"""`reproduce` on a small experiment: it goes on where it stopped and tells what changed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from toy_experiment import EXPERIMENT, STUDY, write_experiment

from linkage_sim.cli.app import main
from linkage_sim.studies.expected import keep_expected, read_table
from linkage_sim.studies.experiment import load_experiment
from linkage_sim.studies.experiment_run import LastingCrew, SharedProcesses
from linkage_sim.studies.results import verify_results
from linkage_sim.studies.sweep import Options, run_sweep
from linkage_sim.studies.sweep_run import Setup, Task, do_run
from linkage_sim.words import set_language

Typed = Callable[..., tuple[int, str, str]]


def expect(toy: Path, out: Path) -> None:
    """Make what comes out now what is expected from now on."""
    assert main(["reproduce", str(toy), "--quick", "--jobs", "1", "--out", str(out),
                 "--no-figures", "--quiet"]) == 0
    keep_expected(out / toy.name / "result", toy, "quick")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("made")
    toy = write_experiment(place / "waiting")
    expect(toy, place / "before")
    set_language(None)
    return toy


@pytest.fixture
def expected(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    shutil.copytree(made, tmp_path / "waiting")
    capsys.readouterr()
    return tmp_path / "waiting"


def run(typed: Typed, toy: Path, *more: str, out: str = "out") -> tuple[int, str, str]:
    return typed("reproduce", str(toy), "--quick", "--jobs", "1", "--out", out, "--no-figures",
                 *more)


def test_findings_and_numbers_come_out_again(typed: Typed, expected: Path) -> None:
    code, out, _ = run(typed, expected, "--check")
    assert code == 0, out
    assert "comes out" in out and "all 35 as expected" in out.replace(",", ""), out


@pytest.mark.slow
def test_who_changes_a_number_sees_which_finding_changes(typed: Typed, expected: Path) -> None:
    """Negative control: with a call in the middle of the year the long wait ends all delivery."""
    text = EXPERIMENT.replace('expected = "below"', 'expected = "above"')
    (expected / "experiment.toml").write_text(text, encoding="utf-8")
    code, out, _ = run(typed, expected, "--check")
    assert code == 1
    assert "REVERSED" in out and "waiting_shortens" in out and "1 of 1" in out


@pytest.mark.slow
def test_a_moved_assumption_is_noticed_and_the_numbers_are_told(
    typed: Typed, expected: Path
) -> None:
    code, out, _ = run(typed, expected, "--check", "--set", "assumptions.hearing.call_day=21")
    assert code == 1
    assert "differ from the expected ones" in out and "implementation_weeks" not in out.split(
        "verdict")[0]


@pytest.mark.slow
def test_other_seeds_are_other_worlds_of_which_only_findings_are_compared(
    typed: Typed, expected: Path
) -> None:
    code, out, _ = run(typed, expected, "--check", "--seed", "77", out="there")
    assert code == 0 and "Seeds 77 to" in out and "not compared" in out, out
    assert "differ" not in out.rpartition("Findings")[2]
    kept = read_table(Path("there/waiting/result/summary_days.csv"))
    before = read_table(expected / "expected" / "quick" / "summary_days.csv")
    assert kept["mean"].tolist() != before["mean"].tolist()


@pytest.mark.slow
def test_the_head_names_seeds_and_settings(typed: Typed, expected: Path) -> None:
    _, out, _ = run(typed, expected, "--set", "assumptions.hearing.call_day=21")
    line = next(line for line in out.splitlines() if "Seeds" in line)
    assert "Changed in every run: assumptions.hearing.call_day=21." in line


@pytest.mark.slow
def test_the_same_command_does_nothing_twice(typed: Typed, toy: Path) -> None:
    assert run(typed, toy)[0] == 0
    shards = sorted(Path("out/waiting/days/runs").iterdir())
    before = [path.read_bytes() for path in shards]
    assert run(typed, toy)[0] == 0
    assert [path.read_bytes() for path in sorted(Path("out/waiting/days/runs").iterdir())] == before


class FewHere:
    """Does the first tasks in this process and then stops, as a person with Ctrl-C does."""

    def batches(self, setup: Setup, tasks: Iterator[Task]) -> Iterator[list[tuple[Task, Any]]]:
        for task in islice(tasks, 3):
            yield [(task, do_run((setup, task)))]

    def stop(self) -> None:
        pass

    def dismiss(self) -> None:
        pass


@pytest.mark.slow
def test_what_was_done_before_a_stop_is_not_done_again(typed: Typed, expected: Path) -> None:
    study = load_experiment(expected, quick=True).studies["days"]
    run_sweep(study, Path("out/waiting/days"), Options(), executor=FewHere())
    code, out, err = run(typed, expected, "--check")
    assert code == 0, out
    assert "3 of 4" in err
    assert "all 35 as expected" in out


@pytest.mark.slow
def test_results_are_whole_and_checksummed(typed: Typed, toy: Path) -> None:
    run(typed, toy)
    listed = verify_results("out/waiting/result")
    assert set(listed) == {"findings.csv", "summary_days.csv", "provenance.json"}
    record = json.loads(Path("out/waiting/result/provenance.json").read_text(encoding="utf-8"))
    assert record["experiment"] == "waiting" and record["environment"]["numpy"]
    assert set(record["sources"]) == {"experiment.toml", "days.toml"}
    assert "/" not in " ".join(record["command"])


@pytest.mark.slow
def test_runs_of_another_study_are_kept_until_replace_is_said(typed: Typed, toy: Path) -> None:
    run(typed, toy)
    write_experiment(toy, study=STUDY.replace("replications = 4", "replications = 4\nseed = 9"))
    code, _, err = run(typed, toy)
    assert code == 2 and "--replace" in err
    assert run(typed, toy, "--replace")[0] == 0


@pytest.mark.slow
def test_json_tells_every_finding_and_nothing_else(typed: Typed, expected: Path) -> None:
    code, out, _ = run(typed, expected, "--check", "--json")
    (record,) = json.loads(out)
    assert code == 0 and record["changed"] == [] and record["check"]["differ"] == 0
    assert record["findings"][0]["finding"] == "waiting_shortens"


def test_a_dry_run_counts_and_writes_nothing(typed: Typed, toy: Path) -> None:
    code, out, _ = run(typed, toy, "--dry-run")
    assert code == 0 and "4 runs in 1 study" in out
    assert not Path("out").exists()


def test_nothing_to_compare_with_is_told_before_anything_runs(typed: Typed, toy: Path) -> None:
    code, _, err = run(typed, toy, "--check")
    assert code == 2 and "without --check" in err
    assert not Path("out").exists()


def test_bad_input_is_told_with_code_two(typed: Typed, toy: Path) -> None:
    assert typed("reproduce", "e99")[0] == 2
    assert typed("reproduce", "--all", "e1")[0] == 2
    assert run(typed, toy, "--set", "policy.approval.fixed_latency_days=3")[0] == 2
    other = write_experiment(toy.parent / "elsewhere" / "waiting")
    code, _, err = typed("reproduce", str(toy), str(other))
    assert code == 2 and "rename one" in err


@pytest.mark.slow
def test_chinese_is_spoken_throughout(typed: Typed, expected: Path) -> None:
    code, out, _ = run(typed, expected, "--check", "--lang", "zh")
    assert code == 0 and "成立" in out and "小于 0" in out and "comes out" not in out


@pytest.mark.slow
def test_only_results_as_written_can_become_expected(typed: Typed, toy: Path) -> None:
    run(typed, toy, "--set", "assumptions.hearing.call_day=21")
    from linkage_sim.errors import InputError

    with pytest.raises(InputError, match="--set"):
        keep_expected(Path("out/waiting/result"), toy, "quick")
    assert not (toy / "expected").exists()


@pytest.mark.slow
def test_processes_are_kept_between_studies_and_give_the_same_numbers(toy: Path) -> None:
    """Two sweeps by the same two processes, against one after the other in this process."""
    study = load_experiment(toy, quick=True).studies["days"]
    doer = SharedProcesses(2)
    try:
        run_sweep(study, toy / "one", Options(jobs=2), executor=doer)
        assert isinstance(doer._crew, LastingCrew)
        first = doer._crew.pids()
        run_sweep(study, toy / "two", Options(jobs=2), executor=doer)
        assert doer._crew.pids() == first
    finally:
        doer.close()
    run_sweep(study, toy / "alone", Options(jobs=1))
    texts = {(toy / name / "outcomes.parquet").read_bytes() for name in ("one", "two", "alone")}
    assert len(texts) == 1
    shutil.rmtree(toy / "alone")
