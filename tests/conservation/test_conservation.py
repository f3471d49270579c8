"""Nothing appears or vanishes, whatever the policy and whatever is believed."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linkage_sim.conservation import LAWS, check
from linkage_sim.errors import InputError
from linkage_sim.kernels.counters import Count
from linkage_sim.model import LinkageModel
from linkage_sim.scenario.fields import CATEGORIES
from linkage_sim.scenario.schema import Parameter, Scenario, parameters

SOURCES = ("directive", "activists", "hotline", "survey", "assembly", "vote")
CHOICES: dict[str, Any] = {
    "policy.proposal.method": st.sampled_from((*SOURCES, "mixed")),
    "policy.proposal.weights": st.fixed_dictionaries(
        {name: st.floats(0.01, 1.0) for name in SOURCES}
    ),
    "policy.proposal.vote_rule": st.sampled_from(("greedy", "equal_shares")),
    "policy.proposal.open_categories": st.lists(
        st.sampled_from(CATEGORIES), min_size=1, unique=True
    ),
    "policy.approval.fixed_latency_days": st.none() | st.floats(0.0, 364.0),
    "policy.implementation.tender": st.sampled_from(("competitive", "negotiated", "incumbent")),
    "policy.evaluation.respondents": st.sampled_from(("chosen", "random")),
    "policy.evaluation.weights": st.fixed_dictionaries(
        {name: st.floats(0.01, 1.0)
         for name in ("activity", "documents", "satisfaction", "outcome")}
    ),
}


def _of(item: Parameter) -> Any:
    if item.name in CHOICES:
        return CHOICES[item.name]
    if isinstance(item.default, bool):
        return st.booleans()
    if item.low is None or item.high is None:
        return None
    if isinstance(item.default, int):
        return st.integers(int(item.low), int(item.high))
    if isinstance(item.default, float):
        return st.floats(item.low, item.high)
    return None


DRAWN = {
    item.name: drawn for item in parameters()
    if item.kind in ("lever", "assumption") and (drawn := _of(item)) is not None
}


@st.composite
def scenarios(draw: Any) -> Scenario:
    """Small worlds with some levers and assumptions anywhere in their ranges."""
    communities = draw(st.integers(1, 3))
    values: dict[str, Any] = {
        "world.communities": communities,
        "world.residents": draw(st.integers(60, 400)) * communities,
        "world.budget_yuan_per_year": draw(st.floats(50_000.0, 600_000.0)),
        "run.years": 1, "run.warmup_years": 1,
    }
    for name in draw(st.lists(st.sampled_from(sorted(DRAWN)), max_size=12, unique=True)):
        values[name] = draw(DRAWN[name])
    try:
        return Scenario().with_values(values)
    except InputError:
        # Some ranges exclude each other (shares that exceed one); the world alone is left.
        return Scenario().with_values({
            name: value for name, value in values.items() if not name.startswith("assumptions.")
        })


def broken_laws(scenario: Scenario) -> list[str]:
    """Run to the end and look at the books half-way and afterwards."""
    model = LinkageModel(scenario, seed=5)
    found: list[str] = []
    while model.week < model.weeks:
        model.step()
        if model.week % 13 == 0:
            found += check(model)
    model.release()
    return found


QUIET = settings(deadline=None, derandomize=True, database=None,
                 suppress_health_check=list(HealthCheck))


@settings(QUIET, max_examples=20)
@given(scenarios())
def test_twenty_random_scenarios_conserve_everything(scenario: Scenario) -> None:
    assert broken_laws(scenario) == []


@pytest.mark.slow
@settings(QUIET, max_examples=200)
@given(scenarios())
def test_two_hundred_random_scenarios_conserve_everything(scenario: Scenario) -> None:
    assert broken_laws(scenario) == []


def _finished() -> LinkageModel:
    values = {"world.communities": 1, "world.residents": 400, "run.years": 1,
              "world.budget_yuan_per_year": 300_000.0, "policy.implementation.time_bank": True}
    return LinkageModel(Scenario().with_values(values), seed=5).run()


def _lose_need(model: Any) -> None:
    model.course.counts[0, 1, int(Count.ONSETS)] += 1.0


def _lose_money(model: Any) -> None:
    model.committees[0].ledgers[1].paid += 100.0


def _file_in_two_states(model: Any) -> None:
    file = next(item for item in model.approval.files if item.decided_day is not None)
    file.expired = True


def _extra_hours(model: Any) -> None:
    model.implementation.contracts[0].totals["worked_hours"] *= 3.0


def _credit(model: Any) -> None:
    model.course.counts[0, 1, int(Count.CREDIT_ISSUED)] += 50.0


def _income(model: Any) -> None:
    model.organizations[0].books.income += 10.0


def _income_of_another(model: Any) -> None:
    model.organizations[0].books.income += 10.0
    model.organizations[1].books.income -= 10.0


def _wages(model: Any) -> None:
    model.organizations[0].books.wages += 10.0


def _worker(model: Any) -> None:
    next(item for item in model.organizations if item.workers).workers.pop()


def _match(model: Any) -> None:
    model.course.counts[0, 1, int(Count.MATCH_SUM)] += 1e9


@pytest.mark.parametrize(
    ("tamper", "law"),
    [(_lose_need, "needs"), (_lose_money, "money"), (_file_in_two_states, "files"),
     (_extra_hours, "hours"), (_credit, "credits"), (_income, "books"),
     (_income_of_another, "income"), (_wages, "wages"), (_worker, "employs"),
     (_match, "MATCH_SUM")],
)
def test_one_altered_count_is_reported(tamper: Any, law: str) -> None:
    model = _finished()
    assert check(model) == []
    tamper(model)
    assert any(law in sentence for sentence in check(model))


def test_every_law_has_a_sentence_for_readers() -> None:
    assert all(law.__doc__ for law in LAWS)


@pytest.mark.parametrize("audit_yuan", [1500.0, 100_000.0])
def test_checks_never_spend_more_than_the_year_has(audit_yuan: float) -> None:
    values = {"world.residents": 600, "run.years": 1, "world.budget_yuan_per_year": 126_000.0,
              "policy.evaluation.audit_probability": 1.0,
              "policy.evaluation.last_tranche_share": 0.0,
              "assumptions.checking.audit_yuan": audit_yuan,
              "assumptions.checking.in_house_yuan": 9000.0}
    for seed in range(6):
        model = LinkageModel(Scenario().with_values(values), seed=seed).run()
        assert check(model) == []
        audited = [item.verdict.audited for item in model.implementation.contracts if item.verdict]
        assert audited and (audit_yuan < 10_000.0 or not any(audited))


def test_money_bridged_beyond_the_budget_is_borne_by_the_purchasing_office() -> None:
    values = {"world.residents": 60, "run.years": 1, "run.warmup_years": 0,
              "world.budget_yuan_per_year": 50_000.0, "policy.approval.budget_open_day": 165.0,
              "assumptions.officials.early_money_yuan": 4_000.0}
    model = LinkageModel(Scenario().with_values(values), seed=5)
    while model.week < 13:
        model.step()
    ledger = model.committees[0].ledgers[0]
    # 17 days before 1 July (day 182) at 4,000 yuan are 68,000: more than the year has.
    assert check(model) == []
    assert ledger.early_money + ledger.hearing + ledger.checking_reserve == 50_000.0
    assert ledger.officer_yuan >= 68_000.0 - ledger.early_money > 0.0
