"""What a cluster costs beside the runs: time that passes at a worker without one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from linkage_sim.studies import cluster as cluster_module
from linkage_sim.studies.cluster import DaskWorkers
from linkage_sim.studies.study import load_study
from linkage_sim.studies.sweep import Options, run_sweep
from tests.studies.clustering import cluster


class Timed(DaskWorkers):
    """Notes when answers come in, and how long their runs took."""

    def __init__(self, scheduler: str, most: int) -> None:
        super().__init__(scheduler)
        self.seen: list[tuple[float, float, int]] = []
        self._most = most

    def batches(self, setup: Any, tasks: Any) -> Iterator[list[tuple[Any, Any]]]:
        for batch in super().batches(setup, tasks):
            if batch:
                seconds = sum(answer[1] for _, answer in batch)
                self.seen.append((time.monotonic(), seconds, len(batch)))
            if len(self.long()) >= self._most:
                self.stop()
            yield batch

    def long(self) -> list[tuple[float, float, int]]:
        """Leave out the first chunks, which are small until the pace is known."""
        return [item for item in self.seen if item[1] > cluster_module.CHUNK_SECONDS / 2]


def test_a_chunk_spends_little_time_outside_its_runs(tmp_path: Path) -> None:
    """One worker: from the first long chunk to the last, time that passed without a run."""
    study = tmp_path / "x.toml"
    study.write_text(
        'scenario = "x_community"\ndesign = "grid"\nreplications = 2500\n[parameters]\n'
        '"policy.approval.fixed_latency_days" = [5, 20]\n', encoding="utf-8",
    )
    with cluster(tmp_path, 1) as single:
        doer = Timed(single.address, most=7)
        run_sweep(load_study(study), tmp_path / "out", Options(), executor=doer)
    begin, *rest = doer.long()[:7]
    between = doer.seen[doer.seen.index(begin) + 1 : doer.seen.index(rest[-1]) + 1]
    passed = rest[-1][0] - begin[0]
    share = 1 - sum(seconds for _, seconds, _ in between) / passed
    runs = sum(number for *_, number in between)
    print(f"outside runs: {share:.2%} of {passed:.1f} s, {runs} runs in {len(between)} chunks")  # noqa: T201
    assert 0 <= share < 0.10
