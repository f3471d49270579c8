"""Where results go: the usual folder, and the promise that nothing finished is overwritten."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from linkage_sim.errors import InputError

if TYPE_CHECKING:
    from linkage_sim.studies.compare import Plan
    from linkage_sim.studies.results import Folder

RESULTS = Path("results")
LONGEST = 48


def usual_run_place(name: str, seed: int) -> Path:
    """Give the folder of a run where none is asked for."""
    return RESULTS / f"run_{_plain(name)}_{seed}"


def usual_comparison_place(plan: Plan) -> Path:
    """Give the folder of a comparison where none is asked for.

    It bears the names, and a few letters that differ for other values or another first seed. The
    same command finds it again; more replications go into the same folder.
    """
    names = "_".join(_plain(name) for name in plan.names)
    if len(names) > LONGEST:
        names = f"{_plain(plan.names[0])[:LONGEST]}_and_{len(plan.names) - 1}"
    told = [*plan.names, *(item.hash() for item in plan.scenarios), str(plan.seeds[0])]
    if plan.overlay is not None:
        told += [plan.overlay.sha256, str(plan.overlay.draws)]
    letters = hashlib.blake2b("\n".join(told).encode(), digest_size=3).hexdigest()
    return RESULTS / f"compare_{names}_{letters}"


def _plain(name: str) -> str:
    return re.sub(r"[^\w.-]+", "_", name)


def refusals(place: Path, plan: Plan, replace: bool = False) -> list[str]:
    """Say why results of a plan would not be written to a place; empty where they would be."""
    from linkage_sim.studies.results import refuse_foreign
    from linkage_sim.studies.standing import would_lose

    try:
        refuse_foreign(place)
    except InputError as error:
        return error.messages
    return [] if replace else would_lose(place, plan)


def refuse_crowd(residents: int, at_once: int) -> None:
    """Refuse runs at once that together need more memory than is free.

    Raises
    ------
    InputError
        With the estimate.
    """
    from linkage_sim.scenario.loading import memory_trouble

    trouble = memory_trouble(residents, at_once)
    if trouble:
        raise InputError(trouble)


@contextmanager
def claimed(place: Path, plan: Plan, replace: bool) -> Iterator[Folder]:
    """Take hold of a results directory, unless finished work of something else would be lost.

    Raises
    ------
    InputError
        When it would be, and nobody said --replace.
    """
    from linkage_sim.studies.results import results_folder

    with results_folder(place) as folder:
        # Asked while the folder is held, so that no other process can finish in between.
        messages = refusals(place, plan, replace)
        if messages:
            raise InputError(messages)
        yield folder
