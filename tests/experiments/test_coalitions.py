"""Contributions of members: checked against what can be worked out by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from linkage_sim.errors import InputError
from linkage_sim.studies.coalitions import (
    coalitions,
    effects_table,
    interaction,
    orders_table,
    pairs_table,
    shapley,
)
from linkage_sim.studies.experiment_file import Member

MEMBERS = {name: Member(piece=name) for name in ("left", "right", "helper")}


def gloves() -> dict[frozenset[str], np.ndarray]:
    """The glove game: a pair is worth 1; a right glove, or its helper, makes a pair with a left."""
    return {
        item: np.array([float("left" in item and bool(item & {"right", "helper"}))])
        for item in coalitions(list(MEMBERS))
    }


def rows_of(worth: dict[frozenset[str], np.ndarray]) -> pd.DataFrame:
    return pd.DataFrame([
        {"scenario": "+".join(["base", *sorted(item)]), "seed": seed, "trust": value + 0.1 * seed}
        for item, values in worth.items() for seed, value in enumerate(values.repeat(3))
    ])


def test_shapley_of_the_glove_game_is_two_thirds_and_two_sixths() -> None:
    """Known answer: the scarce glove gets 2/3, each of the two others 1/6."""
    values = [float(shapley(gloves(), list(MEMBERS), name)[0]) for name in MEMBERS]
    assert values == pytest.approx([2 / 3, 1 / 6, 1 / 6])


def test_shapley_values_add_up_to_what_all_add_together() -> None:
    rng = np.random.default_rng(1)
    worth = {item: rng.normal(size=5) for item in coalitions(list("abcd"))}
    total = sum(shapley(worth, list("abcd"), name) for name in "abcd")
    assert total == pytest.approx(worth[frozenset("abcd")] - worth[frozenset()])


def test_shapley_is_the_mean_over_all_orders_of_joining() -> None:
    """The weights are those of the definition, worked out the long way."""
    rng = np.random.default_rng(2)
    worth = {item: rng.normal(size=1) for item in coalitions(list("abcd"))}
    added = []
    for order in itertools.permutations("abcd"):
        before = frozenset(order[: order.index("c")])
        added.append(worth[before | {"c"}] - worth[before])
    assert shapley(worth, list("abcd"), "c") == pytest.approx(np.mean(added, axis=0))


def test_members_that_simply_add_up_do_not_interact() -> None:
    sizes = {"a": 1.0, "b": 2.0, "c": 4.0}
    worth = {item: np.array([sum(sizes[name] for name in item)]) for item in coalitions("abc")}
    assert float(interaction(worth, "abc", "a", "b")[0]) == pytest.approx(0.0)
    worth[frozenset("ab")] = worth[frozenset("ab")] + 1.0
    worth[frozenset("abc")] = worth[frozenset("abc")] + 1.0
    assert float(interaction(worth, "abc", "a", "b")[0]) == pytest.approx(1.0)


def test_tables_hold_every_effect_with_an_interval_over_worlds() -> None:
    table = effects_table(rows_of(gloves()), MEMBERS, ["trust"]).set_index(["measure", "member"])
    assert table.loc[("shapley", "left"), "value"].item() == pytest.approx(2 / 3)
    assert table.loc[("alone", "right"), "value"].item() == pytest.approx(0.0)
    assert table.loc[("last", "helper"), "value"].item() == pytest.approx(0.0)
    together = table.loc[("together", "")]
    # What a world adds to all of its runs falls out of every difference.
    assert together["value"].item() == together["low"].item() == pytest.approx(1.0)


def test_orders_are_ranked_and_held_against_the_best() -> None:
    table = orders_table(rows_of(gloves()), MEMBERS, ["trust"])
    assert len(table) == 6 and table["behind"].min() == 0.0
    # Without a pair after the second step, an order that ends with the left glove earns nothing.
    assert table.iloc[-1]["order"].endswith("left")


def test_four_means_of_a_pair_give_back_its_interaction() -> None:
    table = pairs_table(rows_of(gloves()), MEMBERS, ["trust"])
    for _, part in table.groupby(["first", "second"]):
        cells = part.set_index(["first_on", "second_on"])["value"]
        change = cells[1, 1] - cells[1, 0] - cells[0, 1] + cells[0, 0]
        assert change == pytest.approx(part["interaction"].iloc[0])


def test_a_missing_coalition_is_named() -> None:
    rows = rows_of(gloves())
    with pytest.raises(InputError, match=r"left.*right"):
        effects_table(rows[rows["scenario"] != "base+left+right"], MEMBERS, ["trust"])
