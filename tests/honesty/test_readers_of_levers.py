"""Levers are read by actors alone: never by kernels, outcomes, yearbook or ranking."""

import gc
import importlib.util
import math
import types
from collections.abc import Iterable
from enum import Enum
from pathlib import Path
from typing import Any

import mesa
import numpy as np
import pytest
from pydantic import BaseModel

from linkage_sim.mediators import Mediators
from linkage_sim.model import LinkageModel
from linkage_sim.outcomes import measure
from linkage_sim.report.levers_page import levers_page, readers
from linkage_sim.scenario.recording import recording
from linkage_sim.scenario.schema import Scenario, parameters

ROOT = Path(__file__).parents[2]
FORBIDDEN = ("linkage_sim.kernels", "linkage_sim.outcomes", "linkage_sim.yearbook",
             "linkage_sim.ranking")
SMALL = {"world.communities": 1, "world.residents": 400, "run.years": 1,
         "world.budget_yuan_per_year": 300_000.0}


def test_every_lever_is_read_by_somebody_and_by_nobody_who_measures() -> None:
    found = readers()
    assert {item.name for item in parameters("lever")} <= set(found)
    wrong = [(lever, who) for lever, names in found.items() for who in names
             if who.startswith(FORBIDDEN)]
    assert wrong == []


def test_recording_notices_a_reader_in_a_forbidden_place() -> None:
    scenario, log = recording(Scenario())
    code = "def peek(plan):\n    return plan.policy.implementation.tender\n"
    place: dict[str, Any] = {"__name__": "linkage_sim.kernels.planted"}
    exec(code, place)  # a planted fault: the only way to have a function of that module
    place["peek"](scenario)
    assert log == {("policy.implementation.tender", "linkage_sim.kernels.planted.peek")}


def test_results_with_the_recorder_are_the_same() -> None:
    plan = Scenario().with_values(SMALL)
    plain = measure(LinkageModel(plan, seed=2).run().facts())
    recorded = measure(LinkageModel(recording(plan)[0], seed=2).run().facts())
    for name, value in plain.items():
        assert value == recorded[name] or (math.isnan(value) and math.isnan(recorded[name]))


def _beyond(thing: Any) -> Iterable[Any]:
    """Give what can be reached from a thing in one step: attributes, members, closures, owners."""
    if isinstance(thing, types.FunctionType):
        # Its module's globals are left out: code may name what data must not hold.
        cells = [cell.cell_contents for cell in thing.__closure__ or ()]
        return [*cells, *(thing.__defaults__ or ()), thing.__dict__]
    if isinstance(thing, np.ndarray):
        members = list(thing.flat) if thing.dtype == object else []
        return [*members, thing.base]
    return gc.get_referents(thing)


def _ways_to_power(start: Any) -> list[str]:
    """Follow every reference from data; name policies, scenarios, agents and models on the way."""
    found: list[str] = []
    seen: set[int] = set()
    waiting = [start]
    keep = []  # what is made on the way must live until the end, or its id is given again
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen or isinstance(thing, type | types.ModuleType | Enum):
            continue
        seen.add(id(thing))
        keep.append(thing)
        if isinstance(thing, BaseModel | mesa.Agent | mesa.Model | Mediators):
            found.append(type(thing).__name__)
            continue
        waiting.extend(_beyond(thing))
    return sorted(set(found))


def test_from_the_facts_no_policy_actor_or_model_can_be_reached() -> None:
    model = LinkageModel(Scenario().with_values(SMALL), seed=2).run()
    facts = model.facts()
    assert facts.contracts and facts.files and facts.ledgers
    assert _ways_to_power(facts) == []


@pytest.mark.parametrize("planted", ["policy", "organization", "model", "method", "closure"])
def test_what_is_planted_in_the_facts_is_found(planted: str) -> None:
    model = LinkageModel(Scenario().with_values(SMALL), seed=2).run()
    facts = model.facts()
    verdict = next(item.verdict for item in facts.contracts if item.verdict is not None)
    verdict.indicators["planted"] = {  # type: ignore[assignment]
        "policy": Scenario().policy,
        "organization": model.organizations[0],
        "model": [(model,)],
        "method": model.organizations[0].is_insolvent,
        "closure": lambda: model,
    }[planted]
    assert _ways_to_power(facts) != []


def test_outcomes_do_not_import_the_scenario() -> None:
    spec = importlib.util.find_spec("linkage_sim.outcomes")
    assert spec is not None and spec.origin is not None
    text = Path(spec.origin).read_text(encoding="utf-8")
    assert "scenario" not in text and ".plan" not in text
    assert "organization." not in text and "leader" not in text


def test_every_lever_has_a_price_or_a_reason_why_not() -> None:
    for item in parameters("lever"):
        assert item.price.strip(), item.name
        if item.price.startswith("free"):
            reason = item.price.partition(":")[2] or item.price.removeprefix("free by construction")
            assert len(reason.split()) >= 4, item.name


@pytest.mark.slow
def test_committed_pages_of_levers_are_current() -> None:
    found = readers()
    for lang, name in (("en", "levers.md"), ("zh", "levers.zh.md")):
        written = (ROOT / "docs" / name).read_text(encoding="utf-8")
        assert written == levers_page(lang, found), f"make it again: docs/{name}"
