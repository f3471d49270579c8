"""Effort follows what is rewarded; samples and voices err as far as theory says."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest

from linkage_sim.agents import effort
from linkage_sim.agents.organization import SocialOrganization
from linkage_sim.errors import InputError
from linkage_sim.kernels import listening
from linkage_sim.verification import agrees, effort_mix, survey_error, voice_bias
from linkage_sim.verification.choices import best_split

# weight of counts -> substance, showcase, showcase share, true value (k 1, g .5, b 1, m .2).
BY_WEIGHT = {
    1.0: (0.1200, 0.9600, 0.8889, 0.2160),
    0.7: (0.4400, 0.5600, 0.5600, 0.4960),
    0.5: (0.6533, 0.2933, 0.3099, 0.6827),
    0.3: (0.8667, 0.0267, 0.0299, 0.8693),
    0.0: (1.0000, 0.0000, 0.0000, 1.0000),
}


@pytest.mark.parametrize("weight", BY_WEIGHT)
def test_effort_is_that_of_agency_theory(weight: float) -> None:
    observed, expected, error = effort_mix(weight, 1.0, 0.2)
    substance, showcase, share, value = BY_WEIGHT[weight]
    assert expected == pytest.approx((substance, showcase), abs=5e-5)
    assert observed == pytest.approx(expected, abs=1e-9)
    assert observed[1] / sum(observed) == pytest.approx(share, abs=5e-5)
    assert observed[0] + 0.1 * observed[1] == pytest.approx(value, abs=5e-5)
    assert error == 0.0


@pytest.mark.parametrize(("weight", "hours", "substance", "showcase"), [
    (1.0, 1.0, 0.08, 0.92), (0.7, 0.7, 0.29, 0.41),
    # At a weight of .3 the free choice adds up to .8933: hours of 1 do not bind.
    (0.3, 1.0, 0.8667, 0.0267),
])
def test_effort_within_the_hours_that_paper_leaves(
    weight: float, hours: float, substance: float, showcase: float
) -> None:
    observed, expected, _ = effort_mix(weight, 1.0, 0.2, hours=hours)
    assert expected == pytest.approx((substance, showcase), abs=5e-5)
    assert observed == pytest.approx(expected, abs=1e-9)


OTHER_CASES: list[dict[str, Any]] = [
    {"quantity_weight": 0.3, "incentive": 2.0, "mission": 0.9, "substitution": 0.2},
    {"quantity_weight": 0.6, "incentive": 0.5, "mission": 0.1, "hours": 0.4},
    {"quantity_weight": 1.0, "incentive": 0.0, "mission": 0.5},
    {"quantity_weight": 1.0, "incentive": 1.5, "mission": 0.0, "activity": (0.0, 1.0)},
    {"quantity_weight": 0.9, "incentive": 3.0, "mission": 0.1, "activity": (0.2, 1.2),
     "outcome": (0.5, 0.5), "hours": 0.5},
    {"quantity_weight": 0.5, "incentive": 1.0, "mission": 0.3, "value": (0.7, 0.3),
     "substitution": 0.0, "hours": 0.8},
]


@pytest.mark.parametrize("case", OTHER_CASES)
def test_effort_with_other_numbers(case: dict[str, Any]) -> None:
    observed, expected, error = effort_mix(**case)
    assert agrees(observed, expected, error)
    assert observed == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("gains", "substitution", "hours"), [
    ((0.6, 1.02), 0.5, None), ((0.2, 1.0), 0.5, 0.7), ((1.0, 0.3), 0.5, 0.4),
    ((0.9, 0.9), 0.9, 0.6),
])
def test_theory_itself_is_the_best_on_a_grid(
    gains: tuple[float, float], substitution: float, hours: float | None
) -> None:
    """No mix on a fine grid is worth more than the one the formula names."""

    def worth(s: Any, z: Any) -> Any:
        return gains[0] * s + gains[1] * z - (s**2 + z**2 + 2.0 * substitution * s * z) / 2.0

    best = best_split(*gains, substitution, hours)
    steps = np.linspace(0.0, 1.5, 601)
    s, z = np.meshgrid(steps, steps)
    allowed = s + z <= (hours if hours is not None else math.inf)
    assert worth(*best) >= worth(s, z)[allowed].max() - 1e-9


def test_effort_that_ignores_how_one_kind_displaces_the_other_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    true = effort.best_mix
    monkeypatch.setattr(
        effort, "best_mix", lambda prospect: true(dataclasses.replace(prospect, substitution=0.0))
    )
    assert not agrees(*effort_mix(0.5, 1.0, 0.2))
    assert agrees(*effort_mix(0.5, 1.0, 0.2, substitution=0.0))


def test_a_reward_that_is_felt_too_strongly_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    true = SocialOrganization.reward_slope
    monkeypatch.setattr(SocialOrganization, "reward_slope", lambda self: 1.02 * true(self))
    assert not agrees(*effort_mix(0.5, 1.0, 0.2))


def test_numbers_no_scenario_may_hold_are_refused() -> None:
    with pytest.raises(InputError, match="mission_mean"):
        effort_mix(0.5, 1.0, 3.0, hours=1.0)


@pytest.mark.statistical
@pytest.mark.parametrize(("share", "sample", "residents", "seed"), [
    (0.2, 300, 5200, 1), (0.2, 300, 600, 2), (0.05, 1000, 5200, 3), (0.5, 20, 100, 4),
])
def test_a_survey_errs_as_sampling_theory_says(
    share: float, sample: int, residents: int, seed: int
) -> None:
    observed, expected, error = survey_error(share, sample, residents, seed)
    left = (residents - sample) / (residents - 1)
    assert expected == pytest.approx(math.sqrt(share * (1 - share) / sample * left))
    assert error <= 0.02 * expected
    assert agrees(observed, expected, error)


def test_a_survey_of_everybody_does_not_err() -> None:
    assert survey_error(0.3, 200, 200) == (0.0, 0.0, 0.0)


def test_a_survey_of_half_the_sample_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    true = listening.take_survey
    monkeypatch.setattr(
        listening, "take_survey",
        lambda place, chosen, *rest: true(place, chosen[: len(chosen) // 2], *rest),
    )
    assert not agrees(*survey_error(0.2, 300, 5200))


def test_a_survey_of_neighbours_instead_of_a_random_sample_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first in the list are always asked: every survey errs alike."""

    def by_row(place: Any, age_group: Any, ranks: Any) -> int:
        ranks[:] = np.arange(len(ranks)) / len(ranks)
        return len(ranks)

    monkeypatch.setattr(listening, "survey_ranks", by_row)
    assert not agrees(*survey_error(0.2, 300, 5200))


