"""Plain tables and numbers as people read them: nothing is cut, whatever the width."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from rich.cells import cell_len

MISSING = "–"
# What may not begin a line of Chinese, and what may not end one.
NOT_FIRST, NOT_LAST = "，。、；：？！）”》…", "（“《：["
# A word of Latin letters stays whole, with blanks behind it; every wide letter is a piece alone.
PIECES = re.compile(r"[\u2e80-\uffff“”…]|[^\s\u2e80-\uffff“”…]+|\s+")


def columns(rows: Sequence[Sequence[str]], right: Sequence[int] = (), gap: int = 2) -> list[str]:
    """Set texts in columns, each as wide as its longest text; Chinese counts double.

    Parameters
    ----------
    right
        Numbers of the columns that stand on the right.
    """
    widths = [max(cell_len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = []
        for place, text in enumerate(row):
            blank = " " * (widths[place] - cell_len(text))
            cells.append(blank + text if place in right else text + blank)
        lines.append((" " * gap).join(cells).rstrip())
    return lines


def wrapped(text: str, width: int) -> list[str]:
    """Break a text into lines of at most so many cells, between words or Chinese letters."""
    lines = [""]
    for piece in _pieces(" ".join(text.split())):
        if lines[-1] and cell_len((lines[-1] + piece).rstrip()) > width:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [line for line in lines if line]


def _pieces(text: str) -> list[str]:
    """Cut a text where a line may end; a sign stays with the letter it belongs to."""
    pieces: list[str] = []
    for piece in PIECES.findall(text):
        if pieces and (piece[0] in NOT_FIRST or pieces[-1][-1] in NOT_LAST):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces


def number(value: float, decimals: int | None = None, signed: bool = False) -> str:
    """Write a number with so many decimals, or three significant figures; undefined is a dash."""
    if math.isnan(value):
        return MISSING
    places = _places(abs(value)) if decimals is None else decimals
    text = f"{value:+,.{places}f}" if signed else f"{value:,.{places}f}"
    # Rounding noise around zero is no loss, and no gain.
    return text.lstrip("+-") if float(text.replace(",", "")) == 0.0 else text


def decimals_for(half_widths: Sequence[float], values: Sequence[float] = ()) -> int:
    """Choose decimals that show two figures of a typical uncertainty.

    Parameters
    ----------
    values
        Two figures of the largest are shown however uncertain, three where no uncertainty is known.
    """
    known = sorted(width for width in half_widths if width > 1e-9)
    largest = max((abs(value) for value in values if not math.isnan(value)), default=0.0)
    if not known:
        return _places(largest or 1.0)
    decimals = min(5, max(0, 1 - math.floor(math.log10(known[len(known) // 2]))))
    # Two seeds can make an interval wider than anything the outcome can be.
    return max(decimals, _places(largest) - 1) if largest >= 1e-9 else decimals


def _places(size: float) -> int:
    if size < 1e-9:
        return 3
    return min(5, max(0, 2 - math.floor(math.log10(size)))) if size < 1000 else 0


def duration(seconds: float) -> tuple[float, str]:
    """Give a time in a unit people think in: (amount, "seconds", "minutes" or "hours")."""
    if seconds < 90:
        return seconds, "seconds"
    if seconds < 5400:
        return seconds / 60, "minutes"
    return seconds / 3600, "hours"
