"""Real clusters for tests: a Dask scheduler and its workers, as processes on this machine alone."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from linkage_sim.studies.cluster import DaskWorkers
from linkage_sim.studies.study import load_study
from linkage_sim.studies.sweep import Options, Progress, run_sweep

ROOT = Path(__file__).parents[2]
PATIENCE = 90.0


def wait_for(met: Callable[[], object], what: str) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + PATIENCE
    while not met():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)


class Cluster:
    """A scheduler and the workers that tests ask for; everything ends with it.

    Parameters
    ----------
    folder
        Where its processes write down what they have to say.
    settings
        Environment of all its processes, in addition.
    """

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder, self._settings = folder, settings
        self.workers: list[subprocess.Popen[bytes]] = []
        listed = folder / "scheduler.json"
        self.scheduler = self._start(
            "scheduler", "dask_scheduler", "--host", "127.0.0.1", "--port", "0",
            "--no-dashboard", "--scheduler-file", str(listed),
        )
        wait_for(lambda: listed.exists() and listed.read_text().strip().endswith("}"),
                 "the scheduler")
        self.address: str = json.loads(listed.read_text())["address"]

    def _start(self, name: str, module: str, *words: str, **more: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{module}", *words], cwd=self.folder,
                stdout=log, stderr=log, start_new_session=True,
                env={**os.environ, "PYTHONPATH": str(ROOT), "DASK_CONFIG": str(self.folder),
                     "LINKAGE_LANG": "en", **self._settings, **more},
            )

    def add(self, nanny: bool = False, path: Path | None = None) -> subprocess.Popen[bytes]:
        """Start a worker and wait until it is known; `path` goes before everything it imports."""
        name = f"worker{len(self.workers)}"
        more = {"PYTHONPATH": f"{path}{os.pathsep}{ROOT}"} if path is not None else {}
        worker = self._start(
            name, "dask_worker", self.address, "--host", "127.0.0.1", "--nthreads", "1",
            "--no-dashboard", "--nanny" if nanny else "--no-nanny",
            "--local-directory", str(self.folder), **more,
        )
        self.workers.append(worker)
        wait_for(lambda: "Registered to" in self.said(name), name)
        return worker

    def said(self, name: str) -> str:
        """Read what a process wrote."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def end(self) -> None:
        """End the processes this object started, and those they started."""
        for process in [*self.workers, self.scheduler]:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextlib.contextmanager
def cluster(folder: Path, workers: int, nanny: bool = False, **settings: str) -> Iterator[Cluster]:
    """Give a cluster with some workers for as long as it is needed."""
    found = Cluster(folder, **settings)
    try:
        for _ in range(workers):
            found.add(nanny)
        yield found
    finally:
        found.end()


LONGER = """
scenario = "toy"
design = "grid"
replications = {replications}
[parameters]
"policy.approval.fixed_latency_days" = [5, 20, 60, 120]
[set]
"run.years" = 10
"""

ELSEWHERE = """
import linkage_sim.provenance
linkage_sim.provenance.MODEL_VERSION = 999
"""

WITHOUT = """
import sys

class Gone:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "linkage_sim":
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)

sys.meta_path.insert(0, Gone())
"""


def longer(folder: Path, replications: int) -> Path:
    """Write a study of runs that last long enough to be disturbed."""
    path = folder / "longer.toml"
    path.write_text(LONGER.format(replications=replications), encoding="utf-8")
    return path


def table(place: Path) -> bytes:
    """Read the table of outcomes as it is on the disk."""
    return (place / "outcomes.parquet").read_bytes()


def in_processes(study: Path, place: Path, jobs: int = 2) -> bytes:
    """Do a study without a cluster, and give its table."""
    run_sweep(load_study(study), place, Options(jobs=jobs))
    return table(place)


def on(address: str, study: Path, place: Path, progress: Progress | None = None) -> Progress:
    """Do a study on a cluster."""
    return run_sweep(load_study(study), place, Options(), progress, DaskWorkers(address))


def patched(folder: Path, code: str) -> Path:
    """Make a folder whose sitecustomize changes what a worker is."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(code, encoding="utf-8")
    return folder
