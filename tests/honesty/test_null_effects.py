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
# So many residents that chance alone makes no category stand out.
LARGE: dict[str, Any] = {"world.communities": 1, "world.residents": 12_000, "run.years": 1,
                         "world.budget_yuan_per_year": 300_000.0}
# Hearing costs nothing, so that no source leaves less for services than another.
FREE = {f"assumptions.hearing.{name}": 0.0 for name in (
    "activist_yuan", "survey_yuan", "survey_hours", "hotline_yuan", "assembly_yuan", "vote_yuan",
    "meeting_hours", "inertia", "alignment", "visibility_pull", "campaign_emphasis", "wish_rate")}
EVERYBODY = {"policy.proposal.survey_sample": 12_000, "assumptions.hearing.survey_response": 1.0,
             "assumptions.hearing.response_trust": 0.0}


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


def _match(values: dict[str, Any], seed: int) -> float:
    model = LinkageModel(Scenario().with_values({**LARGE, **values}), seed=seed).run()
    found = measure(model.facts())["demand_match"]
    model.release()
    return found


def _interval(first: dict[str, Any], second: dict[str, Any], name: str) -> tuple[float, float]:
    gaps = []
    for seed in SEEDS:
        pair = []
        for values in (first, second):
            model = LinkageModel(Scenario().with_values({**LARGE, **values}), seed=seed).run()
            pair.append(measure(model.facts())[name])
            model.release()
        gaps.append(pair[1] - pair[0])
    known = np.array([gap for gap in gaps if not np.isnan(gap)])
    if np.ptp(known) == 0.0:
        return float(known[0]), float(known[0])
    low, high = stats.t.interval(CONFIDENCE, len(known) - 1, known.mean(), stats.sem(known))
    return float(low), float(high)


ALIKE = {**_all_alike(), **FREE, **EVERYBODY, "policy.proposal.activists": 5000,
         "policy.proposal.method": "directive"}


@pytest.mark.slow
@pytest.mark.statistical
@pytest.mark.parametrize("method", ["activists", "survey", "assembly"])
def test_whom_one_asks_moves_no_match_where_all_needs_are_alike(method: str) -> None:
    low, high = _interval(ALIKE, {**ALIKE, "policy.proposal.method": method},
                          "demand_match_at_proposal")
    assert low <= 0.0 <= high


@pytest.mark.statistical
@pytest.mark.slow
def test_whom_one_asks_moves_match_where_needs_differ() -> None:
    # The control: the same sources, the same prices, needs of different groups as they are.
    differing = {**FREE, **EVERYBODY, "policy.proposal.method": "survey"}
    _, high = _interval(differing, {**differing, "policy.proposal.activists": 5000,
                                    "policy.proposal.method": "activists"},
                        "demand_match_at_proposal")
    assert high < 0.0


@pytest.mark.statistical
@pytest.mark.slow
def test_a_small_sample_costs_match_even_where_all_needs_are_alike() -> None:
    # Chance in the count makes a lopsided choice of projects: how many are asked does matter.
    asked = {**ALIKE, "policy.proposal.method": "activists"}
    _, high = _interval(asked, {**asked, "policy.proposal.activists": 60},
                        "demand_match_at_proposal")
    assert high < 0.0


def _late(latency: float) -> dict[str, Any]:
    """A call so early that contracts begin on the same day, whatever the latency."""
    return {"policy.approval.fixed_latency_days": latency,
            "assumptions.hearing.call_day": 240.0 - latency,
            "policy.proposal.method": "directive", "world.residents": 3000,
            "assumptions.needs.move_per_year": 0.0, "assumptions.needs.drift_sd": 0.0,
            "assumptions.needs.end_probability": by_category(0.0).model_dump(),
            "assumptions.provision.government_capacity": by_category(0.0).model_dump(),
            "assumptions.provision.mutual_aid_capacity": by_category(0.0).model_dump()}


def test_latency_moves_no_match_where_needs_last_and_the_window_is_kept() -> None:
    lasting = {"assumptions.needs.duration_weeks": by_category(1e6).model_dump()}
    for seed in range(4):
        soon, late = (_match({**_late(days), **lasting}, seed) for days in (14.0, 203.0))
        assert soon == late > 0.3


def test_latency_moves_match_where_needs_pass() -> None:
    # The control: the same window, needs of the length they have.
    gaps = [_match(_late(203.0), seed) - _match(_late(14.0), seed) for seed in SEEDS]
    assert stats.t.interval(CONFIDENCE, len(gaps) - 1, np.mean(gaps), stats.sem(gaps))[1] < 0.0
