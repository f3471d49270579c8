"""Staff, books, insolvency and entry of organizations: counted by hand, and under stress."""

import math
from typing import Any

import pytest

from linkage_sim.conservation import check
from linkage_sim.model import LinkageModel
from linkage_sim.outcomes import measure
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.scenario.schema import Scenario

SMALL: dict[str, Any] = {"world.communities": 1, "world.residents": 600, "run.years": 1,
                         "run.warmup_years": 0, "world.budget_yuan_per_year": 300_000.0}
NOBODY_QUITS = {"assumptions.staff.quit_per_year": 0.0}
# Outside work at a loss, reserves for some months, and most of the money a year late.
POOR = {"world.opening_reserve_months": 8.0, "assumptions.market.outside_margin": -0.08,
        "policy.evaluation.last_tranche_share": 0.6,
        "policy.evaluation.tranche_delay_days": 360.0}


def _model(**values: Any) -> LinkageModel:
    return LinkageModel(Scenario().with_values({**SMALL, **values}), seed=3)


def _run_to(model: LinkageModel, week: int) -> None:
    while model.week < week:
        model.step()


def test_turnover_is_separations_over_the_mean_head_count_of_all_weeks() -> None:
    model = _model(**NOBODY_QUITS, **{"assumptions.market.entry_per_year": 0.0})
    _run_to(model, 24)
    model.offices.dissolve(model.organizations[0])
    model.run()
    # Six organizations of ten for 24 weeks, five for 28; ten lost their job.
    heads = (24 * 60 + 28 * 50) / 52
    assert model.offices.turnover[0] == (10, pytest.approx(heads))
    assert measure(model.facts())["worker_turnover"] == pytest.approx(10 / heads)


def test_nobody_leaves_where_nobody_quits() -> None:
    assert measure(_model(**NOBODY_QUITS).run().facts())["worker_turnover"] == 0.0


def test_turnover_of_nobody_is_undefined() -> None:
    model = _model(**{"assumptions.market.entry_per_year": 0.0})
    for organization in model.organizations:
        model.offices.dissolve(organization)
    model.offices._left = 0  # those who lost their job before the first week
    model.run()
    assert math.isnan(measure(model.facts())["worker_turnover"])


def test_turnover_of_several_years_is_a_yearly_rate() -> None:
    model = _model(**{"run.years": 3}).run()
    years = [measure(model.facts(), [year])["worker_turnover"] for year in range(3)]
    assert min(years) < measure(model.facts())["worker_turnover"] < max(years)


def test_books_by_hand() -> None:
    model = _model(**NOBODY_QUITS, **{"policy.linkage.meeting_every_weeks": 0}).run()
    plan, world = model.plan, model.plan.world
    for item in model.organizations:
        books = item.books
        mine = [one for one in model.implementation.contracts if one.organization is item]
        hours = sum(one.totals["worked_hours"] for one in mine)
        assert books.wages == pytest.approx(hours * world.staff_hour_yuan)
        assert books.income == pytest.approx(sum(one.paid_yuan for one in mine))
        usual = world.budget_yuan_per_year / world.organizations
        # Thirteen times in the year, a part of the greater of usual income and contracts held.
        bases = [max(usual, sum(one.file.candidate.cost_yuan for one in mine
                                if one.signed_day < 28 * period)) for period in range(1, 14)]
        overheads = plan.assumptions.market.overhead_share * sum(bases) / 13
        assert books.overheads == pytest.approx(overheads)
        sold = 10 * world.staff_hours_per_week * 52 * world.staff_hour_yuan
        sold *= world.outside_work_share
        margin = plan.assumptions.market.outside_margin
        assert books.outside_income == pytest.approx(margin * sold)
        assert books.opening == pytest.approx(usual / 12 * world.opening_reserve_months)
        closing = books.opening + books.income + books.outside_income
        assert books.cash == pytest.approx(closing - books.wages - books.overheads)
    assert sum(item.books.wages for item in model.organizations) > 0.0


