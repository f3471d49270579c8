"""Needs come, last and end as theory says; a project found late serves fewer who still need it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from linkage_sim.agents.committee import CommunityCommittee
from linkage_sim.errors import InputError
from linkage_sim.kernels import measure
from linkage_sim.kernels import needs as needs_kernel
from linkage_sim.model import LinkageModel
from linkage_sim.stages.approval.stage import ApprovalStage
from linkage_sim.verification import agrees, delayed_match, need_autocorrelation, need_prevalence
from linkage_sim.verification.neutral import PLACE_OF_CATEGORY, needs_of, still
from tests.uncompiled import uncompile_week

# Table of the design: tau = C = 12, prevalence .2, and a fixed end at tau = D = 52.
BY_DELAY = {0: 0.7057, 1: 0.6653, 3: 0.5938, 6: 0.5067, 12: 0.3860}
BY_DELAY_TO_A_FIXED_END = {0: 0.7057, 13: 0.6383, 26: 0.5818}


def by_textbook(tau: float, duration: float, prevalence: float, delay: float) -> float:
    """Match of the textbook, for a look at every moment."""
    mean = tau / duration * math.exp(-delay / tau) * (1.0 - math.exp(-duration / tau))
    return prevalence + (1.0 - prevalence) * mean


@pytest.mark.statistical
@pytest.mark.parametrize(("onset", "recovery", "weeks", "seed"), [
    (0.02, 0.08, 200, 1), (0.02, 0.08, 3, 2), (0.005, 0.02, 150, 3), (0.1, 0.1, 60, 4),
    (0.001, 0.2, 60, 5),
])
def test_share_in_need_is_onset_over_onset_and_recovery(
    onset: float, recovery: float, weeks: int, seed: int
) -> None:
    observed, expected, error = need_prevalence(onset, recovery, weeks=weeks, seed=seed)
    assert expected == pytest.approx(onset / (onset + recovery))
    assert error <= 0.005
    assert agrees(observed, expected, error)


@pytest.mark.statistical
def test_one_snapshot_is_a_binomial_sample() -> None:
    """Chi-square over a hundred parts of one place: neither too even nor too uneven."""
    values = {"world.residents": 20_000, "run.years": 1}
    model = LinkageModel(still(needs_of(0.02, 0.08), values), seed=6)
    for _ in range(40):
        model.step()
    in_need = (model.state.active >> PLACE_OF_CATEGORY) & 1
    assert (model.state.active & ~np.uint8(1 << PLACE_OF_CATEGORY) == 0).all()
    counts = in_need.reshape(100, 200).sum(axis=1)
    chi_square = float(((counts - 40.0) ** 2 / (200 * 0.2 * 0.8)).sum())
    assert 0.001 < stats.chi2.sf(chi_square, 100) < 0.999
    # The control: if each of two neighbours had the other's needs, spread would double.
    doubled = np.repeat(in_need[::2], 2).reshape(100, 200).sum(axis=1)
    wrong = float(((doubled - 40.0) ** 2 / (200 * 0.2 * 0.8)).sum())
    assert stats.chi2.sf(wrong, 100) < 0.001


@pytest.mark.statistical
@pytest.mark.parametrize(("onset", "recovery", "lag", "seed"), [
    (0.02, 0.08, 5, 1), (0.02, 0.08, 20, 2), (0.005, 0.02, 30, 3), (0.1, 0.3, 1, 4),
])
def test_correlation_over_time_falls_as_the_rates_say(
    onset: float, recovery: float, lag: int, seed: int
) -> None:
    observed, expected, error = need_autocorrelation(onset, recovery, lag, seed=seed)
    assert expected == pytest.approx(math.exp(-lag * (onset + recovery)))
    assert error <= 0.02 * expected
    assert agrees(observed, expected, error)


def _with_rates(monkeypatch: pytest.MonkeyPatch, onset: float, recovery: float) -> None:
    """Let the week's natural changes use other hazards than the scenario says."""
    true = needs_kernel.advance_needs

    def broken(place: Any, needs: Any, counts: Any) -> None:
        changed = {"onset_rate": needs.onset_rate * onset,
                   "recovery_rate": needs.recovery_rate * recovery}
        true(place, needs._replace(**changed), counts)

    uncompile_week(monkeypatch)
    monkeypatch.setattr(needs_kernel, "advance_needs", broken)


def test_a_wrong_recovery_is_seen_in_prevalence(monkeypatch: pytest.MonkeyPatch) -> None:
    _with_rates(monkeypatch, 1.0, 0.8)
    assert not agrees(*need_prevalence(0.02, 0.08))


