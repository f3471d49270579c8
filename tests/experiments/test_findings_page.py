"""Findings with other seeds: kept from the full form alone, told side by side, counted right."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from toy_experiment import write_experiment

from linkage_sim.cli.app import main
from linkage_sim.errors import InputError
from linkage_sim.report.findings_page import page
from linkage_sim.studies.expected import ELSEWHERE, keep_elsewhere, keep_expected
from linkage_sim.studies.experiment import shipped_experiments
from linkage_sim.words import set_language

ROOT = Path(__file__).parents[2]


def results(toy: Path, out: Path, *more: str) -> Path:
    assert main(["reproduce", str(toy), "--jobs", "1", "--out", str(out), "--no-figures",
                 "--quiet", *more]) == 0
    return out / toy.name / "result"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("made")
    toy = write_experiment(place / "all" / "waiting")
    keep_expected(results(toy, place / "own"), toy, "full")
    keep_elsewhere(results(toy, place / "other", "--seed", "77"), toy)
    set_language(None)
    return place / "all"


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "all")
    return tmp_path / "all"


@pytest.mark.slow
def test_both_sets_stand_side_by_side(copy: Path) -> None:
    text = page(copy)
    assert "1 of 1 come out with both" in text and "All of them come out" in text
    assert "waiting (seeds 77–" in text and "| comes out |" in text
    assert "--seed 77" in text


@pytest.mark.slow
def test_a_finding_that_fails_elsewhere_is_named_and_counted(copy: Path) -> None:
    path = copy / "waiting" / "expected" / ELSEWHERE / "findings.csv"
    table = pd.read_csv(path)
    table["verdict"] = "reversed"
    table.to_csv(path, index=False)
    text = page(copy)
    assert "0 of 1 come out with both" in text and "| REVERSED |" in text
    assert "Not with other seeds: `waiting` waiting_shortens." in text


@pytest.mark.slow
def test_only_other_seeds_of_the_full_form_are_kept(copy: Path, tmp_path: Path) -> None:
    toy = copy / "waiting"
    for more in (["--quick", "--seed", "77"],
                 ["--seed", "77", "--set", "assumptions.hearing.call_day=20"]):
        found = results(toy, tmp_path / str(len(more)), *more)
        with pytest.raises(InputError, match="other seeds and nothing else"):
            keep_elsewhere(found, toy)
    set_language(None)


@pytest.mark.slow
def test_without_other_seeds_there_is_no_page(copy: Path) -> None:
    shutil.rmtree(copy / "waiting" / "expected" / ELSEWHERE)
    with pytest.raises(InputError, match="elsewhere"):
        page(copy)


def test_the_page_in_docs_is_what_the_kept_results_say() -> None:
    assert (ROOT / "docs" / "findings.md").read_text(encoding="utf-8") == page(
        shipped_experiments())
