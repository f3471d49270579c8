"""The fast engine and the plain object model agree exactly, week by week, on small worlds."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linkage_sim.kernels import movement, opinion, volunteering
from linkage_sim.scenario.schema import Scenario
from tests.reference.cases import CASES, RICH, small, worlds
from tests.reference.compare import DifferenceError, Recorded
from tests.reference.faults import FAULTS
from tests.uncompiled import uncompile_week

# Uncompiled, numpy's own scalars keep float32 in places where compiled code takes float64, so that
# the last digits differ from those of any real run.
pytestmark = pytest.mark.skipif(
    os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"),
    reason="uncompiled kernels round in other places",
)
opinion_feel, movement_move_homes = opinion.feel, movement.move_homes
CALM = [HealthCheck.too_slow, HealthCheck.data_too_large]


@pytest.mark.parametrize("name", CASES)
def test_a_mechanism_is_the_same_in_both(name: str) -> None:
    case = CASES[name]
    run = Recorded(small(case.values), seed=11)
    assert all(run.total(count) > 0.0 for count in case.happened)
    run.compare()


@settings(max_examples=12, suppress_health_check=CALM)
@given(worlds(most_residents=70, most_years=1), st.integers(0, 2**63 - 1))
def test_both_agree_on_any_small_world(values: dict[str, Any], seed: int) -> None:
    Recorded(Scenario().with_values(values), seed).compare()


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=CALM)
@given(worlds(most_residents=150, most_years=2), st.integers(0, 2**63 - 1))
def test_both_agree_on_many_worlds(values: dict[str, Any], seed: int) -> None:
    Recorded(Scenario().with_values(values), seed).compare()


@pytest.mark.slow
def test_both_agree_on_x_community_for_a_year() -> None:
    Recorded(Scenario(), seed=1, weeks=52).compare()


# -- negative controls ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rich() -> Recorded:
    """A run in which everything happens, and with which the unbroken reference agrees."""
    run = Recorded(small(RICH), seed=5)
    run.compare()
    return run


@pytest.mark.parametrize("name", FAULTS)
def test_a_broken_rule_of_the_reference_is_noticed(
    rich: Recorded, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, attribute, replacement = FAULTS[name]
    right = getattr(owner, attribute, None)
    monkeypatch.setattr(owner, attribute, replacement(right), raising=False)
    with pytest.raises(DifferenceError):
        rich.compare()


def _equal_trust(weeks: int, *rest: Any) -> None:
    # What the kernel would do if trust rose as fast as it falls.
    feelings = rest[3]
    opinion_feel(weeks, *rest[:3], feelings._replace(trust_up=feelings.trust_down), *rest[4:])


def _newcomers_stay_on_lists(place: Any, *rest: Any) -> Any:
    known = rest[7]
    before = known.workers.copy()
    moved = movement_move_homes(place, *rest)
    known.workers[:] = before
    return moved


ENGINE_FAULTS = {
    "trust rises as fast as it falls": (opinion, "feel", _equal_trust),
    "places of movers stay taken": (movement, "vacate_places", lambda *given: None),
    "newcomers stay on lists": (movement, "move_homes", _newcomers_stay_on_lists),
    "nobody is asked": (volunteering, "ask", lambda *given: 0),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ENGINE_FAULTS)
def test_a_broken_kernel_of_the_engine_is_noticed(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    uncompile_week(monkeypatch)
    monkeypatch.setattr(*ENGINE_FAULTS[name])
    with pytest.raises(DifferenceError):
        Recorded(small(RICH), seed=5).compare()
