"""From the answers of the workers to what the second tab is given, without a word in it."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linkage_sim.app.comparison import Pair
from linkage_sim.app.inside.recording import LAYERS, TRUST_STEPS, record_run
from linkage_sim.app.inside.sample import draw_world
from linkage_sim.app.inside.stations import spans_of, stations_used
from linkage_sim.app.inside.view import View
from linkage_sim.app.pool import Task
from linkage_sim.provenance import MODEL_VERSION
from linkage_sim.scenario.schema import Scenario
from linkage_sim.timeline import DAYS_PER_WEEK, WEEKS_PER_YEAR

ROOM = 100
"""A run that was written down takes about the memory of so many runs of a comparison."""


@dataclass(frozen=True, eq=False)
class Run:
    """One run as it was written down, with the world it took place in.

    Attributes
    ----------
    told
        What `record_run` gave.
    world
        What `draw_world` gave.
    stories
        Project -> its rows of the journal, in order.
    """

    told: Mapping[str, Any]
    world: Mapping[str, Any]
    stories: Mapping[str, Sequence[Mapping[str, Any]]]

    def layer(self, resident: int, name: str) -> bytes:
        """Give what was kept of one drawn resident, a byte a week; `resident` is a row."""
        frames, weeks = zlib.decompress(self.told["frames"]), self.told["weeks"] + 1
        first = (self.world["rows"].index(resident) * len(LAYERS) + LAYERS.index(name)) * weeks
        return frames[first:first + weeks]


def tasks_of(pair: Pair, view: View, seed: int) -> list[Task]:
    """List what has to be made: the run, and the world, which both sides share.

    What shows residents of a register is personal data: it goes to the page that was given the
    register and is not kept for anybody else.
    """
    chosen = pair.policy if view.side == "policy" else pair.baseline
    content = _content(chosen)
    keep = chosen.world.resident_register is None
    return [
        Task((MODEL_VERSION, "inside", chosen.hash(), seed, view.community), record_run,
             (content, seed, view.community), keep, ROOM),
        Task((MODEL_VERSION, "world", pair.baseline.hash(), seed, view.community), draw_world,
             (_content(pair.baseline), seed, view.community), keep),
    ]


def _content(scenario: Scenario) -> dict[str, Any]:
    content = scenario.model_dump(mode="json")
    content["run"].update(threads=1, trace=True, check=False, record_weeks=False)
    return content


def run_of(told: Mapping[str, Any], world: Mapping[str, Any]) -> Run:
    """Put the answers of both tasks together."""
    stories: dict[str, list[Mapping[str, Any]]] = {}
    for row in json.loads(zlib.decompress(told["journal"])):
        stories.setdefault(row["project"], []).append(row)
    return Run(told, world, stories)


def sent(run: Run) -> dict[str, Any]:
    """Give what the browser draws from; it is sent once, and every week is shown out of it."""
    told, world = run.told, run.world
    projects = [_project(item, run.stories.get(item["id"], ())) for item in told["projects"]]
    stations = stations_used([item["spans"] for item in projects], told["desks"])
    place_of = {item["id"]: place for place, item in enumerate(projects)}
    for item in projects:
        item["spans"] = [[span.start, span.stop, stations.index(span.station), span.reason]
                         for span in item["spans"] if span.station in stations]
    return {
        "week_days": DAYS_PER_WEEK, "year_weeks": WEEKS_PER_YEAR,
        "weeks": told["weeks"], "warmup": told["warmup_weeks"], "layers": len(LAYERS),
        "trust_steps": TRUST_STEPS, "whole": told["whole"], "residents": world["residents"],
        "frames": base64.b64encode(told["frames"]).decode("ascii"),
        "rows": world["rows"], "x": world["x"], "y": world["y"],
        "edges": [end for edge in world["edges"] for end in edge],
        "projects": projects, "stations": stations,
        "hours": [[place_of[name], *row] for name, rows in told["hours"].items() for row in rows],
        "received": _counted(told["received"], len(world["rows"])),
    }


def _project(item: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    entries = [{**row, "facts": json.loads(row["facts"])} for row in rows]
    verdicts: list[dict[str, Any]] = [
        entry["facts"] for entry in entries if entry["event"] == "evaluated"]
    last = verdicts[-1] if verdicts else {}
    return {
        "id": item["id"], "category": item["category"], "cost": item["cost"],
        "years": item["years"], "organization": item["organization"],
        "score": last.get("score"), "effect": last.get("true_effect"), "spans": spans_of(entries),
    }


def _counted(received: Sequence[Sequence[Any]], drawn: int) -> list[int]:
    """Count contacts and events of projects, resident by resident."""
    counts = [0] * drawn
    for place, *_ in received:
        counts[place] += 1
    return counts
