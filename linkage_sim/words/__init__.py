"""One catalogue of every word a person sees, in English and Chinese."""

from __future__ import annotations

from linkage_sim.words.catalogue import LANGUAGES, entries, has, language, say, set_language
from linkage_sim.words.translation import (
    bracketed,
    declared_words,
    listing,
    system_reason,
    translated,
    unit_words,
)

__all__ = [
    "LANGUAGES", "bracketed", "declared_words", "entries", "has", "language", "listing", "say",
    "set_language", "system_reason", "translated", "unit_words",
]
