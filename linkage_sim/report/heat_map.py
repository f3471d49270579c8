"""Heat maps of a sweep: a cell for each pair of values, with its mean and its uncertainty."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from linkage_sim.outcomes import BY_NAME
from linkage_sim.report.effect_scales import Scale, even_numbers
from linkage_sim.report.effect_sheet import (
    LABEL_LINE,
    Panel,
    Size,
    explained,
    label_axis,
    page,
    ticks,
)
from linkage_sim.report.sheet import PROSE, SIDE, TICK, Words, balanced, folded, inches
from linkage_sim.report.style import A4_WIDTH, INK, SOFT

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

MOST_CELLS = 30
PLAIN_MAP, ZERO_MAP = "viridis", "PuOr"
CELL_HEIGHT, WIDEST_CELL = 0.36, 0.95
NUMBER, HALF = 7.0, 5.5
BAR, BAR_ROOM = 0.09, 0.62
BLANK = math.inf
"""Stands where no run has the pair; what is undefined in every run is NaN."""


def heat_map(
    found: pd.DataFrame, scales: Sequence[Scale], outcomes: Sequence[str], words: Words
) -> Figure:
    """Draw a map an outcome.

    Parameters
    ----------
    found
        One row a pair and outcome: columns "level 0" (across), "level 1" (upwards), outcome, mean,
        low, high, seeds.
    scales
        What the levels are called.
    """
    import numpy as np

    across, upwards = (scale.side_by_side() for scale in scales)
    shape = len(upwards.texts), len(across.texts)
    values = {}
    for outcome in outcomes:
        means, halves = np.full(shape, BLANK), np.full(shape, np.nan)
        for row in found[found["outcome"] == outcome].to_dict("records"):
            spot = row["level 1"], row["level 0"]
            means[spot], halves[spot] = row["mean"], (row["high"] - row["low"]) / 2
        values[outcome] = means, halves
    words = replace(words, below=explained(found, scales, "heat-map", words.language))
    rows, size = _laid_out(values, across, upwards, words.language)
    figure, placed = page(words, rows, size)
    for panel, axes in placed:
        _panel(axes, panel, *values[panel.outcome], 1 if scales[1].ordered else -1)
        label_axis(axes, panel, size, words.language)
        _side(axes, panel, scales[1], upwards, size, words.language)
    return figure


def _laid_out(
    values: dict[str, tuple[Any, Any]], across: Scale, upwards: Scale, language: str
) -> tuple[list[list[Panel]], Size]:
    """Make cells wide enough for their numbers; a page grows wider than A4 rather than cut any."""
    letters = max(
        max(inches(number, NUMBER), inches(half, HALF)) for means, halves in values.values()
        for number, half in _texts(means, halves).values()
    )
    height = CELL_HEIGHT * len(upwards.texts)
    left = SIDE + 0.12 + max(inches(text, TICK) for text in upwards.texts)
    left += LABEL_LINE * len(folded(upwards.label(language), height))
    count, least = len(across.texts), letters + 0.1
    most = int((A4_WIDTH - left - SIDE + 0.1) / (least * count + BAR_ROOM + 0.1))
    most = max(1, min(most, len(values), 3))

    def cell_of(columns: int) -> float:
        room = (A4_WIDTH - left - SIDE - columns * BAR_ROOM) / columns / count
        return max(least, min(room, WIDEST_CELL))

    # Fewer maps beside each other where their words need not be turned then.
    columns = next((number for number in range(most, 0, -1)
                    if not ticks(across, count * cell_of(number))[-1]), most)
    cell = cell_of(columns)
    width = max(A4_WIDTH, left + columns * (cell * count + BAR_ROOM) + SIDE)
    panels = [Panel(outcome, across, place % columns) for place, outcome in enumerate(values)]
    rows = [panels[start : start + columns] for start in range(0, len(panels), columns)]
    return rows, Size(width, left, cell * count, height, BAR_ROOM)


def _texts(
    means: NDArray[np.float64], halves: NDArray[np.float64]
) -> dict[tuple[int, int], tuple[str, str]]:
    """Write the numbers of each cell, with as many decimals as tell the cells apart."""
    import numpy as np

    known = means[np.isfinite(means)]
    if not len(known):
        return {(0, 0): ("", "")}
    reach = float(known.max() - known.min()) or float(np.abs(known).max()) or 1.0
    places = min(8, max(0, 1 - math.floor(math.log10(reach))))
    if (halves < 10.0**-places).sum() > np.isfinite(halves).sum() / 2:
        places += 1
    return {
        (row, column): (
            # Zero, if only it were rounded, has no sign.
            f"{round(means[row, column], places) + 0.0:,.{places}f}",
            f"±{halves[row, column]:,.{places}f}" if np.isfinite(halves[row, column]) else "",
        )
        for row, column in np.argwhere(np.isfinite(means)).tolist()
    }


def _panel(
    axes: Any, panel: Panel, means: NDArray[np.float64], halves: NDArray[np.float64], up: int
) -> None:
    """Draw one map; `up` is -1 where the axis runs downwards, as words are read."""
    import numpy as np
    from matplotlib import colormaps
    from matplotlib.colors import Normalize

    zero = panel.outcome in BY_NAME and BY_NAME[panel.outcome].better == "zero"
    known = means[np.isfinite(means)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    if zero:
        low, high = -max(abs(low), abs(high)), max(abs(low), abs(high))
    if low == high:
        low, high = low - 0.5, high + 0.5
    colours, scale = colormaps[ZERO_MAP if zero else PLAIN_MAP], Normalize(low, high)
    edges = [np.arange(size + 1) - 0.5 for size in (means.shape[1], means.shape[0])]
    mesh = axes.pcolormesh(*edges, np.ma.masked_invalid(means), cmap=colours, norm=scale,
                           edgecolors="white", linewidth=1.2, gid="cells")
    for (row, column), (number, half) in _texts(means, halves).items():
        if not number:
            continue
        ink = readable(colours(scale(means[row, column])))
        axes.text(column, row + up * (0.17 if half else 0.0), number, fontsize=NUMBER, color=ink,
                  ha="center", va="center", gid=f"mean {row} {column}")
        if half:
            axes.text(column, row - up * 0.22, half, fontsize=HALF, color=ink, ha="center",
                      va="center", gid=f"half {row} {column}")
    for row, column in np.argwhere(np.isnan(means)):
        axes.text(column, row, "–", fontsize=NUMBER, color=INK, ha="center", va="center")
    axes.set_gid(panel.outcome)
    if len(known):
        _bar(axes, mesh)


def readable(colour: Sequence[float]) -> str:
    """Choose black or white letters, whichever stand out more on a colour.

    Source: relative luminance and contrast of WCAG 2.1; one of the two always reaches 4.5 to 1.
    """
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in colour[:3]
    )
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "black" if (light + 0.05) / 0.05 > 1.05 / (light + 0.05) else "white"


def _bar(axes: Any, mesh: Any) -> None:
    from matplotlib.ticker import MaxNLocator

    figure, place = axes.figure, axes.get_position()
    width = figure.get_figwidth()
    side = figure.add_axes((place.x1 + 0.06 / width, place.y0, BAR / width, place.height))
    bar = figure.colorbar(mesh, cax=side)
    bar.outline.set_visible(False)
    marks = [float(mark) for mark in MaxNLocator(3).tick_values(mesh.norm.vmin, mesh.norm.vmax)
             if mesh.norm.vmin <= mark <= mesh.norm.vmax]
    bar.set_ticks(marks, labels=even_numbers(marks))
    bar.ax.tick_params(labelsize=7, colors=INK, color=SOFT, length=2, pad=1)


def _side(
    axes: Any, panel: Panel, scale: Scale, upwards: Scale, size: Size, language: str
) -> None:
    for name in ("top", "right", "left", "bottom"):
        axes.spines[name].set_visible(False)
    axes.tick_params(length=0)
    count = len(upwards.texts)
    # Numbers rise, words are read from the top.
    axes.set_ylim(*((-0.5, count - 0.5) if scale.ordered else (count - 0.5, -0.5)))
    axes.set_yticks(range(count), upwards.texts if panel.column == 0 else [""] * count,
                    parse_math=False)
    axes.tick_params(axis="y", labelsize=TICK, colors=INK, pad=2)
    if panel.column == 0:
        lines = balanced(upwards.label(language), size.panel_height)
        axes.set_ylabel("\n".join(lines), fontsize=PROSE, color=INK, labelpad=2,
                        linespacing=1.4)
