"""What the rows, lines and points of a picture are called, in the language of the picture."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from linkage_sim.errors import InputError
from linkage_sim.report.effect_scales import column_title, plain_number, value_words
from linkage_sim.scenario.schema import parameters
from linkage_sim.words import bracketed, has, listing, say, unit_words

if TYPE_CHECKING:
    import pandas as pd

PLACES = ("x_community", "xian", "toy")
"""Scenarios that ship and stand first; what is added to them is what tells rows apart."""


def label_of(value: object, language: str) -> str:
    """Name a reform, an actor, a step or a word of the schema; anything else stays as it is.

    Names joined with `+` are named one by one, without the place that reforms are laid over.
    """
    if isinstance(value, float):
        return plain_number(value)
    parts = str(value).split("+")
    if len(parts) > 1 and parts[0] in PLACES:
        del parts[0]
    return " + ".join(_single(part, language) for part in parts)


def _single(name: str, language: str) -> str:
    key = f"report.label.{name}"
    return say(key, language) if has(key) else value_words(name, language)


def parameter_label(name: str, language: str) -> str:
    """Name a parameter with its unit behind it; what is no parameter as `label_of` does."""
    known = {item.name: item for item in parameters()}
    if name not in known:
        return label_of(name, language)
    unit = unit_words(known[name].unit, language) if known[name].unit else ""
    return bracketed(column_title(name, language), unit, language)


def decimals(numbers: Iterable[float]) -> int:
    """Give as many decimals as tell intervals of this width apart."""
    known = [abs(number) for number in numbers if number == number and number]
    if not known:
        return 3
    return min(6, max(0, 1 - math.floor(math.log10(min(known)))))


def needs_columns(table: pd.DataFrame, wanted: Iterable[str], language: str) -> None:
    """Refuse a table that a picture cannot be drawn from.

    Raises
    ------
    InputError
        When it has no row or lacks a column; all that are lacking are named.
    """
    missing = [name for name in wanted if name not in table.columns]
    if missing:
        raise InputError(say("report.plate.missing", language, names=listing(missing, language)))
    if not len(table):
        raise InputError(say("report.plate.empty", language))


def in_order(table: pd.DataFrame, column: str) -> list[Any]:
    """List the values of a column, each once, in the order of the table."""
    return list(dict.fromkeys(table[column].tolist()))
