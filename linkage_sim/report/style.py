"""What all pictures have in common: colours, letters, names of reforms, and how files are made."""

from __future__ import annotations

import textwrap
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linkage_sim.errors import InputError
from linkage_sim.outcomes import BY_NAME
from linkage_sim.report.fonts import FIRST_CJK, fonts_for
from linkage_sim.report.names import BETWEEN, Titles
from linkage_sim.words import say, unit_words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Enough contrast on white, and told apart by people who see no red or no green.
# Grey is left to the baseline.
COLOURS = ("#0072B2", "#8C6D00", "#D55E00", "#009E73", "#CC79A7")
MARKERS = ("o", "s", "D", "^", "v")
A4_WIDTH, DOTS_PER_INCH = 8.27, 200
NOTE_CELLS, NOTE_INCHES, NOTE_BELOW = 112, 0.15, 0.23
SOFT, GREY, INK = "#BBBBBB", "#666666", "#222222"


def save_both(
    draw: Callable[[], Figure], path: str | Path, title: str, source: str, language: str,
    names: Iterable[str],
) -> list[Path]:
    """Draw a picture and write it as PNG and SVG, with the hash of its provenance inside.

    Parameters
    ----------
    names
        Names of scenarios in the picture; a Chinese one needs a Chinese font in any language.

    Raises
    ------
    InputError
        When a letter would have to be drawn that no font has.
    """
    stem = Path(path).with_suffix("")
    goals = [stem.with_suffix(".png"), stem.with_suffix(".svg")]
    return _save(draw, goals, title, source, language, names)


def save_asked(
    draw: Callable[[], Figure], path: Path, title: str, source: str, language: str,
    names: Iterable[str], letters: str = "none",
) -> list[Path]:
    """Write a picture as its ending asks: .svg and .pdf alone, PNG and SVG otherwise.

    Takes and raises what `save_both` does. `letters` of an SVG stay text ("none") or become shapes
    that need no font ("path").
    """
    if path.suffix not in (".svg", ".pdf"):
        return save_both(draw, path, title, source, language, names)
    return _save(draw, [path], title, source, language, names, letters)


def _save(
    draw: Callable[[], Figure], goals: list[Path], title: str, source: str, language: str,
    names: Iterable[str], letters: str = "none",
) -> list[Path]:
    import matplotlib

    # No date: the same results give the same file.
    told: dict[str, dict[str, str | None]] = {
        ".png": {"Title": title, "Software": _software(), "Source": source},
        ".svg": {"Title": title, "Creator": _software(), "Source": source, "Date": None},
        ".pdf": {"Title": title, "Creator": _software(), "Keywords": source, "CreationDate": None},
    }
    style = {**_style(language, names), "svg.fonttype": letters}
    with matplotlib.rc_context(style), _no_boxes(language):
        figure = draw()
        for goal in goals:
            figure.savefig(goal, dpi=DOTS_PER_INCH, metadata=told[goal.suffix])
    return goals


def reform_label(name: str, baseline: str, titles: Titles | None = None) -> str:
    """Give what a scenario adds to the baseline, one reform a line; nothing is cut."""
    if titles and name in titles:
        return titles[name].replace(BETWEEN, "\n+ ")
    added = name.removeprefix(f"{baseline}+")
    return added.replace("+", "\n+ ")


def note_under_title(figure: Figure, note: str, left: float) -> None:
    """Write what holds for the whole picture below its title, in as many lines as it takes."""
    height = figure.get_figheight()
    for place, line in enumerate(note_lines(note)):
        below = 0.3 + NOTE_BELOW + place * NOTE_INCHES
        figure.text(left, 1 - below / height, line, fontsize=8, color=INK, va="center",
                    parse_math=False)


def note_lines(note: str) -> list[str]:
    """Break a note so that it fits below a title."""
    wide = max(1, cells(note)) / max(1, len(note))
    return textwrap.wrap(note, int(NOTE_CELLS / wide), break_on_hyphens=False)


def cells(text: str) -> int:
    """Count how wide a text is; a Chinese letter takes two cells."""
    return sum(2 if ord(letter) >= FIRST_CJK else 1 for letter in text)


def unit_label(outcome: str, language: str) -> str:
    """Give the unit of an outcome in a language."""
    return unit_words(BY_NAME[outcome].unit, language)


@contextmanager
def _no_boxes(language: str) -> Iterator[None]:
    """Refuse to draw a letter that no font has."""
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph .* missing")
        try:
            yield
        except UserWarning as error:
            raise InputError(f"{say('report.no_font', language)} ({error})") from None


def _style(language: str, names: Iterable[str]) -> Any:
    return {
        # A scenario may have a Chinese name in an English picture.
        "font.family": fonts_for(language, "".join(names)),
        "axes.unicode_minus": False,
        # Names of parts in the SVG come from this, not from chance.
        "svg.hashsalt": "linkage-sim",
    }


def _software() -> str:
    from linkage_sim import __version__

    return f"linkage-sim {__version__}"
