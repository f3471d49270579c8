"""What may be a seed: a whole number that every table can hold."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any

from linkage_sim.errors import InputError
from linkage_sim.words import say

LARGEST_SEED = 2**63 - 1
LONGEST_SHOWN = 40


def whole_seed(value: Any) -> int:
    """Give a seed as Python's own number.

    Raises
    ------
    InputError
        Where it is no whole number, negative or too large to be written into a table.
    """
    try:
        found = operator.index(value)
    except TypeError:
        found = -1
    if not 0 <= found <= LARGEST_SEED:
        shown = repr(value)
        shown = shown if len(shown) <= LONGEST_SHOWN else f"{shown[:LONGEST_SHOWN]}..."
        raise InputError(say("errors.seed", found=shown, largest=LARGEST_SEED))
    return found


def whole_seeds(values: Iterable[Any]) -> tuple[int, ...]:
    """Give seeds as `whole_seed` does; of several wrong ones the first is told."""
    return tuple(whole_seed(value) for value in values)
