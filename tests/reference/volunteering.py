"""Joining, helping and leaving as volunteers.

Moments at which somebody *might* join or leave ring at the highest possible hazard; at each of
them the person really does it with probability hazard / highest hazard.
Source: thinning (Lewis and Shedler 1979); model.md section 8, volunteers.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from linkage_sim.draws import Decision
from linkage_sim.scenario.schema import Scenario
from tests.reference.rounding import NEVER, f32

if TYPE_CHECKING:
    from tests.reference.person import Person

NOT_YET, VOLUNTEER, FORMER = 0, 1, 2
UNASKED, BY_COMMITTEE = 0, 1
WEEKS_PER_YEAR = 52
WEEKS_PER_MONTH = 52.0 / 12.0


class Joining:
    """Hazards of volunteering, from the scenario.

    Attributes
    ----------
    gain
        Factor on joining, and divisor on leaving, from a time bank: a credit is worth the chance
        that it is redeemed before it is lost, and credits crowd out a part of the motive.
    """

    def __init__(self, plan: Scenario) -> None:
        self.told = plan.assumptions.volunteers
        self.bank = plan.policy.implementation.time_bank
        self.gain = 1.0
        if self.bank:
            redeemed = self.told.time_bank_redeemed
            kept = redeemed / (redeemed + self.told.time_bank_default)
            self.gain = (1.0 + self.told.time_bank_gain * kept) * (
                1.0 - self.told.time_bank_crowding
            )
        self.bank_hours = self.told.time_bank_hours if self.bank else 0.0
        self.weekly_hours = self.told.hours_per_year / WEEKS_PER_YEAR

    def most(self, active: bool) -> float:
        """Highest possible hazard per week: of leaving, or of joining unasked."""
        told = self.told
        if active:
            strain = 1.0 + told.idle_effect + told.formal_effect
            return told.leave_per_month * strain / WEEKS_PER_MONTH / min(1.0, self.gain)
        return (told.join_per_month + told.contagion_per_month) * self.gain / WEEKS_PER_MONTH

    def leaving(self, idle: float, formal: float) -> float:
        """Hazard of leaving: it rises with hours without a task and with tasks for show."""
        told = self.told
        strain = 1.0 + told.idle_effect * idle + told.formal_effect * formal
        hazard = told.leave_per_month * strain / WEEKS_PER_MONTH
        return hazard / self.gain

    def joining(self, active_ties: float, trust: float) -> float:
        """Hazard of joining unasked: own motive and example of ties, as far as there is trust."""
        told = self.told
        hazard = (told.join_per_month + told.contagion_per_month * active_ties) / WEEKS_PER_MONTH
        return hazard * (self.gain * trust**told.trust_effect)

    def when_asked(self, trust: float) -> float:
        """Hazard of joining within the month after being asked."""
        return self.told.asked_per_month * self.gain * trust**self.told.trust_effect


class Helping:
    """The part of a resident that may volunteer."""

    @property
    def is_volunteer(self: Person) -> bool:
        """Whether this resident volunteers now."""
        return self.volunteering == VOLUNTEER

    def start_volunteering(self: Person, joining: Joining) -> None:
        """Draw whether a resident of 15 or older volunteers at the start."""
        if not self.grown_up:
            return
        lot = self.draws.uniform(Decision.VOLUNTEER_START, self.identity)
        if lot < joining.told.start_share:
            self.volunteering = VOLUNTEER
        self.set_volunteer_clock(joining, 0.0)

    def set_volunteer_clock(self: Person, joining: Joining, now: float) -> None:
        """Set the next moment at which this resident might join or leave."""
        highest = joining.most(self.is_volunteer)
        self.volunteer_due = NEVER
        if highest > 0.0:
            decision = Decision.VOLUNTEER_LEAVE if self.is_volunteer else Decision.VOLUNTEER_JOIN
            lot = self.draws.exponential(decision, self.identity, self.volunteer_changes, 0)
            self.volunteer_due = f32(now + lot / highest)

    def reconsider(
        self: Person, week: int, joining: Joining, idle: float, formal: float, before: set[int]
    ) -> None:
        """Join or leave at the moments of this week, if hazards say so.

        Parameters
        ----------
        idle, formal
            Share of offered hours without a task, and of tasks that are show or paper.
        before
            Rows of those who volunteered when the week began: example is read from these.
        """
        while self.volunteer_due < week + 1:
            now = self.volunteer_due
            if self.is_volunteer:
                decision, hazard = Decision.VOLUNTEER_LEAVE, joining.leaving(idle, formal)
            else:
                active_ties = sum(1 for other in self.ties if other.row in before)
                share = active_ties / len(self.ties) if self.ties else 0.0
                decision, hazard = Decision.VOLUNTEER_JOIN, joining.joining(share, self.trust)
            lot = self.draws.uniform(decision, self.identity, self.volunteer_changes, 1)
            if lot < hazard / joining.most(self.is_volunteer):
                if self.is_volunteer:
                    self.stop_volunteering(week, now)
                else:
                    self.join(week, UNASKED)
            self.volunteer_changes += 1
            self.set_volunteer_clock(joining, now)

    def join(self: Person, week: int, asked_by: int) -> None:
        """Become a volunteer."""
        self.volunteering = VOLUNTEER
        self.asked_by = asked_by
        self.idle_weeks = 0
        self.community.tally.year_of(week)["joined"] += 1.0

    def stop_volunteering(self: Person, week: int, now: float) -> None:
        """Stop; credits that were not redeemed are lost."""
        self.volunteering = FORMER
        self.left_week = f32(now)
        year = self.community.tally.year_of(week)
        year["credit_lost"] += self.credit
        self.credit = 0.0
        year["dropped"] += 1.0

    def be_asked(self: Person, week: int, joining: Joining, asked_by: int) -> None:
        """Weigh for a month whether to join, when somebody asks."""
        if not self.grown_up or self.is_volunteer:
            return
        self.community.tally.year_of(week)["asked"] += 1.0
        chance = 1.0 - math.exp(-joining.when_asked(self.trust))
        if self.draws.uniform(Decision.VOLUNTEER_ASKED, self.identity, week, 1) < chance:
            self.join(week, asked_by)
            self.volunteer_changes += 1
            self.set_volunteer_clock(joining, float(week + 1))

    def book_hours(self: Person, week: int, joining: Joining, used_share: float) -> None:
        """Write a week of help into the record; with a time bank an hour used earns a credit."""
        used = joining.weekly_hours * used_share
        self.hours_used = f32(self.hours_used + f32(used))
        self.idle_weeks = 0 if used_share > 0.0 else self.idle_weeks + 1
        self.motivation = f32(0.95 * self.motivation + 0.05 * used_share)
        if joining.bank:
            self._book_credits(week, joining, used)

    def _book_credits(self: Person, week: int, joining: Joining, used: float) -> None:
        year = self.community.tally.year_of(week)
        had = self.credit + used
        redeemed = joining.told.time_bank_redeemed / WEEKS_PER_YEAR * had
        lost = joining.told.time_bank_default / WEEKS_PER_YEAR * had
        year["credit_issued"] += used
        year["credit_redeemed"] += redeemed
        year["credit_lost"] += lost
        self.credit = f32(had - redeemed - lost)
