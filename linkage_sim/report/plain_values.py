"""Puts values of parameters into plain words with their units, as a report shows them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import PurePath
from typing import Any

from linkage_sim.report.effect_scales import plain_number, value_words
from linkage_sim.scenario.schema import Parameter, parameters
from linkage_sim.words import bracketed, has, listing, say, unit_words

WEIGHTS = ".weights", ".criteria"
NO_QUEUE = 1000
"""So many officers stand for a step at which no file waits for another."""
DAY = "day of the year"
"""A unit that does not follow its number as others do."""
PARTS = ("share", "probability")
REGISTER = "world.resident_register"
IRREGULAR = {"communities": "community", "categories": "category", "wishes": "wish"}


@cache
def declared() -> tuple[Parameter, ...]:
    """List every declared parameter once."""
    return tuple(parameters())


def value_at(content: Mapping[str, Any], name: str) -> Any:
    """Find the value behind a dotted name in the content of a scenario; None where it has none."""
    found: Any = content
    for part in name.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return None
        found = found[part]
    return found


def value_text(item: Parameter, value: Any, language: str) -> str:
    """Say the value of a parameter as a person would, its unit behind a number."""
    if item.name == REGISTER:
        return _register(value, language)
    if value is None or value is False and item.unit:
        return say("report.page.value.unset", language)
    if isinstance(value, bool):
        return say(f"report.value.{str(value).lower()}", language)
    if isinstance(value, int | float):
        return _number(item.unit, float(value), language)
    if isinstance(value, Mapping):
        return _table(item, value, language)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _list(value, language)
    return value_words(value, language)


def _number(unit: str, value: float, language: str) -> str:
    text, words = plain_number(value), unit_words(unit, language)
    if unit == DAY:
        return say("report.page.value.day", language, number=text)
    if unit.startswith(PARTS):
        share = say("report.page.value.percent", language, share=f"{100 * value:.3g}")
        return bracketed(share, words if unit != PARTS[0] else "", language)
    if language == "en" and value == 1.0:
        words = singular(words)
    return say("report.page.value.unit", language, number=text, unit=words) if unit else text


def singular(unit: str) -> str:
    """Put an English unit that follows the number one into the singular: years, persons a month."""
    plural = re.search(r"\b\w+s\b", unit)
    if not plural:
        return unit
    return unit.replace(plural[0], IRREGULAR.get(plural[0], plural[0][:-1]), 1)


def _register(value: Any, language: str) -> str:
    """Name a register of residents by its hash: where it lies is nobody's business but its owner's.

    Rows of it are in no result.
    """
    if not isinstance(value, Mapping):
        return say("report.page.value.unset", language)
    known = str(value.get("sha256") or value.get("hash") or "")[:12]
    name = PurePath(str(value.get("path", ""))).name
    return say("report.page.value.register", language, name=name, hash=known)


def _table(item: Parameter, value: Mapping[str, Any], language: str) -> str:
    flat: dict[str, float] = {}
    for name, entry in value.items():
        flat.update(entry if isinstance(entry, Mapping) else {name: entry})
    total = sum(flat.values())
    if item.name.endswith(WEIGHTS) and total > 0:
        # Weights are normalised on use, so only their shares mean something.
        parts = [say("report.page.value.share", language, name=value_words(name, language),
                     share=f"{100 * number / total:.3g}")
                 for name, number in flat.items() if number]
    else:
        parts = [say("report.page.value.entry", language, name=value_words(name, language),
                     number=plain_number(float(number))) for name, number in flat.items()]
    return say("sign.clause", language).join(parts)


def _list(value: Sequence[Any], language: str) -> str:
    if not value:
        return say("report.page.value.none", language)
    if all(isinstance(entry, Mapping) and "officers" in entry for entry in value):
        return say("sign.clause", language).join(_desk(entry, language) for entry in value)
    if all(isinstance(entry, Mapping) for entry in value):
        return say("report.page.value.entries", language, n=len(value))
    return listing([_word(entry, language) for entry in value], language)


def _word(entry: Any, language: str) -> str:
    if isinstance(entry, int | float):
        return plain_number(float(entry))
    return desk_name(str(entry), language)


def desk_name(name: str, language: str) -> str:
    """Name an approval desk; one that somebody else thought up as it is called."""
    key = f"story.desk.{name.replace(' ', '_')}"
    return say(key, language) if has(key) else value_words(name, language)


def _desk(entry: Mapping[str, Any], language: str) -> str:
    told = []
    if entry["officers"] < NO_QUEUE:
        told.append(say("report.page.value.officers", language, n=entry["officers"]))
    if entry["mean_days"]:
        told.append(say("report.page.value.work", language,
                        days=plain_number(float(entry["mean_days"]))))
    if entry.get("statutory_days"):
        told.append(say("report.page.value.statutory", language,
                        days=plain_number(float(entry["statutory_days"]))))
    gaps = entry.get("meeting_gap_days") or []
    if gaps:
        told.append(say("report.page.value.meetings", language,
                        days=plain_number(sum(gaps) / len(gaps))))
    name = desk_name(str(entry["name"]), language)
    return bracketed(name, say("sign.pause", language).join(told), language)
