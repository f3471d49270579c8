"""The tables of a results directory, made from finished runs."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from linkage_sim.scenario.schema import Scenario
from linkage_sim.studies.compare import Run
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
    runs: Sequence[Run], names: Sequence[str], scenarios: Sequence[Scenario]
) -> dict[str, pd.DataFrame]:
    """Make every table of a results directory, each sorted by run.

    Tables that have nothing to say (weeks not recorded, no trace, no failure) are left out.
    """
    changed = dict(zip(names, changed_values(scenarios), strict=True))
    recorded = {
        name: plan.run.record_weeks for name, plan in zip(names, scenarios, strict=True)
    }
    ordered = sorted(runs, key=lambda run: run_id(run.name, run.seed))
    done = [(run, run.result) for run in ordered if run.result is not None]
    tables = {
        "outcomes": _table(
            [{**_label(run), **changed[run.name], **result.outcomes} for run, result in done]
        ),
        "years": _table(
            [
                {**_label(run), **changed[run.name], **row}
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
    usual = _flat(Scenario().model_dump(mode="json"))
    flat = [_flat(item.model_dump(mode="json")) for item in scenarios]
    names = list(dict.fromkeys(name for item in flat for name in item))
    wanted = [
        name for name in names if any(item.get(name) != usual.get(name) for item in flat)
    ]
    rows = [{name: item.get(name) for name in wanted} for item in flat]
    for name in wanted:
        column = [row[name] for row in rows]
        if any(isinstance(value, list | str) for value in column):
            for row in rows:
                row[name] = _as_text(row[name])
        elif all(isinstance(value, bool) for value in column):
            continue
        else:
            for row in rows:
                value = row[name]
                row[name] = math.nan if value is None else float(value)
    return rows


def _flat(content: Row, prefix: str = "") -> Row:
    flat: Row = {}
    for name, value in content.items():
        if prefix == "" and name in ("title", "description"):
            continue
        if isinstance(value, dict):
            flat.update(_flat(value, f"{prefix}{name}."))
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
