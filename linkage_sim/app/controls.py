"""Makes the levers of the page from the schema: every control, its words, its range, its default.

A lever declared in scenario/policy.py appears here by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from linkage_sim.report.plain_values import desk_name
from linkage_sim.scenario.fields import CATEGORY_TITLES
from linkage_sim.scenario.registry import APPROVAL_RULES, SOURCES
from linkage_sim.scenario.schema import Parameter, Scenario, parameters
from linkage_sim.words import declared_words, has, say, unit_words

STAGES = ("proposal", "approval", "implementation", "evaluation", "linkage")
DESKS = "policy.approval.desks"
LATENCY = "policy.approval.fixed_latency_days"
USUAL_LATENCY = 30.0
WIDE = 40
"""A declared range this many times the default is wider than a slider is good for."""
SLIDER_ENDS = {
    "policy.approval.fast_track_below_yuan": 100_000.0,
    "policy.proposal.survey_sample": 2_000.0,
    "policy.proposal.activists": 500.0,
    "policy.evaluation.survey_sample": 300.0,
    "policy.evaluation.outcome_sample": 100.0,
    "policy.linkage.meeting_every_weeks": 104.0,
}
"""Where a slider ends although more may be typed into the box beside it."""


def word_for(text: Any, language: str) -> str:
    """Give the plain word for a value that is a word in scenario files."""
    told = str(text).lower() if isinstance(text, bool) else str(text)
    if told in CATEGORY_TITLES:
        return CATEGORY_TITLES[told][0 if language == "en" else 1]
    for prefix in ("app.value.", "report.value.", "story.source.", "story.indicator."):
        if has(f"{prefix}{told}"):
            return say(f"{prefix}{told}", language)
    return desk_name(told, language)


def stages(language: str, baseline: Scenario) -> list[dict[str, Any]]:
    """Describe all levers, by stage, for a baseline whose values are the defaults."""
    known = _levers()
    return [
        {
            "id": stage,
            "title": say(f"section.policy.{stage}", language),
            "levers": [
                control for item in known if item.name.split(".")[1] == stage
                for control in _controls(item, baseline, language)
            ],
        }
        for stage in STAGES
    ]


@cache
def _levers() -> tuple[Parameter, ...]:
    return tuple(parameters("lever"))


def value_at(scenario: Scenario, name: str) -> Any:
    """Read a dotted parameter of a scenario as plain data."""
    found: Any = scenario
    for part in name.split("."):
        found = found[part] if isinstance(found, Mapping) else getattr(found, part)
    if hasattr(found, "model_dump"):
        return found.model_dump(mode="json")
    if isinstance(found, list):
        return [item.model_dump(mode="json") if hasattr(item, "model_dump") else item
                for item in found]
    return found


def control_names() -> list[str]:
    """List the dotted names of everything that has a control of its own."""
    usual = Scenario()
    return [control["name"] for item in _levers() for control in _controls(item, usual, "en")]


def policy_values(scenario: Scenario) -> dict[str, Any]:
    """Give the value of every control of a scenario."""
    return {name: value_at(scenario, name) for name in control_names()}


def _controls(item: Parameter, baseline: Scenario, language: str) -> Iterator[dict[str, Any]]:
    usual = value_at(baseline, item.name)
    if isinstance(usual, dict):
        for part, weight in usual.items():
            if isinstance(weight, int | float):
                name = f"{item.name}.{part}"
                label = f"{item.title(language)}{say('sign.colon', language)}"
                yield {
                    **_words(item, language), "name": name, "kind": "number", "default": weight,
                    "title": label + word_for(part, language), "low": 0.0, "high": None,
                    "from": 0.0, "to": 1.0, "step": 0.05, "whole": False,
                }
        return
    control = {**_words(item, language), "name": item.name, "default": usual}
    if item.name == LATENCY:
        yield {**control, **_range(item, USUAL_LATENCY), "kind": "optional",
               "usual": USUAL_LATENCY, "none": say("app.lever.by_desks", language)}
    elif item.name == DESKS:
        yield {**control, "kind": "desks"}
    elif isinstance(usual, bool):
        yield {**control, "kind": "switch"}
    elif isinstance(usual, list):
        yield {**control, "kind": "several", "choices": _several(item, baseline, language)}
    elif isinstance(usual, str):
        yield {**control, "kind": "choice", "choices": _choices(item, language)}
    else:
        yield {**control, **_range(item, usual), "kind": "number"}


def _words(item: Parameter, language: str) -> dict[str, Any]:
    unit = unit_words(item.unit, language) if isinstance(item.default, int | float) \
        or item.name == LATENCY else ""
    return {
        "title": item.title(language), "unit": unit if not isinstance(item.default, bool) else "",
        "tip": say("app.lever.tip", language,
                   channel=say(f"app.channel.{item.channel}", language),
                   price=declared_words(item.price, "price.", language)),
    }


def _range(item: Parameter, usual: Any) -> dict[str, Any]:
    low, high = float(item.low or 0.0), float(item.high or 1.0)
    end = SLIDER_ENDS.get(item.name, high)
    whole = isinstance(item.default, int)
    span = end - low
    step = 1.0 if whole or span > 60 else 0.5 if span > 6 else 0.05 if span > 1 else 0.01
    if span > WIDE * 50:
        step = span / 100
    if whole:
        step = max(1.0, round(step))
    return {"low": low, "high": high, "from": low, "to": end, "step": step, "whole": whole}


def _choices(item: Parameter, language: str) -> list[dict[str, str]]:
    known: tuple[str, ...] = item.choices
    if item.name == "policy.proposal.method":
        known = (*SOURCES.names(), "mixed")
    elif item.name == "policy.approval.rule":
        known = tuple(APPROVAL_RULES.names())
    return [{"value": name, "title": word_for(name, language)} for name in known]


def _several(item: Parameter, baseline: Scenario, language: str) -> list[dict[str, str]]:
    known = item.choices or tuple(desk.name for desk in baseline.policy.approval.desks)
    return [{"value": name, "title": word_for(name, language)} for name in known]
