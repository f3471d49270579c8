"""Rounding and adding as the engine's columns do.

The engine keeps most of a resident's record in float32 columns and computes in float64 between
them. So each number that goes into such a column is rounded here, at the moment it is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

NEVER = float("inf")
ALWAYS_PAST = float("-inf")
UNKNOWN = float("nan")


def f32(value: float) -> float:
    """Round to the nearest float32; the result is an ordinary Python float again."""
    return float(np.float32(value))


def clip(value: float) -> float:
    """Keep a number within 0..1."""
    return min(1.0, max(0.0, value))


def add_up(values: Sequence[float], rounded: Callable[[float], float] = float) -> float:
    """Add as numpy adds a column: eight running sums up to 128 numbers, halves above.

    Source: pairwise summation as in numpy's own loops (Higham 1993). The order matters for the
    last digit only, and the last digit is compared.
    """
    count = len(values)
    if count < 8:
        total = 0.0
        for value in values:
            total = rounded(total + value)
        return total
    if count > 128:
        half = count // 2
        half -= half % 8
        return rounded(add_up(values[:half], rounded) + add_up(values[half:], rounded))
    eight = list(values[:8])
    whole = count - count % 8
    for begin in range(8, whole, 8):
        for lane in range(8):
            eight[lane] = rounded(eight[lane] + values[begin + lane])
    left = rounded(rounded(eight[0] + eight[1]) + rounded(eight[2] + eight[3]))
    right = rounded(rounded(eight[4] + eight[5]) + rounded(eight[6] + eight[7]))
    total = rounded(left + right)
    for value in values[whole:]:
        total = rounded(total + value)
    return total


def mean_of_column(values: Sequence[float]) -> float:
    """Mean of a float32 column, added up and divided in float32 as numpy does."""
    return f32(add_up(values, f32) / len(values))


def log1p(value: float) -> float:
    """log(1 + x) as numpy works it out; the last digit may differ from the C library's."""
    return float(np.log1p(value))


def exp(value: float) -> float:
    """e to the x as numpy works it out; the last digit may differ from the C library's."""
    return float(np.exp(value))
