"""One catalogue of every word a person sees, in English and Chinese."""

from __future__ import annotations

from linkage_sim.words.catalogue import LANGUAGES, entries, has, language, say, set_language
from linkage_sim.words.translation import translated, unit_words

__all__ = [
    "LANGUAGES", "entries", "has", "language", "say", "set_language", "translated", "unit_words",
]
