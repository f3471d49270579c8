"""Limits of needs: how many there are, how long they last, and what waiting does to a project."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from linkage_sim.errors import InputError
from linkage_sim.kernels.counters import Count
from linkage_sim.model import LinkageModel
from linkage_sim.outcomes import measure
from linkage_sim.scenario.fields import CATEGORIES, by_category
from linkage_sim.timeline import DAYS_PER_WEEK, DAYS_PER_YEAR, WEEKS_PER_YEAR
from linkage_sim.verification.neutral import (
    FREE_HEARING,
    ONE_PROJECT,
    PLACE_OF_CATEGORY,
    listed,
    needs_of,
    still,
)
from linkage_sim.verification.tolerance import batches_of, mean_and_error, ratio_and_error

Figures = tuple[float, float, float]

# When the model looks at the places of a week, counted from its start: before and after service.
MATCH_MOMENTS = (0.0, 1.0)
CONTACTS_PER_PLACE = 50
HOURS_PER_CONTACT = 0.25
MOST_YEARS = 3
COMMUNITIES = 8
RUNS = 6


def need_prevalence(
    onset_per_week: float,
    recovery_per_week: float,
    residents: int = 20_000,
    weeks: int = 200,
    seed: int = 1,
) -> Figures:
    """Share of residents in need after some weeks, against the steady share of the two rates.

    Nobody serves anybody; one category of need, one snapshot. Textbook: up / (up + down), exact
    for the unit-rate clocks that are run, so there is nothing to discretise.

    Parameters
    ----------
    onset_per_week, recovery_per_week
        Hazards, above 0.
    residents, weeks
        Size of the place and weeks until the snapshot.

    Returns
    -------
    (observed, expected, standard_error)
        The error from batches of residents.
    """
    scenario = still(
        needs_of(onset_per_week, recovery_per_week),
        {"world.residents": residents, "run.years": max(1, math.ceil(weeks / WEEKS_PER_YEAR))},
    )
    model = LinkageModel(scenario, seed=seed)
    _run(model, weeks)
    in_need = _in_need(model)[:, PLACE_OF_CATEGORY]
    model.release()
    parts = batches_of(in_need)
    observed, error = ratio_and_error(
        [part.sum() for part in parts], [len(part) for part in parts]
    )
    return observed, onset_per_week / (onset_per_week + recovery_per_week), error


def need_autocorrelation(
    onset_per_week: float,
    recovery_per_week: float,
    lag_weeks: int,
    residents: int = 20_000,
    seed: int = 1,
) -> Figures:
    """Correlation of being in need now and some weeks later, against that of the two rates.

    Eight categories with the same rates, which know nothing of each other. Textbook:
    e^(-t / tau), tau = 1 / (up + down), exact for the unit-rate clocks that are run.

    Parameters
    ----------
    lag_weeks
        Whole weeks between the two looks; the first is taken after as many weeks.

    Returns
    -------
    (observed, expected, standard_error)
        The error from batches of residents.
    """
    years = max(1, math.ceil(2 * lag_weeks / WEEKS_PER_YEAR))
    scenario = still(
        needs_of(onset_per_week, recovery_per_week, CATEGORIES),
        {"world.residents": residents, "run.years": years},
    )
    model = LinkageModel(scenario, seed=seed)
    _run(model, lag_weeks)
    first = _in_need(model).astype(np.float64)
    _run(model, lag_weeks)
    second = _in_need(model).astype(np.float64)
    model.release()
    share = onset_per_week / (onset_per_week + recovery_per_week)
    # The known share is taken off: with the observed one the batches would not be independent.
    together = ((first - share) * (second - share)).sum(axis=1)
    spread = (((first - share) ** 2 + (second - share) ** 2) / 2.0).sum(axis=1)
    observed, error = ratio_and_error(
        [part.sum() for part in batches_of(together)], [part.sum() for part in batches_of(spread)]
    )
    return observed, math.exp(-lag_weeks * (onset_per_week + recovery_per_week)), error


def delayed_match(
    tau_weeks: float,
    duration_weeks: float,
    prevalence: float,
    delay_weeks: float,
    residents: int = 20_000,
    seed: int = 1,
) -> Figures:
    """`demand_match` of a project that serves the persons found by a survey, approved late.

    Everybody is asked and everybody answers; every place is promised to somebody in need, who is
    served for a time without the need ending by it; approval takes exactly the delay. Textbook,
    for a delay L and a duration C:
    pi + (1 - pi) (tau / C) e^(-L / tau) (1 - e^(-C / tau)); a fixed end D is C = D - L. Expected
    is its sum over the moments at which the model looks (`expected_match`).

    Parameters
    ----------
    tau_weeks
        How long a state of need lasts: 1 / (onset + recovery).
    duration_weeks, delay_weeks
        Delivery and approval; approval ends within 51 weeks, everything within three years.
    prevalence
        Share of residents in need, 0..1.

    Returns
    -------
    (observed, expected, standard_error)
        Observed is `demand_match` of whole runs, over several seeds; the error from communities.

    Raises
    ------
    InputError
        For a delay or a duration that no contract can have.
    """
    end = math.ceil(1.0 + delay_weeks + duration_weeks)
    hearing = end - delay_weeks - duration_weeks
    start = hearing + delay_weeks
    years = math.ceil(end / WEEKS_PER_YEAR)
    latest = DAYS_PER_YEAR / DAYS_PER_WEEK - 1.0
    if start > latest or years > MOST_YEARS or duration_weeks <= 0 or delay_weeks < 0:
        raise InputError(
            f"A delay of {delay_weeks} weeks and {duration_weeks} weeks of delivery cannot be run: "
            f"delivery must begin by week {latest:.0f} and end within {MOST_YEARS} years."
        )
    scenario = _delayed(
        tau_weeks, prevalence, hearing, delay_weeks, years, residents // COMMUNITIES
    )
    matches, weights = [], []
    for run in range(RUNS):
        model = LinkageModel(scenario, seed=seed + 1000 * run)
        _run(model, end)
        facts = model.facts()
        matches.append(measure(facts, range(years))["demand_match"])
        weights.append(facts.counts[:, :, [int(Count.MATCH_SUM), int(Count.MATCH_WEIGHT)]])
        model.release()
    sums = np.concatenate(weights).sum(axis=1)
    _, error = ratio_and_error(sums[:, 0], sums[:, 1])
    observed, _ = mean_and_error(matches)
    return observed, expected_match(tau_weeks, prevalence, hearing, start, end), error


def expected_match(
    tau_weeks: float, prevalence: float, hearing: float, start: float, end: float
) -> float:
    """Match by the rule that is run: the mean over the weeks' moments, weighted by delivery.

    Parameters
    ----------
    hearing, start, end
        Weeks of the run at which people are heard and delivery begins and ends. Who is heard
        within a week is heard in the state of its start.
    """
    total = weight = 0.0
    for week in range(int(start), math.ceil(end)):
        part = min(end, week + 1.0) - max(start, float(week))
        for moment in MATCH_MOMENTS:
            age = week + moment - math.floor(hearing)
            still_there = prevalence + (1.0 - prevalence) * math.exp(-age / tau_weeks)
            total += part * still_there
            weight += part
    return total / weight


def _delayed(
    tau_weeks: float, prevalence: float, hearing: float, delay_weeks: float, years: int, size: int
) -> Any:
    # As many places as there are certain to be persons in need: four standard deviations less.
    fewest = size * prevalence - 4.0 * math.sqrt(size * prevalence * (1.0 - prevalence))
    places = int(fewest)
    if places < 1:
        raise InputError(
            f"Of {size} residents of a community too few would be in need at {prevalence}."
        )
    hours = places * CONTACTS_PER_PLACE * HOURS_PER_CONTACT
    return still(
        needs_of(prevalence / tau_weeks, (1.0 - prevalence) / tau_weeks),
        FREE_HEARING,
        ONE_PROJECT,
        listed(hours * 40.0),
        {
            "run.years": years,
            "world.residents": size * COMMUNITIES,
            "world.communities": COMMUNITIES,
            "world.staff_hour_yuan": 40.0,
            "world.staff_per_organization": 20,
            "world.outside_work_share": 0.0,
            "assumptions.needs.end_probability": by_category(0.0).model_dump(),
            "assumptions.needs.cover_weeks": by_category(0.0).model_dump(),
            "assumptions.hearing.call_day": DAYS_PER_WEEK * hearing,
            "assumptions.delivery.roster_share": 1.0,
            "assumptions.delivery.contacts_per_place": CONTACTS_PER_PLACE,
            "assumptions.delivery.hours_per_contact": HOURS_PER_CONTACT,
            "assumptions.staff.case_share": 1.0,
            "assumptions.staff.group_share": 0.0,
            "policy.proposal.method": "survey",
            "policy.proposal.survey_sample": size,
            "policy.approval.fixed_latency_days": DAYS_PER_WEEK * float(delay_weeks),
            "policy.implementation.reporting_burden_share": 0.0,
            "policy.implementation.rescreen": False,
            "policy.implementation.autonomy_share": 0.0,
            "policy.implementation.contract_years": years,
        },
    )


def _run(model: LinkageModel, weeks: int) -> None:
    for _ in range(weeks):
        model.step()


def _in_need(model: LinkageModel) -> Any:
    """Who is in need of what now: uint8[residents, 8], 0 or 1."""
    return np.unpackbits(model.state.active[:, None], axis=1, bitorder="little")
