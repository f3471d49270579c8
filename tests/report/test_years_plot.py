"""The picture of the years draws means and percentiles of the runs, and its words stay apart."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import matplotlib
import pandas as pd
import pytest
from matplotlib import font_manager

from linkage_sim.errors import InputError
from linkage_sim.outcomes import HEADLINES
from linkage_sim.report import fonts
from linkage_sim.report.figures import years_plot
from linkage_sim.report.fonts import chinese_font
from linkage_sim.report.years import bands, years_figure
from linkage_sim.words import say
from tests.report.pictures import needs_chinese_font, overlaps, styled

NAMES = ("base", "base+fast_approval", "base+full_reform")
SEEDS = 11


def years_of(names: tuple[str, ...] = NAMES, n_years: int = 3) -> pd.DataFrame:
    """Eleven seeds whose values in a year are 0, 1 ... 10, moved by scenario, year and outcome."""
    return pd.DataFrame([
        {"scenario": name, "seed": seed, "year": year,
         **{outcome: seed + 100.0 * j + 20.0 * year + k for k, outcome in enumerate(HEADLINES)}}
        for j, name in enumerate(names) for seed in range(SEEDS) for year in range(1, n_years + 1)
    ])


def panel(figure: Any, outcome: str, name: str) -> Any:
    (axes,) = [axes for axes in figure.axes if axes.get_gid() == f"{outcome}-{name}"]
    return axes


def test_mean_and_percentiles_are_those_worked_out_by_hand() -> None:
    # Of 0, 1 ... 10 the mean is 5, the 10th percentile 1, the 90th 9.
    found = bands(years_of(), HEADLINES[2])
    assert found.loc[("base", 1)].to_dict() == {"mean": 27.0, "low": 23.0, "high": 31.0}
    assert found.loc[("base+full_reform", 3)].to_dict() == {
        "mean": 267.0, "low": 263.0, "high": 271.0,
    }


def test_every_panel_draws_its_reform_and_the_baseline() -> None:
    years = years_of()
    figure = years_figure(years, NAMES)
    for k, outcome in enumerate(HEADLINES):
        for name in NAMES[1:]:
            axes = panel(figure, outcome, name)
            lines = {line.get_gid(): line for line in axes.lines}
            assert set(lines) == {"mean-base", f"mean-{name}"}
            for shown in ("base", name):
                middle = [100.0 * NAMES.index(shown) + 20.0 * year + k + 5 for year in (1, 2, 3)]
                assert lines[f"mean-{shown}"].get_xdata().tolist() == [1, 2, 3]
                assert list(lines[f"mean-{shown}"].get_ydata()) == middle
                (band,) = [item for item in axes.collections
                           if item.get_gid() == f"band-{shown}"]
                heights = set(band.get_paths()[0].vertices[:, 1])
                assert heights == {value + side for value in middle for side in (-4, 4)}


def test_order_of_rows_does_not_matter_and_one_seed_more_does() -> None:
    years = years_of()
    shuffled = years.sample(frac=1.0, random_state=3)
    pd.testing.assert_frame_equal(bands(years, HEADLINES[0]), bands(shuffled, HEADLINES[0]))
    fewer = years[years["seed"] < SEEDS - 1]
    assert not bands(fewer, HEADLINES[0]).equals(bands(years, HEADLINES[0]))


def test_undefined_years_are_left_out_and_an_undefined_reform_is_said() -> None:
    years = years_of()
    years.loc[years["seed"] == 0, HEADLINES[0]] = float("nan")
    assert bands(years, HEADLINES[0]).loc[("base", 1), "mean"] == 25.5
    years.loc[years["scenario"] == NAMES[1], HEADLINES[0]] = float("nan")
    figure = years_figure(years, NAMES)
    said = [text.get_text() for text in panel(figure, HEADLINES[0], NAMES[1]).texts]
    assert said == [say("report.forest.undefined", "en")]
    assert not panel(figure, HEADLINES[0], NAMES[2]).texts


def test_files_words_and_provenance(tmp_path: Path) -> None:
    first = years_plot(years_of(), tmp_path / "years.png", "en", "hash-123", NAMES)
    again = years_plot(years_of(), tmp_path / "more.png", "en", "hash-123", NAMES)
    assert [item.name for item in first] == ["years.png", "years.svg"]
    assert [item.read_bytes() for item in first] == [item.read_bytes() for item in again]
    assert all(b"hash-123" in item.read_bytes() for item in first)
    text = first[1].read_text(encoding="utf-8")
    assert all(say(f"outcome.{name}.label", "en") in text for name in HEADLINES)
    assert "fast_approval" in text and "full_reform" in text and "11 simulated worlds" in text


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("count", "n_years"), [(1, 2), (2, 5), (5, 5), (8, 1), (5, 30)])
def test_no_words_overlap_or_leave_the_picture(count: int, n_years: int, language: str) -> None:
    if language == "zh":
        needs_chinese_font()
    reforms = ("public_opinion", "fast_approval", "effectiveness_first", "scientific_evaluation",
               "full_reform", "public_opinion+fast_approval", "mine", "another_long_name_of_one")
    names = ("x_community", *(f"x_community+{name}" for name in reforms[:count]))
    with styled(language):
        assert overlaps(years_figure(years_of(names, n_years), names, language)) == []


@pytest.mark.parametrize(
    "years", [years_of(("base",)), years_of(NAMES[1:]), years_of().drop(columns=list(HEADLINES))]
)
def test_nothing_to_draw_is_said(years: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing to draw"):
        years_plot(years, tmp_path / "x.png", names=NAMES)
    assert list(tmp_path.iterdir()) == []


def test_chinese_picture(tmp_path: Path) -> None:
    needs_chinese_font()
    _, svg = years_plot(years_of(), tmp_path / "years.png", "zh", "", NAMES)
    text = svg.read_text(encoding="utf-8")
    assert all(say(f"outcome.{name}.label", "zh") in text for name in HEADLINES)
    assert not re.search("better|Band|share", text)


def test_a_font_installed_after_the_list_was_made_is_found(monkeypatch: Any) -> None:
    needs_chinese_font()
    manager = font_manager.fontManager
    old = [entry for entry in manager.ttflist if entry.name not in fonts.CJK_FONTS]
    monkeypatch.setattr(manager, "ttflist", old)
    assert chinese_font() in fonts.CJK_FONTS


def test_a_file_that_is_no_font_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "NotoSansCJK-Broken.ttc").write_bytes(b"no font")
    broken = str(tmp_path / "NotoSansCJK-Broken.ttc")
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [])
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [broken])
    with pytest.raises(InputError, match="fonts-noto-cjk"):
        chinese_font()
    assert matplotlib.rcParams["font.family"] == ["sans-serif"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_note_below_the_title_has_room(language: str) -> None:
    if language == "zh":
        needs_chinese_font()
    note = "双方均设定 " if language == "zh" else "both sides with "
    note += ", ".join(["world.budget_yuan_per_year=150000"] * 6)
    with styled(language):
        figure = years_figure(years_of(), NAMES, language, note=note)
        assert overlaps(figure) == []
    assert note in " ".join(text.get_text() for text in figure.texts)
