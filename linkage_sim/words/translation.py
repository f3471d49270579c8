"""Puts sentences that others made in English into the language in use, by the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from linkage_sim.words.catalogue import entries, language, say


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


def unit_words(unit: str, lang: str | None = None) -> str:
    """Give a declared unit in the language in use; as declared where the catalogue lacks it."""
    known = entries().get("unit." + unit.replace(" ", "_").replace(".", ""))
    return known[lang or language()] if known else unit


def declared_words(text: str, prefix: str, lang: str | None = None) -> str:
    """Give a text that the schema declares in English, such as a price, in the language in use.

    Parameters
    ----------
    prefix
        Part of the catalogue that holds such texts, for example "price."; what it lacks, because
        somebody declared it elsewhere, stays as declared.
    """
    known = _declared(prefix).get(text)
    return known[lang or language()] if known else text


def system_reason(error: OSError) -> str:
    """Say what the operating system complains about, in the language in use where it is known."""
    return translated(error.strerror or str(error), "system.")


def listing(names: Iterable[object], lang: str | None = None) -> str:
    """Write names one after another, with the sign the language has for that."""
    return say("sign.list", lang).join(map(str, names))


def bracketed(text: str, inside: str, lang: str | None = None) -> str:
    """Write a text with an explanation in brackets behind it, if there is one."""
    return say("sign.bracketed", lang, text=text, inside=inside) if inside else text


def is_text(text: str) -> bool:
    """Tell whether a text can be written; bytes that are no UTF-8 come as halves of letters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class _Filled:
    """Fills the words of one entry with what was found in the English."""

    def __init__(self, words: str) -> None:
        self.words = words

    def __call__(self, found: re.Match[str]) -> str:
        parts = found.groupdict()
        if "names" in parts:
            parts["names"] = parts["names"].replace(", ", say("sign.list"))
        return self.words.format(**parts)


@cache
def _declared(prefix: str) -> dict[str, dict[str, str]]:
    return {words["en"]: words for key, words in entries().items() if key.startswith(prefix)}


@cache
def _templates(prefix: str, lang: str) -> list[tuple[re.Pattern[str], str]]:
    """Make a pattern of each English entry; {name} stands for anything on one line.

    What {names} stands for is taken as a list, whose sign is the language's own.
    """
    found = []
    for key, words in entries().items():
        if key.startswith(prefix):
            pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(words["en"]))
            # A value at the end reaches to the end of the line.
            end = "$" if pattern.endswith("?)") else ""
            found.append((re.compile(pattern + end, re.MULTILINE), words[lang]))
    return found
