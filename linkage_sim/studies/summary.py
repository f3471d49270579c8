"""Filters, groups and summarises rows of results; intervals are over seeds, each a world."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from linkage_sim.errors import InputError
from linkage_sim.scenario import problems
from linkage_sim.studies.intervals import half_width
from linkage_sim.words import listing, say

if TYPE_CHECKING:
    import pandas as pd

LABELS = ("run_id", "scenario", "seed")
SUMMARY = ("n", "seeds", "mean", "low", "high", "p10", "p90")
_CONDITION = re.compile(r"\s*([^\s<>=!]+)\s*(<=|>=|==|!=|=|<|>)\s*(.*?)\s*")
_WORDS = {"true": True, "false": False}
NOTHING = ("nan", "none", "null")
"""How a parameter that is switched off may be written; `false` does for one that has numbers."""


@dataclass(frozen=True)
class Condition:
    """Keeps the rows in which a column is equal to, below or above a value."""

    column: str
    sign: str
    value: Any

    def keeps(self, table: pd.DataFrame) -> pd.Series[bool]:
        """Tell for each row whether it is kept; an undefined value is in no order."""
        column = table[self.column]
        if self.value is None:
            return column.isna() if self.sign in ("=", "==") else column.notna()
        if self.sign in ("=", "=="):
            return column == self.value
        if self.sign == "!=":
            return column != self.value
        if isinstance(self.value, str):
            raise InputError(say("results.error.order", column=self.column,
                                 value=problems.shortened(self.value)))
        below = {"<": column.lt, "<=": column.le, ">": column.gt, ">=": column.ge}
        return below[self.sign](self.value)


def condition_of(text: str, table: pd.DataFrame) -> Condition:
    """Read "policy.approval.fixed_latency_days<=20"; the last part of a name will do.

    Raises
    ------
    InputError
        For a text of another form, or a column that is not there.
    """
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise InputError(say("results.error.where", found=problems.shown(text)))
    name, sign, written = found.groups()
    column = column_of(name, table, "--where")
    value: Any = _WORDS.get(written.lower(), written.strip("\"'"))
    numbers = table[column].dtype.kind in "fiu"
    may_lack = numbers or bool(table[column].isna().any())
    nothing = (written.lower() in NOTHING and may_lack) or (value is False and numbers)
    if nothing and sign in ("=", "==", "!="):
        return Condition(column, sign, None)
    if isinstance(value, str) and numbers:
        try:
            value = float(value)
        except ValueError:
            raise InputError(say("results.error.where_number", column=column,
                                 found=problems.shown(written))) from None
    return Condition(column, sign, value)


def column_of(name: str, table: pd.DataFrame, option: str) -> str:
    """Find a column by its name or the end of it; a refusal begins with the option it was for.

    Raises
    ------
    InputError
        When there is none, or several end so.
    """
    columns = [str(item) for item in table.columns]
    if name in columns:
        return name
    ending = [item for item in columns if item.endswith(f".{name}")]
    if len(ending) == 1:
        return ending[0]
    if ending:
        known = listing(ending)
        raise InputError(say("results.error.several", option=option, name=name, known=known))
    short = [item.rsplit(".", 1)[-1] for item in columns]
    raise InputError(say("results.error.column", option=option, text=problems.unknown_name(
        name, list(dict.fromkeys([*columns, *short])))))


def filtered(table: pd.DataFrame, conditions: Sequence[str]) -> pd.DataFrame:
    """Keep the rows that meet every condition.

    Raises
    ------
    InputError
        For a condition that cannot be read, and when no row is left.
    """
    for text in conditions:
        table = table[condition_of(text, table).keeps(table)]
        if not len(table):
            raise InputError(say("results.error.nothing",
                                 condition=problems.shortened(text)))
    return table


def varied(table: pd.DataFrame, outcomes: Sequence[str]) -> list[str]:
    """List the columns of parameters that differ between rows, in the order of the table."""
    names = [str(name) for name in table.columns if str(name) not in (*LABELS, *outcomes)]
    return [name for name in names if table[name].nunique(dropna=False) > 1]


def summarised(
    table: pd.DataFrame, groups: Sequence[str], outcomes: Sequence[str]
) -> pd.DataFrame:
    """Summarise outcomes by group.

    The interval is Student's t, 95 %, over seeds: the runs of one seed share a world, so they are
    averaged first. With a single seed there is none.

    Returns
    -------
    pandas.DataFrame
        One row a group and outcome: the groups' columns, outcome, n runs with a defined value,
        seeds, mean, low, high, and the 10th and 90th percentile of runs.
    """
    import pandas as pd

    rows = []
    for key, part in _parts(table, groups):
        for outcome in outcomes:
            # The mean of yes and no is the share of yes.
            known = part[["seed", outcome]].dropna().astype({outcome: "float64"})
            rows.append({**dict(zip(groups, key, strict=True)), "outcome": outcome,
                         **_spread(known, outcome)})
    return pd.DataFrame(rows, columns=[*groups, "outcome", *SUMMARY])


def _parts(table: pd.DataFrame, groups: Sequence[str]) -> list[tuple[tuple[Any, ...], Any]]:
    if not groups:
        return [((), table)]
    grouped = table.groupby(list(groups), sort=True, dropna=False)
    return [(key if isinstance(key, tuple) else (key,), part) for key, part in grouped]


def _spread(known: pd.DataFrame, outcome: str) -> dict[str, Any]:
    nan = float("nan")
    worlds = known.groupby("seed")[outcome].mean()
    count, middle = len(worlds), float(worlds.mean()) if len(worlds) else nan
    half = half_width(worlds.to_numpy())
    tenth, ninetieth = (
        (float(known[outcome].quantile(share)) for share in (0.1, 0.9)) if count else (nan, nan)
    )
    return {"n": len(known), "seeds": count, "mean": middle, "low": middle - half,
            "high": middle + half, "p10": tenth, "p90": ninetieth}
