"""`linkage-sim explain` on a real traced run: stories, lists, and what it says when it cannot."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from linkage_sim.cli.explain import story_rows
from linkage_sim.errors import InputError
from linkage_sim.report.story import story

ROOT = Path(__file__).parents[2]


def linkage(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "linkage_sim", *words], cwd=ROOT, capture_output=True, text=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": str(ROOT), "LINKAGE_LANG": "en", "PYTHONUTF8": "1"},
    )


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("explain") / "traced"
    done = linkage("run", "toy", "--seed", "1", "--trace", "--quiet", "--out", str(place))
    assert done.returncode == 0, done.stderr
    return place


@pytest.fixture(scope="module")
def untraced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("explain") / "untraced"
    done = linkage("run", "toy", "--seed", "1", "--quiet", "--out", str(place))
    assert done.returncode == 0, done.stderr
    return place


def first_project(place: Path) -> str:
    return str(pd.read_parquet(place / "projects.parquet")["id"].iloc[0])


@pytest.mark.slow
def test_every_project_of_a_run_has_a_story_in_sentences(traced: Path) -> None:
    journal = pd.read_parquet(traced / "journal.parquet")
    for name in journal["project"].unique():
        rows, _ = story_rows(traced, name)
        told = story(rows, "en")
        assert len(told) == (journal["project"] == name).sum()
        # Facts as they stand in JSON would mean that a stage writes what no sentence knows.
        assert not [text for text in told if "{" in text]


@pytest.mark.slow
def test_the_story_is_printed_in_both_languages(traced: Path) -> None:
    name = first_project(traced)
    rows, _ = story_rows(traced, name)
    for lang in ("en", "zh"):
        done = linkage("explain", str(traced), "--project", name, "--lang", lang)
        assert done.returncode == 0, done.stderr
        assert name in done.stdout
        assert all(text in done.stdout for text in story(rows, lang))


@pytest.mark.slow
def test_json_holds_the_same_story(traced: Path) -> None:
    name = first_project(traced)
    done = linkage("explain", str(traced), "--project", name, "--json")
    answer = json.loads(done.stdout)
    assert answer["story"] == story(story_rows(traced, name)[0], "en")


@pytest.mark.slow
def test_without_a_project_all_are_listed_even_without_a_journal(
    traced: Path, untraced: Path
) -> None:
    for place in (traced, untraced):
        done = linkage("explain", str(place))
        assert done.returncode == 0, done.stderr
        ids = list(pd.read_parquet(place / "projects.parquet")["id"])
        assert [line.split()[0] for line in done.stdout.splitlines()[1:]] == ids
    listed = json.loads(linkage("explain", str(untraced), "--json").stdout)
    assert [item["id"] for item in listed] == ids
    assert set(listed[0]) == {
        "id", "year", "submission", "category", "approved", "score", "true_effect"
    }


@pytest.mark.slow
def test_an_unknown_project_is_answered_with_near_ids(traced: Path) -> None:
    name = first_project(traced)
    done = linkage("explain", str(traced), "--project", name + "x")
    assert done.returncode == 2
    assert name in done.stderr and "Traceback" not in done.stderr


@pytest.mark.slow
def test_an_unknown_run_names_the_known(traced: Path) -> None:
    with pytest.raises(InputError, match="looks like toy-000001"):
        story_rows(traced, first_project(traced), {"run_id": "nobody"})


@pytest.mark.slow
def test_without_a_journal_it_says_what_to_do(untraced: Path) -> None:
    done = linkage("explain", str(untraced), "--project", first_project(untraced))
    assert done.returncode == 2
    assert "--trace" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.slow
def test_no_directory_is_bad_input(tmp_path: Path) -> None:
    done = linkage("explain", str(tmp_path / "nothing"))
    assert done.returncode == 2 and "Traceback" not in done.stderr


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A traced comparison of two scenarios over two seeds."""
    place = tmp_path_factory.mktemp("explain") / "compared"
    done = linkage("compare", "toy", "toy+full_reform", "--replications", "2", "--jobs", "1",
                   "--trace", "--quiet", "--out", str(place))
    assert done.returncode == 0, done.stderr
    return place


