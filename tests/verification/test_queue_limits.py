"""Files wait at the desks of the approval stage as long as queueing theory says."""

from __future__ import annotations

import math
from typing import Any

import pytest

from linkage_sim.errors import InputError
from linkage_sim.stages.approval import desks as network
from linkage_sim.verification import (
    agrees,
    approval_wait,
    batch_wait,
    files_at_desks,
    general_service_wait,
    service_spread,
)
from linkage_sim.verification.queues import delay_probability, network_days

RETURNS = (0.10, 0.05, 0.05, 0.02)
FOUR = [(0.1, 1, 0.0)] * 4
FOUR_WITH_RETURNS = [(0.1, 1, returned) for returned in RETURNS]


@pytest.mark.parametrize(("arrivals", "desks", "rework", "days"), [
    (0.08, [(0.1, 1, 0.0)], 0.0, 50.0),
    (0.16, [(0.1, 2, 0.0)], 0.0, 27.78),
    (0.24, [(0.1, 3, 0.0)], 0.0, 20.79),
    (0.05, FOUR, 0.0, 80.0),
    (0.05, FOUR[:2], 0.0, 40.0),
    (0.05, FOUR_WITH_RETURNS, 15.0, 107.67),
    (0.05, FOUR_WITH_RETURNS[:2], 15.0, 52.94),
])
def test_theory_gives_the_check_values(
    arrivals: float, desks: list[tuple[float, int, float]], rework: float, days: float
) -> None:
    """The formula itself, against the values of the design's table."""
    assert network_days(arrivals, desks, rework) == pytest.approx(days, abs=0.005)


def test_erlang_c_by_hand() -> None:
    """One officer: the load; two officers, load .8: .7111; three: .6472."""
    assert delay_probability(1, 0.3) == pytest.approx(0.3)
    assert delay_probability(2, 1.6) == pytest.approx(0.7111, abs=5e-5)
    assert delay_probability(3, 2.4) == pytest.approx(0.6472, abs=5e-5)


@pytest.mark.slow
@pytest.mark.statistical
@pytest.mark.parametrize(("arrivals", "desks", "rework"), [
    (0.24, [(0.1, 3, 0.0)], 0.0),
    (0.05, FOUR, 0.0),
    (0.05, FOUR_WITH_RETURNS, 15.0),
    (0.1, [(0.1, 2, 0.05), (0.3, 1, 0.1)], 7.0),
])
def test_days_to_a_decision(
    arrivals: float, desks: list[tuple[float, int, float]], rework: float
) -> None:
    observed, expected, error = approval_wait(arrivals, desks, rework)
    assert error <= 0.02 * expected
    assert agrees(observed, expected, error)


@pytest.mark.slow
@pytest.mark.statistical
@pytest.mark.parametrize("seed", range(2, 6))
@pytest.mark.parametrize(("arrivals", "desks", "rework"), [
    (0.08, [(0.1, 1, 0.0)], 0.0),
    (0.16, [(0.1, 2, 0.0)], 0.0),
    (0.05, FOUR_WITH_RETURNS[:2], 15.0),
    (0.05, FOUR_WITH_RETURNS, 15.0),
    (0.2, [(0.1, 3, 0.05), (0.3, 1, 0.1)], 7.0),
])
def test_days_to_a_decision_on_other_chances(
    arrivals: float, desks: list[tuple[float, int, float]], rework: float, seed: int
) -> None:
    observed, expected, error = approval_wait(arrivals, desks, rework, seed=seed)
    assert error <= 0.02 * expected
    assert agrees(observed, expected, error)


@pytest.mark.slow
@pytest.mark.statistical
def test_the_error_given_is_the_error_made() -> None:
    """Over twenty seeds, (observed - expected) / error spreads by about 1."""
    gaps = []
    for seed in range(20):
        observed, expected, error = approval_wait(0.05, FOUR, days=50_000, seed=seed)
        gaps.append((observed - expected) / error)
    spread = math.sqrt(sum(gap**2 for gap in gaps) / len(gaps))
    assert 0.6 < spread < 1.5


def test_a_desk_left_out_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    true = network.Route.go_on

    def skipping(self: Any) -> None:
        self.step += 1 if self.step == 1 else 0
        true(self)

    monkeypatch.setattr(network.Route, "go_on", skipping)
    assert not agrees(*approval_wait(0.05, FOUR))


def test_an_officer_too_many_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def generous(self: Any, visit: Any) -> None:
        if self.busy < self.desk.officers + 1:
            self._start(visit)
        else:
            self.waiting.append(visit)

    monkeypatch.setattr(network.DeskQueue, "arrive", generous)
    assert not agrees(*approval_wait(0.05, FOUR))


def test_work_at_a_wrong_rate_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    true = network.DeskQueue.service_days
    monkeypatch.setattr(
        network.DeskQueue, "service_days", lambda self, *address: 0.95 * true(self, *address)
    )
    assert not agrees(*approval_wait(0.05, FOUR))


def test_a_returned_file_that_does_not_start_again_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It goes on at the last desk instead of the end of the first desk's queue."""

    def short_cut(self: Any) -> None:
        self.step = len(self.groups) - 1
        self._enter()

    monkeypatch.setattr(network.Route, "_enter_again", short_cut)
    assert not agrees(*approval_wait(0.05, FOUR_WITH_RETURNS, 15.0))


