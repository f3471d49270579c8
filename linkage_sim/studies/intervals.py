"""The one interval of this project: Student's t for a mean over worlds, 95 %.

Source: Student 1908, Biometrika 6(1).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

CONFIDENCE = 0.95


def student(count: int, error_probability: float = 1.0 - CONFIDENCE) -> float:
    """Give how many standard errors half an interval holds; undefined with fewer than two."""
    from scipy.stats import t

    return float(t.ppf(1.0 - error_probability / 2.0, count - 1)) if count > 1 else math.nan


def half_width(
    values: Sequence[float] | NDArray[np.float64], error_probability: float = 1.0 - CONFIDENCE
) -> float:
    """Give half of the interval of a mean of values, one a world; undefined with fewer than two.

    Values that are equal in every world have exactly 0, whatever order they are added in.
    """
    import numpy as np

    known = np.asarray(values, dtype=float)
    if len(known) > 1 and np.ptp(known) == 0.0:
        return 0.0
    if len(known) < 2:
        return math.nan
    return student(len(known), error_probability) * (
        float(known.std(ddof=1)) / float(len(known)) ** 0.5
    )
