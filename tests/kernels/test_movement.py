"""Who moves in has no history here, and who moves out takes the volunteer along."""

from typing import Any

import numpy as np
import pytest

from linkage_sim.conservation import check
from linkage_sim.kernels.counters import Count
from linkage_sim.kernels.measure import match_now
from linkage_sim.kernels.movement import vacate_places
from linkage_sim.kernels.tables import GONE, HELD, LOST
from linkage_sim.kernels.volunteering import next_moment
from linkage_sim.model import LinkageModel
from linkage_sim.scenario.schema import Scenario
from linkage_sim.world.columns import FORMER_VOLUNTEER, NO_VOLUNTEER, OWNER, VOLUNTEER

SMALL: dict[str, Any] = {"world.communities": 1, "world.residents": 1000, "run.years": 1,
                         "run.warmup_years": 0, "world.floating_share": 0.5,
                         "assumptions.needs.move_per_year": 0.9}
WEEK = 3
# What nobody has by chance, to tell who was exchanged and who was not.
MARKS = {"hours_used": 7.0, "motivation": 0.25, "left_week": 2.0, "credit": 3.0, "lift": 0.5,
         "shown": 50.0, "asked_by": 2, "idle_weeks": 9}


def _marked(**values: Any) -> LinkageModel:
    model = LinkageModel(Scenario().with_values({**SMALL, **values}), seed=4)
    for name, mark in MARKS.items():
        getattr(model.state, name)[:] = mark
    rows = np.arange(model.people.n_residents)
    model.state.expectation[:] = np.where(rows % 2, 0.2, 0.4)
    model.state.trust[:] = np.where(rows % 2, 0.5, 0.7)
    model.state.satisfaction[:] = 0.0625
    model.state.volunteer[:] = rows % 3
    model.state.volunteer_due[:] = 1e6
    return model


def _moved(model: LinkageModel) -> Any:
    model.neighbourhood._move(0, WEEK)
    return model.state.hours_used == 0.0


def test_newcomers_start_with_nothing_of_those_who_left() -> None:
    model = _marked()
    expectation, trust = model.state.expectation.mean(), model.state.trust.mean()
    changes = model.state.volunteer_changes.copy()
    new = _moved(model)
    state, people = model.state, model.people
    assert 10 < new.sum() == model.neighbourhood.moved.sum() < model.people.n_residents / 2
    assert (people.status[new] != OWNER).all()
    assert np.allclose(state.expectation[new], expectation)
    assert np.allclose(state.trust[new], trust)
    feel = model.plan.assumptions.opinion
    content = feel.base + (feel.weight_performance + feel.weight_expectation) * expectation
    assert np.allclose(
        state.satisfaction[new], np.clip(content + people.taste[new], 0.0, 1.0), atol=1e-6
    )
    for name in ("hours_used", "credit", "lift", "asked_by", "idle_weeks"):
        assert (getattr(state, name)[new] == 0).all(), name
    assert (state.motivation[new] == 1.0).all()
    assert (state.volunteer[new] == NO_VOLUNTEER).all()
    assert np.isneginf(state.left_week[new]).all() and np.isneginf(state.shown[new]).all()
    adult = new & (people.age_group > 0)
    assert (state.volunteer_changes[adult] == changes[adult] + 1).all()
    for row in np.flatnonzero(adult)[:20]:
        due = next_moment(model.course.seed, int(row), int(changes[row]) + 1, WEEK + 1.0, False,
                          model.neighbourhood.joining)
        assert state.volunteer_due[row] == np.float32(due)
    child = new & (people.age_group == 0)
    assert child.any() and (state.volunteer_due[child] == 1e6).all()


def test_who_stays_keeps_everything() -> None:
    model = _marked()
    new = _moved(model)
    for name, mark in MARKS.items():
        assert (getattr(model.state, name)[~new] == mark).all(), name
    assert (model.state.satisfaction[~new] == 0.0625).all()
    assert (model.state.volunteer_due[~new] == 1e6).all()


