"""Splits what a group brings about among its members: who adds what, alone and with whom.

Every subset of the members is a coalition with runs of its own. Shapley's value of a member is
what it adds on average over all orders of joining; the values add up to what all add together.
Everything is computed world by world, so that intervals are those of paired differences.

Source: Shapley 1953, Contributions to the Theory of Games II; Yates 1937 for the effects of a 2^k
factorial experiment.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from linkage_sim.errors import InputError
from linkage_sim.studies.experiment import fitting_columns, is_value
from linkage_sim.studies.experiment_file import Member
from linkage_sim.studies.findings import Measured, interval_of
from linkage_sim.words import listing, say

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

Coalition = frozenset[str]
Worth = Mapping[Coalition, "NDArray[np.float64]"]
"""Coalition -> its outcome in each world, NaN where it has none."""
Row = dict[str, Any]
MEASURES = ("shapley", "main", "alone", "last", "interaction", "together")


def worth_of(
    rows: pd.DataFrame, members: Mapping[str, Member], outcome: str
) -> dict[Coalition, NDArray[np.float64]]:
    """Sort runs by the coalition they belong to.

    Raises
    ------
    InputError
        When a coalition has no run.
    """
    present = {name: _present(rows, member) for name, member in members.items()}
    seeds = sorted(set(rows["seed"]))
    found: dict[Coalition, NDArray[np.float64]] = {}
    for coalition in coalitions(list(members)):
        inside = np.all([present[name] == (name in coalition) for name in members], axis=0)
        part = rows[inside]
        if not len(part):
            told = listing(sorted(coalition)) or "–"
            raise InputError(say("experiment.error.no_coalition", members=told))
        by_seed = part.groupby("seed")[outcome].agg(lambda item: item.mean(skipna=False))
        found[coalition] = by_seed.reindex(seeds).to_numpy(dtype=float)
    return found


def _present(rows: pd.DataFrame, member: Member) -> NDArray[np.bool_]:
    if member.piece:
        return np.array([member.piece in str(name).split("+") for name in rows["scenario"]])
    (column,) = fitting_columns(member.column, [str(item) for item in rows.columns])
    held = [item.item() if hasattr(item, "item") else item for item in rows[column]]
    return np.array([is_value(item, member.present) for item in held])


def coalitions(members: Sequence[str]) -> Iterator[Coalition]:
    """Give every subset, the empty one first and the whole last."""
    for size in range(len(members) + 1):
        for chosen in itertools.combinations(members, size):
            yield frozenset(chosen)


def shapley(worth: Worth, members: Sequence[str], member: str) -> NDArray[np.float64]:
    """Give what a member adds on average over all orders of joining, in each world."""
    count = len(members)
    total = np.zeros_like(worth[frozenset()])
    for others in coalitions([item for item in members if item != member]):
        size = len(others)
        share = math.factorial(size) * math.factorial(count - size - 1) / math.factorial(count)
        total = total + share * (worth[others | {member}] - worth[others])
    return total


def main_effect(worth: Worth, members: Sequence[str], member: str) -> NDArray[np.float64]:
    """Give what a member adds on average over all coalitions of the others, in each world."""
    others = list(coalitions([item for item in members if item != member]))
    return np.mean([worth[item | {member}] - worth[item] for item in others], axis=0)


def interaction(
    worth: Worth, members: Sequence[str], first: str, second: str
) -> NDArray[np.float64]:
    """Give how much more one adds where the other is there, on average over the rest."""
    rest = list(coalitions([item for item in members if item not in (first, second)]))
    return np.mean([
        worth[item | {first, second}] - worth[item | {first}] - worth[item | {second}]
        + worth[item] for item in rest
    ], axis=0)


def effects_table(
    rows: pd.DataFrame, members: Mapping[str, Member], outcomes: Sequence[str]
) -> pd.DataFrame:
    """Measure every effect of members and pairs.

    Returns
    -------
    pandas.DataFrame
        outcome, measure, member, other, value, low, high, n. Measures: `shapley`; `main`, the main
        effect of a factorial experiment; `alone`, what a member adds to nobody; `last`, what it
        adds to all others; `interaction` of two members, above 0 where they complement each other;
        `together`, what all add to nobody.
    """
    import pandas as pd

    names, found = list(members), []
    for outcome in outcomes:
        worth = worth_of(rows, members, outcome)
        whole, nobody = frozenset(names), frozenset[str]()
        for name in names:
            parts = {
                "shapley": shapley(worth, names, name), "main": main_effect(worth, names, name),
                "alone": worth[frozenset({name})] - worth[nobody],
                "last": worth[whole] - worth[whole - {name}],
            }
            found += [_row(outcome, key, name, "", part) for key, part in parts.items()]
        found += [
            _row(outcome, "interaction", first, second, interaction(worth, names, first, second))
            for first, second in itertools.combinations(names, 2)
        ]
        found.append(_row(outcome, "together", "", "", worth[whole] - worth[nobody]))
    return pd.DataFrame(found)


def _row(
    outcome: str, measure: str, member: str, other: str, values: NDArray[np.float64]
) -> Row:
    return {"outcome": outcome, "measure": measure, "member": member, "other": other,
            **told(interval_of(values))}


def told(found: Measured) -> Row:
    """Write what was measured as columns."""
    return {"value": found.value, "low": found.low, "high": found.high, "n": found.n}


def coalitions_table(
    rows: pd.DataFrame, members: Mapping[str, Member], outcomes: Sequence[str]
) -> pd.DataFrame:
    """Give the mean of every coalition: coalition (names joined with +), size, outcome, value."""
    import pandas as pd

    found = []
    for outcome in outcomes:
        for coalition, values in worth_of(rows, members, outcome).items():
            name = "+".join(item for item in members if item in coalition)
            found.append({"coalition": name or "none", "size": len(coalition),
                          "outcome": outcome, **told(interval_of(values))})
    return pd.DataFrame(found)


def orders_table(
    rows: pd.DataFrame, members: Mapping[str, Member], outcomes: Sequence[str]
) -> pd.DataFrame:
    """Compare the orders in which members can join, one a step.

    An order is worth the mean of the outcome after each step but the last, which all orders share.

    Returns
    -------
    pandas.DataFrame
        outcome, rank, order (names joined with " > "), value, low, high, n; behind, behind_low,
        behind_high: how far it lies behind the best order, on the same worlds.
    """
    import pandas as pd

    found: list[Row] = []
    for outcome in outcomes:
        worth = worth_of(rows, members, outcome)
        values = {
            order: np.mean([worth[frozenset(order[:step])] for step in range(1, len(order))],
                           axis=0)
            for order in itertools.permutations(members)
        }
        ranked = sorted(values, key=lambda order: (-float(np.nanmean(values[order])), order))
        for rank, order in enumerate(ranked, start=1):
            behind = interval_of(values[ranked[0]] - values[order])
            found.append({
                "outcome": outcome, "rank": rank, "order": " > ".join(order),
                **told(interval_of(values[order])), "behind": behind.value,
                "behind_low": behind.low, "behind_high": behind.high,
            })
    return pd.DataFrame(found)


def pairs_table(
    rows: pd.DataFrame, members: Mapping[str, Member], outcomes: Sequence[str]
) -> pd.DataFrame:
    """Give four means a pair, the others at both their values alike, for an interaction plot."""
    import pandas as pd

    names, found = list(members), []
    for outcome in outcomes:
        worth = worth_of(rows, members, outcome)
        for first, second in itertools.combinations(names, 2):
            rest = list(coalitions([item for item in names if item not in (first, second)]))
            change = interval_of(interaction(worth, names, first, second))
            for on in itertools.product((0, 1), repeat=2):
                here = {name for name, there in zip((first, second), on, strict=True) if there}
                mean = interval_of(np.mean([worth[item | here] for item in rest], axis=0))
                found.append({
                    "outcome": outcome, "first": first, "second": second, "first_on": on[0],
                    "second_on": on[1], **told(mean), "interaction": change.value,
                    "interaction_low": change.low, "interaction_high": change.high,
                })
    return pd.DataFrame(found)
