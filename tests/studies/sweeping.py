"""Real sweeps for tests: study files, processes that sweep, and looking at how far they are."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from linkage_sim.studies.results import RUNS
from linkage_sim.studies.shards import ShardDamagedError, read_shard, shard_paths
from linkage_sim.studies.study import load_study
from linkage_sim.studies.sweep import Options, Progress, run_sweep
from linkage_sim.studies.sweep_run import do_run

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0

STUDY = """
scenario = "toy"
design = "grid"
replications = {replications}
[parameters]
"policy.approval.fixed_latency_days" = [5, 20, 60, 120]
"""


def study_file(folder: Path, replications: int = 3, more: str = "", name: str = "study") -> Path:
    """Write a study of four points on the toy scenario."""
    path = folder / f"{name}.toml"
    path.write_text(STUDY.format(replications=replications) + more, encoding="utf-8")
    return path


def command(*words: object) -> list[str]:
    """Write a command as the running Python understands it."""
    return [sys.executable, "-m", "linkage_sim", *map(str, words)]


def start(*words: object, **more: Any) -> subprocess.Popen[str]:
    """Start a verb as a process with a group of its own."""
    return subprocess.Popen(
        command(*words), cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True, env={**os.environ, "LINKAGE_LANG": "en"}, **more,
    )


def finish(*words: object, timeout: float = PATIENCE) -> subprocess.CompletedProcess[str]:
    """Run a verb to its end."""
    return subprocess.run(
        command(*words), cwd=ROOT, text=True, capture_output=True, timeout=timeout,
        env={**os.environ, "LINKAGE_LANG": "en"}, check=False,
    )


def acknowledged(place: Path) -> int:
    """Count the runs that are on the disk."""
    while True:
        tasks: set[bytes] = set()
        try:
            for path in shard_paths(place / RUNS):
                tasks |= set(read_shard(path)[1])
        except (FileNotFoundError, ShardDamagedError):
            # Shards were joined while they were counted.
            continue
        return len(tasks)


def wait_until(met: Callable[[], bool], process: subprocess.Popen[str]) -> bool:
    """Wait for something while a process lives; tells whether it came about before its end."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if met():
            return process.poll() is None
        if process.poll() is not None:
            return False
        time.sleep(0.01)
    raise AssertionError("nothing happened")


def children(process: subprocess.Popen[str]) -> list[int]:
    """List the worker processes of a sweep."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
            name = (stat.parent / "cmdline").read_bytes()
        except OSError:
            continue
        # The helper that multiprocessing keeps for itself is no worker.
        if int(fields[1]) == process.pid and b"spawn_main" in name:
            found.append(int(stat.parent.name))
    return found


def alive(number: int) -> bool:
    """Tell whether a process lives; a dead one that nobody has asked after does not."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def all_gone(numbers: list[int], seconds: float = 10.0) -> bool:
    """Tell whether processes end within some seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(map(alive, numbers)):
            return True
        time.sleep(0.05)
    return False


class Here:
    """Does the tasks in this process, in any order; stops after so many."""

    def __init__(self, order: Callable[[list[Any]], list[Any]] = list, most: int = 10**9) -> None:
        self.order, self.most, self.done = order, most, 0
        self.stopped = False

    def batches(self, setup: Any, tasks: Any) -> Any:
        for task in self.order(list(tasks)):
            if self.stopped or self.done >= self.most:
                return
            self.done += 1
            yield [(task, do_run((setup, task)))]

    def stop(self) -> None:
        self.stopped = True

    def dismiss(self) -> None:
        pass


def swept(study: Path, place: Path, **executor: Any) -> tuple[Progress, Here]:
    """Sweep in this process."""
    doer = Here(**executor)
    return run_sweep(load_study(study), place, Options(), executor=doer), doer


def table(place: Path) -> bytes:
    """Give the outcomes as they lie on the disk."""
    return (place / "outcomes.parquet").read_bytes()
