"""Activists beat a small survey: up to the size at which its variance is their squared bias."""

import numpy as np
import pytest

from linkage_sim.model import LinkageModel
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.scenario.registry import SOURCES
from linkage_sim.scenario.schema import Scenario
from linkage_sim.stages.proposal.sources import Ground
from linkage_sim.studies.pattern_claims import NO_VOICE

SEEDS = range(201, 231)
RESPONSE = 0.75
MANY = 5000
FREE = {"assumptions.hearing.survey_yuan": 0.0, "assumptions.hearing.survey_hours": 0.0,
        "assumptions.hearing.wish_rate": 0.0, "assumptions.hearing.response_trust": 0.0,
        "assumptions.hearing.survey_response": RESPONSE, "policy.proposal.activists": MANY}
BITS = 1 << np.arange(8)


def _shares(model: LinkageModel, scenario: Scenario, source: str) -> np.ndarray:
    """What a source says today, as shares of residents in need."""
    people = model.people
    ground = Ground(
        place=model.place(0, 0), people=people, state=model.state, needs=model.course.needs,
        policy=scenario.policy.proposal, beliefs=scenario.assumptions.hearing,
        district_mean=np.zeros(8), campaign=0, hours=1e9, yuan=1e9,
    )
    return np.asarray(SOURCES.get(source)().estimate(ground).heard / people.n_residents)


def _worlds(**values: object) -> list[LinkageModel]:
    scenario = load_scenario("x_community").with_values({**FREE, **values})
    return [LinkageModel(scenario, seed=seed) for seed in SEEDS]


def _crossing(worlds: list[LinkageModel]) -> float:
    """Interviews at which the variance of a survey is the squared bias of voice, by theory.

    Bias: covariance of voice and need over mean voice. Variance: p (1 - p) over persons spoken
    for, which is answers times the mean household.
    """
    bias = variance = persons = 0.0
    for model in worlds:
        needs = (model.state.active[:, None] & BITS) != 0
        share, voice = needs.mean(axis=0), model.people.voice.astype(float)
        bias += float((((voice @ needs) / voice.sum() - share) ** 2).sum())
        variance += float((share * (1.0 - share)).sum())
        persons += model.people.n_residents / len(np.unique(model.people.household))
    return variance / (bias * RESPONSE * persons / len(worlds))


def _error(worlds: list[LinkageModel], source: str, sample: int) -> np.ndarray:
    scenario = load_scenario("x_community").with_values(
        {**FREE, "policy.proposal.survey_sample": sample}
    )
    truth = [((model.state.active[:, None] & BITS) != 0).mean(axis=0) for model in worlds]
    return np.array([
        float(((_shares(model, scenario, source) - share) ** 2).sum())
        for model, share in zip(worlds, truth, strict=True)
    ])


@pytest.mark.statistical
def test_activists_beat_a_survey_below_the_crossing_and_lose_above_it() -> None:
    worlds = _worlds()
    crossing = _crossing(worlds)
    assert 20 < crossing < 2000
    activists = _error(worlds, "activists", 1)
    small = _error(worlds, "survey", round(crossing / 3)) - activists
    large = _error(worlds, "survey", round(crossing * 3)) - activists
    assert small.mean() - 3.0 * small.std(ddof=1) / np.sqrt(len(small)) > 0.0
    assert large.mean() + 3.0 * large.std(ddof=1) / np.sqrt(len(large)) < 0.0


def test_without_voice_activists_are_never_worse() -> None:
    """The control: with the same voice for all, so many activists are as good as everybody."""
    worlds = _worlds(**NO_VOICE)
    gain = _error(worlds, "survey", 600) - _error(worlds, "activists", 1)
    assert gain.mean() - 3.0 * gain.std(ddof=1) / np.sqrt(len(gain)) > 0.0
