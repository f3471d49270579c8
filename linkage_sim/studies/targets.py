"""Figures that a calibration holds the model against: bands or values, and how far is far."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

FARTHEST = 1e9
"""Distance of a point without a figure, as when its run failed: a number, so that it has a place
among the others."""
INSIDE, PARTLY, OUTSIDE = "inside", "partly", "outside"


@dataclass(frozen=True)
class Target:
    """One figure that is known from elsewhere.

    Attributes
    ----------
    outcome
        Name of the outcome it is held against.
    low, high
        The band it lies in; equal for a single value, NaN where nothing is known of a figure that
        is only to be predicted.
    scale
        The distance from the band, in the unit of the outcome, that counts as 1.
    """

    outcome: str
    low: float
    high: float
    scale: float = 1.0

    @property
    def is_band(self) -> bool:
        """Tell whether it is a band, not a single value or a figure of which nothing is known."""
        return self.low < self.high

    def distance(self, figure: float) -> float:
        """Tell how far a figure lies from the band, in units of the scale; inside it is 0."""
        if math.isnan(figure):
            return FARTHEST
        return max(self.low - figure, figure - self.high, 0.0) / self.scale

    def verdict(self, low: float, high: float) -> str:
        """Say whether an interval lies inside the band, partly, or outside; empty without one.

        For a single value the question is the other way round: does the interval hold it?
        """
        if any(math.isnan(end) for end in (self.low, self.high, low, high)):
            return ""
        if not self.is_band:
            return INSIDE if low <= self.low <= high else OUTSIDE
        if self.low <= low and high <= self.high:
            return INSIDE
        return OUTSIDE if high < self.low or low > self.high else PARTLY

    def holds(self, figure: float) -> bool:
        """Tell whether a figure lies in the band."""
        return self.low <= figure <= self.high


def distance(targets: Iterable[Target], figures: Mapping[str, float]) -> float:
    """Tell how far figures lie from all targets: the root of the sum of squares."""
    total = math.hypot(*(target.distance(figures[target.outcome]) for target in targets))
    return min(total, FARTHEST)


def mean_figures(
    rows: Sequence[Mapping[str, float]], outcomes: Iterable[str], planned: int
) -> dict[str, float]:
    """Average each outcome over the runs of a point; NaN unless every run of it gave a number."""
    complete = len(rows) == planned
    return {
        name: math.fsum(row[name] for row in rows) / planned if complete else math.nan
        for name in outcomes
    }
