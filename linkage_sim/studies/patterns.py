"""Risky predictions of the model, with their acceptance, measured over paired seeds.

A claim is a sum of outcomes of some arms with weights: a difference, a difference of differences,
an interaction. Its acceptance (which side of 0 the whole 95 % interval must lie on) stands here,
before the runs; what does not come out is reported like what does. The words of every claim are in
the catalogue under `pattern.claim.<name>`.

    python -m linkage_sim.studies.patterns results/patterns
"""

from __future__ import annotations

import itertools
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from linkage_sim.errors import InputError
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.scenario.schema import Scenario
from linkage_sim.studies.compare import CONFIDENCE, plan_of, run_plan
from linkage_sim.words import say

if TYPE_CHECKING:
    import pandas as pd

# Not among the seeds on which the baseline was calibrated.
SEEDS = range(101, 131)
LATENCY = "policy.approval.fixed_latency_days"
METHOD = "policy.proposal.method"
DRIFT = "assumptions.needs.drift_sd"
ROSTER = "assumptions.delivery.roster_share"
RAMP = "assumptions.delivery.ramp_weeks"
CALL = "assumptions.hearing.call_day"
BUDGET = "world.budget_yuan_per_year"
SOON, LATE = 20.0, 200.0
REFORMS = ("public_opinion", "fast_approval", "effectiveness_first", "scientific_evaluation")
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

    `side` is +1 or -1; 0 where nothing is predicted and the size is only reported.
    """

    pattern: int
    name: str
    outcome: str
    weights: Mapping[str, float]
    side: int


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
    return found + _claims_of_linkage()


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


def measure_claims(
    wanted: Sequence[Claim] | None = None, seeds: Iterable[int] = SEEDS, jobs: int = 2
) -> pd.DataFrame:
    """Run the arms of some claims on common seeds, and say of each claim whether it came out.

    Returns
    -------
    pandas.DataFrame
        pattern, claim, outcome, predicted (-1, 0, +1), size, low, high (95 %), n, dropped
        (seeds on which some arm has no value), came_out (missing where nothing is predicted).
    """
    import pandas as pd

    chosen = claims() if wanted is None else list(wanted)
    everything = arms()
    names = sorted({arm for claim in chosen for arm in claim.weights})
    runs = run_plan(plan_of([everything[name] for name in names], list(seeds), names), jobs)
    values: dict[tuple[str, int], dict[str, float]] = {}
    for run in runs:
        if run.result is None:
            raise InputError(run.failure)
        values[(run.name, run.seed)] = run.result.outcomes
    return pd.DataFrame([_row(claim, values) for claim in chosen])


def _row(claim: Claim, values: Mapping[tuple[str, int], Mapping[str, float]]) -> dict[str, Any]:
    seeds = sorted({seed for _, seed in values})
    sums = np.array([
        sum(weight * values[(arm, seed)][claim.outcome] for arm, weight in claim.weights.items())
        for seed in seeds
    ])
    known = sums[~np.isnan(sums)]
    size, half = float(known.mean()), 0.0
    if len(known) > 1 and np.ptp(known) > 0.0:
        half = float(stats.t.ppf(0.5 + CONFIDENCE / 2.0, len(known) - 1) * stats.sem(known))
    low, high = size - half, size + half
    came_out = {1: low > 0.0, -1: high < 0.0, 0: None}[claim.side]
    return {
        "pattern": claim.pattern, "claim": claim.name, "outcome": claim.outcome,
        "predicted": claim.side, "size": size, "low": low, "high": high, "n": len(known),
        "dropped": len(sums) - len(known), "came_out": came_out,
    }


def main(folder: str) -> None:
    """Measure all claims and write them to `patterns.csv` in a folder."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    table = measure_claims()
    beside = place / "patterns.csv.new"
    table.to_csv(beside, index=False)
    beside.replace(place / "patterns.csv")
    sys.stdout.write(say("pattern.written", path=place / "patterns.csv") + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("python -m linkage_sim.studies.patterns FOLDER")
    main(sys.argv[1])
