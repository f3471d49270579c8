"""How a resident's needs come and go: eight clocks, each touched only when it rings.

Source: random time change (Kurtz 1980), modified next reaction method (Anderson 2007);
model.md section 5.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from linkage_sim.draws import Decision
from tests.reference.rounding import ALWAYS_PAST, NEVER, f32

if TYPE_CHECKING:
    from tests.reference.person import Person


class Need:
    """One need of one resident, there or not.

    Attributes
    ----------
    due
        When it begins or ends next by itself, in weeks since the start.
    changes
        Changes so far; numbers the chance of the next one.
    onset
        When the present or last episode began.
    cover, cover_bought
        Until when a contact covers it: anybody's, a purchased one.
    served
        Whether this episode had a contact.
    """

    __slots__ = (
        "active", "category", "changes", "cover", "cover_bought", "due", "onset", "served",
    )

    def __init__(self, category: int) -> None:
        self.category = category
        self.active = False
        self.due = NEVER
        self.changes = 0
        self.onset = ALWAYS_PAST
        self.cover = ALWAYS_PAST
        self.cover_bought = ALWAYS_PAST
        self.served = False


class InNeed:
    """The part of a resident that has needs."""

    def start_needs(self: Person) -> None:
        """Draw which needs are there at the start and for how long already; set all clocks."""
        likely = self.community.prevalence[self.group]
        for need in self.needs:
            level = self.draws.uniform(Decision.NEED_START, self.identity, 0, need.category)
            need.active = level < likely[need.category]
            if need.active:
                need.onset = self.began_before(Decision.NEED_START, 1, need.category, 0)
            self.set_clock(need, 0.0)
        self.note_active_needs()

    def began_before(
        self: Person, decision: int, time: int, category: int, first_part: int
    ) -> float:
        """Draw since when a need found today has lasted: an exponential age before the start.

        Needs on arrival and at the start begin before week 0, so that none of them counts as a
        need begun here.
        """
        rate = self.community.rates.recovery[category]
        lasted = self.draws.exponential(decision, self.identity, time, first_part + category)
        return f32(-lasted / rate if rate > 0.0 else -1000.0)

    def note_active_needs(self: Person) -> None:
        """Keep the list of needs that are there, in order of category."""
        self.active_needs = [need for need in self.needs if need.active]

    def set_clock(self: Person, need: Need, now: float) -> None:
        """Set when this need changes next: where the hazard summed from now passes the lot.

        The lot, exponential with mean 1, belongs to the person, the need and the number of the
        change, so that it is the same under every policy.
        """
        if need.active:
            moment = NEVER
            rate = self.community.rates.recovery[need.category]
            if rate > 0.0:
                moment = now + self._lot(need) / rate
        else:
            moment = self._next_onset(need, now)
        need.due = f32(moment)
        self.next_due = min(other.due for other in self.needs)

    def _lot(self: Person, need: Need) -> float:
        return self.draws.exponential(
            Decision.NEED_CLOCK, self.identity, need.changes, need.category
        )

    def _next_onset(self: Person, need: Need, now: float) -> float:
        # The hazard is the group's rate times the neighbourhood's drift, which changes weekly.
        rate = self.community.rates.onset[self.group][need.category]
        summed = self.community.drift_sums[need.category]
        last = len(summed) - 1
        week = int(now)
        if rate <= 0.0 or week >= last:
            return NEVER
        so_far = summed[week] + (now - week) * (summed[week + 1] - summed[week])
        target = so_far + self._lot(need) / rate
        if target >= summed[last]:
            return NEVER
        # The week in which the running sum passes the target, then the moment within it.
        week = bisect_right(summed, target, week + 1, last) - 1
        return week + (target - summed[week]) / (summed[week + 1] - summed[week])

    def live_a_week(self: Person, week: int) -> None:
        """Let every need whose clock rings before the end of the week begin or end."""
        tally = self.community.tally
        while self.next_due < week + 1:
            need = min(self.needs, key=lambda other: other.due)
            now = need.due
            if need.active:
                # Both moments are float32, and so the engine rounds their difference too.
                self.close_episode(need, f32(now - need.onset))
                need.active = False
                tally.year_of(week)["recoveries"] += 1.0
            else:
                need.active = True
                need.onset = now
                need.served = False
                tally.year_of(week)["onsets"] += 1.0
            need.changes += 1
            self.set_clock(need, now)
            self.note_active_needs()

    def close_episode(self: Person, need: Need, waited: float) -> None:
        """Book the wait of a need that went by without any contact."""
        if not need.served:
            self.community.tally.book_wait(need.onset, waited, served=False)

    def be_served(self: Person, need: Need, now: float) -> None:
        """Note the first contact of this episode."""
        if not need.served:
            need.served = True
            self.community.tally.book_wait(need.onset, now - need.onset, served=True)

    def end_need(self: Person, need: Need, now: float) -> None:
        """End a need because it was met, and set the clock for the next one."""
        need.active = False
        need.changes += 1
        self.set_clock(need, now)
        self.note_active_needs()

    def be_covered(self: Person, need: Need, now: float, bought: bool) -> None:
        """Let a contact cover the need for some weeks; an older, longer cover stays."""
        until = now + self.community.rates.cover_weeks[need.category]
        need.cover = f32(max(need.cover, until))
        if bought:
            need.cover_bought = f32(max(need.cover_bought, until))

    def meet(self: Person, need: Need, week: int, factor: float, bought: bool) -> bool:
        """Have one contact for one need; returns whether the need ended.

        One lot a person, need and week decides, so that under every policy the same contact has
        the same effect. Source: model.md section 5, cover_weeks and rho.
        """
        now = float(week + 1)
        self.be_served(need, now)
        self.be_covered(need, now, bought)
        lot = self.draws.uniform(
            Decision.CONTACT_ENDS_NEED, self.identity, week, need.category
        )
        if lot >= factor * self.community.rates.end_probability[need.category]:
            return False
        self.end_need(need, now)
        return True
