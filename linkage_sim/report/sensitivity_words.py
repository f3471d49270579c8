"""What sensitivity studies found, in words: names of quantities, warnings, boxes."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from linkage_sim.scenario.schema import Parameter, parameters
from linkage_sim.words import bracketed, listing, say, unit_words

if TYPE_CHECKING:
    from linkage_sim.studies.discovery import Discovery

UNITLESS = ("factor", "share", "probability", "exponent")
STATES = {"no variation": "no_variation", "too few groups": "too_few"}


@lru_cache(maxsize=1)
def _declared() -> dict[str, Parameter]:
    return {item.name: item for item in parameters()}


def parameter_title(name: str, language: str) -> str:
    """Give the title of a parameter in a language; its name where it is not declared."""
    known = _declared().get(name)
    return known.title(language) if known is not None else name


def parameter_named(name: str, language: str) -> str:
    """Give the title of a parameter and behind it the name that a person types."""
    return bracketed(parameter_title(name, language), name, language)


def quantity_title(scenario: str, baseline: str, outcome: str, language: str) -> str:
    """Name what is analysed: an outcome, or how a reform changes it."""
    label = say(f"outcome.{outcome}.label", language)
    if not baseline:
        return say("sensitivity.quantity.level", language, outcome=label, scenario=scenario)
    return say("sensitivity.quantity.difference", language, outcome=label, baseline=baseline,
               scenario=reform_of(scenario, baseline))


def reform_of(scenario: str, baseline: str) -> str:
    """Give what a scenario adds to the baseline."""
    return scenario.removeprefix(f"{baseline}+")


def remarks(row: dict[str, Any], design: str, language: str) -> list[str]:
    """Say what a reader must know of a quantity: what was left out, chance, too few samples."""
    found = []
    if row["state"] in STATES:
        found.append(say(f"sensitivity.state.{STATES[row['state']]}", language))
    if row["dropped"] or row["failed_points"]:
        found.append(say("sensitivity.dropped", language, dropped=row["dropped"],
                         groups=row["groups"] + row["dropped"], failed=row["failed_points"]))
    if not math.isnan(row["noise_share"]):
        share = chance_percent(row["noise_share"])
        found.append(say("sensitivity.noise", language, share=share))
    found += [say(f"sensitivity.doubt.{name}", language) for name in row["doubts"].split()]
    return found


def percent(share: float) -> str:
    """Write a share as a percentage; next to nothing and next to all with a decimal."""
    if math.isnan(share):
        return "–"
    near = 0.0 < share < 0.01 or 0.99 < share < 1.0
    return f"{100.0 * share:.{1 if near else 0}f} %"


def chance_percent(share: float) -> str:
    """Write the share that chance makes; of few seeds it can look larger than the whole."""
    return percent(share if math.isnan(share) else min(1.0, share))


def discovery_lines(found: Discovery, language: str) -> list[str]:
    """Say where something happens more often than elsewhere, or that no such place was found."""
    lines = [say(
        "sensitivity.box.event", language, event=found.event.text, cases=found.cases,
        points=found.points, share=percent(found.share), low=percent(found.low),
        high=percent(found.high), undefined=found.undefined,
    )]
    if not found.boxes:
        key = "none" if found.searched else "too_few"
        return [*lines, say(f"sensitivity.box.{key}", language)]
    for number, box in enumerate(found.boxes, start=1):
        lines.append(say(
            "sensitivity.box.found", language, number=number,
            where=listing([limits(name, *ends, language) for name, ends in box.ranges.items()],
                          language),
        ))
        lines.append(say(
            "sensitivity.box.figures", language, inside=box.inside, cases=box.cases,
            density=percent(box.density), base=percent(box.base), coverage=percent(box.coverage),
            mass=percent(box.mass), chance=f"{box.chance:.3f}",
        ))
    return lines


def limits(name: str, low: float | None, high: float | None, language: str) -> str:
    """Say in which range a parameter must be."""
    known = _declared().get(name)
    unit = ""
    if known is not None and known.unit not in UNITLESS:
        unit = unit_words(known.unit, language)
    told = {"name": parameter_named(name, language), "unit": unit}
    if low is None:
        return say("sensitivity.box.below", language, high=figure(high), **told).strip()
    if high is None:
        return say("sensitivity.box.above", language, low=figure(low), **told).strip()
    return say("sensitivity.box.between", language, low=figure(low), high=figure(high),
               **told).strip()


def figure(value: float | None) -> str:
    """Write a value of a parameter with three figures."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
