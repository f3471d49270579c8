"""Campaigns, time bank, fear of blame and gain from show: what each changes, and what it costs."""

from typing import Any

import numpy as np
import pytest

from linkage_sim.conservation import check
from linkage_sim.kernels.counters import Count
from linkage_sim.model import LinkageModel
from linkage_sim.outcomes import measure
from linkage_sim.scenario.fields import CATEGORIES, as_tuple
from linkage_sim.scenario.schema import Scenario

L = "policy.linkage."
BANK = "policy.implementation.time_bank"
SEEDS = range(6)
SMALL: dict[str, Any] = {"world.communities": 1, "world.residents": 1500, "run.years": 3,
                         "run.warmup_years": 0, "world.budget_yuan_per_year": 300_000.0}


def _run(seed: int = 5, **values: Any) -> LinkageModel:
    model = LinkageModel(Scenario().with_values({**SMALL, **values}), seed=seed).run()
    assert check(model) == []
    return model


def _mean_gain(name: str, first: dict[str, Any], second: dict[str, Any]) -> float:
    gains = [
        measure(_run(seed, **second).facts())[name] - measure(_run(seed, **first).facts())[name]
        for seed in SEEDS
    ]
    return float(np.mean(gains))


def _total(model: LinkageModel, which: Count) -> float:
    return float(model.course.counts[:, :, int(which)].sum())


# -- campaigns ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "weeks"), [(1, 4.0), (3, 2.5), (5, 6.0), (6, 8.0), (2, 1.0)])
def test_campaigns_last_as_long_as_said(number: int, weeks: float) -> None:
    model = LinkageModel(Scenario().with_values(
        {**SMALL, L + "campaigns_per_year": number, L + "campaign_weeks": weeks}), seed=5)
    parts = [model.offices.campaign_part(week) for week in range(104)]
    assert sum(parts) == pytest.approx(2.0 * number * weeks)
    assert all(0.0 <= part <= 1.0 for part in parts) and parts[:52] == parts[52:]


def test_campaigns_take_hours_of_organizations_and_of_the_committee() -> None:
    campaigns = {L + "campaigns_per_year": 4, L + "campaign_weeks": 5.0}
    model = LinkageModel(Scenario().with_values({**SMALL, **campaigns}), seed=5)
    officials = model.plan.assumptions.officials
    # Thirteen weeks between two beginnings, five of them with a campaign.
    assert [model.offices.organization_share(week) for week in (0, 4, 5, 12, 13)] == [
        pytest.approx(1.0 - officials.campaign_organization_share * on) for on in (1, 1, 0, 0, 1)
    ]
    model.step()
    left = 1.0 - officials.campaign_committee_share * 20.0 / 52.0
    committee = model.committees[0]
    assert committee.hours_per_year == pytest.approx(committee.full_hours * left)


def test_hours_that_campaigns_take_are_not_worked() -> None:
    usual = _run()
    campaigns = _run(**{L + "campaigns_per_year": 6, L + "campaign_weeks": 6.0})
    first = {item.id: item.totals for item in usual.implementation.contracts}
    both = [
        (first[item.id]["worked_hours"], item.totals["worked_hours"])
        for item in campaigns.implementation.contracts
        if item.id in first and item.file.year == 0
    ]
    assert both and sum(second for _, second in both) < sum(before for before, _ in both)


def test_what_organizations_may_refuse_the_committee_does_hour_for_hour() -> None:
    campaigns = {L + "campaigns_per_year": 4, L + "campaign_weeks": 6.0,
                 # Hours enough that a committee never runs out of them.
                 "world.committee_staff": 60, "assumptions.delivery.awareness_per_hour": 0.0}
    free, capped = (
        LinkageModel(Scenario().with_values({**SMALL, **campaigns, L + "duties_cap": cap}), seed=5)
        for cap in (1.0, 0.05)
    )
    assert capped.offices.organization_share(0) == pytest.approx(0.95)
    assert free.offices.organization_share(0) == pytest.approx(0.85)
    # The campaign that begins in week 39, when contracts run.
    for model in (free, capped):
        while model.week < 39:
            model.step()
    before = [_hours(model) for model in (free, capped)]
    for model in (free, capped):
        model.step()
    after = [_hours(model) for model in (free, capped)]
    worked = [now[0] - then[0] for now, then in zip(after, before, strict=True)]
    spent = [then[1] - now[1] for now, then in zip(after, before, strict=True)]
    assert worked[1] / 0.95 == pytest.approx(worked[0] / 0.85)
    assert spent[1] - spent[0] == pytest.approx(worked[1] - worked[0]) and worked[1] > worked[0]


