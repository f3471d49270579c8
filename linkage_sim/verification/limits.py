"""The list of all limits, with the numbers they are checked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from linkage_sim.verification.choices import effort_mix, survey_error, voice_bias, vote_winners
from linkage_sim.verification.lasting import (
    expectation_fixed_point,
    satisfaction_fixed_point,
    volunteer_share,
    worker_tenure,
)
from linkage_sim.verification.needs import delayed_match, need_autocorrelation, need_prevalence
from linkage_sim.verification.queues import (
    approval_wait,
    batch_wait,
    files_at_desks,
    general_service_wait,
    service_spread,
)
from linkage_sim.verification.tolerance import agrees


@dataclass(frozen=True, slots=True)
class Check:
    """What came of checking one limit; observed and expected are figures, pairs or names."""

    limit: str
    observed: Any
    expected: Any
    standard_error: float
    holds: bool


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit at one set of numbers.

    Attributes
    ----------
    name : str
        Name of the function, and what tells this check from others of it.
    """

    name: str
    function: Callable[..., tuple[Any, Any, float]]
    arguments: dict[str, Any] = field(default_factory=dict)

    def check(self) -> Check:
        """Run the model and compare; takes up to ten seconds."""
        observed, expected, error = self.function(**self.arguments)
        return Check(self.name, observed, expected, error, agrees(observed, expected, error))


# 60 voters on one side of the street, 40 on the other, money for three projects of 30.
STREET_COSTS = {"north 1": 30.0, "north 2": 30.0, "north 3": 30.0, "south 1": 30.0}
STREET_BALLOTS = [["north 1", "north 2", "north 3"]] * 60 + [["south 1"]] * 40
STREET_WINNERS = {
    "greedy": ["north 1", "north 2", "north 3"],
    # .9 a head: north 1 takes .5 of 60 heads, the south .75 of 40; the 30 left go by votes.
    "equal_shares": ["north 1", "south 1", "north 2"],
}

ONE_DESK = [(0.1, 3, 0.0)]
FOUR_DESKS = [(0.1, 1, 0.0)] * 4
FOUR_DESKS_WITH_RETURNS = [(0.1, 1, 0.10), (0.1, 1, 0.05), (0.1, 1, 0.05), (0.1, 1, 0.02)]


def vote_by_hand(rule: str) -> tuple[list[str], list[str], float]:
    """Winners of a vote counted by hand: two sides of a street, see `STREET_WINNERS`."""
    return vote_winners(STREET_COSTS, STREET_BALLOTS, 90.0, rule), STREET_WINNERS[rule], 0.0


def _needs() -> Iterator[Limit]:
    rates = {"onset_per_week": 0.02, "recovery_per_week": 0.08}
    yield Limit("need_prevalence", need_prevalence, rates)
    for lag in (5, 20):
        yield Limit(f"need_autocorrelation, lag {lag}", need_autocorrelation,
                    {**rates, "lag_weeks": lag})
    for delay in (0, 1, 3, 6, 12):
        yield Limit(f"delayed_match, delay {delay} of 12", delayed_match,
                    {"tau_weeks": 12, "duration_weeks": 12, "prevalence": 0.2,
                     "delay_weeks": delay})
    for delay in (0, 13, 26):
        yield Limit(f"delayed_match, delay {delay}, end at 52", delayed_match,
                    {"tau_weeks": 52, "duration_weeks": 52 - delay, "prevalence": 0.2,
                     "delay_weeks": delay})


def _queues() -> Iterator[Limit]:
    yield Limit("approval_wait, three officers", approval_wait,
                {"arrivals_per_day": 0.24, "desks": ONE_DESK})
    yield Limit("approval_wait, four desks", approval_wait,
                {"arrivals_per_day": 0.05, "desks": FOUR_DESKS})
    yield Limit("approval_wait, returns", approval_wait,
                {"arrivals_per_day": 0.05, "desks": FOUR_DESKS_WITH_RETURNS, "rework_days": 15.0})
    yield Limit("files_at_desks", files_at_desks, {"arrivals_per_day": 0.24, "desks": ONE_DESK})
    yield Limit("service_spread", service_spread, {"mean_days": 10.0, "variation": 2.0})
    yield Limit("general_service_wait", general_service_wait,
                {"arrivals_per_day": 0.05, "services_per_day": 0.1, "variation": 2.0})
    yield Limit("batch_wait, Monday and Thursday", batch_wait, {"meeting_gaps_days": (3, 4)})
    yield Limit("batch_wait, every 30 days", batch_wait, {"meeting_gaps_days": (30,)})


def _choices() -> Iterator[Limit]:
    for weight in (1.0, 0.7, 0.5, 0.3, 0.0):
        yield Limit(f"effort_mix, counts {weight}", effort_mix,
                    {"quantity_weight": weight, "incentive": 1.0, "mission": 0.2})
    for weight, hours in ((1.0, 1.0), (0.7, 0.7)):
        yield Limit(f"effort_mix, counts {weight}, hours {hours}", effort_mix,
                    {"quantity_weight": weight, "incentive": 1.0, "mission": 0.2, "hours": hours})
    yield Limit("survey_error", survey_error, {"share": 0.2, "sample": 300, "residents": 5200})
    yield Limit("voice_bias", voice_bias,
                {"shares": (0.1, 0.2, 0.3), "voices": (0.3, 1.0, 2.5), "draws": 80})
    for rule in STREET_WINNERS:
        yield Limit(f"vote_winners, {rule}", vote_by_hand, {"rule": rule})


def _lasting() -> Iterator[Limit]:
    for join, contagion in ((0.003, 0.02), (0.003, 0.05), (0.01, 0.05)):
        yield Limit(f"volunteer_share, {join} and {contagion}", volunteer_share,
                    {"join_per_month": join, "contagion_per_month": contagion,
                     "leave_per_month": 0.0365})
    for met, publicity in ((0.5, 0.0), (0.25, 0.01), (0.5, 0.05)):
        numbers = {"met_share": met, "publicity": publicity}
        yield Limit(f"satisfaction_fixed_point, {met} and {publicity}",
                    satisfaction_fixed_point, numbers)
    yield Limit("expectation_fixed_point", expectation_fixed_point,
                {"met_share": 0.25, "publicity": 0.01})
    yield Limit("worker_tenure", worker_tenure, {"quit_per_week": 0.01})


def check_numbered(number: int) -> dict[str, Any]:
    """Check one limit by its place in the list; a worker's task.

    Returns
    -------
    dict
        limit, observed, expected, standard_error, and whether it holds as `verdict`.
    """
    found = all_limits()[number].check()
    return {"limit": found.limit, "observed": found.observed, "expected": found.expected,
            "standard_error": found.standard_error, "verdict": bool(found.holds)}


def _shown(value: Any) -> str:
    """Write a figure, a pair of figures or names as they stand in a table."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        return ", ".join(_shown(part) for part in value)
    return f"{float(value):.4f}"


def cells_of(observed: Any, expected: Any, standard_error: float) -> list[str]:
    """Write the three figures of a check as every table shows them."""
    error = f"{standard_error:.2g}" if standard_error > 0.0 else "0"
    return [_shown(observed), _shown(expected), error]


def all_limits() -> list[Limit]:
    """List every limit with the numbers it is checked at, in the order of the purchase cycle.

    Each `check()` runs the model's own code; all of them together take about a minute.
    """
    return [*_needs(), *_queues(), *_choices(), *_lasting()]