@pytest.mark.statistical
@pytest.mark.parametrize(("shares", "voices", "draws", "expected"), [
    # (.1 x 1 + .3 x 3) / 4 - .2 = .05
    ((0.1, 0.3), (1.0, 3.0), 80, 0.05),
    # (.06 + .1 + .125 + 0) / 3.8 - .1875 = -.1125
    ((0.2, 0.1, 0.05, 0.4), (0.3, 1.0, 2.5, 0.0), 400, -0.1125),
    ((0.2, 0.2, 0.2), (0.0, 1.0, 5.0), 80, 0.0),
    ((1.0, 0.0), (1.0, 1.0), 5000, 0.0),
])
def test_activists_err_by_the_covariance_of_voice_and_need(
    shares: tuple[float, ...], voices: tuple[float, ...], draws: int, expected: float
) -> None:
    observed, theory, error = voice_bias(shares, voices, draws)
    assert theory == pytest.approx(expected, abs=1e-6)
    assert error <= max(0.02 * abs(expected), 0.002)
    assert agrees(observed, theory, error)


def _ask_others(monkeypatch: pytest.MonkeyPatch, changed: Any) -> None:
    true = listening.ask_activists
    monkeypatch.setattr(
        listening, "ask_activists",
        lambda place, number, wish_rate, voice, *rest: true(
            place, number, wish_rate, changed(voice), *rest
        ),
    )


def test_activists_drawn_without_regard_to_voice_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    _ask_others(monkeypatch, np.ones_like)
    assert not agrees(*voice_bias((0.1, 0.3), (1.0, 3.0), 80))


def test_activists_drawn_by_the_root_of_voice_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    _ask_others(monkeypatch, np.sqrt)
    assert not agrees(*voice_bias((0.1, 0.3), (1.0, 3.0), 80))


def test_shares_and_voices_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(InputError, match="each group"):
        voice_bias((0.1, 0.2), (1.0,), 80)
