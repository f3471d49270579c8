"""What a sweep's directory says of its study, and how another study differs from it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from linkage_sim.scenario.problems import shortened
from linkage_sim.scenario.schema import scenario_from
from linkage_sim.studies.levels import Factor, Range
from linkage_sim.studies.study import Study
from linkage_sim.studies.tables import flat_values
from linkage_sim.words import say

FORMAT = 1
SHOWN = 8
PLAIN = ("model_version", "code", "design", "sampler", "seed", "samples", "replications")
Row = dict[str, Any]


def record_of(study: Study, blocks: Sequence[int]) -> Row:
    """Write a study down: its scenarios whole, its parameters, seeds and what is kept."""
    return {
        "format": FORMAT,
        "title": study.title,
        "scenarios": [
            {"name": name, "hash": item.hash(), "content": item.model_dump(mode="json")}
            for name, item in zip(study.names, study.scenarios, strict=True)
        ],
        "design": study.design,
        "sampler": study.sampler,
        "samples": study.samples,
        "blocks": list(blocks),
        "parameters": {item.name: _written(item) for item in study.factors},
        "replications": study.replications,
        "seed": study.seed,
        "outcomes": list(study.outcomes),
        "recording": list(study.recording),
        "settings": list(study.settings),
        **({"own_seeds": True} if study.own_seeds else {}),
    }


def _written(factor: Factor) -> Any:
    if factor.range is None:
        return [dict(level) for level in factor.levels]
    return asdict(factor.range)


def study_from(record: Mapping[str, Any]) -> Study:
    """Turn a record back into the study."""
    return Study(
        names=tuple(item["name"] for item in record["scenarios"]),
        scenarios=tuple(scenario_from(item["content"]) for item in record["scenarios"]),
        design=record["design"], sampler=record["sampler"], samples=record["samples"],
        factors=tuple(_factor(name, held) for name, held in record["parameters"].items()),
        replications=record["replications"], seed=record["seed"],
        outcomes=tuple(record["outcomes"]), recording=tuple(record["recording"]),
        settings=tuple(record["settings"]), title=record["title"],
        own_seeds=bool(record.get("own_seeds")),
    )


def _factor(name: str, held: Any) -> Factor:
    if isinstance(held, list):
        return Factor(name, tuple(held))
    return Factor(name, range=Range(**held))


def differences(stored: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """List in words where two records differ; what only one of them says is no difference."""
    lines = list(_differences(stored, now))
    more = len(lines) - SHOWN
    return [*lines[:SHOWN], *([say("sweep.differ.more", count=more)] if more > 0 else [])]


def _differences(stored: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for key in PLAIN:
        if key in stored and key in now and stored[key] != now[key]:
            yield _line(say(f"sweep.differ.name.{key}"), stored[key], now[key])
    if "libraries" in stored and "libraries" in now:
        yield from _table(stored["libraries"], now["libraries"])
    if "parameters" in stored and "parameters" in now:
        yield from _parameters(stored["parameters"], now["parameters"])
    if "scenarios" in stored and "scenarios" in now:
        yield from _scenarios(stored["scenarios"], now["scenarios"])


def _table(stored: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for name in dict.fromkeys([*stored, *now]):
        if stored.get(name) != now.get(name):
            yield _line(name, stored.get(name), now.get(name))


def _parameters(stored: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for name in dict.fromkeys([*stored, *now]):
        before, after = stored.get(name), now.get(name)
        if not (isinstance(before, list) and isinstance(after, list)):
            if before != after:
                yield _line(name, before, after)
            continue
        gone = [level for level in before if level not in after]
        if gone:
            values = "; ".join(_text(_value(name, level)) for level in gone)
            yield say("sweep.differ.values_gone", name=name, values=shortened(values))


def _value(name: str, level: Row) -> Any:
    """Give a level as it was written: its value alone where it sets nothing else."""
    return level[name] if list(level) == [name] else level


def _scenarios(stored: Sequence[Row], now: Sequence[Row]) -> Iterator[str]:
    known = {item["name"]: item for item in now}
    for item in stored:
        other = known.get(item["name"])
        if other is None:
            yield say("sweep.differ.scenario_gone", name=item["name"])
        elif other["hash"] != item["hash"]:
            for line in _table(flat_values(item["content"]), flat_values(other["content"])):
                yield f"{item['name']}: {line}"


def _line(name: str, before: Any, now: Any) -> str:
    return say("sweep.differ.line", name=name, before=_text(before), now=_text(now))


def _text(value: Any) -> str:
    if value is None:
        return "–"
    return value if isinstance(value, str) else shortened(json.dumps(value, ensure_ascii=False))
