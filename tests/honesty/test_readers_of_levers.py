"""Levers are read by actors alone: never by kernels, outcomes, yearbook or ranking."""

import dataclasses
import importlib.util
import math
from pathlib import Path
from typing import Any

from pydantic import BaseModel

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
    assert all(plain[name] == recorded[name] or math.isnan(plain[name]) and math.isnan(recorded[name])
               for name in plain)


def _holds_policy(thing: Any, seen: set[int]) -> bool:
    if id(thing) in seen:
        return False
    seen.add(id(thing))
    if isinstance(thing, BaseModel):
        return True
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        parts: Any = [getattr(thing, item.name) for item in dataclasses.fields(thing)
                      if item.name not in ("organization", "leader")]
    elif isinstance(thing, dict):
        parts = [*thing.keys(), *thing.values()]
    elif isinstance(thing, list | tuple | set):
        parts = thing
    else:
        parts = list(vars(thing).values()) if hasattr(thing, "__dict__") else []
    return any(_holds_policy(part, seen) for part in parts)


def test_what_outcomes_are_made_of_holds_no_policy() -> None:
    facts = LinkageModel(Scenario().with_values(SMALL), seed=2).run().facts()
    assert not _holds_policy(facts, set())
    assert _holds_policy([facts, {"planted": Scenario().policy}], set())


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


def test_committed_page_of_levers_is_current() -> None:
    assert (ROOT / "docs" / "levers.md").read_text(encoding="utf-8") == levers_page()
