"""Every lever and assumption moves at least one outcome besides the share of administration."""

import functools
import gc
import itertools
import json
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from linkage_sim.agents.authority import ApprovalAuthority
from linkage_sim.agents.committee import CommunityCommittee
from linkage_sim.model import LinkageModel
from linkage_sim.outcomes import NAMES, measure
from linkage_sim.projects import N_CATEGORIES, Evidence
from linkage_sim.scenario.policy import Desk
from linkage_sim.scenario.registry import APPROVAL_RULES, EFFORT_STRATEGIES, INSTRUMENTS, SOURCES
from linkage_sim.scenario.schema import Scenario
from tests.honesty.live_parameters import (
    DESK_FIELDS,
    DESKS,
    GIVEN,
    REGISTERED,
    Case,
    cases,
    leaves,
)

SMALL = {"world.residents": 1200, "world.communities": 1, "run.years": 1, "run.warmup_years": 1,
         "world.budget_yuan_per_year": 300_000.0}
# A parameter may lie still in one world by chance; it must move in one of these.
SEEDS = (3, 4, 5)
CASES = {case.name: case for case in cases()}
Run = Callable[[str, int], dict[str, float]]


class Letters:
    """A source: everybody's needs are said to be alike."""

    def days(self, beliefs: Any) -> float:
        return 1.0

    def estimate(self, ground: Any) -> Evidence:
        return Evidence(np.full(N_CATEGORIES, 10.0), np.full(N_CATEGORIES, 1.0), {}, 0.0, 0.0, 1)


class DullestFirst:
    """A rule of approval."""

    def score(self, file: Any, criteria: Any, image_value: float) -> float:
        return 1.0 - float(file.visibility)


class HalfAndHalf:
    """A strategy of effort."""

    def choose(self, prospect: Any, noise: Any, temperature: float) -> tuple[float, float]:
        return 0.4, 0.4


class FullMarks:
    """An instrument of evaluation."""

    def slopes(self, plan: Any, outcome_belief: float) -> tuple[float, float]:
        return 1.0, 0.0

    def measure(self, case: Any) -> float:
        return 1.0


@pytest.fixture(scope="module", autouse=True)
def _registered() -> Iterator[None]:
    """Let scenarios name the classes above while these tests run; spare the collector's time."""
    classes = ((SOURCES, Letters), (APPROVAL_RULES, DullestFirst), (EFFORT_STRATEGIES, HalfAndHalf),
               (INSTRUMENTS, FullMarks))
    with pytest.MonkeyPatch.context() as patch:
        for registry, cls in classes:
            patch.setitem(registry._classes, REGISTERED, cls)
        gc.collect()
        gc.freeze()
        yield
        gc.unfreeze()


def simulate(values: str, seed: int) -> dict[str, float]:
    """Run a small world and give its outcomes."""
    plan = Scenario().with_values({**SMALL, **json.loads(values)})
    model = LinkageModel(plan, seed=seed).run()
    found = measure(model.facts())
    model.release()
    return found


remembered = functools.cache(simulate)


def moved(first: dict[str, float], second: dict[str, float]) -> list[str]:
    """Name outcomes that differ bit for bit; two unknowns are equal, administration is no proof."""
    return [name for name in NAMES if name != "administration_share"
            and first[name] != second[name]
            and not (math.isnan(first[name]) and math.isnan(second[name]))]


def lying_still(case: Case, run: Run = remembered) -> list[tuple[Any, Any]]:
    """List pairs of values between which no outcome moves in any of the worlds."""
    # The parameter's own list of desks takes the place of the one that is switched on.
    key = DESKS if case.name.startswith(DESKS) else case.name

    def outcomes(value: Any, seed: int) -> dict[str, float]:
        return run(json.dumps({**case.on, key: value}, sort_keys=True), seed)

    return [(one, other) for one, other in itertools.combinations(case.values, 2)
            if not any(moved(outcomes(one, seed), outcomes(other, seed)) for seed in SEEDS)]


@pytest.mark.parametrize("name", [
    pytest.param(name, marks=[] if name.startswith("policy.") else pytest.mark.slow)
    for name in CASES
])
def test_parameter_moves_an_outcome(name: str) -> None:
    assert lying_still(CASES[name]) == []


def test_every_lever_and_assumption_is_moved() -> None:
    assert {item.name for item in leaves()} <= set(CASES)
    assert set(DESK_FIELDS) == set(Desk.model_fields)
    assert all(len(case.values) >= 2 for case in CASES.values())


def test_what_is_switched_on_is_said_once_and_of_parameters_that_exist() -> None:
    named = [name for given in GIVEN for name in given.names]
    assert len(named) == len(set(named)) and set(named) <= set(CASES)
    assert all(given.why for given in GIVEN)


@pytest.mark.parametrize("name", ["run.trace", "run.record_weeks", "run.check"])
def test_what_only_keeps_records_is_found_dead(name: str) -> None:
    assert lying_still(Case(name, (False, True), {})) == [(False, True)]


def test_pulls_are_found_dead_once_the_committee_feels_none(
    monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CommunityCommittee, "believe", lambda self, hearing, *_: hearing.heard)
    for name in ("inertia", "alignment", "visibility_pull"):
        case = CASES["assumptions.hearing." + name]
        assert lying_still(case, simulate) == [case.values]
    assert lying_still(CASES["assumptions.hearing.places_scale"], simulate) == []


def test_evidence_is_found_dead_once_no_officer_looks_at_it(
    monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ApprovalAuthority, "return_factor_at", lambda self, quality: 1.0)
    case = CASES["assumptions.officials.return_quality"]
    assert lying_still(case, simulate) == [case.values]


def test_administration_alone_is_no_sign_of_life() -> None:
    def only_administration(values: str, seed: int) -> dict[str, float]:
        return {**dict.fromkeys(NAMES, math.nan), "administration_share": float(len(values))}

    case = Case("policy.anything", (1, 100), {})
    assert lying_still(case, only_administration) == [(1, 100)]
