"""Pictures of experiments: drawn from the table, in both languages, uncertainty always drawn."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from linkage_sim.errors import InputError
from linkage_sim.report.city_map import city_map
from linkage_sim.report.cycle_flow import cycle_flow
from linkage_sim.report.flow_table import flow_table
from linkage_sim.report.interaction_plot import interaction_plot
from linkage_sim.report.latency_curves import latency_curves
from linkage_sim.report.shapley_bars import shapley_bars
from linkage_sim.report.style import save_both
from linkage_sim.report.surface import goodhart_surface
from linkage_sim.report.trade_off import trade_off
from linkage_sim.report.trust_paths import trust_paths
from tests.report import plate_tables as tables
from tests.report.pictures import needs_chinese_font, overlaps, styled

KINDS: dict[str, tuple[Callable[..., Any], pd.DataFrame]] = {
    "surface": (goodhart_surface, tables.surface_table()),
    "latency": (latency_curves, tables.latency_table()),
    "interaction": (interaction_plot, tables.interaction_table()),
    "shapley": (shapley_bars, tables.shapley_table()),
    "flow": (cycle_flow, flow_table(tables.project_rows(3, ("x_community", "full_reform")))),
    "trust": (trust_paths, tables.trust_table()),
    "trade_off": (trade_off, tables.trade_off_table()),
    "city": (city_map, tables.city_table(13, 20)),
}
LATIN = re.compile(r"[A-Za-z]{4,}")
kinds = pytest.mark.parametrize("kind", KINDS)


def words(figure: Any) -> list[str]:
    from matplotlib.text import Text

    return [text for item in figure.findobj(Text) if (text := item.get_text().strip())]


def ids(figure: Any, start: str) -> list[str]:
    names = [item.get_gid() or "" for axes in figure.axes for item in axes.get_children()]
    return [name for name in names if name.startswith(start)]


@pytest.mark.slow
@kinds
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_words_overlap_or_leave_the_picture(kind: str, language: str) -> None:
    if language == "zh":
        needs_chinese_font()
    draw, table = KINDS[kind]
    with styled(language), warnings.catch_warnings():
        warnings.simplefilter("error")
        assert overlaps(draw(table, language)) == []


@kinds
def test_a_chinese_picture_holds_no_english(kind: str) -> None:
    needs_chinese_font()
    draw, table = KINDS[kind]
    with styled("zh"):
        assert [text for text in words(draw(table, "zh")) if LATIN.search(text)] == []


@kinds
def test_the_english_words_are_seen_by_the_check_above(kind: str) -> None:
    """Negative control."""
    draw, table = KINDS[kind]
    assert [text for text in words(draw(table, "en")) if LATIN.search(text)]


@kinds
def test_uncertainty_is_drawn_and_where_there_is_none_it_is_said(kind: str) -> None:
    draw, table = KINDS[kind]
    ends = [name for name in table if str(name).endswith(("low", "high"))]
    alone = table.assign(**dict.fromkeys(ends, float("nan")))
    with styled("en"):
        known = " ".join(words(draw(table, "en")))
        told = " ".join(words(draw(alone, "en")))
    sure = re.compile(r"95 % interval|±|90th percentile of worlds")
    assert sure.search(known) and "no interval" in told
    # What holds for a city map alone: the spread over communities is known with a single seed.
    assert kind == "city" or not sure.search(told)


@kinds
def test_a_table_that_lacks_a_column_or_has_no_row_is_refused(kind: str) -> None:
    draw, table = KINDS[kind]
    column = next(name for name in table if str(name).endswith("low"))
    with pytest.raises(InputError, match=column):
        draw(table.drop(columns=[column]), "en")
    with pytest.raises(InputError, match="no row"):
        draw(table[:0], "en")


@pytest.mark.slow
@kinds
def test_files_hold_their_provenance_and_are_the_same_each_time(kind: str, tmp_path: Path) -> None:
    draw, table = KINDS[kind]
    pairs = [
        save_both(lambda: draw(table, "en"), tmp_path / name, kind, "hash-123", "en", ())
        for name in ("one.png", "two.png")
    ]
    assert all(b"hash-123" in path.read_bytes() for path in pairs[0])
    for first, second in zip(*pairs, strict=True):
        assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("count", [1, 2])
def test_a_single_outcome_or_row_has_the_page_to_itself(count: int) -> None:
    with styled("en"):
        for kind in ("latency", "shapley", "interaction", "surface"):
            draw, table = KINDS[kind]
            shown = list(dict.fromkeys(table["outcome"]))[:count]
            assert overlaps(draw(table[table["outcome"].isin(shown)], "en")) == [], kind
        assert overlaps(city_map(tables.city_table(count, 3), "en")) == []


# -- what each of them draws --------------------------------------------------------------------


def line(axes: Any, name: str) -> tuple[list[float], list[float]]:
    found = next(item for item in axes.lines if item.get_gid() == name)
    return list(found.get_xdata()), list(found.get_ydata())


def panel(figure: Any, name: str) -> Any:
    return next(axes for axes in figure.axes if axes.get_gid() == name)


def test_curves_and_theory_are_those_of_the_table() -> None:
    table = tables.latency_table()
    axes = panel(latency_curves(table, "en"), "demand_match")
    mine = table[(table["outcome"] == "demand_match") & (table["series"] == "x_community")]
    assert line(axes, "mean-0") == (mine["latency_days"].tolist(), mine["mean"].tolist())
    assert line(axes, "theory-0")[1] == mine["theory"].tolist()
    without = latency_curves(table.drop(columns="theory"), "en")
    assert "expected by theory" not in words(without)
    assert not [item for item in panel(without, "demand_match").lines
                if str(item.get_gid()).startswith("theory")]


def test_load_may_stand_along_the_axis_instead_of_days() -> None:
    table = tables.latency_table().rename(columns={"latency_days": "load_share"})
    told = " ".join(words(latency_curves(table, "en")))
    assert "load of the desks" in told and "from submission to decision" not in told


def test_the_cross_marks_the_sum_of_both_effects() -> None:
    figure = interaction_plot(tables.interaction_table(), "en")
    first = panel(figure, "public_opinion x fast_approval")
    assert line(first, "added")[1] == pytest.approx([0.34 + 0.35 - 0.3])
    assert "[-0.0260, -0.0140]" in " ".join(words(figure))


def test_cells_of_the_gap_are_framed_where_their_interval_holds_zero() -> None:
    figure = goodhart_surface(tables.surface_table(), "en")
    gap, effect = panel(figure, "goodhart_gap chosen"), panel(figure, "true_effect chosen")
    table = tables.surface_table()
    mine = table[(table["outcome"] == "goodhart_gap") & (table["panel"] == "chosen")]
    expected = int(((mine["low"] <= 0.0) & (mine["high"] >= 0.0)).sum())
    framed = [item for item in gap.patches if "holds zero" in str(item.get_gid())]
    assert 0 < len(framed) == expected < len(mine) and not effect.patches


def test_bars_are_values_and_marks_tell_alone_and_last() -> None:
    table = tables.shapley_table()
    axes = panel(shapley_bars(table, "en"), "trust")
    widths = [item.get_width() for item in axes.patches]
    assert widths == table[table["outcome"] == "trust"]["mean"].tolist()
    assert line(axes, "last-3")[0] == [pytest.approx(0.15)]


def test_an_outcome_that_is_undefined_is_said_to_be() -> None:
    table = tables.shapley_table()
    table.loc[table["outcome"] == "trust", ["mean", "low", "high", "alone", "last"]] = float("nan")
    figure = shapley_bars(table, "en")
    assert words(figure).count("undefined") == 1
    assert not panel(figure, "trust").patches


def test_frames_are_told_of_only_where_there_are_some() -> None:
    away = tables.surface_table().assign(low=0.1, high=0.2)
    assert "Framed" in " ".join(words(goodhart_surface(tables.surface_table(), "en")))
    assert "Framed" not in " ".join(words(goodhart_surface(away, "en")))


def test_small_interactions_are_told_with_enough_decimals() -> None:
    table = tables.interaction_table().assign(
        interaction=-0.0001, interaction_low=-0.0004, interaction_high=0.0002
    )
    told = " ".join(words(interaction_plot(table, "en")))
    assert "-0.00010" in told and "[-0.00040, +0.00020]" in told


def test_paths_start_where_they_are_said_to_start() -> None:
    figure = trust_paths(tables.trust_table(), "en")
    years, values = line(panel(figure, "full_reform"), "mean-0")
    assert years == list(range(21)) and values[0] == pytest.approx(0.3)
    assert values[-1] == pytest.approx(0.6, abs=0.01)


def test_dots_mark_communities_that_cannot_be_told_from_the_city() -> None:
    wide = tables.city_table(4, 5).assign(low=-1.0, high=1.0)
    sure = tables.city_table(4, 5).assign(low=lambda rows: rows["mean"] - 1e-9,
                                          high=lambda rows: rows["mean"] + 1e-9)
    assert len(ids(city_map(wide, "en"), "like the city")) == 1
    assert not ids(city_map(sure, "en"), "like the city")
