"""The page that pictures are drawn on: a title and a note above, samples and words below."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from linkage_sim.report.style import COLOURS, INK, SOFT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Inches.
SIDE, LINE, TITLE_LINE, KEY_LINE = 0.2, 0.15, 0.21, 0.2
SAMPLE, HEADING_LINE = 0.4, 0.17
# Points; letters of axes are smaller than those of prose.
TICK, PROSE, HEADING, TITLE = 7.5, 8.0, 9.0, 12.0
SURPLUS = 1.02
"""Letters are drawn on whole dots, which makes some lines a little longer than measured."""
_BREAK = re.compile(
    r"(?<=[\s_])|(?<=[a-z]\.)|(?<=[\u2e80-\uffff])(?<![（“《])(?![，。、；：）！？”》%])"
    r"|(?<=[^\s（“《])(?=[（])"
)


@dataclass(frozen=True)
class Key:
    """A sample in the legend and what it stands for."""

    text: str
    colour: str = COLOURS[0]
    marker: str = ""
    dash: Any = "none"
    """As matplotlib writes it: a name, or lengths of ink and gaps."""
    bar: bool = False
    hollow: bool = False


@dataclass(frozen=True)
class Words:
    """What is written around the panels."""

    title: str
    note: str
    language: str
    keys: tuple[Key, ...] = ()
    below: tuple[str, ...] = ()


def inches(text: str, size: float, bold: bool = False) -> float:
    """Measure a line of text in the fonts in use."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(size=size, weight="bold" if bold else "normal")
    width, _, _ = text_to_path.get_text_width_height_descent(text or " ", font, False)
    return float(width) * SURPLUS / 72.0


def folded(text: str, width: float, size: float = PROSE, bold: bool = False) -> list[str]:
    """Break a text into lines no wider than so many inches; nothing is cut."""
    lines = [""]
    for part in _BREAK.split(text):
        if lines[-1].strip() and inches(lines[-1] + part.rstrip(), size, bold) > width:
            lines.append("")
        lines[-1] += part
    return [line.strip() for line in lines]


def balanced(text: str, width: float, size: float = PROSE) -> list[str]:
    """Break a text as `folded` does, into as many lines, but of more equal length."""
    lines = folded(text, width, size)
    tries = (folded(text, width * share, size) for share in (0.55, 0.65, 0.75, 0.85))
    return next((other for other in tries if len(other) == len(lines)), lines)


@dataclass(frozen=True)
class Frame:
    """A page with its words on it and an empty body between them, measured in inches.

    Attributes
    ----------
    top
        Height of the upper end of the body above the lower edge of the page.
    """

    figure: Figure
    width: float
    height: float
    top: float

    def axes(self, left: float, below: float, wide: float, tall: float, **named: Any) -> Any:
        """Place axes: `left` from the edge of the page, upper end `below` the top of the body."""
        floor = self.top - below - tall
        return self.figure.add_axes(
            (left / self.width, floor / self.height, wide / self.width, tall / self.height), **named
        )

    def text(self, left: float, below: float, words: str, **named: Any) -> Any:
        """Write words, their upper end `below` the top of the body."""
        looks = {"fontsize": PROSE, "color": INK, "va": "top", "parse_math": False, **named}
        return self.figure.text(left / self.width, (self.top - below) / self.height, words, **looks)

    def heading(self, left: float, below: float, words: str, wide: float) -> None:
        """Write the heading of a panel over a width; nothing of it is cut."""
        self.text(left, below, "\n".join(folded(words, wide, HEADING, True)), fontsize=HEADING,
                  fontweight="bold", linespacing=1.3)


