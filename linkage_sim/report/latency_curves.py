"""Draws what waiting does: outcomes over days of approval, or over load, with theory drawn in."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING, Any

from linkage_sim.report.effect_scales import better_words, outcome_title
from linkage_sim.report.labels import in_order, label_of, needs_columns
from linkage_sim.report.sheet import (
    HEADING,
    HEADING_LINE,
    LINE,
    SIDE,
    Key,
    Words,
    bare,
    folded,
    framed,
    label_axes,
)
from linkage_sim.report.style import A4_WIDTH, COLOURS, INK, MARKERS
from linkage_sim.words import say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

COLUMNS = ("outcome", "mean", "low", "high")
ACROSS = ("latency_days", "load_share", "outside_residents")
"""What may stand along the axis; the first one the table has is taken."""
LEFT, GAP, TALL, UNDER = 0.68, 0.62, 1.75, 0.58
DASHES = ("-", "--", "-.", ":")


def latency_curves(table: pd.DataFrame, language: str = "en") -> Figure:
    """Draw each outcome over days of approval, simulated means with intervals and theory beside.

    Parameters
    ----------
    table
        One row a point: outcome (name of an outcome), latency_days (days from submission to
        decision) or load_share (arrivals over what the desks can do, 0..1), mean, low, high (95 %
        interval; NaN with a single seed). Where they stand: series (text: one line each, such as a
        reform or "desks"), theory (what a formula expects at this point, NaN where it says
        nothing; drawn dotted, without marks).

    Raises
    ------
    InputError
        When a column is missing or there is no row.
    """
    needs_columns(table, COLUMNS, language)
    along = next((name for name in ACROSS if name in table), ACROSS[0])
    needs_columns(table, (along,), language)
    outcomes = in_order(table, "outcome")
    names = in_order(table, "series") if "series" in table else [""]
    columns = 1 if len(outcomes) == 1 else 2
    wide = (A4_WIDTH - LEFT - SIDE + GAP) / columns - GAP
    tall = 2.6 if columns == 1 else TALL
    looks = dict(zip(names, zip(cycle(COLOURS), cycle(MARKERS), cycle(DASHES)), strict=False))
    rows = [outcomes[start : start + columns] for start in range(0, len(outcomes), columns)]
    heads = [
        0.12 + LINE + HEADING_LINE * max(
            len(folded(outcome_title(name, language), wide, HEADING, True)) for name in row
        ) for row in rows
    ]
    frame = framed(_words(table, looks, language),
                   sum(heads) + len(rows) * (tall + UNDER), A4_WIDTH)
    below = 0.0
    for row, head in zip(rows, heads, strict=True):
        for column, outcome in enumerate(row):
            left = LEFT + column * (wide + GAP)
            title = outcome_title(outcome, language)
            frame.heading(left, below, title, wide)
            lines = len(folded(title, wide, HEADING, True))
            frame.text(left, below + HEADING_LINE * lines + 0.04, better_words(outcome, language))
            axes = frame.axes(left, below + head, wide, tall, gid=outcome)
            _curves(axes, table[table["outcome"] == outcome], along, looks)
            label_axes(axes, say(f"report.latency.{along}", language), "")
        below += head + tall + UNDER
    return frame.figure


def _words(table: pd.DataFrame, looks: dict[Any, Any], language: str) -> Words:
    known = table["low"].notna().any()
    keys = [
        Key(label_of(name, language) if name != "" else say("report.plate.simulated", language),
            colour, marker, dash, bar=bool(known))
        for name, (colour, marker, dash) in looks.items()
    ]
    if "theory" in table and table["theory"].notna().any():
        keys.append(Key(say("report.latency.theory", language), INK, "", (0, (1, 1.2))))
    told = say(f"report.plate.{'interval' if known else 'single'}", language)
    return Words(say("report.latency.title", language), "", language, tuple(keys), (told,))


def _curves(axes: Any, here: pd.DataFrame, along: str, looks: dict[Any, Any]) -> None:
    for place, (name, (colour, marker, dash)) in enumerate(looks.items()):
        line = (here[here["series"] == name] if "series" in here else here).sort_values(along)
        if not len(line):
            continue
        axes.fill_between(line[along], line["low"], line["high"], color=colour, alpha=0.16,
                          linewidth=0, gid=f"band-{place}")
        axes.vlines(line[along], line["low"], line["high"], color=colour, linewidth=1.2,
                    gid=f"interval-{place}")
        axes.plot(line[along], line["mean"], color=colour, marker=marker, linestyle=dash,
                  linewidth=1.4, markersize=4.5, markeredgecolor="white", markeredgewidth=0.5,
                  gid=f"mean-{place}")
        theory = line.dropna(subset=["theory"]) if "theory" in line else line[:0]
        if len(theory):
            # Over the markers, so that a good fit is seen and not covered.
            axes.plot(theory[along], theory["theory"], color=INK, linestyle=(0, (1, 1.2)),
                      linewidth=1.4, zorder=4, gid=f"theory-{place}")
    bare(axes)
    axes.margins(x=0.03, y=0.08)
    axes.locator_params(axis="y", nbins=5)
