"""Everything a page shows, as one value that fits into its address and comes back out of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from linkage_sim.app.inside.view import KEYS, View, pairs_of, view_from
from linkage_sim.app.limits import (
    LONGEST_LINK,
    MOST_REPLICATIONS,
    USUAL_REPLICATIONS,
)
from linkage_sim.outcomes import NAMES
from linkage_sim.scenario.seeds import LARGEST_SEED
from linkage_sim.words import LANGUAGES, say

VERSION = 1
TABS = ("compare", "inside", "evidence")
USUAL_OUTCOME = "demand_match"
SETTABLE = ("policy.", "world.", "assumptions.", "run.years", "run.warmup_years")
"""What a link or an uploaded file may set."""
REGISTER = "world.resident_register"
NEVER = (REGISTER,)
"""A register is personal data; a link holds its hash, and no link and no file names a path."""
_KEYS = ("v", "lang", "tab", "s", "p", "n", "seed", "show", "register", *KEYS)


@dataclass(frozen=True)
class State:
    """What a page shows.

    Attributes
    ----------
    place
        Name of the scenario that both sides start from.
    reforms
        Names of the shipped reforms laid over the policy side.
    values
        Dotted name -> value; levers hold on the policy side, everything else on both.
    seeds, first_seed
        How many worlds, and the number of the first.
    shown
        Outcome drawn over the years.
    inside
        What the second tab shows of one run.
    """

    language: str = "en"
    tab: str = "compare"
    place: str = "x_community"
    reforms: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    seeds: int = USUAL_REPLICATIONS
    first_seed: int = 1
    shown: str = USUAL_OUTCOME
    inside: View = field(default_factory=View)

    def with_value(self, name: str, value: Any) -> State:
        """Give a copy in which one value differs; None takes it out."""
        rest = {key: old for key, old in self.values.items() if key != name}
        return replace(self, values=rest if value is None else {**rest, name: value})

    def __hash__(self) -> int:
        """Equal states have equal addresses."""
        return hash(address_of(self))


def address_of(state: State) -> str:
    """Write a state as the part of an address behind the question mark."""
    pairs = [("v", str(VERSION)), ("lang", state.language), ("tab", state.tab), ("s", state.place)]
    pairs += [("p", "+".join(state.reforms))] if state.reforms else []
    pairs += [("n", str(state.seeds)), ("seed", str(state.first_seed)), ("show", state.shown)]
    pairs += pairs_of(state.inside)
    pairs += [
        (name, json.dumps(value, ensure_ascii=False, separators=(",", ":")))
        for name, value in sorted(state.values.items()) if name != REGISTER
    ]
    register = state.values.get(REGISTER)
    pairs += [("register", str(register["sha256"]))] if register else []
    return urlencode(pairs)


def state_from(address: str, usual: State) -> tuple[State, list[str]]:
    """Read a state out of an address.

    Parameters
    ----------
    usual
        What holds where the address says nothing.

    Returns
    -------
    state, problems
        What cannot be used is left as usual and told, in the language of the address.
    """
    if len(address) > LONGEST_LINK:
        return usual, [say("app.link.long", usual.language, most=f"{LONGEST_LINK:,}")]
    try:
        pairs = dict(parse_qsl(address, keep_blank_values=True, max_num_fields=200,
                               errors="strict"))
    except (ValueError, UnicodeError):
        return usual, [say("app.link.broken", usual.language)]
    if not pairs:
        return usual, []
    pairs, problems = _migrated(pairs, usual.language)
    reader = _Reader(pairs, usual.language if pairs.get("lang") not in LANGUAGES
                     else pairs["lang"], problems)
    state = State(
        language=reader.one_of("lang", LANGUAGES, usual.language),
        tab=reader.one_of("tab", TABS, usual.tab),
        place=pairs.get("s", usual.place)[:200],
        reforms=_reforms(pairs, usual),
        values={**reader.values(), **reader.register()},
        seeds=reader.whole("n", 2, MOST_REPLICATIONS, usual.seeds),
        first_seed=reader.whole("seed", 0, LARGEST_SEED - MOST_REPLICATIONS, usual.first_seed),
        shown=reader.one_of("show", NAMES, usual.shown),
        inside=view_from(reader),
    )
    return state, problems


def _reforms(pairs: Mapping[str, str], usual: State) -> tuple[str, ...]:
    if "p" not in pairs:
        # A link written by this program that names no reform has none.
        return () if "s" in pairs else usual.reforms
    names = pairs["p"].replace(" ", "+").split("+")
    return tuple(dict.fromkeys(name for name in names if name))[:10]


class _Reader:
    def __init__(self, pairs: Mapping[str, str], language: str, problems: list[str]) -> None:
        self._pairs, self._language, self._problems = pairs, language, problems

    def one_of(self, key: str, known: tuple[str, ...], usual: str) -> str:
        found = self._pairs.get(key, usual)
        if found not in known:
            self._refuse(key, found)
            return usual
        return found

    def whole(self, key: str, low: int, high: int, usual: int) -> int:
        found = self.number(key, low, high)
        return usual if found is None else found

    def number(self, key: str, low: int, high: int) -> int | None:
        text = self._pairs.get(key)
        if text is None:
            return None
        if not text.isascii() or not text.isdigit() or len(text) > 20 \
                or not low <= int(text) <= high:
            self._problems.append(say("app.link.whole", self._language, name=key,
                                      found=text[:40], low=low, high=high))
            return None
        return int(text)

    def text(self, key: str, longest: int) -> str:
        return self._pairs.get(key, "")[:longest]

    def values(self) -> dict[str, Any]:
        found = {}
        for name, text in self._pairs.items():
            if name in _KEYS:
                continue
            if not may_be_set(name):
                self._refuse(name, text)
                continue
            try:
                found[name] = json.loads(text, parse_constant=_no_number)
            except (ValueError, RecursionError):
                # A word need not stand in quotes.
                found[name] = text
        return found

    def register(self) -> dict[str, Any]:
        found = self._pairs.get("register")
        if found is None:
            return {}
        if not re.fullmatch(r"[0-9a-f]{64}", found):
            self._refuse("register", found)
            return {}
        # Whose hash this is, only the page that was given the file knows; see registers.py.
        return {REGISTER: {"sha256": found}}

    def _refuse(self, key: str, found: str) -> None:
        self._problems.append(
            say("app.link.unknown", self._language, name=key[:80], found=found[:40])
        )


def _no_number(text: str) -> float:
    raise ValueError(text)


def may_be_set(name: str) -> bool:
    """Tell whether a link or an uploaded file may set a parameter."""
    return name.startswith(SETTABLE) and not name.startswith(NEVER)


# -- links of earlier versions -------------------------------------------------------------------

Pairs = dict[str, str]


def _from_0(pairs: Pairs) -> Pairs:
    """Read a link without a version, as a person writes it: scenario=x_community+fast_approval."""
    moved = dict(pairs)
    written = moved.pop("scenario", None)
    if written is not None and "s" not in moved:
        # A plus that was typed arrives as a blank.
        place, _, reforms = written.replace(" ", "+").partition("+")
        moved["s"] = place
        if reforms and "p" not in moved:
            moved["p"] = reforms
    return moved


MIGRATIONS: tuple[Callable[[Pairs], Pairs], ...] = (_from_0,)
"""One step from each version to the next; a new version adds one and raises VERSION."""


def _migrated(pairs: Pairs, language: str) -> tuple[Pairs, list[str]]:
    version = pairs.get("v", "0")
    if not version.isascii() or not version.isdigit() or int(version[:6]) > VERSION:
        return pairs, [say("app.link.newer", language, found=version[:20], known=VERSION)]
    for step in MIGRATIONS[int(version[:6]):]:
        pairs = step(pairs)
    return pairs, []
