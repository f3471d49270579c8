"""A few processes that share tasks: a dead one is replaced, and none outlives its parent.

Imports nothing heavy, so that a new process can limit its threads before NumPy or numba start.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from types import ModuleType
from typing import Any

from linkage_sim.errors import InputError

ONE_THREAD = (
    "NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS",
)
TRIES = 2
PATIENCE_SECONDS = 2.0


@dataclass(frozen=True)
class Failure:
    """A task that could not be done, and why."""

    reason: str


@dataclass
class _Worker:
    process: Any
    pipe: Connection
    task: int | None = None


def cores() -> int:
    """Count the processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


def work(
    function: Callable[[Any], Any], tasks: Sequence[Any], jobs: int = 1
) -> Iterator[tuple[int, Any]]:
    """Do tasks, in this process or in several; gives (number of the task, result) as they end.

    Parameters
    ----------
    function
        A function at the top of a module (workers import it by name).
    tasks
        One argument each; it and the result must be picklable.
    jobs
        Processes at once; with 1 everything happens in this process.

    Returns
    -------
    iterator
        A result is a `Failure` when the function raised, or when two workers died of the task.

    Raises
    ------
    InputError
        As soon as a task raises it: the input is wrong for all.
    """
    if jobs <= 1 or len(tasks) <= 1:
        for number, task in enumerate(tasks):
            yield number, _attempt(function, task)
        return
    crew = _Crew(function, tasks, min(jobs, len(tasks)))
    try:
        yield from crew.results()
    finally:
        crew.dismiss()


def _attempt(function: Callable[[Any], Any], task: Any) -> Any:
    try:
        return function(task)
    except InputError:
        raise
    except Exception:
        return Failure(traceback.format_exc(limit=-4))


class _Crew:
    def __init__(self, function: Callable[[Any], Any], tasks: Sequence[Any], size: int) -> None:
        self.function, self.tasks, self.size = function, tasks, size
        self.waiting = deque(range(len(tasks)))
        self.tries = [0] * len(tasks)
        self.workers: list[_Worker] = []

    def results(self) -> Iterator[tuple[int, Any]]:
        left = len(self.tasks)
        while len(self.workers) < self.size:
            self.workers.append(_hire())
        for worker in self.workers:
            self._assign(worker)
        while left:
            ready = wait([worker.pipe for worker in self.workers])
            for worker in [item for item in self.workers if item.pipe in ready]:
                number, answer = self._hear(worker)
                if number is not None:
                    left -= 1
                    yield number, answer

    def _assign(self, worker: _Worker) -> None:
        worker.task = None
        if not self.waiting:
            return
        number = self.waiting.popleft()
        worker.task = number
        self.tries[number] += 1
        # A worker that died just now is noticed when it is heard.
        with contextlib.suppress(OSError):
            worker.pipe.send((self.function, self.tasks[number]))

    def _hear(self, worker: _Worker) -> tuple[int | None, Any]:
        number = worker.task
        try:
            kind, answer = worker.pipe.recv()
        except (EOFError, OSError):
            return self._replace(worker, number)
        self._assign(worker)
        if kind == "input":
            raise InputError(answer)
        return number, answer

    def _replace(self, worker: _Worker, number: int | None) -> tuple[int | None, Any]:
        _end(worker)
        self.workers.remove(worker)
        gave_up = number is not None and self.tries[number] >= TRIES
        if number is not None and not gave_up:
            self.waiting.appendleft(number)
        if self.waiting:
            fresh = _hire()
            self.workers.append(fresh)
            self._assign(fresh)
        if gave_up:
            code = worker.process.exitcode
            return number, Failure(f"the worker process died {TRIES} times (exit code {code})")
        return None, None

    def dismiss(self) -> None:
        for worker in self.workers:
            with contextlib.suppress(OSError):
                worker.pipe.close()
            if worker.task is not None:
                worker.process.terminate()
        for worker in self.workers:
            _end(worker)
        self.workers = []


def _hire() -> _Worker:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there,), daemon=True)
    with _without_main(), _interrupts_held():
        process.start()
    there.close()
    return _Worker(process, here)


def _end(worker: _Worker) -> None:
    worker.process.join(PATIENCE_SECONDS)
    if worker.process.is_alive():
        worker.process.kill()
        worker.process.join()
    with contextlib.suppress(OSError):
        worker.pipe.close()


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    # A new process would run the user's script again: wrong without a guard in the script, and
    # impossible when it was typed in.
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    # Ctrl-C reaches every process of a terminal. Workers inherit the block, the parent lifts its
    # own, so the parent alone decides what stops.
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(pipe: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in ONE_THREAD:
        os.environ[name] = "1"
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    while True:
        try:
            function, task = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            answer = ("done", _attempt(function, task))
        except InputError as error:
            answer = ("input", error.messages)
        try:
            pipe.send(answer)
        except OSError:
            return


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
