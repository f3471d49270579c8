"""Draws a city as blocks of communities: which fare better, and how far districts lie apart.

It is a plan, not a map: the model knows which district a community belongs to, and no streets.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from linkage_sim.report.effect_scales import better_words, even_numbers, outcome_title
from linkage_sim.report.heat_map import PLAIN_MAP
from linkage_sim.report.labels import in_order, label_of, needs_columns
from linkage_sim.report.sheet import (
    HEADING_LINE,
    LINE,
    SIDE,
    TICK,
    Frame,
    Key,
    Words,
    bare,
    framed,
    label_axes,
)
from linkage_sim.report.style import A4_WIDTH, COLOURS, INK, SOFT
from linkage_sim.studies.intervals import student
from linkage_sim.words import say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

Scales = Mapping[str, tuple[float, float]]
COLUMNS = ("outcome", "district", "community", "mean", "low", "high")
MAP_WIDE, RANGES_LEFT, RANGES_WIDE, UNDER, GAP = 4.55, 5.75, 2.2, 0.62, 0.14
LEAST_CELL, MOST_CELL, LEAST_DISTRICT = 0.035, 0.2, 0.3
BLOCKS_ACROSS, LABEL, BAR = 4, 0.17, 0.09


def city_map(
    table: pd.DataFrame, language: str = "en", subject: str = "", scales: Scales | None = None
) -> Figure:
    """Draw each community as a square in the block of its district, coloured by its outcome.

    Squares whose interval holds the mean of the city bear a dot: they cannot be told apart from it.
    Beside: mean of each district with its interval, and the range of its communities.

    Parameters
    ----------
    table
        One row a community and outcome: outcome, district (number or text), community, mean, low,
        high (95 % interval over seeds; NaN with a single one). Where it stands: residents (weights
        the means of districts and city).
    subject
        What the city is called, where several are drawn.
    scales
        Outcome -> lowest and highest value of its colours, so that pictures can be compared; left
        out, each outcome's own.

    Raises
    ------
    InputError
        When a column is missing or there is no row.
    """
    needs_columns(table, COLUMNS, language)
    outcomes = in_order(table, "outcome")
    districts = in_order(table, "district")
    sizes = [int((table[table["outcome"] == outcomes[0]]["district"] == name).sum())
             for name in districts]
    side = max(1, math.ceil(math.sqrt(max(sizes))))
    across = min(BLOCKS_ACROSS, len(districts))
    cell = max(LEAST_CELL, min(MOST_CELL, (MAP_WIDE - GAP * (across - 1)) / across / side))
    deep = math.ceil(max(sizes) / side) * cell + LABEL + 0.06
    tall = max(deep * math.ceil(len(districts) / across), LEAST_DISTRICT * 0.55 * len(districts))
    head = HEADING_LINE + LINE + 0.12
    frame = framed(_words(table, language, subject), len(outcomes) * (head + tall + UNDER),
                   A4_WIDTH)
    for place, outcome in enumerate(outcomes):
        below = place * (head + tall + UNDER)
        mine = table[table["outcome"] == outcome].reset_index(drop=True)
        frame.heading(SIDE, below, outcome_title(outcome, language), A4_WIDTH - 2 * SIDE)
        frame.text(SIDE, below + HEADING_LINE + 0.02, better_words(outcome, language))
        axes = frame.axes(SIDE, below + head, MAP_WIDE, tall, gid=f"map {outcome}")
        ends = (scales or {}).get(outcome) or (float(mine["mean"].min()), float(mine["mean"].max()))
        colours = _blocks(axes, mine, districts, (side, cell, deep), (tall, *ends), language)
        _bar(frame, colours, below + head + tall)
        ranges = frame.axes(RANGES_LEFT, below + head, RANGES_WIDE, tall, gid=f"ranges {outcome}")
        _ranges(ranges, mine, districts, language)
        label_axes(ranges, outcome_title(outcome, language), "")
    return frame.figure


def _words(table: pd.DataFrame, language: str, subject: str) -> Words:
    known = bool(table["low"].notna().any())
    keys = [Key(say("report.city.district", language), COLOURS[0], "o", bar=known),
            Key(say("report.city.range", language), SOFT, "", "-"),
            Key(say("report.city.city", language), INK, "", "--")]
    told = [say("report.city.told", language)]
    told.append(say("report.city.dots" if known else "report.city.few", language))
    count = table["community"].nunique()
    title = say("report.city.title_of" if subject else "report.city.title", language,
                n=f"{count:,}", districts=table["district"].nunique(), subject=subject)
    return Words(title, "", language, tuple(keys), tuple(told))


def _city_mean(mine: pd.DataFrame) -> float:
    weights = mine["residents"] if "residents" in mine else mine["mean"] * 0 + 1.0
    known = mine["mean"].notna()
    return float((mine["mean"] * weights)[known].sum() / weights[known].sum())


def _blocks(
    axes: Any, mine: pd.DataFrame, districts: list[Any], shape: tuple[int, float, float],
    height_and_ends: tuple[float, float, float], language: str,
) -> Any:
    from matplotlib import colormaps
    from matplotlib.cm import ScalarMappable
    from matplotlib.collections import PatchCollection
    from matplotlib.colors import Normalize
    from matplotlib.patches import Rectangle

    side, cell, deep = shape
    tall, low, high = height_and_ends
    if not low < high:
        low, high = low - 0.5, high + 0.5
    colours = ScalarMappable(Normalize(low, high), colormaps[PLAIN_MAP])
    middle = _city_mean(mine)
    across = min(BLOCKS_ACROSS, len(districts))
    step = side * cell + GAP
    squares, faces, dots = [], [], []
    for place, district in enumerate(districts):
        left, top = place % across * step, tall - place // across * deep
        axes.text(left, top, _district(district, language), fontsize=TICK, color=INK, va="top",
                  parse_math=False)
        rows = mine[mine["district"] == district].to_dict("records")
        for number, row in enumerate(rows):
            x = left + number % side * cell
            y = top - LABEL - (number // side + 1) * cell
            squares.append(Rectangle((x, y), cell * 0.94, cell * 0.94))
            faces.append(colours.to_rgba(row["mean"]) if row["mean"] == row["mean"] else "white")
            if row["low"] <= middle <= row["high"]:
                dots.append((x + cell * 0.47, y + cell * 0.47))
    axes.add_collection(PatchCollection(squares, facecolor=faces, edgecolor=SOFT, linewidth=0.15,
                                        gid="communities"))
    if dots:
        axes.scatter(*zip(*dots, strict=True), s=(cell * 72 * 0.24) ** 2, color="white",
                     edgecolor=INK, linewidth=0.25, zorder=3, gid="like the city")
    axes.set_axis_off()
    axes.set_xlim(0.0, MAP_WIDE)
    axes.set_ylim(0.0, tall)
    return colours


def _district(district: Any, language: str) -> str:
    if isinstance(district, str):
        return label_of(district, language)
    return say("report.city.name", language, n=int(district) + 1)


def _bar(frame: Frame, colours: Any, below: float) -> None:
    axes = frame.axes(SIDE, below + 0.12, MAP_WIDE * 0.6, BAR)
    bar = frame.figure.colorbar(colours, cax=axes, orientation="horizontal")
    bar.outline.set_visible(False)
    from matplotlib.ticker import MaxNLocator

    low, high = colours.norm.vmin, colours.norm.vmax
    marks = [float(mark) for mark in MaxNLocator(4).tick_values(low, high) if low <= mark <= high]
    bar.set_ticks(marks, labels=even_numbers(marks))
    axes.tick_params(labelsize=TICK, colors=INK, color=SOFT, length=2, pad=1)


def _ranges(axes: Any, mine: pd.DataFrame, districts: list[Any], language: str) -> None:
    weights = mine["residents"] if "residents" in mine else mine["mean"] * 0 + 1.0
    for place, district in enumerate(districts):
        rows = mine[(mine["district"] == district) & mine["mean"].notna()]
        if not len(rows):
            continue
        tenth, ninetieth = (float(rows["mean"].quantile(share)) for share in (0.1, 0.9))
        axes.plot([tenth, ninetieth], [place] * 2, color=SOFT, linewidth=5.0,
                  solid_capstyle="butt", zorder=1, gid=f"range-{place}")
        share = weights[rows.index] / weights[rows.index].sum()
        middle = float((rows["mean"] * share).sum())
        half = float("nan")
        if len(rows) > 1:
            # Communities of a district are taken as a sample of such communities.
            error = math.sqrt(float((share**2).sum()) * float(rows["mean"].var(ddof=1)))
            half = student(len(rows)) * error
        axes.plot([middle - half, middle + half], [place] * 2, color=COLOURS[0], linewidth=1.6,
                  zorder=2, gid=f"interval-{place}")
        axes.plot([middle], [place], "o", color=COLOURS[0], markersize=4.5,
                  markeredgecolor="white", markeredgewidth=0.5, zorder=3, gid=f"district-{place}")
    axes.axvline(_city_mean(mine), color=INK, linestyle="--", linewidth=0.9, zorder=0, gid="city")
    bare(axes, "x")
    axes.set_yticks(range(len(districts)), [_district(name, language) for name in districts])
    axes.set_ylim(len(districts) - 0.4, -0.6)
    axes.tick_params(axis="y", labelsize=TICK, colors=INK, length=0)
    axes.locator_params(axis="x", nbins=4)
