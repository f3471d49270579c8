"""Compares the memory a scenario needs with what is free."""

from __future__ import annotations

import os
from pathlib import Path

BYTES_PER_RESIDENT = 260
_MEMORY_TABLE = Path("/proc/meminfo")
_GROUP = Path("/sys/fs/cgroup")


def needed_bytes(residents: int) -> int:
    """Estimate the memory of one run: columns and ties of every resident."""
    return residents * BYTES_PER_RESIDENT


def free_bytes() -> int | None:
    """Tell how much memory this process may still take; None where the system does not say."""
    limits = [value for value in (_available(), _group_room()) if value is not None]
    return min(limits, default=None)


def _available() -> int | None:
    try:
        for line in _MEMORY_TABLE.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        return None


def _group_room() -> int | None:
    """Containers may allow less than the machine has."""
    try:
        most = (_GROUP / "memory.max").read_text(encoding="ascii").strip()
        used = (_GROUP / "memory.current").read_text(encoding="ascii").strip()
        return max(0, int(most) - int(used))
    except (OSError, ValueError):
        return None
