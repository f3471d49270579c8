"""`rerun`: the same numbers again, or a plain no."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from linkage_sim.cli.app import main
from linkage_sim.studies import results
from linkage_sim.studies.results import load_provenance, load_results, results_folder

Printed = pytest.CaptureFixture[str]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed) -> Path:
    monkeypatch.chdir(tmp_path)
    arguments = ["compare", "toy", "toy+full_reform", "--replications", "2", "--jobs", "1",
                 "--trace", "--out", "here", "--quiet"]
    assert main(arguments) == 0
    capsys.readouterr()
    return tmp_path / "here"


@pytest.mark.slow
def test_every_number_is_the_same_with_one_worker_and_two(place: Path, capsys: Printed) -> None:
    assert main(["rerun", str(place), "--jobs", "1"]) == 0
    assert "4 runs" in capsys.readouterr().out
    assert main(["rerun", str(place), "--jobs", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"same": True, "runs": 4, "differences": []}


def change_one_number(place: Path) -> None:
    """Write the directory anew, sound in itself, with one outcome off by the least step."""
    tables = {
        name: load_results(place, name) for name in ("outcomes", "years", "projects", "journal")
    }
    table = tables["outcomes"]
    table.loc[1, "trust"] = float(pd.Series([table.loc[1, "trust"]]).iloc[0]) + 1e-12
    record = load_provenance(place)
    with results_folder(place) as folder:
        folder.write(tables, record)


def test_one_number_that_differs_is_found_and_named(place: Path, capsys: Printed) -> None:
    change_one_number(place)
    assert main(["rerun", str(place), "--jobs", "1"]) == 1
    text = capsys.readouterr().out
    assert "outcomes.parquet" in text and "trust" in text and "1 of 4" in text
    assert main(["rerun", str(place), "--jobs", "1", "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["same"] is False and len(answer["differences"]) == 1


def test_damaged_directory_is_code_4(place: Path, capsys: Printed) -> None:
    table = place / "years.parquet"
    table.write_bytes(table.read_bytes()[:-10])
    assert main(["rerun", str(place)]) == 4
    assert "years.parquet" in capsys.readouterr().err


def test_directory_without_results_is_code_2(tmp_path: Path, capsys: Printed) -> None:
    assert main(["rerun", str(tmp_path)]) == 2
    assert main(["rerun", str(tmp_path / "nowhere")]) == 2
    assert "nowhere" in capsys.readouterr().err


def test_directory_in_use_is_code_3(
    place: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(handle: object, path: Path) -> None:
        raise results.ResultsInUseError(f"{path}: in use")

    monkeypatch.setattr(results, "_lock", refuse)
    assert main(["run", "toy", "--out", str(place)]) == 3
    assert "in use" in capsys.readouterr().err


@pytest.mark.parametrize("seed", [10**30, -1, "one", 1.5])
def test_recorded_seeds_that_are_none_are_refused(
    place: Path, capsys: Printed, seed: object
) -> None:
    tables = {name: load_results(place, name) for name in ("outcomes", "years", "projects")}
    with results_folder(place) as folder:
        folder.write(tables, {**load_provenance(place), "seeds": [1, seed]})
    assert main(["rerun", str(place)]) == 2
    assert "9223372036854775807" in capsys.readouterr().err
