"""Stage 2: files pass desks, are ranked under the money that is left, approved or rejected.

Source: model.md section 7.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from linkage_sim.scenario.policy import Desk
from tests.reference.institutions.desks import Office, Way, desk_number
from tests.reference.institutions.papers import DAYS_PER_YEAR, EXACT, File
from tests.reference.institutions.proposing import district_of
from tests.reference.institutions.street import Street

NO_MONEY = "no money left"


class Approving:
    """Stage 2 for all communities.

    Attributes
    ----------
    latency
        Days that replace all desks, None where there are desks.
    open
        Files without a decision, in the order of submission.
    """

    def __init__(self, hall: Any) -> None:
        self.hall, self.plan = hall, hall.plan
        self.policy = hall.plan.policy.approval
        latency = self.policy.fixed_latency_days
        self.latency = None if latency is None or latency is False else float(latency)
        self.rework_days = self.plan.assumptions.officials.rework_days
        self.files: list[File] = []
        self.open: list[File] = []
        self.offices: dict[tuple[str, int], Office] = {}
        self.ways: list[Way] = []
        self.at_gate: dict[tuple[int, float], list[Way]] = {}

    # -- a year -------------------------------------------------------------------------------

    def open_year(self, year: int) -> None:
        """Book officers' meetings, and plan the year's files of other communities."""
        for committee in self.hall.committees:
            committee.ledgers[year].officer_yuan += self.yuan_of_meetings()
        load = self.plan.assumptions.officials.background_load
        if self.latency is not None or load <= 0.0:
            return
        start = year * DAYS_PER_YEAR
        for desk in self.policy.desks:
            if desk.shared_by == "community" or desk.mean_days <= 0.0:
                continue
            files_per_day = load * desk.officers / desk.mean_days
            communities = range(len(self.hall.committees))
            for unit in sorted({self._unit(desk, community) for community in communities}):
                self._office(desk, unit).load_from_outside(
                    files_per_day, start, start + DAYS_PER_YEAR, year
                )

    def yuan_of_meetings(self) -> float:
        """Officers' time in a year's meetings, shared by the communities that a desk serves."""
        world, officials = self.plan.world, self.plan.assumptions.officials
        yuan = 0.0
        for desk in self.policy.desks:
            if not desk.meeting_gap_days or self.latency is not None:
                continue
            serves = world.communities_per_street * world.streets_per_district * world.districts
            if desk.shared_by == "community":
                serves = 1
            elif desk.shared_by == "street":
                serves = world.communities_per_street
            elif desk.shared_by == "district":
                serves = world.communities_per_street * world.streets_per_district
            gap = math.fsum(desk.meeting_gap_days) / len(desk.meeting_gap_days)
            held = DAYS_PER_YEAR / gap / serves
            yuan += held * officials.meeting_hours * officials.officer_hour_yuan
        return yuan

    def close_year(self, year: int) -> None:
        """Let every file expire that has no decision when the year's money is returned."""
        for file in [file for file in self.open if file.year == year]:
            self._close(file)
            file.expired, file.reason = True, "expired"
            self._release(file)

    def add_checks(self, community: int, fear: float) -> None:
        """Slow the desks of a street by checks out of fear; who fears most decides."""
        for desk in self.policy.desks if fear > 0.0 else []:
            office = self._office(desk, self._unit(desk, community))
            office.extra_checks = max(office.extra_checks, fear)

    # -- the way of a file --------------------------------------------------------------------

    def submit(self, files: Sequence[File]) -> None:
        """Take in the files of one community, all at once."""
        self.files += files
        self.open += files
        if self.latency is None:
            for file in files:
                way = self._way(file)
                self.ways.append(way)
                way.enter()
        elif files:
            day = self.hall.timeline.day + self.latency
            self.hall.timeline.plan(day, self._decide_together, list(files))

    def _way(self, file: File) -> Way:
        desks = list(self.policy.desks)
        if file.idea.cost_yuan < self.policy.fast_track_below_yuan:
            fast = [desk for desk in desks if desk.name in self.policy.fast_track_desks]
            desks = fast or desks
        offices = [self._office(desk, self._unit(desk, file.idea.community)) for desk in desks]
        factor = self._street(file).return_factor(file.evidence_quality)
        return Way(file, offices, self.policy.parallel, factor, self)

    def _office(self, desk: Desk, unit: int) -> Office:
        key = (desk.name, unit)
        if key not in self.offices:
            self.offices[key] = Office(desk, unit, self.hall.timeline, self.hall.draws)
        return self.offices[key]

    def _unit(self, desk: Desk, community: int) -> int:
        if desk.shared_by == "community":
            return community
        if desk.shared_by == "street":
            return community // self.plan.world.communities_per_street
        return district_of(self.plan, community) if desk.shared_by == "district" else 0

    def _street(self, file: File) -> Street:
        return self.hall.street_of(file.idea.community)

    def left_desk(self, way: Way, office: Office, returned: bool) -> None:
        """Book a visit; a flaw that is found ends the way."""
        file, street = way.file, self._street(way.file)
        file.visits += 1
        file.officer_yuan += street.cost_of_visit(office.extra_checks)
        if returned:
            file.returns += 1
        elif office.desk.catches and street.finds_flaw(file, office.number):
            self._decide(file, False, "flaw found")

    def wait_for_ranking(self, way: Way) -> None:
        """Rank all files together that reach the street office's meeting on one day."""
        key = (self._street(way.file).number, self.hall.timeline.day)
        together = self.at_gate.setdefault(key, [])
        together.append(way)
        if len(together) == 1:
            self.hall.timeline.plan(self.hall.timeline.day, self._rank, key)

    def _rank(self, key: tuple[int, float]) -> None:
        together = self.at_gate.pop(key)
        for file in self.hall.streets[key[0]].rank([way.file for way in together]):
            way = next(way for way in together if way.file is file)
            if self._bind(file):
                way.go_on()
            else:
                self._decide(file, False, NO_MONEY)

    def passed(self, way: Way) -> None:
        """Decide on a file that all desks are done with."""
        ranked = any(office.desk.ranks for office in way.offices)
        if ranked or self._bind(way.file):
            self._decide(way.file, True, "approved")
        else:
            self._decide(way.file, False, NO_MONEY)

    def _decide_together(self, files: Sequence[File]) -> None:
        """Decide after a fixed latency; officers look for flaws and rank as they would at desks."""
        found_sound = []
        for file in files:
            if file.expired:
                continue
            street = self._street(file)
            file.visits = len(self.policy.desks)
            file.officer_yuan = street.cost_of_visit(street.extra_checks()) * file.visits
            numbers = [
                desk_number(desk.name, self._unit(desk, file.idea.community))
                for desk in self.policy.desks if desk.catches
            ]
            if any(street.finds_flaw(file, number) for number in numbers):
                self._decide(file, False, "flaw found")
            else:
                found_sound.append(file)
        for file in self._street(files[0]).rank(found_sound):
            if self._bind(file):
                self._decide(file, True, "approved")
            else:
                self._decide(file, False, NO_MONEY)

    # -- decisions and money ------------------------------------------------------------------

    def _bind(self, file: File) -> bool:
        """Bind the money of a file, if there is enough; what is bound once stays so."""
        if file.approved:
            return True
        ledger = self.hall.ledger_of(file)
        if file.idea.cost_yuan > ledger.free() + EXACT:
            return False
        ledger.bound += file.idea.cost_yuan
        file.approved = True
        return True

    def _release(self, file: File) -> None:
        if file.approved:
            self.hall.ledger_of(file).bound -= file.idea.cost_yuan
            file.approved = False

    def _close(self, file: File) -> None:
        self.open = [other for other in self.open if other is not file]
        for way in self.ways:
            if way.file is file:
                way.stopped = True
        self.ways = [way for way in self.ways if way.file is not file]

    def _decide(self, file: File, approved: bool, reason: str) -> None:
        """Close a file; one that only lacked money comes back next year, once."""
        self._close(file)
        if not approved:
            self._release(file)
        file.approved, file.reason = approved, reason
        file.decided_day = self.hall.timeline.day
        self.hall.ledger_of(file).officer_yuan += file.officer_yuan
        if approved:
            self.hall.contracting.award(file)
        elif not file.idea.returning and reason == NO_MONEY:
            file.idea.returning = True
            self.hall.committees[file.idea.community].drawer.append(file.idea)

    def money_day(self, year: int) -> float:
        """First day on which the year's money can be used."""
        opening = 0.0 if self.latency is not None else self.policy.budget_open_day
        return year * DAYS_PER_YEAR + opening
