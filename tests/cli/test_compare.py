"""`compare`: reforms by their id, nothing cut, every number also for programs."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from linkage_sim.cli.app import main
from linkage_sim.cli.layout import MISSING, columns, decimals_for, number
from linkage_sim.cli.study_words import display_names
from linkage_sim.outcomes import HEADLINES, NAMES
from linkage_sim.studies.results import (
    ResultsDamagedError,
    load_provenance,
    load_results,
    provenance_hash,
)

ROOT = Path(__file__).parents[2]
REFORMS = ("public_opinion", "fast_approval", "effectiveness_first", "scientific_evaluation",
           "full_reform")
Printed = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.slow
def test_piped_at_80_columns_every_name_and_interval_is_whole(tmp_path: Path) -> None:
    specs = ["toy", *(f"toy+{reform}" for reform in REFORMS)]
    done = subprocess.run(
        [sys.executable, "-m", "linkage_sim", "compare", *specs, "--replications", "3",
         "--jobs", "2", "--out", "results/ours"],
        capture_output=True, text=True, timeout=300, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80", "LINKAGE_LANG": "en"},
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    for reform in REFORMS:
        rows = [line.split() for line in lines if line.split()[:1] == [reform]]
        assert len(rows) == len(HEADLINES)
        for row in rows:
            # mean, difference, interval
            assert row[2] == MISSING or float(row[2]) == float(row[2])
            assert row[3].startswith("[") and row[4].endswith("]")
    assert "…" not in done.stdout
    table = [line for line in lines if "[" in line]
    assert max(map(len, table)) <= 80
    assert "results/ours" in done.stdout
    assert set(load_results(tmp_path / "results/ours")["scenario"]) == {"toy", *REFORMS}


def test_json_has_the_columns_of_the_python_call(capsys: Printed, tmp_path: Path) -> None:
    code = main(["compare", "toy", "toy+fast_approval", "--replications", "2", "--jobs", "1",
                 "--json"])
    assert code == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == len(NAMES)
    assert list(rows[0])[:9] == [
        "scenario", "baseline", "outcome", "baseline_mean", "mean", "difference", "low", "high",
        "n",
    ]
    undefined = next(row for row in rows if row["outcome"] == "coverage_spread")
    assert (undefined["difference"], undefined["n"], undefined["dropped"]) == (None, 0, 2)
    assert list(tmp_path.iterdir()) == []


def test_baseline_option_comes_first(capsys: Printed) -> None:
    code = main(["compare", "toy+full_reform", "--baseline", "toy", "--replications", "2",
                 "--jobs", "1", "--json", "--seed", "7", "--out", "here"])
    assert code == 0
    rows = json.loads(capsys.readouterr().out)
    assert {(row["scenario"], row["baseline"]) for row in rows} == {("full_reform", "toy")}
    assert sorted(set(load_results("here")["seed"])) == [7, 8]


def test_all_outcomes_are_printed_when_asked_for(capsys: Printed) -> None:
    arguments = ["compare", "toy", "toy+full_reform", "--replications", "2", "--jobs", "1"]
    assert main([*arguments, "--all"]) == 0
    text = capsys.readouterr().out
    for name in NAMES:
        assert f"\n{name}: " in text


def test_pictures_bear_the_hash_of_their_provenance(tmp_path: Path) -> None:
    arguments = ["compare", "toy", "toy+full_reform", "--replications", "2", "--jobs", "1"]
    assert main([*arguments, "--quiet", "--out", "here"]) == 0
    hashed = provenance_hash(load_provenance("here"))
    listed = json.loads(Path("here/manifest.json").read_text(encoding="utf-8"))["files"]
    assert listed["provenance.json"]["sha256"] == hashed
    pictures = sorted(Path("here/figures").iterdir())
    assert {item.suffix for item in pictures} == {".png", ".svg"}
    for picture in pictures:
        assert f"provenance.json sha256:{hashed}".encode() in picture.read_bytes()


def test_dry_run_runs_nothing(capsys: Printed, tmp_path: Path) -> None:
    assert main(["compare", "toy", "toy+full_reform", "--dry-run", "--jobs", "2"]) == 0
    text = capsys.readouterr().out
    assert "Runs: 60" in text and "seeds: 30" in text and "MB" in text
    assert main(["compare", "toy", "toy+full_reform", "--dry-run", "--json"]) == 0
    estimate = json.loads(capsys.readouterr().out)
    assert estimate["runs"] == 60 and estimate["seconds"] > 0.0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["compare", "toy"],
        ["compare", "toy", "toy"],
        ["compare", "toy", "toy+full_reform", "--replications", "0"],
        ["compare", "toy", "toy+ful_reform"],
        ["compare", "toy", "toy+full_reform", "--jobs", "0"],
        ["compare", "toy", "toy+full_reform", "--set", "policy.aproval=1"],
        ["compare"],
    ],
)
def test_bad_usage_is_code_2_without_a_traceback(arguments: list[str], capsys: Printed) -> None:
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.err.strip()
    assert "Traceback" not in printed.err


def test_every_problem_of_every_scenario_is_told_once(capsys: Printed) -> None:
    assert main(["compare", "toyy", "toy+ful_reform", "toyy+full_reform"]) == 2
    error = capsys.readouterr().err
    assert error.count("'toyy'") == 1
    assert error.count("'ful_reform'") == 1


def test_names_are_reforms_by_their_id() -> None:
    specs = ["x_community", "x_community+full_reform", "x_community+a+b", "toy+full_reform"]
    assert display_names(specs) == ["x_community", "full_reform", "a+b", "toy+full_reform"]
    assert display_names(["plans/mine.toml", "plans/mine.toml+reforms/x.toml"]) == ["mine", "x"]
    # Two different things with the same short name keep what was typed.
    assert display_names(["toy", "toy+x", "x"]) == ["toy", "toy+x", "x"]


@pytest.mark.parametrize(
    ("value", "decimals", "signed", "text"),
    [
        (0.12345, 2, True, "+0.12"),
        (-0.12345, 3, False, "-0.123"),
        (-1e-17, 3, True, "0.000"),
        (float("nan"), 2, True, "–"),
        (0.0123456, None, False, "0.0123"),
        (123456.7, None, False, "123,457"),
    ],
)
def test_numbers_are_written_as_people_read_them(
    value: float, decimals: int | None, signed: bool, text: str
) -> None:
    assert number(value, decimals, signed) == text


def test_decimals_show_two_figures_of_the_uncertainty() -> None:
    assert decimals_for([0.034]) == 3
    assert decimals_for([12.0]) == 0
    assert decimals_for([0.0, 0.0], [0.25]) == 3
    # Two seeds: an interval of half width 1.5 must not round a share of .33 to nothing.
    assert decimals_for([1.5], [0.33, 0.28]) == 2
    assert decimals_for([0.0067], [0.5923]) == 4


def test_columns_line_up_in_chinese_too() -> None:
    lines = columns([["名称", "1"], ["ab", "22"]], right=(1,))
    assert lines == ["名称   1", "ab    22"]


def outcomes_with_stars(text: str) -> int:
    return sum(line.rstrip().endswith("  *") for line in text.splitlines())


def test_one_seed_has_no_interval_and_says_so(capsys: Printed) -> None:
    Path("same.toml").write_text('extends = "toy"\n', encoding="utf-8")
    assert main(["compare", "toy", "same", "toy+full_reform", "--replications", "1"]) == 0
    text = capsys.readouterr().out
    assert "1 paired seed," in text and "An interval needs at least two pairs" in text
    assert "[" not in text and "Bonferroni" not in text
    rows = [line.split() for line in text.splitlines() if line.split()[:1] == ["same"]]
    # What is equal differs by nothing: no sign before it.
    assert len(rows) == len(HEADLINES)
    assert all(float(row[2]) == 0.0 and row[2][0] == "0" and row[3] == MISSING for row in rows)


@pytest.mark.slow
def test_the_star_is_explained_where_there_is_one_and_only_there(capsys: Printed) -> None:
    Path("same.toml").write_text('extends = "toy"\n', encoding="utf-8")
    assert main(["compare", "toy", "same", "--replications", "3", "--jobs", "1"]) == 0
    text = capsys.readouterr().out
    assert outcomes_with_stars(text) == 0 and "Bonferroni" not in text
    # Ten times the money in all seeds: somebody is helped who was not before.
    Path("rich.toml").write_text(
        'extends = "toy"\n[world]\nbudget_yuan_per_year = 60000\n', encoding="utf-8")
    assert main(["compare", "toy", "rich", "--replications", "12", "--jobs", "2", "--all"]) == 0
    text = capsys.readouterr().out
    assert outcomes_with_stars(text) > 0 and "Bonferroni" in text


BREAKS = """
from linkage_sim.scenario.registry import APPROVAL_RULES


