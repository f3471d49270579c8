"""Pictures of sensitivity: what stands in the table stands in the picture, in both languages."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from linkage_sim.errors import InputError
from linkage_sim.report.fonts import chinese_font
from linkage_sim.report.sensitivity_figure import draw_indices, indices_figure

NAMES = ("assumptions.opinion.base", "assumptions.needs.drift_sd")


def table(kind: str, baseline: str = "toy") -> pd.DataFrame:
    told = {"scenario": "toy+full_reform", "baseline": baseline, "outcome": "need_coverage",
            "state": "fine", "groups": 8, "dropped": 1, "failed_points": 0, "noise_share": 0.2,
            "doubts": "" if kind == "morris" else "wide"}
    morris = {"mu_star": 0.4, "mu_star_low": 0.3, "mu_star_high": 0.5, "mu": -0.4, "sigma": 0.1,
              "noise": 0.02}
    sobol = {"st": 0.6, "st_low": 0.5, "st_high": 0.7, "s1": 0.4, "s1_low": 0.2, "s1_high": 0.6}
    return pd.DataFrame([
        {**told, "parameter": name, "rank": rank, **(morris if kind == "morris" else sobol)}
        for rank, name in enumerate(NAMES, start=1)
    ])


def found(figure: object, gid: str) -> list[float]:
    (line,) = figure.findobj(lambda part: part.get_gid() == gid)  # type: ignore[attr-defined]
    return [float(value) for value in line.get_xdata()]


def test_effects_and_their_intervals_stand_where_they_are() -> None:
    figure = indices_figure(table("morris"))
    assert found(figure, "interval-0") == [0.3, 0.5] and found(figure, "point-1") == [0.4]
    assert found(figure, "noise-0") == [0.02] and found(figure, "spread-2") == [0.4]
    words = " ".join(label.get_text() for label in figure.axes[0].get_yticklabels())
    # Titles may be folded, but are never cut.
    assert "Satisfaction without anything" in words.replace("\n", " ")
    assert "Spread of a neighbourhood's demand around the district's" in words.replace("\n", " ")


def test_shares_alone_and_in_all_are_told_apart() -> None:
    figure = indices_figure(table("sobol"))
    assert found(figure, "st-interval-0") == [0.5, 0.7] and found(figure, "s1-point-0") == [0.4]
    below = " ".join(text.get_text() for text in figure.texts)
    assert "more than 0.1" in below and "1 of 9 groups" in below


def test_both_languages_are_drawn_and_files_are_named_after_the_outcome(tmp_path: Path) -> None:
    paths = draw_indices(table("morris"), tmp_path)
    assert [path.name for path in paths] == [
        "sensitivity_need_coverage.png", "sensitivity_need_coverage.svg"
    ]
    try:
        chinese_font()
    except InputError:
        pytest.skip("there is no Chinese font")
    (_, drawn) = draw_indices(table("sobol"), tmp_path, "zh")
    text = drawn.read_text("utf-8")
    assert "基础满意度" in text and "方差份额" in text


def test_what_has_no_indices_is_not_drawn(tmp_path: Path) -> None:
    assert draw_indices(table("morris").assign(rank=0, state="no variation"), tmp_path) == []
