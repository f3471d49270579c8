"""What scenarios are called in tables and pictures: in English by their id, in Chinese by title."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from linkage_sim.words import bracketed

BETWEEN = " + "
CHINESE = re.compile(r"[\u4e00-\u9fff]")
Titles = Mapping[str, str]


def titles_of(names: Sequence[str], contents: Sequence[Any], language: str) -> dict[str, str]:
    """Give the title of each scenario that has one in Chinese; none in English, where ids stand.

    A reform is called by its own title, without that of the baseline it is added to.

    Parameters
    ----------
    names
        Names of the scenarios, the baseline first.
    contents
        The scenarios in the same order, as objects or as provenance holds them.
    """
    if language == "en" or not names:
        return {}
    whole = [_title(content, language) for content in contents]
    start = whole[0] + BETWEEN
    own = {name: title.removeprefix(start) for name, title in zip(names, whole, strict=True)}
    return {name: title for name, title in own.items() if CHINESE.search(title)}


def _title(content: Any, language: str) -> str:
    if not isinstance(content, Mapping):
        return str(content.title_in(language))
    # Results of an earlier version hold no title in Chinese.
    return str(content.get(f"title_{language}") or content.get("title") or "")


def titled(name: str, titles: Titles) -> str:
    """Give the title and behind it the id, which is what a person types; the id where it is all."""
    title = titles.get(name, name)
    # Titles are shown in Chinese alone.
    return name if title == name else bracketed(title, name, "zh")


def drawn_titles(titles: Titles) -> dict[str, str]:
    """Give titles for a picture: without the id, except where two scenarios share a title."""
    known = list(titles.values())
    return {
        name: title if known.count(title) == 1 else titled(name, titles)
        for name, title in titles.items()
    }
