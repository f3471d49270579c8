"""Which words of the catalogue each part of the page takes."""

from __future__ import annotations

from collections.abc import Iterable

from linkage_sim.words import say

FRAME = ("title", "language", "tabs", "place", "upload", "upload_register", "forget_register")
LEVERS = (
    "levers", "presets", "changed", "unchanged", "is_changed", "reset", "reset_all", "about",
    "usual", "range", "pause", "yes", "no", "desk", "officers", "days", "meeting", "remove",
)
RESULTS = (
    "results", "progress", "cancel", "resume", "worlds", "over_years", "band", "data_table",
    "year", "forest", "forest_note", "all_outcomes", "outcome", "unit", "baseline", "policy",
    "difference", "interval", "verdict", "better", "worse", "keep", "command", "python",
)


def spoken(names: Iterable[str], language: str) -> dict[str, str]:
    """Give the words of a part of the page in a language."""
    return {name: say(f"app.word.{name}", language) for name in names}
