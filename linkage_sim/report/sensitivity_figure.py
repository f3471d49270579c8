"""Draws which assumptions matter: their effects with intervals, and how even the effects are."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linkage_sim.report.sensitivity_words import parameter_title, quantity_title, remarks
from linkage_sim.report.sheet import folded
from linkage_sim.report.style import A4_WIDTH, COLOURS, INK, SOFT, save_both, unit_label
from linkage_sim.words import say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

SHOWN = 12
LABEL_INCHES, LINE_INCHES, ROW_GAP = 2.75, 0.145, 0.09
ABOVE, BELOW = 0.35, 0.95
TITLE, PROSE, SMALL = 11.0, 8.0, 7.5


def draw_indices(
    table: pd.DataFrame, folder: Path, language: str = "en", source: str = ""
) -> list[Path]:
    """Draw one picture for each quantity that has indices; write PNG and SVG.

    Parameters
    ----------
    table
        As `indices_table` gives it. Differences are drawn where there are any, and the outcomes
        themselves otherwise.
    source
        Hash of the provenance; kept in the metadata of the files.

    Raises
    ------
    InputError
        Without a Chinese font when the language is Chinese.
    """
    keys = list(dict.fromkeys(zip(
        table["scenario"], table["baseline"], table["outcome"], strict=True
    )))
    chosen = [key for key in keys if key[1]] or keys
    several = len({key[0] for key in chosen}) > 1
    paths: list[Path] = []
    for key in chosen:
        rows = table[(table["scenario"] == key[0]) & (table["baseline"] == key[1])
                     & (table["outcome"] == key[2]) & (table["rank"] > 0)]
        if not len(rows):
            continue
        name = f"sensitivity_{key[2]}"
        if several:
            name += "_" + "".join(sign if sign.isalnum() else "_" for sign in key[0])
        paths += save_both(
            partial(indices_figure, rows, language), folder / f"{name}.png",
            quantity_title(*key, language), source, language, [key[0], key[1]],
        )
    return paths


def indices_figure(rows: pd.DataFrame, language: str = "en") -> Figure:
    """Make the picture of one quantity: the parameters with the largest indices, from the top."""
    from matplotlib.figure import Figure

    ranked = rows.sort_values("rank").to_dict("records")
    morris = "mu_star" in rows
    shown = ranked[:SHOWN]
    titles = [parameter_title(row["parameter"], language) for row in shown]
    labels = [
        folded(f"{place}  {title}", LABEL_INCHES - 0.15, SMALL)
        for place, title in enumerate(titles, start=1)
    ]
    heights = [LINE_INCHES * len(lines) + ROW_GAP for lines in labels]
    body = max(sum(heights), 2.2)
    first = ranked[0]
    notes = [say("sensitivity.picture.morris" if morris else "sensitivity.reading.sobol", language),
             *remarks(first, "", language)]
    foot = [line for note in notes for line in folded(note, A4_WIDTH - 0.4, SMALL)]
    height = ABOVE + body + BELOW + LINE_INCHES * len(foot)
    figure = Figure(figsize=(A4_WIDTH, height))
    title = quantity_title(first["scenario"], first["baseline"], first["outcome"], language)
    for place, line in enumerate(folded(title, A4_WIDTH - 0.4, TITLE, bold=True)):
        figure.text(0.2 / A4_WIDTH, 1 - (0.25 + 0.2 * place) / height, line, fontsize=TITLE,
                    fontweight="bold", color=INK, va="center", parse_math=False)
    right = 2.0 if morris else 0.0
    wide = A4_WIDTH - LABEL_INCHES - 0.25 - (right + 0.75 if morris else 0.0)
    bottom = (BELOW - 0.3 + LINE_INCHES * len(foot)) / height
    axes = figure.add_axes((LABEL_INCHES / A4_WIDTH, bottom, wide / A4_WIDTH, body / height))
    (_effects if morris else _shares)(axes, shown, heights, language)
    axes.set_yticks(_middles(heights), ["\n".join(lines) for lines in labels], parse_math=False)
    if morris:
        beside = figure.add_axes((
            (A4_WIDTH - 0.2 - right) / A4_WIDTH, bottom, right / A4_WIDTH, body / height
        ))
        _evenness(beside, ranked, language)
    for place, line in enumerate(foot):
        figure.text(0.2 / A4_WIDTH, (LINE_INCHES * (len(foot) - place)) / height, line,
                    fontsize=SMALL, color=INK, va="center", parse_math=False)
    return figure


def _middles(heights: list[float]) -> list[float]:
    """Give the middle of each row, from the top down."""
    found, below = [], 0.0
    for height in heights:
        found.append(below + height / 2.0)
        below += height
    return found


def _effects(axes: Any, shown: list[dict[str, Any]], heights: list[float], language: str) -> None:
    for place, (row, middle) in enumerate(zip(shown, _middles(heights), strict=True)):
        axes.plot([row["mu_star_low"], row["mu_star_high"]], [middle] * 2, color=COLOURS[0],
                  linewidth=2.4, solid_capstyle="butt", zorder=3, gid=f"interval-{place}")
        axes.plot([row["mu_star"]], [middle], "o", color=COLOURS[0], markersize=6,
                  markeredgecolor="white", markeredgewidth=0.7, zorder=4, gid=f"point-{place}")
        if row["noise"] == row["noise"]:
            axes.plot([row["noise"]], [middle], marker="|", color=COLOURS[2], markersize=8,
                      markeredgewidth=1.6, zorder=5, gid=f"noise-{place}")
    unit = unit_label(shown[0]["outcome"], language)
    axes.set_xlabel(say("sensitivity.axis.mu_star", language, unit=unit), fontsize=PROSE, color=INK)
    _tidy(axes, sum(heights))


def _shares(axes: Any, shown: list[dict[str, Any]], heights: list[float], language: str) -> None:
    looks = (("st", COLOURS[0], "o", -0.055), ("s1", COLOURS[2], "D", 0.055))
    for name, colour, marker, shift in looks:
        for place, (row, middle) in enumerate(zip(shown, _middles(heights), strict=True)):
            axes.plot([row[f"{name}_low"], row[f"{name}_high"]], [middle + shift] * 2,
                      color=colour, linewidth=1.8, solid_capstyle="butt", zorder=3,
                      gid=f"{name}-interval-{place}")
            axes.plot([row[name]], [middle + shift], marker, color=colour, markersize=5,
                      markeredgecolor="white", markeredgewidth=0.6, zorder=4,
                      label=say(f"sensitivity.column.{name}", language) if place == 0 else None,
                      gid=f"{name}-point-{place}")
    axes.legend(loc="lower right", fontsize=SMALL, frameon=False)
    axes.set_xlabel(say("sensitivity.axis.share", language), fontsize=PROSE, color=INK)
    _tidy(axes, sum(heights))


def _tidy(axes: Any, depth: float) -> None:
    axes.axvline(0.0, color=INK, linewidth=0.8, zorder=1)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(SOFT)
    axes.set_ylim(depth, 0.0)
    axes.margins(x=0.05)
    axes.tick_params(axis="x", labelsize=SMALL, colors=INK, color=SOFT)
    axes.tick_params(axis="y", labelsize=SMALL, length=0, colors=INK)
    axes.grid(axis="x", color="#EEEEEE", linewidth=0.7)
    axes.set_axisbelow(True)


def _evenness(axes: Any, ranked: list[dict[str, Any]], language: str) -> None:
    """Draw the size of effects against their spread; above the line they change with the rest."""
    for place, row in enumerate(ranked, start=1):
        first = place <= SHOWN
        axes.plot([row["mu_star"]], [row["sigma"]], "o", markersize=4.5 if first else 2.5,
                  color=COLOURS[0] if first else SOFT, markeredgecolor="white",
                  markeredgewidth=0.4, zorder=3 if first else 2, gid=f"spread-{place}")
        if first:
            axes.annotate(str(place), (row["mu_star"], row["sigma"]), fontsize=6.5, color=INK,
                          xytext=(3, 2), textcoords="offset points")
    reach = max(row["mu_star"] for row in ranked)
    axes.plot([0.0, reach], [0.0, reach], color=INK, linewidth=0.8, linestyle=":", gid="equal")
    axes.set_xlabel(say("sensitivity.axis.short", language), fontsize=PROSE, color=INK)
    axes.set_ylabel(say("sensitivity.axis.sigma", language), fontsize=PROSE, color=INK)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(SOFT)
    axes.tick_params(labelsize=SMALL, colors=INK, color=SOFT)
    axes.locator_params(nbins=4)
