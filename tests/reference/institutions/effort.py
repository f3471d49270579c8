"""How an organization splits its hours between substance, show and paper.

Source: multitask agency, Holmstrom and Milgrom (1991), Baker (1992, 2002); model.md section 8.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from linkage_sim.scenario.schema import Scenario

MOST_PAPER = 0.95
Point = tuple[float, float]


@dataclass
class Gains:
    """What a unit of substance and of show is believed to bring, and how costs rise.

    `bound` is the share of hours that paper leaves.
    """

    substance: float
    showcase: float
    curve_substance: float
    curve_showcase: float
    cross: float
    bound: float

    def utility(self, point: Point) -> float:
        """What a mix is believed to be worth."""
        substance, showcase = point
        return (
            self.substance * substance
            + self.showcase * showcase
            - 0.5 * self.curve_substance * substance**2
            - 0.5 * self.curve_showcase * showcase**2
            - self.cross * substance * showcase
        )


def shares_in_score(plan: Scenario) -> dict[str, float]:
    """Weights of the indicators; a purchaser who gains from show shifts them to counts."""
    image = plan.policy.linkage.image_value
    weights = {
        name: (1.0 - image) * share
        for name, share in plan.policy.evaluation.weights.shares().items()
    }
    weights["activity"] += image
    return weights


def slopes(plan: Scenario, indicator: str, belief: float) -> Point:
    """What a unit of substance and of show are believed to add to an indicator."""
    effort, policy = plan.assumptions.effort, plan.policy.evaluation
    if indicator == "activity":
        seen_s, seen_z = effort.activity.values()
        honest = 1.0 - policy.audit_probability * plan.assumptions.checking.audit_penalty
        return seen_s, seen_z * honest
    if indicator == "satisfaction":
        if policy.respondents == "random":
            return effort.satisfaction_random.values()
        return effort.satisfaction_chosen.values()
    return belief, effort.outcome.showcase  # outcome; paper is a cost of its own


def worth_of_score(plan: Scenario, expected_score: float) -> float:
    """What a point of score is worth, in yuan per yuan of staff time.

    The last tranche plus the believed worth of renewal, whose chance rises fastest near the
    threshold.
    """
    effort, policy = plan.assumptions.effort, plan.policy.evaluation
    distance = (expected_score - policy.renewal_threshold) / effort.score_spread
    density = math.exp(-0.5 * distance**2) / (math.sqrt(2.0 * math.pi) * effort.score_spread)
    worth = policy.last_tranche_share + effort.renewal_value * density
    return worth / plan.world.staff_share


def weigh_efforts(
    plan: Scenario, mission: float, belief: float, expected_score: float, fresh_weeks: float,
    weeks_left: float,
) -> tuple[Gains, float]:
    """Work out what each kind of effort is believed to bring, and the hours paper takes."""
    effort, policy = plan.assumptions.effort, plan.policy.evaluation
    weights = shares_in_score(plan)
    burden = plan.policy.implementation.reporting_burden_share
    documents = min(MOST_PAPER, burden + effort.documents_weight * weights["documents"])
    seen_s = seen_z = 0.0
    for name, weight in weights.items():
        if weight > 0.0 and name != "documents":
            slope_s, slope_z = slopes(plan, name, belief)
            seen_s += weight * slope_s
            seen_z += weight * slope_z
    worth = worth_of_score(plan, expected_score)
    gain_s, gain_z = worth * seen_s, worth * seen_z
    if plan.policy.implementation.midterm_check:
        withheld = plan.assumptions.checking.midterm_withhold * policy.last_tranche_share
        gain_s += withheld / plan.world.staff_share * belief
    gain_s += mission * effort.value.substance
    gain_z += mission * effort.value.showcase
    curve_s = 1.0
    risk = effort.risk_aversion * (worth * weights["outcome"]) ** 2
    if risk > 0.0:
        # The variance of a share p measured on n people is p (1 - p) / n, with p = belief * s.
        gain_s -= 0.5 * risk * belief / policy.outcome_sample
        curve_s -= risk * belief**2 / policy.outcome_sample
    ramp = mean_ramp(plan.assumptions.delivery.ramp_weeks, fresh_weeks, weeks_left)
    gains = Gains(ramp * gain_s, gain_z, curve_s, 1.0, effort.substitution, 1.0 - documents)
    return gains, documents


def mean_ramp(ramp_weeks: float, fresh_weeks: float, weeks: float) -> float:
    """Mean productivity 1 - exp(-t / ramp) of substance over the weeks that are left."""
    if ramp_weeks <= 0.0:
        return 1.0
    if weeks <= 0.0:
        return 1.0 - math.exp(-fresh_weeks / ramp_weeks)
    start = math.exp(-fresh_weeks / ramp_weeks)
    end = math.exp(-(fresh_weeks + weeks) / ramp_weeks)
    return 1.0 - ramp_weeks / weeks * (start - end)


def best_mix(gains: Gains) -> Point:
    """Find the mix worth most: inside if there is one, else on an edge or at a corner."""
    u_s, u_z, cross, bound = gains.substance, gains.showcase, gains.cross, gains.bound
    k_s, k_z = gains.curve_substance, gains.curve_showcase
    points = [(0.0, 0.0)]
    determinant = k_s * k_z - cross**2
    if determinant > 0.0 and k_s > 0.0:
        points.append(
            ((k_z * u_s - cross * u_z) / determinant, (k_s * u_z - cross * u_s) / determinant)
        )
    points.append((u_s / k_s if k_s > 0.0 else bound, 0.0))
    points.append((0.0, u_z / k_z if k_z > 0.0 else bound))
    along = k_s + k_z - 2.0 * cross
    if along > 0.0:
        share = (u_s - u_z + (k_z - cross) * bound) / along
        points.append((share, bound - share))
    points += [(bound, 0.0), (0.0, bound)]
    possible = [
        point for point in points if min(point) >= -1e-12 and sum(point) <= bound + 1e-12
    ]
    substance, showcase = max(possible, key=gains.utility)
    return max(0.0, substance), max(0.0, showcase)


def noise_around(gains: Gains, lots: Point, temperature: float) -> Point:
    """Logit noise around a quadratic optimum: normal, with the curvatures as precision."""
    k_s, k_z = max(gains.curve_substance, 1e-3), max(gains.curve_showcase, 1e-3)
    cross = min(gains.cross, 0.99 * math.sqrt(k_s * k_z))
    determinant = k_s * k_z - cross**2
    first = math.sqrt(temperature * k_z / determinant)
    tilt = -temperature * cross / determinant / first
    rest = math.sqrt(max(0.0, temperature * k_s / determinant - tilt**2))
    return first * lots[0], tilt * lots[0] + rest * lots[1]


def choose_effort(gains: Gains, lots: Point, temperature: float) -> Point:
    """Give the shares of hours for substance and show, within what paper leaves."""
    substance, showcase = best_mix(gains)
    if temperature > 0.0:
        step_s, step_z = noise_around(gains, lots, temperature)
        substance, showcase = max(0.0, substance + step_s), max(0.0, showcase + step_z)
    over = substance + showcase - gains.bound
    if over > 0.0:
        substance, showcase = substance - over / 2.0, showcase - over / 2.0
        if substance < 0.0:
            return 0.0, gains.bound
        if showcase < 0.0:
            return gains.bound, 0.0
    return substance, showcase