@pytest.mark.slow
def test_a_comparison_lists_its_runs_and_then_the_projects_of_one(compared: Path) -> None:
    table = pd.read_parquet(compared / "projects.parquet")
    runs = json.loads(linkage("explain", str(compared), "--json").stdout)
    assert [(run["scenario"], run["seed"]) for run in runs] == [
        ("full_reform", 1), ("full_reform", 2), ("toy", 1), ("toy", 2),
    ]
    counted = table.groupby("run_id").size().to_dict()
    assert {run["run_id"]: run["projects"] for run in runs} == counted
    told = linkage("explain", str(compared)).stdout
    assert all(run["run_id"] in told for run in runs)
    ids = list(table[(table["scenario"] == "toy") & (table["seed"] == 2)]["id"])
    for chosen in (["--scenario", "toy", "--seed", "2"], ["--run", "toy-000002"]):
        listed = linkage("explain", str(compared), *chosen).stdout.split("\n\n")[0]
        assert [line.split()[0] for line in listed.splitlines()[1:]] == ids


def test_the_command_it_names_tells_a_story(compared: Path) -> None:
    name = first_project(compared)
    done = linkage("explain", str(compared), "--project", name, "--scenario", "full_reform")
    assert done.returncode == 2 and "2 runs fit" in done.stderr
    assert "scenarios there: full_reform; seeds: 1, 2" in done.stderr
    stories = {
        story_rows(compared, name, {"scenario": scenario, "seed": 1})[1]
        for scenario in ("toy", "full_reform")
        if name in set(pd.read_parquet(compared / "journal.parquet").query(
            "scenario == @scenario and seed == 1")["project"])
    }
    assert stories and stories <= {"toy-000001", "full_reform-000001"}
    done = linkage("explain", str(compared), "--project", name, "--scenario", "toy", "--seed", "9")
    assert done.returncode == 2 and "no such run (toy, 9)" in done.stderr


@pytest.mark.slow
def test_a_project_handed_in_twice_has_two_lines_that_differ(tmp_path: Path) -> None:
    """Of X Community: with little money and much asked for, projects come back a year later."""
    place = tmp_path / "poor"
    done = linkage("run", "x_community", "--set", "world.residents=300", "--set",
                   "world.budget_yuan_per_year=60000", "--set",
                   "assumptions.hearing.submission_factor=2.5", "--quiet", "--out", str(place))
    assert done.returncode == 0, done.stderr
    table = pd.read_parquet(place / "projects.parquet")
    assert table["id"].duplicated().any()
    assert not table.duplicated(["id", "submission"]).any()
    listed = linkage("explain", str(place)).stdout
    lines, note = listed.strip().split("\n\n")
    assert len(set(lines.splitlines())) == len(table) + 1
    assert "handed in again" in note
    head = lines.splitlines()[0]
    assert "year" in head and "submission" in head


@pytest.mark.slow
def test_hours_of_real_projects_add_up(compared: Path) -> None:
    journal = pd.read_parquet(compared / "journal.parquet")
    told = [text for _, rows in journal.groupby(["run_id", "project"])
            for text in story(rows.to_dict("records"), "en")]
    shares = [
        [int(share) for share in re.findall(r"(\d+) %", found[0])]
        for text in told
        for found in [re.search(r"its effort: .*? idle|staff hours? .*? stood idle", text)] if found
    ]
    assert len(shares) > 10
    assert {(len(item), sum(item)) for item in shares} == {(4, 100)}


@pytest.mark.slow
def test_the_hint_of_a_directory_without_a_journal_works(tmp_path: Path) -> None:
    """It may write into that very directory: the same numbers, and the journal beside them."""
    untraced = tmp_path / "untraced"
    assert linkage("run", "toy", "--quiet", "--out", str(untraced)).returncode == 0
    done = linkage("explain", str(untraced), "--project", first_project(untraced))
    command = done.stderr.rpartition("for example: ")[2].split()
    words = command[command.index("run"):]
    assert str(untraced) in words and words[-1] == "--trace"
    before = pd.read_parquet(untraced / "outcomes.parquet")
    again = linkage(*words)
    assert again.returncode == 0, again.stderr
    after = pd.read_parquet(untraced / "outcomes.parquet")
    assert set(after.columns) - set(before.columns) == {"run.trace"}
    pd.testing.assert_frame_equal(after[before.columns], before)
    assert (untraced / "journal.parquet").exists()
