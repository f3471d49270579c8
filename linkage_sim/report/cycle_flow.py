"""Draws where projects, days and hours go in the purchase cycle, one row a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from linkage_sim.report.effect_scales import plain_number
from linkage_sim.report.flow_table import DAYS, HOURS, LOST, PARTS
from linkage_sim.report.heat_map import readable
from linkage_sim.report.labels import in_order, label_of, needs_columns
from linkage_sim.report.sheet import (
    HEADING,
    HEADING_LINE,
    PROSE,
    SIDE,
    TICK,
    Key,
    Words,
    bare,
    folded,
    framed,
    inches,
    label_axes,
)
from linkage_sim.report.style import A4_WIDTH, COLOURS, GREY, INK, SOFT
from linkage_sim.words import say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

COLUMNS = ("scenario", "part", "step", "mean", "low", "high")
FLOW_WIDE, BARS_LEFT, TALL, UNDER = 4.0, 4.75, 1.5, 0.62
BAR_TALL = 0.34
SHADES = {
    "hearing": "#CC79A7", "approval": "#D55E00", "contract": "#E8B07A", "delivery": "#0072B2",
    "left_over": "#DDDDDD", "substance": "#0072B2", "showcase": "#D55E00", "papers": "#8C6D00",
    "idle": "#DDDDDD",
}
HATCHES = {"approval": "//", "showcase": "//", "contract": "..", "papers": "..", "hearing": "\\\\"}


def cycle_flow(table: pd.DataFrame, language: str = "en") -> Figure:
    """Draw the way of projects from submission to delivery, and the days and hours of a year.

    Left: the height of the flow is the number of projects; what leaves it goes down. Right: how the
    days of the year of a delivered project, and its working hours, are split. Half of the 95 %
    interval stands behind each number; on bars it is a line at the end of the piece.

    Parameters
    ----------
    table
        As `flow_table` gives it: scenario, part (projects, days or hours), step, mean, low, high.

    Raises
    ------
    InputError
        When a column is missing or there is no row.
    """
    needs_columns(table, COLUMNS, language)
    scenarios = in_order(table, "scenario")
    heads = [0.08 + HEADING_LINE * len(folded(label_of(name, language), A4_WIDTH - 2 * SIDE,
                                               HEADING, True)) for name in scenarios]
    body = sum(heads) + len(scenarios) * (TALL + UNDER)
    frame = framed(_words(table, language), body, A4_WIDTH)
    values = {(row["scenario"], row["step"]): row for row in table.to_dict("records")}
    most = max((row["mean"] for row in values.values() if row["step"] == "submitted"), default=1.0)
    below = 0.0
    for scenario, head in zip(scenarios, heads, strict=True):
        mine = {step: values[scenario, step] for steps in PARTS.values() for step in steps
                if (scenario, step) in values}
        frame.heading(SIDE, below, label_of(scenario, language), A4_WIDTH - 2 * SIDE)
        axes = frame.axes(SIDE, below + head, FLOW_WIDE, TALL + 0.35, gid=f"flow {scenario}")
        _flow(axes, mine, most, language)
        for place, (part, steps) in enumerate((("days", DAYS), ("hours", HOURS))):
            wide = A4_WIDTH - BARS_LEFT - SIDE - 0.1
            axes = frame.axes(BARS_LEFT, below + head + place * 0.98, wide, BAR_TALL,
                              gid=f"{part} {scenario}")
            _bar(axes, [mine[step] for step in steps if step in mine], part)
            label_axes(axes, say(f"report.flow.{part}_axis", language), "")
        below += head + TALL + UNDER
    return frame.figure


def _words(table: pd.DataFrame, language: str) -> Words:
    there = set(table.loc[table["mean"].fillna(0.0) > 0.0, "step"])
    keys = tuple(
        Key(say(f"report.flow.step.{step}", language), SHADES[step], "s")
        for step in (*DAYS, *HOURS) if step in there
    )
    known = bool(table["low"].notna().any())
    told = (say("report.flow.told", language),
            say(f"report.flow.{'interval' if known else 'single'}", language))
    return Words(say("report.flow.title", language), say("report.flow.note", language), language,
                 keys, told)


def _told(row: dict[str, Any]) -> str:
    half = (row["high"] - row["low"]) / 2
    return f"{row['mean']:.1f}" + (f" ±{half:.1f}" if half == half else "")


def _flow(axes: Any, mine: dict[str, dict[str, Any]], most: float, language: str) -> None:
    """Draw the flow in projects; the axis across is only an order of steps."""
    axes.set_axis_off()
    axes.set_xlim(0.0, FLOW_WIDE)
    axes.set_ylim(-1.05 * most, 1.12 * most)
    levels = {step: row["mean"] for step, row in mine.items()}
    spots = {"submitted": 0.0, "approved": 1.62, "delivered": 3.24}
    node = 0.12
    for step, left in spots.items():
        axes.fill_between([left, left + node], 0.0, levels.get(step, 0.0), color=COLOURS[0],
                          linewidth=0, gid=f"node {step}")
        _name(axes, mine, step, left, levels.get(step, 0.0) + 0.05 * most, language, "bottom")
    steps = list(spots)
    for start, end in zip(steps, steps[1:], strict=False):
        _band(axes, (spots[start] + node, spots[end]), (levels[start], levels[start]
              - levels[end]), (levels[end], 0.0), COLOURS[0])
    lost_first, lost_later = LOST[:3], LOST[3:]
    for ways, start in ((lost_first, "submitted"), (lost_later, "approved")):
        base, down = 0.0, -0.16 * most
        for step in ways:
            amount = levels.get(step, 0.0)
            if not amount > 0.0:
                continue
            left = spots[start] + node
            _band(axes, (left, left + 0.62), (base + amount, base), (down, down - amount), GREY)
            axes.text(left + 0.68, down - amount / 2, _lost_words(mine, step, language),
                      fontsize=TICK, color=INK, va="center", parse_math=False, linespacing=1.15,
                      gid=f"lost {step}")
            base += amount
            down -= max(amount + 0.06 * most, 0.36 * most)


def _lost_words(mine: dict[str, dict[str, Any]], step: str, language: str) -> str:
    words = f"{say(f'report.flow.step.{step}', language)} {_told(mine[step])}"
    return "\n".join(folded(words, 0.85, TICK))


def _name(
    axes: Any, mine: dict[str, dict[str, Any]], step: str, left: float, height: float,
    language: str, upright: str,
) -> None:
    if step not in mine:
        return
    words = f"{say(f'report.flow.step.{step}', language)} {_told(mine[step])}"
    lines = folded(words, 1.5 if step != "delivered" else 0.75, PROSE)
    axes.text(left, height, "\n".join(lines), fontsize=PROSE, color=INK, va=upright,
              linespacing=1.15, parse_math=False, gid=f"name {step}")


def _band(
    axes: Any, across: tuple[float, float], start: tuple[float, float], end: tuple[float, float],
    colour: str,
) -> None:
    """Fill a band that bends from one height to another."""
    import numpy as np

    way = np.linspace(0.0, 1.0, 30)
    bend = way * way * (3.0 - 2.0 * way)
    upper = start[0] + (end[0] - start[0]) * bend
    lower = start[1] + (end[1] - start[1]) * bend
    places = across[0] + (across[1] - across[0]) * way
    axes.fill_between(places, lower, upper, color=colour, alpha=0.35, linewidth=0)


def _bar(axes: Any, rows: list[dict[str, Any]], part: str) -> None:
    from matplotlib.colors import to_rgba

    start = 0.0
    for row in rows:
        amount = row["mean"]
        if not amount > 0.0:
            continue
        shade = SHADES[row["step"]]
        axes.barh([0.0], [amount], left=start, height=0.8, color=shade, edgecolor="white",
                  hatch=HATCHES.get(row["step"]), linewidth=0.6, gid=f"piece {row['step']}")
        number = plain_number(round(amount)) if part == "days" else f"{amount:.0%}"
        if inches(number, TICK) + 0.06 < amount * _inches_per_unit(axes, part):
            axes.text(start + amount / 2, 0.0, number, fontsize=TICK, ha="center", va="center",
                      color=readable(to_rgba(shade)), fontweight="bold",
                      bbox={"facecolor": shade, "edgecolor": "none", "pad": 0.6})
        start += amount
        half = (row["high"] - row["low"]) / 2
        if half == half:
            axes.plot([start - half, start + half], [0.0, 0.0], color=INK, linewidth=1.4, zorder=5,
                      gid=f"interval {row['step']}")
    bare(axes, "x")
    axes.set_ylim(-0.45, 0.45)
    axes.set_yticks([])
    axes.set_xlim(0.0, 364.0 if part == "days" else 1.0)
    axes.set_xticks([0, 91, 182, 273, 364] if part == "days" else [0, 0.25, 0.5, 0.75, 1.0])
    axes.spines["bottom"].set_color(SOFT)


def _inches_per_unit(axes: Any, part: str) -> float:
    wide = axes.get_position().width * axes.figure.get_figwidth()
    return float(wide) / (364.0 if part == "days" else 1.0)
