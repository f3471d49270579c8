"""Compares scenarios over the same worlds: paired differences with 95 % intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from linkage_sim.errors import InputError
from linkage_sim.scenario.schema import Scenario, scenario_from
from linkage_sim.scenario.seeds import whole_seeds
from linkage_sim.studies.differences import difference_table
from linkage_sim.studies.faults import failure_text
from linkage_sim.studies.overlay import Overlay, load_overlay, refuse_misfit
from linkage_sim.studies.run import Result, simulate
from linkage_sim.studies.workers import Failure, work
from linkage_sim.words import say

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """What is to be run: every scenario on every seed.

    Attributes
    ----------
    names, scenarios
        The first is the baseline.
    seeds
        Each is a world, shared by all scenarios.
    trace
        Keep the journals.
    settings
        Texts "name=value" that hold on every side, to be told beside results; the scenarios hold
        them already, so that no hash or file depends on how they came there.
    overlay
        Values that change from seed to seed, the same for all scenarios; None: there are none.
    """

    names: tuple[str, ...]
    scenarios: tuple[Scenario, ...]
    seeds: tuple[int, ...]
    trace: bool = False
    settings: tuple[str, ...] = ()
    overlay: Overlay | None = None


@dataclass(frozen=True)
class Run:
    """One finished or failed run of a plan."""

    name: str
    seed: int
    result: Result | None
    failure: str = ""


def plan_of(
    scenarios: Sequence[Scenario],
    seeds: Iterable[int],
    names: Sequence[str] | None = None,
    trace: bool = False,
    settings: Sequence[str] = (),
    overlay: Overlay | None = None,
) -> Plan:
    """Check what is to be run; raises InputError where it cannot be.

    Without names, titles serve as names where they are given and differ.
    """
    chosen = tuple(names) if names is not None else _names_of(scenarios)
    numbers = whole_seeds(seeds)
    problems = []
    if not scenarios:
        problems.append(say("study.error.no_scenario"))
    if len(chosen) != len(scenarios):
        problems.append(
            say("study.error.names", names=len(chosen), scenarios=len(scenarios))
        )
    problems += [
        say("study.error.same_name", name=name)
        for name in sorted({name for name in chosen if chosen.count(name) > 1})
    ]
    if not numbers:
        problems.append(say("study.error.no_seed"))
    if len(set(numbers)) < len(numbers):
        problems.append(say("study.error.same_seed"))
    if problems:
        raise InputError(problems)
    if overlay is not None:
        refuse_misfit(overlay, scenarios, numbers, settings)
    return Plan(chosen, tuple(scenarios), numbers, trace, tuple(settings), overlay)


def _names_of(scenarios: Sequence[Scenario]) -> tuple[str, ...]:
    titles = [item.title for item in scenarios]
    if all(titles) and len(set(titles)) == len(titles):
        return tuple(titles)
    return tuple(f"scenario_{number}" for number in range(1, len(titles) + 1))


class Saved(Protocol):
    """Where finished seeds are kept, so that an interrupted plan can go on (see saved.py)."""

    def known(self, seeds: Sequence[int]) -> dict[int, list[Run]]:
        """Give the runs of the seeds that are kept."""
        ...

    def keep(self, seed: int, runs: Sequence[Run]) -> None:
        """Keep the runs of a seed."""
        ...


def run_plan(
    plan: Plan,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
    saved: Saved | None = None,
) -> list[Run]:
    """Run a plan; the order and the numbers do not depend on `jobs`, nor on what is saved.

    Parameters
    ----------
    progress
        Called with (runs done, runs in all) whenever a seed is finished.
    saved
        Seeds that are known there are not run again; each further one is kept there.
    """
    contents = [item.model_dump(mode="json") for item in plan.scenarios]
    if jobs > 1 and len(plan.seeds) > 1:
        for content in contents:
            # Workers share the cores already.
            content["run"]["threads"] = 1
    found = {} if saved is None else saved.known(plan.seeds)
    waiting = [seed for seed in plan.seeds if seed not in found]
    tasks = [
        (contents, seed, plan.trace, {} if plan.overlay is None else plan.overlay.values_for(seed))
        for seed in waiting
    ]
    width, total = len(contents), len(contents) * len(plan.seeds)
    for number, answer in work(run_seed, tasks, jobs):
        seed = waiting[number]
        found[seed] = _runs(plan, seed, answer)
        if saved is not None:
            saved.keep(seed, found[seed])
        if progress is not None:
            progress(len(found) * width, total)
    return [run for seed in plan.seeds for run in found[seed]]


def _runs(plan: Plan, seed: int, answer: Any) -> list[Run]:
    if isinstance(answer, Failure):
        return [Run(name, seed, None, answer.reason) for name in plan.names]
    return [
        Run(name, seed, None, item.reason)
        if isinstance(item, Failure)
        else Run(name, seed, item)
        for name, item in zip(plan.names, answer, strict=True)
    ]


def run_seed(task: tuple[list[Row], int, bool, Row]) -> list[Result | Failure]:
    """Run every scenario on one seed, in one process, so that all share the world in memory."""
    contents, seed, trace, values = task
    answers: list[Result | Failure] = []
    for content in contents:
        plan = scenario_from(content)
        if values:
            plan = plan.with_values(values)
        try:
            answers.append(simulate(plan, seed, trace=True if trace else None))
        except InputError:
            raise
        except Exception as error:
            answers.append(Failure(failure_text(error)))
    return answers


def compare(
    scenarios: Sequence[Scenario | str] | Scenario | str,
    seeds: Iterable[int] = range(30),
    jobs: int = 1,
    names: Sequence[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
    posterior: str | Path | None = None,
    draws: int | None = None,
) -> pd.DataFrame:
    """Say how scenarios differ from the first of them, seed by seed on the same worlds.

    Parameters
    ----------
    scenarios
        Two or more, read with `load_scenario`; the first is the baseline.
    seeds
        Each seed is a world: the same residents meet the same chances under all scenarios.
    jobs
        Processes at once; the numbers do not depend on it.
    names
        What to call the scenarios; titles if left out.
    posterior, draws
        Results of a calibration of which each seed takes one draw, the same for all scenarios;
        and how many different draws there shall be.

    Returns
    -------
    pandas.DataFrame
        One row an outcome and scenario, headline outcomes first, as `difference_table` makes it.
        `attrs["runs"]` holds one row a run; `attrs["failures"]` the runs that failed.

    Raises
    ------
    InputError
        For anything wrong with scenarios, names or seeds.
    """
    given = [scenarios] if isinstance(scenarios, str | Scenario) else list(scenarios)
    read = [item for item in given if isinstance(item, Scenario)]
    if len(read) < len(given):
        unread = (item for item in given if not isinstance(item, Scenario))
        raise InputError(say("study.error.not_loaded", found=repr(item)[:80]) for item in unread)
    if len(read) == 1:
        raise InputError(say("study.error.one_scenario"))
    overlay = None if posterior is None else load_overlay(Path(posterior), draws)
    plan = plan_of(read, seeds, names, overlay=overlay)
    runs = run_plan(plan, jobs, progress)
    table = difference_table(outcome_rows(runs), plan.names, plan.seeds)
    import pandas as pd

    table.attrs["runs"] = pd.DataFrame(outcome_rows(runs))
    table.attrs["failures"] = [
        {"scenario": run.name, "seed": run.seed, "reason": run.failure}
        for run in runs
        if run.result is None
    ]
    return table


def pairs_lost(runs: Sequence[Run], names: Sequence[str]) -> dict[str, int]:
    """Count, for each scenario, the pairs that lack a run because it or the baseline's failed."""
    failed = {(run.name, run.seed) for run in runs if run.result is None}
    seeds = {run.seed for run in runs}
    return {
        name: sum((name, seed) in failed or (names[0], seed) in failed for seed in seeds)
        for name in names[1:]
    }


def outcome_rows(runs: Iterable[Run]) -> list[Row]:
    """Give one row a finished run: scenario, seed, every outcome."""
    return [
        {"scenario": run.name, "seed": run.seed, **run.result.outcomes}
        for run in runs
        if run.result is not None
    ]
