"""The forest plot draws the values of the table, says what they are, and never draws boxes."""

from __future__ import annotations

import re
import warnings
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from linkage_sim.errors import InputError
from linkage_sim.outcomes import HEADLINES
from linkage_sim.report import fonts
from linkage_sim.report.figures import forest_figure, forest_plot, reform_label
from linkage_sim.words import say
from tests.report.pictures import needs_chinese_font, overlaps, styled

REFORMS = ("base+fast_approval", "base+full_reform")


def table_of(names: tuple[str, ...] = REFORMS, baseline: str = "base", **changed: Any) -> Any:
    rows = []
    for i, outcome in enumerate(HEADLINES):
        for j, name in enumerate(names):
            middle = 0.01 * (i + 1) - 0.013 * j
            rows.append({
                "scenario": name, "baseline": baseline, "outcome": outcome,
                "baseline_mean": 0.25, "mean": 0.25 + middle, "difference": middle,
                "low": middle - 0.004, "high": middle + 0.005, "n": 30,
                "low_adjusted": middle - 0.007, "high_adjusted": middle + 0.008, **changed,
            })
    return pd.DataFrame(rows)


def svg_text(path: Path) -> str:
    found = ET.parse(path).iter("{http://www.w3.org/2000/svg}text")
    return "\n".join("".join(item.itertext()) for item in found)


def drawn(table: pd.DataFrame, outcome: int) -> dict[str, list[float]]:
    axes = forest_figure(table).axes[outcome]
    return {line.get_gid(): list(line.get_xdata()) for line in axes.lines if line.get_gid()}


def test_every_value_drawn_is_a_value_of_the_table() -> None:
    table = table_of()
    for place, outcome in enumerate(HEADLINES):
        rows = table[table["outcome"] == outcome].reset_index(drop=True)
        lines = drawn(table, place)
        assert len([name for name in lines if name != "equal"]) == 3 * len(rows)
        for row in rows.itertuples():
            assert lines[f"point-{row.Index}"] == [row.difference]
            assert lines[f"interval-{row.Index}"] == [row.low, row.high]
            assert lines[f"adjusted-{row.Index}"] == [row.low_adjusted, row.high_adjusted]


def test_another_table_gives_another_picture() -> None:
    assert drawn(table_of(), 0) != drawn(table_of(difference=0.5), 0)


def test_zero_is_always_in_view() -> None:
    far = table_of(difference=5.0, low=4.9, high=5.1, low_adjusted=4.8, high_adjusted=5.2)
    for axes in forest_figure(far).axes[:5]:
        low, high = axes.get_xlim()
        assert low <= 0.0 < 5.2 <= high


