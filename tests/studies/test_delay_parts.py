"""The effect of delay in parts: they are the known ones, and add up to the whole."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest

from linkage_sim.draws import Decision, Draws
from linkage_sim.studies.delay_parts import PARTS, REST, WHOLE, parts_table, weights_of_parts

SEEDS = range(1, 41)
SIZES = dict(zip(PARTS, (-0.4, 0.0, 0.1, -0.2), strict=True))


def values(rest: float = -0.1, joint: float = 0.0, noise: float = 0.02) -> dict:
    """Make up a model in which each mechanism adds its size to the effect of 200 days."""
    found = {}
    for parts, days, seed in product(product((0, 1), repeat=4), (20, 200), SEEDS):
        name = f"delay {''.join(map(str, parts))}, {days} days"
        effect = rest + sum(on * SIZES[part] for on, part in zip(parts, PARTS, strict=True))
        effect += joint * parts[0] * parts[2]
        chance = Draws(seed).normal(Decision.VERIFICATION, int("".join(map(str, parts)), 2), days)
        found[name, seed] = {"demand_match": seed + (days == 200) * effect + noise * chance}
    return found


def test_every_mechanism_gets_what_it_adds() -> None:
    weights = weights_of_parts()
    table = parts_table(values(), weights, ["demand_match"]).set_index("part")
    for part, size in {**SIZES, REST: -0.1, WHOLE: -0.6}.items():
        row = table.loc[part]
        assert row["size"] == pytest.approx(size, abs=0.015)
        # Chance of standard deviation 0.02 in each of the arms that are added up.
        error = 0.02 * math.sqrt(sum(weight**2 for weight in weights[part].values()) / len(SEEDS))
        assert row["high"] - row["low"] == pytest.approx(2 * 2.02 * error, rel=0.35)
        assert row["share"] == pytest.approx(size / -0.6, abs=0.03)
        assert row["share_low"] < row["share"] < row["share_high"] or part == WHOLE
    parts = table.drop(index=WHOLE)
    assert parts["size"].sum() == pytest.approx(table.loc[WHOLE, "size"])
    assert parts["share"].sum() == pytest.approx(1.0)


def test_a_joint_effect_is_halved_between_the_two_that_make_it() -> None:
    plain = parts_table(values(), weights_of_parts(), ["demand_match"]).set_index("part")
    joint = parts_table(values(joint=-0.3), weights_of_parts(), ["demand_match"]).set_index("part")
    gained = (joint["size"] - plain["size"])[list(PARTS)].tolist()
    assert gained == pytest.approx([-0.15, 0.0, -0.15, 0.0])


def test_shares_of_an_effect_that_is_not_told_from_0_are_undefined() -> None:
    table = parts_table(values(rest=0.5), weights_of_parts(), ["demand_match"])
    assert table["share"].isna().all() and table["size"].notna().all()


def test_a_seed_on_which_an_arm_has_no_value_is_dropped_everywhere() -> None:
    made = values()
    made["delay 0101, 20 days", 3]["demand_match"] = math.nan
    table = parts_table(made, weights_of_parts(), ["demand_match"])
    assert set(table["n"]) == {39} and set(table["dropped"]) == {1}


def test_the_interval_of_a_share_is_that_of_a_ratio_of_means() -> None:
    """Held against many made-up samples: it covers the true share 95 times of 100."""
    from linkage_sim.studies.delay_parts import _share

    covered = 0
    for sample in range(400):
        chance = Draws(sample)
        drawn = np.array([
            [chance.normal(Decision.VERIFICATION, place, row) for place in range(20)]
            for row in (1, 2)
        ])
        whole, part = 1.0 + drawn[0], 0.3 + 0.5 * drawn[0] + 0.5 * drawn[1]
        found = _share(part, whole)
        covered += found["share_low"] <= 0.3 <= found["share_high"]
    assert 365 <= covered <= 393