def test_rates_that_are_both_wrong_are_seen_in_the_correlation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both hazards up by half: just as many in need, but not for so long."""
    _with_rates(monkeypatch, 1.5, 1.5)
    assert agrees(*need_prevalence(0.02, 0.08))
    assert not agrees(*need_autocorrelation(0.02, 0.08, 20))


def test_clocks_that_never_ring_are_seen_in_the_correlation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    uncompile_week(monkeypatch)
    monkeypatch.setattr(needs_kernel, "advance_needs", lambda *given: None)
    assert not agrees(*need_autocorrelation(0.02, 0.08, 5))


@pytest.mark.statistical
@pytest.mark.parametrize("delay", [
    0, 3, 12, pytest.param(1, marks=pytest.mark.slow), pytest.param(6, marks=pytest.mark.slow),
])
def test_match_falls_with_the_delay(delay: int) -> None:
    observed, expected, error = delayed_match(12, 12, 0.2, delay)
    assert by_textbook(12, 12, 0.2, delay) == pytest.approx(BY_DELAY[delay], abs=5e-5)
    assert error <= 0.005
    assert agrees(observed, expected, error)


@pytest.mark.statistical
@pytest.mark.parametrize("delay", [
    26, pytest.param(0, marks=pytest.mark.slow), pytest.param(13, marks=pytest.mark.slow),
])
def test_match_falls_with_the_delay_to_a_fixed_end(delay: int) -> None:
    observed, expected, error = delayed_match(52, 52 - delay, 0.2, delay, seed=2)
    textbook = by_textbook(52, 52 - delay, 0.2, delay)
    assert textbook == pytest.approx(BY_DELAY_TO_A_FIXED_END[delay], abs=5e-5)
    assert error <= 0.005
    assert agrees(observed, expected, error)


@pytest.mark.statistical
@pytest.mark.parametrize(("tau", "duration", "prevalence", "delay", "seed"), [
    (30.0, 20.5, 0.1, 4.25, 3), (8.0, 40.0, 0.4, 2.0, 5),
    pytest.param(200.0, 30.0, 0.15, 20.0, 6, marks=pytest.mark.slow),
    pytest.param(52.0, 104.0, 0.3, 13.0, 4, marks=pytest.mark.slow),
])
def test_match_by_delay_with_other_numbers(
    tau: float, duration: float, prevalence: float, delay: float, seed: int
) -> None:
    observed, expected, error = delayed_match(tau, duration, prevalence, delay, seed=seed)
    assert error <= 0.005
    assert agrees(observed, expected, error)
    # By how far looking once a week can differ from looking at every moment.
    textbook = by_textbook(tau, duration, prevalence, delay)
    assert expected == pytest.approx(textbook, abs=(1.0 - prevalence) / tau)


@pytest.mark.parametrize("delay", [0, 6])
def test_match_is_the_mean_of_the_start_and_the_end_of_a_week(delay: int) -> None:
    """Then looking once a week differs from the textbook by less than a thousandth."""
    observed, _, error = delayed_match(12, 12, 0.2, delay, seed=3)
    assert agrees(observed, BY_DELAY[delay], error)


def test_places_counted_without_a_look_at_holders_are_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def blind(place: Any, rows: Any, in_need: Any, needs: Any, projects: Any, places: Any) -> Any:
        total, _ = measure_match(place, rows, in_need, needs, projects, places)
        return total, 1.0 if total > 0.0 else 0.0

    measure_match = measure.match_now
    uncompile_week(monkeypatch)
    monkeypatch.setattr(measure, "match_now", blind)
    assert not agrees(*delayed_match(12, 12, 0.2, 3))


def test_approval_without_its_delay_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def at_once(self: Any, files: Any) -> None:
        self.files.extend(files)
        self._decide_together(list(files))

    monkeypatch.setattr(ApprovalStage, "submit", at_once)
    assert agrees(*delayed_match(12, 12, 0.2, 0))
    assert not agrees(*delayed_match(12, 12, 0.2, 3))


def test_a_roster_of_anybody_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    true = CommunityCommittee.name_holders

    def anybody(self: Any, *given: Any, **named: Any) -> Any:
        holders = true(self, *given, **named)
        rows = self.model.people.rows(self.community)
        return np.arange(rows.start, rows.start + len(holders), dtype=np.int32)

    monkeypatch.setattr(CommunityCommittee, "name_holders", anybody)
    assert not agrees(*delayed_match(12, 12, 0.2, 3))


@pytest.mark.parametrize(("duration", "delay"), [(200, 0), (20, 51.5), (0, 3), (5, -1)])
def test_a_delay_that_no_contract_can_have_is_refused(duration: float, delay: float) -> None:
    with pytest.raises(InputError, match="cannot be run"):
        delayed_match(12, duration, 0.2, delay)


def test_too_few_persons_in_need_are_refused() -> None:
    with pytest.raises(InputError, match="too few"):
        delayed_match(12, 12, 0.01, 3, residents=800)
