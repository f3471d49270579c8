"""Events that are made to be seen.

Source: model.md section 8 (showcase); docs/decisions/0016.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage_sim.draws import Decision
from tests.reference.feelings import QUARTER_WEEKS
from tests.reference.rounding import f32

if TYPE_CHECKING:
    from tests.reference.person import Person
    from tests.reference.services import Contract

ATTENDED = "attended"


class Showing:
    """The part of a contract that makes show."""

    def _show(self: Contract, week: int, hours: float) -> None:
        """Hold events; of two residents who could come, the one with more voice does.

        Who comes gets to know the services, expects more, and remembers it for a quarter.
        """
        self.event_carry += hours / self.delivery.hours_per_event
        events = int(self.event_carry)
        self.event_carry -= events
        if events == 0:
            return
        self.head_carry += events * self.delivery.heads_per_event
        heads = int(self.head_carry)
        self.head_carry -= heads
        publicity = f32(self.community.plan.assumptions.opinion.publicity_lift)
        for head in range(heads):
            person = self._visitor(week, head)
            person.lift = f32(person.lift + publicity)
            person.shown_until = week + 1 + QUARTER_WEEKS
            person.aware = True
            self.record.append((person.row, ATTENDED))
        self.totals["events"] += events
        self.totals["heads"] += heads
        year = self.community.tally.year_of(week)
        year["events"] += events
        year["heads"] += heads

    def _visitor(self: Contract, week: int, head: int) -> Person:
        residents, identity = self.community.residents, self.signed.identity
        one, other = (
            residents[
                self.community.draws.below(
                    Decision.EVENT_ATTENDANCE, identity, week, 2 * head + turn, len(residents)
                )
            ]
            for turn in range(2)
        )
        return one if one.voice >= other.voice else other
