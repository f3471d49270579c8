"""Draws how outcomes go from year to year, today's practice and each reform side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linkage_sim.errors import InputError
from linkage_sim.outcomes import BY_NAME, HEADLINES
from linkage_sim.report.names import Titles
from linkage_sim.report.style import (
    A4_WIDTH,
    COLOURS,
    GREY,
    INK,
    MARKERS,
    NOTE_INCHES,
    SOFT,
    cells,
    note_lines,
    note_under_title,
    reform_label,
    save_both,
    unit_label,
)
from linkage_sim.words import listing, say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

LOW, HIGH = 0.10, 0.90
COLUMN_INCHES, ROW_INCHES, TITLE_INCHES = 1.45, 0.95, 0.52
TOP_INCHES, BOTTOM_INCHES, LINE_INCHES = 0.62, 0.95, 0.17
LEFT_INCHES, RIGHT_INCHES = 0.62, 0.2
LONGEST_LINE = 16
BREAKS = re.compile(r"(?<=_)|(?<=[\u2e80-\uffff])(?![，。、；：）！？])")


def years_plot(
    years: pd.DataFrame,
    path: str | Path,
    language: str = "en",
    source: str = "",
    names: Sequence[str] | None = None,
    titles: Titles | None = None,
    note: str = "",
) -> list[Path]:
    """Draw the five headline outcomes year by year; write PNG and SVG.

    Each panel holds one reform beside the baseline: the line is the mean over seeds, the band
    reaches from the 10th to the 90th percentile of seeds.

    Parameters
    ----------
    years
        One row a run and year: columns scenario, year and outcomes, as `years.parquet` has them.
    path
        Where the PNG goes; the SVG goes beside it.
    source
        Hash of the provenance; kept in the metadata of both files.
    names
        Scenarios in the order in which they are shown, the baseline first; the order of the rows
        if left out.
    titles
        What to call scenarios instead of their names, as `names.drawn_titles` gives it.
    note
        What holds on all sides; stands below the title.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    InputError
        Without a headline outcome, a year or a scenario besides the baseline, or without a
        Chinese font when one is needed.
    """
    chosen = list(names) if names is not None else list(dict.fromkeys(years["scenario"]))
    title = _title(chosen, language, titles)
    return save_both(
        lambda: years_figure(years, chosen, language, titles, note), path, title, source, language,
        [*chosen, *(titles or {}).values(), note],
    )


def bands(years: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Summarise seeds: one row a scenario and year with mean, low and high; undefined left out."""
    grouped = years.groupby(["scenario", "year"], sort=False)[outcome]
    found = grouped.agg(
        mean="mean", low=lambda column: column.quantile(LOW),
        high=lambda column: column.quantile(HIGH),
    )
    return found.sort_index()


def years_figure(
    years: pd.DataFrame, names: Sequence[str], language: str = "en",
    titles: Titles | None = None, note: str = "",
) -> Figure:
    """Make the picture without writing it: one row an outcome, one column a reform."""
    from matplotlib.figure import Figure

    shown = [name for name in HEADLINES if name in years.columns]
    known = set(years["scenario"])
    reforms = [name for name in names[1:] if name in known]
    if not shown or not reforms or names[0] not in known:
        raise InputError(say("report.years.empty", language, outcomes=listing(HEADLINES, language)))
    labels = [_folded(reform_label(name, names[0], titles)) for name in reforms]
    heading = LINE_INCHES * max(label.count("\n") + 1 for label in labels)
    width = max(A4_WIDTH, LEFT_INCHES + RIGHT_INCHES + COLUMN_INCHES * len(reforms))
    above = TOP_INCHES + heading + NOTE_INCHES * len(note_lines(note))
    height = above + BOTTOM_INCHES + len(shown) * (ROW_INCHES + TITLE_INCHES)
    figure = Figure(figsize=(width, height))
    across = (width - LEFT_INCHES - RIGHT_INCHES) / len(reforms)
    figure.text(0.2 / width, 1 - 0.3 / height,
                _title(names, language, titles), fontsize=12, fontweight="bold", color=INK,
                va="center")
    note_under_title(figure, note, 0.2 / width)
    for column, label in enumerate(labels):
        middle = LEFT_INCHES + (column + 0.5) * across
        figure.text(middle / width, 1 - above / height, label, fontsize=9, color=INK,
                    ha="center", va="bottom", linespacing=1.3)
    for row, outcome in enumerate(shown):
        floor = height - above - (row + 1) * (ROW_INCHES + TITLE_INCHES) + 0.16
        _row(figure, bands(years, outcome), (names[0], *reforms), outcome, language,
             (floor, across, width, height))
    _legend(figure, years, _called(names, titles), language, (width, height))
    return figure


def _title(names: Sequence[str], language: str, titles: Titles | None) -> str:
    return say("report.years.title", language, baseline=_called(names, titles))


def _called(names: Sequence[str], titles: Titles | None) -> str:
    """Name the baseline, which is the first."""
    return (titles or {}).get(names[0], names[0]) if names else ""


