"""All runs of a study, each with a name that stays the same however the study grows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from itertools import islice

from linkage_sim.errors import InputError
from linkage_sim.studies.designs import Points
from linkage_sim.studies.study import Study
from linkage_sim.studies.sweep_run import Task

KEY_BYTES = 16


class Tasks:
    """Every scenario at every point on every seed; one seed after the other.

    Runs that share a seed come one after the other, so that a worker builds their world once.

    Parameters
    ----------
    study, blocks
        As for `Points`.

    Raises
    ------
    InputError
        When they are more than anybody can wait for.
    """

    def __init__(self, study: Study, blocks: Sequence[int] = ()) -> None:
        if study.trouble:
            raise InputError(study.trouble)
        self.study = study
        self.points = Points(study, blocks)
        self._names = [
            self._point_names(name, scenario.hash())
            for name, scenario in zip(study.names, study.scenarios, strict=True)
        ]

    def _point_names(self, scenario: str, content: str) -> list[bytes]:
        return [
            _point_name(scenario, content, self.points[number])
            for number in range(len(self.points))
        ]

    def __len__(self) -> int:
        """Count the runs, those at equal points twice."""
        return len(self.study.names) * len(self.points) * self.study.replications

    def __iter__(self) -> Iterator[Task]:
        """Give the runs in order; of equal ones the first alone."""
        if self.study.own_seeds:
            for scenario, number, name, seed in self._on_own_seeds():
                yield Task(_key(name, seed), scenario, self.points[number], seed)
            return
        seen: set[bytes] = set()
        repeated = len({name for row in self._names for name in row}) < sum(map(len, self._names))
        for seed in self.study.seeds:
            seen.clear()
            for scenario, names in enumerate(self._names):
                for number, name in enumerate(names):
                    if repeated and name in seen:
                        continue
                    seen.add(name)
                    yield Task(_key(name, seed), scenario, self.points[number], seed)

    def _on_own_seeds(self) -> Iterator[tuple[int, int, bytes, int]]:
        """Give scenario, point, its name and seed; no two of these runs are equal."""
        seeds = iter(self.study.seeds)
        for scenario, names in enumerate(self._names):
            for number, name in enumerate(names):
                for seed in islice(seeds, self.study.replications):
                    yield scenario, number, name, seed

    def keys(self) -> set[bytes]:
        """Give the names of all runs; equal runs have one."""
        if self.study.own_seeds:
            return {_key(name, seed) for _, _, name, seed in self._on_own_seeds()}
        names = {name for row in self._names for name in row}
        return {_key(name, seed) for seed in self.study.seeds for name in names}


def _point_name(scenario: str, content: str, point: dict[str, object]) -> bytes:
    text = json.dumps([scenario, content, point], sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=KEY_BYTES).digest()


def _key(point_name: bytes, seed: int) -> bytes:
    return hashlib.blake2b(
        point_name + seed.to_bytes(8, "little"), digest_size=KEY_BYTES
    ).digest()
