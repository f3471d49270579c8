"""With what a lever acts through frozen, it moves no substantive outcome: equal, bit for bit."""

import functools
import math
from typing import Any

import pytest

from linkage_sim.mediators import Mediators
from linkage_sim.model import LinkageModel
from linkage_sim.outcomes import OUTCOMES, measure
from linkage_sim.scenario.policy import DEFAULT_DESKS
from linkage_sim.scenario.schema import Scenario, parameters

SUBSTANTIVE = [item.name for item in OUTCOMES if item.substantive]
P = "policy.proposal."
A = "policy.approval."
I = "policy.implementation."  # noqa: E741 - the four stages, one letter each
E = "policy.evaluation."
L = "policy.linkage."
SMALL = {"world.residents": 1600, "world.communities": 2, "run.years": 2, "run.warmup_years": 1,
         "world.budget_yuan_per_year": 400_000.0}
# Lever -> (another value, what must be switched on in both runs for it to matter).
CHANGES: dict[str, tuple[Any, dict[str, Any]]] = {
    P + "method": ("survey", {}),
    P + "weights": ({"directive": 0.1, "activists": 0.2, "survey": 0.7}, {}),
    P + "activists": (20, {}),
    P + "survey_sample": (40, {P + "method": "survey"}),
    P + "hotline_weeks": (4, {P + "method": "hotline"}),
    P + "vote_rule": ("greedy", {P + "method": "vote"}),
    P + "open_categories": (["culture", "health", "mediation"], {}),
    A + "fixed_latency_days": (15.0, {}),
    A + "desks": ([desk.model_dump() for desk in DEFAULT_DESKS[1:3]], {}),
    A + "parallel": (True, {}),
    A + "fast_track_below_yuan": (60_000.0, {}),
    A + "fast_track_desks": (["contract"], {A + "fast_track_below_yuan": 1e7}),
    A + "budget_open_day": (20.0, {}),
    A + "rule": ("reversed_for_a_test", {A + "desks": [
        {"name": "street office", "mean_days": 2, "ranks": True, "officers": 50,
         "meeting_gap_days": [30.0], "shared_by": "street"}]}),
    A + "criteria": ({"alignment": 0.0, "visibility": 0.0, "evidence": 1.0},
                     {A + "fixed_latency_days": 30.0}),
    I + "tender": ("negotiated", {}),
    I + "reporting_burden_share": (0.05, {}),
    I + "midterm_check": (True, {}),
    I + "rescreen": (True, {}),
    I + "autonomy_share": (0.4, {}),
    I + "contract_years": (2, {}),
    I + "bundle_communities": (2, {}),
    I + "station_share": (0.3, {}),
    I + "time_bank": (True, {}),
    E + "weights": ({"activity": 0.2, "documents": 0.1, "satisfaction": 0.2, "outcome": 0.5}, {}),
    E + "survey_sample": (5, {}),
    E + "outcome_sample": (60, {E + "weights": {"activity": 0.3, "outcome": 0.7}}),
    E + "respondents": ("random", {}),
    E + "third_party": (True, {}),
    E + "audit_probability": (1.0, {}),
    E + "last_tranche_share": (0.5, {}),
    E + "tranche_delay_days": (300.0, {E + "last_tranche_share": 0.6}),
    E + "renewal_threshold": (0.5, {}),
    E + "publication": (True, {}),
    L + "meeting_every_weeks": (4, {}),
    L + "campaigns_per_year": (4, {}),
    L + "campaign_weeks": (8.0, {L + "campaigns_per_year": 4}),
    L + "duties_cap": (0.0, {L + "campaigns_per_year": 4}),
    L + "blame_cost": (3.0, {"assumptions.officials.flaw_share": 0.5,
                              "assumptions.officials.scandal_probability": 1.0}),
    L + "image_value": (0.8, {}),
}


class Reversed:
    """A rule registered from outside, to have a second one: the dullest file first."""

    def score(self, file: Any, criteria: Any, image_value: float) -> float:
        """Prefer what has least to show."""
        return 1.0 - float(file.visibility)


def _register() -> None:
    from linkage_sim.scenario.registry import APPROVAL_RULES

    if "reversed_for_a_test" not in APPROVAL_RULES.names():
        APPROVAL_RULES.register("reversed_for_a_test")(Reversed)


def _scenario(values: dict[str, Any]) -> Scenario:
    _register()
    return Scenario().with_values({**SMALL, **values})


def _run(scenario: Scenario, mediators: Mediators | None = None) -> dict[str, float]:
    model = LinkageModel(scenario, seed=3, mediators=mediators).run()
    found = measure(model.facts())
    model.release()
    return found


@functools.cache
def _runs(lever: str) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    changed, setting = CHANGES[lever]
    before = Mediators(record=True)
    plain = _run(_scenario(setting), before)
    other = _scenario({**setting, lever: changed})
    names = next(item.mediators for item in parameters("lever") if item.name == lever)
    frozen = _run(other, Mediators(frozen=before.record, names=names))
    return plain, frozen, _run(other)


def differing(first: dict[str, float], second: dict[str, float], names: list[str]) -> list[str]:
    """Name outcomes that are not equal bit for bit; two unknowns are equal."""
    return [name for name in names if first[name] != second[name]
            and not (math.isnan(first[name]) and math.isnan(second[name]))]


def test_every_lever_is_cut() -> None:
    assert set(CHANGES) == {item.name for item in parameters("lever")}


@pytest.mark.slow
@pytest.mark.parametrize("lever", CHANGES)
def test_lever_with_its_mediators_frozen_moves_no_substantive_outcome(lever: str) -> None:
    plain, frozen, _ = _runs(lever)
    assert differing(plain, frozen, SUBSTANTIVE) == []


@pytest.mark.parametrize("lever", CHANGES)
def test_lever_that_is_not_frozen_moves_an_outcome(lever: str) -> None:
    plain, _, free = _runs(lever)
    names = [name for name in plain if name != "administration_share"]
    assert differing(plain, free, names) != []
