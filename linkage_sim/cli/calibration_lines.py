"""Sets a calibration as text: what is known of each assumption now, and how every figure fares."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linkage_sim.cli.layout import MISSING, columns, number
from linkage_sim.cli.study_words import outcome_name, told_settings
from linkage_sim.cli.typed import command_line
from linkage_sim.report.calibration_tables import band_words, percent, verdict_words
from linkage_sim.words import listing, say

if TYPE_CHECKING:
    from linkage_sim.studies.calibration import Fitted

SAYS_LITTLE = 0.1
"""A parameter whose interval is narrower than the prior's by less is one the targets leave open."""
FEW_EFFECTIVE = 0.25


def calibration_lines(fitted: Fitted) -> list[str]:
    """Set what a calibration found as text, its limits included."""
    plan, course = fitted.plan, fitted.course
    last = course.generations[-1]
    lines = [say("calibration.title", name=plan.name, parameters=len(plan.factors),
                 fitted=len(plan.targets), predicted=len(plan.predictions))]
    lines += filter(None, [told_settings("run", plan.settings)])
    lines.append(say(
        f"calibration.ended.{course.ended}", generations=len(course.generations) - 1,
        proposals=f"{course.proposals:,}", worlds=plan.replications,
        threshold=number(last.threshold) if math.isfinite(last.threshold) else MISSING,
    ))
    lines += ["", *_parameters(fitted.tables["parameters"].to_dict("records"))]
    lines += ["", *_figures(fitted.tables["targets"].to_dict("records"))]
    return [*lines, "", *notes(fitted)]


def _parameters(rows: list[dict[str, Any]]) -> list[str]:
    head = [say(f"calibration.column.{name}")
            for name in ("parameter", "prior", "mean", "interval", "narrowed")]
    body = [
        [row["parameter"], f"{number(row['prior_low'])} – {number(row['prior_high'])}",
         number(row["mean"]), f"[{number(row['low'])}, {number(row['high'])}]",
         f"{max(0.0, row['narrowed']):.0%}"]
        for row in rows
    ]
    return columns([head, *body], right=(1, 2, 3, 4))


def _figures(rows: list[dict[str, Any]]) -> list[str]:
    names = ("figure", "how", "target", "before", "mean", "worlds", "inside", "verdict")
    head = [say(f"calibration.column.{name}") for name in names]
    body = [
        [outcome_name(row["outcome"]),
         say("calibration.fitted" if row["fitted"] else "calibration.predicted"), band_words(row),
         f"[{number(row['prior_low'])}, {number(row['prior_high'])}]", number(row["mean"]),
         f"[{number(row['low'])}, {number(row['high'])}]", percent(row["inside"]),
         verdict_words(row)]
        for row in rows
    ]
    return columns([head, *body], right=(3, 4, 5, 6))


def notes(fitted: Fitted) -> list[str]:
    """Say what a reader must know: how figures are to be read, and what did not come out."""
    lines = [say("calibration.reading")]
    last = fitted.course.generations[-1]
    if last.effective < FEW_EFFECTIVE * len(last.particles):
        lines.append(say("calibration.few_effective", effective=f"{last.effective:.0f}",
                         particles=len(last.particles)))
    open_ones = [row["parameter"] for row in fitted.tables["parameters"].to_dict("records")
                 if row["narrowed"] < SAYS_LITTLE]
    if open_ones:
        lines.append(say("calibration.left_open", names=listing(open_ones)))
    missing = {row["outcome"]: row["missing"]
               for row in fitted.tables["targets"].to_dict("records") if row["missing"]}
    lines += [
        say("calibration.missing", outcome=outcome_name(name), count=count)
        for name, count in missing.items()
    ]
    return lines


def next_lines(fitted: Fitted, place: Path) -> list[str]:
    """Say where everything is, and how a comparison takes the posterior up."""
    name = fitted.plan.name
    words = ["compare", name, f"{name}+full_reform", "--posterior", str(place)]
    return ["", say("study.written", path=place), "", say("study.next"),
            f"  {command_line(words)}"]
