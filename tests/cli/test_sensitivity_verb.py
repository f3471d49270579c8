"""`sensitivity`: a study is run, analysed, told, drawn and kept, with the sweep's promises."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from linkage_sim.cli.app import main
from linkage_sim.studies.results import load_results, verify_results

Printed = pytest.CaptureFixture[str]
STUDY = """
scenario = ["toy", "toy+full_reform"]
design = "{design}"
{size}
replications = 2
outcomes = ["need_coverage", "satisfaction"]
[parameters]
"assumptions.needs.drift_sd" = {{low = 0.1, high = 0.6}}
"assumptions.opinion.base" = {{low = 0.3, high = 0.8}}
[set]
"run.years" = 1
"""


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def study(design: str, size: str) -> str:
    Path("mine.toml").write_text(STUDY.format(design=design, size=size), "utf-8")
    return "mine.toml"


@pytest.mark.slow
def test_a_morris_study_is_told_drawn_and_kept(capsys: Printed) -> None:
    path = study("morris", "trajectories = 4")
    assert main(["sensitivity", path, "--out", "out", "--jobs", "1", "--lang", "en"]) == 0
    told = capsys.readouterr().out
    # Names are not cut, and the difference of the two scenarios is what is told.
    assert "assumptions.opinion.base" in told and "Satisfaction without anything" in told
    assert "what full_reform changes against toy" in told and "mu*" in told
    listed = verify_results(Path("out"))
    for name in ("sensitivity.csv", "sensitivity.parquet", "outcomes.parquet",
                 "figures/sensitivity_satisfaction.png", "figures/sensitivity_satisfaction.svg"):
        assert name in listed
    table = load_results("out", "sensitivity")
    # Outcomes of the first scenario, and differences: two outcomes, two assumptions each.
    assert len(table) == 8 and set(table["baseline"]) == {"", "toy"}
    before = Path("out/sensitivity.csv").read_bytes()
    assert main(["sensitivity", path, "--out", "out", "--jobs", "2", "--lang", "en"]) == 0
    assert Path("out/sensitivity.csv").read_bytes() == before
    assert main(["status", "out"]) == 0
    capsys.readouterr()
    # A table of indices has no seeds to summarise over.
    assert main(["results", "out", "--table", "sensitivity", "--lang", "en"]) == 2
    assert "-o FILE.csv" in capsys.readouterr().err
    assert main(["results", "out", "--table", "sensitivity", "-o", "all.csv"]) == 0


@pytest.mark.slow
def test_a_sobol_study_speaks_chinese_and_looks_for_boxes(capsys: Printed) -> None:
    path = study("sobol", "samples = 8")
    event = "difference in need_coverage of full_reform <= 0"
    assert main(["sensitivity", path, "--out", "out", "--jobs", "1", "--lang", "zh",
                 "--discover", event]) == 0
    told = capsys.readouterr().out
    assert "基础满意度" in told and "总效应" in told and event in told
    assert "占假设空间的" in told and "改革在多大比例的假设空间内改善结果" in told
    assert {"boxes.csv", "conclusions.csv", "sensitivity.csv"} <= set(verify_results(Path("out")))
    # From its provenance alone, runs and findings come out the same.
    assert main(["rerun", "out", "--jobs", "1", "--lang", "en"]) == 0


def test_json_is_one_document_with_every_table(capsys: Printed) -> None:
    path = study("latin_hypercube", "samples = 6")
    assert main(["sensitivity", path, "--out", "out", "--jobs", "1", "--json",
                 "--discover", "satisfaction >= 0"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["total"], found["done"], found["failed"]) == (24, 24, 0)
    assert [row["outcome"] for row in found["conclusions"]] == ["need_coverage", "satisfaction"]
    assert found["boxes"][0]["density"] == 1.0 and "sensitivity" not in found


@pytest.mark.slow
def test_a_dry_run_says_what_it_would_cost_and_writes_nothing(capsys: Printed) -> None:
    path = study("sobol", "samples = 8")
    assert main(["sensitivity", path, "--out", "out", "--dry-run", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["points"], found["runs"]) == (32, 128)
    assert not Path("out").exists()


@pytest.mark.slow
def test_failed_runs_give_exit_code_1_and_are_counted(capsys: Printed) -> None:
    path = study("morris", "trajectories = 2")
    words = ["sensitivity", path, "--out", "out", "--jobs", "1", "--lang", "en"]
    assert main([*words, "--run-timeout", "0.001"]) == 1
    told = capsys.readouterr()
    assert "Too few groups" in told.out and "failed" in told.err
    table = load_results("out", "sensitivity")
    assert set(table["dropped"]) == {2} and set(table["failed_points"]) == {6}
    assert table["mu_star"].isna().all()


@pytest.mark.slow
@pytest.mark.parametrize(("design", "size", "more", "said"), [
    ("sobol", "samples = 12", [], "8 or 16"),
    ("morris", "", ["--discover", "satisfaction > 0"], "latin_hypercube"),
    ("sobol", "samples = 8", ["--discover", "nonsense"], "difference in"),
    ("sobol", "samples = 8", ["--set", "run.yaers=2"], "years"),
])
def test_bad_input_is_refused_before_anything_runs(
    capsys: Printed, design: str, size: str, more: list[str], said: str
) -> None:
    path = study(design, size)
    assert main(["sensitivity", path, "--out", "out", "--lang", "en", *more]) == 2
    printed = capsys.readouterr()
    assert said in printed.err and printed.out == "" and not Path("out").exists()
