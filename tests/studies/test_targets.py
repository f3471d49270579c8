"""Distances, verdicts and weighted quantiles do what their names say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage_sim.studies.posterior import weighted_mean, weighted_quantiles
from linkage_sim.studies.targets import (
    FARTHEST,
    INSIDE,
    OUTSIDE,
    PARTLY,
    Target,
    distance,
    mean_figures,
)

BAND = Target("trust", 0.2, 0.4, 0.1)
VALUE = Target("turnout", 0.3, 0.3, 0.05)
OPEN = Target("satisfaction", math.nan, math.nan)


def test_inside_a_band_nothing_is_far_and_outside_it_is_measured_in_scales() -> None:
    assert BAND.distance(0.2) == BAND.distance(0.31) == BAND.distance(0.4) == 0.0
    assert BAND.distance(0.5) == pytest.approx(1.0) and BAND.distance(0.0) == pytest.approx(2.0)
    assert VALUE.distance(0.3) == 0.0 and VALUE.distance(0.2) == pytest.approx(2.0)


def test_distances_add_up_as_squares_and_have_an_end() -> None:
    figures = {"trust": 0.7, "turnout": 0.1}
    assert distance([BAND, VALUE], figures) == pytest.approx(5.0)
    assert distance([BAND], {"trust": math.nan}) == FARTHEST
    assert distance([BAND, VALUE], {"trust": math.nan, "turnout": math.nan}) == FARTHEST


@pytest.mark.parametrize(("target", "low", "high", "verdict"), [
    (BAND, 0.25, 0.4, INSIDE), (BAND, 0.19, 0.3, PARTLY), (BAND, 0.1, 0.9, PARTLY),
    (BAND, 0.41, 0.5, OUTSIDE), (BAND, 0.0, 0.1, OUTSIDE), (BAND, math.nan, 0.3, ""),
    (VALUE, 0.1, 0.4, INSIDE), (VALUE, 0.31, 0.4, OUTSIDE), (OPEN, 0.1, 0.4, ""),
])
def test_verdicts(target: Target, low: float, high: float, verdict: str) -> None:
    assert target.verdict(low, high) == verdict


def test_a_mean_needs_all_its_worlds() -> None:
    rows = [{"trust": 0.2}, {"trust": 0.4}]
    assert mean_figures(rows, ["trust"], 2) == {"trust": pytest.approx(0.3)}
    assert math.isnan(mean_figures(rows, ["trust"], 3)["trust"])
    assert math.isnan(mean_figures([*rows, {"trust": math.nan}], ["trust"], 3)["trust"])


NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)


@given(st.lists(st.tuples(NUMBERS, st.integers(1, 5)), min_size=1, max_size=30),
       st.floats(0.0, 1.0))
def test_a_weight_counts_like_so_many_equal_values(
    pairs: list[tuple[float, int]], share: float
) -> None:
    values, weights = [pair[0] for pair in pairs], [float(pair[1]) for pair in pairs]
    repeated = sorted(value for value, weight in pairs for _ in range(weight))
    expected = np.quantile(repeated, share, method="inverted_cdf")
    found = weighted_quantiles(values, weights, [share])[0]
    position = share * len(repeated)
    if abs(position - round(position)) > 1e-6:
        assert found == expected
    assert weighted_mean(values, weights) == pytest.approx(np.mean(repeated), abs=1e-6)


def test_undefined_values_go_with_their_weight() -> None:
    assert weighted_quantiles([1.0, math.nan, 3.0], [1.0, 8.0, 1.0], [0.4, 0.9]) == [1.0, 3.0]
    assert weighted_mean([1.0, math.nan, 3.0], [1.0, 8.0, 1.0]) == 2.0
    assert math.isnan(weighted_quantiles([math.nan], [1.0], [0.5])[0])
    assert math.isnan(weighted_mean([], []))
