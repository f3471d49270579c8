"""Keeps the registers of residents that one page was given, as long as that page is open.

A register is personal data: it stays in the memory of this machine, where the system has files in
memory, and else in a folder that nobody but this user can read; it is gone when the page is closed.
An address holds its hash alone.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from linkage_sim.app.state import REGISTER, State

MOST_KEPT = 3
"""Registers of one page; the oldest makes room."""


class Registers:
    """The registers of one page, by their hash."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, Any]] = {}
        self._let_go: dict[str, Callable[[], None]] = {}

    def keep(self, data: bytes, name: str, sha256: str, residents: int) -> dict[str, Any]:
        """Keep a register that was read without trouble; gives how a scenario names it."""
        if sha256 not in self._known:
            for old in list(self._known)[: max(0, len(self._known) + 1 - MOST_KEPT)]:
                self._forget(old)
            path, self._let_go[sha256] = in_memory(data)
            self._known[sha256] = {"path": path, "sha256": sha256, "residents": residents}
        self._known[sha256] = {**self._known[sha256], "name": name}
        return self._known[sha256]

    def in_place(self, state: State) -> State:
        """Give a state in which a register that this page has can be read.

        An address names it by its hash alone; one that this page was never given stays unknown.
        """
        named = state.values.get(REGISTER)
        if not isinstance(named, Mapping):
            return state
        known = self._known.get(str(named.get("sha256")))
        return state if known is None else replace(state, values={**state.values, REGISTER: known})

    def close(self) -> None:
        """Let go of everything; called when the page is closed or left for long."""
        for sha256 in list(self._known):
            self._forget(sha256)

    def _forget(self, sha256: str) -> None:
        del self._known[sha256]
        self._let_go.pop(sha256)()


def in_memory(data: bytes) -> tuple[str, Callable[[], None]]:
    """Put bytes where readers of files find them; gives the path, and what to call in the end."""
    if hasattr(os, "memfd_create") and Path("/proc/self/fd").is_dir():
        # A file that never touches a disk and that workers of the same user can open.
        number = os.memfd_create("register")
        with os.fdopen(os.dup(number), "wb") as file:
            file.write(data)
        return f"/proc/{os.getpid()}/fd/{number}", lambda: os.close(number)
    folder = tempfile.mkdtemp(prefix="linkage-register-")
    path = Path(folder) / "register.csv"
    path.write_bytes(data)
    return str(path), lambda: shutil.rmtree(folder, ignore_errors=True)
