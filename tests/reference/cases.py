"""Worlds to compare on: one by hand for each mechanism, and any number by chance."""

from __future__ import annotations

from typing import Any, NamedTuple

from hypothesis import strategies as st

from linkage_sim.scenario.fields import CATEGORIES, ByCategory
from linkage_sim.scenario.schema import Parameter, Scenario, parameters

N, D, V = "assumptions.needs.", "assumptions.delivery.", "assumptions.volunteers."
O, L, I = "assumptions.opinion.", "policy.linkage.", "policy.implementation."  # noqa: E741
HEARING, PROVISION = "assumptions.hearing.", "assumptions.provision."

# A community of ninety with the money of ninety, whose contracts begin in February.
SMALL: dict[str, Any] = {
    "world.residents": 90, "run.years": 1, "run.warmup_years": 0,
    "world.budget_yuan_per_year": 60_000.0, "world.project_cost_low_yuan": 8_000.0,
    "world.project_cost_high_yuan": 15_000.0, "policy.approval.fixed_latency_days": 14.0,
    D + "search_half": 4.0, D + "awareness_start": 0.6, HEARING + "activist_yuan": 1.0,
    HEARING + "meeting_hours": 4.0,
}
NO_PURCHASE: dict[str, Any] = {"world.budget_yuan_per_year": 0.0}


def alike(value: float) -> dict[str, float]:
    """Give all categories the same number."""
    return dict.fromkeys(CATEGORIES, value)


class Case(NamedTuple):
    """A world for one mechanism, and what must have happened there to make the case worth it."""

    values: dict[str, Any]
    happened: tuple[str, ...]


CASES: dict[str, Case] = {
    "needs by themselves": Case(
        {**NO_PURCHASE, PROVISION + "government_capacity": alike(0.0), N + "move_per_year": 0.0,
         PROVISION + "mutual_aid_capacity": alike(0.0), N + "prevalence_factor": 2.0},
        ("onsets", "recoveries"),
    ),
    "needs without drift": Case({**NO_PURCHASE, N + "drift_sd": 0.0}, ("onsets",)),
    "needs that never end by themselves": Case(
        {N + "duration_weeks": alike(1e6), D + "roster_share": 1.0}, ("need_weeks",)
    ),
    "government and mutual aid": Case(
        {**NO_PURCHASE, PROVISION + "government_capacity": alike(3.0),
         PROVISION + "mutual_aid_capacity": alike(2.0)},
        ("ended_by_government", "ended_by_neighbours"),
    ),
    "station": Case({I + "station_share": 0.6}, ("contacts_station", "ended_by_purchase")),
    "searches for open places": Case(
        {D + "roster_share": 0.0}, ("searches", "searches_failed", "contacts_bought")
    ),
    "series of named holders": Case(
        {D + "roster_share": 1.0, N + "end_probability": alike(0.1)}, ("contacts_bought",)
    ),
    "re-screening and re-targeting": Case(
        {I + "rescreen": True, I + "autonomy_share": 0.8, N + "move_per_year": 0.9},
        ("contacts_bought", "left"),
    ),
    "places of movers": Case(
        {D + "roster_share": 1.0, N + "move_per_year": 0.9, "world.floating_share": 0.8,
         "policy.approval.fixed_latency_days": 60.0},
        ("left", "arrived", "contacts_bought"),
    ),
    "events and publicity": Case(
        {D + "hours_per_event": 4.0, D + "heads_per_event": 7.0, O + "image_unserved": -0.3,
         O + "publicity_lift": 0.2},
        ("events", "heads"),
    ),
    "volunteers": Case(
        {V + "start_share": 0.5, V + "leave_per_month": 0.2, V + "join_per_month": 0.1,
         V + "contagion_per_month": 0.5, V + "asks_per_week": 40.0, V + "trust_effect": 0.7},
        ("joined", "dropped", "asked", "volunteer_hours"),
    ),
    "time bank": Case(
        {I + "time_bank": True, V + "start_share": 0.5, V + "leave_per_month": 0.1},
        ("credit_issued", "credit_redeemed", "credit_lost"),
    ),
    "time bank that crowds out every motive": Case(
        {I + "time_bank": True, V + "start_share": 0.5, V + "leave_per_month": 0.1,
         V + "time_bank_crowding": 0.9},
        ("dropped",),
    ),
    "feelings": Case(
        {O + "weight_expectation": 0.2, O + "trust_start": 0.3, O + "word_of_mouth": 0.5,
         O + "expectation_rate": 0.4},
        ("contacts_bought",),
    ),
    "lists and the joint meeting": Case(
        {L + "meeting_every_weeks": 3, "assumptions.linkage.sightings": 20.0,
         "assumptions.staff.cases_found": 4.0, V + "start_share": 0.4,
         V + "coordination_share": 0.0, D + "awareness_start": 0.0},
        ("hidden_found", "visits"),
    ),
    "campaigns": Case(
        {L + "campaigns_per_year": 5, L + "campaign_weeks": 2.5}, ("substance_hours",)
    ),
    "two communities, contracts over two years": Case(
        {"world.communities": 2, "world.residents": 121, I + "contract_years": 2,
         "run.years": 2, I + "bundle_communities": 2},
        ("contacts_bought", "episodes", "served_early"),
    ),
    "desks, and a year before the reported one": Case(
        {"policy.approval.fixed_latency_days": False, "run.warmup_years": 1,
         I + "midterm_check": True},
        ("contacts_bought", "match_sum", "wait_weeks"),
    ),
}