@pytest.mark.statistical
@pytest.mark.parametrize(("arrivals", "desks", "rework"), [
    (0.24, [(0.1, 3, 0.0)], 0.0), (0.05, FOUR_WITH_RETURNS, 15.0), (0.5, [(1.0, 1, 0.3)], 2.0),
])
def test_files_at_desks_are_arrivals_times_days(
    arrivals: float, desks: list[tuple[float, int, float]], rework: float
) -> None:
    observed, expected, error = files_at_desks(arrivals, desks, rework)
    assert error <= 0.02 * expected
    assert agrees(observed, expected, error)


def test_a_desk_that_miscounts_its_files_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every tenth file leaves a shadow behind in the queue's own count of officers at work."""
    start, finish = network.DeskQueue._start, network.DeskQueue._finish

    def double(self: Any, visit: Any) -> None:
        start(self, visit)
        self.busy += visit.identity % 10 == 0

    def undone(self: Any, visit: Any) -> None:
        self.busy -= visit.identity % 10 == 0
        finish(self, visit)

    monkeypatch.setattr(network.DeskQueue, "_start", double)
    monkeypatch.setattr(network.DeskQueue, "_finish", undone)
    assert not agrees(*files_at_desks(0.24, [(0.1, 3, 0.0)]))


def test_pollaczek_and_khinchine_by_hand() -> None:
    """Variation 2, .05 arrivals, .1 services: a wait of 25 days before 10 days of work."""
    _, expected, _ = general_service_wait(0.05, 0.1, 2.0, days=2000)
    assert expected == pytest.approx(35.0)
    _, expected, _ = general_service_wait(0.08, 0.1, 1.0, days=2000)
    assert expected == pytest.approx(network_days(0.08, [(0.1, 1, 0.0)], 0.0))


@pytest.mark.slow
@pytest.mark.statistical
@pytest.mark.parametrize(("arrivals", "services", "variation", "days"), [
    (0.05, 0.1, 2.0, 200_000), (0.05, 0.1, 0.5, 40_000), (0.3, 0.5, 1.2, 20_000),
])
def test_days_at_a_desk_with_uneven_work(
    arrivals: float, services: float, variation: float, days: float
) -> None:
    observed, expected, error = general_service_wait(arrivals, services, variation, days)
    assert error <= 0.02 * expected
    assert agrees(observed, expected, error)


@pytest.mark.statistical
@pytest.mark.parametrize(("mean", "variation", "seed"), [(10.0, 2.0, 1), (3.0, 0.4, 2)])
def test_days_of_work_have_the_mean_and_the_spread_declared(
    mean: float, variation: float, seed: int
) -> None:
    assert agrees(*service_spread(mean, variation, seed=seed))


def test_an_officer_who_rests_after_each_file_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    true = network.DeskQueue._start

    def resting(self: Any, visit: Any) -> None:
        self.extra_checks = 0.1
        true(self, visit)

    monkeypatch.setattr(network.DeskQueue, "_start", resting)
    assert not agrees(*general_service_wait(0.05, 0.1, 0.5, days=40_000))


def test_work_that_is_all_alike_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the wait cannot tell, since chance in the work is taken off it: its spread."""
    monkeypatch.setattr(
        network.DeskQueue, "service_days", lambda self, *address: self.desk.mean_days
    )
    assert not agrees(*service_spread(10.0, 2.0))


@pytest.mark.statistical
@pytest.mark.parametrize(("gaps", "days"), [
    ((3, 4), 25.0 / 14.0), ((30,), 15.0), ((7.5, 0.5, 20), None), ((364,), 182.0),
])
def test_days_to_the_next_meeting(gaps: tuple[float, ...], days: float | None) -> None:
    observed, expected, error = batch_wait(gaps)
    if days is not None:
        assert expected == pytest.approx(days)
    assert error <= 0.02 * expected
    assert agrees(observed, expected, error)


def test_a_meeting_left_out_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thursdays are forgotten: only every second meeting is held."""
    true = network.next_meeting
    monkeypatch.setattr(network, "next_meeting", lambda day, gaps: true(day, [sum(gaps)]))
    assert agrees(*batch_wait((30,)))
    assert not agrees(*batch_wait((3, 4)))


def test_days_rounded_to_weeks_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    true = network.next_meeting
    monkeypatch.setattr(
        network, "next_meeting", lambda day, gaps: true(math.ceil(day / 7.0) * 7.0, gaps)
    )
    assert not agrees(*batch_wait((3, 4)))


@pytest.mark.parametrize("desks", [[(0.1, 1, 0.0)], [(0.3, 1, 0.0), (0.15, 1, 0.5)]])
def test_desks_that_cannot_keep_up_are_refused(desks: list[tuple[float, int, float]]) -> None:
    with pytest.raises(InputError, match="faster than desk"):
        approval_wait(0.12, desks)
    if len(desks) == 1:
        with pytest.raises(InputError, match="faster than the desk"):
            general_service_wait(0.12, 0.1, 1.0)
