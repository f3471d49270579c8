"""`linkage-sim explain` on a real traced run: stories, lists, and what it says when it cannot."""

from __future__ import annotations

import json
import os
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


def test_every_project_of_a_run_has_a_story_in_sentences(traced: Path) -> None:
    journal = pd.read_parquet(traced / "journal.parquet")
    for name in journal["project"].unique():
        rows, _ = story_rows(traced, name)
        told = story(rows, "en")
        assert len(told) == (journal["project"] == name).sum()
        # Facts as they stand in JSON would mean that a stage writes what no sentence knows.
        assert not [text for text in told if "{" in text]


def test_the_story_is_printed_in_both_languages(traced: Path) -> None:
    name = first_project(traced)
    rows, _ = story_rows(traced, name)
    for lang in ("en", "zh"):
        done = linkage("explain", str(traced), "--project", name, "--lang", lang)
        assert done.returncode == 0, done.stderr
        assert name in done.stdout
        assert all(text in done.stdout for text in story(rows, lang))


def test_json_holds_the_same_story(traced: Path) -> None:
    name = first_project(traced)
    done = linkage("explain", str(traced), "--project", name, "--json")
    answer = json.loads(done.stdout)
    assert answer["story"] == story(story_rows(traced, name)[0], "en")


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
    assert set(listed[0]) == {"id", "category", "approved", "score", "true_effect"}


def test_an_unknown_project_is_answered_with_near_ids(traced: Path) -> None:
    name = first_project(traced)
    done = linkage("explain", str(traced), "--project", name + "x")
    assert done.returncode == 2
    assert name in done.stderr and "Traceback" not in done.stderr


def test_an_unknown_run_names_the_known(traced: Path) -> None:
    with pytest.raises(InputError, match="known: toy-"):
        story_rows(traced, first_project(traced), "nobody")


def test_without_a_journal_it_says_what_to_do(untraced: Path) -> None:
    done = linkage("explain", str(untraced), "--project", first_project(untraced))
    assert done.returncode == 2
    assert "--trace" in done.stderr and "Traceback" not in done.stderr


def test_no_directory_is_bad_input(tmp_path: Path) -> None:
    done = linkage("explain", str(tmp_path / "nothing"))
    assert done.returncode == 2 and "Traceback" not in done.stderr