@pytest.mark.parametrize(("cash", "owed", "insolvent"), [
    (1.0, 0.0, False), (-100.0, 101.0, False), (-100.0, 99.0, True), (0.0, 0.0, False),
])
def test_insolvent_is_who_cannot_pay_even_with_what_is_owed(
    cash: float, owed: float, insolvent: bool
) -> None:
    organization = _model().organizations[0]
    organization.books.opening, organization.receivable = cash, owed
    assert organization.is_insolvent() is insolvent


def test_under_stress_organizations_go_under_and_nothing_vanishes() -> None:
    model = _model(**POOR, **{"run.years": 2, "assumptions.market.entry_per_year": 0.0})
    closed_with_work = 0
    while model.week < model.weeks:
        before = {item.number for item in model.organizations if item.alive and item.contracts}
        model.step()
        gone = [item for item in model.organizations if not item.alive]
        closed_with_work += sum(item.number in before for item in gone)
        assert check(model) == []
        for item in gone:
            assert item.workers == [] and item not in model.organizations_for(0)
            rows = [one.row for one in item.contracts]
            assert (model.implementation.rows.projects.hours[rows] == 0.0).all()
    assert closed_with_work > 0
    survival = measure(model.facts())["organization_survival"]
    assert survival == sum(item.alive for item in model.organizations) / 6 < 1.0


def test_with_reserves_nobody_goes_under() -> None:
    model = _model(**{"run.years": 2}).run()
    assert measure(model.facts())["organization_survival"] == 1.0


def test_new_organizations_come_bid_and_count_as_new() -> None:
    values = {**POOR, "run.years": 4, "assumptions.market.entry_per_year": 5.0}
    model = _model(**values).run()
    assert any(not item.alive for item in model.organizations)
    new = [item for item in model.organizations if not item.founder]
    assert new and check(model) == []
    working = {item.organization.number for item in model.implementation.contracts}
    assert working & {item.number for item in new}
    founders = [item for item in model.organizations if item.founder]
    survival = measure(model.facts())["organization_survival"]
    assert len(founders) == 6 and survival == sum(item.alive for item in founders) / 6


def test_nobody_enters_at_rate_zero() -> None:
    model = _model(**{"run.years": 3, "assumptions.market.entry_per_year": 0.0}).run()
    assert len(model.organizations) == 6


def test_newcomers_settle_all_over_the_city() -> None:
    city = {"world.communities": 20, "world.residents": 4000,
            "world.communities_per_organization": 10.0, "world.organizations": 5,
            "assumptions.market.entry_per_year": 5.0, "run.years": 2}
    model = _model(**city).run()
    homes = {item.home for item in model.organizations if not item.founder}
    assert max(homes) >= 10


def test_a_new_organization_is_among_the_bidders_at_once() -> None:
    model = _model(**{"world.communities": 3, "world.communities_per_organization": 2})
    before = model.organizations_for(1)
    near, far = model.found_organization(0), model.found_organization(2)
    assert model.organizations_for(1) == [*before, near]
    near.alive = False
    assert model.organizations_for(1) == before and far in model.organizations_for(2)


@pytest.mark.slow
@pytest.mark.parametrize(("sold_outside", "lives"), [(None, True), (0.5, False)])
def test_organizations_of_a_city_live_on_the_hours_they_can_deliver(
    sold_outside: float | None, lives: bool
) -> None:
    """Seed by seed: most are there after six years, none where half the hours are sold outside."""
    values: dict[str, Any] = {"world.communities": 16, "world.residents": 60_000}
    if sold_outside is not None:
        values["world.outside_work_share"] = sold_outside
    plan = load_scenario("xian", values)
    survival = [measure(LinkageModel(plan, seed).run().facts())["organization_survival"]
                for seed in (1, 2, 3)]
    assert min(survival) > 0.5 if lives else max(survival) < 0.2