def _hours(model: LinkageModel) -> tuple[float, float]:
    """Give contract hours worked, and hours the committee has left."""
    rows = [item.row for item in model.implementation.running]
    worked = float(model.implementation.rows.projects.worked_hours[rows].sum())
    return worked, model.committees[0].hours_left


def test_without_campaigns_there_is_nothing_to_refuse() -> None:
    usual, capped = _run(**{"run.years": 1}), _run(**{"run.years": 1, L + "duties_cap": 0.0})
    assert np.array_equal(usual.course.counts, capped.course.counts)
    assert usual.committees[0].hours_left == capped.committees[0].hours_left


# -- time bank ------------------------------------------------------------------------------------


def test_credits_are_earned_by_hours_and_redeemed_lost_or_held() -> None:
    model = _run(**{BANK: True})
    earned = _total(model, Count.CREDIT_ISSUED)
    assert earned == pytest.approx(_total(model, Count.VOLUNTEER_HOURS), rel=1e-5)
    held = float(model.state.credit.sum(dtype=np.float64))
    gone = _total(model, Count.CREDIT_REDEEMED) + _total(model, Count.CREDIT_LOST)
    assert min(held, gone) > 0.0 and earned == pytest.approx(held + gone, rel=1e-4)


def test_without_a_time_bank_there_are_no_credits() -> None:
    model = _run()
    assert _total(model, Count.CREDIT_ISSUED) == 0.0 and (model.state.credit == 0.0).all()


def test_a_time_bank_brings_volunteers_and_where_only_crowding_out_is_left_takes_them() -> None:
    assert _mean_gain("volunteer_rate", {}, {BANK: True}) > 0.0
    crowded = {"assumptions.volunteers.time_bank_gain": 0.0,
               "assumptions.volunteers.time_bank_crowding": 0.8}
    assert _mean_gain("volunteer_rate", crowded, {**crowded, BANK: True}) < 0.0


def test_credits_that_are_never_honoured_bring_fewer() -> None:
    sure, unsure = (
        _run(**{BANK: True, "assumptions.volunteers.time_bank_default": lost})
        for lost in (0.0, 1.0)
    )
    assert unsure.neighbourhood.gain < sure.neighbourhood.gain


def test_a_time_bank_takes_committee_hours() -> None:
    usual = LinkageModel(Scenario().with_values(SMALL), seed=5)
    bank = LinkageModel(Scenario().with_values(
        {**SMALL, BANK: True, "assumptions.volunteers.time_bank_hours": 12.0}), seed=5)
    for model in (usual, bank):
        for _ in range(4):
            model.step()
    helpers = usual.course.columns.volunteers[0]
    # Twelve hours a volunteer and year, one thirteenth of them in four weeks.
    spent = usual.committees[0].hours_left - bank.committees[0].hours_left
    assert spent == pytest.approx(12.0 / 13.0 * helpers, rel=0.1)


# -- fear of blame --------------------------------------------------------------------------------

FLAWED = {"assumptions.officials.flaw_share": 0.6, "assumptions.officials.catch_probability": 0.1,
          "assumptions.officials.scandal_probability": 1.0}


def test_after_a_scandal_officers_check_more_take_longer_and_cost_more() -> None:
    calm = _run(**FLAWED)
    fearful = _run(**FLAWED, **{L + "blame_cost": 3.0})
    street = fearful.streets[0]
    assert street.scandals > 0 and 0.0 < street.extra_checks() < 3.0
    before, after = (measure(model.facts(), [0]) for model in (calm, fearful))
    assert before["approval_days_mean"] == after["approval_days_mean"], "no scandal yet"
    before, after = (measure(model.facts(), [1, 2]) for model in (calm, fearful))
    assert after["approval_days_mean"] > before["approval_days_mean"]
    price = {
        model: [item.officer_yuan / item.visits for item in model.approval.files
                if item.year == 2 and item.visits]
        for model in (calm, fearful)
    }
    assert min(price[fearful]) > max(price[calm])