def test_volunteers_who_move_away_have_dropped_out() -> None:
    model = _marked()
    before = model.state.volunteer.copy()
    new = _moved(model)
    left = np.count_nonzero(before[new] == VOLUNTEER)
    counts = model.course.counts[0, 0]
    assert left > 0 and counts[int(Count.DROPPED)] == left
    assert counts[int(Count.CREDIT_LOST)] == pytest.approx(left * MARKS["credit"])
    assert np.count_nonzero(before[new] == FORMER_VOLUNTEER) > 0  # they are not counted again


def test_volunteers_add_up_while_people_move() -> None:
    model = LinkageModel(Scenario().with_values(SMALL), seed=4)
    while model.week < model.weeks:
        model.step()
        assert check(model) == []
    assert model.neighbourhood.moved.sum() > 100


def test_a_volunteer_who_vanishes_is_noticed() -> None:
    model = LinkageModel(Scenario().with_values(SMALL), seed=4).run()
    model.state.volunteer[np.flatnonzero(model.state.volunteer == VOLUNTEER)[0]] = NO_VOLUNTEER
    assert any("began and joined" in sentence for sentence in check(model))


def test_nobody_moves_at_rate_zero() -> None:
    model = _marked(**{"assumptions.needs.move_per_year": 0.0})
    assert not _moved(model).any()


def _under_contract(**values: Any) -> LinkageModel:
    few = {**SMALL, "assumptions.needs.move_per_year": 0.0, **values}
    model = LinkageModel(Scenario().with_values(few), seed=4)
    while model.week < 40:
        model.step()
    assert len(model.implementation.running) >= 2
    return model


def _seats(model: LinkageModel) -> tuple[Any, Any]:
    places, used = model.implementation.rows.places, model.implementation.rows.used_places
    return places.holder[:used], places.state[:used]


def _let_move(model: LinkageModel, moved: Any) -> None:
    table, week = model.implementation.rows, model.week
    model.state.arrived[moved] = week
    vacate_places(model.course.place(0, week), table.of(0), model.course.known,
                  table.projects, table.places)


def test_who_moves_away_leaves_the_place_empty_and_the_newcomer_without_a_claim() -> None:
    model = _under_contract()
    holder, state = (column.copy() for column in _seats(model))
    held = np.flatnonzero((state == HELD) | (state == LOST))
    moved = np.unique(holder[held])[:5]
    _let_move(model, moved)
    after_holder, after_state = _seats(model)
    theirs = np.isin(holder, moved) & ((state == HELD) | (state == LOST))
    assert theirs.sum() >= 5
    assert (after_state[theirs] == GONE).all() and (after_holder[theirs] == -1).all()
    assert np.array_equal(after_state[~theirs], state[~theirs])
    assert np.array_equal(after_holder[~theirs], holder[~theirs])


def test_a_place_of_someone_gone_reaches_nobody_until_it_is_screened_again() -> None:
    for rescreen in (False, True):
        model = _under_contract(**{"policy.implementation.rescreen": rescreen})
        # Everybody has every need: whoever lives in the home now would count as reached.
        model.state.active[:] = 255
        in_need = np.full(8, float(model.people.n_residents))
        table, needs = model.implementation.rows, model.course.needs
        place = model.course.place(0, model.week)
        before = match_now(place, table.of(0), in_need, needs, table.projects,
                           table.places)
        _let_move(model, np.arange(model.people.n_residents))
        after = match_now(place, table.of(0), in_need, needs, table.projects,
                          table.places)
        assert after[0] == before[0] and after[1] < before[1]
        gone = int((_seats(model)[1] == GONE).sum())
        model.step()
        assert (int((_seats(model)[1] == GONE).sum()) < gone) == rescreen


def test_a_person_named_in_a_file_who_moves_before_the_contract_gets_no_place() -> None:
    model = _under_contract()
    file = max((item.file for item in model.implementation.running), key=lambda f: len(f.roster))
    here = model.implementation.still_here
    assert len(file.roster) > 2 and np.array_equal(here(file), file.roster)
    submitted = int(file.submitted_day // 7)
    model.state.arrived[file.roster[0]] = submitted + 1
    model.state.arrived[file.roster[1]] = submitted  # was the one who was named
    assert here(file).tolist() == [-1, *file.roster[1:].tolist()]
    table = model.implementation.rows
    row = table.take(0, 1, len(file.roster), here(file), 3)
    first = int(table.projects.place_first[row])
    assert table.places.state[first] == GONE and table.places.state[first + 1] == HELD
