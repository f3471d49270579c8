"""A few processes that work for everybody who has a page open, each request in its turn.

Whoever has received least is served first, so that a first answer never waits for somebody else's
refinement. Answers are kept and shared; what nobody waits for any more is stopped.
"""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

from linkage_sim.app.worker import serve
from linkage_sim.studies.workers import Failure, end_process, new_process

TRIES = 2
TICK_SECONDS = 0.5
STOP_SECONDS = 3.0
"""A task that was told to stop and does not listen is ended with its process after this time."""


@dataclass(frozen=True)
class Task:
    """One piece of work: a name under which its answer is kept, and what to call in a worker.

    Attributes
    ----------
    function
        At the top of a module; called with the argument and a function that tells whether to stop.
    keep
        Whether the answer is kept for whoever asks for the same again.
    room
        How many usual answers this one takes the room of.
    """

    key: Hashable
    function: Callable[[Any, Callable[[], bool]], Any]
    argument: Any
    keep: bool = True
    room: int = 1


class Order:
    """What one page waits for; its tasks are begun in order."""

    def __init__(self, pool: Pool, tasks: Sequence[Task]) -> None:
        self._pool = pool
        self.tasks = list(tasks)
        self.waiting: OrderedDict[Hashable, Task] = OrderedDict((task.key, task) for task in tasks)
        self.answers: dict[Hashable, Any] = {}
        self.cancelled = False
        self.begun = 0
        self.news = threading.Condition()

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more will come."""
        return self.cancelled or len(self.answers) >= len({task.key for task in self.tasks})

    def wait_for_more(self, known: int, seconds: float = 30.0) -> int:
        """Wait until more than `known` answers are there, or nothing more will come."""
        with self.news:
            self.news.wait_for(lambda: len(self.answers) > known or self.is_over, seconds)
            return len(self.answers)

    def cancel(self) -> None:
        """Stop what nobody else waits for."""
        self._pool.cancel(self)

    def receive(self, key: Hashable, answer: Any) -> None:
        """Take an answer and wake whoever waits."""
        with self.news:
            self.waiting.pop(key, None)
            self.answers[key] = answer
            self.news.notify_all()


class Answers:
    """Remembers the latest answers; the oldest make room.

    Parameters
    ----------
    most
        How many usual answers there is room for.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken = 0
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()

    def get(self, key: Hashable) -> Any:
        """Give an answer, or None where it is not known."""
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key][0]

    def put(self, key: Hashable, answer: Any, room: int = 1) -> None:
        """Keep an answer that takes the room of so many usual ones."""
        self._taken += room - self._kept.pop(key, (None, 0))[1]
        self._kept[key] = answer, room
        while self._taken > self._most:
            self._taken -= self._kept.popitem(last=False)[1][1]

    def __len__(self) -> int:
        """Count what is kept."""
        return len(self._kept)


@dataclass
class _Worker:
    process: Any
    pipe: Connection
    number: int = 0
    """Of the task it does; a word to stop names the task, so that it never hits the next one."""
    task: Task | None = None
    ready: bool = False
    stopped_at: float | None = None


@dataclass
class _Underway:
    task: Task
    tries: int = 1


