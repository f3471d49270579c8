"""Limits of choices: how effort is split, what samples and voices tell, who wins a vote."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from linkage_sim import votes
from linkage_sim.draws import Decision, Draws
from linkage_sim.errors import InputError
from linkage_sim.model import LinkageModel
from linkage_sim.scenario.registry import SOURCES
from linkage_sim.stages.proposal.sources import Ground
from linkage_sim.verification.neutral import (
    FREE_HEARING,
    NOTHING,
    ONE_PROJECT,
    PLACE_OF_CATEGORY,
    listed,
    still,
)
from linkage_sim.verification.tolerance import mean_and_error

Pair = tuple[float, float]
Figures = tuple[float, float, float]

# Where hours are no limit, effort is a hundredth of what the same contract could pay for.
PLENTY = 100.0
LARGEST_TRANCHE = 0.6
SURVEYS = 2000
DRAWS_IN_ALL = 400_000
RESIDENTS_A_GROUP = 1000


def effort_mix(
    quantity_weight: float,
    incentive: float,
    mission: float,
    value: Pair = (1.0, 0.1),
    activity: Pair = (0.4, 1.0),
    outcome: Pair = (0.8, 0.2),
    substitution: float = 0.5,
    hours: float | None = None,
) -> tuple[Pair, Pair, float]:
    """Substance and showcase that an organization chooses for a project, against agency theory.

    One project is proposed, approved at once and signed in a run of the model; beliefs are true,
    nothing is risky, substance takes hold at once, paper is neither asked for nor rewarded.
    Textbook (Holmstrom and Milgrom 1991, Baker 1992): u = b g + m f,
    s = (u_s - g u_z) / (1 - g^2), z likewise; one that would be negative is 0 and the other is u;
    where hours B bind, s = (B + (u_s - u_z) / (1 - g)) / 2 within 0..B and z = B - s.

    Parameters
    ----------
    quantity_weight
        Weight of counts in the score; the rest is the outcome. 0..1.
    incentive, mission
        Worth of a point of score (b) and of true value (m), in units of the cost of effort.
    value, activity, outcome
        What substance and showcase add to true value, to counts and to the outcome indicator.
    substitution
        How far one kind makes the other dearer, 0..0.95.
    hours
        Share of contract hours that paper leaves, 0.1..1; None: as many as wanted. Without a
        bound the same choice is put to an organization whose contract pays for a hundred times
        the hours, and read in the smaller unit: effort is proportional to b and m together.

    Returns
    -------
    (observed, expected, standard_error)
        Pairs (substance, showcase); the error is 0, the choice has no chance in it.

    Raises
    ------
    InputError
        When the numbers lie outside what a scenario may hold.
    """
    scale = PLENTY if hours is None else 1.0
    reward = incentive / scale
    staff_share = min(1.0, LARGEST_TRANCHE / max(reward, 1e-12))
    scenario = still(ONE_PROJECT, listed(50_000.0), {
        "world.residents": 50,
        "run.years": 1,
        "world.staff_share": staff_share,
        "assumptions.effort.temperature": 0.0,
        "assumptions.effort.risk_aversion": 0.0,
        "assumptions.effort.renewal_value": 0.0,
        "assumptions.effort.belief_start": 1.0,
        "assumptions.effort.mission_mean": mission / scale,
        "assumptions.effort.mission_sd": 0.0,
        "assumptions.effort.substitution": substitution,
        "assumptions.effort.value": _by_effort(value),
        "assumptions.effort.activity": _by_effort(activity),
        "assumptions.effort.outcome": _by_effort(outcome),
        "assumptions.delivery.ramp_weeks": 0.0,
        "policy.evaluation.last_tranche_share": min(reward * staff_share, LARGEST_TRANCHE),
        "policy.evaluation.weights": {
            "activity": quantity_weight, "outcome": 1.0 - quantity_weight,
            "documents": 0.0, "satisfaction": 0.0,
        },
        "policy.implementation.reporting_burden_share": 1.0 - (1.0 if hours is None else hours),
        "policy.implementation.midterm_check": False,
    })
    model = LinkageModel(scenario, seed=1)
    while model.week < model.weeks and not model.implementation.contracts:
        model.step()
    mix = model.implementation.contracts[0].mixes[0]
    model.release()
    gains = [
        incentive * (quantity_weight * counted + (1.0 - quantity_weight) * followed_up)
        + mission * worth
        for counted, followed_up, worth in zip(activity, outcome, value, strict=True)
    ]
    expected = best_split(gains[0], gains[1], substitution, hours)
    return (mix.substance * scale, mix.showcase * scale), expected, 0.0


def best_split(
    gain_substance: float, gain_showcase: float, substitution: float, hours: float | None
) -> Pair:
    """Substance and showcase worth most, by theory (k = 1)."""
    rest = 1.0 - substitution**2
    substance = (gain_substance - substitution * gain_showcase) / rest
    showcase = (gain_showcase - substitution * gain_substance) / rest
    if substance < 0.0 or showcase < 0.0:
        more_substance = gain_substance >= gain_showcase
        substance = max(0.0, gain_substance) if more_substance else 0.0
        showcase = 0.0 if more_substance else max(0.0, gain_showcase)
    if hours is None or substance + showcase <= hours:
        return substance, showcase
    substance = (hours + (gain_substance - gain_showcase) / (1.0 - substitution)) / 2.0
    substance = min(hours, max(0.0, substance))
    return substance, hours - substance


def _by_effort(pair: Pair) -> dict[str, float]:
    return {"substance": pair[0], "showcase": pair[1]}


def survey_error(share: float, sample: int, residents: int, seed: int = 1) -> Figures:
    """Error of the share in need that a survey finds, against sampling theory.

    Everybody is grown up, speaks for one person and answers. Textbook:
    sqrt(p (1 - p) / n (N - n) / (N - 1)) for n of N drawn without replacement.

    Parameters
    ----------
    share
        Share of residents in need, 0..1; rounded to whole persons.
    sample
        Residents asked, 1 to `residents`.

    Returns
    -------
    (observed, expected, standard_error)
        Observed is the root mean square error of 2,000 independent surveys of the same place.
    """
    in_need = round(share * residents)
    model = _listening_place(residents, {"policy.proposal.survey_sample": sample})
    chosen = Draws(seed).permutation(residents, Decision.VERIFICATION, 0)[:in_need]
    model.state.active[chosen] = 1 << PLACE_OF_CATEGORY
    survey = SOURCES.get("survey")()
    truth = in_need / residents
    squares = []
    for week in range(SURVEYS):
        ground = _ground(model, model.people, seed, week)
        found = survey.estimate(ground).heard[PLACE_OF_CATEGORY] / residents
        squares.append((found - truth) ** 2)
    model.release()
    mean, error = mean_and_error(squares)
    expected = math.sqrt(
        truth * (1.0 - truth) / sample * (residents - sample) / max(1, residents - 1)
    )
    observed = math.sqrt(mean)
    return observed, expected, error / (2.0 * observed) if observed > 0.0 else 0.0


def voice_bias(
    shares: Sequence[float], voices: Sequence[float], draws: int, seed: int = 1
) -> Figures:
    """How far activists are off because some are heard more than others, against theory.

    Groups of equal size differ in need and in voice; activists are drawn with replacement in
    proportion to voice and report their own needs. Textbook (Bethlehem 1988):
    cov(voice, need) / mean(voice), population covariance; exact for drawing with replacement.

    Parameters
    ----------
    shares, voices
        Share in need and relative voice of each group, one number a group.
    draws
        Activists asked at a time, 1 to 5,000; asked anew until 400,000 have been.

    Returns
    -------
    (observed, expected, standard_error)
        Mean estimate less the true share; the error from independent rounds.
    """
    if len(shares) != len(voices) or not len(shares):
        raise InputError("Give one share and one voice for each group, and at least one group.")
    size = RESIDENTS_A_GROUP
    model = _listening_place(size * len(shares), {"policy.proposal.activists": draws})
    for group, share in enumerate(shares):
        first = group * size
        model.state.active[first : first + round(share * size)] = 1 << PLACE_OF_CATEGORY
    voice = np.repeat(np.asarray(voices, dtype=np.float32), size)
    people = dataclasses.replace(model.people, voice=voice)
    need = (model.state.active != 0).astype(np.float64)
    activists = SOURCES.get("activists")()
    found = [
        activists.estimate(_ground(model, people, seed, week)).heard[PLACE_OF_CATEGORY] / len(need)
        for week in range(max(40, math.ceil(DRAWS_IN_ALL / draws)))
    ]
    model.release()
    mean, error = mean_and_error(found)
    weight = voice.astype(np.float64)
    covariance = float((weight * need).mean() - weight.mean() * need.mean())
    return mean - float(need.mean()), covariance / float(weight.mean()), error


def _listening_place(residents: int, more: dict[str, Any]) -> LinkageModel:
    return LinkageModel(
        still(FREE_HEARING, {"world.residents": residents, "run.years": 1}, more), seed=1
    )


def _ground(model: LinkageModel, people: Any, seed: int, week: int) -> Ground:
    place = model.place(0, week)._replace(seed=np.uint64(seed))
    return Ground(
        place=place, people=people, state=model.state, needs=model.course.needs,
        policy=model.plan.policy.proposal,
        beliefs=model.plan.assumptions.hearing, district_mean=np.zeros(len(NOTHING)), campaign=0,
        hours=0.0, yuan=0.0,
    )


def vote_winners(
    costs: Mapping[str, float], ballots: Sequence[Sequence[str]], budget: float, rule: str
) -> list[str]:
    """Projects that a vote funds, counted by the rules that the committee uses.

    Textbook: `greedy` funds by votes and passes over what is too dear; `equal_shares` is the
    Method of Equal Shares with cost utility (Peters, Pierczynski and Skowron 2021), completed
    greedily. Ties: more votes, lower cost, id. Tests compare both with an independent
    implementation on real and on random ballots.

    Parameters
    ----------
    costs
        Yuan by id.
    ballots
        Ids that each voter approves.
    budget
        Yuan.
    rule
        `greedy` or `equal_shares`.

    Returns
    -------
    list of str
        Ids in the order of funding.
    """
    return votes.winners(costs, ballots, budget, rule)
