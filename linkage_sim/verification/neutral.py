"""A place in which nothing happens but what a limit is about; public parameters alone make it."""

from __future__ import annotations

from typing import Any

from linkage_sim.scenario.fields import AGE_GROUPS, CATEGORIES, by_category
from linkage_sim.scenario.schema import Scenario

CATEGORY = "health"
PLACE_OF_CATEGORY = CATEGORIES.index(CATEGORY)
NOTHING = by_category(0.0).model_dump()

STILL: dict[str, Any] = {
    "run.warmup_years": 0,
    "world.communities": 1,
    "world.organizations": 1,
    "world.staff_per_organization": 1,
    "world.budget_yuan_per_year": 0.0,
    "world.age_shares": {
        "age_0_14": 0.0, "age_15_39": 1.0, "age_40_59": 0.0, "age_60_plus": 0.0,
    },
    "assumptions.needs.prevalence": dict.fromkeys(AGE_GROUPS, NOTHING),
    "assumptions.needs.prevalence_factor": 1.0,
    "assumptions.needs.vulnerability_sd": 0.0,
    "assumptions.needs.drift_sd": 0.0,
    "assumptions.needs.move_per_year": 0.0,
    "assumptions.provision.government_capacity": NOTHING,
    "assumptions.provision.mutual_aid_capacity": NOTHING,
    "assumptions.hearing.committee_list_share": 0.0,
    "assumptions.volunteers.start_share": 0.0,
    "assumptions.volunteers.join_per_month": 0.0,
    "assumptions.volunteers.contagion_per_month": 0.0,
    "assumptions.volunteers.asks_per_week": 0.0,
    "assumptions.staff.quit_per_year": 0.0,
    "assumptions.market.entry_per_year": 0.0,
    "assumptions.market.overhead_share": 0.0,
    "assumptions.linkage.sightings": 0.0,
    "policy.linkage.meeting_every_weeks": 0,
}

FREE_HEARING: dict[str, Any] = {
    "assumptions.hearing.survey_yuan": 0.0,
    "assumptions.hearing.survey_hours": 0.0,
    "assumptions.hearing.survey_days": 0.0,
    "assumptions.hearing.survey_response": 1.0,
    "assumptions.hearing.response_trust": 0.0,
    "assumptions.hearing.household_report": False,
    "assumptions.hearing.wish_rate": 0.0,
}

ONE_PROJECT: dict[str, Any] = {
    "world.staff_share": 1.0,
    "assumptions.hearing.submission_factor": 1.0,
    "assumptions.officials.flaw_share": 0.0,
    "assumptions.delivery.tender_days_competitive": 0.0,
    "assumptions.checking.satisfaction_yuan": 0.0,
    "assumptions.checking.outcome_yuan": 0.0,
    "assumptions.checking.in_house_yuan": 0.0,
    "policy.proposal.method": "directive",
    "policy.approval.fixed_latency_days": 0.0,
    "policy.evaluation.audit_probability": 0.0,
}


def still(*more: dict[str, Any]) -> Scenario:
    """Give the scenario in which nothing happens, with what a limit is about put back in."""
    values = dict(STILL)
    for part in more:
        values.update(part)
    return Scenario().with_values(values)


def needs_of(
    onset_per_week: float, recovery_per_week: float, categories: tuple[str, ...] = (CATEGORY,)
) -> dict[str, Any]:
    """Let needs of some categories come and go at these rates, the same for everybody."""
    share = onset_per_week / (onset_per_week + recovery_per_week)
    shares = NOTHING | dict.fromkeys(categories, share)
    weeks = by_category(1.0).model_dump() | dict.fromkeys(categories, 1.0 / recovery_per_week)
    return {
        "assumptions.needs.prevalence": dict.fromkeys(AGE_GROUPS, shares),
        "assumptions.needs.duration_weeks": weeks,
    }


def listed(cost_yuan: float) -> dict[str, Any]:
    """Put one project on the table, with the money that it costs and no more."""
    one = {"id": "only", "category": CATEGORY, "cost_yuan": cost_yuan}
    return {"world.candidates": [one], "world.budget_yuan_per_year": cost_yuan}