class Pool:
    """Processes that do tasks for many orders at once.

    Parameters
    ----------
    size
        Processes.
    remembered
        Answers kept.
    """

    def __init__(self, size: int, remembered: int = 4000) -> None:
        self._size = size
        self._answers = Answers(remembered)
        self._orders: list[Order] = []
        self._underway: dict[Hashable, _Underway] = {}
        self._lost: list[_Underway] = []
        self._workers: list[_Worker] = []
        self._numbers = itertools.count(1)
        self._lock = threading.RLock()
        self._bell, self._ring = multiprocessing.Pipe(duplex=False)
        self._closing = False
        self._thread: threading.Thread | None = None

    def open(self) -> Pool:
        """Start the processes; they get ready while others go on."""
        with self._lock:
            self._workers = [_Worker(*new_process(serve)) for _ in range(self._size)]
        self._thread = threading.Thread(target=self._keep_going, name="pool", daemon=True)
        self._thread.start()
        return self

    def close(self) -> None:
        """End all processes and every order."""
        with self._lock:
            self._closing = True
            orders, self._orders = self._orders, []
        for order in orders:
            self._tell_end(order)
        self._wake()
        if self._thread is not None:
            self._thread.join(5.0)
        for worker in self._workers:
            worker.process.terminate()
        for worker in self._workers:
            end_process(worker.process, worker.pipe)
        self._workers = []

    def ask(self, tasks: Sequence[Task]) -> Order:
        """Order some work; answers that are known come at once."""
        order = Order(self, tasks)
        with self._lock:
            for key in list(order.waiting):
                known = self._answers.get(key)
                if known is not None:
                    order.receive(key, known)
            if order.waiting and not self._closing:
                self._orders.append(order)
            elif order.waiting:
                order.cancelled = True
        self._wake()
        return order

    def cancel(self, order: Order) -> None:
        """Forget an order, and stop those of its tasks that nobody else waits for."""
        with self._lock:
            if order in self._orders:
                self._orders.remove(order)
            self._tell_end(order)
            self._stop_unwanted()
        self._wake()

    def pids(self) -> list[int]:
        """List the processes."""
        return [worker.process.pid for worker in self._workers]

    @property
    def is_ready(self) -> bool:
        """Tell whether every process has finished getting ready."""
        return bool(self._workers) and all(worker.ready for worker in self._workers)

    def busy(self) -> int:
        """Count the tasks being done."""
        return len(self._underway)

    @staticmethod
    def _tell_end(order: Order) -> None:
        with order.news:
            order.cancelled = order.cancelled or bool(order.waiting)
            order.news.notify_all()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):
            self._ring.send_bytes(b"!")

    # -- the thread that hands out work ----------------------------------------------------------

    def _keep_going(self) -> None:
        while True:
            pipes = [worker.pipe for worker in self._workers]
            ready = wait([*pipes, self._bell], TICK_SECONDS)
            if self._bell in ready:
                while self._bell.poll():
                    self._bell.recv_bytes()
            with self._lock:
                if self._closing:
                    return
                for worker in list(self._workers):
                    if worker.pipe in ready:
                        self._hear(worker)
                    elif _is_deaf(worker):
                        worker.process.kill()
                        self._replace(worker)
                self._hand_out()

    def _hear(self, worker: _Worker) -> None:
        try:
            while worker.pipe.poll():
                number, answer = worker.pipe.recv()
                if number == 0:
                    worker.ready = True
                elif number == worker.number:
                    self._finish(worker, answer)
        except (EOFError, OSError):
            self._replace(worker)

    def _finish(self, worker: _Worker, answer: Any) -> None:
        task, worker.task, worker.stopped_at = worker.task, None, None
        if task is None:
            return
        underway = self._underway.pop(task.key)
        if answer is None:
            # It was stopped; if somebody asked for the same meanwhile, it comes again.
            if self._waiting_for(task.key):
                self._lost.append(underway)
            return
        if task.keep and not isinstance(answer, Failure):
            self._answers.put(task.key, answer, task.room)
        self._give(underway, answer)

    def _give(self, underway: _Underway, answer: Any) -> None:
        key = underway.task.key
        for order in self._waiting_for(key):
            order.receive(key, answer)
        self._orders = [order for order in self._orders if order.waiting]

    def _replace(self, worker: _Worker) -> None:
        """Put another process in the place of one that ended; its task is tried once more."""
        end_process(worker.process, worker.pipe, 0.1)
        self._workers[self._workers.index(worker)] = _Worker(*new_process(serve))
        if worker.task is None:
            return
        underway = self._underway.pop(worker.task.key)
        if not self._waiting_for(underway.task.key):
            return
        if worker.stopped_at is None and underway.tries >= TRIES:
            code = worker.process.exitcode
            self._give(underway, Failure(f"exit code {code}", by_itself=False))
            return
        underway.tries += worker.stopped_at is None
        self._lost.append(underway)

    def _stop_unwanted(self) -> None:
        for worker in self._workers:
            if worker.task is None or worker.stopped_at is not None:
                continue
            if not self._waiting_for(worker.task.key):
                worker.stopped_at = time.monotonic()
                with contextlib.suppress(OSError):
                    worker.pipe.send(("stop", worker.number))

    def _hand_out(self) -> None:
        for worker in self._workers:
            if worker.task is not None:
                continue
            underway = self._next()
            if underway is None:
                return
            self._underway[underway.task.key] = underway
            worker.task, worker.number = underway.task, next(self._numbers)
            work = (worker.number, underway.task.function, underway.task.argument)
            # A worker that died just now is noticed when it is heard.
            with contextlib.suppress(OSError):
                worker.pipe.send(work)

    def _next(self) -> _Underway | None:
        """Choose what to do next: the order that has received least comes first."""
        while self._lost:
            underway = self._lost.pop()
            key = underway.task.key
            if self._waiting_for(key) and key not in self._underway:
                return underway
        for order in sorted(self._orders, key=lambda item: item.begun):
            for key, task in order.waiting.items():
                if key not in self._underway:
                    order.begun += 1
                    return _Underway(task)
        return None

    def _waiting_for(self, key: Hashable) -> list[Order]:
        return [order for order in self._orders if key in order.waiting]


def _is_deaf(worker: _Worker) -> bool:
    stopped = worker.stopped_at
    return stopped is not None and time.monotonic() - stopped > STOP_SECONDS
