"""Says what a plan would throw away in the place where its results shall go.

Nothing that is finished is lost unless a person said so. A plan may take the place of its own
results: the same scenarios, code and libraries, at least the same seeds, at least as much
recorded. Anything else that is complete, or saved of an interrupted comparison, stays.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from linkage_sim.errors import InputError
from linkage_sim.provenance import MODEL_VERSION, code_hash, library_versions
from linkage_sim.studies.compare import Plan
from linkage_sim.studies.results import MANIFEST, SAVED
from linkage_sim.studies.saved import saved_elsewhere
from linkage_sim.studies.store import Store, is_sweep
from linkage_sim.words import language, listing, say

SHOWN = 6
Row = dict[str, Any]


def would_lose(place: Path, plan: Plan) -> list[str]:
    """Name what a plan would throw away in a results directory, why, and the remedy.

    Returns
    -------
    list of str
        One finished sentence each; empty where nothing is lost.
    """
    lost = []
    if is_sweep(place):
        count = len(Store(place).spots)
        lost.append((say("study.standing.sweep", count=count), say("study.loss.sweep")))
    elif (place / MANIFEST).exists():
        record = _record_of(place)
        reason = _why(record, plan)
        if reason:
            lost.append((_what(record), reason))
    for names, seeds, same in saved_elsewhere(place, plan):
        what = say(
            "study.standing.saved", count=len(seeds), names=_listed(names), seeds=_numbers(seeds)
        )
        lost.append((what, _not_run(seeds) if same else say("study.loss.other_plan")))
    return [say("study.error.would_lose", path=place, what=what, why=why) for what, why in lost]


def finished_seeds(place: Path, plan: Plan) -> int:
    """Count the seeds of a finished comparison that a plan would only add to; else 0."""
    record = _record_of(place) if (place / MANIFEST).exists() else {}
    return 0 if not record or _why(record, plan) else len(_seeds(record))


def refuse_other_results(place: Path) -> None:
    """Raise InputError where a sweep would write among results of something else."""
    if is_sweep(place):
        return
    what = _what(_record_of(place)) if (place / MANIFEST).exists() else ""
    if not what and any((place / SAVED).glob("*/")):
        what = say("study.standing.unreadable")
    if what:
        raise InputError(say("sweep.error.other_results", path=place, what=what))


def _record_of(place: Path) -> Row:
    try:
        record = json.loads((place / "provenance.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _what(record: Row) -> str:
    names, seeds = [name for name, _ in _scenarios(record)], _seeds(record)
    if not names or not seeds:
        return say("study.standing.unreadable")
    key = "run" if len(names) == len(seeds) == 1 else "compare"
    return say(
        f"study.standing.{key}", names=_listed(names), count=len(seeds), seeds=_numbers(seeds)
    )


def _why(record: Row, plan: Plan) -> str:
    """Tell why results are not those of this plan or a part of it; empty where they are."""
    return next(_reasons(record, plan), "")


def _reasons(record: Row, plan: Plan) -> Iterator[str]:
    stored = _scenarios(record)
    if not stored:
        yield say("study.loss.unknown")
    if [name for name, _ in stored] != list(plan.names):
        yield say("study.loss.names", names=_listed(plan.names))
    for (name, known), item in zip(stored, plan.scenarios, strict=False):
        if known.get("hash") != item.hash():
            yield say("study.loss.values", name=name)
    if _posterior(record) != (None if plan.overlay is None else plan.overlay.identity):
        yield say("calibration.loss.posterior")
    left = sorted(set(_seeds(record)) - set(plan.seeds))
    if left:
        yield _not_run(left)
    for (_, known), item in zip(stored, plan.scenarios, strict=False):
        kept = known.get("content", {}).get("run", {})
        traced = record.get("trace") or kept.get("trace")
        if traced and not (plan.trace or item.run.trace):
            yield say("study.loss.journal")
    now = {
        "model_version": MODEL_VERSION, "code": code_hash(plan.scenarios),
        "libraries": library_versions(), "python": platform.python_version(),
    }
    if any(record.get(name) != value for name, value in now.items()):
        yield say("study.loss.code")


def _scenarios(record: Row) -> list[tuple[str, Row]]:
    try:
        return [(str(item["name"]), dict(item)) for item in record["scenarios"]]
    except (KeyError, TypeError, ValueError):
        return []


def _posterior(record: Row) -> Row | None:
    """Name the posterior of which the seeds took draws; None where they took none."""
    found = record.get("posterior")
    if not isinstance(found, dict):
        return None
    return {name: found.get(name) for name in ("sha256", "draws")}


def _seeds(record: Row) -> list[int]:
    found = record.get("seeds")
    return sorted(found) if isinstance(found, list) else []


def _not_run(seeds: Sequence[int]) -> str:
    return say("study.loss.seeds", count=len(seeds), seeds=_numbers(seeds))


def _listed(names: Sequence[str]) -> str:
    if not names:
        return "?"
    comma = "、" if language() == "zh" else ", "
    return comma.join(names[:SHOWN]) + (" ..." if len(names) > SHOWN else "")


def _numbers(seeds: Sequence[int]) -> str:
    first, last = seeds[0], seeds[-1]
    if len(seeds) > 1 and last - first == len(seeds) - 1:
        return f"{first}–{last}"
    return listing(str(seed) for seed in seeds[:SHOWN]) + (" ..." if len(seeds) > SHOWN else "")
