"""Lays out what the page draws: plain numbers and words, drawn as SVG in the browser."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from linkage_sim.app.comparison import (
    SIDES,
    Figures,
    difference_texts,
    digits_of,
    label_of,
    number,
    signed_text,
    unit_of,
)
from linkage_sim.outcomes import BY_NAME, HEADLINES, NAMES
from linkage_sim.words import say

BESIDE = (
    "time_to_service_weeks", "approval_days_mean", "implementation_weeks", "showcase_share",
    "needs_resolved_per_10k_yuan", "trust", "volunteer_rate", "administration_share",
)
"""Drawn below the headline outcomes, each as a change in per cent of today's value."""


def forest(figures: Figures, language: str) -> list[dict[str, Any]]:
    """Give two small forest plots: headlines in percentage points, others in per cent of today."""
    plots = []
    for kind, names in (("points", HEADLINES), ("relative", BESIDE)):
        rows = [row for row in (_row(name, figures, kind, language) for name in names) if row]
        ends = [abs(row[end]) for row in rows for end in ("low", "high")]
        plots.append({
            "title": say(f"app.forest.{kind}", language), "rows": rows,
            "reach": _round_up(max(ends, default=1.0)),
        })
    return plots


def _row(name: str, figures: Figures, kind: str, language: str) -> dict[str, Any] | None:
    found: Mapping[str, Any] = figures.differences[name]
    scale = 100.0
    if kind == "relative":
        today = abs(found["baseline_mean"])
        if not today or math.isnan(today):
            return None
        scale = 100.0 / today
    numbers = {end: found[end] * scale for end in ("difference", "low", "high")}
    if any(math.isnan(value) for value in numbers.values()):
        return None
    told = _told(found, name) if kind == "points" else _told_share(numbers)
    unit = unit_of(name, language, True) if kind == "points" else "%"
    return {
        "name": name, "label": label_of(name, language), **numbers, "text": told,
        "unit": unit, "sure": not found["low"] <= 0 <= found["high"],
        "better": _is_better(name, found),
    }


def _told(found: Mapping[str, float], name: str) -> str:
    difference, low, high = difference_texts(found, name)
    return f"{difference} [{low}, {high}]"


def _told_share(numbers: Mapping[str, float]) -> str:
    """Write a change in per cent of today with its interval."""
    digits = digits_of(numbers["low"], numbers["high"])
    middle, low, high = (signed_text(numbers[end], digits)
                         for end in ("difference", "low", "high"))
    return f"{middle} [{low}, {high}]"


def _is_better(name: str, found: Mapping[str, float]) -> int:
    """Say whether a change is to the good (1), to the bad (-1) or neither (0).

    As in `compare` and its report, a verdict holds for all outcomes of its family at once.
    """
    better = BY_NAME[name].better
    low, high = found["low_adjusted"], found["high_adjusted"]
    if low <= 0 <= high or math.isnan(low):
        return 0
    if better == "zero":
        return 1 if abs(found["mean"]) < abs(found["baseline_mean"]) else -1
    return int(better) * (1 if found["difference"] > 0 else -1)


def table(figures: Figures, language: str) -> list[dict[str, Any]]:
    """Give one row an outcome: both means, the difference with its interval, unit and verdict."""
    rows = []
    for name in (*HEADLINES, *(item for item in NAMES if item not in HEADLINES)):
        found = figures.differences[name]
        difference, low, high = difference_texts(found, name)
        rows.append({
            "name": name, "label": label_of(name, language),
            "definition": say(f"outcome.{name}.definition", language),
            "unit": unit_of(name, language), "headline": name in HEADLINES,
            "baseline": number(found["baseline_mean"], name),
            "policy": number(found["mean"], name),
            "difference": difference, "interval": f"{low} … {high}",
            "better": _is_better(name, found),
        })
    return rows


def over_years(figures: Figures, outcome: str, language: str) -> dict[str, Any]:
    """Give the bands of one outcome over the years, and the table behind the chart."""
    scale = 100.0 if BY_NAME[outcome].unit == "share" else 1.0
    sides: list[dict[str, Any]] = [
        {"id": side, "title": say(f"app.side.{side}", language),
         "bands": [[None if math.isnan(value) else value * scale for value in band]
                   for band in figures.years[outcome][side]]}
        for side in SIDES
    ]
    known = [value for side in sides for band in side["bands"] for value in band
             if value is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    # Zero belongs into the picture where it is near; else small changes would look large.
    low = 0.0 if 0 <= low <= 0.6 * high else low
    return {
        "outcome": outcome, "title": label_of(outcome, language),
        "unit": unit_of(outcome, language), "sides": sides, "ticks": _ticks(low, high),
        "years": [say("app.year", language, year=place + 1)
                  for place in range(len(sides[0]["bands"]))],
        "rows": _year_rows(figures, outcome),
    }


def _year_rows(figures: Figures, outcome: str) -> list[list[str]]:
    both: Sequence[Any] = [figures.years[outcome][side] for side in SIDES]
    return [
        [number(value, outcome) for bands in both for value in (
            bands[place][1], bands[place][0], bands[place][2])]
        for place in range(len(both[0]))
    ]


def _ticks(low: float, high: float) -> list[float]:
    """Give four to seven round numbers that hold a range."""
    span = high - low or abs(high) or 1.0
    step = _round_up(span / 5)
    first = math.floor(low / step)
    last = math.ceil(high / step)
    return [round(place * step, 10) for place in range(first, max(last, first + 1) + 1)]


def _round_up(value: float) -> float:
    if value <= 0 or math.isnan(value):
        return 1.0
    size = 10.0 ** math.floor(math.log10(value))
    return next(part * size for part in (1, 2, 2.5, 5, 10) if value <= part * size * (1 + 1e-9))
