"""A value given in Python meets the same rules, and the same words, as one in a file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from linkage_sim.errors import InputError
from linkage_sim.inputs.fragment import to_toml
from linkage_sim.provenance import provenance_of, scenario_from_provenance
from linkage_sim.scenario.documents import Document, Layers
from linkage_sim.scenario.fields import ByAge
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.scenario.policy import SourceWeights
from linkage_sim.scenario.schema import Scenario, scenario_from
from linkage_sim.scenario.validation import nested

LATENCY = "policy.approval.fixed_latency_days"
FAULTS: list[dict[str, Any]] = [
    {"policy.aproval.desks": []},
    {"policy.approval.fixed_latencydays": 3},
    {"drift_sd": 0.3},
    {"run.years": 0},
    {"run.years": 3.5},
    {"run.years": "3"},
    {"run.years": True},
    {"run.years.x": 3},
    {"run.years": 2**70},
    {LATENCY: -1},
    {LATENCY: float("nan")},
    {LATENCY: float("inf")},
    {LATENCY: "soon"},
    {LATENCY: [1, 2]},
    {"policy.proposal.method": "votes"},
    {"policy.proposal.vote_rule": "greed"},
    {"policy.proposal.weights.other.surveys": 1.0},
    {"policy.evaluation.weights.other.outcomes": 1.0},
    {"policy.proposal.open_categories": ["health", "elder_cares"]},
    {"policy.approval.desks": [{"officers": 2}]},
    {f"policy.evaluation.weights.{name}": 0
     for name in ("activity", "documents", "satisfaction", "outcome")},
    {"world.renter_share": 0.8, "world.floating_share": 0.9},
    {"world.communities": 3, "world.community_residents": [100, 200]},
    {"world.project_cost_high_yuan": 1000},
    {"run.plugins": ["no_such_module_here"]},
    {"policy": 3},
    {LATENCY: 365},
    {"assumptions.needs.end_probability.health": 1.5,
     "assumptions.needs.end_probability.culture": -0.5},
    {"assumptions.opinion.trust_start": 1.5},
    {"run.years": 0, "world.residents": 1, "policy.x": 1, "world.renter_share": 2.0},
]


@pytest.fixture(autouse=True)
def english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LINKAGE_LANG", "en")


def messages_of(call: Any, *arguments: Any) -> set[str]:
    with pytest.raises(InputError) as caught:
        call(*arguments)
    assert len(set(caught.value.messages)) == len(caught.value.messages)
    return set(caught.value.messages)


@pytest.mark.parametrize("values", FAULTS, ids=str)
def test_a_fault_is_told_as_in_a_file(values: dict[str, Any]) -> None:
    layers = Layers()
    for name, value in values.items():
        layers.add(Document("", nested(name.split("."), value)))
    Path("mine.toml").write_text(to_toml(layers.content), encoding="utf-8")
    in_file = {message.split(": ", 1)[1] for message in messages_of(load_scenario, "mine")}
    assert messages_of(Scenario().with_values, values) == in_file
    assert messages_of(load_scenario, "x_community", values) >= in_file


def test_composed_faults_are_found_beside_single_ones() -> None:
    told = messages_of(
        Scenario().with_values,
        {"world.renter_share": 0.8, "world.floating_share": 0.9, "run.years": 0},
    )
    assert {message.split(":")[0] for message in told} == {"world.renter_share", "run.years"}


def test_every_number_of_a_table_is_held_to_the_declared_range() -> None:
    table = "assumptions.needs.end_probability"
    told = messages_of(Scenario().with_values, {
        f"{table}.health": 1.5, f"{table}.culture": -0.5, f"{table}.hardship": 1.25,
    })
    assert told == {
        f"{table}.health: found 1.5, allowed: a number, 0 to 1",
        f"{table}.culture: found -0.5, allowed: at least 0",
        f"{table}.hardship: found 1.25, allowed: a number, 0 to 1",
    }


def test_faults_of_a_changed_scenario_are_judged_on_the_whole() -> None:
    renters = Scenario().with_values({"world.renter_share": 0.8})
    with pytest.raises(InputError, match="renters and floating"):
        renters.with_values({"world.floating_share": 0.9})


@pytest.mark.parametrize("value", [date(2026, 1, 1), Decimal("0.5"), object(), {1, 2}, b"x"])
def test_what_no_file_could_hold_is_refused_with_its_name(value: Any) -> None:
    (told,) = messages_of(Scenario().with_values, {LATENCY: value})
    assert told.startswith(f"{LATENCY}: found ") and "allowed: numbers, text" in told
    (told,) = messages_of(Scenario().with_values, {3: value})
    assert told.startswith("found the name 3")


def test_numbers_of_numpy_tuples_and_sections_are_fine() -> None:
    plan = Scenario().with_values({
        LATENCY: np.float64(7.5), "run.years": np.int64(3), "run.record_weeks": np.bool_(True),
        "policy.proposal.open_categories": ("health", "culture"),
        "world.community_residents": np.array([2200, 3000]), "world.communities": 2,
        "world.age_shares": ByAge(age_0_14=1, age_15_39=1, age_40_59=1, age_60_plus=1),
    })
    assert (plan.policy.approval.fixed_latency_days, plan.run.years) == (7.5, 3)
    assert plan.run.record_weeks is True
    assert plan.policy.proposal.open_categories == ["health", "culture"]
    assert plan.world.community_residents == [2200, 3000]
    assert plan.world.age_shares.values() == (1.0, 1.0, 1.0, 1.0)


def test_a_table_is_merged_and_a_section_replaces_it() -> None:
    some = Scenario().with_values({"policy.proposal.weights": {"survey": 2.0}})
    usual = Scenario().policy.proposal.weights
    assert some.policy.proposal.weights.survey == 2.0
    assert some.policy.proposal.weights.activists == usual.activists > 0.0
    only = SourceWeights(directive=0, activists=0, survey=1)
    whole = some.with_values({"policy.proposal.weights": only})
    assert whole.policy.proposal.weights == only


def test_one_category_is_enough_in_a_file_and_on_the_command_line() -> None:
    name = "assumptions.needs.end_probability"
    Path("mine.toml").write_text(f"[{name}]\nhealth = 0.1\n", encoding="utf-8")
    wanted = Scenario().with_values({f"{name}.health": 0.1})
    assert wanted.assumptions.needs.end_probability.health == 0.1
    assert wanted.assumptions.needs.end_probability.culture > 0.0
    assert load_scenario("mine").assumptions == wanted.assumptions
    assert load_scenario("x_community", [f"{name}.health=0.1"]).assumptions == wanted.assumptions


def test_a_scenario_survives_its_own_content() -> None:
    for name in ("x_community", "toy", "x_community+full_reform"):
        plan = load_scenario(name)
        assert scenario_from(plan.model_dump(mode="json")) == plan
        assert plan.with_values({}) == plan


def test_a_record_that_was_edited_is_told_like_a_file() -> None:
    record = provenance_of("run", ["toy"], [load_scenario("toy")], [1])
    record["scenarios"][0]["content"]["run"]["years"] = "3"
    (told,) = messages_of(scenario_from_provenance, record)
    assert told == 'run.years: found "3", allowed: a whole number, 1 to 100 (years)'
