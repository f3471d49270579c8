"""Who reads which lever: a scenario that writes down every reading of its policy during a run."""

from __future__ import annotations

import sys
from typing import Any

from pydantic import BaseModel

from linkage_sim.scenario.schema import Scenario, parameters

Log = set[tuple[str, str]]


class Recorded:
    """Stands for a section of a scenario and notes who asks it for a lever.

    Attribute access is passed on unchanged, so that a run gives the same numbers with it.
    """

    def __init__(self, section: BaseModel, path: str, log: Log) -> None:
        self._section, self._path, self._log = section, path, log
        self._levers = frozenset(item.name for item in parameters("lever"))

    def __getattr__(self, name: str) -> Any:
        """Give the section's own attribute; sections are wrapped, levers are noted."""
        if name.startswith("__"):
            raise AttributeError(name)
        value = getattr(self._section, name)
        path = f"{self._path}.{name}" if self._path else name
        if path in self._levers:
            self._log.add((path, _reader()))
            return value
        if isinstance(value, BaseModel) and (path == "policy" or path.startswith("policy.")):
            return Recorded(value, path, self._log)
        return value


def _reader() -> str:
    # Two frames up: past `__getattr__`, to the function that reads.
    frame = sys._getframe(2)
    module = frame.f_globals.get("__name__", "?")
    return f"{module}.{frame.f_code.co_qualname}"


def recording(scenario: Scenario) -> tuple[Any, Log]:
    """Give something that behaves like a scenario, and the log that fills while it is used.

    Parameters
    ----------
    scenario : Scenario
        What to simulate; it is not changed.

    Returns
    -------
    scenario_like, log
        The stand-in to hand to `LinkageModel`, and a set of (lever, module.function) pairs.
    """
    log: Log = set()
    return Recorded(scenario, "", log), log
