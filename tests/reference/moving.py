"""Renters and floating residents move away, and newcomers take their homes.

Taste, age, household and ties stay with the home: homes of a kind are let to people of a kind.
The numbers of the clocks go on too, so that newcomers under every policy meet the same chances.
Source: model.md section 4 (resident status); docs/decisions/0015.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from linkage_sim.draws import Decision
from tests.reference.rounding import ALWAYS_PAST, UNKNOWN, clip, f32
from tests.reference.settling import IDENTITY_BITS, OWNER
from tests.reference.volunteering import NOT_YET, Joining

if TYPE_CHECKING:
    from tests.reference.person import Person

PART_NEED, PART_LASTED, PART_AWARE = 1, 20, 40


@dataclass
class Newcomer:
    """What somebody who has just moved in knows and feels.

    Attributes
    ----------
    aware
        Probability to know the services.
    expectation, trust
        Means of the community on that day.
    content
        Satisfaction where this expectation is just met, before personal taste.
    """

    aware: float
    expectation: float
    content: float
    trust: float


class Moving:
    """The part of a resident that may move away."""

    def moves_away(self: Person, week: int, chance: float) -> bool:
        """Whether this resident's household leaves; one lot a household, owners stay."""
        if self.status == OWNER:
            return False
        home = (self.community.number << IDENTITY_BITS) + self.household
        return self.draws.uniform(Decision.MOVE, home, week, 0) < chance

    def be_replaced(self: Person, week: int, newcomer: Newcomer, joining: Joining) -> bool:
        """Leave, and let a newcomer take the home; returns whether a volunteer left."""
        self._replace_needs(week)
        for listed in self.known_to.values():
            listed.clear()
        lot = self.draws.uniform(Decision.MOVE, self.identity, week, PART_AWARE)
        self.aware = lot < newcomer.aware
        self.arrived = week
        self.expectation = f32(newcomer.expectation)
        self.satisfaction = f32(clip(newcomer.content + self.taste))
        self.satisfaction_before = self.satisfaction
        self.experience = UNKNOWN
        self.lift = 0.0
        self.shown_until = ALWAYS_PAST
        self.trust = f32(newcomer.trust)
        return self._replace_helper(week, joining)

    def _replace_needs(self: Person, week: int) -> None:
        # Who leaves takes the needs along; who comes brings needs that began elsewhere.
        year = self.community.tally.year_of(week)
        likely = self.community.prevalence[self.group]
        now = float(week)
        for need in self.needs:
            if need.active:
                self.close_episode(need, now - need.onset)
                year["left"] += 1.0
            part = PART_NEED + need.category
            level = self.draws.uniform(Decision.MOVE, self.identity, week, part)
            need.active = level < likely[need.category]
            if need.active:
                year["arrived"] += 1.0
                need.onset = self.began_before(Decision.MOVE, week, need.category, PART_LASTED)
            need.changes += 1
            need.cover = need.cover_bought = ALWAYS_PAST
            self.set_clock(need, now)
        for need in self.needs:
            need.served = False
        self.note_active_needs()

    def _replace_helper(self: Person, week: int, joining: Joining) -> bool:
        year = self.community.tally.year_of(week)
        helped = self.is_volunteer
        if helped:
            year["dropped"] += 1.0
            year["credit_lost"] += self.credit
        self.volunteering = NOT_YET
        self.left_week = ALWAYS_PAST
        self.hours_used = 0.0
        self.idle_weeks = 0
        self.credit = 0.0
        self.asked_by = 0
        self.motivation = 1.0
        if self.grown_up:
            self.volunteer_changes += 1
            self.set_volunteer_clock(joining, float(week))
        return helped
