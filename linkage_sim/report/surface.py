"""Draws what happens to truth when counts are rewarded: the Goodhart surface.

Source: Goodhart 1975; Campbell 1979, Evaluation and Program Planning 2(1): the more a count is used
to decide, the less it tells of what it was meant to count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from linkage_sim.outcomes import BY_NAME
from linkage_sim.report.effect_scales import better_words, outcome_title, plain_number
from linkage_sim.report.heat_map import PLAIN_MAP, ZERO_MAP, readable
from linkage_sim.report.labels import in_order, label_of, needs_columns, parameter_label
from linkage_sim.report.sheet import (
    HEADING,
    HEADING_LINE,
    LINE,
    PROSE,
    SIDE,
    TICK,
    Frame,
    Words,
    folded,
    framed,
    label_axes,
)
from linkage_sim.report.style import A4_WIDTH, INK, SOFT
from linkage_sim.words import say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

COLUMNS = ("outcome", "weight_on_quantity", "incentive", "mean", "low", "high")
MOST_ACROSS, LEFT, GAP, BAR_ROOM = 3, 0.95, 0.16, 0.75
CELL, UNDER, NUMBER, HALF = 0.42, 0.62, 7.0, 5.5


def goodhart_surface(table: pd.DataFrame, language: str = "en") -> Figure:
    """Draw outcomes over the weight on quantity and the strength of the incentive.

    A row of panels an outcome, a column of panels a value of `panel`; all panels of an outcome
    share their colours. Each cell holds its mean and the half of its interval. For an outcome that
    is best at 0, cells whose interval holds 0 are framed.

    Parameters
    ----------
    table
        One row a cell: outcome (name of an outcome), weight_on_quantity (share, 0..1), incentive
        (a number, rising), mean, low, high (95 % interval; NaN with a single seed). Where they
        stand: panel (text, for example what respondents there are), incentive_name (dotted name of
        the parameter that `incentive` is a value of; gives the axis its title and unit).

    Raises
    ------
    InputError
        When a column is missing or there is no row.
    """
    needs_columns(table, COLUMNS, language)
    panels = in_order(table, "panel") if "panel" in table else [""]
    outcomes = in_order(table, "outcome")
    across = min(MOST_ACROSS, len(panels))
    wide = (A4_WIDTH - LEFT - BAR_ROOM + GAP) / across - GAP
    rows = [(outcome, panels[start : start + across])
            for outcome in outcomes for start in range(0, len(panels), across)]
    tall = CELL * max(2, table["incentive"].nunique())
    heads = [_head_inches(outcome, part, wide, language) for outcome, part in rows]
    frame = framed(_words(table, language), sum(heads) + len(rows) * (tall + UNDER), A4_WIDTH)
    below = 0.0
    for (outcome, part), head in zip(rows, heads, strict=True):
        mine = table[table["outcome"] == outcome]
        colours = _colours(mine, outcome)
        _head(frame, outcome, part, below, wide, language)
        for column, panel in enumerate(part):
            here = mine[mine["panel"] == panel] if "panel" in table else mine
            axes = frame.axes(LEFT + column * (wide + GAP), below + head, wide, tall,
                              gid=f"{outcome} {panel}".strip())
            mesh = _cells(axes, here, outcome, colours, column == 0)
            label_axes(axes, say("report.surface.across", language),
                       _upwards(table, language) if column == 0 else "")
        _bar(frame, mesh, below + head, tall)
        below += head + tall + UNDER
    return frame.figure


def _words(table: pd.DataFrame, language: str) -> Words:
    below = [say("report.surface.told", language)]
    best = table["outcome"].map(_is_best_at_zero)
    if (best & (table["low"] <= 0.0) & (table["high"] >= 0.0)).any():
        below.append(say("report.surface.framed", language))
    if table["low"].isna().all():
        below = [say("report.plate.single", language)]
    return Words(say("report.surface.title", language), say("report.surface.note", language),
                 language, below=tuple(below))


def _is_best_at_zero(outcome: str) -> bool:
    return outcome in BY_NAME and BY_NAME[outcome].better == "zero"


def _upwards(table: pd.DataFrame, language: str) -> str:
    if "incentive_name" in table:
        return parameter_label(str(table["incentive_name"].iloc[0]), language)
    return say("report.surface.upwards", language)


def _names(part: list[Any], wide: float, language: str) -> list[list[str]]:
    return [folded(label_of(panel, language), wide) if panel else [] for panel in part]


def _head_inches(outcome: str, part: list[Any], wide: float, language: str) -> float:
    whole = folded(outcome_title(outcome, language), A4_WIDTH - LEFT - SIDE - 1.6, HEADING, True)
    names = max(len(lines) for lines in _names(part, wide, language))
    return HEADING_LINE * len(whole) + LINE * names + 0.14


def _head(
    frame: Frame, outcome: str, part: list[Any], below: float, wide: float, language: str
) -> None:
    words, room = outcome_title(outcome, language), A4_WIDTH - LEFT - SIDE - 1.6
    frame.heading(LEFT, below, words, room)
    frame.text(A4_WIDTH - SIDE, below, better_words(outcome, language), ha="right")
    under = below + HEADING_LINE * len(folded(words, room, HEADING, True)) + 0.05
    for column, lines in enumerate(_names(part, wide, language)):
        frame.text(LEFT + column * (wide + GAP), under, "\n".join(lines), linespacing=1.3)


def _colours(mine: pd.DataFrame, outcome: str) -> Any:
    from matplotlib import colormaps
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    known = mine["mean"].dropna()
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    zero = _is_best_at_zero(outcome)
    if zero:
        low, high = -max(abs(low), abs(high)), max(abs(low), abs(high))
    if low == high:
        low, high = low - 0.5, high + 0.5
    return ScalarMappable(Normalize(low, high), colormaps[ZERO_MAP if zero else PLAIN_MAP])


def _cells(axes: Any, here: pd.DataFrame, outcome: str, colours: Any, numbered: bool) -> Any:
    import numpy as np
    from matplotlib.patches import Rectangle

    # The harm grows to the right and upwards, as on a hill.
    across, upwards = (sorted(here[name].unique()) for name in ("weight_on_quantity", "incentive"))
    means = np.full((len(upwards), len(across)), np.nan)
    zero = _is_best_at_zero(outcome)
    for row in here.to_dict("records"):
        spot = upwards.index(row["incentive"]), across.index(row["weight_on_quantity"])
        means[spot] = row["mean"]
        ink = readable(colours.to_rgba(row["mean"])) if row["mean"] == row["mean"] else INK
        half = (row["high"] - row["low"]) / 2
        known = half == half
        axes.text(spot[1], spot[0] + (0.14 if known else 0.0), _number(row["mean"]), color=ink,
                  fontsize=NUMBER, ha="center", va="center", gid=f"mean {spot[0]} {spot[1]}")
        if known:
            axes.text(spot[1], spot[0] - 0.22, f"±{half:.2f}" if half >= 0.005 else f"±{half:.3f}",
                      color=ink, fontsize=HALF, ha="center", va="center",
                      gid=f"half {spot[0]} {spot[1]}")
        if zero and known and row["low"] <= 0.0 <= row["high"]:
            axes.add_patch(Rectangle((spot[1] - 0.46, spot[0] - 0.44), 0.92, 0.88, fill=False,
                                     edgecolor=ink, linewidth=1.3, linestyle="--", zorder=3,
                                     gid=f"holds zero {spot[0]} {spot[1]}"))
    edges = [np.arange(count + 1) - 0.5 for count in (len(across), len(upwards))]
    mesh = axes.pcolormesh(*edges, np.ma.masked_invalid(means), cmap=colours.cmap,
                           norm=colours.norm, edgecolors="white", linewidth=1.0, gid="cells")
    axes.set_xticks(range(len(across)), [plain_number(value) for value in across])
    axes.set_yticks(range(len(upwards)),
                    [plain_number(value) if numbered else "" for value in upwards])
    axes.tick_params(length=0, labelsize=TICK, colors=INK, pad=2)
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    return mesh


def _number(value: float) -> str:
    return f"{value + 0.0:.2f}" if value == value else "–"


def _bar(frame: Frame, mesh: Any, below: float, tall: float) -> None:
    axes = frame.axes(A4_WIDTH - BAR_ROOM + 0.1, below, 0.1, tall)
    bar = frame.figure.colorbar(mesh, cax=axes)
    bar.outline.set_visible(False)
    axes.locator_params(nbins=4)
    axes.tick_params(labelsize=PROSE - 1, colors=INK, color=SOFT, length=2, pad=1)
