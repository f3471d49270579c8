"""What `linkage-sim sensitivity` puts on the screen: names are never cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from linkage_sim.cli.layout import MISSING, columns, decimals_for, number
from linkage_sim.cli.study_words import outcome_name
from linkage_sim.report.sensitivity_words import (
    chance_percent,
    discovery_lines,
    parameter_title,
    percent,
    quantity_title,
    reform_of,
    remarks,
)
from linkage_sim.studies.salib_points import MORRIS
from linkage_sim.words import language, say

if TYPE_CHECKING:
    import pandas as pd

    from linkage_sim.studies.sensitivity import Findings

SHOWN = 15


def lines_of(found: Findings) -> list[str]:
    """Set everything a study found as text."""
    lines: list[str] = []
    if found.indices is not None:
        lines += _indices(found.indices, found.study.design)
    if found.conclusions is not None and len(found.conclusions):
        lines += _conclusions(found.conclusions)
    for item in found.discoveries:
        lines += ["", *discovery_lines(item, language())]
    return lines


def shown_quantities(table: pd.DataFrame) -> list[tuple[str, str, str]]:
    """List what is shown: differences where there are any, outcomes themselves otherwise."""
    keys = list(dict.fromkeys(zip(
        table["scenario"], table["baseline"], table["outcome"], strict=True
    )))
    return [key for key in keys if key[1]] or keys


def _indices(table: pd.DataFrame, design: str) -> list[str]:
    kind = "morris" if design == MORRIS else "sobol"
    lines = [say(f"sensitivity.title.{kind}")]
    grouped = table.groupby(["scenario", "baseline", "outcome"], sort=False)
    for key in shown_quantities(table):
        block = grouped.get_group(key)
        lines += ["", quantity_title(*key, language())]
        rows = [row for row in block.to_dict("records") if row["rank"]][:SHOWN]
        if rows:
            lines += columns(_table(rows, kind), right=range(2, 6))
            left = len(block) - len(rows)
            if left:
                lines.append(say("sensitivity.more", count=left))
        lines += remarks(block.iloc[0].to_dict(), design, language())
    return [*lines, "", say(f"sensitivity.reading.{kind}")]


def _table(rows: list[dict[str, Any]], kind: str) -> list[list[str]]:
    main = "mu_star" if kind == "morris" else "st"
    others = ("mu", "sigma", "noise") if kind == "morris" else ("s1",)
    halves = [(row[f"{main}_high"] - row[f"{main}_low"]) / 2 for row in rows]
    places = decimals_for(halves, [row[main] for row in rows])
    head = [say("sensitivity.column.parameter"), say("sensitivity.column.title"),
            say(f"sensitivity.column.{main}"), say("study.column.interval"),
            *(say(f"sensitivity.column.{name}") for name in others)]
    lines = [head]
    for row in rows:
        low, high = number(row[f"{main}_low"], places), number(row[f"{main}_high"], places)
        lines.append([
            row["parameter"], parameter_title(row["parameter"], language()),
            number(row[main], places), f"[{low}, {high}]",
            *(number(row[name], places, signed=name == "mu") for name in others),
        ])
    return lines


def _conclusions(table: pd.DataFrame) -> list[str]:
    names = ("reform", "outcome", "holds", "interval", "points", "clear", "against", "undefined",
             "chance")
    lines = [[say(f"sensitivity.column.{name}") for name in names]]
    for row in table.to_dict("records"):
        low, high = percent(row["low"]), percent(row["high"])
        lines.append([
            reform_of(row["scenario"], row["baseline"]), outcome_name(row["outcome"]),
            percent(row["share"]), f"[{low}, {high}]" if row["points"] else MISSING,
            str(row["points"]), str(row["clear"]), str(row["against"]), str(row["undefined"]),
            chance_percent(row["noise_share"]),
        ])
    return ["", say("sensitivity.title.conclusions"), *columns(lines, right=range(2, len(names))),
            "", say("sensitivity.reading.conclusions")]
