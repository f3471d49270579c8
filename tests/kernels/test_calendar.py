"""When the calendar of needs runs out of room, only entries that mean nothing are forgotten."""

import numpy as np

from linkage_sim.kernels.clocks import ENTRIES_FREE, ENTRIES_PER_RESIDENT, ENTRIES_USED, enter
from linkage_sim.model import LinkageModel
from linkage_sim.scenario.schema import Scenario

PLAN = Scenario().with_values({"world.residents": 300, "run.years": 2, "run.warmup_years": 0})


def _entries(model: LinkageModel) -> dict[tuple[int, int], float]:
    """List current entries: (row, category) -> moment."""
    calendar, found = model.course.needs.calendar, {}
    for entry in calendar.head.ravel().tolist():
        while entry:
            row, category = int(calendar.entries.row[entry]), int(calendar.entries.category[entry])
            if calendar.entries.number[entry] == model.state.changes[row, category]:
                found[(row, category)] = float(calendar.entries.time[entry])
            entry = int(calendar.entries.next[entry])
    return found


def _full(model: LinkageModel) -> None:
    """Say that all room is used and nothing is free."""
    marks = model.course.needs.calendar.marks
    marks[0, ENTRIES_USED] = ENTRIES_PER_RESIDENT * model.people.n_residents
    marks[0, ENTRIES_FREE] = 0


def test_a_full_calendar_forgets_what_is_no_longer_to_come_and_nothing_else() -> None:
    model = LinkageModel(PLAN, seed=3)
    before = _entries(model)
    row, category = next(iter(before))
    model.state.changes[row, category] += np.uint16(1)  # its need was ended by a contact
    assert (row, category) not in _entries(model)
    _full(model)
    place = model.place(0, 0)
    enter(place, model.course.needs, row, category, np.float32(70.5))
    after = _entries(model)
    assert after.pop((row, category)) == 70.5
    before.pop((row, category))
    assert after == before


def test_a_run_with_a_calendar_that_was_full_has_the_same_numbers() -> None:
    usual, full = LinkageModel(PLAN, seed=3), LinkageModel(PLAN, seed=3)
    for model in (usual, full):
        while model.week < model.weeks:
            model.step()
            if model is full and model.week == 30:
                # A contact somewhere leaves an entry without meaning; then room runs out.
                row, category = next(iter(_entries(full)))
                place, needs = full.place(0, full.week), full.course.needs
                time = _entries(full)[(row, category)]
                full.state.changes[row, category] += np.uint16(1)
                _full(full)
                enter(place, needs, row, category, np.float32(time))
                full.state.changes[row, category] -= np.uint16(1)
                _rename(full, row, category)
    assert np.array_equal(usual.course.counts, full.course.counts)
    assert np.array_equal(usual.state.satisfaction, full.state.satisfaction)


def _rename(model: LinkageModel, row: int, category: int) -> None:
    """Let the entry just made announce the change that the clock is really at."""
    calendar = model.course.needs.calendar
    for entry in calendar.head.ravel().tolist():
        while entry:
            if calendar.entries.row[entry] == row and calendar.entries.category[entry] == category:
                calendar.entries.number[entry] = model.state.changes[row, category]
            entry = int(calendar.entries.next[entry])
