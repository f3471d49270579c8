"""A contract at work: hours become contacts at places, and events that are made to be seen.

Source: model.md section 8 (search, capacity, autonomy); docs/decisions/0015 (rosters, series).
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

from linkage_sim.draws import Decision
from tests.reference.events import Showing
from tests.reference.searching import find_known
from tests.reference.seats import GONE, HELD, LOST, OPEN, Seat

if TYPE_CHECKING:
    from tests.reference.community import Community
    from tests.reference.needs import Need
    from tests.reference.person import Person
    from tests.reference.record import Signed, Working

DAYS = 7.0
RETARGET_ATTEMPTS = 4096
CONTACT, CONTACT_ENDED = "contact", "contact that ended the need"


class Contract(Showing):
    """One contract in delivery.

    Attributes
    ----------
    seats
        Its places; the first belong to named persons.
    carry, free_carry, event_carry, head_carry
        Parts of a contact, of a re-targeted contact, of an event and of a visitor left over.
    record
        (row, how) of persons met, in order: the organization's own record.
    """

    def __init__(self, community: Community, signed: Signed) -> None:
        self.community = community
        self.signed = signed
        self.terms: Working
        delivery = community.plan.assumptions.delivery
        self.delivery = delivery
        self.helping = community.plan.assumptions.volunteers
        self.series = delivery.contacts_per_place
        self.rescreens = community.plan.policy.implementation.rescreen
        self.seats = [self._named_seat(row) for row in signed.named[: signed.places]]
        self.seats += [Seat(self.series) for _ in range(signed.places - len(self.seats))]
        self.carry = self.free_carry = self.event_carry = self.head_carry = 0.0
        self.record: list[tuple[int, str]] = []
        self.totals: defaultdict[str, float] = defaultdict(float)

    def _named_seat(self, row: int) -> Seat:
        # Who moved in after the file was written is not the person who was promised the place.
        person = self.community.residents[row]
        if person.arrived * DAYS > self.signed.submitted_day:
            seat = Seat(self.series)
            seat.state = GONE
            return seat
        return Seat(self.series, person)

    def share_of_week(self, week: int) -> tuple[float, float]:
        """Begin and end (days) of the part of a week in which the contract is in force."""
        return (
            max(self.signed.start_day, DAYS * week), min(self.signed.end_day, DAYS * (week + 1))
        )

    # -- a week -------------------------------------------------------------------------------

    def work(self, week: int, offered: float, hours_left: float) -> float:
        """Work one week; returns the volunteer hours used.

        Parameters
        ----------
        offered
            Volunteer hours this contract may use, as far as its workers can coordinate them.
        hours_left
            Share of contract hours that campaigns and the joint meeting leave.
        """
        begin, end = self.share_of_week(week)
        if end <= begin:
            return 0.0
        terms, totals = self.terms, self.totals
        hours = terms.hours * (end - begin) / DAYS * hours_left
        substance, showcase = hours * terms.substance, hours * terms.showcase
        coordinating = self._coordinating(substance, offered)
        helped = coordinating * self.helping.coordination
        totals["worked_hours"] += hours
        totals["substance_hours"] += substance
        totals["showcase_hours"] += showcase
        totals["document_hours"] += hours * terms.documents
        totals["volunteer_hours"] += helped
        year = self.community.tally.year_of(week)
        year["substance_hours"] += substance
        year["show_hours"] += showcase
        effective = substance - coordinating + helped * self.helping.productivity
        if self.rescreens:
            effective -= self._rescreen(effective)
        self._visit(week, effective * self._maturity(begin, end))
        self._show(week, showcase)
        return helped

    def _coordinating(self, substance: float, offered: float) -> float:
        needed = offered / self.helping.coordination if self.helping.coordination > 0.0 else 0.0
        return min(self.helping.coordination_share * substance, needed)

    def _maturity(self, begin: float, end: float) -> float:
        # Substance needs time to take hold: productivity 1 - exp(-t / ramp) at mid-week.
        if self.delivery.ramp_weeks <= 0.0:
            return 1.0
        middle = (begin + end) / 2.0 - self.signed.start_day
        return 1.0 - math.exp(-middle / DAYS / self.delivery.ramp_weeks)

    def _rescreen(self, hours: float) -> float:
        # A place whose holder moved away or lost the need is opened, at its price in hours.
        price = max(self.delivery.rescreen_hours, 1e-9)
        spent = 0.0
        for seat in self.seats:
            if seat.state in (LOST, GONE) and spent + price <= hours:
                spent += price
                seat.open_again(self.series)
                self.totals["screened"] += 1.0
        return spent

    # -- visits -------------------------------------------------------------------------------

    def _visit(self, week: int, hours: float) -> None:
        """Turn hours into contacts: begun series first, then named holders, then open places.

        Hours that no place can take are lost, unless the organization may re-target them.
        """
        amount = hours * self.terms.skill / (
            self.delivery.hours_per_contact * self.terms.hours_factor
        )
        self.carry += amount
        self.free_carry += amount * self.signed.autonomy
        visits = min(int(self.carry), len(self.seats))
        self.carry -= int(self.carry)
        visits = self._visit_holders(week, visits, begun=True)
        visits = self._visit_holders(week, visits, begun=False)
        chance = self._search_chance()
        for number, seat in enumerate(self.seats):
            if visits <= 0:
                break
            if seat.state == OPEN:
                visits -= 1
                self._search(week, number, seat, chance)
        for attempt in range(visits):
            self._retarget(week, len(self.seats) + attempt)

    def _visit_holders(self, week: int, visits: int, begun: bool) -> int:
        # A series once begun goes on only when its last contact no longer covers.
        for seat in self.seats:
            if visits <= 0:
                break
            if seat.state != HELD or (seat.left < self.series) != begun:
                continue
            need = seat.holder.needs[self.signed.category]
            if begun and need.cover_bought > week + 1:
                continue
            visits -= 1
            self._see(week, seat)
        return visits

    def _see(self, week: int, seat: Seat) -> None:
        need = seat.holder.needs[self.signed.category]
        if not need.active:
            seat.state = LOST  # the worker comes in vain
            return
        seat.left -= 1
        ended = self._contact(week, seat.holder, need)
        if ended:
            self.totals["ended_target"] += 1.0
        if ended or seat.left <= 0:
            seat.open_again(self.series)

    def _contact(self, week: int, person: Person, need: Need) -> bool:
        year = self.community.tally.year_of(week)
        ended = person.meet(need, week, self.terms.end_factor, bought=True)
        self.totals["contacts"] += 1.0
        year["contacts_bought"] += 1.0
        person.aware = True
        self.record.append((person.row, CONTACT_ENDED if ended else CONTACT))
        if ended:
            self.totals["ended"] += 1.0
            year["ended_by_purchase"] += 1.0
            year["ended_severity_purchase"] += self.community.rates.severity[need.category]
        return ended

    # -- searching ----------------------------------------------------------------------------

    def _search_chance(self) -> float:
        # The fewer persons in need are known, the more searches fail: N / (N + search_half).
        known = self.community.known_in_need[self.signed.category]
        return known / (known + self.delivery.search_half) if known > 0.0 else 0.0

    def _search(self, week: int, number: int, seat: Seat, chance: float) -> None:
        year = self.community.tally.year_of(week)
        year["searches"] += 1.0
        identity = self.signed.identity
        person = None
        lot = self.community.draws.uniform(Decision.SEARCH_SUCCESS, identity, week, number)
        if lot < chance:
            person = find_known(self.community, week, identity, number, self.signed.category)
        if person is None:
            year["searches_failed"] += 1.0
            self._retarget(week, number)
            return
        seat.holder, seat.state, seat.left = person, HELD, self.series
        self._see(week, seat)

    def _retarget(self, week: int, attempt: int) -> None:
        """Use hours that would be lost for whoever is met, if the contract leaves that freedom.

        Among the known needs of that person the organization takes the one it can do best.
        """
        price = 1.0 + self.delivery.retarget_hours / self.delivery.hours_per_contact
        if self.signed.autonomy <= 0.0 or self.free_carry < price:
            return
        identity = self.signed.identity
        person = find_known(self.community, week, identity, RETARGET_ATTEMPTS + attempt, None)
        if person is None:
            return
        competence = self.signed.competence
        possible = [need for need in person.active_needs if person.is_reachable_for([need])]
        if not possible:
            return
        best = max(possible, key=lambda need: competence[need.category])
        self.free_carry -= price
        if self._contact(week, person, best) and best.category == self.signed.category:
            self.totals["ended_target"] += 1.0

    def vacate(self, week: int) -> None:
        """Take places from holders who have just moved away; newcomers have no claim to them."""
        for seat in self.seats:
            if seat.state in (HELD, LOST) and seat.holder.arrived == week:
                seat.state, seat.holder = GONE, None
