"""What a worker of a cluster does: it shows which program it is, then does a chunk of runs.

Imports nothing heavy at the top: a scheduler looks these functions up too, and never runs a model.
"""

from __future__ import annotations

import json
import pickle
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from linkage_sim.errors import InputError

if TYPE_CHECKING:
    from linkage_sim.scenario.schema import Scenario
    from linkage_sim.studies.shards import Entry
    from linkage_sim.studies.sweep_run import Setup

Marks = dict[str, str]
"""What numbers depend on: name -> version or hash."""
SCENARIO, PLUGINS = "scenario ", "plugins"

_turn = threading.Lock()
_codes: dict[tuple[str, ...], str] = {}
_marks: dict[str, Marks] = {}
_prepared: list[bool] = []


@dataclass(frozen=True)
class Stranger:
    """A worker that may do no run, since it is another program or lacks what the study needs.

    Attributes
    ----------
    worker
        Its address; empty where it is not known.
    found
        What it is; empty where it could not tell.
    trouble
        What it cannot do, in words.
    """

    worker: str
    found: Marks
    trouble: tuple[str, ...] = ()


def is_here() -> bool:
    """Answer from a process that could look this function up, so has the package."""
    return True


def program_marks() -> Marks:
    """Name the program of this process: package, model, source code and libraries."""
    from linkage_sim.provenance import MODEL_VERSION, library_versions, package_version

    return {
        "package": package_version(), "model_version": str(MODEL_VERSION), "code": _code(()),
        **library_versions(),
    }


def scenario_marks(setup: Setup) -> Marks:
    """Read the scenarios again from their content, and name each as this process understands it.

    Raises
    ------
    InputError
        When one cannot be used here: a plugin is missing, or a register of residents.
    """
    from linkage_sim.scenario.schema import scenario_from

    if setup.key not in _marks:
        plans = [scenario_from(content) for content in setup.contents]
        found = {f"{SCENARIO}{name}": plan.hash() for name, plan in zip(setup.names, plans)}
        if any(plan.run.plugins for plan in plans):
            found[PLUGINS] = _code(plans)
        _marks[setup.key] = found
    return _marks[setup.key]


def _code(plans: Sequence[Scenario]) -> str:
    """Name the source code, as it was when first asked.

    A worker that goes on while its files are changed still runs what it loaded before.
    """
    from linkage_sim.provenance import code_hash

    plugins = tuple(sorted({name for plan in plans for name in plan.run.plugins}))
    if plugins not in _codes:
        _codes[plugins] = code_hash(plans)
    return _codes[plugins]


def do_chunk(wanted: bytes, sent: bytes) -> list[tuple[Entry, float]] | Stranger:
    """Do a chunk of runs, one after the other, if this is the program that is wanted.

    Parameters
    ----------
    wanted
        Marks of the caller's program and of the scenarios, as JSON.
    sent
        Pickled setup and tasks. Bytes, which the scheduler passes on without opening them.

    Returns
    -------
    list of (entry, seconds), or Stranger
        One a task, in order.
    """
    expected = json.loads(wanted)
    # Kernels on numba's plain threading layer end the process when two threads call them at once.
    with _turn:
        found = program_marks()
        if _differs(found, expected):
            # What was sent may not even open here.
            return Stranger(_address(), found)
        setup, tasks = pickle.loads(sent)
        try:
            found |= scenario_marks(setup)
        except InputError as error:
            return Stranger(_address(), found, tuple(error.messages))
        if found != expected:
            return Stranger(_address(), found)
        return _done(setup, tasks)


def _done(setup: Setup, tasks: Sequence[Any]) -> list[tuple[Entry, float]]:
    from linkage_sim.studies.sweep_run import do_run, warm_up

    if not _prepared:
        warm_up()
        _prepared.append(True)
    return [do_run((setup, task)) for task in tasks]


def _differs(found: Mapping[str, str], expected: Mapping[str, str]) -> bool:
    return any(expected.get(name) != mark for name, mark in found.items())


def _address() -> str:
    from distributed import get_worker

    try:
        return str(get_worker().address)
    except ValueError:
        return ""
