"""Paired differences and their intervals against cases worked by hand."""

from __future__ import annotations

import math

import pytest

from linkage_sim.studies.differences import difference_table, paired

Nan = float("nan")
# Student's t, 97.5 % with 2 and with 3 degrees of freedom, from printed tables.
T_2, T_3 = 4.302653, 3.182446


def test_interval_of_three_pairs_is_that_of_the_textbook() -> None:
    # Differences 1, 2, 3: mean 2, standard deviation 1, standard error 1 / sqrt(3).
    row = paired([(10.0, 11.0), (20.0, 22.0), (30.0, 33.0)])
    assert row["difference"] == pytest.approx(2.0)
    assert row["baseline_mean"] == pytest.approx(20.0)
    assert row["mean"] == pytest.approx(22.0)
    half = T_2 / math.sqrt(3.0)
    assert row["low"] == pytest.approx(2.0 - half, rel=1e-6)
    assert row["high"] == pytest.approx(2.0 + half, rel=1e-6)
    assert (row["n"], row["dropped"]) == (3, 0)


def test_pairing_takes_out_what_both_sides_share() -> None:
    # Worlds differ by hundreds, the policies by about one: unpaired, nothing could be seen.
    row = paired([(100.0, 101.0), (500.0, 501.2), (900.0, 900.8)])
    assert 0.0 < row["low"] < row["difference"] < row["high"]
    unpaired = paired([(100.0, 501.2), (500.0, 900.8), (900.0, 101.0)])
    assert unpaired["low"] < 0.0 < unpaired["high"]


def test_a_rest_of_rounding_is_no_difference() -> None:
    shares = [0.1 + 0.2, 0.7, 0.1]
    row = paired([(0.3, shares[0]), (0.7, shares[1]), (0.1, shares[2])])
    assert shares[0] != 0.3
    assert (row["difference"], row["low"], row["high"]) == (0.0, 0.0, 0.0)
    small = paired([(1.0, 1.0 + 1e-9), (2.0, 2.0 + 1e-9), (3.0, 3.0 + 1.1e-9)])
    assert small["low"] > 0.0, "what is small but no rest stays"


@pytest.mark.parametrize("hole", [(Nan, 5.0), (5.0, Nan), (Nan, Nan)])
def test_pair_with_an_undefined_side_is_dropped_and_counted(hole: tuple[float, float]) -> None:
    whole = [(1.0, 2.0), (1.0, 4.0), (3.0, 3.0), (2.0, 5.0)]
    row = paired([*whole[:2], hole, *whole[2:]])
    assert (row["n"], row["dropped"]) == (4, 1)
    # Differences 1, 3, 0, 3: mean 1.75, sum of squares around it 6.75.
    half = T_3 * math.sqrt(6.75 / 3.0 / 4.0)
    assert row["difference"] == pytest.approx(1.75)
    assert row["low"] == pytest.approx(1.75 - half, rel=1e-6)
    assert row["baseline_mean"] == pytest.approx(7.0 / 4.0)


@pytest.mark.parametrize("pairs", [[], [(Nan, 1.0)]])
def test_without_any_pair_everything_is_undefined(pairs: list[tuple[float, float]]) -> None:
    row = paired(pairs)
    assert row["n"] == 0
    assert row["dropped"] == len(pairs)
    assert math.isnan(row["difference"]) and math.isnan(row["low"])


def test_one_pair_has_a_difference_and_no_interval() -> None:
    row = paired([(1.0, 3.0)])
    assert row["difference"] == 2.0
    assert math.isnan(row["low"]) and math.isnan(row["high_adjusted"])


def test_equal_policies_differ_by_exactly_nothing() -> None:
    row = paired([(0.1, 0.1), (0.7, 0.7), (0.3, 0.3)])
    assert row["low"] == row["difference"] == row["high"] == 0.0


def test_adjusted_interval_is_that_of_a_stricter_level() -> None:
    pairs = [(0.0, 1.0), (0.0, 2.0), (0.0, 3.0)]
    # 5 comparisons at 95 % together: 99 % each; t(2 df, 99.5 %) = 9.924843 in printed tables.
    row = paired(pairs, comparisons=5)
    assert row["high_adjusted"] == pytest.approx(2.0 + 9.924843 / math.sqrt(3.0), rel=1e-6)
    assert row["high"] == pytest.approx(2.0 + T_2 / math.sqrt(3.0), rel=1e-6)


def test_table_pairs_by_seed_and_puts_headline_outcomes_first() -> None:
    rows = [
        {"scenario": name, "seed": seed, "trust": base + gain, "demand_match": base - gain}
        for name, gain in (("today", 0.0), ("reform", 1.0), ("other", 2.0))
        for seed, base in ((7, 10.0), (3, 20.0))
    ]
    table = difference_table(list(reversed(rows)), ["today", "reform", "other"])
    assert table["outcome"].tolist() == ["demand_match", "demand_match", "trust", "trust"]
    assert table["scenario"].tolist() == ["reform", "other", "reform", "other"]
    assert set(table["baseline"]) == {"today"}
    assert table["difference"].tolist() == [-1.0, -2.0, 1.0, 2.0]
    # Families: one headline outcome x 2 scenarios; two outcomes x 2 scenarios.
    assert table["comparisons"].tolist() == [2, 2, 4, 4]


def test_seed_that_failed_under_one_policy_is_dropped_there_alone() -> None:
    rows = [
        {"scenario": name, "seed": seed, "trust": float(seed)}
        for name in ("today", "reform", "other")
        for seed in (1, 2, 3)
        if (name, seed) != ("reform", 2)
    ]
    table = difference_table(rows, ["today", "reform", "other"]).set_index("scenario")
    assert table.loc["reform", ["n", "dropped"]].tolist() == [2, 1]
    assert table.loc["other", ["n", "dropped"]].tolist() == [3, 0]
