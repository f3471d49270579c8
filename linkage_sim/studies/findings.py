"""Measures what an experiment claims: a contrast of outcomes with its interval, and a verdict.

A contrast is a sum of means over chosen runs less another such sum: a difference, or a difference
of differences. Runs of one seed share their world, so it is computed world by world; the interval
is Student's t over worlds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from linkage_sim.errors import InputError
from linkage_sim.scenario import problems
from linkage_sim.studies.experiment import FULL, QUICK, Experiment, fitting_columns, is_value
from linkage_sim.studies.experiment_file import FindingEntry, Selection, Side
from linkage_sim.studies.intervals import half_width
from linkage_sim.words import listing, say

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

COLUMNS = ("finding", "source", "value", "low", "high", "n", "dropped", "expected", "verdict")
AS_EXPECTED, NOT_CONTRADICTED = "as expected", "not contradicted"
NOT_SHOWN, REVERSED, OTHERWISE = "not shown", "reversed", "otherwise"
UNDEFINED = "undefined"
GOOD = (AS_EXPECTED, NOT_CONTRADICTED)
_OTHER_SIDE: dict[Side, Side] = {"above": "below", "below": "above"}
Tables = Mapping[str, "pd.DataFrame"]


@dataclass(frozen=True)
class Measured:
    """What was found for one claim.

    Attributes
    ----------
    value, low, high
        The contrast and its 95 % interval; NaN where it is not defined.
    n, dropped
        Worlds it rests on, and those in which it is not defined.
    """

    value: float
    low: float
    high: float
    n: int
    dropped: int = 0


def interval_of(values: Sequence[float] | NDArray[np.float64]) -> Measured:
    """Give the mean of values, one a world, with its interval; undefined ones are counted."""
    import numpy as np
    found = np.asarray(values, dtype=float)
    known = found[np.isfinite(found)]
    count, dropped = len(known), len(found) - len(known)
    if count == 0:
        return Measured(math.nan, math.nan, math.nan, 0, dropped)
    middle = float(known.mean())
    if count == 1:
        return Measured(middle, math.nan, math.nan, 1, dropped)
    half = half_width(known)
    return Measured(middle, middle - half, middle + half, count, dropped)


def chosen(rows: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    """Keep the rows that have the values of a selection.

    Raises
    ------
    InputError
        For a column that is not there, and where no row is left.
    """
    for name, wanted in selection.items():
        fitting = fitting_columns(name, [str(item) for item in rows.columns])
        if len(fitting) != 1:
            raise InputError(problems.unknown_name(name, [str(item) for item in rows.columns]))
        rows = rows[[is_value(_plain(held), wanted) for held in rows[fitting[0]]]]
    if not len(rows):
        told = listing(f"{name} = {problems.shown(value)}" for name, value in selection.items())
        raise InputError(say("experiment.error.no_rows", selection=told or "–"))
    return rows


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def contrast(
    rows: pd.DataFrame, outcome: str, plus: Sequence[Selection], minus: Sequence[Selection]
) -> Measured:
    """Measure a contrast over the worlds in which every part of it has a value."""
    import pandas as pd

    parts: list[pd.Series[float]] = []
    for sign, selections in ((1.0, plus), (-1.0, minus)):
        for selection in selections:
            part = chosen(rows, selection)[["seed", outcome]]
            # A world counts whole or not at all: a mean over what is defined would mix runs.
            by_world = part.groupby("seed")[outcome].agg(lambda item: item.mean(skipna=False))
            parts.append(sign * by_world.astype(float))
    whole = pd.concat(parts, axis=1)
    return interval_of(whole.sum(axis=1, skipna=False).to_numpy())


def measured(
    finding: FindingEntry, outcomes: Tables, years: Tables, tables: Tables
) -> Measured:
    """Measure one claim.

    Parameters
    ----------
    outcomes, years
        Study -> its table of runs, and of runs by year.
    tables
        Tables of the analyses, by name.

    Raises
    ------
    InputError
        When the claim speaks of a table, column or row that is not there.
    """
    if finding.table is not None:
        if finding.table not in tables:
            raise InputError(problems.unknown_name(finding.table, list(tables)))
        rows = chosen(tables[finding.table], finding.row)
        if len(rows) > 1:
            raise InputError(say("experiment.error.rows", count=len(rows), table=finding.table))
        return _in_row(finding, rows.iloc[0])
    assert finding.study is not None and finding.outcome is not None
    rows = outcomes[finding.study]
    if finding.year is not None:
        rows = years[finding.study]
        rows = rows[rows["year"] == finding.year]
    return contrast(rows, finding.outcome, finding.plus, finding.minus)


def _in_row(finding: FindingEntry, row: pd.Series[Any]) -> Measured:
    name = finding.column
    ends = ("low", "high") if name == "value" else (f"{name}_low", f"{name}_high")
    missing = [item for item in (name, *ends) if item not in row]
    if missing:
        raise InputError(problems.unknown_name(missing[0], [str(item) for item in row.index]))
    low, high = (float(row[item]) for item in ends)
    return Measured(float(row[name]), low, high, int(row["n"]))


def side_of(finding: FindingEntry, size: str) -> Side:
    """Tell where the interval of a claim has to lie in the quick or the full form."""
    return finding.quick if size == QUICK and finding.quick is not None else finding.expected


def lies(found: Measured, side: Side, finding: FindingEntry) -> bool:
    """Tell whether the whole interval of what was found lies on a side."""
    low, high = found.low, found.high
    if math.isnan(low):
        low = high = found.value
    if side == "above":
        return low > finding.than
    if side == "below":
        return high < finding.than
    if side == "within":
        return finding.within[0] <= low and high <= finding.within[1]
    if side == "not_above":
        return low <= finding.than
    if side == "not_below":
        return high >= finding.than
    return low <= finding.than <= high


def verdict_of(found: Measured, finding: FindingEntry, size: str) -> str:
    """Say what became of a claim.

    Returns
    -------
    str
        "as expected"; "not contradicted" where the quick form cannot show more; "not shown" where
        the interval holds the number and should not, "reversed" where it lies on the other side,
        "otherwise" for other claims that do not come out; "undefined" without a number.
    """
    if math.isnan(found.value):
        return UNDEFINED
    if lies(found, finding.expected, finding):
        return AS_EXPECTED
    if lies(found, side_of(finding, size), finding):
        return NOT_CONTRADICTED
    if finding.expected not in _OTHER_SIDE:
        return OTHERWISE
    return REVERSED if lies(found, _OTHER_SIDE[finding.expected], finding) else NOT_SHOWN


def findings_table(
    experiment: Experiment, outcomes: Tables, years: Tables, tables: Tables
) -> pd.DataFrame:
    """Measure every claim of an experiment and say whether it came out as expected.

    Returns
    -------
    pandas.DataFrame
        One row a finding: finding, source (study or table), value, low, high, n, dropped,
        expected, verdict (see `verdict_of`).

    Raises
    ------
    InputError
        With every claim that cannot be measured.
    """
    import pandas as pd

    rows, wrong = [], []
    for finding in experiment.written.findings:
        try:
            found = measured(finding, outcomes, years, tables)
        except InputError as error:
            wrong += [f"{experiment.name}: findings: {finding.name}: {text}"
                      for text in error.messages]
            continue
        rows.append({
            "finding": finding.name, "source": finding.study or finding.table,
            "value": found.value, "low": found.low, "high": found.high, "n": found.n,
            "dropped": found.dropped,
            "expected": side_words(finding, side_of(finding, experiment.size)),
            "verdict": verdict_of(found, finding, experiment.size),
        })
    if wrong:
        raise InputError(wrong)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def side_words(finding: FindingEntry, side: Side) -> str:
    """Write a side in signs for a table: > 0, < 0, ~ 0, not > 0, not < 0, [a, b]."""
    if side == "within":
        low, high = finding.within
        return f"[{low:g}, {high:g}]"
    return {"above": f"> {finding.than:g}", "below": f"< {finding.than:g}",
            "unclear": f"~ {finding.than:g}", "not_above": f"not > {finding.than:g}",
            "not_below": f"not < {finding.than:g}"}[side]


__all__ = ["FULL", "GOOD", "QUICK", "Measured", "chosen", "contrast", "findings_table",
           "interval_of", "lies", "measured", "side_of", "side_words", "verdict_of"]
