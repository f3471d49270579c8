"""The only file here that knows the fast engine: how its state and decisions are read.

`engine_state` turns columns into plain dicts, whatever their layout in memory, and
`reference_state` does the same with objects; a test compares the two.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from linkage_sim.kernels.counters import Count
from linkage_sim.kernels.tables import GONE, HELD, LOST, OPEN
from linkage_sim.model import LinkageModel
from linkage_sim.scenario.fields import N_CATEGORIES
from tests.reference import seats
from tests.reference.record import Signed, Week, Working
from tests.reference.services import Contract
from tests.reference.town import Town

Plain = dict[str, Any]
SEAT_STATES = {OPEN: seats.OPEN, HELD: seats.HELD, LOST: seats.LOST, GONE: seats.GONE}
MASKS = ("active", "served", "list_committee", "list_workers", "list_volunteers")
BY_NEED = ("due", "changes", "onset", "cover", "cover_bought")
BY_RESIDENT = (
    "next_due", "aware", "arrived", "expectation", "satisfaction", "previous", "trust",
    "own_experience", "lift", "shown", "volunteer", "volunteer_due", "volunteer_changes",
    "left_week", "hours_used", "idle_weeks", "credit", "asked_by", "motivation",
)
CARRIES = ("carry", "free_carry", "event_carry", "head_carry")


def known(value: Any) -> Any:
    """Give None for an unknown number, which would not equal itself."""
    return None if isinstance(value, float) and math.isnan(value) else value


def categories(mask: int) -> tuple[int, ...]:
    """List the categories whose bit is set."""
    return tuple(category for category in range(N_CATEGORIES) if mask >> category & 1)


# -- what the engine's institutions decide ----------------------------------------------------


class Recorder:
    """Runs the engine week by week and notes what its institutions decide.

    Parameters
    ----------
    scenario, seed
        What to run.

    Attributes
    ----------
    weeks : list of Week
        Decisions so far.
    """

    def __init__(self, scenario: Any, seed: int) -> None:
        self.model = LinkageModel(scenario, seed)
        self.weeks: list[Week] = []
        self._heard: set[Any] = set()
        self._numbers: dict[int, int] = {}
        self._deliver = self.model.service.deliver
        self._live = self.model.neighbourhood.step
        service: Any = self.model.service
        neighbourhood: Any = self.model.neighbourhood
        service.deliver = self._before_service
        neighbourhood.step = self._before_living

    def step(self) -> None:
        """Let the engine live one week."""
        self.weeks.append(Week())
        self.model.step()

    def _before_service(self, week: int) -> None:
        model, now = self.model, self.weeks[-1]
        for key, hearing in model.proposal.hearings.items():
            if key not in self._heard:
                self._heard.add(key)
                first = int(model.people.first_row[key[0]])
                now.heard += [
                    (key[0], category, [int(row) - first for row in rows])
                    for category, rows in hearing.known.items()
                ]
        for contract in model.implementation.running:
            if id(contract) not in self._numbers:
                self._numbers[id(contract)] = len(self._numbers)
                now.signed.append(self._signed(contract))
            now.working.append(self._working(contract))
        self._deliver(week)

    def _signed(self, contract: Any) -> Signed:
        projects, row, file = self.model.implementation.rows.projects, contract.row, contract.file
        community = file.candidate.community
        first = int(self.model.people.first_row[community])
        return Signed(
            number=self._numbers[id(contract)], community=community,
            identity=file.candidate.identity, organization=contract.organization.number,
            category=file.candidate.category, start_day=contract.signed_day,
            end_day=contract.end_day, places=contract.places,
            named=[int(person) - first for person in file.roster],
            submitted_day=file.submitted_day, autonomy=float(projects.autonomy[row]),
            competence=[float(value) for value in projects.competence[row]],
        )

    def _working(self, contract: Any) -> Working:
        projects, row = self.model.implementation.rows.projects, contract.row
        names = ("hours", "substance", "showcase", "documents", "skill", "hours_factor",
                 "end_factor")
        return Working(
            self._numbers[id(contract)],
            **{name: float(getattr(projects, name)[row]) for name in names},
        )

    def _before_living(self, week: int) -> None:
        model, now = self.model, self.weeks[-1]
        now.committee_hours = [float(item.hours_left) for item in model.committees]
        now.committee_year = [float(item.hours_per_year) for item in model.committees]
        now.leading = [0] * len(model.committees)
        for contract in model.implementation.running:
            if contract.leader is not None:
                now.leading[contract.file.candidate.community] += 1
        self._live(week)


# -- state as plain dicts ---------------------------------------------------------------------


def engine_state(model: LinkageModel) -> Plain:
    """Read residents, counts and contracts of the engine."""
    state, people = model.state, model.people
    columns = {name: getattr(state, name).tolist() for name in (*MASKS, *BY_NEED, *BY_RESIDENT)}
    residents = {}
    for community in range(people.n_communities):
        rows = people.rows(community)
        for row in range(rows.start, rows.stop):
            plain = {name: categories(columns[name][row]) for name in MASKS}
            plain |= {name: tuple(columns[name][row]) for name in BY_NEED}
            plain |= {name: known(columns[name][row]) for name in BY_RESIDENT}
            residents[(community, row - rows.start)] = plain
    return {
        "residents": residents,
        "counts": _engine_counts(model),
        "contracts": _engine_contracts(model),
        "carries": {
            community: (model.service.used_share[community],
                        model.service.formal_share[community],
                        model.service.volunteers[community])
            for community in range(people.n_communities)
        },
        "turnout": dict(model.neighbourhood.turnout),
        "need sums": model.course.need_sums.tolist(),
    }


def _engine_counts(model: LinkageModel) -> Plain:
    table = model.course.counts
    return {
        (community, year, which.name.lower()): float(table[community, year, int(which)])
        for community in range(table.shape[0])
        for year in range(table.shape[1])
        for which in Count
        if table[community, year, int(which)] != 0.0
    }


def _engine_contracts(model: LinkageModel) -> Plain:
    table = model.implementation.rows
    projects, places = table.projects, table.places
    found = {}
    for community, rows in table.of_community.items():
        start = int(model.people.first_row[community])
        for row in rows:
            taken = range(int(projects.place_first[row]), int(projects.place_stop[row]))
            names = (*CARRIES, "worked_hours", "substance_hours", "showcase_hours",
                     "document_hours", "volunteer_hours", "contacts", "events", "heads", "ended",
                     "ended_target", "screened")
            met, kind = table.lines_of(community, int(row))
            found[(community, int(projects.identity[row]))] = {
                **{name: float(getattr(projects, name)[row]) for name in names},
                "seats": [
                    (SEAT_STATES[int(places.state[seat])],
                     int(places.holder[seat]) - start if places.holder[seat] >= 0 else None,
                     int(places.left[seat]))
                    for seat in taken
                ],
                "met": [int(person) - start for person in met],
                "how": [int(how) for how in kind],
            }
    return found


def reference_state(town: Town) -> Plain:
    """Read the same of the reference."""
    over = town.week % 52 == 0  # contracts of a year have ended
    return {
        "residents": {
            (community.number, person.row): _plain_person(person)
            for community in town.communities
            for person in community.residents
        },
        "counts": {
            (community.number, year, name): amount
            for community in town.communities
            for year, counts in enumerate(community.tally.years)
            for name, amount in counts.items()
            if amount != 0.0
        },
        "contracts": {
            (community.number, contract.signed.identity): _plain_contract(contract)
            for community in town.communities
            for contract in community.contracts
            if not over
        },
        "carries": {
            community.number: (community.used_share, community.formal_share, community.volunteers)
            for community in town.communities
        },
        "turnout": dict(town.turnout),
        "need sums": [community.need_sums for community in town.communities],
    }


def _plain_person(person: Any) -> Plain:
    needs = person.needs
    return {
        "active": tuple(need.category for need in person.active_needs),
        "served": tuple(need.category for need in needs if need.served),
        **{f"list_{side}": tuple(sorted(listed)) for side, listed in person.known_to.items()},
        **{name: tuple(getattr(need, name) for need in needs) for name in BY_NEED},
        "next_due": person.next_due,
        "aware": int(person.aware),
        "arrived": person.arrived,
        "expectation": person.expectation,
        "satisfaction": person.satisfaction,
        "previous": person.satisfaction_before,
        "trust": person.trust,
        "own_experience": known(person.experience),
        "lift": person.lift,
        "shown": person.shown_until,
        "volunteer": person.volunteering,
        **{name: getattr(person, name) for name in
           ("volunteer_due", "volunteer_changes", "left_week", "hours_used", "idle_weeks",
            "credit", "asked_by", "motivation")},
    }


def _plain_contract(contract: Contract) -> Plain:
    how = {"contact": 0, "contact that ended the need": 1, "attended": 2}
    return {
        **{name: getattr(contract, name) for name in CARRIES},
        **contract.totals,
        "seats": [
            (seat.state, seat.holder.row if seat.holder is not None else None, seat.left)
            for seat in contract.seats
        ],
        "met": [row for row, _ in contract.record],
        "how": [how[kind] for _, kind in contract.record],
    }


def people_state(people: Any) -> list[Plain]:
    """Read what never changes of the engine's residents."""
    names = ("household", "age_group", "fifth", "group", "status", "voice", "taste")
    columns = {name: getattr(people, name).tolist() for name in names}
    found = []
    for community in range(people.n_communities):
        rows = people.rows(community)
        for row in range(rows.start, rows.stop):
            ties = people.tie_to[people.tie_start[row] : people.tie_start[row + 1]]
            plain = {name: columns[name][row] for name in names}
            plain["household"] -= columns["household"][rows.start]
            plain["ties"] = (np.asarray(ties) - rows.start).tolist()
            found.append(plain)
    return found


def settled_state(town: Town) -> list[Plain]:
    """Read the same of the reference's residents."""
    names = ("household", "age_group", "fifth", "group", "status", "voice", "taste")
    return [
        {name: getattr(person, name) for name in names}
        | {"ties": [other.row for other in person.ties]}
        for community in town.communities
        for person in community.residents
    ]
