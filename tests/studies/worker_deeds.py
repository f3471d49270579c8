"""Tasks for workers, in a module of their own that a new process can import."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from linkage_sim.errors import InputError
from linkage_sim.studies.workers import ONE_THREAD


def square(number: int) -> int:
    return number * number


def die_once(task: tuple[int, str]) -> int:
    """Kill the own process the first time a task marked with a file is tried."""
    number, mark = task
    if mark and not os.path.exists(mark):
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def die(number: int) -> int:
    if number == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def stumble(number: int) -> int:
    if number == 1:
        raise ZeroDivisionError("told to")
    return number


def refuse(number: int) -> int:
    raise InputError([f"first problem of {number}", "second problem"])


def threads_allowed(number: int) -> list[str | None]:
    return [os.environ.get(name) for name in ONE_THREAD]


def wait_long(mark: str) -> None:
    Path(mark).write_text(str(os.getpid()))
    time.sleep(600)
