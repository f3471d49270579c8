"""Looks up what to say to a person, in the language that person reads.

The words stand in TOML files beside this one: `[some.key]` with `en` and `zh`, `{name}` where a
value goes in, `{name:world|worlds}` for the word that goes with it: the first where the value is 1.
Every file of the folder belongs to the catalogue; a key may stand in one file only.
"""

from __future__ import annotations

import contextlib
import locale
import os
import string
import tomllib
from collections.abc import Iterator
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "zh")
_FOLDER = Path(__file__).parent
_chosen: list[str] = []
_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)


class _Filler(string.Formatter):
    """Puts values into words, and chooses between the singular and the plural of a word."""

    def format_field(self, value: Any, form: str) -> str:
        one, bar, many = form.partition("|")
        if not bar:
            return str(super().format_field(value, form))
        return one if str(value) == "1" else many


def set_language(name: str | None) -> None:
    """Choose the language for everything said from now on; None: the language of the system.

    Raises
    ------
    ValueError
        For a language the catalogue does not hold.
    """
    if name is not None and name not in LANGUAGES:
        raise ValueError(f"language '{name}': allowed are {', '.join(LANGUAGES)}")
    _chosen[:] = [] if name is None else [name]


@contextlib.contextmanager
def speaking(name: str) -> Iterator[None]:
    """Speak a language for a while, in this thread or task alone: many people share a server."""
    before = _spoken.set(name)
    try:
        yield
    finally:
        _spoken.reset(before)


def language() -> str:
    """Tell the language in use: the chosen one, else LINKAGE_LANG, else the system's."""
    spoken = _spoken.get()
    if spoken is not None:
        return spoken
    if _chosen:
        return _chosen[0]
    wanted = os.environ.get("LINKAGE_LANG", "")
    if not wanted:
        told = [os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
        wanted = next((name for name in told if name), locale.getlocale()[0] or "")
    return "zh" if wanted.lower().startswith(("zh", "chinese")) else "en"


@cache
def entries() -> dict[str, dict[str, str]]:
    """Give the whole catalogue: key -> language -> words.

    Raises
    ------
    ValueError
        For a key that stands twice.
    """
    found: dict[str, dict[str, str]] = {}
    for path in sorted(_FOLDER.glob("*.toml")):
        for key, words in _flat(tomllib.loads(path.read_text(encoding="utf-8")), ""):
            if key in found:
                raise ValueError(f"{path.name}: '{key}' stands in the catalogue twice")
            found[key] = words
    return found


def _flat(table: dict[str, Any], prefix: str) -> list[tuple[str, dict[str, str]]]:
    if all(isinstance(value, str) for value in table.values()):
        return [(prefix, table)] if prefix else []
    rows: list[tuple[str, dict[str, str]]] = []
    own = {name: value for name, value in table.items() if isinstance(value, str)}
    if own:
        rows.append((prefix, own))
    for name, value in table.items():
        if isinstance(value, dict):
            rows += _flat(value, f"{prefix}.{name}" if prefix else name)
    return rows


def has(key: str) -> bool:
    """Tell whether the catalogue knows a key."""
    return key in entries()


def say(key: str, lang: str | None = None, **values: object) -> str:
    """Give the words behind a key, values put in.

    Parameters
    ----------
    lang
        "en" or "zh"; None: the language in use.

    Raises
    ------
    KeyError
        For a key the catalogue does not hold, or a value that was not given.
    """
    words = entries()[key][lang or language()]
    return _Filler().vformat(words, (), values) if values else words
