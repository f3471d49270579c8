"""Broken rules, one a mechanism: each must make the comparison fail.

A fault replaces one attribute of the reference; the record of the engine stays as it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from linkage_sim.draws import Decision
from tests.reference import (
    community,
    counting,
    events,
    feelings,
    lists,
    provision,
    rates,
    rounding,
    searching,
    settling,
    tally,
    town,
)
from tests.reference.community import Community
from tests.reference.needs import InNeed
from tests.reference.person import Person
from tests.reference.services import Contract
from tests.reference.town import Town
from tests.reference.volunteering import VOLUNTEER, Joining

Rule = Callable[..., Any]


class Fault(NamedTuple):
    """An attribute of `owner` and what it is replaced by; `replacement` is given the right one."""

    owner: Any
    name: str
    replacement: Callable[[Any], Any]


def nothing(_: Rule) -> Rule:
    """Leave a rule out."""
    return lambda *_arguments, **_named: None


def always(value: Any) -> Callable[[Any], Any]:
    """Put a fixed value in the place of a number."""
    return lambda _: value


def _number_goes_on_too_early(right: Rule) -> Rule:
    def lot(self: Person, need: Any) -> float:
        need.changes += 1
        drawn = right(self, need)
        need.changes -= 1
        return float(drawn)

    return lot


def _longer_cover(right: Rule) -> Rule:
    return lambda self, need, now, bought: right(self, need, now + 1.0, bought)


def _in_turn(_: Rule) -> Rule:
    # Each list takes what the one before has just been given.
    def pass_on(person: Person, week: int) -> None:
        known = person.known_to
        lot = person.draws.uniform(Decision.LIST_PASSED_ON, person.identity, week)
        if lot < person.community.plan.assumptions.linkage.list_share:
            known["committee"] |= known["volunteers"]
            known["volunteers"] |= known["workers"]
            known["workers"] |= known["committee"]

    return pass_on


def _only_present_needs(_: Rule) -> Rule:
    def look_back(self: Person, now: int) -> None:
        needs = self.active_needs
        covered = sum(1 for need in needs if need.cover > now - feelings.QUARTER_WEEKS)
        self.experience = rounding.f32(covered / len(needs)) if needs else math.nan

    return look_back


def _example_of_this_week(right: Rule) -> Rule:
    def reconsider(self: Person, week: int, joining: Any, idle: float, formal: float,
                   before: set[int]) -> None:
        now = {other.row for other in self.ties if other.volunteering != VOLUNTEER}
        right(self, week, joining, idle, formal, now)

    return reconsider


def _first_need(_: Rule) -> Rule:
    def first(self: Any, person: Person, week: int) -> Any:
        open_needs = [need for need in person.active_needs if need.cover <= week + 1]
        return open_needs[-1] if open_needs else None

    return first


def _whoever_lives_there(right: Rule) -> Rule:
    def seat(self: Contract, row: int) -> Any:
        person = self.community.residents[row]
        arrived, person.arrived = person.arrived, -1
        found = right(self, row)
        person.arrived = arrived
        return found

    return seat


def _quieter(right: Rule) -> Rule:
    def visitor(self: Contract, week: int, head: int) -> Person:
        residents = self.community.residents
        return min(right(self, week, head), residents[0], key=lambda person: person.voice)

    return visitor


def _stale(right: Rule) -> Rule:
    def booked(place: Community, week: int, start: tuple[float, float]) -> None:
        right(place, week, counting.match_now(place, week))

    return booked


FAULTS: dict[str, Fault] = {
    # the start
    "one acquaintance more": Fault(
        settling, "_ahead", lambda right: lambda *given: right(*given) + 1),
    "needs start as if nobody served": Fault(
        Community, "_free_capacity", always(lambda self: [0.0] * 8)),
    "no drift of demand": Fault(
        rates, "drift_of_demand",
        always(lambda plan, draws, number, weeks: [[1.0] * (rates.PAST_WEEKS + weeks)] * 8)),
    "trust starts without neighbours": Fault(
        Person, "start_trust",
        always(lambda self, opinion, around: setattr(self, "trust", self.satisfaction))),
    # needs
    "a clock uses the next number": Fault(InNeed, "_lot", _number_goes_on_too_early),
    "needs begin at the turn of a week": Fault(
        InNeed, "_next_onset",
        lambda right: lambda self, need, now: float(math.ceil(min(right(self, need, now), 1e9)))),
    "cover is one week longer": Fault(InNeed, "be_covered", _longer_cover),
    "waits are cut too early": Fault(tally, "LONGEST_WAIT_WEEKS", always(20.0)),
    # services
    "help without purchase is slower": Fault(
        community, "capacity_of",
        lambda right: lambda table, size: [0.9 * value for value in right(table, size)]),
    "the station serves the last need": Fault(provision.Station, "_most_severe", _first_need),
    "one try less": Fault(searching, "KNOWN_TRIES", always(63)),
    "everybody is known": Fault(Person, "is_reachable_for", always(lambda self, needs: True)),
    "searches never fail": Fault(Contract, "_search_chance", always(lambda self: 1.0)),
    "substance works from the first day": Fault(
        Contract, "_maturity", always(lambda self, begin, end: 1.0)),
    "no re-screening": Fault(Contract, "_rescreen", always(lambda self, hours: 0.0)),
    "no re-targeting": Fault(Contract, "_retarget", nothing),
    "newcomers take over places": Fault(Contract, "vacate", nothing),
    "newcomers were promised places": Fault(Contract, "_named_seat", _whoever_lives_there),
    "the quieter one comes to events": Fault(Contract, "_visitor", _quieter),
    "an event is remembered for twelve weeks": Fault(events, "QUARTER_WEEKS", always(12.0)),
    # feelings
    "a need that has ended is forgotten": Fault(Person, "look_back", _only_present_needs),
    "trust rises as fast as it falls": Fault(
        Person, "trust_rate", always(lambda self, step, opinion: opinion.trust_down)),
    "neighbours are heard as they feel now": Fault(
        Person, "satisfaction_before",
        always(property(lambda self: self.satisfaction, lambda self, value: None))),
    "feelings are not rounded": Fault(feelings, "f32", always(float)),
    "means are added one by one": Fault(
        community, "mean_of_column", always(lambda column: sum(column) / len(column))),
    # volunteers
    "idle volunteers stay": Fault(
        Joining, "leaving", lambda right: lambda self, idle, formal: right(self, 0.0, formal)),
    "show does not drive volunteers away": Fault(
        Joining, "leaving", lambda right: lambda self, idle, formal: right(self, idle, 0.0)),
    "example of those who do not help": Fault(Person, "reconsider", _example_of_this_week),
    "nobody is asked": Fault(Community, "_ask", nothing),
    "hours earn no credit": Fault(Person, "_book_credits", nothing),
    # moving and lists
    "owners move too": Fault(
        Person, "moves_away",
        lambda right: lambda self, week, chance: self.status == 0 or right(self, week, chance)),
    "newcomers trust by half": Fault(
        community, "Newcomer",
        lambda right: lambda **given: right(**{**given, "trust": 0.5})),
    "lists are passed on in turn": Fault(
        town, "pass_lists_on", _in_turn),
    "nobody is struck off": Fault(
        town, "strike_off", nothing),
    "volunteers see nobody": Fault(lists, "BY_VOLUNTEERS", always(3)),
    "a meeting costs no hours": Fault(
        Town, "_hours_left_by_meeting", always(lambda self, week: [1.0])),
    "campaigns cost no hours": Fault(
        Town, "_hours_left_by_campaigns", always(lambda self, week: 1.0)),
    # counting
    "cover of a week counts whole": Fault(
        counting, "clip", always(lambda value: 1.0 if value > 0.0 else 0.0)),
    "the match forgets the start of a week": Fault(counting, "book_match", _stale),
}