def framed(words: Words, body: float, width: float) -> Frame:
    """Make a page whose body is so many inches high, with title, note, samples and words."""
    from matplotlib.figure import Figure

    title = folded(words.title, width - 2 * SIDE, TITLE, True)
    note = folded(words.note, width - 2 * SIDE) if words.note else []
    above = 0.3 + TITLE_LINE * (len(title) - 1) + 0.23 + LINE * len(note)
    lines = _foot_lines(words, width)
    below = 0.1 + KEY_LINE * lines[0] + LINE * len(lines[1]) + 0.15
    height = above + body + below
    # The label tells what the picture is where it is put into a page.
    figure = Figure(figsize=(width, height), label=words.title)
    for number, line in enumerate(title):
        figure.text(SIDE / width, 1 - (0.3 + TITLE_LINE * number) / height, line,
                    fontsize=TITLE, fontweight="bold", color=INK, va="center", parse_math=False)
    for number, line in enumerate(note):
        top = 0.3 + TITLE_LINE * (len(title) - 1) + 0.23 + LINE * number
        figure.text(SIDE / width, 1 - top / height, line, fontsize=PROSE, color=INK,
                    va="center", parse_math=False)
    _foot(figure, words, lines[1], below, width)
    return Frame(figure, width, height, height - above)


def bare(axes: Any, grid: str = "y") -> None:
    """Take away what only fills the page, and leave a faint grid."""
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(SOFT)
    axes.tick_params(labelsize=TICK, colors=INK, color=SOFT, length=2, pad=2)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis=grid, color="#EEEEEE", linewidth=0.7)
    axes.set_axisbelow(True)


def label_axes(axes: Any, across: str, upwards: str) -> None:
    """Write what the axes of a panel show, in as many lines as it takes."""
    place = axes.get_position()
    wide, tall = axes.figure.get_size_inches()
    if across:
        axes.set_xlabel("\n".join(balanced(across, place.width * wide)), fontsize=PROSE, color=INK,
                        labelpad=2, linespacing=1.3)
    if upwards:
        axes.set_ylabel("\n".join(balanced(upwards, place.height * tall)), fontsize=PROSE,
                        color=INK, labelpad=3, linespacing=1.3)


# -- below the panels --------------------------------------------------------------------------


def _foot_lines(words: Words, width: float) -> tuple[int, list[str]]:
    lines = [
        line for text in words.below for line in folded(text, width - 2 * SIDE)
    ]
    return (_flow(words.keys, width)[-1][0] + 1 if words.keys else 0), lines


def _flow(keys: Sequence[Key], width: float) -> list[tuple[int, float]]:
    """Set samples one after the other, in as many lines as they take: line and left end."""
    spots = []
    line, left = 0, SIDE
    for key in keys:
        sample = SAMPLE + 0.1 if key.marker or key.dash != "none" else 0.0
        needed = sample + inches(key.text, PROSE) + 0.25
        if left > SIDE and left + needed - 0.25 > width - SIDE:
            line, left = line + 1, SIDE
        spots.append((line, left))
        left += needed
    return spots


def _foot(
    figure: Figure, words: Words, lines: Sequence[str], tall: float, width: float
) -> None:
    axes = figure.add_axes((0.0, 0.0, 1.0, tall / figure.get_figheight()), gid="legend")
    axes.set_axis_off()
    axes.set_xlim(0.0, width)
    axes.set_ylim(0.0, tall)
    top = tall - 0.1 - KEY_LINE / 2
    for key, (line, left) in zip(words.keys, _flow(words.keys, width), strict=True):
        height = top - KEY_LINE * line
        if key.marker or key.dash != "none":
            _sample(axes, key, left, height)
            left += SAMPLE + 0.1
        axes.text(left, height, key.text, fontsize=PROSE, color=INK, va="center", parse_math=False)
    count = _foot_lines(words, width)[0]
    for number, text in enumerate(lines):
        height = tall - 0.1 - KEY_LINE * count - LINE * (number + 0.5)
        axes.text(SIDE, height, text, fontsize=PROSE, color=INK, va="center", parse_math=False)


def _sample(axes: Any, key: Key, left: float, height: float) -> None:
    middle = left + SAMPLE / 2
    axes.plot([left, middle, left + SAMPLE], [height] * 3, color=key.colour, linestyle=key.dash,
              linewidth=1.5, marker=key.marker or None, markevery=[1], markersize=4.5,
              markerfacecolor="white" if key.hollow else key.colour)
    if key.bar:
        axes.vlines([middle], [height - 0.08], [height + 0.08], color=key.colour, linewidth=1.2)