@APPROVAL_RULES.register("breaks_for_tables")
class Breaks:
    def score(self, file, criteria, image_value):
        raise ArithmeticError("cannot rate this")
"""


@pytest.fixture
def breaking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A scenario of which every run fails."""
    (tmp_path / "breaks_for_tables.py").write_text(BREAKS, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    Path("breaking.toml").write_text(
        'extends = "toy"\n[policy.approval]\nrule = "breaks_for_tables"\n'
        '[run]\nplugins = ["breaks_for_tables"]\n', encoding="utf-8")
    return "breaking"


@pytest.mark.slow
def test_a_failed_run_is_told_once_and_not_as_an_undefined_outcome(
    breaking: str, capsys: Printed
) -> None:
    arguments = ["compare", "toy", breaking, "toy+full_reform", "--replications", "2"]
    assert main([*arguments, "--jobs", "1", "--out", "here"]) == 1
    printed = capsys.readouterr()
    assert printed.out.count("2 pairs dropped, because a run failed") == 1
    assert "undefined" not in printed.out
    assert "2 of 6 runs failed" in printed.err and "Breaks.score" in printed.err
    reasons = load_results("here", "failures")["reason"]
    assert all("in score" in text and "cannot rate this" in text for text in reasons)
    assert main([*arguments, "--jobs", "2", "--json"]) == 1
    rows = json.loads(capsys.readouterr().out)
    assert {(row["n"], row["dropped"]) for row in rows if row["scenario"] == breaking} == {(0, 2)}


def test_when_every_run_fails_there_is_nothing_to_compare(breaking: str, capsys: Printed) -> None:
    Path("too.toml").write_text('extends = "breaking"\n', encoding="utf-8")
    arguments = ["compare", breaking, "too", "--replications", "2", "--jobs", "1"]
    assert main([*arguments, "--out", "here"]) == 1
    printed = capsys.readouterr()
    assert "Nothing to compare" in printed.out and "Try next" not in printed.out
    assert "4 of 4 runs failed" in printed.err and "draw" not in printed.err
    assert not list(Path("here").rglob("*.png"))
    assert len(load_results("here", "failures")) == 4
    assert main([*arguments, "--json"]) == 1
    rows = json.loads(capsys.readouterr().out)
    assert [row["outcome"] for row in rows if row["outcome"] in HEADLINES] == list(HEADLINES)
    assert {(row["n"], row["dropped"], row["difference"]) for row in rows} == {(0, 2, None)}
    assert main(["explain", "here"]) == 2
    assert "no run finished" in capsys.readouterr().err


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start a comparison in a session of its own, so that a signal reaches it and no other."""
    return subprocess.Popen(
        [sys.executable, "-m", "linkage_sim", "compare", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "LINKAGE_LANG": "en"},
    )


def seconds_of_processor(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def stop(running: subprocess.Popen[str], number: int, ready: Callable[[], bool]) -> str:
    """Send a signal as soon as something is there; gives what was said on stderr."""
    try:
        deadline = time.monotonic() + 90
        while not ready():
            assert time.monotonic() < deadline and running.poll() is None
            time.sleep(0.02)
        os.killpg(running.pid, number)
        # Long before its work would be done.
        out, error = running.communicate(timeout=30)
    finally:
        if running.poll() is None:
            running.kill()
            running.communicate()
    assert "Traceback" not in error and out == ""
    return error


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130)])
def test_a_stopped_comparison_goes_on_where_it_stopped(
    number: signal.Signals, code: int, tmp_path: Path
) -> None:
    arguments = ("toy", "toy+full_reform", "--replications", "40", "--jobs", "2")
    place = tmp_path / "here"
    running = start(tmp_path, *arguments, "--out", "here")
    error = stop(running, number, lambda: len(list(place.rglob("*.seed"))) >= 5)
    assert running.returncode == code
    (done,) = re.findall(r"Interrupted; (\d+) of 40 seeds are finished and saved in here", error)
    assert 5 <= int(done) < 40
    assert error.rstrip().endswith(f"linkage-sim compare {' '.join(arguments)} --out here")
    assert not (place / "manifest.json").exists()
    with pytest.raises(ResultsDamagedError, match="not finished"):
        load_results(place)

    again = start(tmp_path, *arguments, "--out", "here")
    printed, told = again.communicate(timeout=120)
    assert again.returncode == 0
    assert told == f"Going on: {done} of 40 seeds were finished before and saved in here.\n"
    undisturbed = start(tmp_path, *arguments, "--out", "there")
    expected, _ = undisturbed.communicate(timeout=120)
    assert printed.replace("here", "there") == expected
    for table in ("outcomes", "years", "projects", "comparison"):
        pd.testing.assert_frame_equal(
            load_results(place, table), load_results(tmp_path / "there", table), check_exact=True
        )
    assert not (place / ".unfinished").exists()
    # A finished comparison is run afresh, not taken from what is there.
    third = start(tmp_path, *arguments, "--out", "here")
    assert (third.communicate(timeout=120)[1], third.returncode) == ("", 0)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_comparison_that_is_killed_goes_on_too(tmp_path: Path) -> None:
    arguments = ("toy", "toy+full_reform", "--replications", "40", "--jobs", "1", "--out", "here")
    running = start(tmp_path, *arguments)
    stop(running, signal.SIGKILL, lambda: len(list(tmp_path.rglob("*.seed"))) >= 3)
    again = start(tmp_path, *arguments)
    _, told = again.communicate(timeout=120)
    assert again.returncode == 0 and re.match("Going on: [0-9]+ of 40", told)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks /proc how far it is")
def test_without_a_place_a_stopped_comparison_says_that_nothing_is_kept(tmp_path: Path) -> None:
    arguments = ("toy", "toy+full_reform", "--replications", "5000", "--jobs", "1", "--json")
    running = start(tmp_path, *arguments)
    # Libraries that are being imported may swallow a Ctrl-C: it has to be at work.
    error = stop(running, signal.SIGINT, lambda: seconds_of_processor(running.pid) > 8.0)
    assert running.returncode == 130
    assert "nothing half-finished was written" in error
    assert list(tmp_path.iterdir()) == []
