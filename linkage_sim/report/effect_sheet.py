"""The page that pictures of sweeps are drawn on: panels in rows, a title above, words below."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from linkage_sim.report.effect_scales import Scale, better_words, outcome_title, plain_number
from linkage_sim.report.sheet import (
    HEADING,
    LINE,
    PROSE,
    SIDE,
    TICK,
    Words,
    balanced,
    folded,
    framed,
    inches,
)
from linkage_sim.report.style import INK, SOFT
from linkage_sim.words import say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

# Inches.
TICK_LINE, LABEL_LINE, SHORT = 0.135, 0.16, 0.12
MOST_PANELS = 40


@dataclass(frozen=True)
class Panel:
    """One picture of the page: an outcome over the levels of a parameter."""

    outcome: str
    scale: Scale
    column: int
    group: int = 0
    """Place of the parameter among those that are drawn."""
    headed: bool = True
    labelled: bool = True
    spread: int = 1
    """Over how many columns the heading may reach."""


@dataclass(frozen=True)
class Size:
    """Measures of a page in inches; `gap` lies between two panels, `left` before the first."""

    width: float
    left: float
    panel_width: float
    panel_height: float
    gap: float

    def heading(self, panel: Panel) -> float:
        """Give the width of the heading of a panel."""
        return panel.spread * (self.panel_width + self.gap) - self.gap


def explained(
    found: pd.DataFrame, scales: Sequence[Scale], figure: str, language: str
) -> tuple[str, ...]:
    """Say what is drawn: means and intervals over how many seeds, groups, what has no interval.

    Parameters
    ----------
    found
        Everything drawn, as `summarised` gives it.
    """
    known = found.loc[found["seeds"] > 1, "seeds"]
    lines = []
    grouped: dict[tuple[int, bool], list[str]] = {}
    if len(known):
        least, most = int(known.min()), int(known.max())
        seeds = f"{most}" if least == most else f"{least}–{most}"
        lines.append(say(f"report.effects.told.{figure}", language, seeds=seeds))
        if least == most == found["seeds"].min():
            lines.append(say("report.effects.same_seeds", language))
    if (found["seeds"] == 1).any():
        lines.append(say(f"report.effects.single.{figure}", language))
    if (found["seeds"] == 0).any():
        lines.append(say(f"report.effects.undefined.{figure}", language))
    pairs = math.prod(len(scale.texts) for scale in scales)
    if figure != "main-effects" and len(found) < pairs * found["outcome"].nunique():
        lines.append(say("report.effects.no_runs", language))
    for place, scale in enumerate(scales):
        if scale.binned:
            at_median = figure == "main-effects" or (figure == "interaction" and place == 0)
            grouped.setdefault((len(scale.texts), at_median), []).append(scale.title)
    for (count, at_median), titles in grouped.items():
        lines.append(say(f"report.effects.{'median' if at_median else 'range'}", language, n=count,
                         titles=say("sign.clause", language).join(titles)))
    for scale in scales:
        lines += [say("report.effects.level", language, title=scale.title, n=number + 1, text=text)
                  for number, text in enumerate(scale.key)]
    return tuple(lines)


def fitting(width: float, left: float, gap: float, scales: Sequence[Scale], most: int) -> int:
    """Tell how many panels stand side by side so that the labels of their levels have room."""
    needed = max(
        TICK_LINE * len(scale.texts) for scale in scales if not scale.ordered
    ) if any(not scale.ordered for scale in scales) else 0.0
    room = width - left - SIDE + gap
    return max(1, min(most, int(room / (max(needed, 1.3) + gap))))


def page(
    words: Words, rows: Sequence[Sequence[Panel]], size: Size
) -> tuple[Figure, list[tuple[Panel, Any]]]:
    """Make a page with empty panels on it.

    Returns
    -------
    figure, and each panel with its axes
    """
    below_it = any(_is_told_below(panel, size, words.language) for row in rows for panel in row)
    spans = [_span(row, size, words.language, below_it) for row in rows]
    body = sum(head + size.panel_height + under for head, under in spans)
    frame = framed(words, body, size.width)
    placed = []
    top = 0.0
    for row, (head, under) in zip(rows, spans, strict=True):
        for panel in row:
            left = size.left + panel.column * (size.panel_width + size.gap)
            axes = frame.axes(left, top + head, size.panel_width, size.panel_height)
            if panel.headed:
                _head(axes, panel, size, words.language, below_it)
            placed.append((panel, axes))
        top += head + size.panel_height + under
    return frame.figure, placed


def _span(
    row: Sequence[Panel], size: Size, language: str, told_below: bool
) -> tuple[float, float]:
    """Tell how much room a row of panels needs above and below itself."""
    lines = [len(_heading(panel, size, language)) for panel in row if panel.headed]
    head = 0.17 * max(lines, default=0) + LINE * told_below
    under = max((_label_inches(panel, size, language) for panel in row if panel.labelled),
                default=SHORT)
    return head + 0.12, under


def _heading(panel: Panel, size: Size, language: str) -> list[str]:
    return folded(outcome_title(panel.outcome, language), size.heading(panel), HEADING, True)


def _is_told_below(panel: Panel, size: Size, language: str) -> bool:
    """Tell whether there is no room beside a heading to say which way is better."""
    told = better_words(panel.outcome, language)
    last = _heading(panel, size, language)[-1]
    needed = inches(last, HEADING, True) + inches(told, PROSE) + 0.1
    return panel.headed and bool(told) and needed > size.heading(panel)


def _head(axes: Any, panel: Panel, size: Size, language: str, told_below: bool) -> None:
    lines, told = _heading(panel, size, language), better_words(panel.outcome, language)
    width, height = size.panel_width, size.panel_height
    base = 1 + 0.07 / height
    step = LINE / height if told_below else 0.0
    axes.text(0.0, base + step, "\n".join(lines), transform=axes.transAxes, fontsize=HEADING,
              fontweight="bold", color=INK, va="bottom", linespacing=1.3, parse_math=False)
    axes.text(0.0 if told_below else size.heading(panel) / width, base, told,
              transform=axes.transAxes, fontsize=PROSE, color=INK, va="bottom",
              ha="left" if told_below else "right")


# -- the axis of a parameter -------------------------------------------------------------------


def label_axis(axes: Any, panel: Panel, size: Size, language: str) -> None:
    """Set the ticks of the levels, and where the panel has room below it their words."""
    low, high, places, texts, turned = ticks(panel.scale, size.panel_width)
    if panel.scale.log:
        axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.minorticks_off()
    axes.set_xticks(places, texts if panel.labelled else [""] * len(texts), rotation=turned,
                    parse_math=False)
    axes.tick_params(axis="x", labelsize=TICK, colors=INK, color=SOFT, length=2, pad=2)
    if panel.labelled:
        lines = balanced(panel.scale.label(language), size.panel_width)
        axes.set_xlabel("\n".join(lines), fontsize=PROSE, color=INK, labelpad=2, linespacing=1.4)


def _label_inches(panel: Panel, size: Size, language: str) -> float:
    _, _, _, texts, turned = ticks(panel.scale, size.panel_width)
    if turned:
        words = max(inches(text, TICK) for text in texts)
    else:
        words = TICK_LINE * max(text.count("\n") + 1 for text in texts)
    return words + LABEL_LINE * len(folded(panel.scale.label(language), size.panel_width)) + 0.2


def ticks(scale: Scale, width: float) -> tuple[float, float, list[float], list[str], int]:
    """Give the ends of an axis, its ticks, their texts and by how many degrees these are turned."""
    if scale.ordered:
        return (*_number_ticks(scale, width), 0)
    count = len(scale.texts)
    room = width / count - 0.07
    texts = ["\n".join(balanced(text, room, TICK)) for text in scale.texts]
    fits = all(
        text.count("\n") < 2 and max(inches(line, TICK) for line in text.split("\n")) <= room
        for text in texts
    )
    places = [float(place) for place in scale.places]
    return -0.5, count - 0.5, places, texts if fits else list(scale.texts), 0 if fits else 90


def _number_ticks(scale: Scale, width: float) -> tuple[float, float, list[float], list[str]]:
    import numpy as np

    ends = np.array([scale.places[0], scale.places[-1]])
    marks = np.array(_marks(scale))
    if scale.log:
        ends, at = np.log10(ends), np.log10(marks)
    else:
        at = marks
    texts = [plain_number(float(value)) for value in marks]
    # Room for half a label beyond either end, so that labels of two panels stay apart.
    widest = max(inches(texts[0], TICK), inches(texts[-1], TICK))
    pad = min(0.3 * width, max(0.1, widest / 2 - 0.03))
    reach = float(ends[1] - ends[0]) or abs(float(ends[0])) * 0.2 or 1.0
    slack = reach * pad / (width - 2 * pad) if ends[1] > ends[0] else reach
    low, high = float(ends[0]) - slack, float(ends[1]) + slack
    scaling = width / (high - low)
    free = -1.0
    for number, text in enumerate(texts):
        half = inches(text, TICK) / 2
        middle = (float(at[number]) - low) * scaling
        if middle - half < free:
            texts[number] = ""
        else:
            free = middle + half + 0.05
    if scale.log:
        low, high = 10.0**low, 10.0**high
    return low, high, marks.tolist(), texts


def _marks(scale: Scale) -> list[float]:
    """Choose where ticks stand: at the levels, or at round numbers between groups."""
    import numpy as np
    from matplotlib.ticker import MaxNLocator

    low, high = scale.places[0], scale.places[-1]
    if not scale.binned:
        return list(scale.places)
    if scale.log:
        powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
        round_numbers = [digit * 10.0**power for power in powers for digit in (1, 2, 5)]
    else:
        round_numbers = [float(value) for value in MaxNLocator(4).tick_values(low, high)]
    return [value for value in round_numbers if low <= value <= high] or [low, high]
