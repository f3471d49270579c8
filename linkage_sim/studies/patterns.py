"""Risky predictions of the model, with their acceptance, measured over paired seeds.

What is predicted stands in pattern_claims.py, before the runs; what does not come out is reported
like what does.

    python -m linkage_sim.studies.patterns results/patterns
    python -m linkage_sim.studies.patterns results/elsewhere --first-seed 501 --residents 2600
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from linkage_sim.errors import InputError
from linkage_sim.studies.compare import plan_of, run_plan
from linkage_sim.studies.expected import DIGITS, environment
from linkage_sim.studies.intervals import half_width
from linkage_sim.studies.pattern_claims import Claim, arms, claims
from linkage_sim.studies.small_tables import keep_table

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

# Not among the seeds on which the baseline was calibrated.
SEEDS = range(101, 131)
# With one there is no interval.
FEWEST_SEEDS = 2
Values = dict[tuple[str, int], Mapping[str, float]]


def measure_claims(
    wanted: Sequence[Claim] | None = None, seeds: Iterable[int] = SEEDS, jobs: int = 2,
    elsewhere: Mapping[str, Any] | None = None,
) -> pd.DataFrame:
    """Run the arms of some claims on common seeds, and say of each claim whether it came out.

    Parameters and table as in `sizes_of` and `summed_up`.
    """
    return summed_up(sizes_of(wanted, seeds, jobs, elsewhere), wanted)


def sizes_of(
    wanted: Sequence[Claim] | None = None, seeds: Iterable[int] = SEEDS, jobs: int = 2,
    elsewhere: Mapping[str, Any] | None = None,
) -> pd.DataFrame:
    """Run the arms of some claims on common seeds.

    Parameters
    ----------
    elsewhere
        Values in which every arm differs from X Community, such as another number of residents.

    Returns
    -------
    pandas.DataFrame
        claim, seed, size (undefined where some arm has no value).
    """
    import pandas as pd

    chosen = claims() if wanted is None else list(wanted)
    everything = arms()
    names = sorted({arm for claim in chosen for arm in claim.weights})
    scenarios = [everything[name].with_values(dict(elsewhere or {})) for name in names]
    runs = run_plan(plan_of(scenarios, list(seeds), names), jobs)
    values: dict[bool, Values] = {False: {}, True: {}}
    for run in runs:
        if run.result is None:
            raise InputError(run.failure)
        values[False][(run.name, run.seed)] = run.result.outcomes
        values[True][(run.name, run.seed)] = run.result.year_rows[-1]
    return pd.DataFrame([
        {"claim": claim.name, "seed": seed, "size": sum(
            weight * values[claim.last_year][(arm, seed)][claim.outcome]
            for arm, weight in claim.weights.items())}
        for claim in chosen for seed in sorted({seed for _, seed in values[False]})
    ])


def summed_up(sizes: pd.DataFrame, wanted: Sequence[Claim] | None = None) -> pd.DataFrame:
    """Say of each claim whether it came out.

    Parameters
    ----------
    sizes
        As `sizes_of` gives them.

    Returns
    -------
    pandas.DataFrame
        pattern, claim, outcome, predicted (-1, 0, +1), size, low, high (95 %), n, dropped
        (seeds on which some arm has no value), came_out (missing where nothing is predicted).
    """
    import pandas as pd

    by_claim = {str(name): part["size"].to_numpy(float) for name, part in sizes.groupby("claim")}
    chosen = claims() if wanted is None else list(wanted)
    return pd.DataFrame([_row(claim, by_claim[claim.name]) for claim in chosen])


def _row(claim: Claim, sums: NDArray[np.float64]) -> dict[str, Any]:
    known = sums[~np.isnan(sums)]
    size, half = float(known.mean()), half_width(known) if len(known) > 1 else 0.0
    low, high = size - half, size + half
    came_out = {1: low > 0.0, -1: high < 0.0, 0: None}[claim.side]
    return {
        "pattern": claim.pattern, "claim": claim.name, "outcome": claim.outcome,
        "predicted": claim.side, "size": size, "low": low, "high": high, "n": len(known),
        "dropped": len(sums) - len(known), "came_out": came_out,
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure all claims; writes `patterns.csv`, and `seeds.csv` with the size on each seed."""
    parser = argparse.ArgumentParser(prog="python -m linkage_sim.studies.patterns")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--first-seed", type=int, default=SEEDS.start)
    parser.add_argument("--seeds", type=int, default=len(SEEDS), help="how many")
    parser.add_argument("--residents", type=int)
    asked = parser.parse_args(arguments)
    if asked.seeds < FEWEST_SEEDS:
        parser.error(f"--seeds: found {asked.seeds}, allowed: {FEWEST_SEEDS} or more")
    elsewhere = {} if asked.residents is None else {"world.residents": asked.residents}
    seeds = range(asked.first_seed, asked.first_seed + asked.seeds)
    sizes = sizes_of(seeds=seeds, elsewhere=elsewhere)
    table = summed_up(sizes)
    usual = next(iter(arms().values())).world.residents
    table["first_seed"], table["last_seed"] = seeds.start, seeds[-1]
    table["residents"] = usual if asked.residents is None else asked.residents
    keep_table(table, asked.folder, "patterns", figures=None)
    keep_table(sizes, asked.folder, "seeds", figures=DIGITS)
    record = json.dumps(environment(), indent=1)
    (asked.folder / "environment.json").write_text(record + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
