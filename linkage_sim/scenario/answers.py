"""Looks at what exchangeable mechanisms give back: nonsense stops a run, it does not go on in it.

A number that is none would otherwise spread silently, or order files by chance.
"""

from __future__ import annotations

import math
from typing import Any, TypeVar

import numpy as np

from linkage_sim.scenario.fields import CATEGORIES
from linkage_sim.words import say

AnyEvidence = TypeVar("AnyEvidence")
LONGEST_SHOWN = 60


def finite(value: Any, method: str) -> float:
    """Give what a method brought as a number; raises ValueError where it is no finite one."""
    try:
        known = math.isfinite(value)
    except TypeError:
        known = False
    if not known:
        raise _nonsense(method, value, say("errors.wanted.number"))
    return float(value)


def finite_pair(value: Any, method: str) -> tuple[float, float]:
    """Give what a method brought as two numbers; raises ValueError where they are none."""
    if not isinstance(value, tuple | list | np.ndarray) or len(value) != 2:
        raise _nonsense(method, value, say("errors.wanted.pair"))
    return finite(value[0], method), finite(value[1], method)


def sound(evidence: AnyEvidence) -> AnyEvidence:
    """Give what a source brought; raises ValueError where a number in it is none.

    The standard error may be infinite: a source that cannot tell it says so by that.
    """
    whole: Any = evidence
    for name in ("heard", "error"):
        found = np.asarray(getattr(whole, name))
        numeric = found.shape == (len(CATEGORIES),) and np.issubdtype(found.dtype, np.number)
        if not numeric or np.isnan(found).any() or (name == "heard" and np.isinf(found).any()):
            wanted = say("errors.wanted.categories", count=len(CATEGORIES))
            raise _nonsense(f"estimate ({name})", getattr(whole, name), wanted)
    for name in ("yuan", "hours"):
        finite(getattr(whole, name), f"estimate ({name})")
    return evidence


def _nonsense(method: str, value: Any, wanted: str) -> ValueError:
    shown = " ".join(repr(value).split())
    shown = shown if len(shown) <= LONGEST_SHOWN else f"{shown[:LONGEST_SHOWN]}..."
    return ValueError(say("errors.answer", method=method, found=shown, wanted=wanted))
