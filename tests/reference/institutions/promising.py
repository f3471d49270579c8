"""What a project promises: needs ended, and places.

Source: model.md section 6: contract hours net of the least paper over hours per contact, all
substance, full ramp, skill 1, no volunteers.
"""

from __future__ import annotations

from linkage_sim.scenario.fields import as_tuple
from linkage_sim.scenario.schema import Scenario
from tests.reference.institutions.papers import Idea


def usual_contact(plan: Scenario) -> tuple[float, float]:
    """Hours and ended needs of a contact in the usual mix of methods, against casework."""
    staff = plan.assumptions.staff
    community = max(0.0, 1.0 - staff.case_share - staff.group_share)
    hours = (
        staff.case_share + staff.group_share * staff.group_hours
        + community * staff.community_hours
    )
    ended = staff.case_share + staff.group_share * staff.group_end + community * staff.community_end
    return hours, ended


def hours_of(plan: Scenario, cost_yuan: float) -> float:
    """Staff hours that a contract's yuan buy."""
    return cost_yuan * plan.world.staff_share / plan.world.staff_hour_yuan


def promise(plan: Scenario, idea: Idea) -> tuple[float, int]:
    """Needs that a project promises to end, and places it offers."""
    delivery = plan.assumptions.delivery
    usual_hours, usual_end = usual_contact(plan)
    burden = plan.policy.implementation.reporting_burden_share
    hours = hours_of(plan, idea.cost_yuan) * (1.0 - burden)
    contacts = hours / (delivery.hours_per_contact * usual_hours)
    ended = as_tuple(plan.assumptions.needs.end_probability)[idea.category] * usual_end
    # Where contacts only cover, a place well covered is what can be promised.
    worth = ended if ended > 0.0 else 1.0 / delivery.contacts_per_place
    places = max(1, round(contacts / delivery.contacts_per_place))
    return contacts * worth * delivery.promise_level, places