def test_files_words_and_provenance(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        png, svg = forest_plot(table_of(), tmp_path / "forest.png", "en", "hash-123")
    assert png.read_bytes().startswith(b"\x89PNG")
    assert b"hash-123" in png.read_bytes() and "hash-123" in svg.read_text(encoding="utf-8")
    text = svg_text(svg)
    for outcome in HEADLINES:
        assert say(f"outcome.{outcome}.label", "en") in text
    assert "fast_approval" in text and "full_reform" in text
    assert text.count("baseline 0.25") == 5
    assert text.count("better →") == 4 and text.count("0 is best") == 1
    assert "(share)" in text and "30 worlds" in text


def test_the_same_table_gives_the_same_files(tmp_path: Path) -> None:
    first = forest_plot(table_of(), tmp_path / "one.png")
    second = forest_plot(table_of(), tmp_path / "two.png")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_equal_is_marked_where_the_difference_would_make_the_gap_zero(tmp_path: Path) -> None:
    gap = list(HEADLINES).index("coverage_gap")
    near = table_of(baseline_mean=-0.02)
    assert drawn(near, gap)["equal"] == [0.02, 0.02]
    _, svg = forest_plot(near, tmp_path / "x.png")
    words = svg_text(svg).split("\n")
    assert "0 is best: dotted line = equal" in words and " equal " in words
    assert not any("equal →" in text or "← " in text for text in words)


@pytest.mark.parametrize("middle", [-0.3, 0.3, float("nan")])
def test_equal_beyond_the_drawn_range_is_not_marked(middle: float, tmp_path: Path) -> None:
    table = table_of(baseline_mean=middle)
    gap = list(HEADLINES).index("coverage_gap")
    assert "equal" not in drawn(table, gap)
    _, svg = forest_plot(table, tmp_path / "x.png")
    words = svg_text(svg)
    assert "0 is best" in words and "equal" not in words


def test_undefined_differences_are_said_not_drawn(tmp_path: Path) -> None:
    nothing = float("nan")
    table = table_of(difference=nothing, low=nothing, high=nothing, low_adjusted=nothing,
                     high_adjusted=nothing, baseline_mean=nothing, n=0)
    _, svg = forest_plot(table, tmp_path / "x.png")
    assert svg_text(svg).count("undefined") == 15
    assert not drawn(table, 0)


@pytest.mark.parametrize("count", [1, 2, 9])
def test_names_are_never_cut(count: int) -> None:
    names = tuple(f"base+scientific_evaluation+a_rather_long_reform_{i}" for i in range(count))
    figure = forest_figure(table_of(names))
    renderer = FigureCanvasAgg(figure).get_renderer()
    for label in figure.axes[0].get_yticklabels():
        assert label.get_window_extent(renderer).x0 >= 0.0


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("count", "middle", "name"), [
    (1, 0.25, "scientific_evaluation"), (2, 0.25, "scientific_evaluation"),
    (5, 0.25, "scientific_evaluation"), (2, -0.012345, "fast"), (5, 0.012345, "fast"),
    (2, -0.012345, "scientific_evaluation_and_more"),
])
def test_no_words_overlap_or_leave_the_picture(
    count: int, middle: float, name: str, language: str
) -> None:
    if language == "zh":
        needs_chinese_font()
    names = tuple(f"base+{name}_{i}" for i in range(count))
    table = table_of(names, n=8, baseline_mean=middle)
    with styled(language):
        assert overlaps(forest_figure(table, language)) == []


@pytest.mark.parametrize("values", ["a.b=1", "policy.approval.desks=[{name = '$x$'}], " * 12])
def test_a_note_below_the_title_has_room_and_nothing_of_it_is_cut(values: str) -> None:
    note = f"both sides with {values}".strip()
    with styled("en"):
        figure = forest_figure(table_of(), note=note)
        assert overlaps(figure) == []
    lines = [text.get_text() for text in figure.texts[1:]]
    assert " ".join(lines) == note


def test_words_that_overlap_are_seen() -> None:
    """Negative control: a second title on the first, and one beyond the edge."""
    figure = forest_figure(table_of())
    figure.text(0.03, figure.texts[0].get_position()[1], "on the title")
    figure.text(0.99, 0.5, "beyond the edge")
    told = " ".join(overlaps(figure))
    assert "on the title" in told and "beyond the edge" in told


def test_worlds_are_counted_over_the_outcomes_shown(tmp_path: Path) -> None:
    other = table_of(n=1).assign(outcome="trust")
    _, svg = forest_plot(pd.concat([table_of(), other]), tmp_path / "x.png")
    assert "30 worlds" in svg_text(svg)


def test_a_label_is_what_is_added_to_the_baseline() -> None:
    assert reform_label("base+one+two", "base") == "one\n+ two"
    assert reform_label("other", "base") == "other"


def test_no_headline_outcome_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="demand_match"):
        forest_plot(table_of(outcome="trust"), tmp_path / "x.png")


@pytest.mark.parametrize(("language", "names"), [("zh", REFORMS), ("en", ("西安",))])
def test_without_a_chinese_font_nothing_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, names: tuple[str, ...]
) -> None:
    monkeypatch.setattr(fonts, "CJK_FONTS", ("No Such Font",))
    with pytest.raises(InputError, match="fonts-noto-cjk"):
        forest_plot(table_of(names), tmp_path / "x.png", language)
    assert not list(tmp_path.iterdir())


def test_a_font_that_lacks_the_letters_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "CJK_FONTS", ("DejaVu Sans",))
    with pytest.raises(InputError, match="fonts-noto-cjk"):
        forest_plot(table_of(), tmp_path / "x.png", "zh")
    assert not list(tmp_path.iterdir())


def test_chinese_picture(tmp_path: Path) -> None:
    needs_chinese_font()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _, svg = forest_plot(table_of(), tmp_path / "forest.png", "zh")
    text = svg_text(svg)
    assert all(say(f"outcome.{name}.label", "zh") in text for name in HEADLINES)
    assert not re.search("better|baseline", text)
