"""The shared workers: least served first, stopped when nobody waits, replaced, gone at the end."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from linkage_sim.app.pool import Answers, Order, Pool, Task
from linkage_sim.app.worker import StoppedError
from linkage_sim.studies.workers import Failure


def nap(argument: tuple[str, float], is_to_stop: Callable[[], bool]) -> tuple[str, float]:
    """Sleep in small pieces, and stop when told to."""
    name, seconds = argument
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if is_to_stop():
            raise StoppedError
        time.sleep(0.01)
    return name, time.monotonic()


def die(_argument: Any, _is_to_stop: Callable[[], bool]) -> None:
    os._exit(3)


def fail(_argument: Any, _is_to_stop: Callable[[], bool]) -> None:
    raise ValueError("no such luck")


def task(name: str, seconds: float = 0.02) -> Task:
    return Task(name, nap, (name, seconds))


def finish(order: Order) -> dict[Any, Any]:
    known = 0
    deadline = time.monotonic() + 60
    while not order.is_over and time.monotonic() < deadline:
        known = order.wait_for_more(known, 5)
    return order.answers


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    opened = Pool(1).open()
    yield opened
    opened.close()


def test_a_later_order_is_not_kept_waiting_by_a_long_one(pool: Pool) -> None:
    long = pool.ask([task(f"long {n}", 0.05) for n in range(30)])
    short = pool.ask([task(f"short {n}", 0.05) for n in range(3)])
    finish(short)
    assert len(long.answers) < 15
    long.cancel()


def test_what_is_known_comes_at_once_and_is_shared(pool: Pool) -> None:
    first = finish(pool.ask([task("shared")]))
    again = pool.ask([task("shared")])
    assert again.is_over and again.answers == first


def test_two_who_ask_for_the_same_wait_for_one_run(pool: Pool) -> None:
    orders = [pool.ask([task("twice", 0.3)]) for _ in range(2)]
    assert finish(orders[0]) == finish(orders[1])


def test_cancelled_work_stops_long_before_it_is_done(pool: Pool) -> None:
    order = pool.ask([task("endless", 600)])
    while not pool.busy():
        time.sleep(0.01)
    order.cancel()
    assert finish(pool.ask([task("next")]))["next"][0] == "next"
    assert order.is_over and not order.answers


def test_work_that_somebody_else_waits_for_goes_on(pool: Pool) -> None:
    one, other = pool.ask([task("wanted", 0.4)]), pool.ask([task("wanted", 0.4)])
    while not pool.busy():
        time.sleep(0.01)
    one.cancel()
    assert finish(other)["wanted"][0] == "wanted"


def test_a_task_that_raises_is_a_failure_and_not_kept(pool: Pool) -> None:
    answer = finish(pool.ask([Task("bad", fail, None)]))["bad"]
    assert isinstance(answer, Failure) and "no such luck" in answer.reason
    assert not pool.ask([Task("bad", fail, None)]).is_over


@pytest.mark.slow
def test_a_task_that_kills_its_worker_fails_and_others_go_on(pool: Pool) -> None:
    order = pool.ask([Task("deadly", die, None), task("survivor")])
    answers = finish(order)
    assert isinstance(answers["deadly"], Failure)
    assert answers["survivor"][0] == "survivor"


def test_a_killed_worker_is_replaced_and_its_task_done(pool: Pool) -> None:
    order = pool.ask([task("robust", 0.5)])
    while not pool.busy():
        time.sleep(0.01)
    os.kill(pool.pids()[0], signal.SIGKILL)
    assert finish(order)["robust"][0] == "robust"


def test_closing_ends_workers_and_orders() -> None:
    opened = Pool(1).open()
    order, pids = opened.ask([task("never", 600)]), opened.pids()
    opened.close()
    assert order.is_over
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_the_oldest_answers_make_room() -> None:
    answers = Answers(2)
    for name in ("a", "b"):
        answers.put(name, name)
    answers.get("a")
    answers.put("c", "c")
    assert (answers.get("a"), answers.get("b"), answers.get("c")) == ("a", None, "c")
