"""Writes down one run, week by week and small: what a page that looks inside shows.

Runs in a worker process; imports heavy libraries only there. It reads the model and its journal,
and changes nothing: a run that is written down brings the numbers of any other.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from typing import Any

from linkage_sim.journal import Journal

LAYERS = ("needs", "covered", "helped", "trust", "volunteer")
"""What is kept of a resident each week, a byte each; the first three hold a bit a category.

`helped` are contacts of this week by government, neighbours, a station or volunteers.
"""
TRUST_STEPS = 250
HOURS = ("substance", "showcase", "document", "worked")
STOP_EVERY_WEEKS = 4


class WatchfulJournal(Journal):
    """Keeps the journal, and calls out when a contract is evaluated.

    The record of persons met is still there at that moment, and cleared with the books of the year.
    """

    def __init__(self, called: Callable[[], None]) -> None:
        super().__init__(keep=True)
        self._called = called

    def note(self, day: float, project: str, event: str, /, **facts: Any) -> None:
        """Write one entry."""
        super().note(day, project, event, **facts)
        if event == "evaluated":
            self._called()


class Recorder:
    """Looks at a model after each week.

    Parameters
    ----------
    rows : int64[drawn]
        Residents of the community who are drawn.

    Attributes
    ----------
    frames : uint8[drawn, layers, weeks + 1]
        What LAYERS says, at the start and after each week; the weeks of one resident lie side by
        side, where they repeat and take little room.
    whole : list of [in need, with an unmet need, volunteers, trust]
        Persons of the whole community, and their mean trust.
    received : list of [place of the resident, week, project, kind]
    moved : list of [place of the resident, week]
        Somebody else lives there from this week on.
    hours : dict project -> list of [week, substance, showcase, documents, idle]
    """

    def __init__(self, model: Any, community: int, rows: Any) -> None:
        import numpy as np

        self.model, self.community, self.rows = model, community, rows
        self.frames = np.zeros((len(rows), len(LAYERS), model.weeks + 1), np.uint8)
        self.whole: list[list[float]] = []
        self.received: list[list[Any]] = []
        self.moved: list[list[int]] = []
        self._arrived = model.state.arrived[rows].copy()
        self.hours: dict[str, list[list[float]]] = {}
        self._place_of = {int(row): place for place, row in enumerate(rows)}
        self._seen: dict[str, int] = {}
        self._worked: dict[str, list[float]] = {}
        # The first week that is done has number 1; none is while the model stands at its start.
        self._week = 0
        model.journal = WatchfulJournal(self.read_services)

    def look(self) -> None:
        """Write down how things stand now; call it at the start and after each step."""
        import numpy as np

        from linkage_sim.world.columns import VOLUNTEER

        week, state = self.model.week, self.model.state
        if week:
            self.read_services()
        whole = self.model.people.rows(self.community)
        active = state.active[whole]
        needy = np.flatnonzero(active) + whole.start
        unmet = state.active[needy] & ~self._covered(needy, week, False)
        frame = self.frames[:, :, week]
        frame[:, 0] = state.active[self.rows]
        frame[:, 1] = self._covered(self.rows, week, False) & frame[:, 0]
        frame[:, 2] = self._helped(week) if week else 0
        frame[:, 3] = np.round(state.trust[self.rows] * TRUST_STEPS)
        frame[:, 4] = state.volunteer[self.rows]
        self.whole.append([
            len(needy), int(np.count_nonzero(unmet)),
            int(np.count_nonzero(state.volunteer[whole] == VOLUNTEER)),
            round(float(np.mean(state.trust[whole], dtype=np.float64)), 4),
        ])
        arrived = state.arrived[self.rows]
        new = np.flatnonzero(arrived != self._arrived).tolist()
        self.moved += [[place, week] for place in new]
        self._arrived[:] = arrived
        self._week = week + 1

    def _helped(self, week: int) -> Any:
        """Give the categories in which others than projects gave a contact in the week before now.

        A contact covers its need for a time that starts now; earlier ones end a week sooner.
        """
        begun = week + self.model.course.cover_weeks - 0.5
        return self._covered(self.rows, begun, False) & ~self._covered(self.rows, begun, True)

    def _covered(self, rows: Any, week: Any, bought: bool) -> Any:
        """Give the categories that a contact covers after a week, a bit each: uint8[rows]."""
        import numpy as np

        now = self.model.course.covered(rows, slice(None), week, bought)
        return np.packbits(now, axis=1, bitorder="little")[:, 0]

    def read_services(self) -> None:
        """Read whom contracts met since this was last done, and the hours they worked."""
        from linkage_sim.timeline import WEEKS_PER_YEAR

        implementation, week = self.model.implementation, self._week
        for contract in implementation.contracts_of(self.community, (week - 1) // WEEKS_PER_YEAR):
            persons, kinds = implementation.rows.lines_of(self.community, contract.row)
            first = self._seen.get(contract.id, 0)
            for person, kind in zip(persons[first:].tolist(), kinds[first:].tolist(), strict=True):
                if person in self._place_of:
                    self.received.append([self._place_of[person], week, contract.id, kind])
            self._seen[contract.id] = max(first, len(persons))
            self._read_hours(contract, week)

    def _read_hours(self, contract: Any, week: int) -> None:
        columns = self.model.implementation.rows.columns
        now = [
            contract.totals[f"{name}_hours"] if contract.totals
            else float(getattr(columns, f"{name}_hours")[contract.row]) for name in HOURS
        ]
        before = self._worked.get(contract.id, [0.0] * len(HOURS))
        more = [new - old for new, old in zip(now, before, strict=True)]
        if more[-1] > 0.0:
            *efforts, worked = more
            idle = max(0.0, worked - sum(efforts))
            self.hours.setdefault(contract.id, []).append(
                [week, *(round(value, 2) for value in (*efforts, idle))])
            self._worked[contract.id] = now


def record_run(
    argument: tuple[dict[str, Any], int, int], is_to_stop: Callable[[], bool]
) -> dict[str, Any]:
    """Run a scenario once and give what a page shows of one community.

    Parameters
    ----------
    argument
        Scenario as plain data, seed, number of the community.

    Returns
    -------
    dict
        Plain lists and texts; `frames` and `journal` (JSON) are packed with zlib.
    """
    from linkage_sim.app.inside.sample import drawn_rows
    from linkage_sim.app.worker import StoppedError
    from linkage_sim.model import LinkageModel
    from linkage_sim.scenario.schema import scenario_from

    content, seed, community = argument
    model = LinkageModel(scenario_from(content), seed)
    try:
        recorder = Recorder(model, community, drawn_rows(model.people, community, seed))
        recorder.look()
        while model.week < model.weeks:
            if model.week % STOP_EVERY_WEEKS == 0 and is_to_stop():
                raise StoppedError
            model.step()
            recorder.look()
        return _told(model, recorder)
    finally:
        model.release()


def _told(model: Any, recorder: Recorder) -> dict[str, Any]:
    from linkage_sim.scenario.fields import CATEGORIES
    from linkage_sim.timeline import WEEKS_PER_YEAR

    # A contract that goes on for another year has a file of its own, which no desk saw.
    files = [*model.approval.files, *(item.file for item in model.implementation.contracts)]
    projects: dict[str, dict[str, Any]] = {}
    for file in files:
        if file.candidate.community != recorder.community:
            continue
        found = projects.setdefault(file.id, {
            "id": file.id, "category": CATEGORIES[file.candidate.category],
            "cost": file.candidate.cost_yuan, "years": [], "organization": None,
        })
        if file.year not in found["years"]:
            found["years"].append(file.year)
    for contract in model.implementation.contracts:
        if contract.id in projects:
            projects[contract.id]["organization"] = int(contract.organization.number)
    journal = [row for row in model.journal.rows() if row["project"] in projects]
    approval = model.plan.policy.approval
    return {
        "weeks": model.weeks, "warmup_weeks": model.plan.run.warmup_years * WEEKS_PER_YEAR,
        "desks": [desk.name for desk in approval.desks], "fixed": model.approval.is_fixed,
        "frames": zlib.compress(recorder.frames.tobytes(), 6), "whole": recorder.whole,
        "projects": list(projects.values()), "received": recorder.received,
        "moved": recorder.moved,
        "hours": recorder.hours,
        "journal": zlib.compress(json.dumps(journal, ensure_ascii=False).encode(), 6),
    }
