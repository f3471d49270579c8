"""The joint meeting: lists pass between the sides, and every side pays with hours."""

from typing import Any

import numpy as np
import pytest

from linkage_sim.conservation import check
from linkage_sim.kernels.counters import Count
from linkage_sim.model import LinkageModel
from linkage_sim.scenario.schema import Scenario

SMALL: dict[str, Any] = {"world.communities": 2, "world.residents": 1600, "run.years": 1,
                         "run.warmup_years": 0, "world.budget_yuan_per_year": 300_000.0,
                         "assumptions.staff.quit_per_year": 0.0}
EVERY = "policy.linkage.meeting_every_weeks"
HOURS = "assumptions.linkage.meeting_hours"
# The meeting of week 43, when contracts have run for some time.
MEETING = 43


def _at(week: int, **values: Any) -> LinkageModel:
    model = LinkageModel(Scenario().with_values({**SMALL, EVERY: 44, **values}), seed=7)
    while model.week < week:
        model.step()
    return model


def _worked(model: LinkageModel) -> dict[tuple[int, int], float]:
    found: dict[tuple[int, int], float] = {}
    for item in model.implementation.running:
        key = item.file.candidate.community, item.organization.number
        hours = float(model.implementation.rows.projects.worked_hours[item.row])
        found[key] = found.get(key, 0.0) + hours
    return found


def _week_of_work(model: LinkageModel) -> dict[tuple[int, int], float]:
    before = _worked(model)
    model.step()
    after = _worked(model)
    assert before.keys() == after.keys() and before
    return {key: after[key] - before[key] for key in after}


def test_each_organization_pays_with_contract_hours() -> None:
    usual = _week_of_work(_at(MEETING, **{EVERY: 0}))
    model = _at(MEETING)
    met = _week_of_work(model)
    for community in range(2):
        sides = [key for key in usual if key[0] == community]
        assert len(sides) >= 2 and min(usual[key] for key in sides) > 3.0
        lost = sum(usual[key] - met[key] for key in sides)
        assert lost == pytest.approx(3.0 * len(sides))
    assert check(model) == []


def test_no_side_pays_with_money_and_the_committee_pays_with_hours() -> None:
    without, model = _at(MEETING, **{EVERY: 0}), _at(MEETING)
    without.step()
    model.step()
    for one, other in zip(without.organizations, model.organizations, strict=True):
        assert one.books.overheads == other.books.overheads
    free, used = (item.committees[0].hours_left for item in (without, model))
    # What the meeting took, the committee no longer has for telling people about services.
    assert free - used >= 3.0 - 1e-9 or used == 0.0


def _volunteer_hours(model: LinkageModel, before: Any = 0.0) -> Any:
    return model.course.counts[:, 0, int(Count.VOLUNTEER_HOURS)] - before


def test_volunteers_pay_with_hours_they_would_have_given() -> None:
    # Lists are empty and nobody coordinates, so that a volunteer has nothing else to do; nobody
    # leaves in the week of the meeting and takes hours along.
    idle = {"assumptions.linkage.list_share": 0.0, "assumptions.linkage.sightings": 0.0,
            "assumptions.volunteers.coordination_share": 0.0,
            "assumptions.volunteers.leave_per_month": 0.0005}
    model = _at(MEETING, **idle)
    before = _volunteer_hours(model)
    model.step()
    assert _volunteer_hours(model, before) == pytest.approx([3.0, 3.0])
    assert check(model) == []
    model.step()
    assert _volunteer_hours(model, before) == pytest.approx([3.0, 3.0])


def test_a_meeting_takes_no_more_hours_than_volunteers_offer() -> None:
    meets = _at(MEETING).neighbourhood.volunteers_meet
    assert [meets(0, MEETING, hours) for hours in (10.0, 2.0, 0.0)] == [3.0, 2.0, 0.0]
    assert meets(0, MEETING + 1, 10.0) == 0.0


@pytest.mark.parametrize("values", [{EVERY: 0}, {HOURS: 0.0}])
def test_no_meeting_or_no_hours_costs_nothing(values: dict[str, Any]) -> None:
    model = _at(MEETING, **values)
    assert [model.hours_left_share(place) for place in range(2)] == [1.0, 1.0]


def test_a_meeting_longer_than_the_week_takes_the_week_and_no_more() -> None:
    model = _at(MEETING, **{HOURS: 100.0})
    assert [model.hours_left_share(place) for place in range(2)] == [
        pytest.approx(0.0), pytest.approx(0.0)]
    assert check(model) == []


def _lists(model: LinkageModel) -> tuple[Any, Any, Any]:
    state = model.state
    return (state.list_committee.copy(), state.list_workers.copy(), state.list_volunteers.copy())


def test_lists_pass_from_side_to_side() -> None:
    model = _at(MEETING, **{"assumptions.linkage.list_share": 1.0})
    for listed, bit in zip(("committee", "workers", "volunteers"), (1, 2, 4), strict=True):
        column = getattr(model.state, f"list_{listed}")
        column[:] = 0
        column[:100] = bit
    model.neighbourhood._meet(MEETING)
    committee, workers, volunteers = _lists(model)
    assert (committee[:100] == 1 | 4).all(), "volunteers' sightings reach the committee"
    assert (workers[:100] == 2 | 1).all(), "the committee's hidden needs reach organizations"
    assert (volunteers[:100] == 4 | 2).all(), "workers' cases reach volunteers"
    assert not np.any(committee[100:] | workers[100:] | volunteers[100:])


def test_without_a_meeting_each_list_stays_with_its_owner() -> None:
    model = _at(MEETING, **{"assumptions.linkage.list_share": 0.0})
    before = _lists(model)
    model.neighbourhood._meet(MEETING)
    assert all(np.array_equal(one, other) for one, other in zip(before, _lists(model), strict=True))


def test_a_meeting_lets_organizations_reach_more_of_the_same_persons_in_need() -> None:
    # Where hardly anybody knows the services, lists are the way to be found; a survey fills them.
    unknown = {"policy.proposal.method": "survey", "assumptions.delivery.awareness_start": 0.0,
               "assumptions.delivery.awareness_per_hour": 0.0}
    apart, together = (
        _at(MEETING, **unknown, **{"assumptions.linkage.list_share": share}) for share in (0.0, 1.0)
    )
    for model in (apart, together):
        model.step()
    assert np.array_equal(apart.course.columns.reachable, together.course.columns.reachable)
    for model in (apart, together):
        model.step()
    assert np.array_equal(apart.course.columns.in_need, together.course.columns.in_need)
    assert (together.course.columns.reachable >= apart.course.columns.reachable).all()
    known = [np.count_nonzero(model.state.list_workers & model.state.active)
             for model in (apart, together)]
    assert known[1] > known[0]


def test_lists_are_gone_through_once_a_year() -> None:
    def stale(model: LinkageModel) -> list[int]:
        return [np.count_nonzero(listed & ~model.state.active) for listed in _lists(model)]

    model = _at(51, **{"run.years": 2, EVERY: 8})
    assert min(stale(model)) > 0  # in between, every list names persons whose need has gone
    model.step()
    assert stale(model) == [0, 0, 0]
    assert all(listed.any() for listed in _lists(model))
