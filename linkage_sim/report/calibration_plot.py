"""Draws a calibration: prior against posterior, and figures against their bands."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linkage_sim.report.style import (
    A4_WIDTH,
    COLOURS,
    GREY,
    INK,
    SOFT,
    save_both,
    unit_label,
)
from linkage_sim.scenario.schema import parameters
from linkage_sim.studies.posterior import weighted_quantiles
from linkage_sim.words import say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

MOST_BINS, FEWEST_BINS, ACROSS = 20, 5, 2
PANEL_INCHES, ROW_INCHES = 1.75, 0.62
FITTED, PREDICTED = COLOURS[0], COLOURS[2]
Tables = Mapping[str, "pd.DataFrame"]


def draw_parameters(tables: Tables, path: Path, language: str, source: str) -> list[Path]:
    """Draw each free assumption before and after, one panel each; write PNG and SVG.

    Parameters
    ----------
    tables
        As a calibration writes them: posterior, parameters.
    source
        Hash of the provenance; kept in the metadata of both files.

    Raises
    ------
    InputError
        Without a Chinese font when the language is Chinese.
    """
    title = say("calibration.plot.parameters", language)
    return save_both(
        lambda: parameters_figure(tables, language), path, title, source, language, ()
    )


def draw_figures(tables: Tables, path: Path, language: str, source: str) -> list[Path]:
    """Draw every figure's band against what single worlds give; takes and raises the same."""
    title = say("calibration.plot.targets", language)
    return save_both(lambda: targets_figure(tables, language), path, title, source, language, ())


def parameters_figure(tables: Tables, language: str) -> Figure:
    """Make the picture of the assumptions without writing it."""
    from matplotlib.figure import Figure

    rows = tables["parameters"].to_dict("records")
    posterior = tables["posterior"]
    down, known = math.ceil(len(rows) / ACROSS), {item.name: item for item in parameters()}
    height = 1.15 + PANEL_INCHES * down
    figure = Figure(figsize=(A4_WIDTH, height))
    grid = figure.add_gridspec(
        down, ACROSS, left=0.05, right=0.975, top=1 - 0.8 / height, bottom=0.8 / height,
        wspace=0.1, hspace=0.95,
    )
    _title(figure, say("calibration.plot.parameters", language), height)
    for place, row in enumerate(rows):
        axes = figure.add_subplot(grid[place // ACROSS, place % ACROSS])
        _density(axes, row, posterior)
        item = known.get(row["parameter"])
        label = row["parameter"].removeprefix("assumptions.")
        axes.set_title(item.title(language) if item else label, fontsize=8.5, loc="left")
        axes.set_xlabel(label, fontsize=7, color=GREY)
    known_signs = {
        label: handle for axes in figure.axes
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    texts = [say(f"calibration.plot.{label}", language) for label in known_signs]
    figure.legend(
        known_signs.values(), texts, loc="lower center", ncols=3, fontsize=8, frameon=False
    )
    return figure


def _density(axes: Any, row: dict[str, Any], posterior: pd.DataFrame) -> None:
    """Draw a histogram of the posterior over the level line of the prior."""
    import numpy as np

    low, high, log = row["prior_low"], row["prior_high"], row["scale"] == "log"
    bins = min(MOST_BINS, max(FEWEST_BINS, round(len(posterior) ** 0.5)))
    edges = np.geomspace(low, high, bins + 1) if log else np.linspace(low, high, bins + 1)
    counts, _ = np.histogram(
        posterior[row["parameter"]], edges, weights=posterior["weight"].to_numpy()
    )
    axes.stairs(counts * bins, edges, fill=True, color=FITTED, alpha=0.55, label="posterior")
    axes.plot([low, high], [1.0, 1.0], color=INK, linewidth=1.0, linestyle="--", label="prior")
    value = row["value"]
    if low <= value <= high:
        axes.axvline(value, color=PREDICTED, linewidth=1.2, linestyle=":", label="value")
    if log:
        from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlim(low, high)
    axes.set_ylim(0.0, max(1.25, float(counts.max()) * bins * 1.08))
    axes.set_yticks([])
    axes.tick_params(labelsize=7)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def targets_figure(tables: Tables, language: str) -> Figure:
    """Make the picture of the figures without writing it: each on a scale of its own."""
    from matplotlib.figure import Figure

    rows = tables["targets"].to_dict("records")
    height = 1.15 + ROW_INCHES * len(rows)
    figure = Figure(figsize=(A4_WIDTH, height))
    grid = figure.add_gridspec(
        len(rows), 1, left=0.36, right=0.975, top=1 - 0.6 / height, bottom=0.5 / height,
        hspace=1.1,
    )
    _title(figure, say("calibration.plot.targets", language), height)
    for place, row in enumerate(rows):
        axes = figure.add_subplot(grid[place, 0])
        _against_band(axes, row, tables["predictive"])
        how = say("calibration.fitted" if row["fitted"] else "calibration.predicted", language)
        unit = unit_label(row["outcome"], language)
        label = say(f"outcome.{row['outcome']}.label", language)
        axes.set_yticks([0.0], [f"{label}\n{how} · {unit}"], fontsize=8)
    _legend(figure, language)
    return figure


def _against_band(axes: Any, row: dict[str, Any], predictive: pd.DataFrame) -> None:
    values, weights = predictive[row["outcome"]].tolist(), predictive["weight"].tolist()
    low, quarter, middle, three, high = weighted_quantiles(
        values, weights, (0.025, 0.25, 0.5, 0.75, 0.975)
    )
    if row["target_low"] == row["target_low"]:
        axes.axvspan(row["target_low"], row["target_high"], color=SOFT, alpha=0.55, linewidth=0)
        if row["target_low"] == row["target_high"]:
            axes.axvline(row["target_low"], color=GREY, linewidth=1.0)
    axes.plot([row["prior_low"], row["prior_high"]], [0.32] * 2, color=GREY, linewidth=1.0)
    colour = FITTED if row["fitted"] else PREDICTED
    axes.plot([low, high], [-0.12] * 2, color=colour, linewidth=1.6, solid_capstyle="butt")
    axes.plot([quarter, three], [-0.12] * 2, color=colour, linewidth=4.5, solid_capstyle="butt")
    axes.plot([middle], [-0.12], "o", color="white", markeredgecolor=colour, markersize=4.5)
    axes.set_ylim(-0.6, 0.6)
    axes.tick_params(axis="x", labelsize=7)
    axes.tick_params(axis="y", length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def _legend(figure: Figure, language: str) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    signs = [
        Patch(color=SOFT, alpha=0.55), Line2D([], [], color=GREY, linewidth=1.0),
        Line2D([], [], color=FITTED, linewidth=3.0), Line2D([], [], color=PREDICTED, linewidth=3.0),
    ]
    names = ("band", "prior_worlds", "fitted_worlds", "predicted_worlds")
    texts = [say(f"calibration.plot.{name}", language) for name in names]
    figure.legend(signs, texts, loc="lower center", ncols=4, fontsize=7.5, frameon=False)


def _title(figure: Figure, text: str, height: float) -> None:
    figure.text(0.02, 1 - 0.3 / height, text, fontsize=12, fontweight="bold", color=INK,
                va="center")
