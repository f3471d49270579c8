"""docs/sensitivity.md says what its small tables hold."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from linkage_sim.errors import InputError
from linkage_sim.report.sensitivity_page import fill, main

ROOT = Path(__file__).parents[2]
PAGE, DATA = Path("docs/sensitivity.md"), Path("docs/data/sensitivity")


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the page and its tables, seen from the same place."""
    shutil.copytree(ROOT / DATA, tmp_path / DATA)
    shutil.copy(ROOT / PAGE, tmp_path / PAGE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_page_is_filled_from_its_tables(copy: Path) -> None:
    assert fill(PAGE, DATA) >= 10
    assert PAGE.read_text("utf-8") == (ROOT / PAGE).read_text("utf-8")


@pytest.mark.parametrize("table", ["space_conclusions", "morris_sensitivity", "delay_parts"])
def test_another_number_in_a_table_is_another_page(copy: Path, table: str) -> None:
    """Negative control."""
    path = DATA / f"{table}.csv"
    text = path.read_text("utf-8")
    path.write_text(text.replace("0.0", "0.9"), "utf-8")
    assert path.read_text("utf-8") != text
    fill(PAGE, DATA)
    assert PAGE.read_text("utf-8") != (ROOT / PAGE).read_text("utf-8")


def test_every_block_can_speak_chinese(copy: Path) -> None:
    page = PAGE.read_text("utf-8")
    lines = [line.replace(" -->", " in zh -->") if line.startswith("<!-- sensitivity") else line
             for line in page.split("\n")]
    PAGE.write_text("\n".join(lines), "utf-8")
    assert main([str(PAGE), str(DATA)]) == 0
    filled = PAGE.read_text("utf-8")
    for words in ("假设空间", "偶然", "总效应", "延误的作用方式", "个配对随机种子"):
        assert words in filled


@pytest.mark.parametrize(("block", "said"), [
    ("nonsense of space", "headline of NAME"), ("headline of nowhere", "nowhere"),
])
def test_a_block_that_cannot_be_filled_changes_nothing(
    copy: Path, block: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    PAGE.write_text(f"before\n<!-- sensitivity: {block} -->\n<!-- end -->\n", "utf-8")
    assert main([str(PAGE), str(DATA)]) == 2
    assert said in capsys.readouterr().err
    assert PAGE.read_text("utf-8").count("\n") == 3
    with pytest.raises(InputError):
        fill(copy / "docs" / "not_there.md", DATA)
