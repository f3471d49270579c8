"""Draws how trust goes on over the years from where it starts, and where it settles."""

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
from linkage_sim.report.style import A4_WIDTH, COLOURS, MARKERS
from linkage_sim.words import say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

COLUMNS = ("scenario", "year", "mean", "low", "high")
LEFT, GAP, TALL, UNDER, MOST_ACROSS = 0.68, 0.18, 1.9, 0.55, 3
DASHES = ("-", "--", "-.", ":")


def trust_paths(table: pd.DataFrame, language: str = "en") -> Figure:
    """Draw a panel a scenario and a line a start, with the band in which worlds lie.

    All panels share their range, so that paths of two policies can be compared by eye.

    Parameters
    ----------
    table
        One row a scenario, start and year: scenario, year (0 is the start), mean, low, high (10th
        and 90th percentile of worlds, or a 95 % interval, as `spread` says). Where they stand:
        start (number or text: where trust started; one line each), outcome (name of the outcome
        drawn; trust if left out), spread ("worlds" if left out, or "interval").

    Raises
    ------
    InputError
        When a column is missing or there is no row.
    """
    needs_columns(table, COLUMNS, language)
    outcome = str(table["outcome"].iloc[0]) if "outcome" in table else "trust"
    scenarios = in_order(table, "scenario")
    starts = in_order(table, "start") if "start" in table else [""]
    looks = dict(zip(starts, zip(cycle(COLOURS), cycle(MARKERS), cycle(DASHES)), strict=False))
    across = min(MOST_ACROSS, len(scenarios))
    wide = (A4_WIDTH - LEFT - SIDE + GAP) / across - GAP
    rows = [scenarios[start : start + across] for start in range(0, len(scenarios), across)]
    heads = [
        0.12 + HEADING_LINE * max(
            len(folded(label_of(name, language), wide, HEADING, True)) for name in row
        ) for row in rows
    ]
    first = LINE + 0.05
    frame = framed(_words(table, looks, outcome, language),
                   first + sum(heads) + len(rows) * (TALL + UNDER), A4_WIDTH)
    frame.text(LEFT, 0.0, better_words(outcome, language))
    below, lead = first, None
    for row, head in zip(rows, heads, strict=True):
        for column, scenario in enumerate(row):
            left = LEFT + column * (wide + GAP)
            frame.heading(left, below, label_of(scenario, language), wide)
            axes = frame.axes(left, below + head, wide, TALL, sharey=lead, gid=str(scenario))
            _paths(axes, table[table["scenario"] == scenario], looks)
            axes.tick_params(axis="y", labelleft=column == 0)
            lead = lead or axes
            label_axes(axes, say("report.trust.year", language),
                       outcome_title(outcome, language) if column == 0 else "")
        below += head + TALL + UNDER
    return frame.figure


def _words(
    table: pd.DataFrame, looks: dict[Any, Any], outcome: str, language: str
) -> Words:
    keys = tuple(
        Key(say("report.trust.start", language, start=label_of(start, language)), colour, marker,
            dash)
        for start, (colour, marker, dash) in looks.items() if start != ""
    )
    spread = str(table["spread"].iloc[0]) if "spread" in table else "worlds"
    known = bool(table["low"].notna().any())
    told = f"report.trust.band_{spread}" if known else "report.plate.single"
    title = say("report.trust.title", language, outcome=outcome_title(outcome, language))
    return Words(title, "", language, keys, (say(told, language),))


def _paths(axes: Any, here: pd.DataFrame, looks: dict[Any, Any]) -> None:
    for place, (start, (colour, marker, dash)) in enumerate(looks.items()):
        line = (here[here["start"] == start] if "start" in here else here).sort_values("year")
        axes.fill_between(line["year"], line["low"], line["high"], color=colour, alpha=0.16,
                          linewidth=0, gid=f"band-{place}")
        axes.plot(line["year"], line["mean"], color=colour, linestyle=dash, linewidth=1.5,
                  marker=marker, markevery=max(1, len(line) // 6), markersize=4,
                  markeredgecolor="white", markeredgewidth=0.5, gid=f"mean-{place}")
    bare(axes)
    axes.margins(x=0.02, y=0.06)
    axes.xaxis.get_major_locator().set_params(nbins=6, integer=True)
    axes.locator_params(axis="y", nbins=5)
