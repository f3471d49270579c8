"""One parameter of a study: the values it takes, or the range it is drawn from."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from linkage_sim.errors import InputError
from linkage_sim.scenario import problems
from linkage_sim.scenario.schema import Parameter, Scenario, parameters
from linkage_sim.studies.tables import flat_values
from linkage_sim.words import say

SCALES = ("linear", "log")
MOST_VALUES = 10_000
"""Different values of one list that each take a whole scenario to check."""
MOST_WRONG = 20
EXAMPLE = "{low = 0.1, high = 0.6}"
Level = dict[str, Any]
"""Dotted name -> value; one entry, or several where a whole table is varied."""


@dataclass(frozen=True)
class Range:
    """Values between two numbers, evenly spread over the numbers or over their logarithms."""

    low: float
    high: float
    scale: str = "linear"
    whole: bool = False

    def at(self, share: float) -> float | int:
        """Give the value that lies so far from low (0) to high (1)."""
        if self.whole:
            # Every whole number has an equal part of the way; both ends are among them.
            low, high = int(self.low), int(self.high)
            if self.scale == "log":
                return min(high, int(low * ((high + 1) / low) ** share))
            return min(high, low + int(share * (high - low + 1)))
        if self.scale == "log":
            return min(self.high, self.low * (self.high / self.low) ** share)
        return self.low + share * (self.high - self.low)

    def share_of(self, value: float) -> float:
        """Tell how far from low (0) to high (1) a value lies."""
        if self.scale == "log":
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class Factor:
    """A parameter that a study varies.

    Attributes
    ----------
    levels
        The values of a list, as the scenario will hold them; empty for a range.
    range
        Where values are drawn from; None for a list.
    """

    name: str
    levels: tuple[Level, ...] = ()
    range: Range | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Name every single parameter it sets."""
        if self.range is not None:
            return (self.name,)
        return tuple(dict.fromkeys(name for level in self.levels for name in level))

    def largest(self, name: str) -> int:
        """Give the largest whole number it sets a parameter to; 0 where it does not."""
        if self.range is not None:
            return int(self.range.high) if name == self.name else 0
        return max((int(level[name]) for level in self.levels if name in level), default=0)

    def at(self, share: float) -> Level:
        """Give the level that lies so far along: every level of a list has an equal part."""
        if self.range is not None:
            return {self.name: self.range.at(share)}
        return self.levels[min(len(self.levels) - 1, int(share * len(self.levels)))]


def factor_of(name: str, value: Any, scenarios: Sequence[Scenario]) -> Factor:
    """Read what a study says of one parameter; every value is checked on every scenario.

    Raises
    ------
    InputError
        With everything that is wrong, not naming the parameter.
    """
    if isinstance(value, list):
        if not value:
            raise InputError(say("sweep.error.empty_list"))
        factor = Factor(name, tuple(_levels(name, value, scenarios)))
        if not factor.columns:
            raise InputError(say("sweep.error.sets_nothing"))
        return factor
    if isinstance(value, Mapping):
        return Factor(name, range=_range(name, value, scenarios))
    raise InputError(say("errors.found", found=problems.shown(value),
                         allowed=say("sweep.error.list_or_range", example=EXAMPLE)))


def _range(name: str, value: Mapping[str, Any], scenarios: Sequence[Scenario]) -> Range:
    trouble = [
        f"{key}: {problems.unknown_name(key, ('low', 'high', 'scale'))}"
        for key in value if key not in ("low", "high", "scale")
    ]
    for key in ("low", "high"):
        if key not in value:
            trouble.append(f"{key}: {say('errors.missing_key')}")
        elif not _is_number(value[key]):
            trouble.append(say("sweep.error.range_number", name=key,
                               found=problems.shown(value[key])))
    scale = value.get("scale", "linear")
    if scale not in SCALES:
        trouble.append(say("sweep.error.scale", found=problems.shown(scale)))
    if trouble:
        raise InputError(trouble)
    low, high = value["low"], value["high"]
    if low >= high:
        raise InputError(say("sweep.error.range_order", low=low, high=high))
    if scale == "log" and low <= 0:
        raise InputError(say("sweep.error.range_log", low=low))
    _levels(name, [low, high], scenarios)
    known = _declared().get(name)
    usual = known.default if known is not None else 0.0
    whole = isinstance(usual, int) and not isinstance(usual, bool)
    return Range(float(low), float(high), scale, whole)


def _levels(name: str, values: Sequence[Any], scenarios: Sequence[Scenario]) -> list[Level]:
    found: dict[str, Level] = {}
    trouble: list[str] = []
    levels = []
    for value in values:
        key = json.dumps(value, sort_keys=True, default=str)
        if key not in found:
            try:
                found[key] = _level(name, value, scenarios)
            except InputError as error:
                trouble += [text.removeprefix(f"{name}: ") for text in error.messages]
                found[key] = {}
                if len(trouble) >= MOST_WRONG:
                    break
            if len(found) > MOST_VALUES and not _is_plain(_declared().get(name), value):
                raise InputError(say("sweep.error.many_values", most=f"{MOST_VALUES:,}"))
        levels.append(found[key])
    if trouble:
        raise InputError(list(dict.fromkeys(trouble)))
    return levels


def _level(name: str, value: Any, scenarios: Sequence[Scenario]) -> Level:
    """Give a value as a scenario holds it: 5 where days are real numbers becomes 5.0."""
    known = _declared().get(name)
    if known is not None and _is_plain(known, value):
        return {name: type(_usual(known))(value)}
    for item in scenarios[1:]:
        item.with_values({name: value})
    changed = flat_values(scenarios[0].with_values({name: value}).model_dump(mode="json"))
    if not isinstance(value, Mapping):
        return {name: changed[name]} if name in changed else {
            key: held for key, held in changed.items() if key.startswith(f"{name}.")
        }
    return {key: changed[key] for key in flat_values(dict(value), f"{name}.") if key in changed}


def _usual(known: Parameter) -> Any:
    """Give the default; a number that may be left out is a number all the same."""
    return 0.0 if known.default is None else known.default


def _is_plain(known: Parameter | None, value: Any) -> bool:
    """Tell whether a number can be checked by its declared range alone, which is quick."""
    if known is None or known.low is None or known.high is None or not _is_number(value):
        return False
    usual = _usual(known)
    if isinstance(usual, bool) or not isinstance(usual, int | float):
        return False
    if isinstance(usual, int) and not isinstance(value, int):
        return False
    return known.low <= value <= known.high


def _is_number(value: Any) -> bool:
    return (isinstance(value, int | float) and not isinstance(value, bool)
            and abs(value) <= 1e300 and math.isfinite(value))


@lru_cache(maxsize=1)
def _declared() -> dict[str, Parameter]:
    return {item.name: item for item in parameters()}
