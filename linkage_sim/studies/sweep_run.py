"""One run of a sweep, as a worker does it: a point and a seed in, a packed entry out."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from linkage_sim.errors import InputError
from linkage_sim.provenance import MODEL_VERSION
from linkage_sim.scenario.schema import Scenario, scenario_from
from linkage_sim.studies.faults import failure_text
from linkage_sim.studies.levels import Level
from linkage_sim.studies.run import Result, simulate
from linkage_sim.studies.shards import DONE, FAILED, GIVEN_UP, Entry
from linkage_sim.studies.store import packed
from linkage_sim.studies.workers import Failure
from linkage_sim.words import say

RUN_ID_BYTES = 12


class _TimeIsUpError(RuntimeError):
    """The run took longer than it may."""


@dataclass(frozen=True)
class Setup:
    """What all runs of a sweep share; sent to workers with every chunk.

    Attributes
    ----------
    key
        Names the content, so that a worker reads each setup once.
    names, contents
        Of the scenarios that points are laid over.
    recording
        Tables to keep.
    timeout
        Seconds a run may take; None for any time.
    """

    key: str
    names: tuple[str, ...]
    contents: tuple[dict[str, Any], ...]
    recording: tuple[str, ...]
    timeout: float | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One run that is to be done."""

    key: bytes
    scenario: int
    point: Level
    seed: int


_read: dict[str, list[Scenario]] = {}


def do_run(both: tuple[Setup, Task]) -> tuple[Entry, float]:
    """Do one run; whatever goes wrong in it becomes a failed entry with the reason.

    Returns
    -------
    entry, seconds
        What is kept of the run, and how long it took.
    """
    began = time.monotonic()
    entry = _entry(*both)
    return entry, time.monotonic() - began


def _entry(setup: Setup, task: Task) -> Entry:
    content = _blank(setup, task)
    name = setup.names[task.scenario]
    run, state = task.key[:RUN_ID_BYTES], DONE
    try:
        plan = _scenarios(setup)[task.scenario].with_values(task.point)
        run = run_id_of(name, plan, task.seed)
        result = _simulated(plan, task.seed, setup)
    except _TimeIsUpError:
        state = GIVEN_UP
        content["failure"] = say("sweep.run_too_long")
    except (InputError, MemoryError) as error:
        state = FAILED
        content["failure"] = str(error) or type(error).__name__
    except Exception as error:
        state = FAILED
        content["failure"] = failure_text(error)
    else:
        content["outcomes"], content["problems"] = result.outcomes, result.problems
        content["tables"] = _tables(result, setup.recording)
    return Entry(task.key, run, state, packed(content))


def not_done(setup: Setup, task: Task, failure: Failure) -> Entry:
    """Make the entry of a run that gave no result of its own."""
    content = {**_blank(setup, task), "failure": failure.reason}
    state = FAILED if failure.by_itself else GIVEN_UP
    return Entry(task.key, task.key[:RUN_ID_BYTES], state, packed(content))


def _blank(setup: Setup, task: Task) -> dict[str, Any]:
    return {
        "scenario": setup.names[task.scenario], "seed": task.seed, "values": dict(task.point),
        "outcomes": {}, "tables": {}, "problems": [], "failure": None,
    }


def run_id_of(name: str, scenario: Scenario, seed: int) -> bytes:
    """Name a run: its scenario as resolved, what the study calls it, its seed, the model."""
    text = json.dumps([name, scenario.hash(), seed, MODEL_VERSION])
    return hashlib.blake2b(text.encode(), digest_size=RUN_ID_BYTES).digest()


def _scenarios(setup: Setup) -> list[Scenario]:
    if setup.key not in _read:
        _read.clear()
        _read[setup.key] = [scenario_from(content) for content in setup.contents]
    return _read[setup.key]


def _simulated(plan: Scenario, seed: int, setup: Setup) -> Result:
    if "weeks" in setup.recording:
        plan = plan.with_values({"run.record_weeks": True})
    trace = True if "journal" in setup.recording else None
    return simulate(plan, seed, trace=trace, progress=_limit(setup.timeout))


def _limit(timeout: float | None) -> Callable[[int, int], None] | None:
    """Look at the clock after each week; a run past its time ends itself."""
    if timeout is None:
        return None
    end = time.monotonic() + timeout

    def look(done: int, total: int) -> None:
        if done < total and time.monotonic() > end:
            raise _TimeIsUpError

    return look


def _tables(result: Result, recording: tuple[str, ...]) -> dict[str, dict[str, list[Any]]]:
    """Turn the rows of each table into columns, which pack and load quicker."""
    rows = {
        "years": result.year_rows, "projects": result.project_rows, "weeks": result.week_rows,
        "journal": result.journal_rows,
    }
    return {
        name: {key: [row[key] for row in rows[name]] for key in rows[name][0]}
        for name in recording if rows[name]
    }


def warm_up() -> None:
    """Load or compile what every run needs, so that no run's time pays for it."""
    from linkage_sim.scenario.loading import load_scenario

    simulate(load_scenario("toy", {"run.years": 1, "run.warmup_years": 0}), 1)
