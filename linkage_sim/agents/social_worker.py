"""Social workers: skill, burnout, staying or leaving."""

from __future__ import annotations

import math
from typing import Any

import mesa

from linkage_sim.draws import Decision

WEEKS_PER_YEAR = 52.0
REFERENCE_BURNOUT = 0.25
NEWCOMER_SKILL = 0.5


class SocialWorker(mesa.Agent):
    """A professional of an organization.

    Attributes
    ----------
    number : int
        Permanent number; a successor gets a new one.
    skill : float
        Effect of an hour once trained, mean 1.
    burnout : float
        0..1.
    since_week : float
        Start of the job.
    led : int
        Contracts led now.
    """

    def __init__(self, model: Any, organization: Any, number: int, since_week: float) -> None:
        super().__init__(model)
        self.organization = organization
        self.number = number
        self.since_week = since_week
        self.burnout = REFERENCE_BURNOUT
        self.led = 0
        staff = model.plan.assumptions.staff
        self.paperwork = staff.usual_paperwork
        draws = model.draws
        lot = draws.normal(Decision.WORKER_SKILL, number)
        self.skill = math.exp(staff.skill_sd * lot - staff.skill_sd**2 / 2.0)
        # Some prefer casework, others groups and the neighbourhood.
        tilt = 0.2 * (draws.uniform(Decision.WORKER_SKILL, number, 0, 1) - 0.5)
        self.case_share = min(1.0, max(0.0, staff.case_share + tilt))
        self.group_share = min(1.0 - self.case_share, staff.group_share)

    def trained(self, week: float) -> float:
        """Share of full skill reached: from half at the start to all after training."""
        weeks = self.model.plan.assumptions.staff.training_weeks
        if weeks <= 0.0:
            return 1.0
        done = min(1.0, (week - self.since_week) / weeks)
        return NEWCOMER_SKILL + (1.0 - NEWCOMER_SKILL) * done

    def method_factors(self) -> tuple[float, float]:
        """Hours and ended needs of a contact in this worker's mix, against casework."""
        staff = self.model.plan.assumptions.staff
        community = 1.0 - self.case_share - self.group_share
        hours = (
            self.case_share
            + self.group_share * staff.group_hours
            + community * staff.community_hours
        )
        ended = (
            self.case_share + self.group_share * staff.group_end + community * staff.community_end
        )
        return hours, ended

    def strain(self, weeks: float, load: float) -> None:
        """Let burnout move over some weeks: the load of work and paper feed it, rest heals."""
        staff = self.model.plan.assumptions.staff
        feed = staff.burnout_caseload * load + staff.burnout_paperwork * self.paperwork
        level = feed / staff.burnout_recovery
        keep = math.exp(-staff.burnout_recovery * weeks)
        self.burnout = min(1.0, max(0.0, level + (self.burnout - level) * keep))

    def quit_hazard(self, late_pay: bool) -> float:
        """Chance per week to leave, as a hazard."""
        staff = self.model.plan.assumptions.staff
        exponent = staff.quit_burnout * (self.burnout - REFERENCE_BURNOUT)
        if late_pay:
            exponent += staff.quit_late_pay
        return float(staff.quit_per_year / WEEKS_PER_YEAR * math.exp(exponent))

    def decides_to_quit(self, weeks: float, late_pay: bool, lot: float) -> bool:
        """Whether this worker leaves within some weeks, by a lot between 0 and 1 of its own."""
        return lot < 1.0 - math.exp(-self.quit_hazard(late_pay) * weeks)
