"""Real input: files that a person has become typed tables, whole or not at all.

Approval logs, participatory-budget elections and resident registers are read here. Every problem
of a file is collected and told at once with file, line and remedy; nothing is half-read.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "EventLog": "event_log",
    "read_event_log": "event_log",
    "desks_fragment": "desks",
    "desks_comments": "desks",
    "desks_summary": "desks",
    "Election": "pabulib",
    "read_election": "pabulib",
    "vote_fragment": "candidates",
    "unmapped_projects": "candidates",
    "mapping_summary": "candidates",
    "money_summary": "candidates",
    "CATEGORY_OF": "candidates",
    "Register": "register",
    "read_register": "register",
    "named_register": "register",
    "register_fragment": "register",
    "to_toml": "fragment",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
