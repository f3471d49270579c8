"""Scenario files that a report carries along: who gets the report may have none of them."""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linkage_sim.errors import InputError
from linkage_sim.inputs.fragment import present, to_toml
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.scenario.locate import shipped_reforms, shipped_scenarios
from linkage_sim.scenario.schema import Scenario, scenario_from

NOT_CARRIED = ("plugins",)
"""Keys of [run] that name code: a file that is handed on must not load any."""
Row = dict[str, Any]


@dataclass(frozen=True)
class Carried:
    """What a page needs so that its results can be made again.

    Attributes
    ----------
    files
        {"file", "text"} for each scenario that is not exactly one that ships: a name without
        risk, and TOML that loads to the same scenario by itself.
    words
        What to type for each scenario, in order.
    """

    files: list[dict[str, str]]
    words: list[str]


def carried_files(names: Sequence[str], contents: Sequence[Mapping[str, Any]]) -> Carried:
    """Collect the files of scenarios that do not ship."""
    found = Carried([], [])
    for number, (name, content) in enumerate(zip(names, contents, strict=True), start=1):
        scenario = scenario_from(content)
        words = _shipped_as(name, names[0], scenario)
        if not words:
            words = f"scenario_{number}.toml"
            found.files.append({"file": words, "text": scenario_text(scenario)})
        found.words.append(words)
    return found


def scenario_text(scenario: Scenario) -> str:
    """Write a scenario as a file that stands on its own, as short as it can be.

    What differs from the defaults is enough, save where a default is switched off or a table has
    fewer entries than usual; then everything is written.
    """
    short = to_toml(own_content(scenario))
    try:
        if scenario_from(tomllib.loads(short)).hash() == scenario.hash():
            return short
    except InputError:
        pass
    return to_toml(present(_without_code(scenario)))


def own_content(scenario: Scenario) -> Row:
    """Give what a scenario file has to hold to stand on its own: what differs from the defaults."""
    return _differing(_without_code(scenario), Scenario().model_dump(mode="json"))


def _without_code(scenario: Scenario) -> Row:
    content: Row = scenario.model_dump(mode="json")
    for key in NOT_CARRIED:
        content["run"].pop(key, None)
    return content


def _differing(value: Row, usual: Any) -> Row:
    kept: Row = {}
    for name, item in value.items():
        before = usual.get(name) if isinstance(usual, dict) else None
        if item is None or item == before:
            continue
        kept[name] = _differing(item, before) if isinstance(item, dict) else item
    return {name: item for name, item in kept.items() if item != {}}


def command_for(record: Mapping[str, Any], words: Sequence[str]) -> str:
    """Give the command that makes the results from what a report carries and what ships."""
    seeds = [int(seed) for seed in record["seeds"]]
    if record["verb"] == "run":
        return shlex.join(["linkage-sim", "run", words[0], "--seed", str(seeds[0])])
    return shlex.join(["linkage-sim", "compare", *words, "--replications", str(len(seeds)),
                       "--seed", str(seeds[0])])


def _shipped_as(name: str, first: str, scenario: Scenario) -> str:
    """Give the words under which exactly this scenario ships; none where it does not.

    A comparison calls a reform without the baseline it is laid over.
    """
    for words in (name, f"{first}+{name}"):
        place, *reforms = words.split("+")
        if place in shipped_scenarios() and set(reforms) <= set(shipped_reforms()):
            try:
                if load_scenario(words).hash() == scenario.hash():
                    return words
            except InputError:
                continue
    return ""
