"""How much each parameter moves an outcome: elementary effects (Morris) and Sobol indices.

SALib computes; here nothing undefined reaches it, and what it cannot tell is told: one NaN would
make all its Sobol indices 0, and so would an outcome that never changes.

Source: Morris 1991, Technometrics 33(2); Campolongo, Cariboni and Saltelli 2007, Environmental
Modelling & Software 22(10), for mu*; Saltelli et al. 2010, Computer Physics Communications 181(2),
for the estimators of Sobol indices; Archer, Saltelli and Sobol 1997 for their bootstrap intervals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from linkage_sim.studies.point_values import Means
from linkage_sim.studies.salib_points import LEVELS, problem_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

FINE, NO_VARIATION, TOO_FEW = "fine", "no variation", "too few groups"
RESAMPLES, CONFIDENCE = 1000, 0.95
FEWEST = 2
WIDE = 0.1
"""Half an interval of a Sobol index beyond which the sample counts as small."""
STEP = LEVELS / (2.0 * (LEVELS - 1))
NOISE_FACTOR = (2.0 / np.pi) ** 0.5
"""Mean size of a normal deviate of standard deviation 1."""
Columns = dict[str, Any]


def state_of(means: Means) -> str:
    """Tell whether indices can be computed at all."""
    found = means.means
    if len(found) < FEWEST:
        return TOO_FEW
    size = float(np.abs(found).max())
    # Rounding in a mean is no variation.
    return NO_VARIATION if float(np.ptp(found)) <= 1e-12 * size else FINE


def morris_indices(means: Means, shares: NDArray[np.float64], seed: int) -> Columns:
    """Compute what moving each parameter by its whole range does, on average over the space.

    Parameters
    ----------
    means
        Of trajectories.
    shares : array, points x parameters
        Of the trajectories used, from 0 to 1.

    Returns
    -------
    dict of str -> array, one value a parameter
        mu, mu_star with its interval, sigma in the unit of the outcome; `noise`: the mu_star that
        chance alone would give on average (NaN with one seed).
    """
    from SALib.analyze import morris

    width = shares.shape[1]
    values = means.means.reshape(-1)
    found = morris.analyze(
        problem_of(width), shares, values, num_resamples=RESAMPLES, conf_level=CONFIDENCE,
        num_levels=LEVELS, seed=seed,
    )
    star, half = np.asarray(found["mu_star"], float), np.asarray(found["mu_star_conf"], float)
    return {
        "mu": np.asarray(found["mu"], float), "mu_star": star,
        # An average of sizes is not below 0.
        "mu_star_low": np.maximum(star - half, 0.0), "mu_star_high": star + half,
        "sigma": np.asarray(found["sigma"], float), "noise": _morris_noise(means, shares),
    }


def _morris_noise(means: Means, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute the effect that chance alone would show, from how effects differ between seeds."""
    width = shares.shape[1]
    variances = []
    for number, block in enumerate(means.by_seed):
        if len(block) < 2:
            continue
        start = number * (width + 1)
        moved = np.diff(shares[start : start + width + 1], axis=0)
        order = np.abs(moved).argmax(axis=1)
        effects = np.diff(block, axis=1) / STEP
        own = np.empty(width)
        own[order] = effects.var(axis=0, ddof=1) / len(block)
        variances.append(own)
    if not variances:
        return np.full(width, np.nan)
    return NOISE_FACTOR * np.sqrt(np.mean(variances, axis=0))


def sobol_indices(means: Means, width: int, seed: int) -> Columns:
    """Compute which share of the variance each parameter makes, alone (s1) and in all (st).

    Returns
    -------
    dict of str -> array, one value a parameter
        s1 and st with their intervals.
    """
    from SALib.analyze import sobol

    found = sobol.analyze(
        problem_of(width), means.means.reshape(-1), calc_second_order=False,
        num_resamples=RESAMPLES, conf_level=CONFIDENCE, seed=seed,
    )
    columns = {}
    for name in ("S1", "ST"):
        middle, half = np.asarray(found[name], float), np.asarray(found[f"{name}_conf"], float)
        columns[name.lower()] = middle
        columns[f"{name.lower()}_low"] = middle - half
        columns[f"{name.lower()}_high"] = middle + half
    return columns


def doubts(found: Columns) -> list[str]:
    """Tell what in Sobol indices shows that the sample is too small.

    Returns
    -------
    list of str
        "negative": a first index lies below 0 with its whole interval; "sum": first indices add up
        to more than 1 by more than their uncertainty; "order": a total index lies below a first one
        by more than theirs; "wide": an interval reaches further than 0.1 to a side.
    """
    half = {name: (found[f"{name}_high"] - found[f"{name}_low"]) / 2 for name in ("s1", "st")}
    excess = float(found["s1"].sum()) - 1.0
    told = {
        "negative": bool((found["s1_high"] < 0.0).any()),
        "sum": excess > float(np.sqrt((half["s1"] ** 2).sum())),
        "order": bool((found["st_high"] < found["s1_low"]).any()),
        "wide": bool(max(half["s1"].max(), half["st"].max()) > WIDE),
    }
    return [name for name, holds in told.items() if holds]
