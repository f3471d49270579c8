"""Keeps a long run from being lost: its whole state at the end of each year, to go on from.

A state is written beside, flushed to the disk and renamed, with a checksum, so that a stop at any
moment leaves the state of a whole year. It is taken up only by the same scenario and seed, the same
code, libraries and Python. The file is one that Python's pickle reads: take up only your own.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linkage_sim.errors import InputError
from linkage_sim.studies.results import SAVED
from linkage_sim.studies.saved import fingerprint
from linkage_sim.words import say, system_reason

if TYPE_CHECKING:
    from linkage_sim.model import LinkageModel
    from linkage_sim.studies.compare import Plan

HASH_BYTES = 32
BLOCK = 1 << 22


class Checkpoint:
    """The state of one run after its last finished year, inside its results directory.

    Parameters
    ----------
    place
        The results directory.
    plan
        What is run: one scenario and one seed.
    tell
        Called once a state is found, with the model it holds; with None where it is damaged.

    Raises
    ------
    InputError
        For a scenario with a register of residents, whose rows must not be written anywhere.
    """

    def __init__(
        self, place: Path, plan: Plan, tell: Callable[[LinkageModel | None], None] | None = None
    ) -> None:
        if any(item.world.resident_register for item in plan.scenarios):
            raise InputError(say("study.error.checkpoint_register"))
        self._tell = tell
        self.path = place / SAVED / fingerprint(plan) / f"{plan.seeds[0]}.state"

    def keep(self, model: LinkageModel, problems: list[str]) -> None:
        """Write the state of a model in place of that of an earlier year.

        Raises
        ------
        InputError
            When it cannot be written; the state of an earlier year is still there.
        """
        beside = self.path.with_suffix(".writing")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with beside.open("wb") as handle:
                hashed = _Hashed(handle)
                pickle.dump((model, problems), hashed, protocol=5)
                handle.write(hashed.digest())
                handle.flush()
                os.fsync(handle.fileno())
            beside.replace(self.path)
        except OSError as error:
            known = "earlier" if self.path.exists() else "none"
            raise InputError(say(
                f"study.error.state_not_written_{known}", path=self.path,
                reason=system_reason(error),
            )) from None
        finally:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)

    def load(self) -> tuple[LinkageModel, list[str]] | None:
        """Read the state kept; None where there is none, or where it is damaged."""
        if not self.path.exists():
            return None
        kept = self._read() if self._is_whole() else None
        if self._tell is not None:
            self._tell(kept[0] if kept else None)
        return kept

    def _read(self) -> tuple[LinkageModel, list[str]]:
        # Millions of objects come back at once; collecting in between would look at all of them.
        collecting = gc.isenabled()
        gc.disable()
        try:
            with self.path.open("rb") as handle:
                kept: tuple[LinkageModel, list[str]] = pickle.load(handle)
        finally:
            if collecting:
                gc.enable()
        return kept

    def _is_whole(self) -> bool:
        try:
            left = self.path.stat().st_size - HASH_BYTES
            found = hashlib.sha256()
            with self.path.open("rb") as handle:
                while left > 0:
                    block = handle.read(min(BLOCK, left))
                    if not block:
                        return False
                    found.update(block)
                    left -= len(block)
                return handle.read() == found.digest()
        except OSError:
            return False


class _Hashed:
    """A file that adds up the hash of what is written to it."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self._hash = hashlib.sha256()

    def write(self, data: Any) -> int:
        self._hash.update(data)
        return int(self._handle.write(data))

    def digest(self) -> bytes:
        return self._hash.digest()
