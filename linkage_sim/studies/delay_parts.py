"""What slow approval does, split into the ways in which it does it.

Delay works through persons whose need passes, through drift of the neighbourhood's demand, through
the shorter time until the year ends, and through the weeks that substance takes to take hold. Each
is switched off and on with the others in all sixteen combinations; its part is what it adds on
average over the orders of switching on. The switches are those of the predictions in
`pattern_claims`.

    python -m linkage_sim.studies.delay_parts results/delay_parts

Source: Shapley 1953, Contributions to the Theory of Games II, for the parts; Fieller 1954, Journal
of the Royal Statistical Society B 16(2), for the interval of a share.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from linkage_sim.errors import InputError
from linkage_sim.studies.compare import plan_of, run_plan
from linkage_sim.studies.intervals import student
from linkage_sim.studies.pattern_claims import arms, claims
from linkage_sim.studies.patterns import SEEDS
from linkage_sim.studies.small_tables import keep_table

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

OUTCOMES = ("demand_match", "need_coverage")
MATCH = "demand_match"
WHOLE, REST = "whole", "rest"
PARTS = ("person", "drift", "deadline", "ramp")
_CLAIMS = {
    WHOLE: "delay_lowers_match", REST: "delay_with_all_switched_off",
    **{part: f"delay_through_{part}" for part in PARTS},
}
Weights = Mapping[str, float]
Row = dict[str, Any]


def weights_of_parts() -> dict[str, Weights]:
    """Give the whole effect, each part and the rest as weighted sums over arms."""
    known = {claim.name: claim.weights for claim in claims() if claim.outcome == MATCH}
    return {part: known[name] for part, name in _CLAIMS.items()}


def measure_parts(
    outcomes: Sequence[str] = OUTCOMES, seeds: Iterable[int] = SEEDS, jobs: int = 2
) -> pd.DataFrame:
    """Run all combinations on common seeds and split the effect of delay on some outcomes.

    Returns
    -------
    pandas.DataFrame
        As `parts_table` gives it.
    """
    weights = weights_of_parts()
    everything = arms()
    names = sorted({arm for sums in weights.values() for arm in sums})
    runs = run_plan(plan_of([everything[name] for name in names], list(seeds), names), jobs)
    values: dict[tuple[str, int], Mapping[str, float]] = {}
    for run in runs:
        if run.result is None:
            raise InputError(run.failure)
        values[(run.name, run.seed)] = run.result.outcomes
    return parts_table(values, weights, outcomes)


def parts_table(
    values: Mapping[tuple[str, int], Mapping[str, float]], weights: Mapping[str, Weights],
    outcomes: Sequence[str],
) -> pd.DataFrame:
    """Split the effect on each outcome.

    Returns
    -------
    pandas.DataFrame
        outcome, part (whole, the four, rest: what remains with all four off), size with its 95 %
        interval over seeds, share of the whole with its interval, n, dropped (seeds on which some
        arm has no value). Parts and rest add up to the whole. Shares are undefined where the whole
        is not told from 0.
    """
    import pandas as pd

    seeds = sorted({seed for _, seed in values})
    rows: list[Row] = []
    for outcome in outcomes:
        sums = {
            part: np.array([
                sum(weight * values[(arm, seed)][outcome] for arm, weight in terms.items())
                for seed in seeds
            ]) for part, terms in weights.items()
        }
        known = np.all([np.isfinite(column) for column in sums.values()], axis=0)
        whole = sums[WHOLE][known]
        for part, column in sums.items():
            rows.append({
                "outcome": outcome, "part": part, **_sized(column[known]),
                **_share(column[known], whole), "n": int(known.sum()),
                "dropped": int((~known).sum()),
            })
    return pd.DataFrame(rows)


def _sized(column: NDArray[np.float64]) -> Row:
    size = float(column.mean()) if len(column) else math.nan
    half = student(len(column)) * _error(column)
    return {"size": size, "low": size - half, "high": size + half}


def _share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> Row:
    """Give the ratio of two means over the same seeds, with its interval."""
    nan = math.nan
    unknown = {"share": nan, "share_low": nan, "share_high": nan}
    count = len(whole)
    if count < 2 or not whole.mean():
        return unknown
    critical, base = student(count), float(whole.mean())
    spread = np.cov(np.array([part, whole])) / count
    weight = critical**2 * float(spread[1, 1]) / base**2
    if weight >= 1.0:
        return unknown
    ratio = float(part.mean()) / base
    if spread[1, 1] == 0.0:
        half = critical * math.sqrt(float(spread[0, 0])) / abs(base)
        return {"share": ratio, "share_low": ratio - half, "share_high": ratio + half}
    slope = float(spread[0, 1] / spread[1, 1])
    inside = (spread[0, 0] - 2.0 * ratio * spread[0, 1] + ratio**2 * spread[1, 1]
              - weight * (spread[0, 0] - slope * spread[0, 1]))
    half = critical / abs(base) * math.sqrt(max(0.0, float(inside)))
    middle = ratio - weight * slope
    return {"share": ratio, "share_low": (middle - half) / (1.0 - weight),
            "share_high": (middle + half) / (1.0 - weight)}


def _error(column: NDArray[np.float64]) -> float:
    return float(column.std(ddof=1)) / len(column) ** 0.5 if len(column) > 1 else math.nan


def main(folder: str) -> None:
    """Measure the parts and write them to `delay_parts.csv` in a folder."""
    keep_table(measure_parts(), Path(folder), "delay_parts")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("python -m linkage_sim.studies.delay_parts FOLDER")
    main(sys.argv[1])
