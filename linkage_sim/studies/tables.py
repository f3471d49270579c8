"""The tables of a results directory, made from finished runs."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from linkage_sim.scenario.documents import LABELS
from linkage_sim.scenario.schema import Scenario
from linkage_sim.studies.compare import Run
from linkage_sim.studies.overlay import Overlay
from linkage_sim.words import listing, say

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("outcomes", "years", "weeks", "projects", "journal", "failures")
ALWAYS = ("outcomes", "years", "projects")
Row = dict[str, Any]


def run_id(name: str, seed: int) -> str:
    """Name a run; names sort as scenarios and seeds do."""
    return f"{name}-{seed:06d}"


def tables_of(
    runs: Sequence[Run], names: Sequence[str], scenarios: Sequence[Scenario],
    overlay: Overlay | None = None,
) -> dict[str, pd.DataFrame]:
    """Make every table of a results directory, each sorted by run.

    Tables that have nothing to say (weeks not recorded, no trace, no failure) are left out.
    """
    of_all = dict(zip(names, changed_values(scenarios), strict=True))

    def changed(run: Run) -> Row:
        drawn = {} if overlay is None else overlay.values_for(run.seed)
        return {**of_all[run.name], **{name: float(value) for name, value in drawn.items()}}

    recorded = {
        name: plan.run.record_weeks for name, plan in zip(names, scenarios, strict=True)
    }
    ordered = sorted(runs, key=lambda run: run_id(run.name, run.seed))
    done = [(run, run.result) for run in ordered if run.result is not None]
    tables = {
        "outcomes": _table(
            [{**_label(run), **changed(run), **result.outcomes} for run, result in done]
        ),
        "years": _table(
            [
                {**_label(run), **changed(run), **row}
                for run, result in done for row in result.year_rows
            ]
        ),
        "projects": _project_table(
            [{**_label(run), **row} for run, result in done for row in result.project_rows]
        ),
        "weeks": _table(
            [
                {**_label(run), **row}
                for run, result in done if recorded[run.name] for row in result.week_rows
            ]
        ),
        "journal": _table(
            [{**_label(run), **row} for run, result in done for row in result.journal_rows]
        ),
        "failures": _table(
            [{**_label(run), "reason": run.failure} for run in ordered if run.result is None]
        ),
    }
    return {name: table for name, table in tables.items() if name in ALWAYS or len(table)}


def _label(run: Run) -> Row:
    return {"run_id": run_id(run.name, run.seed), "scenario": run.name, "seed": run.seed}


def _table(rows: list[Row]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows)


def _project_table(rows: list[Row]) -> pd.DataFrame:
    from linkage_sim.studies.run import project_table

    return project_table(rows)


def changed_values(scenarios: Sequence[Scenario]) -> list[Row]:
    """List, for each scenario, every parameter that any of them sets away from its default.

    Lists appear as JSON text, so that each parameter is one column.
    """
    usual = flat_values(Scenario().model_dump(mode="json"))
    flat = [flat_values(item.model_dump(mode="json")) for item in scenarios]
    names = list(dict.fromkeys(name for item in flat for name in item))
    wanted = [
        name for name in names if any(item.get(name) != usual.get(name) for item in flat)
    ]
    rows = [{name: item.get(name) for name in wanted} for item in flat]
    for name in wanted:
        kind = kind_of(row[name] for row in rows)
        for row in rows:
            row[name] = as_kind(row[name], kind)
    return rows


def kind_of(values: Iterable[Any]) -> str:
    """Tell what one column of a table must hold for all of these values: text, bool or number."""
    known = list(values)
    if any(isinstance(value, list | dict | str) for value in known):
        return "text"
    return "bool" if all(isinstance(value, bool) for value in known) else "number"


def as_kind(value: Any, kind: str) -> Any:
    """Write a value of a parameter as its column holds it; lists appear as JSON text."""
    if kind == "text":
        return _as_text(value)
    if kind == "bool":
        return value
    # False switches a number off: it is none, not zero.
    return math.nan if value is None or value is False else float(value)


def flat_values(content: Row, prefix: str = "") -> Row:
    """Give every single parameter of a scenario's content under its dotted name."""
    flat: Row = {}
    for name, value in content.items():
        if prefix == "" and name in LABELS:
            continue
        if isinstance(value, dict):
            flat.update(flat_values(value, f"{prefix}{name}."))
        else:
            flat[prefix + name] = value
    return flat


def _as_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def differing(before: pd.DataFrame, after: pd.DataFrame) -> list[str]:
    """List where two tables differ in any number or text; undefined equals undefined.

    Returns
    -------
    list of str
        One line a column that differs, or a difference in shape; empty when all is the same.
    """
    if list(before.columns) != list(after.columns):
        odd = sorted(set(before.columns) ^ set(after.columns))
        return [say("study.differ.columns", names=listing(odd) or "-")]
    if len(before) != len(after):
        return [say("study.differ.rows", before=len(before), now=len(after))]
    lines = []
    for name in before.columns:
        first, second = before[name].to_numpy(object), after[name].to_numpy(object)
        unequal = [
            row for row, (one, other) in enumerate(zip(first, second, strict=True))
            if not _same(one, other)
        ]
        if unequal:
            row = unequal[0]
            lines.append(say(
                "study.differ.values", name=name, count=len(unequal), total=len(before),
                before=first[row], now=second[row],
            ))
    return lines


def _same(one: Any, other: Any) -> bool:
    import pandas as pd

    if one is other or (pd.isna(one) and pd.isna(other)):
        return True
    return bool(not pd.isna(one) and not pd.isna(other) and one == other)