# Everything at once, so that every broken rule can be seen.
RICH: dict[str, Any] = {
    I + "time_bank": True, "world.floating_share": 0.4, N + "move_per_year": 0.7,
    I + "station_share": 0.1,
    I + "rescreen": True, I + "autonomy_share": 0.6, L + "campaigns_per_year": 4,
    L + "meeting_every_weeks": 4, "assumptions.linkage.sightings": 8.0,
    "assumptions.linkage.list_share": 0.5, "assumptions.staff.cases_found": 4.0,
    V + "start_share": 0.3, V + "leave_per_month": 0.1, V + "contagion_per_month": 0.3,
    V + "asks_per_week": 30.0, PROVISION + "mutual_aid_capacity": alike(0.5),
    D + "hours_per_event": 8.0, D + "heads_per_event": 6.0, D + "contacts_per_place": 3,
    "policy.approval.fixed_latency_days": 60.0, N + "prevalence_factor": 1.0,
    N + "end_probability": alike(0.3),
}


def small(values: dict[str, Any]) -> Scenario:
    """Give a small world in which some values differ."""
    return Scenario().with_values({**SMALL, **values})


# -- worlds by chance -------------------------------------------------------------------------

# Narrower than declared where the ends only cost time in plain Python.
NARROWER: dict[str, tuple[float, float]] = {
    D + "heads_per_event": (1, 30), D + "hours_per_event": (4, 200),
    D + "awareness_per_hour": (0, 5), N + "duration_weeks": (1, 300),
    I + "bundle_communities": (1, 2), L + "meeting_every_weeks": (0, 30),
    "policy.proposal.survey_sample": (1, 200), "policy.proposal.activists": (1, 200),
}
COUNTED = ("persons", "weeks", "years", "contacts", "campaigns", "communities")
METHODS = ("mixed", "directive", "activists", "hotline", "survey", "assembly", "vote")


def _values_of(item: Parameter) -> Any:
    if item.name == "policy.proposal.method":
        return st.sampled_from(METHODS)
    if item.choices and isinstance(item.default, str):
        return st.sampled_from(item.choices)
    if isinstance(item.default, bool):
        return st.booleans()
    if item.low is None or item.high is None:
        return None
    low, high = NARROWER.get(item.name, (item.low, item.high))
    if isinstance(item.default, int) and item.unit in COUNTED:
        return st.integers(int(low), int(high))
    number = st.one_of(st.sampled_from([float(low), float(high)]), st.floats(low, high))
    if isinstance(item.default, ByCategory):
        return st.fixed_dictionaries(dict.fromkeys(CATEGORIES, number))
    return number if isinstance(item.default, int | float) else None


CHOICES: dict[str, Any] = {
    item.name: values
    for kind in ("lever", "assumption")
    for item in parameters(kind)
    if (values := _values_of(item)) is not None
}


@st.composite
def worlds(draw: Any, most_residents: int, most_years: int) -> dict[str, Any]:
    """Draw a world: its size, and up to thirty levers and assumptions anywhere in their range."""
    years = draw(st.integers(1, most_years))
    warmup = draw(st.integers(0, years - 1))
    names = draw(st.lists(st.sampled_from(sorted(CHOICES)), unique=True, max_size=30))
    return {
        **SMALL,
        "world.residents": draw(st.integers(40, most_residents)),
        "world.communities": draw(st.integers(1, 2)),
        "run.years": years - warmup,
        "run.warmup_years": warmup,
        "policy.approval.fixed_latency_days": draw(st.sampled_from([0.0, 14.0, 90.0, False])),
        **{name: draw(CHOICES[name]) for name in names},
    }
