"""Keeps the finished seeds of a comparison, so that an interrupted one goes on where it stopped.

A seed is saved as soon as all its runs are done: written beside, flushed to the disk, renamed,
with a checksum. What is taken up again was made by the same scenarios, the same code and the same
libraries; anything else is run again.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import zlib
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from linkage_sim.provenance import MODEL_VERSION, code_hash, library_versions
from linkage_sim.studies.compare import Plan, Run
from linkage_sim.studies.results import SAVED
from linkage_sim.studies.run import Result

FORMAT = 1
NAMES = "names.json"
"""Beside the seeds: whose they are, for a person who meets them later."""
SEED = ".seed"
_HASH_BYTES = 32


class SavedSeeds:
    """The finished seeds of one plan, in a folder of its own inside the results directory.

    Parameters
    ----------
    place
        The results directory.
    plan
        What is run; another plan, or other code, has another folder.
    """

    def __init__(self, place: Path, plan: Plan) -> None:
        self.folder = place / SAVED / fingerprint(plan)
        self.names = plan.names

    def known(self, seeds: Sequence[int]) -> dict[int, list[Run]]:
        """Read what is saved of these seeds; what is damaged counts as not there."""
        found = {}
        for seed in seeds:
            runs = self._read(seed)
            if runs is not None:
                found[seed] = runs
        return found

    def count(self, seeds: Sequence[int]) -> int:
        """Count how many of these seeds are saved."""
        return sum(self._place(seed).is_file() for seed in seeds)

    def keep(self, seed: int, runs: Sequence[Run]) -> None:
        """Save a seed, unless a run of it failed: a failure deserves another try."""
        if any(run.result is None for run in runs):
            return
        content = [
            {item.name: getattr(run.result, item.name) for item in fields(Result)} for run in runs
        ]
        text = json.dumps(content, ensure_ascii=False, default=_plain)
        packed = zlib.compress(text.encode("utf-8"), 1)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / NAMES).write_text(json.dumps(self.names, ensure_ascii=False), "utf-8")
        beside = self.folder / f"{seed}.writing"
        with beside.open("wb") as handle:
            handle.write(hashlib.sha256(packed).digest() + packed)
            handle.flush()
            os.fsync(handle.fileno())
        beside.replace(self._place(seed))

    def _place(self, seed: int) -> Path:
        return self.folder / f"{seed}{SEED}"

    def _read(self, seed: int) -> list[Run] | None:
        try:
            data = self._place(seed).read_bytes()
        except OSError:
            return None
        checksum, packed = data[:_HASH_BYTES], data[_HASH_BYTES:]
        if hashlib.sha256(packed).digest() != checksum:
            return None
        content = json.loads(zlib.decompress(packed))
        return [
            Run(name, seed, Result(**item))
            for name, item in zip(self.names, content, strict=True)
        ]


def saved_elsewhere(place: Path, plan: Plan) -> list[tuple[list[str], list[int], bool]]:
    """List saved seeds in a results directory that a plan would not take up.

    Returns
    -------
    list of (names of scenarios, seeds, whether they are of this very plan)
    """
    found = []
    mine = fingerprint(plan)
    for folder in sorted((place / SAVED).glob("*/")):
        same = folder.name == mine
        seeds = sorted(int(item.stem) for item in folder.glob(f"*{SEED}") if item.stem.isdigit())
        left = [seed for seed in seeds if not same or seed not in plan.seeds]
        if left:
            found.append((_names_in(folder), left, same))
    return found


def _names_in(folder: Path) -> list[str]:
    try:
        names = json.loads((folder / NAMES).read_text("utf-8"))
        return [str(name) for name in names]
    except (OSError, ValueError, TypeError):
        return []


def fingerprint(plan: Plan) -> str:
    """Name what the numbers of a plan depend on, apart from the seeds.

    These are the scenarios, what is recorded, the source code of the package and of modules
    named in `run.plugins`, the libraries and the Python version.
    """
    content = {
        "format": FORMAT,
        "names": plan.names,
        "scenarios": [item.hash() for item in plan.scenarios],
        "recorded": [
            (plan.trace or item.run.trace, item.run.check, item.run.record_weeks)
            for item in plan.scenarios
        ],
        "model": MODEL_VERSION,
        "code": code_hash(plan.scenarios),
        "libraries": library_versions(),
        "python": sys.version,
    }
    if plan.overlay is not None:
        content["posterior"] = plan.overlay.identity
    text = json.dumps(content, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def _plain(value: Any) -> Any:
    """Turn a number of NumPy into Python's own; the value stays the same to the last bit."""
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"a result holds a {type(value).__name__}, which cannot be saved")
