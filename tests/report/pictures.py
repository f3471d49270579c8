"""What tests of pictures share: is there a Chinese font, and do words overlap."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import combinations
from typing import Any

import matplotlib
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from linkage_sim.errors import InputError
from linkage_sim.report.fonts import chinese_font, fonts_for

SLACK = 0.5


def needs_chinese_font() -> None:
    try:
        chinese_font()
    except InputError:
        pytest.skip("no Chinese font on this machine")


@contextmanager
def styled(language: str) -> Iterator[None]:
    """Measure with the letters the picture will have."""
    with matplotlib.rc_context({"font.family": fonts_for(language), "axes.unicode_minus": False}):
        yield


def overlaps(figure: Any) -> list[str]:
    """List words that overlap others or leave the picture, among those that are really drawn."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    edge = figure.bbox
    found, boxes = [], []
    for text in _drawn(figure, renderer):
        words, box = text.get_text(), text.get_window_extent(renderer)
        boxes.append((words, box))
        if (box.x0 < edge.x0 - SLACK or box.x1 > edge.x1 + SLACK
                or box.y0 < edge.y0 - SLACK or box.y1 > edge.y1 + SLACK):
            found.append(f"{words!r} leaves the picture")
    for (one, first), (other, second) in combinations(boxes, 2):
        wide = min(first.x1, second.x1) - max(first.x0, second.x0)
        high = min(first.y1, second.y1) - max(first.y0, second.y0)
        if wide > SLACK and high > SLACK:
            found.append(f"{one!r} overlaps {other!r}")
    return found


def _drawn(figure: Any, renderer: Any) -> list[Text]:
    """Draw the picture and note its words; ticks beyond an axis are made but never drawn."""
    noted: list[Text] = []
    draw = Text.draw

    def note(self: Text, *arguments: Any, **named: Any) -> Any:
        if self.get_text().strip() and self.get_visible():
            noted.append(self)
        return draw(self, *arguments, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Text, "draw", note)
        figure.draw(renderer)
    return noted
