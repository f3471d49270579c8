"""Where there is nothing to learn and nothing to lose by waiting, levers must not help.

Tolerance said before the runs: over 20 paired seeds the 99.9 % interval of the mean difference in
match must contain 0; wide, since several comparisons are made.
"""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from linkage_sim.model import LinkageModel
from linkage_sim.outcomes import measure
from linkage_sim.scenario.fields import ByCategory, by_category
from linkage_sim.scenario.schema import Scenario

SEEDS = range(20)
CONFIDENCE = 0.999
SMALL: dict[str, Any] = {"world.communities": 1, "world.residents": 1200, "run.years": 1,
                         "world.budget_yuan_per_year": 300_000.0}


def _all_alike() -> dict[str, Any]:
    """Every category the same: its prevalence by age, duration, capacity, severity, effects."""
    values: dict[str, Any] = {"assumptions.needs.vulnerability_sd": 0.0,
                              "assumptions.needs.drift_sd": 0.0}
    needs = Scenario().assumptions.needs
    provision = Scenario().assumptions.provision
    for name, section in (("needs", needs), ("provision", provision)):
        for field in type(section).model_fields:
            table = getattr(section, field)
            if isinstance(table, ByCategory):
                middle = float(np.mean(list(table.model_dump().values())))
                values[f"assumptions.{name}.{field}"] = by_category(middle).model_dump()
    prevalence = needs.prevalence
    flat = by_category(0.05).model_dump()
    values["assumptions.needs.prevalence"] = dict.fromkeys(prevalence.model_dump(), flat)
    return values


def _interval(first: dict[str, Any], second: dict[str, Any], name: str) -> tuple[float, float]:
    gaps = []
    for seed in SEEDS:
        pair = []
        for values in (first, second):
            model = LinkageModel(Scenario().with_values({**SMALL, **values}), seed=seed).run()
            pair.append(measure(model.facts())[name])
            model.release()
        gaps.append(pair[1] - pair[0])
    known = np.array([gap for gap in gaps if not np.isnan(gap)])
    if np.ptp(known) == 0.0:
        return float(known[0]), float(known[0])
    low, high = stats.t.interval(CONFIDENCE, len(known) - 1, known.mean(), stats.sem(known))
    return float(low), float(high)


@pytest.mark.statistical
@pytest.mark.parametrize("changed", [
    {"policy.proposal.method": "survey"},
    pytest.param(
        {"policy.proposal.activists": 400},
        marks=pytest.mark.xfail(
            strict=True,
            reason="asking 400 instead of 80 of 1,200 raises match; not yet explained: perhaps who "
            "is named, perhaps the chance differences of 30 cases a category in so small a place",
        ),
    ),
])
def test_information_levers_move_no_match_where_all_needs_are_alike(
    changed: dict[str, Any],
) -> None:
    # Pulls towards show and directives are preferences, not knowledge; they are switched off.
    still = {**_all_alike(), "assumptions.hearing.inertia": 0.0,
             "assumptions.hearing.alignment": 0.0, "assumptions.hearing.visibility_pull": 0.0,
             "policy.proposal.method": "activists"}
    low, high = _interval(still, {**still, **changed}, "demand_match_at_proposal")
    assert low <= 0.0 <= high
