"""Puts sentences that others made in English into the language in use, by the catalogue."""

from __future__ import annotations

import re
from functools import cache

from linkage_sim.words.catalogue import entries, language


def translated(text: str, prefix: str) -> str:
    """Replace every known English passage of a text by its words in the language in use.

    Parameters
    ----------
    prefix
        Part of the catalogue that holds the passages, for example "cli.click.".
    """
    if language() == "en":
        return text
    for pattern, words in _templates(prefix, language()):
        text = pattern.sub(_Filled(words), text)
    return text


def unit_words(unit: str) -> str:
    """Give a declared unit in the language in use; as declared where the catalogue lacks it."""
    known = entries().get("unit." + unit.replace(" ", "_").replace(".", ""))
    return known[language()] if known else unit


class _Filled:
    """Fills the words of one entry with what was found in the English."""

    def __init__(self, words: str) -> None:
        self.words = words

    def __call__(self, found: re.Match[str]) -> str:
        return self.words.format(**found.groupdict())


@cache
def _templates(prefix: str, lang: str) -> list[tuple[re.Pattern[str], str]]:
    """Make a pattern of each English entry; {name} stands for anything on one line."""
    found = []
    for key, words in entries().items():
        if key.startswith(prefix):
            pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(words["en"]))
            # A value at the end reaches to the end of the line.
            end = "$" if pattern.endswith("?)") else ""
            found.append((re.compile(pattern + end, re.MULTILINE), words[lang]))
    return found
