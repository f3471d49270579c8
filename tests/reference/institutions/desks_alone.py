"""Desks alone: the files of a run pass them again, with the money that there was.

What a network of desks received is which files came on which day, how much money was free whenever
one of them came to be bound, and which scandals came out. What it gives is every decision.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from linkage_sim.draws import Draws
from linkage_sim.scenario.schema import Scenario
from tests.reference.institutions.approving import Approving
from tests.reference.institutions.papers import DAYS_PER_YEAR, File
from tests.reference.institutions.street import Street
from tests.reference.institutions.timeline import Timeline

Key = tuple[str, int]


@dataclass
class Received:
    """What the desks of a run received.

    Attributes
    ----------
    submitted
        (day, files of one community), in order.
    free
        By file and year: money that was free each time it came to be bound.
    scandals
        (day, community, fear) in order.
    """

    communities: int = 1
    years: int = 1
    submitted: list[tuple[float, list[File]]] = field(default_factory=list)
    free: dict[Key, list[float]] = field(default_factory=lambda: defaultdict(list))
    scandals: list[tuple[float, int, float]] = field(default_factory=list)


class Till:
    """The money of one file, as free as it was in the run."""

    def __init__(self, free: Sequence[float]) -> None:
        self.left = list(free)
        self.bound = self.officer_yuan = 0.0

    def free(self) -> float:
        """Give what was free the next time; asked once too often, nothing."""
        return self.left.pop(0) if self.left else 0.0


class DesksAlone:
    """A hall in which nobody but approvers decides."""

    def __init__(self, plan: Scenario, draws: Draws, received: Received) -> None:
        self.plan, self.draws, self.received = plan, draws, received
        self.timeline = Timeline()
        self.committees = [
            SimpleNamespace(
                number=number, drawer=[],
                ledgers=defaultdict(lambda: SimpleNamespace(officer_yuan=0.0)),
            )
            for number in range(received.communities)
        ]
        self.streets = [Street(plan, draws, number) for number in range(received.communities)]
        self.tills: dict[Key, Till] = {}
        self.contracting = SimpleNamespace(award=lambda file: None)
        self.approving = Approving(self)

    def street_of(self, community: int) -> Street:
        """The street office that buys for a community."""
        return self.streets[community // self.plan.world.communities_per_street]

    def ledger_of(self, file: File) -> Till:
        """Money that a file is paid from."""
        key = (file.idea.name, file.year)
        return self.tills.setdefault(key, Till(self.received.free.get(key, [])))

    def run(self) -> list[Any]:
        """Let all files pass; gives (file, year, day, approved, reason, visits, returns, yuan)."""
        submitted = copy.deepcopy(self.received.submitted)
        for year in range(self.received.years):
            end = (year + 1) * DAYS_PER_YEAR
            self.approving.open_year(year)
            for day, files in submitted:
                if files[0].year == year:
                    self.timeline.plan(day, self.approving.submit, files)
            self.timeline.run_until(end)
            self.approving.close_year(year)
            for day, community, fear in self.received.scandals:
                if day == end:
                    self.street_of(community).scandals += 1
                    self.approving.add_checks(community, fear)
        return [
            (file.idea.name, file.year, file.decided_day, file.approved, file.reason,
             file.visits, file.returns, file.officer_yuan)
            for file in self.approving.files
        ]
