"""Breaks a sentence into lines that fit a terminal; a Chinese sign takes two places."""

from __future__ import annotations

import re
import unicodedata

WIDTH = 100
# English breaks at spaces, Chinese after its punctuation.
_PIECE = re.compile(r".+?(?:\s+|[，。；：、）”]+|$)")


def wrapped(text: str, width: int = WIDTH) -> list[str]:
    """Break a text into lines of at most `width` places; what is written by hand stays broken.

    A word longer than that, a path for example, stays whole. Further lines stand in by as much as
    the first.
    """
    lines: list[str] = []
    for paragraph in text.splitlines():
        indent = paragraph[: len(paragraph) - len(paragraph.lstrip())]
        line = ""
        for piece in _PIECE.findall(paragraph):
            if line.strip() and places(line + piece.rstrip()) > width:
                lines.append(line.rstrip())
                line = indent
            line += piece
        lines.append(line.rstrip())
    return lines


def places(text: str) -> int:
    """Count the places a text takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
