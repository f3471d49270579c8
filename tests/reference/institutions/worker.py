"""Social workers: skill, burnout, staying or leaving.

Source: model.md section 8 (workers).
"""

from __future__ import annotations

import math

from linkage_sim.draws import Decision, Draws
from linkage_sim.scenario.schema import Scenario

WEEKS_PER_YEAR = 52.0
USUAL_BURNOUT = 0.25
NEWCOMER_SKILL = 0.5


class Worker:
    """A professional of an organization; a successor has another number, and so other chances."""

    def __init__(self, plan: Scenario, draws: Draws, number: int, since_week: float) -> None:
        self.staff = plan.assumptions.staff
        self.number, self.since_week = number, since_week
        self.burnout = USUAL_BURNOUT
        self.led = 0
        self.paperwork = self.staff.usual_paperwork
        lot = draws.normal(Decision.WORKER_SKILL, number)
        self.skill = math.exp(self.staff.skill_sd * lot - self.staff.skill_sd**2 / 2.0)
        # Some prefer casework, others groups and the neighbourhood.
        tilt = 0.2 * (draws.uniform(Decision.WORKER_SKILL, number, 0, 1) - 0.5)
        self.case_share = min(1.0, max(0.0, self.staff.case_share + tilt))
        self.group_share = min(1.0 - self.case_share, self.staff.group_share)

    def trained(self, week: float) -> float:
        """Share of full skill reached: from half at the start to all after training."""
        weeks = self.staff.training_weeks
        if weeks <= 0.0:
            return 1.0
        done = min(1.0, (week - self.since_week) / weeks)
        return NEWCOMER_SKILL + (1.0 - NEWCOMER_SKILL) * done

    def methods(self) -> tuple[float, float]:
        """Hours and ended needs of a contact in this worker's mix, against casework."""
        staff = self.staff
        community = 1.0 - self.case_share - self.group_share
        hours = (
            self.case_share + self.group_share * staff.group_hours
            + community * staff.community_hours
        )
        ended = (
            self.case_share + self.group_share * staff.group_end + community * staff.community_end
        )
        return hours, ended

    def tire(self, weeks: float, load: float) -> None:
        """Let burnout move over some weeks: load and paper feed it, rest heals."""
        staff = self.staff
        feed = staff.burnout_caseload * load + staff.burnout_paperwork * self.paperwork
        level = feed / staff.burnout_recovery
        keep = math.exp(-staff.burnout_recovery * weeks)
        self.burnout = min(1.0, max(0.0, level + (self.burnout - level) * keep))

    def chance_to_quit(self, weeks: float, paid_late: bool) -> float:
        """Chance to leave within some weeks; burnout and late pay raise the hazard."""
        exponent = self.staff.quit_burnout * (self.burnout - USUAL_BURNOUT)
        if paid_late:
            exponent += self.staff.quit_late_pay
        hazard = self.staff.quit_per_year / WEEKS_PER_YEAR * math.exp(exponent)
        return 1.0 - math.exp(-hazard * weeks)
