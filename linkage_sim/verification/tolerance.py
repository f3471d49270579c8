"""How close is close enough, and how sure a simulated figure is.

An error comes from parts of a simulation that know nothing of each other: other communities,
other residents, other seeds, or long stretches of one course of events. Neighbouring weeks of one
course are never counted as if they were independent.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

ERRORS_ALLOWED = 4.0
SHARE_ALLOWED = 0.001
BATCHES = 100


def agrees(observed: Any, expected: Any, standard_error: float) -> bool:
    """Tell whether a limit holds: within 4 standard errors, or within 0.1 % of what is expected.

    Parameters
    ----------
    observed, expected : float, tuple of float, or list of str
        Figures are compared one by one; lists of names must be the same.
    """
    if isinstance(expected, list):
        return bool(list(observed) == expected)
    seen = np.atleast_1d(np.asarray(observed, dtype=np.float64))
    wanted = np.atleast_1d(np.asarray(expected, dtype=np.float64))
    if seen.shape != wanted.shape:
        return False
    allowed = np.maximum(ERRORS_ALLOWED * standard_error, SHARE_ALLOWED * np.abs(wanted))
    return bool((np.abs(seen - wanted) <= allowed).all())


def mean_and_error(values: ArrayLike) -> tuple[float, float]:
    """Mean of independent figures and its standard error."""
    figures = np.asarray(values, dtype=np.float64)
    return float(figures.mean()), float(figures.std(ddof=1) / math.sqrt(len(figures)))


def ratio_and_error(above: ArrayLike, below: ArrayLike) -> tuple[float, float]:
    """Ratio of two sums over independent batches and its standard error.

    Source: linearised variance of a ratio (Cochran, Sampling Techniques, 1977, section 6).
    """
    tops, bottoms = np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64)
    ratio = tops.sum() / bottoms.sum()
    left = tops - ratio * bottoms
    error = math.sqrt(len(tops) / (len(tops) - 1) * float((left**2).sum())) / bottoms.sum()
    return float(ratio), float(error)


def batches_of(values: Any, batches: int = BATCHES) -> Any:
    """Cut rows into batches of neighbours, as equal as can be; gives a list of parts."""
    return np.array_split(np.asarray(values), min(batches, len(values)))
