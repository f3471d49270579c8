"""Paired differences: what a reform changes on the same worlds, with intervals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from linkage_sim.studies import intervals
from linkage_sim.studies.intervals import CONFIDENCE

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: tuple[str, ...] = (
    "scenario", "baseline", "outcome", "baseline_mean", "mean", "difference", "low", "high", "n",
    "dropped", "low_adjusted", "high_adjusted", "comparisons", "pairing_gain",
)
ROUNDING = 1e-12
"""Part of a value below which a difference is one of rounding."""
Row = dict[str, Any]


def difference_table(
    rows: Sequence[Row], names: Sequence[str], planned: Iterable[int] | None = None
) -> pd.DataFrame:
    """Compute paired differences from the baseline, the first name.

    The interval is Student's t for the mean of paired differences, 95 %. `low_adjusted` and
    `high_adjusted` hold for all comparisons of their family at once (Bonferroni): headline
    outcomes, named in advance, are one family; all outcomes together are the other, in which the
    remaining ones are placed. `comparisons` is the size of the family. A pair with an undefined
    value is dropped and counted in `dropped`; means are over the pairs that remain.

    Parameters
    ----------
    rows
        One a finished run: scenario, seed and outcomes.
    planned
        All seeds, so that those of which no run finished count as dropped too.

    Source: Student 1908, Biometrika 6(1); Dunn 1961, JASA 56(293) for the adjustment.
    """
    import pandas as pd

    from linkage_sim.outcomes import HEADLINES, NAMES

    known = rows[0] if rows else NAMES if planned is not None else ()
    outcomes = [name for name in known if name not in ("scenario", "seed")]
    headline = [name for name in HEADLINES if name in outcomes]
    ordered = headline + [name for name in outcomes if name not in HEADLINES]
    values = {(row["scenario"], row["seed"]): row for row in rows}
    seeds = list(dict.fromkeys([*(planned or ()), *(row["seed"] for row in rows)]))
    baseline, others = names[0], names[1:]
    found = []
    for outcome in ordered:
        family = (len(headline) if outcome in headline else len(ordered)) * len(others)
        for name in others:
            pairs = [
                (_value(values, baseline, seed, outcome), _value(values, name, seed, outcome))
                for seed in seeds
            ]
            found.append({
                "scenario": name, "baseline": baseline, "outcome": outcome,
                **paired(pairs, family), "comparisons": family,
            })
    return pd.DataFrame(found, columns=list(COLUMNS))


def _value(values: dict[Any, Row], name: str, seed: int, outcome: str) -> float:
    row = values.get((name, seed))
    return float("nan") if row is None else float(row[outcome])


def paired(pairs: Sequence[tuple[float, float]], comparisons: int = 1) -> Row:
    """Compare pairs (before, after): mean difference with its intervals.

    Returns
    -------
    dict
        baseline_mean, mean, difference, low, high, n, dropped, low_adjusted, high_adjusted,
        pairing_gain; intervals and gain are undefined with fewer than two pairs.
    """
    import numpy as np

    known = np.array([pair for pair in pairs if pair[0] == pair[0] and pair[1] == pair[1]])
    count = len(known)
    if count == 0:
        known = np.full((1, 2), np.nan)
    before, after = known[:, 0], known[:, 1]
    differences = after - before
    # Sums in another order leave a rest where nothing differs; it is none.
    differences[np.abs(differences) <= ROUNDING * np.maximum(np.abs(before), np.abs(after))] = 0.0
    middle = float(differences.mean())
    row: Row = {
        "baseline_mean": float(before.mean()), "mean": float(after.mean()), "difference": middle,
        "n": count, "dropped": len(pairs) - count,
        "pairing_gain": _pairing_gain(before, after, count),
    }
    for ending, tests in (("", 1), ("_adjusted", max(1, comparisons))):
        half = intervals.half_width(differences, (1.0 - CONFIDENCE) / tests)
        row[f"low{ending}"], row[f"high{ending}"] = middle - half, middle + half
    return row


def _pairing_gain(before: Any, after: Any, count: int) -> float:
    """Tell how many times as many runs the same precision would take on different worlds.

    It is the variance of a difference of independent runs over that of paired ones; undefined
    with fewer than two pairs or where all differences are equal.
    """
    if count < 2:
        return float("nan")
    apart = float(before.var(ddof=1) + after.var(ddof=1))
    together = float((after - before).var(ddof=1))
    return apart / together if together > 0.0 else float("nan")


def half_width(rows: pd.DataFrame, outcome: str) -> float:
    """Give the widest half of the 95 % intervals of an outcome; undefined where one is missing."""
    found = rows.loc[rows["outcome"] == outcome, ["low", "high"]]
    return float(((found["high"] - found["low"]) / 2).max(skipna=False))


