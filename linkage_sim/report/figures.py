"""Draws the comparison of reforms so that it can be read in print and without colours."""

from __future__ import annotations

from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linkage_sim.errors import InputError
from linkage_sim.outcomes import BY_NAME, HEADLINES
from linkage_sim.report.names import Titles
from linkage_sim.report.style import (
    A4_WIDTH,
    COLOURS,
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
from linkage_sim.report.years import years_plot
from linkage_sim.words import listing, say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["forest_figure", "forest_plot", "reform_label", "years_plot"]
ROW_INCHES, PANEL_INCHES, LETTER_INCHES = 0.23, 1.05, 0.077
TOLD_INCHES = 2.75
"""Panels narrower than this have no room to explain the dotted line; its label stands beside it."""
PANELS_ACROSS = 2


def forest_plot(
    table: pd.DataFrame, path: str | Path, language: str = "en", source: str = "",
    titles: Titles | None = None, note: str = "",
) -> list[Path]:
    """Draw what every reform changes in the five headline outcomes; write PNG and SVG.

    Parameters
    ----------
    table
        As `linkage_sim.compare` gives it.
    path
        Where the PNG goes; the SVG goes beside it.
    source
        Hash of the provenance; kept in the metadata of both files.
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
        Without a headline outcome, or without a Chinese font when the language is Chinese.
    """
    title = _title(table, language, titles)
    names = {*table["scenario"], *table["baseline"], *(titles or {}).values(), note}
    return save_both(
        lambda: forest_figure(table, language, titles, note), path, title, source, language, names
    )


def forest_figure(
    table: pd.DataFrame, language: str = "en", titles: Titles | None = None, note: str = ""
) -> Figure:
    """Make the picture without writing it; one panel an outcome, one row a reform."""
    from matplotlib.figure import Figure

    shown = [name for name in HEADLINES if name in set(table["outcome"])]
    if not shown:
        raise InputError(
            say("report.forest.empty", language, outcomes=listing(HEADLINES, language))
        )
    baseline = _baseline(table)
    reforms = list(dict.fromkeys(table["scenario"]))
    labels = [reform_label(name, baseline, titles) for name in reforms]
    lines = max(label.count("\n") + 1 for label in labels)
    across = min(PANELS_ACROSS, len(shown))
    # One place more than panels: the explanation stands in it.
    down = len(shown) // across + 1
    panel = PANEL_INCHES + ROW_INCHES * lines * len(reforms)
    above = 0.95 + NOTE_INCHES * len(note_lines(note))
    height = above - 0.3 + down * panel
    letters = max(cells(line) for label in labels for line in label.split("\n"))
    figure = Figure(figsize=(A4_WIDTH, height))
    grid = figure.add_gridspec(
        down, across, left=min(0.45, (0.3 + LETTER_INCHES * letters) / A4_WIDTH), right=0.975,
        top=1 - above / height, bottom=0.55 / height, wspace=0.1,
        hspace=PANEL_INCHES / (panel - PANEL_INCHES),
    )
    figure.text(
        0.02, 1 - 0.3 / height, _title(table, language, titles), fontsize=12,
        fontweight="bold", color=INK, va="center",
    )
    note_under_title(figure, note, 0.02)
    for place, outcome in enumerate(shown):
        axes = figure.add_subplot(grid[place // across, place % across])
        rows = table[table["outcome"] == outcome].set_index("scenario")
        _panel(axes, rows.loc[reforms], outcome, language)
        axes.set_yticks(range(len(labels)), labels if place % across == 0 else [""] * len(labels))
    last = len(shown)
    drawn = table[table["outcome"].isin(shown)]
    _legend(figure.add_subplot(grid[last // across, last % across]), drawn, language)
    return figure


def _panel(axes: Any, rows: pd.DataFrame, outcome: str, language: str) -> None:
    looks = islice(zip(cycle(COLOURS), cycle(MARKERS), strict=False), len(rows))
    axes.axvline(0.0, color=INK, linewidth=0.8, zorder=1)
    for place, ((_, row), (colour, marker)) in enumerate(zip(rows.iterrows(), looks, strict=True)):
        if row["difference"] != row["difference"]:
            axes.text(0.0, place, " " + say("report.forest.undefined", language),
                      va="center", fontsize=8, color=INK)
            continue
        axes.plot([row["low_adjusted"], row["high_adjusted"]], [place] * 2, color=colour,
                  linewidth=0.9, solid_capstyle="butt", zorder=2, gid=f"adjusted-{place}")
        axes.plot([row["low"], row["high"]], [place] * 2, color=colour, linewidth=2.8,
                  solid_capstyle="butt", zorder=3, gid=f"interval-{place}")
        axes.plot([row["difference"]], [place], color=colour, marker=marker, markersize=6.5,
                  markeredgecolor="white", markeredgewidth=0.7, zorder=4, gid=f"point-{place}")
    axes.set_title(say(f"outcome.{outcome}.label", language), loc="left", fontsize=10,
                   fontweight="bold", color=INK, pad=19)
    middle = float(rows["baseline_mean"].mean())
    known = f"{middle:.3g}" if middle == middle else say("report.forest.undefined", language)
    shown = say("report.forest.baseline", language, mean=known)
    axes.text(0.0, 1.0, shown, transform=_above(axes), fontsize=8, color=INK, va="bottom")
    unit = unit_label(outcome, language)
    axes.set_xlabel(say("report.forest.axis", language, unit=unit), fontsize=8, color=INK)
    _tidy(axes, len(rows))
    marked = BY_NAME[outcome].better == "zero" and _mark_equal(axes, -middle, language)
    wide = axes.get_position().width * axes.figure.get_figwidth() >= TOLD_INCHES
    told = _direction(outcome, marked and wide, language)
    axes.text(1.0, 1.0, told, transform=_above(axes), fontsize=8, color=INK, va="bottom",
              ha="right")


def _above(axes: Any) -> Any:
    from matplotlib.transforms import ScaledTranslation

    return axes.transAxes + ScaledTranslation(0.0, 4.0 / 72.0, axes.figure.dpi_scale_trans)


def _tidy(axes: Any, rows: int) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(SOFT)
    axes.set_ylim(rows - 0.4, -0.6)
    axes.margins(x=0.06)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:+.4g}" if x else "0"))
    axes.tick_params(axis="x", labelsize=8, colors=INK, color=SOFT)
    axes.tick_params(axis="y", labelsize=9, length=0, colors=INK)
    axes.grid(axis="x", color="#EEEEEE", linewidth=0.7)
    axes.set_axisbelow(True)


def _mark_equal(axes: Any, place: float, language: str) -> bool:
    """Mark the difference that would make the outcome 0, where the drawn range holds it."""
    low, high = axes.get_xlim()
    if not low <= place <= high:
        return False
    axes.set_xlim(low, high)
    # Room for the label below the last row, where nothing else stands.
    axes.set_ylim(axes.get_ylim()[0] + 0.3, axes.get_ylim()[1])
    axes.axvline(place, color=INK, linewidth=1.0, linestyle=":", zorder=1, gid="equal")
    right = place < low + 0.8 * (high - low)
    axes.text(place, 0.01, f" {say('report.forest.equal', language)} ", fontsize=7.5, color=INK,
              transform=axes.get_xaxis_transform(), ha="left" if right else "right", va="bottom")
    return True


def _direction(outcome: str, told: bool, language: str) -> str:
    """Tell by an arrow where better is; a gap has no such side, since it can be overdone."""
    better = BY_NAME[outcome].better
    if better == "zero":
        return say(f"report.forest.{'zero_marked' if told else 'zero_beyond'}", language)
    if better == 0:
        return ""
    return say(f"report.forest.better_{'right' if better == 1 else 'left'}", language)


def _legend(axes: Any, table: pd.DataFrame, language: str) -> None:
    import textwrap

    axes.set_axis_off()
    axes.set_xlim(0.0, 1.0)
    # In inches from the middle, so that few reforms do not push the lines together.
    half = axes.get_position().height * axes.figure.get_figheight() / 2.0
    axes.set_ylim(-half, half)
    first, second, third, fourth = 0.48, 0.17, -0.12, -0.41
    thick = {"color": INK, "linewidth": 2.8, "solid_capstyle": "butt", "clip_on": False}
    thin = {"color": INK, "linewidth": 0.9, "clip_on": False}
    known = table.loc[table["n"] > 0, "n"]
    least, most = (int(known.min()), int(known.max())) if len(known) else (0, 0)
    pairs = f"{most}" if least == most else f"{least}–{most}"
    if most > 1:
        axes.plot([0.03, 0.17], [first] * 2, **thick)
        axes.plot([0.03, 0.17], [second] * 2, **thin)
    axes.plot([0.1], [first], color=INK, marker="o", markersize=6.5, markeredgecolor="white",
              clip_on=False)
    axes.plot([0.1, 0.1], [third - 0.09, third + 0.09], **thin)
    texts = (
        (first, say(f"report.forest.{'interval' if most > 1 else 'single'}", language)),
        (second, say("report.forest.adjusted", language) if most > 1 else ""),
        (third, say("report.forest.no_change", language)),
        (fourth, say("report.forest.one_world", language) if pairs == "1"
         else say("report.forest.pairs", language, n=pairs)),
    )
    inches = axes.get_position().width * axes.figure.get_figwidth()
    width = min(40, int(13.5 * inches)) if language == "en" else min(18, int(6.1 * inches))
    for height, text in texts:
        wrapped = "\n".join(textwrap.wrap(text, width))
        axes.text(0.22, height, wrapped, va="center", fontsize=8, color=INK, linespacing=1.35)


def _title(table: pd.DataFrame, language: str, titles: Titles | None) -> str:
    baseline = _baseline(table)
    return say("report.forest.title", language, baseline=(titles or {}).get(baseline, baseline))


def _baseline(table: pd.DataFrame) -> str:
    return str(table["baseline"].iloc[0]) if len(table) else ""
