"""What a worker process of the interactive view does: get ready, then one task after another.

Imports nothing heavy, so that a new process limits its threads before NumPy or numba start.
"""

from __future__ import annotations

import contextlib
import json
import os
import traceback
import zlib
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from linkage_sim.errors import InputError
from linkage_sim.studies.workers import Failure, settle_in

READY = 0
POLITE = 5


class StoppedError(Exception):
    """Nobody waits for this task any more."""


def serve(pipe: Connection) -> None:
    """Do tasks until the pipe closes; None is the answer of one that was stopped."""
    settle_in()
    with contextlib.suppress(OSError, AttributeError):
        # The server answers clicks; a run may wait for it, not the other way round.
        os.nice(POLITE)
    with contextlib.suppress(EOFError, OSError):
        _warm_up()
        pipe.send((READY, None))
        while True:
            message = pipe.recv()
            if message[0] != "stop":
                number, function, argument = message
                pipe.send((number, _answer(function, argument, _Ear(pipe, number))))


class _Ear:
    """Tells whether the task at hand should stop."""

    def __init__(self, pipe: Connection, number: int) -> None:
        self._pipe, self._number = pipe, number

    def __call__(self) -> bool:
        while self._pipe.poll():
            if self._pipe.recv() == ("stop", self._number):
                return True
        return False


def _answer(function: Callable[..., Any], argument: Any, is_to_stop: Callable[[], bool]) -> Any:
    try:
        return function(argument, is_to_stop)
    except StoppedError:
        return None
    except InputError as error:
        return Failure("\n".join(error.messages))
    except Exception:
        return Failure(traceback.format_exc(limit=-3))


def _warm_up() -> None:
    """Load the libraries and the compiled code before somebody waits for them."""
    from linkage_sim.scenario.loading import load_scenario
    from linkage_sim.studies.run import simulate

    simulate(load_scenario("toy"), seed=1)


def run_once(argument: tuple[dict[str, Any], int], is_to_stop: Callable[[], bool]) -> Any:
    """Run a scenario on one seed.

    Returns
    -------
    dict
        outcomes over all years; years, one row each; projects, which only a report reads, small.
    """
    from linkage_sim.scenario.schema import scenario_from
    from linkage_sim.studies.run import simulate

    content, seed = argument

    def look_up(done: int, _of: int) -> None:
        if done % 4 == 0 and is_to_stop():
            raise StoppedError

    result = simulate(scenario_from(content), seed, progress=look_up)
    return {"outcomes": result.outcomes, "years": result.year_rows,
            "projects": packed(result.project_rows)}


def packed(rows: list[dict[str, Any]]) -> bytes:
    """Write rows small; thousands of answers are remembered."""
    return zlib.compress(json.dumps(rows).encode("utf-8"))


def unpacked(data: bytes) -> list[dict[str, Any]]:
    """Read what `packed` wrote."""
    rows: list[dict[str, Any]] = json.loads(zlib.decompress(data))
    return rows


def check_limit(number: int, is_to_stop: Callable[[], bool]) -> dict[str, Any]:
    """Check one limit from theory against the model's own code.

    Returns
    -------
    dict
        limit, cells (observed, expected and standard error as the table shows them) and verdict:
        a page need not load the model to show them.
    """
    from linkage_sim.verification.limits import cells_of, check_numbered

    if is_to_stop():
        raise StoppedError
    found = check_numbered(number)
    cells = cells_of(found["observed"], found["expected"], found["standard_error"])
    return {"limit": found["limit"], "cells": cells, "verdict": found["verdict"]}
