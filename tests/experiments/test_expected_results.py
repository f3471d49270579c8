"""Comparison with expected results: to the last figure at home, within uncertainty elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from linkage_sim.errors import InputError
from linkage_sim.studies.expected import RECORD, compare_tables, environment, written_table

TABLE = pd.DataFrame({
    "outcome": ["trust", "turnout"], "n": [20, 20], "mean": [0.5, 0.25], "low": [0.48, 0.25],
    "high": [0.52, 0.25],
})


def kept(folder: Path, home: bool) -> Path:
    (folder / "summary.csv").write_text(written_table(TABLE), encoding="utf-8")
    known = environment() if home else {**environment(), "numpy": "0.0"}
    (folder / RECORD).write_text(json.dumps({"environment": known}), encoding="utf-8")
    return folder


def moved(by: float, column: str = "mean", row: int = 0) -> dict[str, pd.DataFrame]:
    table = TABLE.copy().astype({"n": float})
    table.loc[row, column] += by
    return {"summary": table}


@pytest.mark.parametrize("home", [True, False])
def test_the_same_numbers_are_the_same(tmp_path: Path, home: bool) -> None:
    found = compare_tables({"summary": TABLE}, kept(tmp_path, home), 1.0)
    assert (found.differ, found.exact, found.numbers) == (0, home, 10)


def test_at_home_the_seventh_figure_counts(tmp_path: Path) -> None:
    assert compare_tables(moved(1e-7), kept(tmp_path, True), 1.0).differ == 1


def test_rounding_of_the_last_figure_is_no_difference(tmp_path: Path) -> None:
    assert compare_tables(moved(2e-10), kept(tmp_path, True), 1.0).differ == 0


@pytest.mark.parametrize(("by", "differ"), [(0.019, 0), (0.021, 1)])
def test_elsewhere_a_mean_may_move_by_half_its_interval(
    tmp_path: Path, by: float, differ: int
) -> None:
    assert compare_tables(moved(by), kept(tmp_path, False), 1.0).differ == differ


def test_elsewhere_a_number_that_never_varied_may_not_move(tmp_path: Path) -> None:
    assert compare_tables(moved(1e-6, row=1), kept(tmp_path, False), 1.0).differ == 1


def test_elsewhere_a_run_more_or_less_is_no_difference(tmp_path: Path) -> None:
    assert compare_tables(moved(1.0, "n"), kept(tmp_path, False), 1.0).differ == 0
    assert compare_tables(moved(2.0, "n"), kept(tmp_path, False), 1.0).differ == 1
    assert compare_tables(moved(1.0, "n"), kept(tmp_path, True), 1.0).differ == 1


def test_a_table_or_a_row_too_few_is_a_difference(tmp_path: Path) -> None:
    folder = kept(tmp_path, True)
    assert compare_tables({}, folder, 1.0).differ == 1
    assert compare_tables({"summary": TABLE.iloc[:1]}, folder, 1.0).lines
    assert compare_tables({"summary": TABLE, "more": TABLE}, folder, 1.0).differ == 1


def test_nothing_kept_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="without --check"):
        compare_tables({"summary": TABLE}, tmp_path, 1.0)


@pytest.mark.parametrize("content", [b"{", b"[]", b"{}", b"\xff"])
def test_a_damaged_record_is_not_taken_for_a_missing_one(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "provenance.json").write_bytes(content)
    with pytest.raises(InputError, match="provenance.json: is damaged"):
        compare_tables({"summary": TABLE}, tmp_path, 1.0)