def test_who_checks_more_finds_more() -> None:
    calm = LinkageModel(Scenario().with_values({**SMALL, **FLAWED}), seed=5)
    fearful = LinkageModel(
        Scenario().with_values({**SMALL, **FLAWED, L + "blame_cost": 3.0}), seed=5
    )
    for model in (calm, fearful):
        while not model.approval.files:
            model.step()
        model.streets[0].learn_of_scandal()
    found = [
        {(file.id, desk) for file in model.approval.files for desk in range(40)
         if model.streets[0].finds_flaw(file, desk)}
        for model in (calm, fearful)
    ]
    assert found[0] < found[1]


def test_without_scandals_fear_changes_nothing() -> None:
    quiet = {"assumptions.officials.scandal_probability": 0.0}
    one = _run(**quiet)
    other = _run(**quiet, **{L + "blame_cost": 3.0})
    assert np.array_equal(one.course.counts, other.course.counts)


def test_extra_checks_cost_officer_hours_under_a_fixed_latency_too() -> None:
    fixed = {**FLAWED, "policy.approval.fixed_latency_days": 20.0, "run.years": 2}
    calm, fearful = _run(**fixed), _run(**fixed, **{L + "blame_cost": 3.0})
    yuan = [
        {item.officer_yuan for item in model.approval.files if item.year == 1}
        for model in (calm, fearful)
    ]
    assert len(yuan[0]) == len(yuan[1]) == 1 and yuan[1].pop() > yuan[0].pop()


def test_a_shared_desk_goes_by_the_street_that_fears_most() -> None:
    city = {"world.communities": 4, "world.residents": 1600, "world.communities_per_street": 2}
    model = LinkageModel(Scenario().with_values({**SMALL, **city}), seed=5)
    model.approval.add_checks(0, 2.0)
    model.approval.add_checks(2, 0.5)
    checks = {key: queue.extra_checks for key, queue in model.approval._queues.items()}
    assert checks[("district bureau", 0)] == 2.0
    assert checks[("street office", 0)] == 2.0 and checks[("street office", 1)] == 0.5


# -- gain from show -------------------------------------------------------------------------------


def test_purchasers_who_live_from_show_rank_by_what_shows() -> None:
    model = _run(**{"run.years": 1})
    files = [item for item in model.approval.files if item.year == 0]
    approval = model.plan.policy.approval
    vain = LinkageModel(Scenario().with_values({**SMALL, L + "image_value": 1.0}), seed=5)
    ranked = [file.visibility for file in vain.streets[0].rank(files, approval)]
    assert ranked == sorted(ranked, reverse=True)
    honest = [file.visibility for file in model.streets[0].rank(files, approval)]
    assert honest != sorted(honest, reverse=True)


def test_gain_from_show_brings_visible_projects_and_more_show() -> None:
    vain = {L + "image_value": 0.8}
    shown = np.array(as_tuple(Scenario().assumptions.hearing.visibility))
    assert len(shown) == len(CATEGORIES)

    def visible(model: LinkageModel) -> float:
        return float(np.mean([
            shown[item.candidate.category] for item in model.approval.files if item.approved
        ]))

    usual, other = ([_run(seed, **values) for seed in SEEDS] for values in ({}, vain))
    assert np.mean([visible(item) for item in other]) > np.mean([visible(item) for item in usual])
    # Weights that already reward counts leave little room: outcomes carry the score here.
    fair = {"policy.evaluation.weights": {"activity": 0.0, "documents": 0.0, "satisfaction": 0.0,
                                          "outcome": 1.0}}
    assert _mean_gain("showcase_share", fair, {**fair, **vain}) > 0.0


def test_gain_from_show_turns_the_score_into_a_count() -> None:
    weights = {"policy.evaluation.weights": {"activity": 0.0, "documents": 0.0,
                                             "satisfaction": 0.0, "outcome": 1.0},
               "policy.evaluation.audit_probability": 0.0, "run.years": 1}
    model = _run(**weights, **{L + "image_value": 1.0})
    verdicts = [item.verdict for item in model.implementation.contracts]
    assert verdicts and all(one.score == one.indicators["activity"] for one in verdicts)
