"""How the fast engine's residents, and the decisions that reach them, are read.

`engine_state` turns columns into plain dicts, whatever their layout in memory; `states` does the
same with objects. Where the engine's columns change, files named `engine*.py` change, no others.
"""

from __future__ import annotations

from typing import Any

from linkage_sim.kernels.counters import Count
from linkage_sim.kernels.tables import GONE, HELD, LOST, OPEN
from linkage_sim.model import LinkageModel
from linkage_sim.scenario.fields import N_CATEGORIES
from tests.reference import seats
from tests.reference.record import Signed, Week, Working
from tests.reference.states import CARRIES, NEVER_CHANGES, TOTALS, Plain, known, still_felt

SEAT_STATES = {OPEN: seats.OPEN, HELD: seats.HELD, LOST: seats.LOST, GONE: seats.GONE}
MASKS = ("active", "served", "list_committee", "list_workers", "list_volunteers")
BY_RESIDENT = (
    "aware", "arrived", "expectation", "satisfaction", "trust", "lift", "shown", "volunteer",
    "volunteer_due", "volunteer_changes", "left_week", "hours_used", "idle_weeks", "credit",
    "asked_by", "motivation",
)


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
    columns = {name: getattr(state, name).tolist() for name in (*MASKS, "changes", *BY_RESIDENT)}
    tables = {
        name: getattr(model.course.needs.records, name)[state.record].tolist()
        for name in ("onset", "cover", "cover_bought")
    }
    clocks = _clocks(model)
    residents = {}
    for community in range(people.n_communities):
        rows = people.rows(community)
        for row in range(rows.start, rows.stop):
            plain = {name: categories(columns[name][row]) for name in MASKS}
            plain["changes"] = tuple(columns["changes"][row])
            plain["due"] = tuple(clocks.get((row, category)) for category in range(N_CATEGORIES))
            plain["onset"] = tuple(
                since if category in plain["active"] else None
                for category, since in enumerate(tables["onset"][row])
            )
            for name in ("cover", "cover_bought"):
                plain[name] = tuple(still_felt(until, model.week) for until in tables[name][row])
            plain |= {name: known(columns[name][row]) for name in BY_RESIDENT}
            residents[(community, row - rows.start)] = plain
    return {
        "residents": residents,
        "counts": _engine_counts(model),
        "contracts": _engine_contracts(model),
        "carries": {
            community: (model.course.columns.used_share[community],
                        model.course.columns.formal_share[community],
                        model.course.columns.volunteers[community])
            for community in range(people.n_communities)
        },
        "turnout": dict(model.neighbourhood.turnout),
        "need sums": model.course.need_sums.tolist(),
    }


def _clocks(model: LinkageModel) -> dict[tuple[int, int], float]:
    """List the clocks that ring within the run: (row, category) -> moment."""
    calendar, changes = model.course.needs.calendar, model.state.changes
    found = {}
    for entry in calendar.head.ravel().tolist():
        while entry:
            row, category = int(calendar.entries.row[entry]), int(calendar.entries.category[entry])
            if calendar.entries.number[entry] == changes[row, category]:
                assert (row, category) not in found
                found[(row, category)] = float(calendar.entries.time[entry])
            entry = int(calendar.entries.next[entry])
    return found


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
    for community in range(model.people.n_communities):
        rows = table.of(community)
        start = int(model.people.first_row[community])
        for row in rows:
            taken = range(int(projects.place_first[row]), int(projects.place_stop[row]))
            met, kind = table.lines_of(community, int(row))
            found[(community, int(projects.identity[row]))] = {
                **{name: float(getattr(projects, name)[row]) for name in (*CARRIES, *TOTALS)},
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


def people_state(people: Any) -> list[Plain]:
    """Read what never changes of the engine's residents."""
    columns = {name: getattr(people, name).tolist() for name in NEVER_CHANGES}
    found = []
    for community in range(people.n_communities):
        rows = people.rows(community)
        for row in range(rows.start, rows.stop):
            plain = {name: columns[name][row] for name in NEVER_CHANGES}
            plain["household"] -= columns["household"][rows.start]
            plain["ties"] = (people.ties_of(row) - rows.start).tolist()
            found.append(plain)
    return found
