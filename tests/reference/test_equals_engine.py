"""The fast engine and the plain object model agree exactly, week by week, on small worlds."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linkage_sim.scenario.schema import Scenario
from tests.reference.cases import CASES, RICH, small, worlds
from tests.reference.compare import DifferenceError, Recorded

CALM = [HealthCheck.too_slow, HealthCheck.data_too_large]


@pytest.mark.parametrize("name", CASES)
def test_a_mechanism_is_the_same_in_both(name: str) -> None:
    case = CASES[name]
    run = Recorded(small(case.values), seed=11)
    assert all(run.total(count) > 0.0 for count in case.happened)
    run.compare()


@settings(max_examples=12, suppress_health_check=CALM)
@given(worlds(most_residents=70, most_years=1), st.integers(0, 2**63))
def test_both_agree_on_any_small_world(values: dict[str, Any], seed: int) -> None:
    Recorded(Scenario().with_values(values), seed).compare()


@pytest.mark.slow
@settings(max_examples=150, suppress_health_check=CALM)
@given(worlds(most_residents=150, most_years=2), st.integers(0, 2**63))
def test_both_agree_on_many_worlds(values: dict[str, Any], seed: int) -> None:
    Recorded(Scenario().with_values(values), seed).compare()


@pytest.mark.slow
def test_both_agree_on_x_community_for_a_year() -> None:
    Recorded(Scenario(), seed=1, weeks=52).compare()
