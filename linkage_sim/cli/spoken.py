"""Lets the words of the command-line library speak the language in use as well."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from typer.core import TyperCommand, TyperGroup

from linkage_sim.words import entries, language

_PREFIX = "cli.click."


def spoken(text: str) -> str:
    """Put the library's English headings and complaints into the language in use."""
    if language() == "en":
        return text
    for pattern, words in _templates(language()):
        text = pattern.sub(_Translation(words), text)
    return text


class _Translation:
    """Fills the words of one entry with what was found in the English."""

    def __init__(self, words: str) -> None:
        self.words = words

    def __call__(self, found: re.Match[str]) -> str:
        return self.words.format(**found.groupdict())


@cache
def _templates(lang: str) -> list[tuple[re.Pattern[str], str]]:
    """Make a pattern of each English entry; {name} stands for anything on one line."""
    found = []
    for key, words in entries().items():
        if key.startswith(_PREFIX):
            pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(words["en"]))
            # A value at the end reaches to the end of the line.
            end = "$" if pattern.endswith("?)") else ""
            found.append((re.compile(pattern + end, re.MULTILINE), words[lang]))
    return found


class SpokenCommand(TyperCommand):
    """A verb whose help speaks the language in use."""

    def get_help(self, ctx: Any) -> str:
        """Give the help text."""
        return spoken(super().get_help(ctx))

    def get_usage(self, ctx: Any) -> str:
        """Give the line that shows how to call the verb."""
        return spoken(super().get_usage(ctx))


class SpokenGroup(TyperGroup):
    """A group of verbs whose help speaks the language in use."""

    def get_help(self, ctx: Any) -> str:
        """Give the help text."""
        return spoken(super().get_help(ctx))

    def get_usage(self, ctx: Any) -> str:
        """Give the line that shows how to call the group."""
        return spoken(super().get_usage(ctx))
