"""Scenario discovery: a planted box is found, noise is not, and shares are honest."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import qmc

from linkage_sim.draws import Decision, Draws
from linkage_sim.errors import InputError
from linkage_sim.studies.designs import Points
from linkage_sim.studies.discovery import (
    boxes_table,
    conclusions,
    discovered,
    event_of,
    interval,
    space_points,
)
from linkage_sim.studies.prim import Limits, find_boxes, needed, pasted
from linkage_sim.studies.sensitivity_file import load_sensitivity
from linkage_sim.studies.study import Study

from .formulas import PARAMETERS, Formula, study_file

PAIR = '["toy", "toy+full_reform"]'
SIZE = 240


def spread(width: int, seed: int = 1) -> np.ndarray:
    return qmc.LatinHypercube(width, rng=seed).random(SIZE)


def chance(seed: int, size: int = SIZE) -> np.ndarray:
    draws = Draws(seed)
    return np.array([draws.uniform(Decision.VERIFICATION, at) for at in range(size)])


def hypercube(folder: Path, scenario: str = PAIR, replications: int = 2) -> Study:
    head = f'design = "latin_hypercube"\nsamples = {SIZE}\nreplications = {replications}'
    return load_sensitivity(study_file(folder, head, scenario))


def rows_of(study: Study, formula: Formula) -> tuple[pd.DataFrame, Points]:
    points = Points(study)
    assert points.shares is not None
    return pd.DataFrame([
        {"scenario": name, "seed": seed, **points[number],
         "demand_match": formula(points.shares[number].tolist(), scenario, seed)}
        for scenario, name in enumerate(study.names)
        for seed in study.seeds
        for number in range(len(points))
    ]), points


# -- boxes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [4, 60])
def test_a_planted_box_is_found_among_many_parameters(width: int) -> None:
    points = spread(width)
    inside = (points[:, 1] > 0.6) & (points[:, 3] < 0.5)
    cases = np.where(inside, chance(1) < 0.9, chance(2) < 0.08)
    (box,) = find_boxes(points, cases, seed=1)
    assert box.limits.limited.tolist() == [1, 3]
    assert box.limits.low[1] == pytest.approx(0.6, abs=0.06) and box.limits.high[1] == 1.0
    assert box.limits.high[3] == pytest.approx(0.5, abs=0.08) and box.limits.low[3] == 0.0
    assert box.cases / box.inside > 0.8 > 2.5 * cases.mean()
    assert box.cases / cases.sum() > 0.6
    assert box.chance <= 0.05 and max(box.quasi_p.values()) < 0.001


def test_a_range_in_the_middle_is_found_too() -> None:
    points = spread(6)
    cases = np.where(np.abs(points[:, 2] - 0.5) < 0.15, chance(3) < 0.95, chance(4) < 0.05)
    (box,) = find_boxes(points, cases, seed=1)
    assert box.limits.limited.tolist() == [2]
    assert (box.limits.low[2], box.limits.high[2]) == pytest.approx((0.35, 0.65), abs=0.06)


@pytest.mark.parametrize("width", [4, 60])
def test_nothing_is_found_in_noise(width: int) -> None:
    """Negative control: at most one in twenty searches may find something by chance."""
    points = spread(width)
    found = [bool(find_boxes(points, chance(seed) < 0.25, seed)) for seed in range(10, 22)]
    assert sum(found) <= 2


def test_the_search_without_the_comparison_would_find_boxes_in_noise() -> None:
    """Negative control: peeling alone always ends in a box that looks dense."""
    from linkage_sim.studies.prim import searched

    points, cases = spread(60), chance(10) < 0.25
    limits, strength = searched(points, cases, np.argsort(points, axis=0))
    inside = limits.holds(points)
    assert cases[inside].mean() > 1.5 * cases.mean() and strength > 3.0


def test_two_boxes_are_found_one_after_the_other() -> None:
    points = spread(5)
    cases = (points[:, 0] < 0.2) | (points[:, 4] > 0.8)
    boxes = find_boxes(points, cases, seed=1)
    assert [box.limits.limited.tolist() for box in boxes] in ([[0], [4]], [[4], [0]])
    assert sum(box.cases for box in boxes) >= 0.95 * cases.sum()


def test_too_few_cases_are_not_searched() -> None:
    points = spread(4)
    assert find_boxes(points, points[:, 0] < 9.0 / SIZE, seed=1) == []


def test_a_limit_that_cases_do_not_need_is_taken_away() -> None:
    points = spread(4)
    cases = points[:, 0] < 0.3
    limits = Limits(np.array([0.0, 0.1, 0.0, 0.0]), np.array([0.3, 1.0, 1.0, 1.0]))
    kept, quasi_p = needed(points, cases, limits)
    assert kept.limited.tolist() == [0] and list(quasi_p) == [0]


def test_what_was_cut_too_much_is_put_back() -> None:
    points = spread(3)
    # Of the points a little outside the cut, nearly all are cases; of those inside, fewer.
    cases = (points[:, 0] < 0.5) & ~((points[:, 0] < 0.2) & (chance(5) < 0.5))
    tight = Limits(np.zeros(3), np.array([0.3, 1.0, 1.0]))
    assert pasted(points, cases, tight).high[0] == pytest.approx(0.5, abs=0.05)


# -- shares and events -----------------------------------------------------------------------


def test_the_share_of_the_space_is_the_known_one(tmp_path: Path) -> None:
    study = hypercube(tmp_path)
    rows, points = rows_of(study, lambda x, scenario, seed: 5.0 * seed + scenario * (x[0] - 0.3))
    (row,) = conclusions(rows, study, points).to_dict("records")
    assert row["share"] == pytest.approx(0.7, abs=0.005) and row["better"] == ">"
    assert row["low"] < 0.7 < row["high"] < row["low"] + 0.13
    # Without chance, every sign is clear.
    assert row["clear"] == row["holds"] and row["against"] == SIZE - row["holds"]
    assert row["mean"] == pytest.approx(0.2, abs=0.005)


def test_signs_that_chance_could_give_are_not_clear(tmp_path: Path) -> None:
    study = hypercube(tmp_path, replications=4)

    def formula(x: list[float], scenario: int, seed: int) -> float:
        noise = Draws(seed).normal(Decision.VERIFICATION, int(x[0] * 2**40))
        return scenario * noise

    rows, points = rows_of(study, formula)
    (row,) = conclusions(rows, study, points).to_dict("records")
    assert row["share"] == pytest.approx(0.5, abs=0.1)
    assert row["clear"] + row["against"] < 0.1 * SIZE
    assert row["noise_share"] == pytest.approx(1.0, abs=0.25)


def test_points_without_a_value_are_counted_and_left_out(tmp_path: Path) -> None:
    study = hypercube(tmp_path)
    rows, points = rows_of(
        study, lambda x, scenario, _: math.nan if scenario and x[1] < 0.25 else scenario * 1.0
    )
    (row,) = conclusions(rows, study, points).to_dict("records")
    assert (row["undefined"], row["points"], row["share"]) == (SIZE // 4, 3 * SIZE // 4, 1.0)


def test_an_event_is_found_where_it_was_planted(tmp_path: Path) -> None:
    study = hypercube(tmp_path)
    rows, points = rows_of(study, lambda x, scenario, _: scenario * (x[0] - 0.25))
    found = discovered(rows, study, points, event_of("difference in demand_match <= 0", study))
    assert (found.cases, found.points, found.undefined) == (SIZE // 4, SIZE, 0)
    (box,) = found.boxes
    # The parameters go from 0.2 to 0.6: a quarter of the way is 0.3.
    assert box.ranges.keys() == {PARAMETERS[0]}
    low, high = box.ranges[PARAMETERS[0]]
    assert low is None and high == pytest.approx(0.3, abs=0.01)
    assert box.density > 0.95 and box.coverage > 0.95 and box.mass == pytest.approx(0.25, abs=0.02)
    table = boxes_table([found])
    assert table["box"].tolist() == [0, 1] and table["density"].iloc[0] == 0.25


def test_a_level_can_be_asked_for_as_well(tmp_path: Path) -> None:
    study = hypercube(tmp_path)
    rows, points = rows_of(study, lambda x, scenario, _: x[1] + scenario)
    for text, share in (("demand_match < 0.5", 0.5), ("demand_match of full_reform >= 1.75", 0.25)):
        found = discovered(rows, study, points, event_of(text, study))
        assert found.share == pytest.approx(share, abs=0.01)


def test_of_a_sobol_design_only_evenly_spread_points_count(tmp_path: Path) -> None:
    head = 'design = "sobol"\nsamples = 8'
    study = load_sensitivity(study_file(tmp_path, head, PAIR))
    chosen = space_points(study, 40)
    assert chosen.tolist() == sorted([*range(0, 40, 5), *range(4, 40, 5)])
    shares = Points(study).shares
    assert shares is not None
    # The points between differ from the first of a block in one parameter alone.
    assert ((shares[1:4] != shares[0]).sum(axis=1) == 1).all()
    assert (shares[4] != shares[0]).all()


def test_the_interval_of_a_share_holds_what_it_says() -> None:
    low, high = interval(30, 100)
    # Wilson 1927: (p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n).
    assert (low, high) == pytest.approx((0.21895, 0.39585), abs=1e-4)
    assert math.isnan(interval(0, 0)[0])


@pytest.mark.parametrize(("text", "said"), [
    ("demand_match", "difference in"), ("difference in demand_mach <= 0", "demand_match"),
    ("demand_match of fast <= 0", "toy"), ("demand_match <= 0..1", "difference in"),
    ("difference in trust <= 0", "demand_match"),
])
def test_an_event_that_cannot_be_read_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        event_of(text, hypercube(tmp_path))


def test_a_difference_needs_two_scenarios_and_one_of_several_must_be_named(tmp_path: Path) -> None:
    text = "difference in demand_match <= 0"
    with pytest.raises(InputError, match="two scenarios"):
        event_of(text, hypercube(tmp_path, '"toy"'))
    three = '["toy", "toy+full_reform", "toy+fast_approval"]'
    with pytest.raises(InputError, match="toy\\+fast_approval"):
        event_of(text, hypercube(tmp_path, three))
    named = event_of("difference in demand_match of fast_approval <= 0", hypercube(tmp_path, three))
    assert (named.scenario, named.baseline) == ("toy+fast_approval", "toy")


def test_trajectories_are_no_sample_of_the_space(tmp_path: Path) -> None:
    study = load_sensitivity(study_file(tmp_path, 'design = "morris"', PAIR))
    with pytest.raises(InputError, match="latin_hypercube"):
        event_of("difference in demand_match <= 0", study)
