"""Today's practice, run on for many years, stays where it begins: nothing gathers for ever."""

import numpy as np
import pytest

from linkage_sim.neighbourhood import Neighbourhood
from linkage_sim.scenario.schema import Scenario
from linkage_sim.studies.run import simulate

YEARS, FIRST, LAST = 20, 5, 10
SEEDS = range(51, 57)
# How far the later years may lie from the first: needs drift for years, feelings hardly at all.
COVERAGE, VOLUNTEERS, FEELINGS = 0.35, 0.15, 0.10


def _growth(name: str, **values: float) -> float:
    """By what part an outcome of the last ten years exceeds the first five, over several worlds."""
    plan = Scenario().with_values({"run.years": YEARS, **values})
    years = [simulate(plan, seed).years[name].to_numpy() for seed in SEEDS]
    course = np.mean(years, axis=0)
    return float(course[-LAST:].mean() / course[:FIRST].mean()) - 1.0


@pytest.mark.slow
@pytest.mark.parametrize(("name", "most"), [
    ("need_coverage", COVERAGE), ("volunteer_rate", VOLUNTEERS), ("trust", FEELINGS),
    ("satisfaction", FEELINGS),
])
def test_practice_of_today_lasts(name: str, most: float) -> None:
    assert abs(_growth(name)) < most


@pytest.mark.slow
def test_lists_that_are_never_gone_through_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Neighbourhood, "revise_lists", lambda self: None)
    assert _growth("need_coverage") > COVERAGE


@pytest.mark.slow
def test_a_start_with_twice_as_many_volunteers_is_seen() -> None:
    assert _growth("volunteer_rate", **{"assumptions.volunteers.start_share": 0.10}) < -VOLUNTEERS
