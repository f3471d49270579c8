"""Draws what each member contributes to the whole: Shapley values with their intervals.

Source: Shapley 1953, Contributions to the Theory of Games II.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from linkage_sim.report.effect_scales import outcome_title
from linkage_sim.report.labels import in_order, label_of, needs_columns
from linkage_sim.report.sheet import (
    HEADING,
    HEADING_LINE,
    LINE,
    PROSE,
    SIDE,
    Key,
    Words,
    bare,
    folded,
    framed,
    inches,
    label_axes,
)
from linkage_sim.report.style import A4_WIDTH, COLOURS, INK, unit_label
from linkage_sim.words import say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

COLUMNS = ("outcome", "player", "mean", "low", "high")
ROW, UNDER, GAP, MOST_NAME = 0.34, 0.6, 0.3, 1.9
ALONE, LAST = ("^", "alone"), ("v", "last")


def shapley_bars(table: pd.DataFrame, language: str = "en") -> Figure:
    """Draw a bar for each member and outcome: what it adds on average over all orders of joining.

    Parameters
    ----------
    table
        One row a member and outcome: outcome, player (for example community, organizations,
        workers, volunteers, or a reform), mean, low, high (Shapley value with its 95 % interval,
        in the unit of the outcome). Where they stand: alone (what it adds to nobody), last (what
        it adds to all the others); far apart, they show that the member needs the others or
        repeats them.

    Raises
    ------
    InputError
        When a column is missing or there is no row.
    """
    needs_columns(table, COLUMNS, language)
    outcomes, players = in_order(table, "outcome"), in_order(table, "player")
    names = [folded(label_of(player, language), MOST_NAME) for player in players]
    left = SIDE + 0.1 + max(inches(line, PROSE) for lines in names for line in lines)
    columns = 1 if len(outcomes) == 1 else 2
    wide = (A4_WIDTH - left - SIDE + GAP) / columns - GAP
    row_inches = max(ROW, LINE * max(map(len, names)) + 0.06)
    tall = row_inches * len(players)
    rows = [outcomes[start : start + columns] for start in range(0, len(outcomes), columns)]
    heads = [
        0.1 + HEADING_LINE * max(
            len(folded(outcome_title(name, language), wide, HEADING, True)) for name in row
        ) for row in rows
    ]
    frame = framed(_words(table, language), sum(heads) + len(rows) * (tall + UNDER), A4_WIDTH)
    below = 0.0
    for row, head in zip(rows, heads, strict=True):
        for column, outcome in enumerate(row):
            x = left + column * (wide + GAP)
            frame.heading(x, below, outcome_title(outcome, language), wide)
            axes = frame.axes(x, below + head, wide, tall, gid=outcome)
            mine = table[table["outcome"] == outcome].set_index("player").reindex(players)
            _bars(axes, mine, language)
            axes.set_yticks(range(len(players)),
                            ["\n".join(lines) if column == 0 else "" for lines in names])
            axes.tick_params(axis="y", labelsize=PROSE, length=0)
            unit = unit_label(outcome, language)
            label_axes(axes, say("report.shapley.axis", language, unit=unit), "")
        below += head + tall + UNDER
    return frame.figure


def _words(table: pd.DataFrame, language: str) -> Words:
    known = bool(table["low"].notna().any())
    keys = [Key(say("report.shapley.bar", language), COLOURS[0], "s")]
    for marker, name in (ALONE, LAST):
        if name in table:
            keys.append(Key(say(f"report.shapley.{name}", language), INK, marker, hollow=True))
    told = say(f"report.{'shapley.interval' if known else 'plate.single'}", language)
    return Words(say("report.shapley.title", language), say("report.shapley.note", language),
                 language, tuple(keys), (told,))


def _bars(axes: Any, mine: pd.DataFrame, language: str) -> None:
    if mine["mean"].isna().all():
        axes.text(0.5, 0.5, say("report.forest.undefined", language), fontsize=PROSE, color=INK,
                  transform=axes.transAxes, ha="center", va="center")
    for place, row in enumerate(mine.to_dict("records")):
        if row["mean"] != row["mean"]:
            continue
        colour = COLOURS[0] if row["mean"] >= 0.0 else COLOURS[2]
        axes.barh([place], [row["mean"]], height=0.5, color=colour, alpha=0.75, zorder=2,
                  gid=f"bar-{place}")
        axes.plot([row["low"], row["high"]], [place] * 2, color=INK, linewidth=1.6, zorder=3,
                  gid=f"interval-{place}")
        for marker, name in (ALONE, LAST):
            if name in row and row[name] == row[name]:
                axes.plot([row[name]], [place + (0.33 if name == "alone" else -0.33)],
                          marker=marker, color=INK, markerfacecolor="white", markersize=4.5,
                          linestyle="none", zorder=4, clip_on=False, gid=f"{name}-{place}")
    axes.axvline(0.0, color=INK, linewidth=0.8, zorder=1)
    bare(axes, "x")
    axes.set_ylim(len(mine) - 0.45, -0.55)
    axes.margins(x=0.07)
    axes.locator_params(axis="x", nbins=4)
