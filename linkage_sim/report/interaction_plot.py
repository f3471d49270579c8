"""Draws whether two reforms help each other: four means of a factorial experiment, pair by pair."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from linkage_sim.report.effect_scales import better_words, outcome_title
from linkage_sim.report.labels import decimals, label_of, needs_columns
from linkage_sim.report.sheet import (
    HEADING,
    HEADING_LINE,
    LINE,
    SIDE,
    Frame,
    Key,
    Words,
    bare,
    folded,
    framed,
    label_axes,
)
from linkage_sim.report.style import A4_WIDTH, COLOURS, GREY, INK
from linkage_sim.words import say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

COLUMNS = ("outcome", "first", "second", "first_on", "second_on", "mean", "low", "high")
CHANGE = ("interaction", "interaction_low", "interaction_high")
MOST_ACROSS, LEFT, GAP, TALL, UNDER = 3, 0.62, 0.18, 1.35, 0.62
WITHOUT, WITH, ADDED = (GREY, "o", "--"), (COLOURS[0], "D", "-"), (COLOURS[2], "x", ":")


def interaction_plot(table: pd.DataFrame, language: str = "en") -> Figure:
    """Draw each pair of factors: without and with the second, over without and with the first.

    Lines that are not parallel interact. A cross marks where both together would stand if their
    effects simply added up.

    Parameters
    ----------
    table
        Four rows a pair and outcome: outcome, first, second (names of factors), first_on,
        second_on (0 or 1), mean, low, high (95 % interval over seeds; the other factors at both
        their values alike). Where they stand, in every row of a pair: interaction,
        interaction_low, interaction_high (paired: both minus each alone plus none).

    Raises
    ------
    InputError
        When a column is missing or there is no row.
    """
    needs_columns(table, COLUMNS, language)
    pairs = list(dict.fromkeys(zip(table["first"], table["second"], strict=True)))
    across = min(MOST_ACROSS, len(pairs))
    wide = (A4_WIDTH - LEFT - SIDE + GAP) / across - GAP
    blocks = [(outcome, pairs[start : start + across], start == 0)
              for outcome in dict.fromkeys(table["outcome"])
              for start in range(0, len(pairs), across)]
    heads = [_head_inches(table, outcome, part, first, wide, language)
             for outcome, part, first in blocks]
    under = UNDER + LINE * max(
        len(folded(label_of(first, language), wide)) - 1 for first, _ in pairs
    )
    frame = framed(_words(table, language), sum(heads) + len(blocks) * (TALL + under), A4_WIDTH)
    below = 0.0
    for (outcome, part, first), head in zip(blocks, heads, strict=True):
        mine = table[table["outcome"] == outcome]
        names = _pair_heads(table, outcome, part, wide, language)
        depth = LINE * max(map(len, names))
        if first:
            frame.heading(LEFT, below, outcome_title(outcome, language), A4_WIDTH - LEFT - 1.8)
            frame.text(A4_WIDTH - SIDE, below, better_words(outcome, language), ha="right")
        lead = None
        for column, (pair, lines) in enumerate(zip(part, names, strict=True)):
            left = LEFT + column * (wide + GAP)
            frame.text(left, below + head - 0.09 - depth, "\n".join(lines), linespacing=1.25)
            here = mine[(mine["first"] == pair[0]) & (mine["second"] == pair[1])]
            lead = _panel(frame, here, (left, below + head, wide), mine, lead, language)
        below += head + TALL + under
    return frame.figure


def _pair_heads(
    table: pd.DataFrame, outcome: str, part: list[tuple[Any, Any]], wide: float, language: str
) -> list[list[str]]:
    found = []
    for first, second in part:
        text = say("report.interaction.pair", language, first=label_of(first, language),
                   second=label_of(second, language))
        lines = folded(text, wide)
        rows = table[(table["outcome"] == outcome) & (table["first"] == first)
                     & (table["second"] == second)]
        if set(CHANGE) <= set(table.columns) and rows[CHANGE[0]].notna().any():
            middle, low, high = (float(rows[name].dropna().iloc[0]) if rows[name].notna().any()
                                 else float("nan") for name in CHANGE)
            places = decimals([(high - low) / 2 if low == low else middle])
            numbers = [f"{round(value, places) + 0.0:+.{places}f}" for value in (middle, low, high)]
            lines += folded(say("report.interaction.change", language, change=numbers[0]), wide)
            if low == low:
                # On a line of its own, so that it is never broken in two.
                lines.append(f"[{numbers[1]}, {numbers[2]}]")
        found.append(lines)
    return found


def _head_inches(
    table: pd.DataFrame, outcome: str, part: list[tuple[Any, Any]], first: bool, wide: float,
    language: str,
) -> float:
    names = max(len(lines) for lines in _pair_heads(table, outcome, part, wide, language))
    title = folded(outcome_title(outcome, language), A4_WIDTH - LEFT - 1.8, HEADING, True)
    return HEADING_LINE * len(title) * first + LINE * names + 0.16


def _words(table: pd.DataFrame, language: str) -> Words:
    known = bool(table["low"].notna().any())
    keys = tuple(
        Key(say(f"report.interaction.{name}", language), *look, bar=known and name != "added")
        for name, look in (("without", WITHOUT), ("with", WITH), ("added", ADDED))
    )
    told = say(f"report.plate.{'interval' if known else 'single'}", language)
    return Words(say("report.interaction.title", language),
                 say("report.interaction.note", language), language, keys, (told,))


def _panel(
    frame: Frame, here: pd.DataFrame, place: tuple[float, float, float], mine: pd.DataFrame,
    lead: Any, language: str,
) -> Any:
    left, below, wide = place
    first, second = here["first"].iloc[0], here["second"].iloc[0]
    axes = frame.axes(left, below, wide, TALL, sharey=lead, gid=f"{first} x {second}")
    means: dict[tuple[int, int], float] = {}
    for on, (colour, marker, dash) in ((0, WITHOUT), (1, WITH)):
        line = here[here["second_on"].astype(int) == on].sort_values("first_on")
        places = line["first_on"].astype(int) + (on - 0.5) * 0.06
        means.update({(int(row.first_on), on): float(row.mean)
                      for row in line[["first_on", "mean"]].itertuples(index=False)})
        axes.vlines(places, line["low"], line["high"], color=colour, linewidth=1.5,
                    gid=f"interval-{on}")
        axes.plot(places, line["mean"], color=colour, marker=marker, linestyle=dash, linewidth=1.4,
                  markersize=5, markeredgecolor="white", markeredgewidth=0.5, gid=f"mean-{on}")
    if len(means) == 4:
        added = means[1, 0] + means[0, 1] - means[0, 0]
        axes.plot([0.03, 1.03], [means[0, 1], added], color=ADDED[0], linestyle=ADDED[2],
                  linewidth=1.1, gid="added-line")
        axes.plot([1.03], [added], color=ADDED[0], marker=ADDED[1], markersize=6,
                  markeredgewidth=1.4, linestyle="none", gid="added")
    bare(axes)
    if lead is None:
        _range(axes, mine)
    axes.set_xlim(-0.3, 1.3)
    axes.set_xticks([0, 1], [say(f"report.interaction.{name}_axis", language)
                             for name in ("without", "with")])
    axes.tick_params(axis="y", labelleft=lead is None)
    label_axes(axes, label_of(first, language), "")
    axes.spines["bottom"].set_color(INK)
    return axes if lead is None else lead


def _range(axes: Any, mine: pd.DataFrame) -> None:
    """Give all pairs of an outcome one range, with room for the cross of added effects."""
    values = mine[["low", "mean", "high"]]
    low, high = float(values.min().min()), float(values.max().max())
    for _, rows in mine.groupby(["first", "second"], sort=False):
        cell = {(int(row.first_on), int(row.second_on)): float(row.mean)
                for row in rows[["first_on", "second_on", "mean"]].itertuples(index=False)}
        if len(cell) == 4:
            added = cell[1, 0] + cell[0, 1] - cell[0, 0]
            low, high = min(low, added), max(high, added)
    slack = 0.07 * (high - low) or 0.05
    axes.set_ylim(low - slack, high + slack)
    axes.locator_params(axis="y", nbins=4)
