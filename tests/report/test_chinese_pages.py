"""Blocks of numbers on a Chinese page: titles, and a picture drawn for that page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from linkage_sim.errors import InputError
from linkage_sim.report import fonts
from linkage_sim.report.number_blocks import fill
from linkage_sim.scenario.schema import Scenario
from linkage_sim.words import set_language
from tests.report.pictures import needs_chinese_font
from tests.report.test_number_blocks import block, page, rows_by_hand, write


@pytest.fixture(autouse=True)
def in_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Who fills a page need not speak its language."""
    monkeypatch.chdir(tmp_path)
    set_language("en")
    yield
    set_language(None)


def titled_results() -> Path:
    stored = [
        {"name": name, "content": {**Scenario().model_dump(mode="json"), **titles}}
        for name, titles in (
            ("vote", {"title": "Before + Vote", "title_zh": "原先做法 + 居民投票"}),
            ("before", {"title": "Before", "title_zh": "原先做法"}),
        )
    ]
    return write(Path("results/titled"), rows_by_hand(), scenarios=stored)


def test_a_chinese_page_gets_a_chinese_picture_whatever_the_results_hold() -> None:
    needs_chinese_font()
    place = titled_results()
    path = page(block("forest from results/titled to zh.png in zh")
                + block("forest from results/titled to en.png"))
    assert fill(path, place) == 2
    text = path.read_text(encoding="utf-8")
    assert "![各项改革与基准（原先做法）相比的变化](zh.png)" in text
    assert "![What each reform changes, compared with before](en.png)" in text
    assert Path("zh.png").read_bytes() != Path("en.png").read_bytes()


def test_without_a_chinese_font_neither_page_nor_picture_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """New numbers beside an old picture would be worse than none."""
    results = write(Path("results/ours"), rows_by_hand())
    monkeypatch.setattr(fonts, "CJK_FONTS", ("No Such Font",))
    text = (block("headline from results/ours in zh")
            + block("forest from results/ours to zh.png in zh"))
    path = page(text)
    with pytest.raises(InputError, match="fonts-noto-cjk"):
        fill(path, results)
    assert path.read_text(encoding="utf-8") == text
    assert not Path("zh.png").exists()


def test_in_chinese_a_reform_is_called_by_its_title_and_its_id() -> None:
    place = titled_results()
    path = page(block("headline from results/titled in zh") + block("headline from results/titled"))
    fill(path, place)
    text = path.read_text(encoding="utf-8")
    assert "| 结果指标 | 基准值 | 居民投票<br>`vote` |" in text
    assert "| outcome | baseline | `vote` |" in text
    assert "- 需求覆盖率（need_coverage），居民投票（vote）：有 1 对" in text
