"""The tables of a report: what differs, what came out how surely, where numbers are from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from linkage_sim.outcomes import HEADLINES, NAMES
from linkage_sim.report.document_findings import shown, side_of
from linkage_sim.report.effect_scales import better_words, column_title, scale_of
from linkage_sim.report.effects import means_of
from linkage_sim.report.labels import decimals
from linkage_sim.report.names import Titles
from linkage_sim.report.plain_values import declared, value_at, value_text
from linkage_sim.report.style import unit_label
from linkage_sim.words import declared_words, listing, say

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]
MOST_PARAMETERS = 8
GROUPS = 4
"""So many groups of runs stand in a table where a parameter has more values than that has lines."""
MISSING = "–"


def lever_rows(contents: Sequence[Mapping[str, Any]], language: str) -> list[Row]:
    """List the parameters in which scenarios differ: title, name, kind and a value for each.

    A value equal to that of the baseline, the first, is marked and not repeated.
    """
    rows = []
    for item in declared():
        values = [value_at(content, item.name) for content in contents]
        if item.name.startswith("run.") or all(value == values[0] for value in values):
            continue
        cells = [
            {"text": value_text(item, value, language), "same": place > 0 and value == values[0]}
            for place, value in enumerate(values)
        ]
        rows.append({"title": item.title(language), "name": item.name, "kind": item.kind,
                     "price": declared_words(item.price, "price.", language), "cells": cells})
    return rows


def swept_rows(
    rows: pd.DataFrame, groups: Sequence[str], titles: Titles, language: str
) -> list[Row]:
    """List what a sweep varied: title with unit, name, and its values or their range."""
    found = []
    for name in groups:
        scale, _ = scale_of(rows[name], language, titles)
        texts = scale.key or scale.texts
        if scale.binned:
            low, high = rows[name].min(), rows[name].max()
            told = say("report.page.range", language, low=f"{low:.4g}", high=f"{high:.4g}")
        else:
            told = listing(texts, language)
        found.append({"title": scale.side_by_side().label(language), "name": name, "told": told})
    return found


# -- what came out -----------------------------------------------------------------------------


def number(value: float, places: int, signed: bool = False) -> str:
    """Write a number; a dash where it is undefined."""
    if value != value:
        return MISSING
    rounded = round(value, places) + 0.0
    return f"{rounded:+,.{places}f}" if signed else f"{rounded:,.{places}f}"


def outcome_heads(name: str, language: str) -> Row:
    """Give label, unit and better side of an outcome, and its exact definition."""
    return {"name": name, "label": column_title(name, language), "unit": unit_label(name, language),
            "better": better_words(name, language),
            "definition": say(f"outcome.{name}.definition", language)}


def comparison_rows(
    table: pd.DataFrame, reforms: Sequence[str], headline: bool, language: str
) -> list[Row]:
    """Give a row an outcome: the baseline's mean, each reform's difference and its interval."""
    found = []
    for name in NAMES:
        rows = table[table["outcome"] == name].set_index("scenario")
        if not len(rows) or (name in HEADLINES) != headline:
            continue
        halves = ((rows["high"] - rows["low"]) / 2).tolist()
        if all(half != half for half in halves):
            halves = rows["difference"].tolist()
        places = decimals([half for half in halves if half == half][:1] or [0.01])
        cells = [_difference(rows.loc[reform], name, places) if reform in rows.index else None
                 for reform in reforms]
        found.append({**outcome_heads(name, language), "cells": cells,
                      "baseline": number(float(rows["baseline_mean"].mean()), places)})
    return found


def _difference(row: pd.Series[Any], name: str, places: int) -> Row:
    low, high = float(row["low"]), float(row["high"])
    return {"difference": number(float(row["difference"]), places, True), "shown": shown(row),
            "side": side_of(row, name), "n": int(row["n"]),
            "interval": f"[{number(low, places, True)}, {number(high, places, True)}]"
            if low == low else ""}


def run_rows(outcomes: Mapping[str, Any], headline: bool, language: str) -> list[Row]:
    """Give a row an outcome of one run: its value, without an interval, which one run has not."""
    return [
        {**outcome_heads(name, language), "value": number(float(outcomes[name]), 3)}
        for name in NAMES if name in outcomes and (name in HEADLINES) == headline
    ]


def sweep_blocks(
    rows: pd.DataFrame, groups: Sequence[str], titles: Titles, language: str
) -> list[Row]:
    """Give a table for each parameter of a sweep: headline outcomes at each of its values."""
    outcomes = [name for name in HEADLINES if name in rows]
    blocks = []
    for name in groups:
        scale, codes = scale_of(rows[name], language, titles, groups=GROUPS)
        found = means_of(rows, [codes], outcomes)
        # One number of decimals an outcome, so that a column can be read down.
        places = {
            outcome: decimals(((part["high"] - part["low"]) / 2).dropna().tolist()[:1]
                              or part["mean"].tolist())
            for outcome, part in found.groupby("outcome")
        }
        lines = []
        for level, text in enumerate(scale.key or scale.texts):
            here = found[found["level 0"] == level].set_index("outcome")
            cells = [_mean_cell(here.loc[outcome], places[outcome]) if outcome in here.index
                     else None for outcome in outcomes]
            lines.append({"text": text, "cells": cells})
        blocks.append({"title": scale.side_by_side().label(language), "name": name, "lines": lines})
    return blocks


def _mean_cell(row: pd.Series[Any], places: int) -> Row:
    low, high = float(row["low"]), float(row["high"])
    return {"mean": number(float(row["mean"]), places),
            "interval": f"[{number(low, places)}, {number(high, places)}]" if low == low else ""}


def weightiest(rows: pd.DataFrame, groups: Sequence[str]) -> list[str]:
    """Keep the parameters of a sweep whose values move the headline outcomes most."""
    if len(groups) <= MOST_PARAMETERS:
        return list(groups)
    outcomes = [name for name in HEADLINES if name in rows]
    spread = {name: float(rows[name].std()) or 1.0 for name in outcomes}

    def moved(name: str) -> float:
        _, codes = scale_of(rows[name], "en")
        means = rows[outcomes].groupby(codes).mean()
        return sum(float(means[item].std(ddof=0)) / spread[item] for item in outcomes)

    kept = sorted(groups, key=moved, reverse=True)[:MOST_PARAMETERS]
    return [name for name in groups if name in kept]


# -- where numbers are from --------------------------------------------------------------------


def parameter_blocks(content: Mapping[str, Any], language: str) -> list[Row]:
    """List every parameter of the baseline by kind: value with unit, source and confidence."""
    blocks = []
    for kind in ("lever", "assumption", "setting"):
        lines = [
            {"title": item.title(language), "name": item.name,
             "value": value_text(item, value_at(content, item.name), language),
             "source": declared_words(item.source, "source.", language),
             "confidence": say(f"report.page.confidence.{item.confidence}", language),
             "weak": item.confidence == "L"}
            for item in declared() if item.kind == kind and not item.name.startswith("run.")
        ]
        blocks.append({"title": say(f"report.page.kind.{kind}", language), "lines": lines})
    return blocks


def weak_count() -> tuple[int, int]:
    """Count the assumptions of low confidence, and all of them."""
    assumed = [item for item in declared() if item.kind == "assumption"]
    return sum(item.confidence == "L" for item in assumed), len(assumed)