def _folded(label: str) -> str:
    """Break a long name after underscores and Chinese letters, so that columns stay apart.

    Nothing is cut.
    """
    lines = []
    for line in label.split("\n"):
        lines.append("")
        for part in BREAKS.split(line):
            if lines[-1] and cells(lines[-1] + part) > LONGEST_LINE:
                lines.append("")
            lines[-1] += part
    return "\n".join(lines)


def _row(
    figure: Figure, found: pd.DataFrame, names: Sequence[str], outcome: str, language: str,
    place: tuple[float, float, float, float],
) -> None:
    floor, across, width, height = place
    text = say("report.years.row", language, label=say(f"outcome.{outcome}.label", language),
               unit=unit_label(outcome, language))
    figure.text(LEFT_INCHES / width, (floor + ROW_INCHES + 0.07) / height, text, fontsize=9,
                fontweight="bold", color=INK, va="bottom")
    figure.text(1 - RIGHT_INCHES / width, (floor + ROW_INCHES + 0.07) / height,
                _direction(outcome, language), fontsize=8, color=INK, va="bottom", ha="right")
    first = None
    looks = cycle(zip(COLOURS, MARKERS, strict=True))
    for column, (name, (colour, marker)) in enumerate(zip(names[1:], looks, strict=False)):
        left = LEFT_INCHES + column * across
        axes = figure.add_axes(
            (left / width, floor / height, (across - 0.14) / width, ROW_INCHES / height),
            sharey=first, gid=f"{outcome}-{name}",
        )
        first = first or axes
        _band(axes, found, names[0], GREY, "", "--")
        _band(axes, found, name, colour, marker, "-")
        _tidy(axes, sorted(set(found.index.get_level_values("year"))), column == 0)
        if found.loc[[name]]["mean"].isna().all():
            axes.text(0.5, 0.5, say("report.forest.undefined", language), fontsize=8, color=INK,
                      transform=axes.transAxes, ha="center", va="center")


def _band(
    axes: Any, found: pd.DataFrame, name: str, colour: str, marker: str, dash: str
) -> None:
    rows = found.loc[name]
    times = rows.index.to_numpy(float)
    strength = 0.18 if marker else 0.22
    axes.fill_between(times, rows["low"], rows["high"], color=colour, alpha=strength, linewidth=0,
                      gid=f"band-{name}")
    axes.plot(times, rows["mean"], color=colour, linestyle=dash, linewidth=1.6, marker=marker,
              markersize=3.6, markeredgecolor="white", markeredgewidth=0.5, gid=f"mean-{name}")


def _tidy(axes: Any, times: Sequence[int], leftmost: bool) -> None:
    from matplotlib.ticker import MaxNLocator

    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(SOFT)
    axes.set_xlim(min(times) - 0.3, max(times) + 0.3)
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True, min_n_ticks=1))
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.tick_params(labelsize=7.5, colors=INK, color=SOFT, length=2, pad=2)
    axes.tick_params(axis="y", length=0, labelleft=leftmost)
    axes.grid(axis="y", color="#EEEEEE", linewidth=0.7)
    axes.set_axisbelow(True)


def _direction(outcome: str, language: str) -> str:
    better = BY_NAME[outcome].better
    if better == 0:
        return ""
    key = {"zero": "zero", 1: "up", -1: "down"}[better]
    return say(f"report.years.better_{key}", language)


def _legend(
    figure: Figure, years: pd.DataFrame, baseline: str, language: str, size: tuple[float, float]
) -> None:
    width, height = size
    axes = figure.add_axes((0.0, 0.0, 1.0, BOTTOM_INCHES / height), gid="legend")
    axes.set_axis_off()
    axes.set_xlim(0.0, width)
    axes.set_ylim(0.0, BOTTOM_INCHES)
    axes.text(LEFT_INCHES, 0.76, say("report.years.axis", language), fontsize=8, color=INK,
              va="center")
    seeds = int(years.groupby("scenario").size().max() // years["year"].nunique())
    texts = (
        (baseline, GREY, "", "--"),
        (say("report.years.reform", language), COLOURS[0], MARKERS[0], "-"),
    )
    left = LEFT_INCHES
    for text, colour, marker, dash in texts:
        if seeds > 1:
            axes.fill_between([left, left + 0.4], 0.45, 0.61, color=colour, alpha=0.2, linewidth=0)
        axes.plot([left, left + 0.2, left + 0.4], [0.53] * 3, color=colour, linestyle=dash,
                  linewidth=1.6, marker=marker, markevery=[1], markersize=4,
                  markeredgecolor="white")
        axes.text(left + 0.5, 0.53, text, fontsize=8, color=INK, va="center")
        left += 0.9 + 0.075 * cells(text)
    told = say(f"report.years.{'band' if seeds > 1 else 'single'}", language, n=seeds)
    axes.text(LEFT_INCHES, 0.26, told, fontsize=8, color=INK, va="center")
