"""The engine by itself: resident-weeks per second, memory, where the time goes.

Times are of the processor, on one thread, after everything is compiled: on a busy machine they
drift less than the clock on the wall. A resident-week is one resident living one week with every
mechanism on.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from linkage_sim.model import LinkageModel
from linkage_sim.scenario.loading import load_scenario
from linkage_sim.scenario.schema import Scenario
from linkage_sim.studies.run import simulate
from linkage_sim.world.columns import Columns

WEEKS = 52
PER_COMMUNITY = 10_000
Row = dict[str, Any]


def place(residents: int, **more: Any) -> Scenario:
    """Give a place of this size: X Community's rules, communities of ten thousand, shared desks."""
    communities = max(1, round(residents / PER_COMMUNITY))
    values = {
        "world.residents": residents, "world.communities": communities, "run.years": 2,
        "run.warmup_years": 0, "run.threads": 1,
    }
    base = load_scenario("xian" if communities > 1 else "x_community")
    return base.with_values({**values, **more})


def clocked(act: Callable[..., Any], spent: dict[str, float], name: str) -> Callable[..., Any]:
    """Give the same act, with its processor seconds added up under a name."""
    def acted(*given: Any) -> Any:
        begin = time.process_time()
        try:
            return act(*given)
        finally:
            spent[name] += time.process_time() - begin

    return acted


def warm_up() -> None:
    """Compile everything, outside every measurement."""
    LinkageModel(place(20_000), seed=1).run().release()
    LinkageModel(place(5_200), seed=1).run().release()


def second_year(residents: int) -> tuple[LinkageModel, float, float]:
    """Run a place for two years; gives the model, seconds to build it, and seconds of year two.

    The first year has no contracts until summer, the second is like all that follow.
    """
    begin = time.process_time()
    model = LinkageModel(place(residents), seed=1)
    built = time.process_time() - begin
    for _ in range(WEEKS):
        model.step()
    gc.collect()
    begin = time.process_time()
    for _ in range(WEEKS):
        model.step()
    return model, built, time.process_time() - begin


def speed(residents: int) -> Row:
    """Resident-weeks per second and core at one size, against copying every column once."""
    model, built, seconds = second_year(residents)
    steps = model.people.n_residents * WEEKS
    copied = _copy_seconds(model)
    projects = sum(1 for item in model.implementation.contracts if item.file.year == 1)
    row = {
        "residents": model.people.n_residents,
        "communities": model.people.n_communities,
        "ns_per_resident_week": 1e9 * seconds / steps,
        "million_resident_weeks_per_second_and_core": steps / seconds / 1e6,
        "build_seconds": built,
        "week_over_copy": seconds / WEEKS / copied,
        "projects_per_community_and_year": projects / model.people.n_communities,
    }
    model.release()
    gc.collect()
    return row


def _copy_seconds(model: LinkageModel) -> float:
    """Seconds to read and write every column of every resident once; the best of five."""
    arrays = [
        value for columns in (model.people, model.state) for value in _arrays(columns)
    ]
    best = float("inf")
    for _ in range(5):
        begin = time.process_time()
        for array in arrays:
            array.copy()
        best = min(best, time.process_time() - begin)
    return best


def _arrays(columns: Columns) -> list[Any]:
    return [value for value in vars(columns).values() if isinstance(value, np.ndarray)]


def memory(residents: int) -> float:
    """Bytes a resident, all in: growth of a fresh process by one run of a year, ties included."""
    code = (
        "from benchmarks.engine import grown_by; import sys; "
        f"sys.stdout.write(str(grown_by({residents})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout) / residents


def most_memory() -> int:
    """Bytes of the largest memory of this process so far.

    Not what `resource` tells: a new process begins there with the largest memory of its parent.
    """
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def grown_by(residents: int) -> int:
    """Bytes by which the largest memory of this process grows with a run."""
    LinkageModel(place(20_000), seed=1).run().release()
    gc.collect()
    before = most_memory()
    model = LinkageModel(place(residents), seed=1)
    for _ in range(WEEKS):
        model.step()
    return most_memory() - before


def whole_city(threads: int = 2) -> Row:
    """Build and run Xi'an for 1 + 5 years by the clock on the wall, with its largest memory.

    Python does not search for circles of dead objects meanwhile, as in `simulate`.
    """
    code = (
        "import gc, json, sys, time; from benchmarks.engine import most_memory, warm_up; "
        "from linkage_sim.model import LinkageModel; "
        "from linkage_sim.scenario.loading import load_scenario; warm_up(); gc.disable(); "
        f"plan = load_scenario('xian', ['run.threads={threads}']); "
        "begin = time.perf_counter(); model = LinkageModel(plan, seed=1); "
        "built = time.perf_counter() - begin; used = time.process_time(); model.run(); "
        "used = time.process_time() - used; "
        "taken = time.perf_counter() - begin; "
        "sys.stdout.write(json.dumps({'residents': model.people.n_residents, "
        "'seconds': taken, 'build_seconds': built, 'processor_seconds_of_weeks': used, "
        "'peak_bytes': most_memory(), "
        "'weeks': model.weeks, 'contracts': len(model.implementation.contracts)}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    row: Row = json.loads(done.stdout)
    return row


def one_community(runs: int = 10) -> Row:
    """Seconds of the processor a run of X Community (1 + 5 years), each seed a new world.

    Its outcomes and tables are part of it.
    """
    plan = load_scenario("x_community", ["run.threads=1"])
    simulate(plan, 0)
    taken = []
    for seed in range(1, runs + 1):
        begin = time.process_time()
        simulate(plan, seed)
        taken.append(time.process_time() - begin)
    return {"runs": runs, "median_seconds": float(np.median(taken)), "best_seconds": min(taken)}
