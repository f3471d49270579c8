"""Writes the text of a new scenario file: what it stands on, and every lever as a comment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel

from linkage_sim.cli.parameters import registered_names
from linkage_sim.inputs.fragment import to_toml
from linkage_sim.scenario.schema import Parameter, Scenario, choices_of, parameters
from linkage_sim.words import declared_words, language, say, unit_words

# What most people change first about a place; the rest is found with `parameters`.
PLACE = ("world.residents", "world.communities", "world.budget_yuan_per_year",
         "world.organizations", "run.years")


def template(scenario: Scenario, base: Scenario, name: str, extends: str) -> str:
    """Give the text of a file; what differs from the base is set, all else stands as a comment.

    Parameters
    ----------
    scenario
        What the new file shall say; its values are shown.
    base
        What the new file extends.
    name, extends
        Title of the new file, and how it names its base.
    """
    lines = [f"# {line}" for line in say("cli.new.head", source=extends).splitlines()]
    lines += ["", *_assignments({"title": name}), *_assignments({"extends": extends})]
    known = {item.name: item for item in parameters()}
    for section, items in _sections([known[name] for name in PLACE], known.values()).items():
        lines += ["", "", f"[{section}]"]
        # Tables of a list come last: keys after them would belong to the last table.
        for item in sorted(items, key=lambda item: _is_tables(_value(scenario, item.name))):
            value = _value(scenario, item.name)
            written = _lines_of(item, value)
            if value == _value(base, item.name):
                written = [f"# {line}" for line in written]
            lines += ["", *_described(item), *_allowed(item, value, scenario), *written]
    return "\n".join(lines) + "\n"


def _sections(place: list[Parameter], known: Iterable[Parameter]) -> dict[str, list[Parameter]]:
    found: dict[str, list[Parameter]] = {}
    levers = [item for item in known if item.kind == "lever"]
    first = [item for item in place if item.name.startswith("world.")]
    for item in [*first, *levers, *(item for item in place if item not in first)]:
        found.setdefault(item.name.rpartition(".")[0], []).append(item)
    return found


def _described(item: Parameter) -> Iterator[str]:
    """Say what a lever is, its unit and range."""
    facts = [item.title(language())]
    if item.unit:
        facts.append(unit_words(item.unit))
    if item.low is not None and item.high is not None:
        facts.append(say("errors.from_to", low=f"{item.low:,.10g}", high=f"{item.high:,.10g}"))
    yield "# " + " · ".join(facts)
    if item.price:
        yield "#   " + say("cli.new.price", price=declared_words(item.price, "price."))


def _allowed(item: Parameter, value: Any, scenario: Scenario) -> Iterator[str]:
    """List the words that may be written, where only some may."""
    words: Iterable[str] = item.choices or registered_names(item.name)
    if isinstance(value, bool):
        words = ("true", "false")
    elif item.name == "policy.proposal.method":
        words = (*words, "mixed")
    elif item.name == "policy.approval.fast_track_desks":
        words = [desk.name for desk in scenario.policy.approval.desks]
    told = all(word in item.unit for word in words)
    if not told and not isinstance(value, BaseModel):
        yield f"#   {say('cli.new.allowed', names=', '.join(words))}"
    if _is_tables(value):
        for name, info in type(value[0]).model_fields.items():
            inner = ("true", "false") if info.annotation is bool else choices_of(info.annotation)
            if inner:
                yield f"#   {say('cli.new.allowed_in', name=name, names=', '.join(inner))}"


def _value(scenario: Scenario, name: str) -> Any:
    value: Any = scenario
    for part in name.split("."):
        value = getattr(value, part)
    return value


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], BaseModel)


def _lines_of(item: Parameter, value: Any) -> list[str]:
    key = item.name.rpartition(".")[2]
    if value is None:
        # What may be left out is switched off by false, which stays valid without its mark.
        return [f"{key} = false  # {say('cli.new.no_value')}"]
    if isinstance(value, BaseModel):
        content = {name: part for name, part in value.model_dump().items() if part != {}}
        return [line for name, part in content.items()
                for line in _assignments({f"{key}.{name}": part})]
    if _is_tables(value):
        return [f"# {say('cli.new.list')}", *_tables(item.name, value)]
    return _assignments({key: value})


def _tables(name: str, items: list[BaseModel]) -> list[str]:
    lines: list[str] = []
    for item in items:
        lines += [f"[[{name}]]", *_assignments(item.model_dump(exclude_defaults=True))]
    return lines


def _assignments(content: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    for name, value in content.items():
        text = to_toml({"value": value}).removeprefix("value = ").rstrip("\n")
        lines += f"{name} = {text}".split("\n")
    return lines
