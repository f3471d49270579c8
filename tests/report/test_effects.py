"""Pictures of sweeps draw the means and intervals of the runs, over what was asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.colors import to_hex, to_rgb

from linkage_sim.errors import InputError
from linkage_sim.outcomes import HEADLINES
from linkage_sim.report.effects import chosen_groups, draw_effects, effects_figure
from linkage_sim.report.heat_map import PLAIN_MAP, ZERO_MAP, readable
from linkage_sim.words import set_language
from tests.report.swept_rows import (
    CHECK,
    DAYS,
    FIGURES,
    HALF,
    METHOD,
    T_OF_2,
    bars,
    intervals,
    labels,
    line,
    panel,
    rows_of,
    two_scenarios,
    words_of,
)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language(None)


# -- numbers -----------------------------------------------------------------------------------


def test_main_effects_are_the_means_worked_out_by_hand() -> None:
    rows = rows_of()
    figure = effects_figure(rows, "main-effects", [DAYS, METHOD], ["need_coverage"])
    days, method = panel(figure, "need_coverage 0"), panel(figure, "need_coverage 1")
    # 1, 2 or 5 by days; half of the runs are votes; the middle seed adds 0.01.
    means = [1.51, 2.51, 5.51]
    assert line(days, "mean").get_xdata().tolist() == [10.0, 20.0, 50.0]
    assert line(days, "mean").get_ydata().tolist() == pytest.approx(means)
    # The seeds differ by 0.01; the two runs of a seed count as one.
    assert bars(days, "mean") == intervals((10.0, 20.0, 50.0), means)
    average = (1 + 2 + 5) / 3
    assert line(method, "mean").get_ydata().tolist() == pytest.approx(
        [average + 0.01, average + 1.01])
    assert [low for _, low, _ in bars(method, "mean")] == pytest.approx(
        [average + 0.01 - HALF, average + 1.01 - HALF])
    assert labels(method) == ["survey", "vote"]
    assert line(days, "overall").get_ydata()[0] == pytest.approx(average + 0.51)
    assert days.get_ylim() == method.get_ylim()
    # Numbers are joined by a line, words are not.
    assert line(days, "mean").get_linestyle() == "-"
    assert line(method, "mean").get_linestyle() == "None"


def test_another_run_gives_another_picture() -> None:
    rows = rows_of()
    rows.loc[0, "need_coverage"] += 0.5
    figure = effects_figure(rows, "main-effects", [DAYS], ["need_coverage"])
    drawn = line(panel(figure, "need_coverage 0"), "mean").get_ydata().tolist()
    assert drawn == pytest.approx([1.51 + 0.5 / 6, 2.51, 5.51])


def test_an_interaction_has_a_line_for_each_value_of_the_second() -> None:
    figure = effects_figure(rows_of(), "interaction", [DAYS, METHOD], ["need_coverage"])
    axes = panel(figure, "need_coverage")
    for level, more in enumerate((0.0, 1.0)):
        means = [1.01 + more, 2.01 + more, 5.01 + more]
        assert line(axes, f"mean-{level}").get_ydata().tolist() == pytest.approx(means)
        assert bars(axes, f"mean-{level}") == intervals((10.0, 20.0, 50.0), means)
    looks = [
        [to_hex(item.get_color()), item.get_marker(), item.get_linestyle()]
        for item in (line(axes, "mean-0"), line(axes, "mean-1"))
    ]
    assert all(one != other for one, other in zip(*looks, strict=True)), "told apart by colour"


def test_twelve_lines_are_told_apart_without_colour() -> None:
    rows = rows_of((1, 2), policy__approval__fixed_latency_days=range(12),
                   policy__proposal__method=("survey", "vote"))
    axes = panel(effects_figure(rows, "interaction", [METHOD, DAYS], ["need_coverage"]),
                 "need_coverage")
    markers = {line(axes, f"mean-{level}").get_marker() for level in range(12)}
    assert len(markers) == 12


def test_a_heat_map_holds_the_mean_and_half_the_interval_of_each_pair() -> None:
    figure = effects_figure(rows_of(), "heat-map", [DAYS, METHOD], ["need_coverage"])
    axes = panel(figure, "need_coverage")
    (cells,) = [item for item in axes.collections if item.get_gid() == "cells"]
    expected = [[1.01, 2.01, 5.01], [2.01, 3.01, 6.01]]
    assert np.asarray(cells.get_array()).tolist() == [pytest.approx(row) for row in expected]
    said = {text.get_gid(): text.get_text() for text in axes.texts if text.get_gid()}
    for row, column in product(range(2), range(3)):
        assert said[f"mean {row} {column}"] == f"{expected[row][column]:.2f}"
        assert said[f"half {row} {column}"] == "±0.02"
    assert f"{HALF:.2f}" == "0.02"
    sizes = {text.get_gid(): text.get_fontsize() for text in axes.texts}
    assert sizes["half 0 0"] < sizes["mean 0 0"]
    # The vote, which comes second, stands below: words are read from the top.
    assert axes.get_ylim()[0] > axes.get_ylim()[1]


def test_only_an_outcome_that_is_best_at_zero_has_colours_that_part_at_zero() -> None:
    rows = rows_of(outcomes=("need_coverage", "coverage_gap"))
    figure = effects_figure(rows, "heat-map", [DAYS, METHOD], ["need_coverage", "coverage_gap"])
    for name, colours in (("need_coverage", PLAIN_MAP), ("coverage_gap", ZERO_MAP)):
        (cells,) = [item for item in panel(figure, name).collections
                    if item.get_gid() == "cells"]
        assert cells.get_cmap().name == colours
        assert (cells.norm.vmin == -cells.norm.vmax) == (name == "coverage_gap")


@pytest.mark.parametrize("colours", [PLAIN_MAP, ZERO_MAP])
def test_numbers_stand_out_from_every_colour(colours: str) -> None:
    def light(colour: Any) -> float:
        parts = np.array(to_rgb(colour))
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    for share in np.linspace(0, 1, 101):
        colour = colormaps[colours](share)
        dark, bright = sorted((light(colour), light(readable(colour))))
        assert (bright + 0.05) / (dark + 0.05) >= 4.5


# -- what is drawn over ------------------------------------------------------------------------


def test_parameters_that_vary_are_chosen_and_what_only_a_reform_sets_is_not() -> None:
    assert chosen_groups(rows_of(), "main-effects", [], ["need_coverage"]) == [DAYS, METHOD]
    rows = two_scenarios()
    assert chosen_groups(rows, "main-effects", [], ["need_coverage"]) == [DAYS, "scenario"]
    figure = effects_figure(rows, "main-effects", [DAYS, "scenario"], ["need_coverage"])
    assert labels(panel(figure, "need_coverage 1")) == ["toy", "strict"]


def test_outcomes_and_labels_are_no_parameters() -> None:
    rows = rows_of(outcomes=("need_coverage", "trust"))
    assert chosen_groups(rows, "main-effects", [], ["need_coverage"]) == [DAYS, METHOD]
    assert chosen_groups(rows, "main-effects", ["seed"], ["need_coverage"]) == ["seed"]


@pytest.mark.parametrize("figure", ["interaction", "heat-map"])
@pytest.mark.parametrize("groups", [[DAYS], [DAYS, DAYS], [DAYS, METHOD, "scenario"]])
def test_a_picture_of_pairs_needs_two_parameters(
    figure: str, groups: list[str], tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=f"--figure {figure} needs exactly two"):
        draw_effects(rows_of(), figure, groups, ["need_coverage"], tmp_path / "x.png", "")
    assert list(tmp_path.iterdir()) == []


def test_without_groups_the_first_two_that_vary_are_taken() -> None:
    rows = rows_of(policy__approval__fixed_latency_days=(1.0, 2.0),
                   policy__proposal__method=("survey", "vote"),
                   policy__implementation__midterm_check=(True, False))
    assert chosen_groups(rows, "interaction", [], ["need_coverage"]) == [DAYS, METHOD]
    with pytest.raises(InputError, match="exactly two parameters, found 1"):
        chosen_groups(rows[rows[DAYS] == 1.0].drop(columns=[METHOD]), "heat-map", [],
                      ["need_coverage"])
    with pytest.raises(InputError, match="no parameter differs"):
        chosen_groups(rows.head(1), "main-effects", [], ["need_coverage"])


def test_what_does_not_fit_is_refused_with_what_to_do() -> None:
    rows = rows_of(outcomes=HEADLINES)
    for name in range(9):
        rows[f"policy.p{name}"] = rows[DAYS]
    with pytest.raises(InputError, match=r"45 panels.*--group-by.*--outcome"):
        effects_figure(rows, "main-effects", [f"policy.p{name}" for name in range(9)], HEADLINES)
    words = rows_of((1, 2), policy__proposal__method=[f"m{place}" for place in range(31)],
                    policy__implementation__midterm_check=(True, False))
    for figure in FIGURES:
        with pytest.raises(InputError, match=r"31 different values.*--where"):
            effects_figure(words, figure, [METHOD, CHECK], ["need_coverage"])
    fewer = words[words[METHOD].str.len() == 2].replace({METHOD: {}})
    assert fewer[METHOD].nunique() == 10
    more = words[words[METHOD].str.len() == 3].head(13 * 4)
    with pytest.raises(InputError, match="13 lines"):
        effects_figure(more, "interaction", [CHECK, METHOD], ["need_coverage"])
    assert effects_figure(fewer, "interaction", [CHECK, METHOD], ["need_coverage"])


# -- uncertainty -------------------------------------------------------------------------------


def test_a_single_seed_has_no_interval_and_that_is_said() -> None:
    rows = rows_of((1,))
    for figure, gid in (("main-effects", "need_coverage 0"), ("interaction", "need_coverage")):
        drawn = effects_figure(rows, figure, [DAYS, METHOD], ["need_coverage"])
        axes = panel(drawn, gid)
        name = "mean" if figure == "main-effects" else "mean-0"
        assert bars(axes, name) == []
        hollow = line(axes, f"single of {name}")
        assert hollow.get_ydata().tolist() == line(axes, name).get_ydata().tolist()
        assert hollow.get_markerfacecolor() == "white"
        assert "a single seed" in words_of(drawn) and "95 %" not in words_of(drawn)
    said = words_of(effects_figure(rows, "heat-map", [DAYS, METHOD], ["need_coverage"]))
    assert "rests on a single seed" in said and not re.search(r"±\d", said)


def test_points_with_and_without_an_interval_stand_beside_each_other() -> None:
    rows = rows_of()
    rows.loc[(rows[DAYS] == 10.0) & (rows["seed"] > 1), "need_coverage"] = float("nan")
    rows.loc[(rows[DAYS] == 20.0) & (rows["seed"] > 2), "need_coverage"] = float("nan")
    rows.loc[rows[DAYS] == 50.0, "need_coverage"] = float("nan")
    figure = effects_figure(rows, "main-effects", [DAYS], ["need_coverage"])
    axes = panel(figure, "need_coverage 0")
    half = T_OF_2 * (0.01 / 2**0.5) / 2**0.5
    assert bars(axes, "mean") == intervals([20.0], [2.505], half)
    assert line(axes, "single of mean").get_xdata() == [10.0]
    said = words_of(figure)
    assert "2 seeds" in said and "a single seed" in said and "undefined in every run" in said
    assert "same seeds" not in said


def test_equal_seeds_are_said_where_they_are_equal() -> None:
    assert "same seeds" in words_of(
        effects_figure(rows_of(), "interaction", [DAYS, METHOD], ["need_coverage"]))


def test_an_outcome_that_is_nowhere_defined_is_said() -> None:
    rows = rows_of(outcomes=("need_coverage", "trust")).assign(trust=float("nan"))
    for figure in FIGURES:
        drawn = effects_figure(rows, figure, [DAYS, METHOD], ["need_coverage", "trust"])
        axes = panel(drawn, "trust 0" if figure == "main-effects" else "trust")
        assert {text.get_text() for text in axes.texts} & {"undefined", "–"}
