"""What a scenario says, turned into hazards per week and numbers by category."""

from __future__ import annotations

import math
from statistics import NormalDist

from linkage_sim.draws import Decision, Draws
from linkage_sim.scenario.fields import AGE_GROUPS, N_CATEGORIES, as_tuple
from linkage_sim.scenario.schema import Scenario

WEEKS_PER_YEAR = 52
FIFTHS = 5
GROUPS = len(AGE_GROUPS) * FIFTHS
PAST_WEEKS = 520  # ten years in which the neighbourhood found its steady course

Table = list[list[float]]


class Rates:
    """Hazards and services that are the same in every community.

    Attributes
    ----------
    onset : list[20][8]
        Hazard per week that a need begins, by group (age group times five, plus the fifth of
        vulnerability) and category. So chosen that the share in need settles at the prevalence.
    recovery : list[8]
        Hazard per week that a need ends by itself: one over its mean length.
    """

    def __init__(self, plan: Scenario) -> None:
        needs = plan.assumptions.needs
        self.severity = as_tuple(needs.severity)
        self.cover_weeks = as_tuple(needs.cover_weeks)
        self.end_probability = [min(1.0, value) for value in as_tuple(needs.end_probability)]
        self.recovery = [
            1.0 / max(weeks, 1e-9) if weeks > 0.0 else 0.0
            for weeks in as_tuple(needs.duration_weeks)
        ]
        of_fifth = vulnerability_of_fifths(needs.vulnerability_sd)
        self.onset: Table = []
        for age in AGE_GROUPS:
            usual = as_tuple(getattr(needs.prevalence, age))
            for ratio in of_fifth:
                row = []
                for category in range(N_CATEGORIES):
                    share = min(usual[category] * needs.prevalence_factor, 0.99)
                    row.append(share / (1.0 - share) * self.recovery[category] * ratio)
                self.onset.append(row)


def vulnerability_of_fifths(spread: float) -> list[float]:
    """Mean vulnerability of each fifth of a lognormal population with mean 1."""
    standard = NormalDist()
    inner = [standard.inv_cdf(part / FIFTHS) for part in range(1, FIFTHS)]
    cuts = [-math.inf, *inner, math.inf]

    def below(value: float) -> float:
        if math.isinf(value):
            return 0.0 if value < 0.0 else 1.0
        return standard.cdf(value)

    return [
        FIFTHS * (below(high - spread) - below(low - spread))
        for low, high in zip(cuts, cuts[1:], strict=False)
    ]


def drift_of_demand(plan: Scenario, draws: Draws, community: int, weeks: int) -> Table:
    """Factor on the hazard of each category, week by week, ten years before the start included.

    The neighbourhood's demand wanders around the district's: an AR(1) in logs, mean factor 1.
    Source: model.md section 5, eta.
    """
    needs = plan.assumptions.needs
    spread = needs.drift_sd
    if spread <= 0.0:
        return [[1.0] * (PAST_WEEKS + weeks) for _ in range(N_CATEGORIES)]
    memory = math.exp(-1.0 / needs.drift_weeks)
    fresh = math.sqrt(1.0 - memory * memory)
    path = []
    for category in range(N_CATEGORIES):
        level = draws.normal(Decision.DRIFT, community, 0, category)
        factors = [math.exp(spread * level - spread * spread / 2.0)]
        for week in range(1, PAST_WEEKS + weeks):
            level = memory * level + fresh * draws.normal(Decision.DRIFT, community, week, category)
            factors.append(math.exp(spread * level - spread * spread / 2.0))
        path.append(factors)
    return path


def sums_from_the_start(path: Table, weeks: int) -> Table:
    """Drift factors added up from the start of the run; entry w holds the weeks before w."""
    sums = []
    for factors in path:
        total = 0.0
        running = [total]
        for week in range(weeks):
            total += factors[PAST_WEEKS + week]
            running.append(total)
        sums.append(running)
    return sums


def share_in_need_at_the_start(
    rates: Rates, path: Table, members: list[int], capacity: list[float]
) -> Table:
    """Follow the mean share in need through ten past years, so that a run starts settled.

    Each week the two-state equation is solved exactly (share moves towards up / (up + down)),
    then government and neighbours meet what they have capacity for, in equal parts of all groups.
    Source: model.md sections 3 and 5.
    """
    share = [[0.0] * N_CATEGORIES for _ in range(GROUPS)]
    for category in range(N_CATEGORIES):
        down = rates.recovery[category]
        for group in range(GROUPS):
            up = rates.onset[group][category]
            share[group][category] = up / (up + down) if up > 0.0 else 0.0
        for week in range(PAST_WEEKS):
            in_need = 0.0
            for group in range(GROUPS):
                in_need += members[group] * share[group][category]
            met = min(1.0, capacity[category] / in_need) if in_need > 0.0 else 0.0
            factor = path[category][week]
            for group in range(GROUPS):
                now = share[group][category]
                up = rates.onset[group][category] * factor
                rate = up + down
                if rate > 0.0:
                    now = up / rate + (now - up / rate) * math.exp(-rate)
                share[group][category] = now * (1.0 - met)
    return share
