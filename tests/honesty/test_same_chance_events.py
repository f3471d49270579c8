"""Coupling: a resident meets the same chance events under every policy, thread or process."""

import gc
import json
import math
import pickle
import subprocess
import sys
import weakref
from typing import Any

import numpy as np
import pytest

from linkage_sim.model import LinkageModel
from linkage_sim.outcomes import measure
from linkage_sim.scenario.fields import by_category
from linkage_sim.scenario.schema import Scenario

SMALL = {"world.communities": 2, "world.residents": 800, "run.years": 1,
         "world.budget_yuan_per_year": 300_000.0}


def _plan(**values: Any) -> Scenario:
    return Scenario().with_values({**SMALL, **values})


def _outcomes(model: LinkageModel) -> dict[str, float]:
    return measure(model.run().facts())


def _same(first: dict[str, float], second: dict[str, float]) -> bool:
    return all(first[name] == second[name] or (math.isnan(first[name]) and math.isnan(second[name]))
               for name in first)


def _since(model: LinkageModel, column: str = "onset") -> Any:
    """Since when present needs have lasted (or until when they are covered), 0 without: [n, 8]."""
    there = np.unpackbits(model.state.active[:, None], axis=1, bitorder="little") == 1
    return np.where(there, getattr(model.course.needs.records, column)[model.state.record], 0.0)


def test_without_effective_service_needs_are_the_same_under_all_policies() -> None:
    idle = {"assumptions.needs.end_probability": by_category(0.0).model_dump()}
    other = {"policy.proposal.method": "survey", "policy.approval.fixed_latency_days": 10.0,
             "policy.evaluation.respondents": "random", "policy.linkage.campaigns_per_year": 3}
    first = LinkageModel(_plan(**idle), seed=4).run()
    second = LinkageModel(_plan(**idle, **other), seed=4).run()
    assert np.array_equal(first.state.active, second.state.active)
    assert np.array_equal(_since(first), _since(second))
    assert not np.array_equal(_since(first, "cover"), _since(second, "cover"))


def test_a_community_keeps_its_needs_when_another_one_stands_beside_it() -> None:
    idle = {"assumptions.needs.end_probability": by_category(0.0).model_dump(),
            "policy.proposal.method": "directive"}
    one = LinkageModel(
        _plan(**{**idle, "world.communities": 1, "world.residents": 400}), seed=4
    )
    two = LinkageModel(_plan(**idle), seed=4)
    one.run()
    two.run()
    assert np.array_equal(one.state.active, two.state.active[: one.people.n_residents])
    assert np.array_equal(_since(one), _since(two)[: one.people.n_residents])


APART = {
    # A street, a district and desks for each, organizations that work nowhere else and no newcomer.
    "world.communities_per_street": 1, "world.streets_per_district": 1,
    "world.communities_per_organization": 1.0, "world.organizations": 3,
    "assumptions.market.entry_per_year": 0.0, "run.years": 2,
    "policy.approval.desks": [
        {"name": "check", "mean_days": 5.0, "return_probability": 0.2, "shared_by": "community"},
        {"name": "street", "mean_days": 9.0, "ranks": True, "meeting_gap_days": [30.0],
         "shared_by": "street"},
    ],
    "policy.proposal.method": "survey",
}


def _books(model: LinkageModel) -> Any:
    """What became of the files, contracts and money of the first community."""
    mine = [file for file in model.approval.files if file.candidate.community == 0]
    contracts = [item for item in model.implementation.contracts
                 if item.file.candidate.community == 0]
    return (
        [(file.id, file.submitted_day, file.decided_day, file.approved) for file in mine],
        [(item.id, item.signed_day, item.totals, item.true_effect) for item in contracts],
        [vars_of(ledger) for ledger in model.committees[0].ledgers.values()],
    )


def vars_of(ledger: Any) -> dict[str, Any]:
    """Fields of a dataclass with slots."""
    return {name: getattr(ledger, name) for name in ledger.__dataclass_fields__}


def test_a_community_that_shares_nothing_is_in_a_city_as_it_is_alone() -> None:
    alone = LinkageModel(
        _plan(**{**APART, "world.communities": 1, "world.residents": 400}), seed=4
    ).run()
    city = LinkageModel(
        _plan(**{**APART, "world.communities": 5, "world.residents": 2000, "run.threads": 2}),
        seed=4,
    ).run()
    rows = city.people.rows(0)
    assert len(alone.implementation.contracts) > 3
    assert np.array_equal(alone.course.counts[0], city.course.counts[0])
    assert _books(alone) == _books(city)
    for name in ("active", "satisfaction", "trust", "volunteer", "list_workers"):
        assert np.array_equal(getattr(alone.state, name), getattr(city.state, name)[rows])


def test_at_a_shared_desk_a_community_is_not_as_it_is_alone() -> None:
    shared = {**APART, "world.communities_per_street": 5}
    alone = LinkageModel(
        _plan(**{**shared, "world.communities": 1, "world.residents": 400}), seed=4
    ).run()
    city = LinkageModel(
        _plan(**{**shared, "world.communities": 5, "world.residents": 2000}), seed=4
    ).run()
    assert _books(alone) != _books(city)


def test_threads_change_no_number() -> None:
    one = _outcomes(LinkageModel(_plan(**{"run.threads": 1}), seed=4))
    two = _outcomes(LinkageModel(_plan(**{"run.threads": 2}), seed=4))
    assert _same(one, two)


def test_another_process_finds_the_same_numbers() -> None:
    code = (
        "import json; from linkage_sim.model import LinkageModel; "
        "from linkage_sim.outcomes import measure; "
        "from linkage_sim.scenario.schema import Scenario; "
        f"plan = Scenario().with_values({SMALL!r}); "
        "print(json.dumps(measure(LinkageModel(plan, seed=4).run().facts())))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                            check=True)
    assert _same(_outcomes(LinkageModel(_plan(), seed=4)), json.loads(answer.stdout))


def test_a_stored_model_continues_with_the_same_numbers() -> None:
    model = LinkageModel(_plan(), seed=4)
    for _ in range(37):
        model.step()
    again = pickle.loads(pickle.dumps(model))
    assert _same(_outcomes(model), _outcomes(again))


def test_looking_at_residents_changes_no_number() -> None:
    watched = LinkageModel(_plan(), seed=4)
    for _ in range(60):
        watched.step()
        if watched.week % 20 == 0:
            assert len(watched.residents()) == watched.people.n_residents
            watched.volunteers()
    assert _same(_outcomes(watched), _outcomes(LinkageModel(_plan(), seed=4)))


def test_a_released_model_is_freed() -> None:
    model = LinkageModel(_plan(), seed=4)
    model.step()
    gone = weakref.ref(model)
    model.release()
    del model
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("seed", [4, 5])
def test_another_seed_is_another_world(seed: int) -> None:
    first = LinkageModel(_plan(), seed=seed)
    other = LinkageModel(_plan(), seed=seed + 100)
    assert not np.array_equal(first.state.active, other.state.active)
