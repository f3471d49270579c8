"""Regret, states of rest and inequality: small cases with known answers."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from linkage_sim.studies.basins import START, states_of, states_table
from linkage_sim.studies.city_spread import gini, inequality_table, share_between
from linkage_sim.studies.regret import front_table, regret_table, signed

OUTCOMES = ["true_effect", "administration_share", "trust"]


def sample(effect: list[list[float]], cost: list[list[float]]) -> np.ndarray:
    """Scenarios x one seed x points x outcomes; trust is the same everywhere."""
    first, second = np.array(effect), np.array(cost)
    return np.stack([first, second, np.full(first.shape, 0.5)], axis=-1)[:, np.newaxis]


def test_regret_is_the_distance_from_the_best_of_each_point() -> None:
    values = sample([[1.0, 0.0, 1.0], [0.0, 3.0, 0.0]], [[0.1] * 3, [0.1] * 3])
    table = regret_table(values, ["calm", "bold"], ["true_effect"]).set_index("scenario")
    assert table.loc["calm", "value"] == pytest.approx(1.0)
    assert table.loc["calm", "worst"] == pytest.approx(3.0)
    assert table.loc["bold", "value"] == pytest.approx(2 / 3)
    assert table.loc["calm", "best"] == pytest.approx(2 / 3)


def test_less_is_better_for_costs_and_nearer_for_gaps() -> None:
    assert signed(np.array([2.0]), "administration_share")[0] == -2.0
    assert signed(np.array([-2.0]), "coverage_gap")[0] == signed(np.array([2.0]), "coverage_gap")[0]


def test_a_point_without_a_value_counts_for_nobody() -> None:
    values = sample([[1.0, math.nan], [0.0, 9.0]], [[0.1, 0.1], [0.1, 0.1]])
    table = regret_table(values, ["calm", "bold"], ["true_effect"]).set_index("scenario")
    assert table.loc["bold", "n"] == 1 and table.loc["bold", "value"] == pytest.approx(1.0)


def test_who_is_beaten_in_everything_is_off_the_front() -> None:
    values = sample([[1.0], [2.0], [0.5]], [[0.1], [0.2], [0.3]])
    front = front_table(values, ["cheap", "good", "poor"], OUTCOMES).set_index("scenario")
    assert front["value"].to_dict() == {"cheap": 1.0, "good": 1.0, "poor": 0.0}


def test_equal_scenarios_do_not_beat_each_other() -> None:
    front = front_table(sample([[1.0], [1.0]], [[0.1], [0.1]]), ["one", "other"], OUTCOMES)
    assert front["value"].tolist() == [1.0, 1.0]


def years(ends: dict[float, float]) -> pd.DataFrame:
    return pd.DataFrame([
        {"scenario": "today", "seed": seed, "year": 20, START: start, "trust": end + 0.001 * seed}
        for start, end in ends.items() for seed in range(4)
    ])


def measure(table: pd.DataFrame, what: str) -> float:
    return float(table.loc[table["what"] == what, "value"].item())


def test_ends_that_meet_are_one_state_and_forget_their_start() -> None:
    table = states_table(years({0.1: 0.6, 0.5: 0.6, 0.9: 0.6}), ["trust"])
    assert measure(table, "states") == 1.0
    assert measure(table, "memory") == pytest.approx(0.0, abs=1e-12)


def test_ends_that_stay_apart_are_two_states_with_their_basins() -> None:
    """Negative control: a world with two states is seen as one with two."""
    table = states_table(years({0.1: 0.2, 0.4: 0.22, 0.9: 0.8}), ["trust"])
    assert measure(table, "states") == 2.0
    assert measure(table, "basin 1") == pytest.approx(2 / 3)
    assert measure(table, "spread") == pytest.approx(0.6)


def test_a_chain_of_near_ends_is_one_state() -> None:
    assert states_of([0.1, 0.18, 0.26, 0.5]) == [[0, 1, 2], [3]]


def test_gini_of_equal_and_of_one_who_has_all() -> None:
    assert gini([3.0, 3.0, 3.0]) == pytest.approx(0.0)
    assert gini([0.0, 0.0, 0.0, 1.0]) == pytest.approx(0.75)
    assert math.isnan(gini([]))


def test_variance_between_groups_is_all_or_nothing() -> None:
    groups = np.array([0, 0, 1, 1])
    assert share_between(np.array([1.0, 1.0, 2.0, 2.0]), groups) == pytest.approx(1.0)
    assert share_between(np.array([1.0, 2.0, 1.0, 2.0]), groups) == pytest.approx(0.0)


def test_inequality_is_measured_city_by_city() -> None:
    communities = pd.DataFrame([
        {"scenario": "today", "seed": seed, "community": place, "district": place // 2,
         "approval_days_mean": 10.0 * (1 + place // 2), "true_effect": 0.1,
         "implementation_weeks": 5.0, "service_contacts": 1.0}
        for seed in (1, 2) for place in range(4)
    ])
    table = inequality_table(communities).set_index(["measure", "what"])
    assert table.loc[("approval_days_mean", "between districts"), "value"] == pytest.approx(1.0)
    assert table.loc[("approval_days_mean", "ratio"), "value"] == pytest.approx(2.0)
    assert table.loc[("true_effect", "gini"), "value"] == pytest.approx(0.0)
