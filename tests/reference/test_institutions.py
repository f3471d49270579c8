"""Plain institutions decide as the engine's do: each decision alone, and in whole runs."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linkage_sim.agents.organization import SocialOrganization
from linkage_sim.agents.social_worker import SocialWorker
from linkage_sim.scenario.schema import Scenario
from linkage_sim.stages.approval.desks import DeskQueue
from linkage_sim.stages.approval.stage import ApprovalStage
from linkage_sim.stages.evaluation.stage import EvaluationStage
from tests.reference.compare import DifferenceError
from tests.reference.compare_institutions import ALL_DECISIONS, ALL_POINTS, WholeRun
from tests.reference.faults import Fault
from tests.reference.faults_of_institutions import OF_A_DECISION
from tests.reference.faults_of_runs import IN_A_RUN, OF_DESKS
from tests.reference.institutions.worlds import CASES, office_worlds

pytestmark = pytest.mark.skipif(
    os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"),
    reason="uncompiled kernels round in other places",
)
CALM = [HealthCheck.too_slow, HealthCheck.data_too_large]
# Together these take every kind of decision; the others are compared in the slow suite.
FIRST = (
    "everybody at once", "equal shares", "one design for two communities", "desks in a row",
    "desks of every kind, in parallel", "risk and learning", "evaluation by lot",
    "broke, and newcomers", "flaws, scandals and blame",
)
_kept: dict[str, WholeRun] = {}


def run_of(name: str) -> WholeRun:
    """Give the engine's run of a case; it is compared with more than once."""
    if name not in _kept:
        _kept[name] = WholeRun(Scenario().with_values(CASES[name].values), seed=3)
    return _kept[name]


def break_rule(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace a rule by its broken twin; rules known by name stand in a dict."""
    if isinstance(fault.owner, dict):
        right = fault.owner[fault.name]
        monkeypatch.setitem(fault.owner, fault.name, fault.replacement(right))
    else:
        right = getattr(fault.owner, fault.name)
        monkeypatch.setattr(fault.owner, fault.name, fault.replacement(right))


# -- each decision from what the engine's received ----------------------------------------------


def test_every_point_of_the_engine_has_a_plain_decision() -> None:
    assert {point.mechanism for point in ALL_POINTS} == set(ALL_DECISIONS)


@pytest.mark.parametrize("mechanism", ALL_DECISIONS)
def test_a_decision_is_the_same_in_both(mechanism: str) -> None:
    assert sum(run_of(name).compare_decisions(mechanism) for name in FIRST) > 0


@pytest.mark.parametrize("name", OF_A_DECISION)
def test_a_broken_decision_of_the_reference_is_noticed(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mechanism, fault = OF_A_DECISION[name]
    break_rule(fault, monkeypatch)
    with pytest.raises(DifferenceError):
        for case in FIRST:
            run_of(case).compare_decisions(mechanism)


@pytest.mark.parametrize("name", FIRST)
def test_files_pass_the_same_desks_on_the_same_days(name: str) -> None:
    assert run_of(name).compare_desks() > 0


@pytest.mark.parametrize("name", OF_DESKS)
def test_a_broken_desk_of_the_reference_is_noticed(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, fault = IN_A_RUN[name]
    break_rule(fault, monkeypatch)
    with pytest.raises(DifferenceError):
        run_of(case).compare_desks()


# -- whole runs, told nothing -------------------------------------------------------------------


@pytest.mark.parametrize("name", FIRST)
def test_a_town_decides_for_itself_as_the_engine_does(name: str) -> None:
    assert set(CASES[name].happened) <= run_of(name).happened()
    run_of(name).compare()


@settings(max_examples=5, suppress_health_check=CALM)
@given(office_worlds(most_residents=60, most_years=1), st.integers(0, 2**63 - 1))
def test_both_decide_alike_in_any_small_world(values: dict[str, Any], seed: int) -> None:
    WholeRun(Scenario().with_values(values), seed, listen=False).compare()


@pytest.mark.parametrize("name", IN_A_RUN)
def test_a_broken_rule_of_an_institution_is_noticed(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, fault = IN_A_RUN[name]
    break_rule(fault, monkeypatch)
    with pytest.raises(DifferenceError):
        run_of(case).compare()


def _last_come_first_served(self: Any, visit: Any) -> None:
    # What a desk would do if the file on top of the pile were taken.
    if self.busy < self.desk.officers:
        self._start(visit)
    else:
        self.waiting.appendleft(visit)


ENGINE_FAULTS = {
    "files are taken from the top of the pile": (
        "desks in a row", DeskQueue, "arrive", _last_come_first_served),
    "rejected files keep their money": (
        "desks in a row", ApprovalStage, "_release", lambda self, file: None),
    "the last tranche is never paid": (
        "equal shares", EvaluationStage, "pay", lambda self, contract, due, ledger: None),
    "nobody tires": ("equal shares", SocialWorker, "strain", lambda self, weeks, load: None),
    "nothing is learned": (
        "risk and learning", SocialOrganization, "learn", lambda self, contract, verdict: None),
}


@pytest.mark.parametrize("name", ENGINE_FAULTS)
def test_a_broken_institution_of_the_engine_is_noticed(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, owner, attribute, wrong = ENGINE_FAULTS[name]
    monkeypatch.setattr(owner, attribute, wrong)
    with pytest.raises(DifferenceError):
        WholeRun(Scenario().with_values(CASES[case].values), seed=3, listen=False).compare()


# -- more of the same ---------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in CASES if name not in FIRST])
def test_another_case_is_the_same_in_both(name: str) -> None:
    run = WholeRun(Scenario().with_values(CASES[name].values), seed=3)
    assert set(CASES[name].happened) <= run.happened()
    for mechanism in ALL_DECISIONS:
        run.compare_decisions(mechanism)
    run.compare_desks()
    run.compare()


@pytest.mark.slow
@settings(max_examples=16, suppress_health_check=CALM)
@given(office_worlds(most_residents=90, most_years=2), st.integers(0, 2**63 - 1))
def test_both_decide_alike_in_many_worlds(values: dict[str, Any], seed: int) -> None:
    run = WholeRun(Scenario().with_values(values), seed)
    for mechanism in ALL_DECISIONS:
        run.compare_decisions(mechanism)
    run.compare_desks()
    run.compare()


@pytest.mark.slow
def test_both_decide_alike_in_half_of_x_community_for_two_years() -> None:
    half = Scenario().with_values({"world.residents": 2600})
    WholeRun(half, seed=1, listen=False, weeks=105).compare()
