"""Bundles, longer contracts and a station: what each changes, and what it costs."""

from typing import Any

import numpy as np
import pytest

from linkage_sim.conservation import check
from linkage_sim.kernels.counters import Count
from linkage_sim.model import LinkageModel
from linkage_sim.scenario.schema import Scenario

I = "policy.implementation."  # noqa: E741 - the stage
SMALL: dict[str, Any] = {"world.communities": 4, "world.residents": 2400, "run.years": 2,
                         "run.warmup_years": 0, "world.budget_yuan_per_year": 300_000.0}


def _run(seed: int = 5, **values: Any) -> LinkageModel:
    model = LinkageModel(Scenario().with_values({**SMALL, **values}), seed=seed).run()
    assert check(model) == []
    return model


# -- bundles --------------------------------------------------------------------------------------


def test_a_bundle_has_more_bidders() -> None:
    model = LinkageModel(Scenario().with_values(SMALL), seed=5)
    alone = {item.number for item in model.organizations_for(1)}
    together = {item.number for item in model.organizations_for(1, 2)}
    everybody = {item.number for item in model.organizations_for(1, 4)}
    assert alone < together < everybody == {item.number for item in model.organizations}


def test_organizations_of_the_neighbours_win_in_a_bundle_only() -> None:
    def strangers(model: LinkageModel) -> int:
        return sum(
            item.organization.home != item.file.candidate.community
            for item in model.implementation.contracts
        )

    assert strangers(_run()) == 0
    assert strangers(_run(**{I + "bundle_communities": 4})) > 0


def test_a_bundle_takes_twenty_days_of_notice() -> None:
    # Money is there from the first day, so that nothing else makes a contract wait.
    quick = {"policy.approval.fixed_latency_days": 10.0, "run.years": 1}
    notice = Scenario().assumptions.delivery.tender_days_competitive

    def days(model: LinkageModel) -> set[float]:
        return {
            round(item.signed_day - item.file.decided_day, 6)
            for item in model.implementation.contracts if item.file.decided_day is not None
        }

    assert days(_run(**quick)) == {notice}
    assert days(_run(**quick, **{I + "bundle_communities": 2})) == {notice + 20.0}


@pytest.mark.parametrize("method", ["activists", "survey"])
def test_a_bundle_goes_by_one_design_for_the_mean_of_its_communities(method: str) -> None:
    values = {"policy.proposal.method": method, "run.years": 1}
    alone = _run(**values)
    shares = {
        place: alone.proposal.hearings[(place, 0)].heard / 600.0 for place in range(4)
    }
    together = _run(**values, **{I + "bundle_communities": 2})
    for place in range(4):
        first = place // 2 * 2
        mean = (shares[first] + shares[first + 1]) / 2.0
        found = together.proposal.hearings[(place, 0)].heard / 600.0
        assert np.allclose(found, mean, rtol=1e-9), f"community {place}"
    assert not np.allclose(shares[0], shares[1])


def test_the_last_bundle_may_be_smaller() -> None:
    _run(**{"world.communities": 5, "world.residents": 2000, I + "bundle_communities": 2,
            "run.years": 1})


# -- contracts over several years -----------------------------------------------------------------


def _lives(model: LinkageModel) -> dict[str, list[int]]:
    years: dict[str, list[int]] = {}
    for item in model.implementation.contracts:
        years.setdefault(item.id.split("+")[0], []).append(item.file.year)
    return years


@pytest.mark.parametrize("years", [1, 2, 3])
def test_a_contract_goes_on_for_its_years_and_no_longer(years: int) -> None:
    model = _run(**{I + "contract_years": years, "run.years": 4, "world.communities": 1,
                    "world.residents": 600})
    lengths = set()
    for served in _lives(model).values():
        assert served == list(range(served[0], served[0] + len(served)))
        assert len(served) <= years
        if served[0] + years <= 4:
            lengths.add(len(served))
    assert years in lengths


def test_money_of_later_years_is_bound_before_anybody_is_heard() -> None:
    model = LinkageModel(
        Scenario().with_values({**SMALL, I + "contract_years": 2, "world.communities": 1}), seed=5
    )
    while model.week <= 52:
        model.step()
    first = [item for item in model.implementation.contracts if item.file.year == 0]
    going_on = [item for item in model.implementation.running if item.file.year == 1]
    assert going_on and len(going_on) <= len(first)
    bound = sum(item.file.candidate.cost_yuan for item in going_on)
    assert model.committees[0].ledgers[1].bound == pytest.approx(bound)
    model.run()
    new = [item for item in model.approval.files if item.year == 1]
    usual = LinkageModel(Scenario().with_values({**SMALL, "world.communities": 1}), seed=5).run()
    asked = sum(item.candidate.cost_yuan for item in new)
    would_ask = sum(
        item.candidate.cost_yuan for item in usual.approval.files if item.year == 1
    )
    assert asked < would_ask, "bound money cannot follow demand"
    assert check(model) == []


def test_a_contract_that_goes_on_delivers_all_year_without_approval() -> None:
    model = _run(**{I + "contract_years": 2})
    later = [item for item in model.implementation.contracts if "+" in item.id]
    first = [item for item in model.implementation.contracts if item.file.year == 0]
    assert later and all(item.delivery_weeks == 52.0 for item in later)
    assert max(item.delivery_weeks for item in first) < 40.0
    assert {item.id for item in later}.isdisjoint(item.id for item in model.approval.files)


# -- a street station -----------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.2, 0.6])
def test_a_station_takes_its_share_and_gives_hours_as_contacts(share: float) -> None:
    model = _run(**{I + "station_share": share})
    world, delivery = model.plan.world, model.plan.assumptions.delivery
    hours = share * world.budget_yuan_per_year * world.staff_share / world.staff_hour_yuan
    for community in range(4):
        for year in range(2):
            ledger = model.committees[community].ledgers[year]
            assert ledger.station == pytest.approx(share * 300_000.0)
            contacts = model.course.counts[community, year, int(Count.CONTACTS_STATION)]
            assert 0.0 < contacts <= hours / delivery.hours_per_contact + 1.0
    signed = sum(item.file.candidate.cost_yuan for item in model.implementation.contracts)
    assert signed <= (1.0 - share) * 300_000.0 * 8


def test_a_station_needs_no_approval_and_serves_from_the_first_week() -> None:
    model = LinkageModel(Scenario().with_values({**SMALL, I + "station_share": 0.4}), seed=5)
    for _ in range(8):
        model.step()
    assert model.implementation.contracts == []
    assert (model.course.counts[:, 0, int(Count.CONTACTS_STATION)] > 0).all()


def test_a_station_is_open_to_every_need() -> None:
    kept = {"assumptions.needs.end_probability": dict.fromkeys(
        type(Scenario().assumptions.needs.end_probability).model_fields, 0.0)}
    values = {**SMALL, **kept, I + "station_share": 0.6, "world.residents": 6000}
    model = LinkageModel(Scenario().with_values(values), seed=5)
    for _ in range(10):
        model.step()
    bought = model.course.needs.records.cover_bought[model.state.record] > -np.inf
    assert (bought.sum(axis=0) > 0).sum() >= 3, "several kinds of need"


def test_no_station_at_share_zero() -> None:
    model = _run()
    assert model.course.counts[:, :, int(Count.CONTACTS_STATION)].sum() == 0.0
