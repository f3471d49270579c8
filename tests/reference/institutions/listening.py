"""Where people are heard, who was spoken for, and how exact an estimate is.

Source: model.md section 6; Agresti and Coull (1998) for shares near 0 and 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from linkage_sim.draws import Draws
from linkage_sim.scenario.fields import N_CATEGORIES
from linkage_sim.scenario.schema import Scenario
from tests.reference.rounding import clip

NO_ERROR_KNOWN = [math.inf] * N_CATEGORIES


@dataclass
class Ground:
    """Where and when people are heard, and with what means.

    Attributes
    ----------
    residents
        Everybody of the community, in order of rows.
    district_mean
        Persons in need that the district's yearbook expects here.
    campaign
        Category of the current campaign from above.
    hours, yuan
        Committee hours and money that hearing may take.
    """

    community: int
    week: int
    residents: Sequence[Any]
    plan: Scenario
    draws: Draws
    district_mean: list[float]
    campaign: int
    hours: float
    yuan: float


class Listening:
    """A list of persons spoken for: how many with each need, and who they are."""

    def __init__(self) -> None:
        self.heard = [0.0] * N_CATEGORIES
        self.persons = 0
        self.told: dict[int, set[int]] = {category: set() for category in range(N_CATEGORIES)}

    def note(self, person: Any) -> None:
        """Note the needs of one person."""
        self.persons += 1
        for need in person.active_needs:
            self.heard[need.category] += 1.0
            self.told[need.category].add(person.row)

    def scale(self, factor: float) -> None:
        """Extrapolate to the whole community."""
        self.heard = [persons * factor for persons in self.heard]

    def known(self) -> dict[int, list[int]]:
        """Rows of persons by category whose need became known."""
        return {category: sorted(rows) for category, rows in self.told.items()}


def standard_error(heard: list[float], size: int, asked: int) -> list[float]:
    """Standard error of a count estimated from a sample; two more of each kind are added.

    A share of 0 or 1 in a sample is no certainty.
    """
    if asked <= 0:
        return list(NO_ERROR_KNOWN)
    finite = max(0.0, (size - asked) / max(1, size - 1))
    errors = []
    for persons in heard:
        share = (clip(persons / size) * asked + 2.0) / (asked + 4.0)
        errors.append(size * math.sqrt(share * (1.0 - share) / asked * finite))
    return errors


def takes_part(base: float, slope: float, trust: float, voice: float) -> float:
    """Chance to take part: rises with trust around 0.5 and with voice."""
    return clip(base * voice * (1.0 + slope * (trust - 0.5)))
