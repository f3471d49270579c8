"""The list of limits is complete, and each of them can be asked for by name."""

from __future__ import annotations

import dataclasses

import pytest

import linkage_sim
from linkage_sim import verification
from linkage_sim.verification import Check, Limit, agrees, all_limits
from linkage_sim.verification.tolerance import mean_and_error, ratio_and_error

QUICK = ("need_", "batch_wait", "effort_mix", "vote_winners", "service_spread", "expectation")
NAMED_IN_THE_INTERFACE = (
    "need_prevalence", "need_autocorrelation", "delayed_match", "approval_wait", "batch_wait",
    "effort_mix", "survey_error", "voice_bias", "volunteer_share", "satisfaction_fixed_point",
    "worker_tenure", "vote_winners",
)


def is_sure(check: Check) -> bool:
    """The error is at most 2 % of what is expected, or .005 for shares."""
    if isinstance(check.expected, list | tuple):
        return check.standard_error <= 0.01
    share = check.limit.startswith(("need_", "delayed", "volunteer"))
    return check.standard_error <= max(0.02 * abs(check.expected), 0.005 if share else 0.0)


def test_every_limit_is_public_and_in_the_list() -> None:
    listed = {limit.name.split(",")[0] for limit in all_limits()}
    assert listed >= set(NAMED_IN_THE_INTERFACE)
    for name in NAMED_IN_THE_INTERFACE:
        assert callable(getattr(linkage_sim.verification, name))
        assert name in verification.__all__
    assert len({limit.name for limit in all_limits()}) == len(all_limits())


@pytest.mark.parametrize(
    "limit", [limit for limit in all_limits() if limit.name.startswith(QUICK)],
    ids=lambda limit: limit.name,
)
def test_quick_limits_hold(limit: Limit) -> None:
    check = limit.check()
    assert check.holds
    assert is_sure(check)


@pytest.mark.slow
@pytest.mark.statistical
@pytest.mark.parametrize(
    "limit", [limit for limit in all_limits() if not limit.name.startswith(QUICK)],
    ids=lambda limit: limit.name,
)
def test_other_limits_hold(limit: Limit) -> None:
    check = limit.check()
    assert check.holds
    assert is_sure(check)


def test_a_check_says_what_came_of_it() -> None:
    limit = Limit("one and a half", lambda: (1.5, 1.0, 0.1))
    assert dataclasses.asdict(limit.check()) == {
        "limit": "one and a half", "observed": 1.5, "expected": 1.0, "standard_error": 0.1,
        "holds": False,
    }


@pytest.mark.parametrize(("observed", "expected", "error", "verdict"), [
    (1.39, 1.0, 0.1, True), (1.41, 1.0, 0.1, False), (0.61, 1.0, 0.1, True),
    (1.0009, 1.0, 0.0, True), (1.0011, 1.0, 0.0, False), (-2.001, -2.0, 0.0, True),
    ((1.0, 2.0), (1.0, 2.0005), 0.0, True), ((1.0, 2.0), (1.0, 2.1), 0.0, False),
    ((1.0,), (1.0, 2.0), 9.0, False), (float("nan"), 1.0, 0.1, False),
    (["a", "b"], ["a", "b"], 0.0, True), (["b", "a"], ["a", "b"], 0.0, False),
])
def test_tolerance_is_four_errors_or_a_thousandth(
    observed: object, expected: object, error: float, verdict: bool
) -> None:
    assert agrees(observed, expected, error) is verdict


def test_errors_by_hand() -> None:
    """1, 2, 3: variance 1, error 1 / sqrt 3. Ratios of equal bottoms err like means."""
    assert mean_and_error([1.0, 2.0, 3.0]) == pytest.approx((2.0, 3.0**-0.5))
    assert ratio_and_error([2.0, 4.0, 6.0], [2.0, 2.0, 2.0]) == pytest.approx((2.0, 3.0**-0.5))
