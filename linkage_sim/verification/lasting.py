"""Limits of what settles in the long run: volunteering, satisfaction, staying in a job."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np

from linkage_sim.kernels import volunteering
from linkage_sim.kernels.records import open_records
from linkage_sim.model import LinkageModel
from linkage_sim.neighbourhood import Neighbourhood
from linkage_sim.offices import STAFF_WEEKS
from linkage_sim.scenario.fields import N_CATEGORIES
from linkage_sim.timeline import WEEKS_PER_YEAR
from linkage_sim.verification.neutral import still
from linkage_sim.verification.tolerance import mean_and_error, ratio_and_error
from linkage_sim.world.columns import VOLUNTEER

Figures = tuple[float, float, float]

BURN_IN_MONTHS, OBSERVED_MONTHS, MONTHS_BETWEEN_LOOKS = 200, 190, 5
TOWNS = 24
QUARTER_WEEKS = 13.0
YEARS_TO_REST = 80
ORGANIZATIONS, WORKERS = 20, 200
SEPARATIONS_WANTED = 6000
YEARS_OF_WORK = (2, 40)


def volunteer_share(
    join_per_month: float,
    contagion_per_month: float,
    leave_per_month: float,
    residents: int = 2_000,
    seed: int = 1,
) -> Figures:
    """Share of residents who volunteer in the long run, against the mean field of contagion.

    Everybody may volunteer and everybody is tied to everybody; nobody is asked, trust and tasks
    make no difference. Textbook (Bass with drop-out): root of q A^2 + (p + d - q) A - p = 0.
    Rates read the state at the start of a week, which moves no fixed point.

    Parameters
    ----------
    join_per_month, contagion_per_month, leave_per_month
        Hazards p, q (when all ties volunteer) and d, per month; d at least 0.0005.
    residents
        Size of each of the towns; the root is that of very many, so 1,000 or more.

    Returns
    -------
    (observed, expected, standard_error)
        Observed from month 200 on; the error from independent towns.
    """
    months = BURN_IN_MONTHS + OBSERVED_MONTHS
    scenario = still({
        "world.residents": residents,
        "run.years": math.ceil(months / 12.0),
        "assumptions.volunteers.join_per_month": join_per_month,
        "assumptions.volunteers.contagion_per_month": contagion_per_month,
        "assumptions.volunteers.leave_per_month": leave_per_month,
        "assumptions.volunteers.idle_effect": 0.0,
        "assumptions.volunteers.formal_effect": 0.0,
        "assumptions.volunteers.trust_effect": 0.0,
        "assumptions.volunteers.start_share": 0.5,
    })
    shares = [_share_of_town(scenario, seed + 1000 * town) for town in range(TOWNS)]
    observed, error = mean_and_error(shares)
    return observed, steady_share(join_per_month, contagion_per_month, leave_per_month), error


def steady_share(join: float, contagion: float, leave: float) -> float:
    """Root in 0..1 of q A^2 + (p + d - q) A - p = 0 that lasts."""
    slope = join + leave - contagion
    if contagion == 0.0:
        return join / (join + leave)
    return (-slope + math.sqrt(slope**2 + 4.0 * contagion * join)) / (2.0 * contagion)


def _share_of_town(scenario: Any, seed: int) -> float:
    model = LinkageModel(scenario, seed=seed)
    size = model.people.n_residents
    everybody = np.arange(size, dtype=np.uint16)
    others = np.tile(everybody, size)[np.tile(everybody, size) != np.repeat(everybody, size)]
    model.people = dataclasses.replace(
        model.people,
        tie_start=np.arange(size + 1, dtype=np.int32) * (size - 1),
        tie_to=others,
    )
    town = Neighbourhood(model)
    looks = []
    weeks_of_month = volunteering.WEEKS_PER_MONTH
    look = float(BURN_IN_MONTHS)
    for week in range(math.floor((BURN_IN_MONTHS + OBSERVED_MONTHS) * weeks_of_month)):
        volunteering.advance_volunteers(
            model.place(0, week), 0.0, 0.0, town.joining, town.members, model.course.counts[0],
        )
        if week + 1 >= look * weeks_of_month:
            looks.append(np.count_nonzero(model.state.volunteer == VOLUNTEER) / size)
            look += MONTHS_BETWEEN_LOOKS
    model.release()
    return float(np.mean(looks))


def satisfaction_fixed_point(met_share: float, publicity: float = 0.0, seed: int = 1) -> Figures:
    """Satisfaction at rest of people some of whose needs are always met, against theory.

    Eight needs that never end, of which the same ones are covered for ever, so that performance
    is P = j / 8. Textbook (expectancy-disconfirmation):
    E* = min(1, P + g / l), S* = a0 + bP P - bD_minus (E* - P) + bE E*, within 0..1. The rule that
    is run moves expectation by a weekly rate 1 - (1 - l)^(1/13) and lifts it by g / 13 a week, and
    expected is for that rule: l is 13 weekly rates.

    Parameters
    ----------
    met_share
        Share of needs that are covered; rounded to eighths.
    publicity
        What shows and news add to expectation, a quarter.

    Returns
    -------
    (observed, expected, standard_error)
        Mean satisfaction of residents; the error is 0, nothing here is left to chance.
    """
    observed, expected = _feelings_at_rest(met_share, publicity, seed)
    return observed[1], expected[1], 0.0


def expectation_fixed_point(met_share: float, publicity: float = 0.0, seed: int = 1) -> Figures:
    """Expectation at rest, in the same place as `satisfaction_fixed_point`: E* of that formula."""
    observed, expected = _feelings_at_rest(met_share, publicity, seed)
    return observed[0], expected[0], 0.0


def _feelings_at_rest(
    met_share: float, publicity: float, seed: int
) -> tuple[tuple[float, float], tuple[float, float]]:
    scenario = still({
        "world.residents": 100,
        "run.years": YEARS_TO_REST,
        "assumptions.opinion.base": 0.3,
        "assumptions.opinion.weight_expectation": 0.1,
        "assumptions.opinion.personal_sd": 0.0,
    })
    model = LinkageModel(scenario, seed=seed)
    covered = round(met_share * N_CATEGORIES)
    model.state.active[:] = 255
    open_records(model.place(0, 0), model.course.needs)
    model.course.needs.records.cover[model.state.record, :covered] = np.inf
    while model.week < model.weeks:
        model.state.lift[:] += np.float32(publicity / QUARTER_WEEKS)
        model.step()
    observed = (float(model.state.expectation.mean()), float(model.state.satisfaction.mean()))
    model.release()
    feel = scenario.assumptions.opinion
    performance = covered / N_CATEGORIES
    weekly = 1.0 - (1.0 - feel.expectation_rate) ** (1.0 / QUARTER_WEEKS)
    hope = min(1.0, performance + publicity / QUARTER_WEEKS / weekly)
    gap = performance - hope
    felt = feel.base + feel.weight_performance * performance + feel.weight_expectation * hope
    felt += feel.weight_better * max(gap, 0.0) - feel.weight_worse * max(-gap, 0.0)
    return observed, (hope, min(1.0, max(0.0, felt)))


def worker_tenure(quit_per_week: float, seed: int = 1) -> Figures:
    """Mean weeks that social workers stay, against a constant hazard.

    Burnout and late pay make no difference. Textbook: 1 / p. Workers decide every four weeks, so
    by the rule that is run somebody stays 4 / (1 - e^(-4 p)) weeks, about two weeks more.

    Parameters
    ----------
    quit_per_week
        Hazard of leaving, above 0 and at most 2 / 52.

    Returns
    -------
    (observed, expected, standard_error)
        Observed are worker-weeks for each separation; the error from independent organizations.
    """
    staff = ORGANIZATIONS * WORKERS
    years = math.ceil(SEPARATIONS_WANTED / (quit_per_week * staff * WEEKS_PER_YEAR))
    years = min(YEARS_OF_WORK[1], max(YEARS_OF_WORK[0], years))
    scenario = still({
        "world.residents": 50,
        "world.organizations": ORGANIZATIONS,
        "world.staff_per_organization": WORKERS,
        "run.years": years,
        "assumptions.staff.quit_per_year": quit_per_week * WEEKS_PER_YEAR,
        "assumptions.staff.quit_burnout": 0.0,
        "assumptions.staff.quit_late_pay": 0.0,
    })
    model = LinkageModel(scenario, seed=seed)
    worked = np.zeros(ORGANIZATIONS)
    while model.week < model.weeks:
        if (model.week + 1) % STAFF_WEEKS == 0:
            worked += [STAFF_WEEKS * len(item.workers) for item in model.organizations]
        model.step()
    left = [item.separations for item in model.organizations]
    model.release()
    observed, error = ratio_and_error(worked, left)
    return observed, STAFF_WEEKS / -math.expm1(-STAFF_WEEKS * quit_per_week), error
