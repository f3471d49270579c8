"""A few processes that share tasks: a dead one is replaced, and none outlives its parent.

Imports nothing heavy, so that a new process can limit its threads before NumPy or numba start.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import multiprocessing.resource_tracker
import os
import signal
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection, wait
from types import ModuleType
from typing import Any

from linkage_sim.errors import InputError
from linkage_sim.words import say

ONE_THREAD = (
    "NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS",
)
TRIES = 2
PATIENCE_SECONDS = 2.0
TICK_SECONDS = 0.2


@dataclass(frozen=True)
class Failure:
    """A task that could not be done, and why.

    Attributes
    ----------
    by_itself
        The task raised; false where its process died or time ran out, which may pass.
    """

    reason: str
    by_itself: bool = True


@dataclass
class _Item:
    task: Any
    tries: int = 0


@dataclass
class _Worker:
    process: Any
    pipe: Connection
    items: deque[_Item] = field(default_factory=deque)
    ready: bool = False
    heard: float = 0.0


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
    chunks = iter([[(number, task)] for number, task in enumerate(tasks)])
    crew = Crew(partial(_numbered, function), chunks, min(jobs, len(tasks)))
    try:
        for batch in crew.batches():
            for (number, _), answer in batch:
                yield number, answer
    finally:
        crew.dismiss()


def _numbered(function: Callable[[Any], Any], numbered: tuple[int, Any]) -> Any:
    return function(numbered[1])


def _attempt(function: Callable[[Any], Any], task: Any) -> Any:
    try:
        return function(task)
    except InputError:
        raise
    except Exception:
        return Failure(traceback.format_exc(limit=-4))


class Crew:
    """Processes that do chunks of tasks; a dead one is replaced, its task tried once more.

    Parameters
    ----------
    function
        Does one task; at the top of a module.
    chunks
        Lists of tasks, each given to one worker; asked for when a worker is free.
    size
        Processes at once.
    prepare
        Called once in each new process before its first task.
    patience
        Seconds after which a task that gives no answer is given up and its process killed; None
        waits for ever.
    """

    def __init__(
        self, function: Callable[[Any], Any], chunks: Iterator[Sequence[Any]], size: int,
        prepare: Callable[[], None] | None = None, patience: float | None = None,
    ) -> None:
        self._function, self._chunks, self._size = function, chunks, size
        self._prepare, self._patience = prepare, patience
        self._again: deque[_Item] = deque()
        self._workers: list[_Worker] = []
        self.stopping = False
        """Set it to let workers finish the chunks they have, and no more."""

    def pids(self) -> list[int]:
        """List the processes at work."""
        return [worker.process.pid for worker in self._workers]

    def batches(self) -> Iterator[list[tuple[Any, Any]]]:
        """Give (task, answer) pairs as they come in, and an empty list now and then in between.

        An answer is a `Failure` when the function raised, two workers died of the task, or it took
        longer than the patience.
        """
        while len(self._workers) < self._size and self._add_worker():
            pass
        while any(worker.items for worker in self._workers):
            ready = wait([worker.pipe for worker in self._workers], TICK_SECONDS)
            batch: list[tuple[Any, Any]] = []
            for worker in list(self._workers):
                if worker.pipe in ready:
                    batch += self._hear(worker)
                elif self._is_overdue(worker):
                    batch += self._give_up(worker)
            yield batch

    def _next(self) -> list[_Item]:
        if self.stopping:
            return []
        if self._again:
            return [self._again.popleft()]
        return [_Item(task) for task in next(self._chunks, ())]

    def _add_worker(self) -> bool:
        """Hire a process if there is something to do for it."""
        items = self._next()
        if items:
            worker = _hire(self._prepare)
            self._workers.append(worker)
            self._hand_over(worker, items)
        return bool(items)

    def _hand_over(self, worker: _Worker, items: Sequence[_Item]) -> None:
        worker.items, worker.heard = deque(items), time.monotonic()
        if items:
            # A worker that died just now is noticed when it is heard.
            with contextlib.suppress(OSError):
                worker.pipe.send((self._function, [item.task for item in items]))

    def _hear(self, worker: _Worker) -> list[tuple[Any, Any]]:
        found = []
        try:
            while worker.pipe.poll():
                kind, answer = worker.pipe.recv()
                worker.heard = time.monotonic()
                if kind == "input":
                    raise InputError(answer)
                if kind == "ready":
                    worker.ready = True
                    continue
                found.append((worker.items.popleft().task, answer))
                if not worker.items:
                    self._hand_over(worker, self._next())
        except (EOFError, OSError):
            found += self._replace(worker)
        return found

    def _is_overdue(self, worker: _Worker) -> bool:
        if self._patience is None or not worker.ready or not worker.items:
            return False
        return time.monotonic() - worker.heard > self._patience

    def _give_up(self, worker: _Worker) -> list[tuple[Any, Any]]:
        worker.process.kill()
        item = worker.items.popleft()
        self._replace(worker, is_dead_of_it=False)
        return [(item.task, Failure(say("sweep.run_too_long"), by_itself=False))]

    def _replace(self, worker: _Worker, is_dead_of_it: bool = True) -> list[tuple[Any, Any]]:
        """Put another process in the place of one that ended; the task it died of comes again."""
        _end(worker)
        self._workers.remove(worker)
        left = list(worker.items)
        lost = []
        if left and is_dead_of_it:
            left[0].tries += 1
            if left[0].tries >= TRIES:
                code = worker.process.exitcode
                reason = f"the worker process died {TRIES} times (exit code {code})"
                lost = [(left.pop(0).task, Failure(reason, by_itself=False))]
        self._again.extendleft(reversed(left))
        self._add_worker()
        return lost

    def dismiss(self) -> None:
        """End all processes; what they were doing is lost."""
        for worker in self._workers:
            with contextlib.suppress(OSError):
                worker.pipe.close()
            if worker.items:
                worker.process.terminate()
        for worker in self._workers:
            _end(worker)
        self._workers = []


def _hire(prepare: Callable[[], None] | None) -> _Worker:
    return _Worker(*new_process(_serve, prepare))


def new_process(serve: Callable[..., None], *arguments: Any) -> tuple[Any, Connection]:
    """Start a process and give it with this end of a pipe to it.

    Parameters
    ----------
    serve
        At the top of a module; called there with its end of the pipe and the arguments. It should
        begin with `settle_in`.
    """
    # The first start also brings up a process of the library, which lifts the block on Ctrl-C.
    multiprocessing.resource_tracker.ensure_running()
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(there, *arguments), daemon=True)
    with _without_main(), _interrupts_held():
        process.start()
    there.close()
    return process, here


def _end(worker: _Worker) -> None:
    end_process(worker.process, worker.pipe)


def end_process(process: Any, pipe: Connection, patience: float = PATIENCE_SECONDS) -> None:
    """Wait a little for a process to leave by itself, then end it."""
    process.join(patience)
    if process.is_alive():
        process.kill()
        process.join()
    with contextlib.suppress(OSError):
        pipe.close()


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


def settle_in() -> None:
    """Make a new process a worker: one thread, deaf to Ctrl-C, gone when its parent is."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in ONE_THREAD:
        os.environ[name] = "1"
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _serve(pipe: Connection, prepare: Callable[[], None] | None) -> None:
    settle_in()
    with contextlib.suppress(EOFError, OSError):
        if prepare is not None:
            prepare()
        pipe.send(("ready", None))
        while True:
            function, tasks = pipe.recv()
            for task in tasks:
                pipe.send(_answer(function, task))


def _answer(function: Callable[[Any], Any], task: Any) -> tuple[str, Any]:
    try:
        return "done", _attempt(function, task)
    except InputError as error:
        return "input", error.messages


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
