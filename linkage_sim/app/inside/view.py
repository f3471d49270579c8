"""What the second tab shows, as one value that is part of a page's address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from linkage_sim.app.limits import MOST_COMMUNITIES, MOST_WARMUP_YEARS, MOST_YEARS
from linkage_sim.scenario.seeds import LARGEST_SEED
from linkage_sim.timeline import WEEKS_PER_YEAR

SIDES = ("policy", "baseline")
COLOURS = ("unmet", "trust", "volunteers")
MOST_WEEKS = WEEKS_PER_YEAR * (MOST_YEARS + MOST_WARMUP_YEARS)
LARGEST_ROW = 10_000_000
LONGEST_NAME = 80
KEYS = ("side", "run", "c", "week", "colour", "project", "who")
"""In an address; what stands at its default is left out."""


@dataclass(frozen=True)
class View:
    """What is looked at inside one run.

    Attributes
    ----------
    side
        Whose rules: the policy's, or those of today.
    seed
        World that is run; None: the first of the comparison.
    week
        Weeks since the start of the run; None: the middle of the first reported year.
    colour
        What residents are coloured by.
    project
        Whose life story is told; empty: nobody's.
    resident
        Row of the resident who is looked at; None: nobody.
    """

    side: str = "policy"
    seed: int | None = None
    community: int = 0
    week: int | None = None
    colour: str = "unmet"
    project: str = ""
    resident: int | None = None


class Reader(Protocol):
    """Reads an address and remembers what it could not use."""

    def one_of(self, key: str, known: tuple[str, ...], usual: str) -> str:
        """Give a value that is one of those known."""

    def number(self, key: str, low: int, high: int) -> int | None:
        """Give a whole number; None where there is none."""

    def text(self, key: str, longest: int) -> str:
        """Give a text; empty where there is none."""


def view_from(reader: Reader) -> View:
    """Read the view out of an address."""
    return View(
        side=reader.one_of("side", SIDES, SIDES[0]),
        seed=reader.number("run", 0, LARGEST_SEED),
        community=reader.number("c", 0, MOST_COMMUNITIES - 1) or 0,
        week=reader.number("week", 0, MOST_WEEKS),
        colour=reader.one_of("colour", COLOURS, COLOURS[0]),
        project=reader.text("project", LONGEST_NAME),
        resident=reader.number("who", 0, LARGEST_ROW),
    )


def pairs_of(view: View) -> list[tuple[str, str]]:
    """Write the view as parts of an address."""
    usual = View()
    values: Mapping[str, object] = {
        "side": view.side, "run": view.seed, "c": view.community, "week": view.week,
        "colour": view.colour, "project": view.project, "who": view.resident,
    }
    plain = dict(zip(KEYS, (usual.side, usual.seed, usual.community, usual.week, usual.colour,
                            usual.project, usual.resident), strict=True))
    return [(key, str(value)) for key, value in values.items() if value != plain[key]]
