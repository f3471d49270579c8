"""A register of residents is personal data: results hold its path and hash, never its rows."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import pytest

from linkage_sim.cli.app import main
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.studies.results import load_provenance, load_results
from linkage_sim.world import build

RESIDENTS = 60
# Codes and ages no program would make up by itself.
MARKS = ("QZPERSON", "QZHOME", "QZTOWER")
AGES = [17, 83, 41, 5, 66, 92, 29, 58, 74, 37]


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    register = tmp_path / "register.csv"
    lines = ["id,age,household,building,needs"]
    for number in range(RESIDENTS):
        need = "elder_care" if number % 4 == 0 else ""
        lines.append(
            f"QZPERSON{number:04d},{AGES[number % len(AGES)]},QZHOME{number // 3:03d},"
            f"QZTOWER{number // 20},{need}"
        )
    register.write_text("\n".join(lines) + "\n", encoding="utf-8")
    checksum = hashlib.sha256(register.read_bytes()).hexdigest()
    path = tmp_path / "ours.toml"
    path.write_text(
        f"""
extends = "toy.toml"
[world]
residents = {RESIDENTS}
budget_yuan_per_year = 20000
[world.resident_register]
path = "register.csv"
sha256 = "{checksum}"
residents = {RESIDENTS}
""",
        encoding="utf-8",
    )
    return path


def everything_written(folder: Path) -> dict[str, str]:
    """Every file as text, tables unpacked."""
    found = {}
    for item in folder.rglob("*"):
        if item.is_file():
            text = item.read_bytes().decode("latin-1")
            if item.suffix == ".parquet":
                text += pd.read_parquet(item).to_csv()
            found[item.name] = text
    return found


def test_rows_of_the_register_are_nowhere_in_results(
    scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "results"
    code = main(["run", str(scenario), "--trace", "--out", str(out),
                 "--set", "run.record_weeks=true"])
    assert code == 0
    printed = capsys.readouterr()
    written = everything_written(out)
    assert {"journal.parquet", "weeks.parquet", "provenance.json"} <= set(written)
    ages = ", ".join(map(str, AGES[:4]))
    for name, text in {**written, "printed": printed.out + printed.err}.items():
        for mark in (*MARKS, ages, ages.replace(", ", ",")):
            assert mark not in text, f"{mark} stands in {name}"
    stored = load_provenance(out)["scenarios"][0]["content"]["world"]["resident_register"]
    assert set(stored) == {"path", "sha256", "residents", "encoding", "columns"}
    # The search itself would find a row if one were written.
    (out / "leak.txt").write_text((tmp_path / "register.csv").read_text())
    assert MARKS[0] in everything_written(out)["leak.txt"]


def test_register_takes_part_in_the_run(scenario: Path) -> None:
    from linkage_sim.model import LinkageModel

    model = LinkageModel(load_scenario(str(scenario)), seed=1)
    counted = [int((model.people.age_group == group).sum()) for group in range(4)]
    expected = [0, 0, 0, 0]
    for number in range(RESIDENTS):
        age = AGES[number % len(AGES)]
        expected[(age >= 15) + (age >= 40) + (age >= 60)] += 1
    model.release()
    assert counted == expected


def test_changed_register_is_refused_without_showing_it(
    scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "results"
    assert main(["run", str(scenario), "--out", str(out)]) == 0
    register = tmp_path / "register.csv"
    register.write_text(register.read_text().replace(",17,", ",18,", 1))
    capsys.readouterr()
    # A new process has no people in memory.
    build._KEPT.clear()
    assert main(["rerun", str(out)]) == 2
    printed = capsys.readouterr()
    assert "has changed" in printed.err
    assert not any(mark in printed.err + printed.out for mark in MARKS)
    assert len(load_results(out)) == 1
