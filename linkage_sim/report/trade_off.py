"""Draws what one gives for another: effect, cost and trust, and which scenario none beats.

Source: Pareto 1906, Manuale di economia politica, for the front.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any

from linkage_sim.outcomes import BY_NAME
from linkage_sim.report.effect_scales import better_words, outcome_title
from linkage_sim.report.labels import label_of, needs_columns
from linkage_sim.report.sheet import (
    PROSE,
    SIDE,
    Frame,
    Key,
    Words,
    bare,
    framed,
    label_axes,
)
from linkage_sim.report.style import A4_WIDTH, COLOURS, GREY, INK, MARKERS
from linkage_sim.words import say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

CRITERIA = ("true_effect", "administration_share", "trust")
LEFT, GAP, TALL, UNDER, ABOVE = 0.75, 0.75, 2.7, 0.6, 0.24


def trade_off(
    table: pd.DataFrame, language: str = "en", criteria: Sequence[str] = CRITERIA
) -> Figure:
    """Draw the first outcome over each of the others, with intervals both ways.

    Filled: no other scenario is better in one outcome without being worse in another. Hollow: some
    other scenario is at least as good in all of them. The stepped line is the front of the two
    outcomes of its panel alone.

    Parameters
    ----------
    table
        One row a scenario: scenario, and for each of the criteria its mean under the outcome's
        name, and its 95 % interval under that name with _low and _high behind it.
    criteria
        Names of outcomes: the first stands upwards, the others across. Outcomes that are best at 0
        or have no better side cannot be traded.

    Raises
    ------
    InputError
        When a column is missing or there is no row.
    """
    wanted = [f"{name}{end}" for name in criteria for end in ("", "_low", "_high")]
    needs_columns(table, ["scenario", *wanted], language)
    rows = table.reset_index(drop=True)
    best = beaten_by_none(rows, criteria)
    count = len(criteria) - 1
    wide = (A4_WIDTH - LEFT - SIDE + GAP) / count - GAP
    frame = framed(_words(rows, best, criteria, language), ABOVE + TALL + UNDER, A4_WIDTH)
    for column, name in enumerate(criteria[1:]):
        left = LEFT + column * (wide + GAP)
        across, upwards = better_words(name, language), better_words(criteria[0], language)
        frame.text(left, 0.0, say("report.trade_off.better", language, across=across,
                                  upwards=upwards))
        axes = frame.axes(left, ABOVE, wide, TALL, gid=name)
        _points(axes, rows, name, criteria[0], best)
        label_axes(axes, outcome_title(name, language), outcome_title(criteria[0], language))
        _number_points(frame, axes, rows, name, criteria[0])
    return frame.figure


def beaten_by_none(rows: pd.DataFrame, criteria: Sequence[str]) -> list[bool]:
    """Tell for each row whether no other is at least as good in all criteria and better in one.

    Only means are looked at; whether two rows can be told apart, their intervals say.
    """
    signs = [1.0 if BY_NAME[name].better == 1 else -1.0 for name in criteria]
    points = [[sign * float(row[name]) for sign, name in zip(signs, criteria, strict=True)]
              for row in rows.to_dict("records")]
    return [
        not any(
            all(theirs >= mine for theirs, mine in zip(other, point, strict=True))
            and other != point
            for other in points
        )
        for point in points
    ]


def _looks(count: int) -> list[tuple[str, str]]:
    pairs = zip(cycle((GREY, *COLOURS)), cycle(("o", *MARKERS[1:], "P", "X")), strict=False)
    return [look for look, _ in zip(pairs, range(count), strict=False)]


def _words(
    rows: pd.DataFrame, best: Sequence[bool], criteria: Sequence[str], language: str
) -> Words:
    names = [label_of(name, language) for name in rows["scenario"]]
    keys = [
        Key(f"{number} {name}", colour, marker, hollow=not good)
        for number, (name, (colour, marker), good)
        in enumerate(zip(names, _looks(len(names)), best, strict=True), start=1)
    ]
    keys.append(Key(say("report.trade_off.front", language), INK, "", "-"))
    known = bool(rows[f"{criteria[0]}_low"].notna().any())
    told = (say("report.trade_off.told", language),
            say(f"report.plate.{'interval' if known else 'single'}", language))
    return Words(say("report.trade_off.title", language), "", language, tuple(keys), told)


def _points(
    axes: Any, rows: pd.DataFrame, across: str, upwards: str, best: Sequence[bool]
) -> None:
    looks = _looks(len(rows))
    for place, (row, (colour, marker), good) in enumerate(
        zip(rows.to_dict("records"), looks, best, strict=True)
    ):
        x, y = row[across], row[upwards]
        axes.plot([row[f"{across}_low"], row[f"{across}_high"]], [y, y], color=colour,
                  linewidth=1.2, zorder=2, gid=f"across-{place}")
        axes.plot([x, x], [row[f"{upwards}_low"], row[f"{upwards}_high"]], color=colour,
                  linewidth=1.2, zorder=2, gid=f"upwards-{place}")
        axes.plot([x], [y], marker=marker, color=colour, markersize=6.5, linestyle="none",
                  markerfacecolor=colour if good else "white", zorder=3, gid=f"point-{place}")
    front = rows[beaten_by_none(rows, (upwards, across))].sort_values(across)
    rising = BY_NAME[across].better == -1
    axes.step(front[across], front[upwards], where="post" if rising else "pre", color=INK,
              linewidth=0.9, zorder=1, gid="front")
    bare(axes, "both")
    axes.spines["left"].set_visible(True)
    axes.spines["left"].set_color(axes.spines["bottom"].get_edgecolor())
    axes.margins(0.12)
    axes.locator_params(nbins=5)


def _number_points(
    frame: Frame, axes: Any, rows: pd.DataFrame, across: str, upwards: str
) -> None:
    """Write each number beside its point, where it covers neither a point nor another number."""
    size = frame.figure.dpi / 72.0
    # Asked for, the limits are settled; places on the page follow from them.
    axes.get_xlim(), axes.get_ylim()
    spots = [tuple(axes.transData.transform((row[across], row[upwards])))
             for row in rows.to_dict("records")]
    taken = [*spots]
    # Never straight above or beside a point, where its intervals are.
    ways = [(x, y) for x in (8, -8, 16, -16) for y in (8, -8, 16, -16)]
    for number, (row, spot) in enumerate(zip(rows.to_dict("records"), spots, strict=True), start=1):
        aside = max(ways, key=lambda way: (
            min(11.0 * size, min(
                abs(spot[0] + way[0] * size - other[0]) + abs(spot[1] + way[1] * size - other[1])
                for other in taken
            )), -abs(way[0]) - abs(way[1]),
        ))
        taken.append((spot[0] + aside[0] * size, spot[1] + aside[1] * size))
        axes.annotate(str(number), (row[across], row[upwards]), xytext=aside,
                      textcoords="offset points", fontsize=PROSE, color=INK, ha="center",
                      va="center", zorder=5)
