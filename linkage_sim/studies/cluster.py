"""Does the runs of a sweep on the workers of a Dask cluster that is there already.

Dask moves the chunks of a lost worker to another. A chunk that several workers died of comes again
run by run, each alone at its worker, so that one deadly run does not take the others along.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import pickle
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future as Fetch
from dataclasses import dataclass, replace
from typing import Any

from linkage_sim.errors import InputError
from linkage_sim.studies.cluster_link import ClusterLostError, Link, reason_of, refusal
from linkage_sim.studies.cluster_worker import (
    Marks,
    Stranger,
    do_chunk,
    program_marks,
    scenario_marks,
)
from linkage_sim.studies.sweep import Chunks
from linkage_sim.studies.sweep_run import Setup, Task
from linkage_sim.studies.workers import TRIES, Failure
from linkage_sim.words import say

CHUNK_SECONDS, LARGEST_CHUNK = 5.0, 1000
"""A chunk costs a worker some 30 ms beside its runs: a small part of so long a time."""
AHEAD = 2
"""Chunks for each thread at once: one at work, one waiting at the worker."""
START_SECONDS, ABSENT_SECONDS = 30.0, 600.0
"""Time for workers to appear at the start, and to come back later on."""
TICK_SECONDS, LOOK_SECONDS = 0.05, 2.0
FETCH_TRIES = 5


@dataclass(eq=False)
class _Chunk:
    """Runs that were sent, the one worker that a doubtful run is for, and what comes back."""

    tasks: list[Task]
    worker: str | None = None
    fetch: Fetch[Any] | None = None
    tries: int = 0


class DaskWorkers:
    """Sends chunks of runs to the workers of a cluster.

    Nothing ends a run that is stuck within a week: `--run-timeout` is kept by the run itself, which
    looks at the clock after each week.

    Parameters
    ----------
    scheduler
        Address of the Dask scheduler, tcp://HOST:PORT or tls://HOST:PORT.
    tell
        Called with a sentence when a person should know what is waited for.

    Raises
    ------
    InputError
        When the address cannot be one.
    """

    def __init__(self, scheduler: str, tell: Callable[[str], None] = lambda text: None) -> None:
        self._link, self._tell = Link(scheduler), tell
        self._wanted: Marks = {}
        self._sent: dict[Any, _Chunk] = {}
        self._doubtful: deque[Task] = deque()
        self._deaths: Counter[bytes] = Counter()
        self._threads: dict[str, int] = {}
        self._looked_at = 0.0
        self._absent_since: float | None = None
        self._is_stopping = self._is_called_back = self._is_all_sent = False

    # -- what a sweep calls --------------------------------------------------------------------

    def batches(self, setup: Setup, tasks: Iterator[Task]) -> Iterator[list[tuple[Task, Any]]]:
        """Give answers as they come in, and empty lists in between.

        Raises
        ------
        InputError
            When there is no such cluster, no worker, or one that is another program.
        ClusterLostError
            When the scheduler goes away, or all workers for long.
        """
        self._wanted = program_marks()
        self._link.open()
        yield from self._workers_awaited()
        if not self._is_stopping:
            with self._link.watched():
                self._link.refuse_strangers(self._wanted)
        chunks = Chunks(setup, tasks, CHUNK_SECONDS, LARGEST_CHUNK)
        while True:
            with self._link.watched():
                self._look()
                self._send(setup, chunks)
                if self._is_stopping:
                    self._call_back()
                if not self._sent and (self._is_stopping or self._is_all_sent):
                    return
                batch = self._heard(setup)
            for _, answer in batch:
                if not isinstance(answer, Failure):
                    chunks.saw(answer[1])
            yield batch
            if not batch:
                time.sleep(TICK_SECONDS)

    def stop(self) -> None:
        """Hand out no further chunk, and take back those that no worker has begun."""
        self._is_stopping = True

    def dismiss(self) -> None:
        """Take back everything and let go of the cluster; its workers stay."""
        self._link.close(list(self._sent))
        self._sent.clear()

    # -- workers come and go -------------------------------------------------------------------

    def _workers_awaited(self) -> Iterator[list[tuple[Task, Any]]]:
        end = time.monotonic() + START_SECONDS
        told = False
        while not self._is_stopping:
            with self._link.watched():
                self._look()
            if self._threads:
                return
            if time.monotonic() > end:
                raise InputError(say("sweep.cluster.no_workers", address=self._link.address))
            if not told:
                self._tell(say("sweep.cluster.waiting", address=self._link.address,
                               seconds=round(START_SECONDS)))
                told = True
            yield []
            time.sleep(TICK_SECONDS)

    def _look(self) -> None:
        """Count the threads of each worker now and then."""
        now = time.monotonic()
        if self._threads and now - self._looked_at < LOOK_SECONDS:
            return
        self._threads, self._looked_at = self._link.threads(), now
        if self._threads:
            self._absent_since = None
        elif self._absent_since is None:
            self._absent_since = now
            if self._sent or self._doubtful:
                self._tell(say("sweep.cluster.all_gone", minutes=round(ABSENT_SECONDS / 60)))
        elif now - self._absent_since > ABSENT_SECONDS:
            raise ClusterLostError(say("sweep.cluster.none_left", address=self._link.address))

    # -- chunks --------------------------------------------------------------------------------

    def _send(self, setup: Setup, chunks: Chunks) -> None:
        """Hand out chunks while threads have less than enough to do."""
        if self._doubtful or any(chunk.worker for chunk in self._sent.values()):
            self._send_alone(setup)
            return
        room = sum(self._threads.values()) * AHEAD
        while len(self._sent) < room and not self._is_stopping:
            tasks = [task for _, task in next(chunks, [])]
            self._is_all_sent = not tasks
            if not tasks:
                return
            self._submit(setup, _Chunk(tasks))

    def _send_alone(self, setup: Setup) -> None:
        """Hand out doubtful runs, each to a worker that has nothing else of this sweep.

        Everything beside a deadly run dies with it, so what is under way is finished first.
        """
        if not self._doubtful or self._is_stopping or not all(
            chunk.worker for chunk in self._sent.values()
        ):
            return
        # The worker that died just now must not be among them.
        self._threads = self._link.threads()
        busy = {chunk.worker for chunk in self._sent.values()}
        for worker in self._threads:
            if worker not in busy and self._doubtful:
                self._submit(setup, _Chunk([self._doubtful.popleft()], worker))

    def _submit(self, setup: Setup, chunk: _Chunk) -> None:
        part, tasks = needed(setup, chunk.tasks)
        expected = json.dumps({**self._wanted, **scenario_marks(part)}).encode()
        future = self._link.client.submit(
            do_chunk, expected, pickle.dumps((part, tasks)), pure=False, retries=1,
            workers=None if chunk.worker is None else [chunk.worker],
        )
        self._sent[future] = chunk

    def _call_back(self) -> None:
        """Take back, once, the chunks that no worker has begun."""
        if self._is_called_back:
            return
        self._is_called_back = True
        # Where it cannot be told, all are finished: that takes longer and loses nothing.
        with contextlib.suppress(Exception):
            client = self._link.client
            begun = {key for found in client.call_stack().values() for key in found}
            waiting = [future for future in self._sent
                       if future.status == "pending" and future.key not in begun]
            client.cancel(waiting)
            for future in waiting:
                del self._sent[future]

    def _heard(self, setup: Setup) -> list[tuple[Task, Any]]:
        """Collect what has come in, and start to fetch what is finished."""
        found: list[tuple[Task, Any]] = []
        for future, chunk in list(self._sent.items()):
            if future.status == "pending":
                if chunk.worker is not None and chunk.worker not in self._threads:
                    self._link.client.cancel([future])
                    del self._sent[future]
                    found += self._died(chunk, say("sweep.cluster.killed"))
            elif future.status == "error":
                del self._sent[future]
                found += self._failed(chunk, future.exception())
            elif future.status != "finished":
                raise self._link.lost()
            elif chunk.fetch is None:
                # In the background: where its worker is lost just now, it waits for another.
                chunk.fetch = asyncio.run_coroutine_threadsafe(
                    self._link.client.gather([future], errors="skip", asynchronous=True),
                    self._link.client.loop.asyncio_loop,
                )
            elif chunk.fetch.done():
                answers = self._fetched(chunk)
                if answers is not None:
                    del self._sent[future]
                    found += self._answered(setup, chunk, answers)
        return found

    def _fetched(self, chunk: _Chunk) -> Any:
        """Give what was fetched; None where that failed and has to be done again."""
        fetch, chunk.fetch = chunk.fetch, None
        try:
            answers = fetch.result() if fetch is not None else []
        except Exception:
            answers = []
        if answers:
            return answers[0]
        chunk.tries += 1
        if chunk.tries >= FETCH_TRIES:
            raise self._link.lost()
        return None

    def _answered(self, setup: Setup, chunk: _Chunk, answers: Any) -> list[tuple[Task, Any]]:
        if isinstance(answers, Stranger):
            part, _ = needed(setup, chunk.tasks)
            raise refusal([answers], {**self._wanted, **scenario_marks(part)})
        return list(zip(chunk.tasks, answers, strict=True))

    def _failed(self, chunk: _Chunk, error: BaseException) -> list[tuple[Task, Any]]:
        """Put the runs of a failed chunk back; give up one that fails alone once more."""
        from distributed.scheduler import KilledWorker

        if isinstance(error, KilledWorker):
            reason = say("sweep.cluster.killed")
        else:
            # A run keeps its own errors, so this worker cannot do any: it is named here.
            self._link.refuse_strangers(self._wanted)
            reason = reason_of(error)
        return self._died(chunk, reason)

    def _died(self, chunk: _Chunk, reason: str) -> list[tuple[Task, Any]]:
        given_up: list[tuple[Task, Any]] = []
        for task in chunk.tasks:
            self._deaths[task.key] += chunk.worker is not None
            if self._deaths[task.key] >= TRIES:
                given_up.append((task, Failure(reason, by_itself=False)))
            else:
                self._doubtful.append(task)
                self._is_all_sent = False
        return given_up


def needed(setup: Setup, tasks: Sequence[Task]) -> tuple[Setup, list[Task]]:
    """Leave out the scenarios that tasks do not use: a country has one for each city."""
    used = sorted({task.scenario for task in tasks})
    if len(used) == len(setup.names):
        return setup, list(tasks)
    part = Setup(
        f"{setup.key} {used}", tuple(setup.names[number] for number in used),
        tuple(setup.contents[number] for number in used), setup.recording, setup.timeout,
    )
    return part, [replace(task, scenario=used.index(task.scenario)) for task in tasks]
