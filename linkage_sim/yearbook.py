"""What is written down of a running model: every week, and at the end of every year."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from linkage_sim.kernels.counters import Count
from linkage_sim.kernels.volunteering import count_volunteers
from linkage_sim.outcomes import SATISFIED, Facts
from linkage_sim.projects import record_of
from linkage_sim.timeline import WEEKS_PER_YEAR
from linkage_sim.world.columns import VOLUNTEER

MOST_VULNERABLE = 4


def year_end(model: Any, year: int) -> dict[str, Any]:
    """Note the state of residents at the end of a year; shares among those of 15 and older."""
    people, state = model.people, model.state
    grown_up = people.age_group > 0
    recent = adults = 0
    for community in range(people.n_communities):
        rows = people.rows(community)
        _, lately, counted = count_volunteers(
            float(model.week + 1), rows.start, rows.stop, model.neighbourhood.members
        )
        recent += lately
        adults += counted
    alive = sum(1 for item in model.organizations if item.founder and item.alive)
    return {
        "year": year,
        "satisfied": _satisfied(state, grown_up),
        "satisfied_bottom": _satisfied(state, grown_up & (people.fifth == MOST_VULNERABLE)),
        "satisfaction_mean": _mean(state.satisfaction[grown_up]),
        "trust": _mean(state.trust[grown_up]),
        "volunteer_rate": recent / adults if adults else float("nan"),
        "survival": alive / model.founders,
    }


def _satisfied(state: Any, group: Any) -> float:
    return _mean((state.satisfaction >= np.float32(SATISFIED))[group])


def _mean(values: Any) -> float:
    return float(np.mean(values, dtype=np.float64)) if len(values) else float("nan")


def facts_of(model: Any) -> Facts:
    """Gather what outcomes are made of: what happened, and no policy."""
    warmup = model.plan.run.warmup_years
    return Facts(
        counts=model.course.counts,
        need_sums=model.course.need_sums,
        years=range(warmup, min(model.course.years, model.week // WEEKS_PER_YEAR)),
        files=model.approval.files,
        contracts=[record_of(item) for item in model.implementation.contracts],
        ledgers={
            (item.community, year): ledger
            for item in model.committees
            for year, ledger in item.ledgers.items()
        },
        year_ends=model.year_ends,
        turnout=model.neighbourhood.turnout,
        turnover=model.offices.turnover,
        ideas=model.proposal.ideas,
        founders=model.founders,
        draws=model.draws,
    )


def week(model: Any) -> int:
    """Weeks since the start."""
    return int(model.week)


def in_need(model: Any) -> float:
    """Needs there are."""
    return float(model.course.columns.in_need.sum())


def reachable(model: Any) -> float:
    """Needs that providers know of."""
    return float(model.course.columns.reachable.sum())


def volunteers(model: Any) -> int:
    """Volunteers."""
    return int(np.count_nonzero(model.state.volunteer == VOLUNTEER))


def trust(model: Any) -> float:
    """Mean trust of all residents, 0..1."""
    return _mean(model.state.trust)


def satisfaction(model: Any) -> float:
    """Mean satisfaction of all residents, 0..1."""
    return _mean(model.state.satisfaction)


def expectation(model: Any) -> float:
    """Mean expectation of all residents, 0..1."""
    return _mean(model.state.expectation)


def projects_running(model: Any) -> int:
    """Contracts in delivery."""
    return len(model.implementation.running)


def files_waiting(model: Any) -> int:
    """Files without a decision."""
    return len(model.approval.open)


def social_workers(model: Any) -> int:
    """Social workers in their jobs."""
    return sum(len(item.workers) for item in model.organizations)


def onsets_so_far(model: Any) -> float:
    """Needs that began since the start."""
    return _counted(model, Count.ONSETS)


def contacts_so_far(model: Any) -> float:
    """Substantive contacts of projects since the start."""
    return _counted(model, Count.CONTACTS_BOUGHT)


def events_so_far(model: Any) -> float:
    """Events of projects since the start."""
    return _counted(model, Count.EVENTS)


def ended_by_purchase_so_far(model: Any) -> float:
    """Needs that purchased contacts ended since the start."""
    return _counted(model, Count.ENDED_BY_PURCHASE)


def _counted(model: Any, which: Count) -> float:
    return float(model.course.counts[:, :, int(which)].sum())


# Plain functions: Mesa calls nothing else, and a model can be stored with them.
WEEK_REPORTERS: dict[str, Callable[[Any], float]] = {
    function.__name__: function
    for function in (
        week, in_need, reachable, volunteers, trust, satisfaction, expectation, projects_running,
        files_waiting, social_workers, onsets_so_far, contacts_so_far, events_so_far,
        ended_by_purchase_so_far,
    )
}
