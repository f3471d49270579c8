"""A resident: an ordinary Mesa agent that holds its own record and follows its own rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa

from linkage_sim.scenario.fields import N_CATEGORIES
from tests.reference.feelings import Feeling
from tests.reference.moving import Moving
from tests.reference.needs import InNeed, Need
from tests.reference.rounding import ALWAYS_PAST, NEVER, UNKNOWN
from tests.reference.volunteering import NOT_YET, Helping

if TYPE_CHECKING:
    from tests.reference.community import Community
    from tests.reference.settling import Settler

BORN_HERE = -1


class Person(InNeed, Helping, Feeling, Moving, mesa.Agent):
    """One resident with everything that is known about him or her.

    What a resident does stands by mechanism in `needs`, `volunteering`, `feelings` and `moving`.

    Attributes
    ----------
    ties : list of Person
        Whom this resident knows, in the order of their rows.
    needs, active_needs : list of Need
        All eight, and those that are there now.
    next_due
        When the first of the eight clocks rings.
    known_to : dict of set
        Categories of need that the committee, workers and volunteers have on their lists.
    aware
        Whether this resident knows the services and comes by itself.
    arrived
        Week at whose start it moved in; -1 for who was there from the start.
    """

    def __init__(self, model: Any, community: Community, row: int, settler: Settler) -> None:
        super().__init__(model)
        self.draws = model.draws
        self.community = community
        self.row = row
        self.identity = settler.identity
        self.household = settler.household
        self.age_group = settler.age_group
        self.fifth = settler.fifth
        self.group = settler.group
        self.status = settler.status
        self.voice = settler.voice
        self.taste = settler.taste
        self.grown_up = settler.age_group > 0
        self.ties: list[Person] = []

        self.needs = [Need(category) for category in range(N_CATEGORIES)]
        self.active_needs: list[Need] = []
        self.next_due = NEVER
        self.known_to: dict[str, set[int]] = {
            "committee": set(), "workers": set(), "volunteers": set(),
        }
        self.aware = False
        self.arrived = BORN_HERE

        self.expectation = 0.0
        self.satisfaction = 0.0
        self.satisfaction_before = 0.0
        self.trust = 0.0
        self.experience = UNKNOWN
        self.lift = 0.0
        self.shown_until = 0.0

        self.volunteering = NOT_YET
        self.volunteer_due = NEVER
        self.volunteer_changes = 0
        self.left_week = ALWAYS_PAST
        self.hours_used = 0.0
        self.idle_weeks = 0
        self.credit = 0.0
        self.asked_by = 0
        self.motivation = 1.0

    def is_reachable_for(self, needs: list[Need]) -> bool:
        """Whether providers can reach this person: it comes by itself, or a worker knows of it."""
        if self.aware:
            return True
        listed = self.known_to["workers"]
        return any(need.category in listed for need in needs)

    def wanted_needs(self, category: int | None) -> list[Need]:
        """Needs there are of one category, or of any."""
        if category is None:
            return self.active_needs
        need = self.needs[category]
        return [need] if need.active else []
