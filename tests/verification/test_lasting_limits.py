"""Volunteering, feelings and jobs settle where theory says."""

from __future__ import annotations

from typing import Any

import pytest

from linkage_sim.agents.social_worker import SocialWorker
from linkage_sim.kernels import opinion, volunteering
from linkage_sim.scenario.schema import Scenario
from linkage_sim.verification import (
    agrees,
    expectation_fixed_point,
    satisfaction_fixed_point,
    volunteer_share,
    worker_tenure,
)
from linkage_sim.verification.lasting import steady_share

LEAVE = 0.0365
ROOTS = {(0.003, 0.02): 0.135, (0.003, 0.05): 0.372, (0.01, 0.05): 0.484}


@pytest.mark.parametrize("rates", ROOTS)
def test_theory_gives_the_roots_of_the_table(rates: tuple[float, float]) -> None:
    share = steady_share(*rates, LEAVE)
    join, contagion = rates
    assert share == pytest.approx(ROOTS[rates], abs=5e-4)
    assert (join + contagion * share) * (1.0 - share) == pytest.approx(LEAVE * share)


def test_without_joining_unasked_contagion_has_a_threshold() -> None:
    assert steady_share(0.0, 0.05, 0.04) == pytest.approx(1.0 - 0.04 / 0.05)
    assert steady_share(0.0, 0.03, 0.04) == 0.0
    assert steady_share(0.02, 0.0, 0.05) == pytest.approx(2.0 / 7.0)


@pytest.mark.statistical
@pytest.mark.parametrize(("join", "contagion", "leave", "seed"), [
    (0.003, 0.05, LEAVE, 1),
    pytest.param(0.003, 0.02, LEAVE, 2, marks=pytest.mark.slow),
    pytest.param(0.01, 0.05, LEAVE, 3, marks=pytest.mark.slow),
    pytest.param(0.02, 0.03, 0.06, 4, marks=pytest.mark.slow),
])
def test_volunteers_settle_at_the_root(
    join: float, contagion: float, leave: float, seed: int
) -> None:
    observed, expected, error = volunteer_share(join, contagion, leave, seed=seed)
    assert error <= min(0.005, 0.02 * expected)
    assert agrees(observed, expected, error)


def _volunteering_with(monkeypatch: pytest.MonkeyPatch, **factors: float) -> None:
    true = volunteering.advance_volunteers

    def broken(place: Any, idle: float, formal: float, joining: Any, *rest: Any) -> None:
        changed = {name: getattr(joining, name) * factor for name, factor in factors.items()}
        true(place, idle, formal, joining._replace(**changed), *rest)

    monkeypatch.setattr(volunteering, "advance_volunteers", broken)


@pytest.mark.parametrize("factors", [
    {"contagion": 0.8}, pytest.param({"leave": 1.1}, marks=pytest.mark.slow),
])
def test_volunteering_at_wrong_rates_is_seen(
    monkeypatch: pytest.MonkeyPatch, factors: dict[str, float]
) -> None:
    _volunteering_with(monkeypatch, **factors)
    assert not agrees(*volunteer_share(0.003, 0.05, LEAVE, residents=1000))


@pytest.mark.parametrize(("met", "publicity"), [(0.0, 0.0), (0.5, 0.0), (1.0, 0.0), (0.25, 0.01),
                                                (0.5, 0.05), (1.0, 0.02)])
def test_satisfaction_rests_where_theory_says(met: float, publicity: float) -> None:
    assert agrees(*satisfaction_fixed_point(met, publicity))


def test_satisfaction_at_rest_by_hand() -> None:
    """Half of the needs met, no publicity: E = P = .5, S = .3 + .45 x .5 + .1 x .5 = .575."""
    assert Scenario().assumptions.opinion.weight_performance == 0.45
    assert satisfaction_fixed_point(0.5)[1] == pytest.approx(0.575)
    assert expectation_fixed_point(0.5)[1] == pytest.approx(0.5)


def test_publicity_lifts_expectation_up_to_one() -> None:
    observed, expected, error = expectation_fixed_point(0.25, 0.01)
    # The textbook's g / l = .01 / .05 = .2; with l as 13 weekly rates, .0512, it is .195.
    assert expected == pytest.approx(0.25 + 0.2, abs=0.006)
    assert agrees(observed, expected, error)
    assert expectation_fixed_point(0.5, 0.05)[0] == 1.0


def _feeling_with(monkeypatch: pytest.MonkeyPatch, **changed: float) -> None:
    true = opinion.feel

    def broken(*given: Any) -> None:
        true(*(
            item._replace(**changed) if isinstance(item, opinion.Feelings) else item
            for item in given
        ))

    monkeypatch.setattr(opinion, "feel", broken)


@pytest.mark.parametrize("changed", [{"worse": 0.0}, {"expectation_rate": 0.06},
                                     {"performance": 0.44}, {"of_expectation": 0.0}])
def test_feelings_with_a_wrong_weight_are_seen(
    monkeypatch: pytest.MonkeyPatch, changed: dict[str, float]
) -> None:
    _feeling_with(monkeypatch, **changed)
    assert not agrees(*satisfaction_fixed_point(0.25, 0.01))


@pytest.mark.statistical
@pytest.mark.parametrize(("hazard", "seed"), [
    (0.01, 1), (0.03, 2), pytest.param(0.0043, 3, marks=pytest.mark.slow),
])
def test_workers_stay_as_long_as_their_hazard_says(hazard: float, seed: int) -> None:
    observed, expected, error = worker_tenure(hazard, seed=seed)
    # A decision every four weeks keeps them about two weeks longer than the textbook's 1 / p.
    assert expected == pytest.approx(1.0 / hazard + 2.0, rel=0.01)
    assert error <= 0.02 * expected
    assert agrees(observed, expected, error)


def test_workers_who_leave_more_often_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    true = SocialWorker.quit_hazard
    monkeypatch.setattr(SocialWorker, "quit_hazard", lambda self, late: 1.1 * true(self, late))
    assert not agrees(*worker_tenure(0.01))


def test_workers_who_forget_three_weeks_of_four_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    true = SocialWorker.decides_to_quit
    monkeypatch.setattr(
        SocialWorker, "decides_to_quit", lambda self, weeks, late, lot: true(self, 1, late, lot)
    )
    assert not agrees(*worker_tenure(0.01))
