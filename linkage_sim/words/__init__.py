"""One catalogue of every word a person sees, in English and Chinese."""

from __future__ import annotations

from linkage_sim.words.catalogue import (
    LANGUAGES,
    entries,
    has,
    language,
    say,
    set_language,
    speaking,
)
from linkage_sim.words.translation import (
    bracketed,
    declared_words,
    is_text,
    listing,
    system_reason,
    translated,
    unit_words,
)

__all__ = [
    "LANGUAGES", "bracketed", "declared_words", "entries", "has", "is_text", "language", "listing",
    "say", "set_language", "speaking", "system_reason", "translated", "unit_words",
]
