"""What a calibration leaves behind: weighted particles, and the intervals they stand for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from linkage_sim.studies.calibration_file import Calibration
from linkage_sim.studies.targets import Target

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("posterior", "prior", "predictive", "generations", "parameters", "targets")
"""In the order in which a person wants them."""
LEVEL = 0.95
ENDS = ((1.0 - LEVEL) / 2.0, 0.5, (1.0 + LEVEL) / 2.0)
Row = dict[str, Any]


def weighted_quantiles(
    values: Sequence[float], weights: Sequence[float], shares: Sequence[float]
) -> list[float]:
    """Give the smallest values up to which these shares of the weight lie.

    Values that are undefined are left out together with their weight; NaN where none is left.
    """
    pairs = sorted((value, weight) for value, weight in zip(values, weights, strict=True)
                   if not math.isnan(value) and weight > 0.0)
    total = math.fsum(weight for _, weight in pairs)
    found = []
    for share in shares:
        passed, place = 0.0, -1
        while pairs and place + 1 < len(pairs) and (place < 0 or passed < share * total - 1e-12):
            place += 1
            passed += pairs[place][1]
        found.append(pairs[place][0] if place >= 0 else math.nan)
    return found


def weighted_mean(values: Sequence[float], weights: Sequence[float]) -> float:
    """Average values by weight; undefined ones are left out."""
    pairs = [(value, weight) for value, weight in zip(values, weights, strict=True)
             if not math.isnan(value)]
    total = math.fsum(weight for _, weight in pairs)
    return math.fsum(value * weight for value, weight in pairs) / total if total else math.nan


def parameters_table(plan: Calibration, posterior: pd.DataFrame) -> pd.DataFrame:
    """Say of each free parameter where it lay before and lies now.

    Returns
    -------
    pandas.DataFrame
        One row a parameter: parameter, value (what the scenario has), prior_low, prior_high,
        scale, mean, low, median, high (95 % of the posterior), narrowed: by which share the 95 %
        interval is narrower than the prior's, measured along the prior; about 0 where the targets
        say nothing of it.
    """
    import pandas as pd

    from linkage_sim.studies.tables import flat_values

    held = flat_values(plan.scenario.model_dump(mode="json"))
    weights = posterior["weight"].tolist()
    rows = []
    for item in plan.factors:
        assert item.range is not None
        values = [float(value) for value in posterior[item.name]]
        low, median, high = weighted_quantiles(values, weights, ENDS)
        shares = [item.range.share_of(value) for value in (low, high)]
        value = held.get(item.name)
        rows.append({
            "parameter": item.name,
            "value": float(value) if isinstance(value, int | float) else math.nan,
            "prior_low": item.range.low, "prior_high": item.range.high,
            "scale": item.range.scale, "mean": weighted_mean(values, weights),
            "low": low, "median": median, "high": high,
            "narrowed": 1.0 - (shares[1] - shares[0]) / LEVEL,
        })
    return pd.DataFrame(rows)


def targets_table(
    plan: Calibration, prior: Sequence[Row], predictive: Sequence[Row]
) -> pd.DataFrame:
    """Hold every figure against what single worlds give under the prior and the posterior.

    Parameters
    ----------
    prior, predictive
        One row a run: weight and figures.

    Returns
    -------
    pandas.DataFrame
        One row a figure: outcome, fitted, target_low, target_high, scale; mean, low, high (95 %
        of the worlds under the posterior, parameters and chance together); prior_mean, prior_low,
        prior_high; inside (share of the worlds in the band), verdict, missing (runs without the
        figure).
    """
    import pandas as pd

    rows = []
    for number, item in enumerate(plan.figures):
        found = _spread(item, predictive)
        before = _spread(item, prior)
        rows.append({
            "outcome": item.outcome, "fitted": number < len(plan.targets),
            "target_low": item.low, "target_high": item.high, "scale": item.scale,
            "mean": found["mean"], "low": found["low"], "high": found["high"],
            "prior_mean": before["mean"], "prior_low": before["low"],
            "prior_high": before["high"], "inside": found["inside"],
            "verdict": item.verdict(found["low"], found["high"]), "missing": found["missing"],
        })
    return pd.DataFrame(rows)


def _spread(item: Target, rows: Sequence[Mapping[str, Any]]) -> Row:
    values = [float(row[item.outcome]) for row in rows]
    weights = [float(row["weight"]) for row in rows]
    low, _, high = weighted_quantiles(values, weights, ENDS)
    return {
        "mean": weighted_mean(values, weights), "low": low, "high": high,
        "inside": weighted_mean(
            [math.nan if math.isnan(value) else float(item.holds(value)) for value in values],
            weights,
        ) if item.is_band else math.nan,
        "missing": sum(math.isnan(value) for value in values),
    }
