"""What is predicted of the model: claims over arms, with their acceptance, written beforehand.

A claim is a sum of outcomes of some arms with weights: a difference, a difference of differences,
an interaction. Its acceptance is the side of 0 on which the whole 95 % interval must lie. The words
of every claim are in the catalogue under `pattern.<name>`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linkage_sim.scenario.loading import load_scenario
from linkage_sim.scenario.schema import Scenario

LATENCY = "policy.approval.fixed_latency_days"
METHOD = "policy.proposal.method"
DRIFT = "assumptions.needs.drift_sd"
ROSTER = "assumptions.delivery.roster_share"
RAMP = "assumptions.delivery.ramp_weeks"
CALL = "assumptions.hearing.call_day"
BUDGET = "world.budget_yuan_per_year"
SOON, LATE = 20.0, 200.0
REFORMS = ("public_opinion", "fast_approval", "effectiveness_first", "scientific_evaluation")
OUTCOME_SAMPLE = "policy.evaluation.outcome_sample"
OUTCOME_NOISE = "assumptions.checking.outcome_noise"
SURVEY_SAMPLE = "policy.proposal.survey_sample"
MEASURED = (("few and noisy", 4, 0.5), ("many and exact", 100, 0.0))
"""How outcomes are measured under scientific evaluation: words, sample, noise."""
EVALUATED: dict[str, dict[str, Any]] = {
    "as usual": {},
    "risk-averse": {"assumptions.effort.risk_aversion": 5.0},
    "no renewal": {"policy.evaluation.renewal_threshold": 0.0},
    "no learning": {"assumptions.effort.learning": False},
}
SURVEYS = (20, 300, 2000)
BUDGETS = (40_000.0, 80_000.0, 120_000.0)
NO_VOICE: dict[str, Any] = {
    "assumptions.hearing.voice_age": {"age_0_14": 1.0, "age_15_39": 1.0, "age_40_59": 1.0,
                                      "age_60_plus": 1.0},
    "assumptions.hearing.voice_tie": 1.0,
    "assumptions.hearing.voice_vulnerability": 0.0,
    "assumptions.hearing.wish_rate": 0.0,
}


@dataclass(frozen=True)
class Claim:
    """A prediction: a weighted sum of one outcome over arms, and the side of 0 it must be on.

    `side` is +1 or -1; 0 where nothing is predicted and the size is only reported. `last_year`
    looks at the last reported year alone.
    """

    pattern: int
    name: str
    outcome: str
    weights: Mapping[str, float]
    side: int
    last_year: bool = False


def arms() -> dict[str, Scenario]:
    """Give every arm that some claim needs."""
    base = load_scenario("x_community")
    found: dict[str, Scenario] = {}
    for method in ("directive", "activists", "survey", "vote"):
        found[method] = base.with_values({METHOD: method})
    for spread, method in itertools.product((0.1, 0.7), ("directive", "survey")):
        found[f"{method}, drift {spread}"] = base.with_values({METHOD: method, DRIFT: spread})
    for method in ("activists", "survey"):
        found[f"{method}, no voice"] = base.with_values({METHOD: method, **NO_VOICE})
    for days, method in itertools.product((SOON, LATE), ("hotline", "survey", "mixed", "vote")):
        found[f"{method}, {days:g} days"] = base.with_values({METHOD: method, LATENCY: days})
    for parts in itertools.product((0, 1), repeat=4):
        for days in (SOON, LATE):
            found[_delay_arm(parts, days)] = base.with_values(_delay(parts, days))
    for weight in (0.1, 0.8):
        found[f"counts {weight}"] = base.with_values(_counted(weight))
    found.update(_more_arms(base))
    for size in range(5):
        for chosen in itertools.combinations(REFORMS, size):
            found["+".join(chosen) or "baseline"] = load_scenario(
                "+".join(["x_community", *chosen])
            )
    for budget in BUDGETS:
        for left_out in ("", *REFORMS):
            chosen = tuple(item for item in REFORMS if item != left_out)
            found[_budget_arm(budget, left_out)] = load_scenario(
                "+".join(["x_community", *chosen])
            ).with_values({BUDGET: budget})
    return found


def _more_arms(base: Scenario) -> dict[str, Scenario]:
    """Give the arms of the patterns on show, on noisy evaluation and on the size of a survey."""
    found = {}
    for days, ramp in itertools.product((SOON, LATE), ("ramp", "no ramp")):
        values: dict[str, Any] = {LATENCY: days}
        if ramp == "no ramp":
            values[RAMP] = 0.0
        found[f"{days:g} days, {ramp}"] = base.with_values(values)
    scientific = load_scenario("x_community+scientific_evaluation")
    for (kind, sample, noise), (case, more) in itertools.product(MEASURED, EVALUATED.items()):
        found[f"{kind}, {case}"] = scientific.with_values(
            {OUTCOME_SAMPLE: sample, OUTCOME_NOISE: noise, **more}
        )
    for case, more in EVALUATED.items():
        found[f"today, {case}"] = base.with_values(more)
    for size in SURVEYS:
        found[f"survey of {size}"] = base.with_values({METHOD: "survey", SURVEY_SAMPLE: size})
    return found


def _delay_arm(parts: Sequence[int], days: float) -> str:
    return f"delay {''.join(map(str, parts))}, {days:g} days"


def _delay(parts: Sequence[int], days: float) -> dict[str, Any]:
    # Switched off one by one: named holders, drift, the shorter window, the ramp. With the window
    # kept, the call comes so early that contracts begin on the day on which late ones begin.
    person, drift, deadline, ramp = parts
    values: dict[str, Any] = {LATENCY: days}
    if not person:
        values[ROSTER] = 0.0
    if not drift:
        values[DRIFT] = 0.0
    if not deadline:
        values[CALL] = 7.0 + LATE - days
    if not ramp:
        values[RAMP] = 0.0
    return values


def _counted(weight: float) -> dict[str, Any]:
    return {"policy.evaluation.weights": {"activity": weight, "documents": 0.2,
                                          "satisfaction": 0.0, "outcome": 0.8 - weight}}


def _budget_arm(budget: float, left_out: str) -> str:
    return f"{budget:g} yuan, {'without ' + left_out if left_out else 'all four'}"


def claims() -> list[Claim]:
    """Give all claims, in the order of the patterns."""
    match = "demand_match"
    found = [
        Claim(1, f"{better}_over_{worse}", match, {better: 1, worse: -1}, +1)
        for better, worse in itertools.product(("survey", "vote"), ("directive", "activists"))
    ]
    found.append(Claim(1, "spread_hurts_directives", "demand_match_at_proposal", {
        "survey, drift 0.7": 1, "directive, drift 0.7": -1,
        "survey, drift 0.1": -1, "directive, drift 0.1": 1}, +1))
    found.append(Claim(1, "voice_hurts_activists", "demand_match_at_proposal", {
        "survey": 1, "activists": -1, "survey, no voice": -1, "activists, no voice": 1}, +1))
    found.append(Claim(1, "hotline_gains_with_delay", match, {
        f"hotline, {LATE:g} days": 1, f"survey, {LATE:g} days": -1,
        f"hotline, {SOON:g} days": -1, f"survey, {SOON:g} days": 1}, +1))
    found += _claims_of_delay()
    high, low = "counts 0.8", "counts 0.1"
    found += [
        Claim(3, f"counting_moves_{outcome}", outcome, {high: 1, low: -1}, side)
        for outcome, side in (("showcase_share", +1), ("true_effect", -1),
                              ("evaluation_validity", -1), ("goodhart_gap", 0))
    ]
    return [*found, *_claims_of_show(), *_claims_of_linkage(), *_claims_of_trust(),
            *_claims_of_noise(), *_claims_of_size()]


def _claims_of_delay() -> list[Claim]:
    everything = (1, 1, 1, 1)
    found = [Claim(2, "delay_lowers_match", "demand_match", {
        _delay_arm(everything, LATE): 1, _delay_arm(everything, SOON): -1}, -1)]
    for place, name in enumerate(("person", "drift", "deadline", "ramp")):
        weights = _shapley_of_delay(place)
        found.append(Claim(2, f"delay_through_{name}", "demand_match", weights, 0))
    found.append(Claim(2, "delay_with_all_switched_off", "demand_match", {
        _delay_arm((0, 0, 0, 0), LATE): 1, _delay_arm((0, 0, 0, 0), SOON): -1}, 0))
    found.append(Claim(2, "delay_lowers_coverage", "need_coverage_purchased", {
        _delay_arm(everything, LATE): 1, _delay_arm(everything, SOON): -1}, -1))
    return found


def _shapley_of_delay(place: int) -> dict[str, float]:
    # What a mechanism adds to the effect of delay, averaged over the orders of switching on.
    weights: dict[str, float] = {}
    others = [other for other in range(4) if other != place]
    for size in range(4):
        share = math.factorial(size) * math.factorial(3 - size) / math.factorial(4)
        for chosen in itertools.combinations(others, size):
            for switched, sign in ((1, share), (0, -share)):
                parts = [int(other in chosen) for other in range(4)]
                parts[place] = switched
                for days, side in ((LATE, 1.0), (SOON, -1.0)):
                    arm = _delay_arm(parts, days)
                    weights[arm] = weights.get(arm, 0.0) + sign * side
    return weights


def _interaction(first: str, second: str) -> dict[str, float]:
    both = "+".join(item for item in REFORMS if item in (first, second))
    return {both: 1, first: -1, second: -1, "baseline": 1}


def _claims_of_linkage() -> list[Claim]:
    opinion, approval, effect, evaluation = REFORMS
    cover, whole = "need_coverage", "+".join(REFORMS)
    found = [
        Claim(5, "opinion_gains_less_late", "demand_match", {
            f"vote, {SOON:g} days": 1, f"mixed, {SOON:g} days": -1,
            f"vote, {LATE:g} days": -1, f"mixed, {LATE:g} days": 1}, +1),
        Claim(5, "approval_and_opinion", "demand_match", _interaction(approval, opinion), +1),
        Claim(5, "approval_and_effect", "demand_match", _interaction(approval, effect), -1),
        Claim(5, "effect_and_evaluation", cover, _interaction(effect, evaluation), +1),
    ]
    found += [
        Claim(5, f"all_four_over_{single}", cover, {whole: 1, single: -1}, +1)
        for single in REFORMS
    ]
    found += [
        Claim(5, f"three_without_{left_out}_at_{budget:g}", cover, {
            _budget_arm(budget, left_out): 1, _budget_arm(budget, ""): -1}, 0)
        for budget in BUDGETS
        for left_out in REFORMS
    ]
    return found


def _claims_of_show() -> list[Claim]:
    """Say that a short window favours show, because substance takes time to take hold."""
    late, soon = f"{LATE:g} days", f"{SOON:g} days"
    with_ramp = {f"{late}, ramp": 1.0, f"{soon}, ramp": -1.0}
    without = {f"{late}, no ramp": 1.0, f"{soon}, no ramp": -1.0}
    through = {**with_ramp, **{arm: -weight for arm, weight in without.items()}}
    return [
        Claim(4, "delay_raises_show", "showcase_share", with_ramp, +1),
        Claim(4, "delay_raises_show_through_the_ramp", "showcase_share", through, +1),
        Claim(4, "delay_and_show_without_ramp", "showcase_share", without, 0),
    ]


def _claims_of_trust() -> list[Claim]:
    """Say that five years of reform leave more trust, turnout and volunteers than today."""
    whole = "+".join(REFORMS)
    return [
        Claim(6, f"reform_raises_{outcome}", outcome, {whole: 1, "baseline": -1}, +1, True)
        for outcome in ("trust", "turnout", "volunteer_rate")
    ]


def _claims_of_noise() -> list[Claim]:
    """Say that outcomes from few and noisy cases teach organizations less."""
    few, many = (kind for kind, _, _ in MEASURED)
    found = [
        Claim(9, "noise_costs_effect", "true_effect",
              {f"{many}, as usual": 1, f"{few}, as usual": -1}, +1),
        Claim(9, "noise_costs_effect_without_learning", "true_effect",
              {f"{many}, no learning": 1, f"{few}, no learning": -1}, 0),
    ]
    return found + [
        Claim(9, f"noisy_outcomes_against_today_{case.replace(' ', '_').replace('-', '_')}",
              "true_effect", {f"{few}, {case}": 1, f"today, {case}": -1}, 0)
        for case in EVALUATED
    ]


def _claims_of_size() -> list[Claim]:
    """Say that a survey has a best size between few, who tell little, and many, who cost much."""
    few, middle, many = (f"survey of {size}" for size in SURVEYS)
    return [
        Claim(10, "survey_too_small", "need_coverage_purchased", {middle: 1, few: -1}, +1),
        Claim(10, "survey_too_large", "need_coverage_purchased", {middle: 1, many: -1}, +1),
    ]
